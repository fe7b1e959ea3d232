//! Reporting events: stored first, then applied to the run they are about.
//!
//! Mirrors `dagster/_core/instance/methods/event_methods.py`. The event log is the truth: a crash
//! between storing an event and applying it, which is possible where they are in different databases, is
//! repaired by applying it again.

mod runless;

use rondel_model::event::{
    DagsterEvent, DagsterEventType, EngineEventData, EventLogEntry, JobFailureData, level,
};
use rondel_model::ids::{RunId, UnixTime};
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::Map;

pub use runless::RunlessAssetEvent;

use crate::error::InstanceError;
use crate::instance::Instance;
use crate::runs::retry;

/// What a failed run says unless told otherwise.
const FAILED_FROM_OUTSIDE: &str =
    "This run has been marked as failed from outside the execution context.";
/// What a canceled run says unless told otherwise.
const CANCELED_FROM_OUTSIDE: &str =
    "This run has been marked as canceled from outside the execution context.";
/// What a run being canceled says unless told otherwise.
const CANCELING: &str = "Sending run termination request.";

impl Instance {
    /// Stores an event of a run at the level INFO and applies it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_event(
        &self,
        run_id: &RunId,
        event: DagsterEvent,
    ) -> Result<(), InstanceError> {
        self.report_event_at(run_id, event, level::INFO, self.now()).await
    }

    /// Stores an event of a run at a level and time, and applies it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_event_at(
        &self,
        run_id: &RunId,
        event: DagsterEvent,
        level: i64,
        at: UnixTime,
    ) -> Result<(), InstanceError> {
        let entry = EventLogEntry::for_run(run_id.clone(), at.seconds(), event).with_level(level);
        Box::pin(self.report_entries(std::slice::from_ref(&entry))).await
    }

    /// Stores log entries in one go and applies those about runs. The runs may differ.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_entries(&self, entries: &[EventLogEntry]) -> Result<(), InstanceError> {
        self.storage().events().report_events(entries, self.storage().runs()).await?;
        for entry in entries {
            self.decide_retry(entry).await?;
        }
        if entries.iter().any(|entry| entry.event_type() == Some(DagsterEventType::RunEnqueued)) {
            self.enqueued.notify_one();
        }
        Ok(())
    }

    /// Applies an event already stored to its run.
    async fn apply(&self, entry: &EventLogEntry) -> Result<(), InstanceError> {
        let Some(event) = &entry.dagster_event else { return Ok(()) };
        if !event.event_type().is_some_and(DagsterEventType::is_run_event) {
            return Ok(());
        }
        let at = UnixTime(entry.timestamp);
        self.storage().runs().handle_run_event(entry.run_id.as_str(), event, at).await?;
        self.decide_retry(entry).await
    }

    /// Notes with a run that failed whether it will be retried.
    async fn decide_retry(&self, entry: &EventLogEntry) -> Result<(), InstanceError> {
        let run_id = &entry.run_id;
        if entry.event_type() == Some(DagsterEventType::RunFailure)
            && self.config().settings.run_retries.enabled
            && let Some(run) = self.storage().runs().get_run(run_id.as_str()).await?
        {
            let decision = retry::should_retry(self, &run).await?;
            let tag = Map::from_iter([(tags::WILL_RETRY_TAG.to_owned(), decision.to_string())]);
            self.add_run_tags(run_id, &tag).await?;
        }
        Ok(())
    }

    /// Stores and applies an event unless the run's log has one of that type already, in which case
    /// it is only applied: for steps a crash may have left half done.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_event_once(
        &self,
        run_id: &RunId,
        event_type: DagsterEventType,
        event: DagsterEvent,
    ) -> Result<(), InstanceError> {
        let recorded = self.events_of(run_id, &[event_type]).await?;
        match recorded.into_iter().next() {
            Some(entry) => self.apply(&entry).await,
            None => self.report_event(run_id, event).await,
        }
    }

    /// Records an engine event of a run. `class_name` is put in brackets before the message.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_engine_event(
        &self,
        run: &DagsterRun,
        class_name: Option<&str>,
        message: &str,
        data: EngineEventData,
        step_key: Option<&str>,
    ) -> Result<(), InstanceError> {
        let message = match class_name {
            Some(class_name) => format!("[{class_name}] {message}"),
            None => message.to_owned(),
        };
        let level = if data.error.is_some() { level::ERROR } else { level::INFO };
        let mut event = DagsterEvent::engine_event(&run.job_name, message, data);
        event.step_key = step_key.map(str::to_owned);
        self.report_event_at(&run.run_id, event, level, self.now()).await
    }

    /// Records that a run is being canceled.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_run_canceling(
        &self,
        run: &DagsterRun,
        message: Option<&str>,
    ) -> Result<(), InstanceError> {
        let event = DagsterEvent::new(DagsterEventType::RunCanceling, &run.job_name)
            .with_message(message.unwrap_or(CANCELING));
        self.report_event(&run.run_id, event).await
    }

    /// Records that a run was canceled from outside.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_run_canceled(
        &self,
        run: &DagsterRun,
        message: Option<&str>,
    ) -> Result<(), InstanceError> {
        let event = DagsterEvent::new(DagsterEventType::RunCanceled, &run.job_name)
            .with_message(message.unwrap_or(CANCELED_FROM_OUTSIDE));
        self.report_event_at(&run.run_id, event, level::ERROR, self.now()).await
    }

    /// Records that a run failed from outside.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_run_failed(
        &self,
        run: &DagsterRun,
        message: Option<&str>,
        data: Option<JobFailureData>,
    ) -> Result<(), InstanceError> {
        let mut event = DagsterEvent::new(DagsterEventType::RunFailure, &run.job_name)
            .with_message(message.unwrap_or(FAILED_FROM_OUTSIDE));
        event.event_specific_data = data.map(Into::into);
        self.report_event_at(&run.run_id, event, level::ERROR, self.now()).await
    }

    /// Adds or replaces tags of a run.
    ///
    /// # Errors
    /// The run does not exist, or the database failed.
    pub async fn add_run_tags(
        &self,
        run_id: &RunId,
        new_tags: &Map<String>,
    ) -> Result<(), InstanceError> {
        Ok(self.storage().runs().add_tags(run_id.as_str(), new_tags, self.now()).await?)
    }
}
