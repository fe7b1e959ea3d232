//! Backfills of assets.

use rondel_model::backfill::PartitionBackfill;

use crate::DaemonError;
use crate::context::Context;

/// One iteration of an asset backfill.
///
/// # Errors
/// Always, for now: asset backfills are not worked off by this version, and are left as they are.
pub(super) async fn iterate(
    _context: &Context,
    backfill: PartitionBackfill,
) -> Result<(), DaemonError> {
    Err(DaemonError::NotSupported(format!(
        "backfill {} is a backfill of assets, which this version of Rondel does not work off; let \
         dagster-daemon do it, or launch runs for its partitions",
        backfill.backfill_id
    )))
}
