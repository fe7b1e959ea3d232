//! Ending the runs of a backfill (`cancel_backfill_runs_and_cancellation_complete`).

use std::collections::HashSet;

use rondel_model::event::{DagsterEventType, EventLogEntry};
use rondel_model::run::tags::BACKFILL_ID_TAG;
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_storage::{Order, RunsQuery};

use crate::DaemonError;
use crate::context::Context;

const DEFAULT_BATCH: usize = 500;

/// Cancels what can be canceled; true when all runs of the backfill have ended.
///
/// Runs being canceled are waited for by calling this again in a later iteration.
pub(super) async fn cancel_runs(context: &Context, backfill_id: &str) -> Result<bool, DaemonError> {
    let setting = std::env::var("DAGSTER_BACKFILL_CANCEL_RUNS_BATCH_SIZE").ok();
    let batch = setting.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_BATCH);
    let mut asked: HashSet<String> = HashSet::new();
    end_half_canceled(context, backfill_id, batch).await?;
    loop {
        // Queued ones first, which are quick to cancel and would start otherwise.
        let mut runs = runs_in(context, backfill_id, &[RunStatus::Queued], batch).await?;
        if runs.is_empty() {
            runs = runs_in(context, backfill_id, RunStatus::CANCELABLE, batch).await?;
        }
        // A launcher that does not take a run out of its status must not be asked without end.
        runs.retain(|run| asked.insert(run.run_id.to_string()));
        if runs.is_empty() {
            break;
        }
        for run in runs {
            context.log.info(format_args!("Terminating submitted run {}", run.run_id));
            let instance = &context.instance;
            if run.status == RunStatus::Queued {
                let message = Some("Canceling run from the queue.");
                instance.report_run_canceling(&run, message).await?;
                instance.report_run_canceled(&run, None).await?;
            } else {
                instance.launcher().terminate(&run.run_id, instance.as_ref()).await?;
            }
        }
    }
    if !asked.is_empty() {
        return Ok(false);
    }
    Ok(!has_unfinished_runs(context, backfill_id).await?)
}

/// Ends runs that were taken out of the queue just before a crash: they have no worker that would.
async fn end_half_canceled(
    context: &Context,
    backfill_id: &str,
    batch: usize,
) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let types = [
        DagsterEventType::RunEnqueued,
        DagsterEventType::RunStarting,
        DagsterEventType::RunCanceling,
    ];
    for run in runs_in(context, backfill_id, &[RunStatus::Canceling], batch).await? {
        let events = instance.events_of(&run.run_id, &types).await?;
        let recorded: Vec<_> = events.iter().filter_map(EventLogEntry::event_type).collect();
        if recorded == [DagsterEventType::RunEnqueued, DagsterEventType::RunCanceling] {
            instance.report_run_canceled(&run, None).await?;
        }
    }
    Ok(())
}

/// Whether a run of the backfill has not ended.
pub(super) async fn has_unfinished_runs(
    context: &Context,
    backfill_id: &str,
) -> Result<bool, DaemonError> {
    has_runs_in(context, backfill_id, RunStatus::NOT_FINISHED).await
}

/// Whether a run of the backfill is in one of the statuses.
pub(super) async fn has_runs_in(
    context: &Context,
    backfill_id: &str,
    statuses: &[RunStatus],
) -> Result<bool, DaemonError> {
    let query = RunsQuery { limit: Some(1), ..query(backfill_id, statuses) };
    Ok(!context.storage().runs().get_run_ids(query).await?.is_empty())
}

async fn runs_in(
    context: &Context,
    backfill_id: &str,
    statuses: &[RunStatus],
    limit: usize,
) -> Result<Vec<DagsterRun>, DaemonError> {
    let query =
        RunsQuery { limit: Some(limit), order: Order::Ascending, ..query(backfill_id, statuses) };
    Ok(context.storage().runs().get_runs(query).await?)
}

fn query(backfill_id: &str, statuses: &[RunStatus]) -> RunsQuery {
    RunsQuery {
        filter: RunsFilter::by_statuses(statuses.iter().copied())
            .with_tag(BACKFILL_ID_TAG, backfill_id),
        ..RunsQuery::default()
    }
}
