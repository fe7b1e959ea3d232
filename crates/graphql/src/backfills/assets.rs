//! What a client asks to backfill of assets, checked and in the stored form.

use std::sync::Arc;

use async_graphql::{Context, InputObject, SimpleObject};
use rondel_backfill::{
    BackfillError, BackfillGraph, GraphSubset, Selected, check_new_target, target_of_keys,
    target_of_ranges,
};
use rondel_instance::backfills::BackfillError as RequestError;
use rondel_model::{
    ids::AssetKey as ModelAssetKey,
    partition::{AssetGraphSubset, PartitionKeyRange},
};
use rondel_partitions::Context as PartitionsContext;

use super::subsets::{AssetBackfillTargetPartitions, assets_of, in_order, partitions_of};
use crate::{
    assets::{PartitionRangeSelector, PartitionsByAssetSelector, PartitionsSelector},
    common::{AssetKey, AssetKeyInput},
    config::repr_list,
    context::ContextExt,
    errors::{PartitionKeysNotFoundError, ResolverError},
    partitions::DynamicKeys,
};

#[derive(InputObject)]
pub(crate) struct AssetBackfillPreviewParams {
    partition_names: Vec<String>,
    asset_selection: Vec<AssetKeyInput>,
}

/// What is targeted of an asset; no partitions of one that has none.
#[derive(SimpleObject)]
pub(crate) struct AssetPartitions {
    asset_key: AssetKey,
    partitions: Option<AssetBackfillTargetPartitions>,
}

impl From<BackfillError> for ResolverError {
    fn from(error: BackfillError) -> Self {
        match error {
            BackfillError::UnknownPartitions(keys) => PartitionKeysNotFoundError::new(keys).into(),
            BackfillError::NonexistentParents { asset, keys, parent, missing } => {
                ResolverError::invariant(format!(
                    "Targeted partition subset {} depends on non-existent partitions: {}",
                    shown(&asset, &keys),
                    shown(&parent, &missing)
                ))
            }
            other => ResolverError::raised(other.class_name(), other.to_string()),
        }
    }
}

impl From<RequestError> for ResolverError {
    fn from(error: RequestError) -> Self {
        ResolverError::raised(error.class_name(), error.to_string())
    }
}

/// Partitions of an asset as Python shows them.
fn shown(key: &ModelAssetKey, keys: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("'{key}'")).collect();
    let keys = keys.join(", ");
    let asset = repr_list(key.path());
    format!("EntitySubset<AssetKey({asset})>(DefaultPartitionsSubset(subset={{{keys}}}))")
}

/// The graph with what tells the partitions of the assets and their neighbours now.
pub(super) async fn graph_around(
    ctx: &Context<'_>,
    assets: &[ModelAssetKey],
) -> Result<(BackfillGraph, PartitionsContext), ResolverError> {
    let graph = BackfillGraph::new(Arc::clone(ctx.prepared().asset_graph()));
    let names = graph.dynamic_names(assets);
    let mut keys = ctx.loader().load_many(names.iter().cloned().map(DynamicKeys)).await?;
    let mut context = PartitionsContext::at(ctx.now());
    for name in names {
        let keys = keys.remove(&DynamicKeys(name.clone())).unwrap_or_default();
        context = context.with_dynamic_keys(name, keys.iter().cloned());
    }
    Ok((graph, context))
}

/// The same where every asset must exist.
async fn graph_of(
    ctx: &Context<'_>,
    selected: &[ModelAssetKey],
) -> Result<(BackfillGraph, PartitionsContext), ResolverError> {
    let graph = ctx.prepared().asset_graph();
    if let Some(unknown) = selected.iter().find(|key| !graph.contains(key)) {
        return Err(BackfillError::UnknownAsset(unknown.clone()).into());
    }
    graph_around(ctx, selected).await
}

/// The named partitions of the most upstream assets and what belongs to them in the other ones, or all of
/// the assets.
pub(super) async fn downstream_of(
    ctx: &Context<'_>,
    selected: &[ModelAssetKey],
    names: Option<Vec<String>>,
    all: bool,
) -> Result<AssetGraphSubset, ResolverError> {
    let selected_partitions = match (&names, all) {
        (Some(_), true) => {
            return Err(check_error(
                "Invariant failed. Description: Can't provide both a set of partitions and all_partitions=True",
            ));
        }
        (None, true) => Selected::All,
        (Some(names), false) => Selected::Keys(names),
        (None, false) => {
            return Err(check_error(
                "Failure condition: Either partition_names must not be None or all_partitions must be True",
            ));
        }
    };
    let (graph, context) = graph_of(ctx, selected).await?;
    let target = target_of_keys(selected, selected_partitions, &graph, &context)?;
    checked(&target, &graph, &context)
}

/// The stored form of a target that can be worked off.
fn checked(
    target: &GraphSubset,
    graph: &BackfillGraph,
    context: &PartitionsContext,
) -> Result<AssetGraphSubset, ResolverError> {
    check_new_target(target, graph, context)?;
    Ok(target.to_stored(context)?)
}

/// The partitions that are named asset by asset.
pub(super) async fn named(
    ctx: &Context<'_>,
    by_assets: Vec<PartitionsByAssetSelector>,
) -> Result<(Vec<ModelAssetKey>, AssetGraphSubset), ResolverError> {
    let mut named = Vec::with_capacity(by_assets.len());
    for selector in by_assets {
        let ranges = selector.partitions.map(ranges_of).transpose()?;
        named.push((selector.asset_key.into(), ranges));
    }
    let selected: Vec<ModelAssetKey> =
        named.iter().map(|(key, _)| ModelAssetKey::clone(key)).collect();
    let (graph, context) = graph_of(ctx, &selected).await?;
    let target = target_of_ranges(&named, &graph, &context)?;
    Ok((selected, checked(&target, &graph, &context)?))
}

/// One range or several (`PartitionsSelector.from_graphql_input`).
fn ranges_of(partitions: PartitionsSelector) -> Result<Vec<PartitionKeyRange>, ResolverError> {
    let ranges = match (partitions.range, partitions.ranges) {
        (Some(_), Some(_)) => {
            return Err(check_error(
                "Invariant failed. Description: Received partitionsSelector with values for both 'range' and 'ranges'. Only one should be provided.",
            ));
        }
        (Some(range), None) => vec![range],
        (None, Some(ranges)) => ranges,
        (None, None) => {
            return Err(check_error(
                "Failure condition: Received partitionsSelector without values for either 'range' or 'ranges'. One should be provided.",
            ));
        }
    };
    let range = |range: PartitionRangeSelector| PartitionKeyRange {
        start: range.start,
        end: range.end,
        ..PartitionKeyRange::default()
    };
    Ok(ranges.into_iter().map(range).collect())
}

fn check_error(text: &str) -> ResolverError {
    ResolverError::raised("dagster_shared.check.functions.CheckError", text.to_owned())
}

/// What a backfill of partitions of the most upstream assets would target, parents first.
pub(super) async fn preview(
    ctx: &Context<'_>,
    params: AssetBackfillPreviewParams,
) -> Result<Vec<AssetPartitions>, ResolverError> {
    let selected: Vec<ModelAssetKey> =
        params.asset_selection.into_iter().map(ModelAssetKey::from).collect();
    let (graph, context) = graph_of(ctx, &selected).await?;
    let named = Selected::Keys(&params.partition_names);
    let subset = target_of_keys(&selected, named, &graph, &context)?.to_stored(&context)?;
    let graph = ctx.prepared().asset_graph();
    let mut found = Vec::new();
    let parents = |key: &ModelAssetKey| graph.get(key).map(|node| node.parents().to_vec());
    for key in in_order(&assets_of(&subset), parents) {
        let part = partitions_of(&subset, key).map(AssetBackfillTargetPartitions::of);
        found.push(AssetPartitions { asset_key: key.into(), partitions: part.transpose()? });
    }
    Ok(found)
}
