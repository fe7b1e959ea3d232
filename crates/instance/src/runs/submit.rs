//! Submitting a run: to the queue, or straight to the launcher.

use std::sync::Arc;

use rondel_code_location::WorkspaceSnapshot;
use rondel_model::event::{DagsterEvent, DagsterEventType, EngineEventData, RunEnqueuedData};
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, RunStatus, tags};

use crate::config::RunCoordinatorSettings;
use crate::error::InstanceError;
use crate::instance::Instance;
use crate::request_headers::of_request;

impl Instance {
    /// Hands a run to the configured coordinator: queues it, or launches it at once. A run already
    /// submitted is left alone.
    ///
    /// # Errors
    /// The run does not exist or was not made from a code location, the launch failed (which the
    /// run's log then tells), or the database failed.
    pub async fn submit_run(
        self: &Arc<Self>,
        run_id: &RunId,
        workspace: &WorkspaceSnapshot,
    ) -> Result<DagsterRun, InstanceError> {
        let run = self.run(run_id).await?;
        let missing = match (&run.remote_job_origin, &run.job_code_origin) {
            (None, _) => Some("remote job origin"),
            (_, None) => Some("job code origin"),
            _ => None,
        };
        if let Some(missing) = missing {
            let run_id = run_id.clone();
            return Err(InstanceError::Incomplete { run_id, action: "submitted", missing });
        }
        if run.status != RunStatus::NotStarted {
            tracing::warn!(%run_id, status = %run.status, "run was submitted already, nothing is done");
            return Ok(run);
        }
        match self.config().run_coordinator {
            RunCoordinatorSettings::Queued(_) => {
                let event = enqueued_event(&run);
                Box::pin(self.report_event_once(run_id, DagsterEventType::RunEnqueued, event))
                    .await?;
                self.run(run_id).await
            }
            RunCoordinatorSettings::Foreign(_) => {
                let Some(coordinator) = self.foreign_coordinator() else {
                    return Err(InstanceError::NoCoordinator);
                };
                coordinator.submit(run_id, &of_request()).await?;
                self.enqueued.notify_one();
                self.run(run_id).await
            }
            RunCoordinatorSettings::Default => {
                match Box::pin(self.launch_run(run_id, workspace)).await {
                    Ok(_) => self.run(run_id).await,
                    Err(error) => {
                        // the launch has recorded the failure; Dagster's coordinator records it again
                        Box::pin(self.record_launch_failure(&run, &error)).await?;
                        Err(error)
                    }
                }
            }
        }
    }

    /// As [`Self::submit_run`], of a run that the caller has just created: nobody else can have submitted it.
    ///
    /// # Errors
    /// As of [`Self::submit_run`].
    pub async fn submit_new_run(
        self: &Arc<Self>,
        run: &DagsterRun,
        workspace: &WorkspaceSnapshot,
    ) -> Result<(), InstanceError> {
        let is_queued = matches!(self.config().run_coordinator, RunCoordinatorSettings::Queued(_));
        if !is_queued || run.status != RunStatus::NotStarted || !has_origins(run) {
            return self.submit_run(&run.run_id, workspace).await.map(drop);
        }
        Box::pin(self.report_event(&run.run_id, enqueued_event(run))).await
    }

    /// Records why a run could not be launched, and that it failed.
    pub(crate) async fn record_launch_failure(
        &self,
        run: &DagsterRun,
        error: &InstanceError,
    ) -> Result<(), InstanceError> {
        let info = error.to_error_info();
        let message = info.message.clone();
        let data = EngineEventData { error: Some(info), ..EngineEventData::default() };
        self.report_engine_event(run, None, &message, data, None).await?;
        self.report_run_failed(run, None, None).await
    }
}

fn has_origins(run: &DagsterRun) -> bool {
    run.remote_job_origin.is_some() && run.job_code_origin.is_some()
}

/// Dagster's `DagsterEvent.job_enqueue`.
pub(crate) fn enqueued_event(run: &DagsterRun) -> DagsterEvent {
    let mut event = DagsterEvent::new(DagsterEventType::RunEnqueued, &run.job_name);
    if let Some(origin) = &run.remote_job_origin {
        let data = RunEnqueuedData {
            code_location_name: origin.location_name().to_owned(),
            repository_name: origin.repository_origin.repository_name.clone(),
            partition_key: run.tag(tags::PARTITION_NAME_TAG).map(str::to_owned),
            ..RunEnqueuedData::default()
        };
        event = event.with_data(data);
    }
    event
}
