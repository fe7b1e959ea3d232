//! Automatic retries: reads the ends of runs from the event log and runs failed ones again
//! (`dagster/_daemon/auto_run_reexecution`).
//!
//! A cursor per event type says up to where the log was read. It is written only after the runs were
//! handled; handling a run twice is harmless, because the retry of a run is found again by the tag
//! `dagster/auto_retry_run_id` or as its numbered child.

mod act;
mod decide;

use std::collections::BTreeSet;

use rondel_model::event::DagsterEventType;
use rondel_model::ids::RunId;
use rondel_model::run::RunsFilter;

use crate::DaemonError;
use crate::context::Context;

const DEFAULT_FETCH_LIMIT: usize = 500;

/// Seconds between two looks at the log, unless the environment says otherwise.
const DEFAULT_INTERVAL: f64 = 5.0;

/// The ends of runs that matter. Successes do not, but Dagster keeps a cursor for them too.
const END_EVENTS: [DagsterEventType; 2] =
    [DagsterEventType::RunFailure, DagsterEventType::RunSuccess];

/// The retry daemon. Its memory is in the database.
pub(crate) struct RunRetries {
    context: Context,
    fetch_limit: usize,
}

impl RunRetries {
    pub(crate) fn new(context: Context) -> Self {
        let setting = std::env::var("DAGSTER_EVENT_LOG_CONSUMER_DAEMON_FETCH_LIMIT").ok();
        let fetch_limit = setting.and_then(|text| text.parse().ok());
        Self { context, fetch_limit: fetch_limit.unwrap_or(DEFAULT_FETCH_LIMIT) }
    }

    pub(crate) fn with_fetch_limit(mut self, limit: Option<usize>) -> Self {
        self.fetch_limit = limit.unwrap_or(self.fetch_limit);
        self
    }

    /// Seconds between two iterations.
    pub(crate) fn interval() -> f64 {
        let setting = std::env::var("DAGSTER_EVENT_LOG_CONSUMER_DAEMON_INTERVAL_SECONDS").ok();
        setting.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_INTERVAL)
    }

    /// One iteration over what was added to the log.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        let kvs = self.context.storage().kvs();
        let stored = kvs.get_cursor_values(&END_EVENTS.map(cursor_key)).await?;
        let mut newest = None;
        let mut cursors = Vec::new();
        let mut run_ids = BTreeSet::new();
        for event_type in END_EVENTS {
            let key = cursor_key(event_type);
            let cursor = match decide::cursor(event_type, stored.get(&key))? {
                Some(cursor) => cursor,
                None => {
                    self.context.log.warning(format_args!(
                        "No cursor for event type {}, ignoring older events",
                        event_type.as_str()
                    ));
                    match newest {
                        Some(newest) => newest,
                        None => *newest.insert(self.newest_event().await?),
                    }
                }
            };
            let events = self.context.storage().events();
            let records =
                events.get_records_after(cursor, &[event_type], Some(self.fetch_limit)).await?;
            let seen = records.iter().map(|record| record.storage_id).max();
            cursors.push((key, seen.unwrap_or(cursor).max(cursor).to_string()));
            run_ids.extend(records.into_iter().map(|record| record.entry.run_id.to_string()));
        }
        self.handle(run_ids.into_iter().map(RunId::from).collect()).await?;
        kvs.set_cursor_values(cursors).await?;
        Ok(())
    }

    /// Retries those of the runs that are to be retried.
    pub(crate) async fn handle(&self, run_ids: Vec<RunId>) -> Result<(), DaemonError> {
        if run_ids.is_empty() {
            return Ok(());
        }
        let runs = self.context.storage().runs().get_runs(RunsFilter::by_ids(run_ids)).await?;
        for run in runs {
            if act::is_to_be_retried(&self.context, &run).await? {
                act::retry(&self.context, &run).await?;
            }
        }
        Ok(())
    }

    async fn newest_event(&self) -> Result<i64, DaemonError> {
        Ok(self.context.storage().events().get_maximum_record_id().await?.unwrap_or(0))
    }
}

fn cursor_key(event_type: DagsterEventType) -> String {
    format!("EVENT_LOG_CONSUMER_CURSOR-{}", event_type.as_str())
}
