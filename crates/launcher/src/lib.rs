//! Run launchers: starting, resuming, stopping and checking run workers.
//!
//! A launcher never decides *what* to run and owns no storage: it is told a run and reports back
//! through [`RunReporter`], which the instance implements. A new launcher is one folder with a
//! [`RunLauncher`] and one line in [`registry`]. Everything a launcher must remember about a run it
//! writes into the run's tags before it acts, so that any process can find the worker afterwards.

mod bridge;
mod default;
pub mod docker;
mod error;
mod foreign;
pub mod kubernetes;
mod launcher;
mod registry;
mod steps;

pub use bridge::{Bridge, BridgedRunCoordinator, BridgedRunLauncher};
pub use default::DefaultRunLauncher;
pub use error::LaunchError;
pub use foreign::{ForeignPart, not_loaded, start_foreign};
pub use launcher::{
    LaunchContext, ReporterError, RunLauncher, RunReporter, WorkerCondition, WorkerHealth,
    WorkerLogs, WorkerNotice, WorkerPresence, WorkerStatus,
};
pub use registry::{LauncherSpec, UnknownLauncher, build, supported};
pub use steps::{StepLauncher, StepNotice, StepTask, StepWork, StepWorkerState, StepsOf};
