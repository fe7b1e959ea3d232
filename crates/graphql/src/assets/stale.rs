//! Whether an asset, or one of its partitions, is up to date with its code and its upstream assets
//! (`CachingStaleStatusResolver`).
//!
//! Told from the versions recorded with the latest materialization. A partitioned asset counts as fresh
//! unless a partition is named, as in Dagster; a partition with very many partitions upstream of one
//! asset is not compared with those.

use async_graphql::{Context, Enum, SimpleObject};
use futures::future::try_join_all;
use rondel_asset_graph::AssetNode as GraphNode;
use rondel_model::{
    event::{AssetRecordsFilter, DagsterEventType},
    ids::AssetKey as ModelAssetKey,
    partition::PartitionMapping,
};
use rondel_partitions::{
    Of, PartitionsDefinition, PartitionsSubset, infer_mapping, upstream_partitions,
};
use rondel_storage::Order;

use super::{
    loaders::AssetRecordKey,
    versions::{INITIAL, LatestObservationKey, LatestOfPartitionKey, Provenance, Versions},
};
use crate::{common::AssetKey, context::ContextExt, errors::ResolverError, partitions::Partitions};

/// From how many partitions on an upstream asset is left out, and a self-dependency is.
const TOO_MANY_PARTITIONS: u64 = 100;

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum StaleStatus {
    Missing,
    Stale,
    Fresh,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StaleCauseCategory {
    Code,
    Data,
    Dependencies,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct StaleCause {
    key: AssetKey,
    partition_key: Option<String>,
    category: StaleCauseCategory,
    reason: String,
    dependency: Option<AssetKey>,
    dependency_partition_key: Option<String>,
}

/// An asset, or one of its partitions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    key: ModelAssetKey,
    partition: Option<String>,
}

impl Part {
    fn new(key: &ModelAssetKey, partition: Option<&str>) -> Self {
        let partition = partition.filter(|partition| !partition.is_empty()).map(str::to_owned);
        Self { key: key.clone(), partition }
    }
}

/// A cause with the cause behind it, which is what clients see.
struct Cause {
    category: StaleCauseCategory,
    reason: String,
    dependency: Option<Part>,
    /// What happened to the dependency.
    root: Option<&'static str>,
}

/// The versions of a part as it is now, with the id of the event that tells them.
#[derive(Clone)]
struct Current {
    versions: Versions,
    storage_id: Option<i64>,
}

/// The versions of a part as it is now; none if it has no value.
async fn current(ctx: &Context<'_>, part: &Part) -> Result<Option<Current>, ResolverError> {
    let key = &part.key;
    let node = ctx.prepared().asset_graph().get(key);
    let observed = node.is_some_and(|node| node.snap().is_observable);
    let external = node.is_some_and(|node| !node.definition().is_executable());
    let loader = ctx.loader();
    let latest = match &part.partition {
        Some(partition) => {
            let (asset, partition) = (key.clone(), partition.clone());
            loader.load_one(LatestOfPartitionKey { asset, partition, observed }).await?
        }
        None if observed => loader.load_one(LatestObservationKey(key.clone())).await?,
        None => {
            let record = loader.load_one(AssetRecordKey(key.clone())).await?;
            record.and_then(|record| record.last_materialization.clone()).map(Into::into)
        }
    };
    let known = latest.map(|record| Current {
        versions: Versions::of(&record.entry),
        storage_id: Some(record.storage_id),
    });
    let assumed = || {
        let versions = Versions { data: INITIAL.to_owned(), ..Versions::default() };
        (external || observed).then_some(Current { versions, storage_id: None })
    };
    Ok(known.or_else(assumed))
}

fn is_partitioned(node: &GraphNode) -> bool {
    node.snap().partitions.is_some()
}

fn is_external(node: &GraphNode) -> bool {
    !node.definition().is_materializable()
}

/// A partition can be asked about only where there are some.
fn check_partition(node: &GraphNode, partition: Option<&str>) -> Result<(), ResolverError> {
    let named = partition.is_some_and(|partition| !partition.is_empty());
    if named && !is_partitioned(node) { Err(not_partitioned()) } else { Ok(()) }
}

/// Refuses a question about partitions of an asset that has none.
pub(super) fn not_partitioned() -> ResolverError {
    ResolverError::raised(
        "dagster_shared.check.functions.CheckError",
        "Failure condition: Asset node has no partitions definition",
    )
}

/// The version of the data as it is now, of an asset or one of its partitions.
pub(super) async fn data_version(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<Option<String>, ResolverError> {
    check_partition(node, partition)?;
    let current = current(ctx, &Part::new(&node.key, partition)).await?;
    Ok(current.map(|current| current.versions.data))
}

pub(super) async fn status(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<StaleStatus, ResolverError> {
    check_partition(node, partition)?;
    let part = Part::new(&node.key, partition);
    if is_partitioned(node) && part.partition.is_none() {
        return Ok(StaleStatus::Fresh);
    }
    if current(ctx, &part).await?.is_none() {
        // A view without a record of its own is there as soon as something behind it is.
        let behind = if node.snap().is_virtual { behind_views(ctx, &node.key) } else { Vec::new() };
        let behind = behind.into_iter().map(|key| Part { key, partition: None });
        let behind: Vec<Part> = behind.collect();
        let found = try_join_all(behind.iter().map(|part| current(ctx, part))).await?;
        let is_there = found.iter().any(Option::is_some);
        return Ok(if is_there { StaleStatus::Fresh } else { StaleStatus::Missing });
    }
    let stale = !is_external(node) && !found(ctx, node, &part).await?.is_empty();
    Ok(if stale { StaleStatus::Stale } else { StaleStatus::Fresh })
}

/// The root causes: of a dependency with new data, the dependency itself.
pub(super) async fn causes(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<Vec<StaleCause>, ResolverError> {
    check_partition(node, partition)?;
    let part = Part::new(&node.key, partition);
    if (is_partitioned(node) && part.partition.is_none()) || is_external(node) {
        return Ok(Vec::new());
    }
    let cause = |cause: Cause| {
        let (at, reason, dependency) = match (cause.root, cause.dependency) {
            (Some(reason), Some(root)) => (root, reason.to_owned(), None),
            (_, dependency) => (part.clone(), cause.reason, dependency),
        };
        StaleCause {
            key: (&at.key).into(),
            partition_key: at.partition,
            category: cause.category,
            reason,
            dependency: dependency.as_ref().map(|part| (&part.key).into()),
            dependency_partition_key: dependency.and_then(|part| part.partition),
        }
    };
    let mut shown: Vec<StaleCause> = Vec::new();
    for cause in found(ctx, node, &part).await?.into_iter().map(cause) {
        let is_known = shown.iter().any(|other| {
            other.key == cause.key
                && other.partition_key == cause.partition_key
                && other.category == cause.category
                && other.reason == cause.reason
                && other.dependency == cause.dependency
                && other.dependency_partition_key == cause.dependency_partition_key
        });
        if !is_known {
            shown.push(cause);
        }
    }
    Ok(shown)
}

async fn found(
    ctx: &Context<'_>,
    node: &GraphNode,
    part: &Part,
) -> Result<Vec<Cause>, ResolverError> {
    let Some(own) = current(ctx, part).await? else { return Ok(Vec::new()) };
    let mut causes = Vec::new();
    if let Some(provenance) = &own.versions.provenance {
        let code = node.snap().code_version.as_deref().filter(|version| !version.is_empty());
        if code.is_some_and(|version| version != provenance.code_version) {
            causes.push(Cause {
                category: StaleCauseCategory::Code,
                reason: "has a new code version".to_owned(),
                dependency: None,
                root: None,
            });
        }
    }
    if node.snap().is_virtual {
        return Ok(causes);
    }
    if let Some(provenance) = &own.versions.provenance {
        let still = |name: &String| node.parents().iter().any(|key| key.to_user_string() == *name);
        for name in provenance.inputs.keys().filter(|name| !still(name)) {
            causes.push(Cause {
                category: StaleCauseCategory::Dependencies,
                reason: format!("removed dependency on {name}"),
                dependency: Some(Part::new(&ModelAssetKey::new(name.split('/')), None)),
                root: None,
            });
        }
    }
    let dependencies = dependencies(ctx, node, part).await?;
    let of_each = dependencies.iter().map(|dependency| of_dependency(ctx, &own, dependency));
    causes.extend(try_join_all(of_each).await?.into_iter().flatten());
    causes.extend(through_views(ctx, node, &own).await?);
    causes.sort_by_cached_key(|cause| {
        let dependency = cause.dependency.as_ref();
        dependency.map(|part| (part.key.to_db_string(), part.partition.clone()))
    });
    Ok(causes)
}

/// The parts upstream which a part is compared with (`_get_partition_dependencies`).
async fn dependencies(
    ctx: &Context<'_>,
    node: &GraphNode,
    part: &Part,
) -> Result<Vec<Part>, ResolverError> {
    let graph = ctx.prepared().asset_graph();
    let own = match &node.snap().partitions {
        Some(snap) => Some(Partitions::load(ctx, snap).await?),
        None => None,
    };
    let mut found = Vec::new();
    for key in node.parents() {
        let Some(parent) = graph.get(key) else { continue };
        let Some(snap) = &parent.snap().partitions else {
            found.push(Part::new(key, None));
            continue;
        };
        let above = Partitions::load(ctx, snap).await?;
        if *key == node.key && above.definition.count(&above.context)? >= TOO_MANY_PARTITIONS {
            continue;
        }
        let definition = node.materializable_definition().unwrap_or_else(|| node.definition());
        let mut edges = definition.snap().parent_edges.iter().rev();
        let edge = edges.find(|edge| edge.parent_asset_key == *key);
        let declared = edge.and_then(|edge| edge.partition_mapping.as_ref());
        let below = own.as_ref().map(|own| &own.definition);
        let mapping = infer_mapping(declared, below, Some(&above.definition));
        let of_windows = matches!(above.definition, PartitionsDefinition::TimeWindow(_));
        if of_windows && matches!(*mapping, PartitionMapping::All(_)) {
            continue;
        }
        let subset = match (&own, &part.partition) {
            (Some(own), Some(partition)) => {
                let keys = [partition];
                Some(PartitionsSubset::of_keys(&own.definition, &keys, &above.context)?)
            }
            _ => None,
        };
        let downstream = subset.as_ref().zip(below);
        let downstream = downstream.map(|(subset, definition)| Of { subset, definition });
        let needed = upstream_partitions(&mapping, downstream, &above.definition, &above.context)?;
        let needed = needed.existing;
        if needed.count(&above.context)? < TOO_MANY_PARTITIONS {
            let keys = needed.keys(&above.context)?;
            found.extend(keys.iter().map(|partition| Part::new(key, Some(partition))));
        }
    }
    found.sort();
    Ok(found)
}

/// Why a dependency makes a part stale, if it does.
async fn of_dependency(
    ctx: &Context<'_>,
    own: &Current,
    dependency: &Part,
) -> Result<Option<Cause>, ResolverError> {
    let key = &dependency.key;
    let Some(parent) = ctx.prepared().asset_graph().get(key) else { return Ok(None) };
    let latest = current(ctx, dependency).await?;
    let cause = |category, reason: String, root| {
        Ok(Some(Cause { category, reason, dependency: Some(dependency.clone()), root }))
    };
    let new = |by_version: bool| {
        let (reason, root) = if by_version {
            ("has a new dependency data version", "has a new data version")
        } else {
            ("has a new dependency materialization", "has a new materialization")
        };
        cause(StaleCauseCategory::Data, reason.to_owned(), Some(root))
    };
    let versions = latest.as_ref().map(|latest| &latest.versions);
    match &own.versions.provenance {
        Some(provenance) => {
            let name = key.to_user_string();
            let Some(used) = provenance.inputs.get(&name) else {
                let reason = format!("has a new dependency on {name}");
                return cause(StaleCauseCategory::Dependencies, reason, None);
            };
            let updated = match dependency.partition {
                Some(_) => {
                    is_partition_updated(ctx, provenance, parent, dependency, latest.as_ref())
                        .await?
                }
                // Assumed to exist elsewhere and never materialized here counts as unchanged.
                None => match versions {
                    Some(versions) => versions.data != *used,
                    None => used != INITIAL,
                },
            };
            if !updated {
                return Ok(None);
            }
            let provided = versions.and_then(|versions| versions.provenance.as_ref());
            let by_version = parent.snap().code_version.is_some()
                || is_external(parent)
                || provided.is_some_and(|provenance| provenance.is_user_provided);
            new(by_version)
        }
        None if is_external(parent) => Ok(None),
        None => match versions {
            None => cause(StaleCauseCategory::Data, "has a new input".to_owned(), None),
            Some(versions) if versions.timestamp > own.versions.timestamp => new(false),
            Some(_) => Ok(None),
        },
    }
}

/// Whether a partition has another version than the one that was used: an event after the one that was
/// used, with another version than the latest one up to then.
async fn is_partition_updated(
    ctx: &Context<'_>,
    provenance: &Provenance,
    parent: &GraphNode,
    dependency: &Part,
    latest: Option<&Current>,
) -> Result<bool, ResolverError> {
    let used = provenance.pointers.get(&dependency.key.to_user_string()).copied().flatten();
    let Some((latest, storage_id)) = latest.and_then(|it| Some((it, it.storage_id?))) else {
        return Ok(false);
    };
    if used.is_some_and(|used| storage_id <= used) {
        return Ok(false);
    }
    let kind = if is_external(parent) {
        DagsterEventType::AssetObservation
    } else {
        DagsterEventType::AssetMaterialization
    };
    let filter = AssetRecordsFilter {
        asset_key: dependency.key.clone(),
        asset_partitions: dependency.partition.clone().map(|partition| vec![partition]),
        before_storage_id: used.map(|used| used + 1),
        ..AssetRecordsFilter::default()
    };
    let events = ctx.storage().events();
    let before = events.fetch_asset_records(kind, &filter, 1, None, Order::Descending).await?;
    let before = before.results.first().and_then(|record| Versions::recorded(&record.entry));
    let now = (latest.versions.data != INITIAL).then(|| latest.versions.data.clone());
    Ok(before != now)
}

/// The assets that are no views, up from an asset that is one.
fn behind_views(ctx: &Context<'_>, key: &ModelAssetKey) -> Vec<ModelAssetKey> {
    let graph = ctx.prepared().asset_graph();
    let mut behind: Vec<ModelAssetKey> = Vec::new();
    let mut seen: Vec<&ModelAssetKey> = Vec::new();
    let mut waiting: Vec<&ModelAssetKey> =
        graph.get(key).map(|node| node.parents().iter().collect()).unwrap_or_default();
    while let Some(key) = waiting.pop() {
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        match graph.get(key) {
            Some(node) if node.snap().is_virtual => waiting.extend(node.parents()),
            Some(node) => behind.push(node.key.clone()),
            None => {}
        }
    }
    behind.sort();
    behind
}

/// What is new behind views that the asset depends on: views let staleness through.
async fn through_views(
    ctx: &Context<'_>,
    node: &GraphNode,
    own: &Current,
) -> Result<Vec<Cause>, ResolverError> {
    let graph = ctx.prepared().asset_graph();
    let is_view =
        |key: &&ModelAssetKey| graph.get(key).is_some_and(|parent| parent.snap().is_virtual);
    let behind = node.parents().iter().filter(is_view).flat_map(|key| behind_views(ctx, key));
    let behind: Vec<Part> = behind.map(|key| Part { key, partition: None }).collect();
    let latest = try_join_all(behind.iter().map(|part| current(ctx, part))).await?;
    let newer = behind.into_iter().zip(latest).filter_map(|(part, latest)| {
        let latest = latest?;
        latest.storage_id?;
        (latest.versions.timestamp > own.versions.timestamp).then(|| Cause {
            category: StaleCauseCategory::Data,
            reason: "has a new dependency materialization".to_owned(),
            dependency: Some(part),
            root: Some("has a new materialization"),
        })
    });
    Ok(newer.collect())
}
