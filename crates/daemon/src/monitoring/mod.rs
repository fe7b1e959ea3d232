//! Run monitoring: ends runs that hang while starting, canceling or running, replaces or fails runs
//! whose worker died, and frees pool slots of finished runs (`dagster/_daemon/monitoring`).
//!
//! A launcher that watches its workers gives notices, on which the run in question is looked at without
//! waiting for the next iteration. A notice is only a hint; iterations stay the truth.

mod act;
mod decide;

use futures::StreamExt;
use rondel_launcher::WorkerNotice;
use rondel_model::ids::RunId;
use rondel_model::run::{RunRecord, RunStatus, RunsFilter};

use crate::DaemonError;
use crate::context::{Context, Pace};

/// Runs examined at the same time.
const CHECKS_AT_ONCE: usize = 16;

/// Finished runs whose slots are freed in one iteration.
const SLOT_BATCH: usize = 1000;

/// The monitoring daemon. It remembers nothing but when the clock was set, so that no run is too late for that.
pub(crate) struct Monitoring {
    context: Context,
    only: Option<Vec<RunId>>,
}

impl Monitoring {
    pub(crate) fn new(context: Context) -> Self {
        Self { context, only: None }
    }

    /// Looks at these runs only.
    pub(crate) fn only(mut self, run_ids: Option<Vec<RunId>>) -> Self {
        self.only = run_ids.filter(|ids| !ids.is_empty());
        self
    }

    /// One iteration over all runs that have not finished.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        // Looked at also when there is nothing to do, to know when the clock was set.
        self.context.look_at_clock();
        let records = self.observe().await?;
        if records.is_empty() {
            return Ok(());
        }
        let context = &self.context;
        context.log.info(format_args!("Collected {} runs for monitoring", records.len()));
        let at_once = match context.pace {
            Pace::OneByOne => 1,
            Pace::Concurrent { .. } => CHECKS_AT_ONCE,
        };
        futures::stream::iter(records)
            .for_each_concurrent(at_once, |record| async move {
                let run_id = record.run.run_id.to_string();
                context.log.info(format_args!("Checking run {run_id}"));
                if let Err(error) = Box::pin(act::check(context, record)).await {
                    let headline = format!("Hit error while monitoring run {run_id}");
                    context.report(&headline, &error);
                }
            })
            .await;
        Ok(())
    }

    /// Looks at the runs whose launcher has news of their workers.
    pub(crate) async fn react(&mut self, notices: Vec<WorkerNotice>) -> Result<(), DaemonError> {
        let mut notices = decide::by_run(notices);
        let mut filter = RunsFilter::by_statuses([
            RunStatus::Starting,
            RunStatus::Started,
            RunStatus::Canceling,
        ]);
        filter.run_ids = Some(notices.keys().cloned().collect());
        let context = &self.context;
        let records = context.storage().runs().get_records(filter).await?;
        let concerned: Vec<_> = records
            .into_iter()
            .filter_map(|record| Some((notices.shift_remove(&record.run.run_id)?, record)))
            .collect();
        futures::stream::iter(concerned)
            .for_each_concurrent(CHECKS_AT_ONCE, |(notice, record)| async move {
                let run_id = record.run.run_id.to_string();
                if let Err(error) = Box::pin(act::react(context, record, notice)).await {
                    context.report(&format!("Hit error while monitoring run {run_id}"), &error);
                }
            })
            .await;
        Ok(())
    }

    async fn observe(&self) -> Result<Vec<RunRecord>, DaemonError> {
        let mut statuses = RunStatus::IN_PROGRESS.to_vec();
        statuses.extend([RunStatus::Canceling, RunStatus::NotStarted]);
        let mut filter = RunsFilter::by_statuses(statuses);
        filter.run_ids.clone_from(&self.only);
        Ok(self.context.storage().runs().get_records(filter).await?)
    }

    /// Frees the pool slots of runs that finished some time ago
    /// (`execute_concurrency_slots_iteration`).
    pub(crate) async fn free_slots(&mut self) -> Result<(), DaemonError> {
        let context = &self.context;
        let seconds =
            context.instance.config().settings.run_monitoring.free_slots_after_run_end_seconds;
        if seconds == 0 {
            return Ok(());
        }
        let seconds = seconds as f64;
        let run_ids = context.storage().concurrency().run_ids().await?;
        if run_ids.is_empty() {
            return Ok(());
        }
        let now = context.now();
        let mut filter = RunsFilter::by_statuses(RunStatus::FINISHED.iter().copied());
        filter.run_ids = Some(run_ids.into_iter().map(RunId::from).collect());
        // Runs of before the clock was set back look as if they had just been updated.
        let was_set = context.ages.clock_was_set(now);
        filter.updated_before = (!was_set).then(|| (now - seconds).into());
        let query = rondel_storage::RunsQuery::newest(filter, SLOT_BATCH);
        for record in context.storage().runs().get_records(query).await? {
            let is_over = record.end_time.is_some_and(|end| context.since(end) > seconds);
            if is_over {
                let run_id = record.run.run_id.as_str();
                context.storage().concurrency().free_slots_for_run(run_id).await?;
                context.log.info(format_args!(
                    "Freed slots for run {run_id} with status DagsterRunStatus.{}",
                    record.run.status.as_str()
                ));
            }
        }
        Ok(())
    }
}
