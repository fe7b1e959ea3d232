//! What can go wrong between a request and a recorded, running run.

use rondel_code_location::CodeLocationError;
use rondel_launcher::{LaunchError, UnknownLauncher};
use rondel_model::SerializableErrorInfo;
use rondel_model::ids::RunId;
use rondel_model::run::RunStatus;
use rondel_storage::StorageError;
use thiserror::Error;

use crate::compute_logs::ComputeLogsError;
use crate::config::ConfigError;

/// The instance could not do what was asked.
#[derive(Debug, Error)]
pub enum InstanceError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The code location failed, or user code raised an error.
    #[error(transparent)]
    CodeLocation(#[from] CodeLocationError),
    /// The launcher failed.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// There is no launcher of the configured class.
    #[error(transparent)]
    UnknownLauncher(#[from] UnknownLauncher),
    /// Runs are to be submitted by a class that nobody drives.
    #[error(
        "the run coordinator of dagster.yaml is a Python class, and no interpreter is known to run it with: put one on the PATH"
    )]
    NoCoordinator,
    /// A run coordinator of somebody else's tells settings of its queue that make no sense.
    #[error("the settings of the queue of dagster.yaml's run coordinator cannot be read: {0}")]
    BadQueue(String),
    /// Captured logs could not be read.
    #[error(transparent)]
    ComputeLogs(#[from] ComputeLogsError),
    /// No run has this id.
    #[error("run {0} was not found in the instance")]
    RunNotFound(RunId),
    /// A run with this id exists and is not the one being created.
    #[error("run {0} already exists: choose another run id, or none")]
    RunExists(RunId),
    /// The id is not a UUID.
    #[error("run id {0:?} is not a valid UUID")]
    InvalidRunId(String),
    /// The location has no definitions now.
    #[error("code location {name} is not loaded: {reason}")]
    LocationNotLoaded {
        /// The location.
        name: String,
        /// Why.
        reason: String,
        /// The error it failed with, if any.
        error: Option<Box<SerializableErrorInfo>>,
    },
    /// The repository or job does not exist.
    #[error(
        "job {job_name} was not found in repository {repository_name} of code location {location_name}"
    )]
    JobNotFound {
        /// The location.
        location_name: String,
        /// The repository.
        repository_name: String,
        /// The job.
        job_name: String,
    },
    /// The selection of ops or assets is not possible in the job.
    #[error("{}", .0.message.trim_end())]
    InvalidSubset(Box<SerializableErrorInfo>),
    /// Reexecution from failure of a run that did not fail.
    #[error(
        "run {run_id} is {status}: only a failed or canceled run can be reexecuted from failure"
    )]
    NotRetryable {
        /// The run.
        run_id: RunId,
        /// Its status.
        status: RunStatus,
    },
    /// Reexecution from failure of a run in which nothing is left to do.
    #[error("{0}")]
    NothingToRetry(&'static str),
    /// A run lacks what is needed to launch or reexecute it.
    #[error("run {run_id} cannot be {action}: it has no {missing}")]
    Incomplete {
        /// The run.
        run_id: RunId,
        /// `submitted`, `reexecuted`, …
        action: &'static str,
        /// What it lacks.
        missing: &'static str,
    },
    /// A run in a status in which it has no worker to replace.
    #[error("run {run_id} is {status}, which is not a state that can be resumed")]
    NotResumable {
        /// The run.
        run_id: RunId,
        /// Its status.
        status: RunStatus,
    },
    /// The partition tags of a run contradict each other or its assets.
    #[error("{0}")]
    Partitions(String),
    /// The instance is shutting down and the work was not begun.
    #[error("the instance is shutting down")]
    ShuttingDown,
}

impl InstanceError {
    /// The error as Dagster would serialize it.
    pub fn to_error_info(&self) -> SerializableErrorInfo {
        match self {
            Self::CodeLocation(error) => error.to_error_info(),
            Self::Launch(error) => error.to_error_info(),
            Self::InvalidSubset(error) => (**error).clone(),
            Self::LocationNotLoaded { error: Some(error), .. } => (**error).clone(),
            other => {
                let class = other.class_name();
                let path = if class == "Exception" { "" } else { "dagster._core.errors." };
                SerializableErrorInfo {
                    message: format!("{path}{class}: {other}\n"),
                    cls_name: Some(class.to_owned()),
                    ..SerializableErrorInfo::default()
                }
            }
        }
    }

    /// The Python class Dagster would raise.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::CodeLocation(error) => error.class_name(),
            Self::RunNotFound(_) => "DagsterRunNotFoundError",
            Self::RunExists(_) => "DagsterRunAlreadyExists",
            Self::NothingToRetry(_) | Self::InvalidSubset(_) => "DagsterInvalidSubsetError",
            Self::LocationNotLoaded { .. } => "DagsterCodeLocationLoadError",
            Self::NotRetryable { .. } | Self::NotResumable { .. } | Self::Partitions(_) => {
                "DagsterInvariantViolationError"
            }
            _ => "Exception",
        }
    }

    /// Whether the code server could not be reached, so that trying again may help.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::CodeLocation(error) => error.is_unreachable(),
            Self::Launch(error) => error.is_unreachable(),
            Self::LocationNotLoaded { .. } => true,
            _ => false,
        }
    }
}
