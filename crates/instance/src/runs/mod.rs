//! Runs from creation to their end: create, submit, launch, cancel, delete, reexecute.
//!
//! Mirrors `dagster/_core/instance/runs/run_domain.py`, `…/methods/run_launcher_methods.py` and what
//! `dagster_graphql/implementation/execution` does around them. Every operation may be repeated
//! after a crash at any point and ends in the same state.

mod cancel;
mod create;
mod job;
mod known_snapshots;
mod launch;
mod partitions;
mod planned_events;
mod pools;
mod reexecute;
mod resume;
pub(crate) mod retry;
mod submit;

pub use cancel::{TerminateOutcome, TerminatePolicy};
pub use create::{CreateRun, IfRunExists, JobTags, NewRun, RecordedStepKeys};
pub use job::{JobTarget, ResolvedJob};
pub(crate) use known_snapshots::KnownSnapshots;
pub use reexecute::{Reexecution, ReexecutionStrategy};
pub use resume::StepsToRetry;

use rondel_model::event::{DagsterEventType, EventLogEntry};
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use rondel_model::run::tags;
use rondel_storage::RunEventsQuery;

use crate::compute_logs::log_key_for_run;
use crate::error::InstanceError;
use crate::instance::Instance;

impl Instance {
    /// A run that must exist.
    ///
    /// # Errors
    /// [`InstanceError::RunNotFound`], or the database failed.
    pub async fn run(&self, run_id: &RunId) -> Result<DagsterRun, InstanceError> {
        let run = self.storage().runs().get_run(run_id.as_str()).await?;
        run.ok_or_else(|| InstanceError::RunNotFound(run_id.clone()))
    }

    /// Events of a run of these types, oldest first; all of them when no type is given.
    ///
    /// # Errors
    /// The database failed.
    pub async fn events_of(
        &self,
        run_id: &RunId,
        types: &[DagsterEventType],
    ) -> Result<Vec<EventLogEntry>, InstanceError> {
        let query = RunEventsQuery { types: types.to_vec(), ..RunEventsQuery::default() };
        let page = self.storage().events().get_records_for_run(run_id.as_str(), &query).await?;
        Ok(page.results.into_iter().map(|record| record.entry).collect())
    }

    /// The keys of a run's captured logs, in the order their capture began.
    ///
    /// # Errors
    /// The database failed.
    pub async fn captured_log_keys(
        &self,
        run_id: &RunId,
    ) -> Result<Vec<Vec<String>>, InstanceError> {
        use rondel_model::event::EventSpecificData::ComputeLogsCapture;
        let entries = self.events_of(run_id, &[DagsterEventType::LogsCaptured]).await?;
        let data = entries
            .into_iter()
            .filter_map(|entry| entry.dagster_event.and_then(|event| event.event_specific_data));
        Ok(data
            .filter_map(|data| match data {
                ComputeLogsCapture(data) => Some(log_key_for_run(run_id.as_str(), &data.file_key)),
                _ => None,
            })
            .collect())
    }

    /// Deletes a run with its events. Deleting what is gone succeeds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_run(&self, run_id: &RunId) -> Result<(), InstanceError> {
        self.storage().runs().delete_run(run_id.as_str()).await?;
        Ok(self.storage().events().delete_events(run_id.as_str()).await?)
    }

    /// The runs that carry each of these run keys, by key, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn run_ids_by_run_key(
        &self,
        run_keys: &[String],
    ) -> Result<rondel_storage::RunsByTag, InstanceError> {
        Ok(self.storage().runs().get_run_ids_by_tag(tags::RUN_KEY_TAG, run_keys).await?)
    }
}
