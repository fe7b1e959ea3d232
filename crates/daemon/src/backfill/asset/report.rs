//! What the backfill's log says at the end of an iteration.

use rondel_backfill::{GraphSubset, Progress, describe, describe_progress};
use rondel_model::backfill::PartitionBackfill;

use super::Scene;
use crate::DaemonError;

pub(super) fn summary(
    scene: &Scene<'_>,
    backfill: &PartitionBackfill,
    before: &Progress,
    after: &Progress,
) -> Result<(), DaemonError> {
    let (log, context) = (&scene.context.log, &scene.started);
    let told = |subset: &GraphSubset| -> Result<String, DaemonError> {
        if subset.is_empty() {
            return Ok("None".to_owned());
        }
        Ok(describe(subset, context)?)
    };
    let materialized = after.materialized.difference(&before.materialized, context)?;
    let failed = after.failed_and_downstream.difference(&before.failed_and_downstream, context)?;
    let in_progress = after.in_progress(context)?;
    let was_in_progress = before.requested.difference(&before.materialized, context)?;
    let requested = in_progress.difference(&was_in_progress, context)?;
    log.info(format_args!(
        "Asset backfill {} completed iteration with status BulkActionStatus.{}.",
        scene.backfill_id, backfill.status
    ));
    log.info(format_args!(
        "Backfill iteration summary:\n\
         **Assets materialized since last iteration:**\n{}\n\
         **Assets failed since last iteration and their downstream assets:**\n{}\n\
         **Assets requested by this iteration:**\n{}\n",
        told(&materialized)?,
        told(&failed)?,
        told(&requested)?
    ));
    log.info(format_args!(
        "Overall backfill status:\n\
         **Materialized assets:**\n{}\n\
         **Failed assets and their downstream assets:**\n{}\n\
         **Assets requested or in progress:**\n{}\n",
        told(&after.materialized)?,
        told(&after.failed_and_downstream)?,
        told(&in_progress)?
    ));
    log.debug(|| {
        let told = describe_progress(after, context).unwrap_or_else(|error| error.to_string());
        format!("Updated asset backfill data for {}: {told}", scene.backfill_id)
    });
    Ok(())
}
