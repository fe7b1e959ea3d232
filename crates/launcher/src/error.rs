//! Why a worker could not be started, stopped or examined.

use rondel_code_location::CodeLocationError;
use rondel_kubernetes::ConnectError;
use rondel_model::SerializableErrorInfo;
use rondel_model::ids::RunId;
use thiserror::Error;

use crate::docker::DockerError;
use crate::kubernetes::KubernetesError;
use crate::launcher::ReporterError;

/// A launcher could not do its work.
#[derive(Debug, Error)]
pub enum LaunchError {
    /// The code server answered that the run did not start. Dagster's `DagsterLaunchFailedError`.
    #[error("{message}")]
    Refused {
        /// What the code server says.
        message: String,
        /// The error it raised, if any.
        error: Option<Box<SerializableErrorInfo>>,
    },
    /// The code server could not be asked, or user code raised an error.
    #[error(transparent)]
    CodeLocation(#[from] CodeLocationError),
    /// The code server raised an error while it canceled the run.
    #[error("{}", .0.message.trim_end())]
    UserCode(Box<SerializableErrorInfo>),
    /// The run does not say which code location it belongs to.
    #[error("run {0} has no remote job origin, so no code location can start it")]
    NoOrigin(RunId),
    /// The run's location has no definitions now.
    #[error("code location {name} is not loaded: {reason}")]
    LocationNotLoaded {
        /// The location.
        name: String,
        /// Why.
        reason: String,
    },
    /// The tag that says where a run's worker is cannot be read.
    #[error("the tag {tag} of run {run_id} cannot be read: {reason}")]
    BadTag {
        /// The run.
        run_id: RunId,
        /// The tag.
        tag: &'static str,
        /// Why.
        reason: String,
    },
    /// This launcher cannot start a second worker for a run.
    #[error(
        "{class_name} does not support resuming runs: set run_monitoring.max_resume_run_attempts to 0"
    )]
    CannotResume {
        /// The launcher.
        class_name: &'static str,
    },
    /// This launcher cannot tell how a worker is doing.
    #[error("{class_name} does not support run monitoring: disable it for this instance")]
    CannotCheckHealth {
        /// The launcher.
        class_name: &'static str,
    },
    /// A run's container cannot be made, found or stopped.
    #[error(transparent)]
    Docker(#[from] DockerError),
    /// The configuration of a run's Job is wrong.
    #[error(transparent)]
    Kubernetes(#[from] KubernetesError),
    /// No connection to Kubernetes can be made.
    #[error(transparent)]
    NoCluster(#[from] ConnectError),
    /// Kubernetes refused, or could not be asked.
    #[error("Kubernetes could not {action}: {reason}")]
    Cluster {
        /// What it was asked for.
        action: String,
        /// What it said.
        reason: String,
    },
    /// A Job with the run's name belongs to something else.
    #[error(
        "there is a Job {namespace}/{name} already, and it is not of this run: delete it and launch again"
    )]
    ForeignJob {
        /// The namespace.
        namespace: String,
        /// The Job.
        name: String,
    },
    /// A launcher in another process raised an error.
    #[error("{}", .0.message.trim_end())]
    Bridged(Box<SerializableErrorInfo>),
    /// A launcher in another process cannot be asked.
    #[error(
        "the process of the run launcher or run coordinator behind {socket} does not answer: {reason}; check that it runs"
    )]
    Bridge {
        /// Where it should listen.
        socket: std::path::PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// A launcher or coordinator of somebody else's cannot be loaded.
    #[error(
        "{class} of dagster.yaml cannot be loaded with {python}: {reason}; its process has told why above. Check that its package is installed there, or use a class that needs no Python (launchers: {}; coordinators: QueuedRunCoordinator, DefaultRunCoordinator)", crate::supported().collect::<Vec<_>>().join(", ")
    )]
    NotLoaded {
        /// Its class.
        class: String,
        /// The interpreter.
        python: String,
        /// What was noticed on this side.
        reason: String,
    },
    /// The instance failed.
    #[error("{0}")]
    Instance(ReporterError),
}

impl LaunchError {
    /// Whether the code server could not be reached or has nothing loaded, so that trying again later
    /// may help.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::CodeLocation(error) => error.is_unreachable(),
            Self::LocationNotLoaded { .. } => true,
            Self::Bridged(error) => matches!(
                error.cls_name.as_deref(),
                Some("DagsterUserCodeUnreachableError" | "DagsterCodeLocationLoadError")
            ),
            _ => false,
        }
    }

    /// The error as Dagster would serialize it for an engine event.
    pub fn to_error_info(&self) -> SerializableErrorInfo {
        match self {
            Self::CodeLocation(error) => error.to_error_info(),
            Self::UserCode(error) | Self::Bridged(error) => (**error).clone(),
            Self::Refused { message, error } => SerializableErrorInfo {
                message: format!("dagster._core.errors.DagsterLaunchFailedError: {message}\n"),
                cls_name: Some("DagsterLaunchFailedError".to_owned()),
                cause: error.clone(),
                ..SerializableErrorInfo::default()
            },
            Self::Kubernetes(error) => {
                let class = error.python_class();
                SerializableErrorInfo {
                    message: format!("{class}: {error}\n"),
                    cls_name: Some(class.to_owned()),
                    ..SerializableErrorInfo::default()
                }
            }
            Self::Cluster { .. } => SerializableErrorInfo {
                message: format!("dagster_k8s.client.DagsterK8sUnrecoverableAPIError: {self}\n"),
                cls_name: Some("DagsterK8sUnrecoverableAPIError".to_owned()),
                ..SerializableErrorInfo::default()
            },
            other => SerializableErrorInfo {
                message: format!("Exception: {other}\n"),
                cls_name: Some("Exception".to_owned()),
                ..SerializableErrorInfo::default()
            },
        }
    }
}
