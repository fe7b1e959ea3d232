//! Run requests for stale assets only (`dagster/_scheduler/stale.py`).

use rondel_model::ids::AssetKey;
use rondel_model::instigation::RunRequest;
use rondel_model::origin::RemoteInstigatorOrigin;

use crate::DaemonError;
use crate::context::Context;

/// The assets of the request (or of the job) that are stale or were never materialized.
///
/// # Errors
/// Always, for now: staleness is not evaluated yet. The tick fails with this text instead of
/// materializing too much or too little.
pub(crate) async fn stale_or_missing(
    _context: &Context,
    _request: &RunRequest,
    origin: &RemoteInstigatorOrigin,
    _job_name: Option<&str>,
) -> Result<Vec<AssetKey>, DaemonError> {
    Err(DaemonError::NotSupported(format!(
        "`{}` asks for stale assets only (stale_assets_only), which this version of Rondel cannot \
         evaluate; request the assets by name, or let dagster-daemon run this instigator",
        origin.instigator_name
    )))
}
