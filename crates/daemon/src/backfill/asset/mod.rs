//! Backfills of assets (`dagster/_core/execution/asset_backfill.py`).
//!
//! An iteration observes what the backfill's runs have made and which of them failed, has
//! [`rondel_backfill::decide`] say which runs come next, and stores these with the ids they will have
//! before it makes any. Interrupted behind that point, the next iteration submits the same runs.

mod ending;
mod graphs;
mod observe;
mod report;
mod requested;
mod submit;

use rondel_backfill::BackfillGraph;
use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::ids::AssetKey;
use rondel_partitions::Context as Partitions;

pub(super) use graphs::Graphs;

use crate::DaemonError;
use crate::context::Context;
use graphs::Graph;

/// What an iteration of one backfill works with.
struct Scene<'a> {
    context: &'a Context,
    graph: &'a Graph,
    backfill_id: &'a str,
    /// Partitions as of the start of the backfill, which are those it is about.
    started: Partitions,
    /// Partitions as of now.
    now: Partitions,
}

/// One iteration of an asset backfill.
pub(super) async fn iterate(
    context: &Context,
    graphs: &Graphs,
    backfill: PartitionBackfill,
) -> Result<(), DaemonError> {
    let backfill_id = backfill.backfill_id.clone();
    context.log.info(format_args!("Evaluating asset backfill {backfill_id}"));
    let graph = graphs.of(&context.snapshot());
    let dynamic = dynamic_keys(context, &graph.backfill, &backfill).await?;
    let at = |instant: f64| {
        dynamic.iter().fold(Partitions::at(instant), |context, (name, keys)| {
            context.with_dynamic_keys(name, keys.iter().cloned())
        })
    };
    let scene = Scene {
        context,
        graph: &graph,
        backfill_id: &backfill_id,
        started: at(backfill.backfill_timestamp),
        now: at(context.now()),
    };
    match backfill.status {
        BulkActionStatus::Requested => requested::iterate(&scene, backfill).await,
        BulkActionStatus::Canceling => {
            ending::iterate(&scene, backfill, BulkActionStatus::Canceled).await
        }
        BulkActionStatus::Failing => {
            ending::iterate(&scene, backfill, BulkActionStatus::Failed).await
        }
        // Forced to end by an operator.
        BulkActionStatus::Canceled => Ok(()),
        other => Err(DaemonError::Check(format!("Unexpected backfill status: {other}"))),
    }
}

/// The keys of dynamic partitions which the backfill's assets and their neighbours have.
async fn dynamic_keys(
    context: &Context,
    graph: &BackfillGraph,
    backfill: &PartitionBackfill,
) -> Result<Vec<(String, Vec<String>)>, DaemonError> {
    let mut assets: Vec<AssetKey> = backfill.asset_selection.clone().unwrap_or_default();
    if let Some(data) = &backfill.asset_backfill_data {
        let target = &data.target_subset;
        let partitioned = target.partitions_subsets_by_asset_key.iter().map(|(key, _)| key);
        assets.extend(partitioned.chain(target.non_partitioned_asset_keys.iter()).cloned());
    }
    let mut keys = Vec::new();
    for name in graph.dynamic_names(&assets) {
        let known = context.storage().dynamic_partitions().get(&name).await?;
        keys.push((name, known));
    }
    Ok(keys)
}
