//! Run requests for stale assets only (`dagster/_scheduler/stale.py`).

use rondel_model::ids::AssetKey;
use rondel_model::instigation::RunRequest;
use rondel_model::origin::RemoteInstigatorOrigin;

use crate::DaemonError;
use crate::context::Context;

/// The assets of the request (or of the job) that are stale or were never materialized.
///
/// # Errors
/// Neither the request nor the instigator says which assets are meant, or the database failed.
pub(crate) async fn stale_or_missing(
    context: &Context,
    request: &RunRequest,
    origin: &RemoteInstigatorOrigin,
    job_name: Option<&str>,
) -> Result<Vec<AssetKey>, DaemonError> {
    let graph = context.asset_graph();
    let keys: Vec<AssetKey> = match (&request.asset_selection, job_name) {
        (Some(keys), _) => keys.clone(),
        (None, Some(job_name)) => {
            let of_job = graph.materialized_by_job(job_name);
            of_job.iter().map(|index| graph.node(index).key.clone()).collect()
        }
        (None, None) => {
            return Err(DaemonError::Check(format!(
                "`{}` asks for stale assets only, and names neither assets nor a job",
                origin.instigator_name
            )));
        }
    };
    let storage = context.storage();
    let now = context.now();
    Ok(rondel_observation::stale::stale_or_missing(storage, &graph, &keys, now).await?)
}
