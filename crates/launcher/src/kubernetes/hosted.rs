//! The run launcher before which it is decided who executes the steps of a run.
//!
//! A run whose steps the control plane executes itself is launched by a mark in its tags, which is the
//! launch: launching again finds it. Such a run has no worker; it is canceled by saying so in its log, which
//! its driver reads, and it is healthy as long as the control plane is. Every other run is left to
//! [`K8sRunLauncher`].

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use rondel_executor::{
    EXECUTOR_TAG, ExecutorChoice, ExecutorConfig, ExecutorError, host_run_tags, is_host_run,
};
use rondel_model::event::EngineEventData;
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use tokio::sync::Notify;

use super::error::KubernetesError;
use super::launcher::K8sRunLauncher;
use super::steps::KubernetesSteps;
use crate::error::LaunchError;
use crate::launcher::{
    LaunchContext, RunLauncher, RunReporter, WorkerHealth, WorkerLogs, WorkerNotice,
    WorkerPresence, WorkerStatus,
};
use crate::steps::{StepLauncher, StepWorkerState, StepsOf};

/// Launches runs with or without a run worker.
pub struct HostedRunLauncher {
    runs: K8sRunLauncher,
    steps: Arc<KubernetesSteps>,
    choice: ExecutorChoice,
    handed_over: Arc<Notify>,
}

impl HostedRunLauncher {
    /// Launches with `runs`, unless the steps of a run are executed without a worker.
    pub fn new(runs: K8sRunLauncher, choice: ExecutorChoice) -> Self {
        let handed_over = Arc::new(Notify::new());
        let steps = KubernetesSteps::new(Arc::clone(runs.shared()), Arc::clone(&handed_over));
        Self { runs, steps: Arc::new(steps), choice, handed_over }
    }

    /// Who executes the steps of a run.
    async fn choose(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<ExecutorChoice, LaunchError> {
        // without a tag or a setting nothing needs to be known about the run
        if self.choice == ExecutorChoice::RunPod && run.tag(EXECUTOR_TAG).is_none() {
            return Ok(ExecutorChoice::RunPod);
        }
        let plan = reporter.recorded_plan(run).await.map_err(LaunchError::Instance)?;
        let executor = plan.as_ref().and_then(|plan| plan.executor_name.as_deref());
        let choice = self.choice.of_run(run, executor).map_err(refused)?;
        if choice == ExecutorChoice::RunPod {
            return Ok(choice);
        }
        let plan = plan.ok_or(ExecutorError::OldPlan);
        let usable = match plan.and_then(|plan| rondel_executor::Plan::from_snapshot(&plan)) {
            Ok(_) => match executor_config(run, reporter).await? {
                Ok(config) => self.reaches_steps(&config)?,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        match usable {
            Ok(()) => Ok(ExecutorChoice::Host),
            // asked for by name: it must not be done otherwise in silence
            Err(error) if run.tag(EXECUTOR_TAG).is_some() => Err(refused(error)),
            Err(error) => {
                let message = format!(
                    "The steps of this run are executed by a run worker, although Rondel should \
                     execute them: {error}"
                );
                self.tell(run, reporter, &message).await?;
                Ok(ExecutorChoice::RunPod)
            }
        }
    }

    /// Steps are made with the run launcher's connection: its files are here, the executor's are where the run
    /// worker would be.
    fn reaches_steps(
        &self,
        config: &ExecutorConfig,
    ) -> Result<Result<(), ExecutorError>, LaunchError> {
        let launcher = self.runs.shared().config()?;
        Ok(launcher.reaches_steps(&config.raw).map_err(|key| ExecutorError::BadConfig {
            key,
            reason: "Rondel makes the Jobs of steps in the cluster of its run launcher, with its \
                     credentials; leave the key out, or leave the job to a run worker"
                .to_owned(),
        }))
    }

    async fn tell(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
        message: &str,
    ) -> Result<(), LaunchError> {
        let data = EngineEventData::default();
        let told = reporter.engine_event(run, self.class_name(), message, data).await;
        told.map_err(LaunchError::Instance)
    }
}

async fn executor_config(
    run: &DagsterRun,
    reporter: &dyn RunReporter,
) -> Result<Result<ExecutorConfig, ExecutorError>, LaunchError> {
    let job = reporter.recorded_job(run).await.map_err(LaunchError::Instance)?;
    Ok(match job {
        Some(job) => ExecutorConfig::of_run(&job, run, |name| std::env::var(name).ok()),
        None => Err(ExecutorError::HiddenConfig("the job was recorded without a snapshot")),
    })
}

fn refused(error: ExecutorError) -> LaunchError {
    LaunchError::Kubernetes(KubernetesError::Refused(error.to_string()))
}

#[async_trait]
impl RunLauncher for HostedRunLauncher {
    fn class_name(&self) -> &'static str {
        self.runs.class_name()
    }

    async fn launch(&self, context: &LaunchContext<'_>) -> Result<(), LaunchError> {
        let (run, reporter) = (context.run, context.reporter);
        if !is_host_run(run) {
            if self.choose(run, reporter).await? == ExecutorChoice::RunPod {
                return self.runs.launch(context).await;
            }
            let marked = reporter.add_run_tags(&run.run_id, &host_run_tags(run)).await;
            marked.map_err(LaunchError::Instance)?;
            let message = "The steps of this run are executed as Kubernetes Jobs by Rondel, without a \
                           run worker";
            self.tell(run, reporter, message).await?;
        }
        self.handed_over.notify_one();
        Ok(())
    }

    async fn presence(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<WorkerPresence, LaunchError> {
        if is_host_run(run) {
            return Ok(WorkerPresence::Present);
        }
        self.runs.presence(run, reporter).await
    }

    fn supports_resume(&self) -> bool {
        self.runs.supports_resume()
    }

    async fn resume(&self, context: &LaunchContext<'_>, attempt: u32) -> Result<(), LaunchError> {
        if is_host_run(context.run) {
            self.handed_over.notify_one();
            return Ok(());
        }
        self.runs.resume(context, attempt).await
    }

    async fn terminate(
        &self,
        run_id: &RunId,
        reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError> {
        let run = reporter.run(run_id).await.map_err(LaunchError::Instance)?;
        match run.filter(is_host_run) {
            Some(run) if !run.status.is_finished() => {
                reporter.run_canceling(&run).await.map_err(LaunchError::Instance)?;
                Ok(true)
            }
            Some(_) => Ok(false),
            None => self.runs.terminate(run_id, reporter).await,
        }
    }

    fn supports_health_checks(&self) -> bool {
        self.runs.supports_health_checks()
    }

    async fn check_health(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<WorkerHealth, LaunchError> {
        if is_host_run(run) {
            let status = WorkerStatus::Running;
            return Ok(WorkerHealth {
                status,
                message: None,
                transient: None,
                run_worker_id: None,
            });
        }
        self.runs.check_health(run, reporter).await
    }

    async fn debug_info(
        &self,
        run: &DagsterRun,
        logs: WorkerLogs,
        reporter: &dyn RunReporter,
    ) -> Result<Option<String>, LaunchError> {
        if is_host_run(run) {
            return Ok(None);
        }
        self.runs.debug_info(run, logs, reporter).await
    }

    fn steps(&self) -> Option<Arc<dyn StepLauncher>> {
        Some(Arc::<KubernetesSteps>::clone(&self.steps))
    }

    fn notices(&self) -> Option<BoxStream<'static, WorkerNotice>> {
        self.runs.notices()
    }

    async fn discard(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<(), LaunchError> {
        if !is_host_run(run) {
            return self.runs.discard(run, reporter).await;
        }
        let config = executor_config(run, reporter).await?.map_err(refused)?;
        let of = StepsOf { run, config: &config.raw };
        for (worker, state) in self.steps.workers(of).await? {
            if state == StepWorkerState::Active {
                self.steps.delete(of, &worker).await?;
            }
        }
        Ok(())
    }
}
