//! Ending a backfill that is canceled or fails: its runs are ended, what they made is still noted.

use rondel_backfill::{Progress, canceled_progress};
use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};

use super::super::{cancel, current, store};
use super::{Scene, observe};
use crate::DaemonError;

pub(super) async fn iterate(
    scene: &Scene<'_>,
    backfill: PartitionBackfill,
    end_status: BulkActionStatus,
) -> Result<(), DaemonError> {
    let Scene { context, graph, backfill_id, started, .. } = scene;
    let before = Progress::of_backfill(&backfill, &graph.backfill, started)?;
    let are_runs_ended = cancel::cancel_runs(context, backfill_id).await?;
    let noted = note_progress(scene, &before).await;
    // Read again: it may have been marked as canceled meanwhile.
    let mut backfill = current(context, backfill_id).await?;
    let stored = Progress::of_backfill(&backfill, &graph.backfill, started)?;
    match noted {
        Ok(progress) => progress.store_in(&mut backfill, &graph.backfill, started)?,
        Err(error) => context.log.warning(format_args!(
            "Error updating asset backfill data for backfill {backfill_id} when canceling runs. If \
             all runs for this backfill have finished, the backfill will be marked as completed \
             without updating the individual asset partition statuses. Error: {error}"
        )),
    }
    // Statuses of partitions are updated until all runs have ended.
    let is_all_known = stored.in_progress(started)?.is_empty();
    if are_runs_ended && !is_all_known {
        context.log.warning(
            "All runs have completed, but not all requested partitions have been marked as \
             materialized or failed. This may indicate that some runs succeeded without materializing \
             their expected partitions.",
        );
    }
    if is_all_known || are_runs_ended {
        backfill.status = end_status;
        backfill.backfill_end_timestamp = Some(context.now());
    }
    store(context, &backfill).await?;
    context.log.info(format_args!(
        "Asset backfill {backfill_id} completed cancellation iteration with status \
         BulkActionStatus.{}.",
        backfill.status
    ));
    Ok(())
}

async fn note_progress(scene: &Scene<'_>, before: &Progress) -> Result<Progress, DaemonError> {
    // Read whether or not runs were requested yet: some may be of an iteration that was interrupted.
    let requested = Progress { requested_roots: true, ..before.clone() };
    let observed = observe::observe(scene, &requested).await?;
    Ok(canceled_progress(before, &observed, &scene.graph.backfill, &scene.started)?)
}
