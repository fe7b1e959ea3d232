//! What a daemon can meet, and how Dagster would serialize it into ticks, heartbeats and events.

use rondel_automation::AutomationError;
use rondel_backfill::BackfillError;
use rondel_code_location::CodeLocationError;
use rondel_cron::CronError;
use rondel_instance::InstanceError;
use rondel_launcher::LaunchError;
use rondel_model::SerializableErrorInfo;
use rondel_observation::ObservationError;
use rondel_storage::StorageError;

/// An error in a daemon.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A code server.
    #[error(transparent)]
    CodeLocation(#[from] CodeLocationError),
    /// The location could not be loaded. Dagster's `DagsterCodeLocationLoadError`.
    #[error("Failure loading {location}: {}", describe(.error))]
    LocationNotLoaded {
        /// The location.
        location: String,
        /// Why.
        error: Box<SerializableErrorInfo>,
    },
    /// The location is not (or not yet) part of the workspace.
    #[error("Location {location} {reason}")]
    NoLocation {
        /// The location.
        location: String,
        /// In which way it is missing.
        reason: &'static str,
    },
    /// The location is being loaded for the first time.
    #[error("Location {location} is still loading")]
    LocationLoading {
        /// The location.
        location: String,
    },
    /// An evaluation could not reach its code server; it is tried again until it can.
    #[error("{message}")]
    UserCodeUnreachable {
        /// Dagster's text.
        message: String,
        /// What happened.
        source: Box<DaemonError>,
    },
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The instance: creating, submitting or changing a run.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// A launcher.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// A cron string or time zone.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// Conditions that have no answer.
    #[error(transparent)]
    Automation(#[from] AutomationError),
    /// Facts that conditions ask for could not be read.
    #[error(transparent)]
    Observation(#[from] ObservationError),
    /// What user code or an operator asked for cannot be done. Dagster's
    /// `DagsterInvalidInvocationError`.
    #[error("{0}")]
    InvalidInvocation(String),
    /// A backfill whose job is gone or contradicts itself. Dagster's `DagsterBackfillFailedError`.
    #[error("{0}")]
    BackfillFailed(String),
    /// A backfill of assets that cannot go on.
    #[error(transparent)]
    Backfill(#[from] BackfillError),
    /// Keys or ranges of partitions.
    #[error(transparent)]
    Partitions(#[from] rondel_partitions::PartitionsError),
    /// Something that must hold does not. Dagster's `CheckError`.
    #[error("{0}")]
    Check(String),
    /// Part of Dagster that this version does not have.
    #[error("{0}")]
    NotSupported(String),
    /// Raised by an armed fault point.
    #[error("{0}")]
    Injected(String),
    /// A task of ours ended abnormally: a bug.
    #[error("a task of the daemon panicked: {0}")]
    Panicked(String),
}

impl DaemonError {
    /// Whether the code server could not be reached or has nothing loaded, so that trying again later
    /// is right (`DagsterUserCodeUnreachableError`, `DagsterCodeLocationLoadError`).
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::CodeLocation(error) => error.is_unreachable(),
            Self::Launch(error) => error.is_unreachable(),
            Self::Instance(error) => error.is_unreachable(),
            Self::LocationNotLoaded { .. }
            | Self::LocationLoading { .. }
            | Self::UserCodeUnreachable { .. } => true,
            _ => false,
        }
    }

    /// Whether the database failed, so that what was under way is neither done nor known not to be.
    pub(crate) fn is_of_database(&self) -> bool {
        match self {
            Self::Storage(_) | Self::Instance(InstanceError::Storage(_)) => true,
            Self::Launch(error) => matches!(error, LaunchError::Instance(_)),
            _ => false,
        }
    }

    /// The class Dagster would raise, with its module where it is not a builtin.
    fn python_class(&self) -> &'static str {
        match self {
            Self::LocationNotLoaded { .. } => "dagster._core.errors.DagsterCodeLocationLoadError",
            Self::NoLocation { .. } => "dagster._core.errors.DagsterCodeLocationNotFoundError",
            Self::UserCodeUnreachable { .. } | Self::LocationLoading { .. } => {
                "dagster._core.errors.DagsterUserCodeUnreachableError"
            }
            Self::InvalidInvocation(_) => "dagster._core.errors.DagsterInvalidInvocationError",
            Self::BackfillFailed(_) => "dagster._core.errors.DagsterBackfillFailedError",
            Self::Backfill(error) => error.class_name(),
            Self::Partitions(_) => "dagster._core.errors.DagsterInvalidInvocationError",
            Self::Check(_) => "dagster_shared.check.functions.CheckError",
            _ => "Exception",
        }
    }

    /// The name of that class alone.
    #[must_use]
    pub fn class_name(&self) -> String {
        self.to_error_info().cls_name.unwrap_or_default()
    }

    /// The error as Dagster would serialize it.
    #[must_use]
    pub fn to_error_info(&self) -> SerializableErrorInfo {
        match self {
            Self::CodeLocation(error) => return error.to_error_info(),
            Self::Launch(error) => return error.to_error_info(),
            Self::Instance(error) => return error.to_error_info(),
            _ => {}
        }
        let class = self.python_class();
        let short = class.rsplit('.').next().unwrap_or(class);
        let cause = match self {
            Self::UserCodeUnreachable { source, .. } => Some(Box::new(source.to_error_info())),
            _ => None,
        };
        SerializableErrorInfo {
            message: format!("{class}: {self}\n"),
            cls_name: Some(short.to_owned()),
            cause,
            ..SerializableErrorInfo::default()
        }
    }
}

/// The error with its stack and causes, as `SerializableErrorInfo.to_string` has it.
#[must_use]
pub fn describe(error: &SerializableErrorInfo) -> String {
    let mut text = error.message.clone();
    if !error.stack.is_empty() {
        text.push_str("\nStack Trace:\n");
        text.push_str(&error.stack.concat());
    }
    if let Some(cause) = &error.cause {
        text.push_str("\nThe above exception was caused by the following exception:\n");
        text.push_str(&describe(cause));
    }
    if let Some(context) = &error.context {
        text.push_str(
            "\nThe above exception occurred during handling of the following exception:\n",
        );
        text.push_str(&describe(context));
    }
    text
}
