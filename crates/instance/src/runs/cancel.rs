//! Ending a run early.

use std::sync::Arc;

use rondel_model::event::EngineEventData;
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, RunStatus};

use crate::config::RunCoordinatorSettings;
use crate::error::InstanceError;
use crate::instance::Instance;

/// How insistently a run is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminatePolicy {
    /// The worker is asked and marks the run when it has stopped.
    SafeTerminate,
    /// The run is marked canceled at once, whether or not the worker stops.
    MarkAsCanceledImmediately,
}

/// What came of ending a run.
#[derive(Debug, Clone, PartialEq)]
pub enum TerminateOutcome {
    /// It is canceled or being canceled.
    Terminated(Box<DagsterRun>),
    /// It could not be ended; the message says why.
    Failed {
        /// The run.
        run: Box<DagsterRun>,
        /// Why.
        message: String,
    },
}

const FORCED: &str = "This pipeline was forcibly marked as canceled from outside the execution \
                      context. The computational resources created by the run may not have been \
                      fully cleaned up.";
const FORCE_FAILED: &str =
    "Exception while attempting to force-terminate run. Run will still be marked as canceled.";

impl Instance {
    /// Takes a run off the queue, or has its worker asked to stop. `false` if neither was possible.
    /// Mirrors the coordinators' `cancel_run`.
    ///
    /// # Errors
    /// The launcher or the database failed.
    pub async fn cancel_run(self: &Arc<Self>, run_id: &RunId) -> Result<bool, InstanceError> {
        let instance = Arc::clone(self);
        let run_id = run_id.clone();
        self.finish_even_if_abandoned(Box::pin(async move {
            if let Some(coordinator) = instance.foreign_coordinator() {
                return Ok(coordinator.cancel(&run_id).await?);
            }
            if let RunCoordinatorSettings::Queued(_) = instance.config().run_coordinator {
                let Some(run) = instance.storage().runs().get_run(run_id.as_str()).await? else {
                    return Ok(false);
                };
                if run.status == RunStatus::Queued {
                    let message = Some("Canceling run from the queue.");
                    instance.report_run_canceling(&run, message).await?;
                    instance.report_run_canceled(&run, None).await?;
                    return Ok(true);
                }
            }
            Ok(instance.launcher().terminate(&run_id, instance.as_ref()).await?)
        }))
        .await
    }

    /// Ends a run as a user asks for it. Mirrors the GraphQL mutation `terminateRun`.
    ///
    /// # Errors
    /// The run does not exist, or (when not forced) the launcher or the database failed.
    pub async fn terminate_run(
        self: &Arc<Self>,
        run_id: &RunId,
        policy: TerminatePolicy,
    ) -> Result<TerminateOutcome, InstanceError> {
        let run = self.run(run_id).await?;
        let forced = policy == TerminatePolicy::MarkAsCanceledImmediately;
        let cancelable = run.status.is_cancelable();
        if run.status.is_finished() || !(forced || cancelable) {
            let message = format!(
                "Run {run_id} could not be terminated due to having status {}.",
                run.status
            );
            return Ok(TerminateOutcome::Failed { run: Box::new(run), message });
        }
        if forced {
            return Box::pin(self.force_cancel(run)).await;
        }
        if Box::pin(self.cancel_run(run_id)).await? {
            return Ok(TerminateOutcome::Terminated(Box::new(run)));
        }
        let message = format!("Unable to terminate run {run_id}");
        Ok(TerminateOutcome::Failed { run: Box::new(run), message })
    }

    async fn force_cancel(
        self: &Arc<Self>,
        run: DagsterRun,
    ) -> Result<TerminateOutcome, InstanceError> {
        if run.status.is_cancelable()
            && let Err(error) = self.cancel_run(&run.run_id).await
        {
            let error = Some(error.to_error_info());
            let data = EngineEventData { error, ..EngineEventData::default() };
            self.report_engine_event(&run, None, FORCE_FAILED, data, None).await?;
        }
        let mut reloaded = self.run(&run.run_id).await?;
        if !reloaded.status.is_finished() {
            self.report_run_canceled(&reloaded, Some(FORCED)).await?;
            reloaded = self.run(&run.run_id).await?;
        }
        // Dagster leaves these workers; one that waits for a node or an image would wait for ever
        if matches!(run.status, RunStatus::Starting | RunStatus::Canceling)
            && let Err(error) = self.launcher().discard(&run, self.as_ref()).await
        {
            let error = Some(InstanceError::from(error).to_error_info());
            let data = EngineEventData { error, ..EngineEventData::default() };
            self.report_engine_event(&run, None, FORCE_FAILED, data, None).await?;
        }
        Ok(TerminateOutcome::Terminated(Box::new(reloaded)))
    }
}
