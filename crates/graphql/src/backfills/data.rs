//! How far a backfill of assets has come with each of them.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, Object, Result, SimpleObject, Union};
use rondel_asset_graph::Direction;
use rondel_backfill::Progress;
use rondel_model::{
    backfill::{self as model, PartitionBackfill},
    ids::AssetKey as ModelAssetKey,
};
use rondel_partitions::{Context as PartitionsContext, PartitionsSubset};

use super::{
    assets::graph_around,
    subsets::{AssetBackfillTargetPartitions, assets_of, in_order, partitions_of, set_of},
};
use crate::{
    common::AssetKey, context::ContextExt, errors::ResolverError, partitions::subset_size,
};

#[derive(SimpleObject)]
pub(crate) struct AssetPartitionsStatusCounts {
    asset_key: AssetKey,
    num_partitions_targeted: i32,
    num_partitions_in_progress: i32,
    num_partitions_materialized: i32,
    num_partitions_failed: i32,
}

#[derive(SimpleObject)]
pub(crate) struct UnpartitionedAssetStatus {
    asset_key: AssetKey,
    in_progress: bool,
    materialized: bool,
    failed: bool,
}

#[derive(Union)]
pub(crate) enum AssetBackfillStatus {
    AssetPartitionsStatusCounts(AssetPartitionsStatusCounts),
    UnpartitionedAssetStatus(UnpartitionedAssetStatus),
}

/// What a backfill of assets targets and what became of it so far.
pub(crate) struct AssetBackfillData(pub(super) Arc<PartitionBackfill>);

/// What is stored about a backfill of assets, if it can be read. The form of earlier versions is read by
/// the definitions of now, and not where those have changed since.
pub(super) async fn stored<'a>(
    ctx: &Context<'_>,
    backfill: &'a PartitionBackfill,
) -> std::result::Result<Option<Cow<'a, model::AssetBackfillData>>, ResolverError> {
    if backfill.serialized_asset_backfill_data.is_none() {
        return Ok(backfill.asset_backfill_data.as_ref().map(Cow::Borrowed));
    }
    let selected = backfill.asset_selection.as_deref().unwrap_or_default();
    let (graph, context) = graph_around(ctx, selected).await?;
    let progress = Progress::of_backfill(backfill, &graph, &context);
    let data = progress.and_then(|it| it.to_data(backfill.backfill_timestamp, &context));
    Ok(data.ok().map(Cow::Owned))
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The targeted assets, parents first.
fn in_order_of_graph<'a>(
    ctx: &Context<'_>,
    data: &'a model::AssetBackfillData,
) -> Vec<&'a ModelAssetKey> {
    let graph = ctx.prepared().asset_graph();
    let assets = assets_of(&data.target_subset);
    in_order(&assets, |key| graph.get(key).map(|node| node.parents().to_vec()))
}

/// How far one asset has come.
fn status(
    data: &model::AssetBackfillData,
    key: &ModelAssetKey,
) -> Result<AssetBackfillStatus, ResolverError> {
    let asset_key = AssetKey::from(key);
    let Some(target) = partitions_of(&data.target_subset, key) else {
        let is_in = |subset: &rondel_model::partition::AssetGraphSubset| {
            subset.non_partitioned_asset_keys.iter().any(|other| other == key)
        };
        let failed = is_in(&data.failed_and_downstream_subset);
        let materialized = !failed && is_in(&data.materialized_subset);
        let in_progress = !failed && !materialized && is_in(&data.requested_subset);
        let status = UnpartitionedAssetStatus { asset_key, in_progress, materialized, failed };
        return Ok(status.into());
    };
    let materialized = set_of(&data.materialized_subset, key)?;
    let failed = set_of(&data.failed_and_downstream_subset, key)?;
    let requested = set_of(&data.requested_subset, key)?;
    // Nothing here is about partitions that may come to be.
    let context = PartitionsContext::default();
    let size = |set: &PartitionsSubset| -> Result<i32, ResolverError> {
        Ok(i32::try_from(set.count(&context)?).unwrap_or(i32::MAX))
    };
    let failed = failed.difference(&materialized, &context)?;
    let in_progress =
        requested.difference(&failed, &context)?.difference(&materialized, &context)?;
    Ok(AssetPartitionsStatusCounts {
        asset_key,
        num_partitions_targeted: count(subset_size(target)),
        num_partitions_in_progress: size(&in_progress)?,
        num_partitions_materialized: size(&materialized)?,
        num_partitions_failed: size(&failed)?,
    }
    .into())
}

#[Object]
impl AssetBackfillData {
    async fn asset_backfill_statuses(&self, ctx: &Context<'_>) -> Result<Vec<AssetBackfillStatus>> {
        let Some(data) = stored(ctx, &self.0).await? else { return Ok(Vec::new()) };
        let of_each = in_order_of_graph(ctx, &data).into_iter().map(|key| Ok(status(&data, key)?));
        of_each.collect()
    }

    /// The partitions of the most upstream partitioned asset.
    async fn root_targeted_partitions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<AssetBackfillTargetPartitions>> {
        let Some(data) = stored(ctx, &self.0).await? else { return Ok(None) };
        let graph = ctx.prepared().asset_graph();
        let mut partitioned = graph.no_nodes();
        for (key, _) in data.target_subset.partitions_subsets_by_asset_key.iter() {
            if let Some(index) = graph.index_of(key) {
                partitioned.insert(index);
            }
        }
        let roots = graph.ends_within(&partitioned, Direction::Upstream);
        let root = roots.iter().map(|index| &graph.node(index).key).min();
        let part = root.and_then(|root| partitions_of(&data.target_subset, root));
        Ok(part.map(AssetBackfillTargetPartitions::of).transpose()?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use rondel_model::{partition::AssetGraphSubset, serdes::from_text};
    use serde_json::json;

    use super::*;

    /// Hours of an asset, counted from 1900 on.
    fn hours(from: i64, to: i64) -> AssetGraphSubset {
        let at = |hours: i64| {
            let timestamp = (-2_208_988_800 + hours * 3_600) as f64;
            json!({"__class__": "TimestampWithTimezone", "timestamp": timestamp, "timezone": "UTC"})
        };
        let definition = json!({
            "__class__": "TimeWindowPartitionsDefinition", "start": at(0), "timezone": "UTC", "end": null,
            "fmt": "%Y-%m-%d-%H:%M", "end_offset": 0, "cron_schedule": "0 * * * *",
        });
        let window = json!({"__class__": "TimeWindow", "start": at(from), "end": at(to)});
        let part = json!({
            "__class__": "TimeWindowPartitionsSubset", "partitions_def": definition,
            "num_partitions": null, "included_time_windows": [window],
        });
        let key = json!({"__class__": "AssetKey", "path": ["a"]});
        let subset = json!({
            "__class__": "AssetGraphSubset",
            "partitions_subsets_by_asset_key": {"__mapping_items__": [[key, part]]},
            "non_partitioned_asset_keys": {"__set__": []},
        });
        from_text(&subset.to_string()).unwrap()
    }

    #[test]
    fn a_backfill_of_a_million_hours_is_counted_without_listing_them() {
        let data = model::AssetBackfillData {
            target_subset: hours(0, 1_000_000),
            materialized_subset: hours(0, 400_000),
            requested_subset: hours(0, 500_000),
            failed_and_downstream_subset: hours(390_000, 420_000),
            ..model::AssetBackfillData::default()
        };
        let began = Instant::now();
        let status = status(&data, &ModelAssetKey::new(["a"])).unwrap();
        let targeted = AssetBackfillTargetPartitions::of(
            partitions_of(&data.target_subset, &ModelAssetKey::new(["a"])).unwrap(),
        );
        assert!(began.elapsed() < Duration::from_millis(200), "{:?}", began.elapsed());
        assert!(targeted.is_ok());
        let AssetBackfillStatus::AssetPartitionsStatusCounts(counts) = status else {
            panic!("no counts")
        };
        assert_eq!(counts.num_partitions_targeted, 1_000_000);
        assert_eq!(counts.num_partitions_materialized, 400_000);
        assert_eq!(counts.num_partitions_failed, 20_000);
        assert_eq!(counts.num_partitions_in_progress, 80_000);
    }
}
