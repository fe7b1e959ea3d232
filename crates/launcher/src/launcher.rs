//! What a launcher is and what it may ask of the instance.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use rondel_code_location::WorkspaceSnapshot;
use rondel_model::event::EngineEventData;
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::Map;
use rondel_model::snap::{ExecutionPlanSnapshot, JobSnap};

use crate::error::LaunchError;
use crate::steps::StepLauncher;

/// The instance could not do what a launcher asked of it; most likely its database is away.
pub type ReporterError = Box<dyn std::error::Error + Send + Sync>;

/// What a launcher needs of the instance.
#[async_trait]
pub trait RunReporter: Send + Sync {
    /// The reference from which a run worker opens the same instance.
    fn instance_ref(&self) -> &InstanceRef;

    /// The run as stored now; `None` if it was deleted.
    async fn run(&self, run_id: &RunId) -> Result<Option<DagsterRun>, ReporterError>;

    /// Adds or replaces tags of a stored run.
    async fn add_run_tags(&self, run_id: &RunId, tags: &Map<String>) -> Result<(), ReporterError>;

    /// Records an engine event of a run, prefixed with the name of the launcher's class.
    async fn engine_event(
        &self,
        run: &DagsterRun,
        class_name: &str,
        message: &str,
        data: EngineEventData,
    ) -> Result<(), ReporterError>;

    /// How often another worker has been started for a run.
    async fn count_resume_attempts(&self, run_id: &RunId) -> Result<u32, ReporterError>;

    /// The plan recorded for a run; `None` when there is none.
    async fn recorded_plan(
        &self,
        _run: &DagsterRun,
    ) -> Result<Option<Arc<ExecutionPlanSnapshot>>, ReporterError> {
        Ok(None)
    }

    /// The definition recorded of a run's job; `None` when there is none.
    async fn recorded_job(&self, _run: &DagsterRun) -> Result<Option<Arc<JobSnap>>, ReporterError> {
        Ok(None)
    }

    /// Records that a run is being canceled.
    async fn run_canceling(&self, run: &DagsterRun) -> Result<(), ReporterError>;
}

/// What a launch is given.
pub struct LaunchContext<'a> {
    /// The run, already STARTING.
    pub run: &'a DagsterRun,
    /// The code locations as they are now.
    pub workspace: &'a WorkspaceSnapshot,
    /// The instance.
    pub reporter: &'a dyn RunReporter,
}

/// How a run worker is doing. Dagster's `WorkerStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerStatus {
    /// It runs.
    Running,
    /// There is none, and there was none.
    NotFound,
    /// It ended with an error.
    Failed,
    /// It ended well.
    Success,
    /// It cannot be told.
    Unknown,
}

impl WorkerStatus {
    /// The name of Python's enum member.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::NotFound => "NOT_FOUND",
            Self::Failed => "FAILED",
            Self::Success => "SUCCESS",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// Whether a run has got a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerPresence {
    /// There is one.
    Present,
    /// There is none, and none is being started.
    Absent,
    /// It cannot be told.
    Unknown,
}

/// The answer to a health check. Dagster's `CheckRunHealthResult`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerHealth {
    /// How the worker is doing.
    pub status: WorkerStatus,
    /// Details for people.
    pub message: Option<String>,
    /// Whether looking again may give another answer.
    pub transient: Option<bool>,
    /// Which worker of the run this is about.
    pub run_worker_id: Option<String>,
}

impl std::fmt::Display for WorkerHealth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let message = self.message.as_deref().unwrap_or("None");
        write!(f, "{}: '{message}'", self.status.as_str())
    }
}

/// What has become of a run's worker, told without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerCondition {
    /// It has ended. [`RunLauncher::check_health`] tells how.
    Ended,
    /// It has not started and never will.
    Stuck,
    /// It has not started yet; what is in the way may go.
    Delayed,
}

/// News of a run's worker. A hint: it may be late, repeated, or about an earlier worker of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerNotice {
    /// The run.
    pub run_id: RunId,
    /// What happened.
    pub condition: WorkerCondition,
    /// Why, for people; empty when unknown.
    pub reason: String,
}

/// Whether details about a worker come with the end of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerLogs {
    /// They do.
    Include,
    /// They do not.
    LeaveOut,
}

/// Starts, stops and watches run workers. Dagster's `RunLauncher`.
///
/// Every method may be repeated after a crash: launching a run whose worker already exists must not
/// start a second one, or must say so by an error.
#[async_trait]
pub trait RunLauncher: Send + Sync {
    /// The name of the Python class it stands for; events mention it.
    fn class_name(&self) -> &'static str;

    /// Starts the worker of a run.
    async fn launch(&self, context: &LaunchContext<'_>) -> Result<(), LaunchError>;

    /// Asks the worker of a run to stop. `false` when there is none to ask.
    async fn terminate(
        &self,
        run_id: &RunId,
        reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError>;

    /// Whether a run that is STARTING has got its worker: asked about runs whose launch was
    /// interrupted, which are launched again only when the answer is a certain no.
    async fn presence(
        &self,
        _run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<WorkerPresence, LaunchError> {
        Ok(WorkerPresence::Unknown)
    }

    /// Whether [`RunLauncher::resume`] works.
    fn supports_resume(&self) -> bool {
        false
    }

    /// Starts another worker for a run whose worker died.
    async fn resume(&self, _context: &LaunchContext<'_>, _attempt: u32) -> Result<(), LaunchError> {
        Err(LaunchError::CannotResume { class_name: self.class_name() })
    }

    /// Whether [`RunLauncher::check_health`] works.
    fn supports_health_checks(&self) -> bool {
        false
    }

    /// How the worker of a run is doing.
    async fn check_health(
        &self,
        _run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<WorkerHealth, LaunchError> {
        Err(LaunchError::CannotCheckHealth { class_name: self.class_name() })
    }

    /// Details about a worker for a failure message (state of its container, …).
    async fn debug_info(
        &self,
        _run: &DagsterRun,
        _logs: WorkerLogs,
        _reporter: &dyn RunReporter,
    ) -> Result<Option<String>, LaunchError> {
        Ok(None)
    }

    /// Workers of single steps, for launchers that leave the steps of some runs to the control plane.
    fn steps(&self) -> Option<Arc<dyn StepLauncher>> {
        None
    }

    /// News of workers as they come, for launchers that can watch them. Ends when the stream is dropped.
    fn notices(&self) -> Option<BoxStream<'static, WorkerNotice>> {
        None
    }

    /// Takes away the worker of a run that has been given up, so that it cannot start later.
    async fn discard(
        &self,
        _run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<(), LaunchError> {
        Ok(())
    }
}
