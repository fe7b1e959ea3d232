//! Launching and resuming: the only places where a worker comes to life.
//!
//! A launch runs as a task of the instance, not of its caller: a client that hangs up, or SIGTERM,
//! cannot tear it apart between "starting" and the worker's start. [`Instance::shutdown`] waits for it.

use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use rondel_code_location::WorkspaceSnapshot;
use rondel_launcher::{LaunchContext, ReporterError, RunReporter};
use rondel_model::event::{DagsterEvent, DagsterEventType, EngineEventData};
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::Map;
use rondel_model::snap::{ExecutionPlanSnapshot, JobSnap};

use crate::error::InstanceError;
use crate::instance::Instance;

/// What the log says before another worker is started for a run.
pub(crate) const RESUME_MESSAGE: &str = "Launching a new run worker to resume run";

#[async_trait]
impl RunReporter for Instance {
    fn instance_ref(&self) -> &InstanceRef {
        Instance::instance_ref(self)
    }

    async fn run(&self, run_id: &RunId) -> Result<Option<DagsterRun>, ReporterError> {
        Ok(self.storage().runs().get_run(run_id.as_str()).await?)
    }

    async fn add_run_tags(&self, run_id: &RunId, tags: &Map<String>) -> Result<(), ReporterError> {
        Instance::add_run_tags(self, run_id, tags).await?;
        // Launchers note what they are going to do right before they do it.
        self.storage().boundaries().reach();
        Ok(())
    }

    async fn engine_event(
        &self,
        run: &DagsterRun,
        class_name: &str,
        message: &str,
        data: EngineEventData,
    ) -> Result<(), ReporterError> {
        Ok(self.report_engine_event(run, Some(class_name), message, data, None).await?)
    }

    async fn count_resume_attempts(&self, run_id: &RunId) -> Result<u32, ReporterError> {
        let events = self.events_of(run_id, &[DagsterEventType::EngineEvent]).await?;
        let attempts = events.iter().filter(|event| event.message() == RESUME_MESSAGE).count();
        Ok(u32::try_from(attempts).unwrap_or(u32::MAX))
    }

    async fn recorded_plan(
        &self,
        run: &DagsterRun,
    ) -> Result<Option<Arc<ExecutionPlanSnapshot>>, ReporterError> {
        let Some(id) = &run.execution_plan_snapshot_id else { return Ok(None) };
        let plan = self.storage().snapshots().get_execution_plan_snapshot(id).await?;
        Ok(plan.map(|plan| Arc::clone(plan.value())))
    }

    async fn recorded_job(&self, run: &DagsterRun) -> Result<Option<Arc<JobSnap>>, ReporterError> {
        let Some(id) = &run.job_snapshot_id else { return Ok(None) };
        let job = self.storage().snapshots().get_job_snapshot(id).await?;
        Ok(job.map(|job| Arc::clone(job.value())))
    }

    async fn run_canceling(&self, run: &DagsterRun) -> Result<(), ReporterError> {
        Ok(self.report_run_canceling(run, None).await?)
    }
}

impl Instance {
    /// Starts the worker of a run: marks the run starting, then asks the launcher. If that fails,
    /// the log says why and the run is failed. Returns the run as it was when it was launched.
    ///
    /// # Errors
    /// The run does not exist, the launch failed, or the database failed.
    pub async fn launch_run(
        self: &Arc<Self>,
        run_id: &RunId,
        workspace: &WorkspaceSnapshot,
    ) -> Result<DagsterRun, InstanceError> {
        let instance = Arc::clone(self);
        let (run_id, workspace) = (run_id.clone(), workspace.clone());
        // boxed: a launch holds whole runs and workspaces across its awaits
        self.finish_even_if_abandoned(Box::pin(async move {
            let run = Instance::run(&instance, &run_id).await?;
            let starting = DagsterEvent::new(DagsterEventType::RunStarting, &run.job_name);
            instance.report_event(&run_id, starting).await?;
            let run = Instance::run(&instance, &run_id).await?;
            let context =
                LaunchContext { run: &run, workspace: &workspace, reporter: instance.as_ref() };
            let launched = instance.launcher().launch(&context).await;
            instance.conclude_launch(run, launched).await
        }))
        .await
    }

    /// Starts another worker for a run whose worker died.
    ///
    /// # Errors
    /// The run does not exist or is not in progress, the launch failed, or the database failed.
    pub async fn resume_run(
        self: &Arc<Self>,
        run_id: &RunId,
        workspace: &WorkspaceSnapshot,
        attempt: u32,
    ) -> Result<DagsterRun, InstanceError> {
        let instance = Arc::clone(self);
        let (run_id, workspace) = (run_id.clone(), workspace.clone());
        // boxed: a launch holds whole runs and workspaces across its awaits
        self.finish_even_if_abandoned(Box::pin(async move {
            let run = Instance::run(&instance, &run_id).await?;
            if !RunStatus::IN_PROGRESS.contains(&run.status) {
                return Err(InstanceError::NotResumable { run_id, status: run.status });
            }
            let data = EngineEventData::default();
            instance.report_engine_event(&run, None, RESUME_MESSAGE, data, None).await?;
            let context =
                LaunchContext { run: &run, workspace: &workspace, reporter: instance.as_ref() };
            let resumed = instance.launcher().resume(&context, attempt).await;
            instance.conclude_launch(run, resumed).await
        }))
        .await
    }

    async fn conclude_launch(
        &self,
        run: DagsterRun,
        outcome: Result<(), rondel_launcher::LaunchError>,
    ) -> Result<DagsterRun, InstanceError> {
        match outcome {
            Ok(()) => Ok(run),
            Err(error) => {
                let error = InstanceError::from(error);
                self.record_launch_failure(&run, &error).await?;
                Err(error)
            }
        }
    }

    /// Runs work as a task of the instance, so that it ends whatever becomes of the caller.
    pub(crate) async fn finish_even_if_abandoned<T: Send + 'static>(
        &self,
        work: Pin<Box<dyn Future<Output = Result<T, InstanceError>> + Send>>,
    ) -> Result<T, InstanceError> {
        if self.tasks.is_closed() {
            return Err(InstanceError::ShuttingDown);
        }
        // a task that panics or is aborted with the runtime has not done its work
        self.tasks.spawn(work).await.unwrap_or(Err(InstanceError::ShuttingDown))
    }
}
