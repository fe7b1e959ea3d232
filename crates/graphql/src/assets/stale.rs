//! Whether an asset is up to date with its code and its upstream assets
//! (`CachingStaleStatusResolver`).
//!
//! Told for assets without partitions, from the versions recorded with their latest
//! materialization. A partitioned asset counts as fresh, as in Dagster unless a partition is named;
//! of a named partition only whether it is missing is told, and a partitioned dependency makes
//! nothing stale.

use async_graphql::{Context, Enum, SimpleObject};
use rondel_asset_graph::AssetNode as GraphNode;
use rondel_model::{event::DagsterEventType, ids::AssetKey as ModelAssetKey};

use super::{
    events::{EventsFilter, fetch_records},
    loaders::AssetRecordKey,
    versions::{INITIAL, LatestObservationKey, Versions},
};
use crate::{common::AssetKey, context::ContextExt, errors::ResolverError};

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

/// A cause with the cause behind it, which is what clients see.
struct Cause {
    category: StaleCauseCategory,
    reason: String,
    dependency: Option<ModelAssetKey>,
    root: Option<(ModelAssetKey, &'static str)>,
}

/// The versions of an asset as it is now; none if it has no value.
pub(super) async fn current(
    ctx: &Context<'_>,
    key: &ModelAssetKey,
) -> Result<Option<Versions>, ResolverError> {
    let node = ctx.prepared().asset_graph().get(key);
    let observed = node.is_some_and(|node| node.snap().is_observable);
    let external = node.is_some_and(|node| !node.definition().is_executable());
    let latest = if observed {
        let record = ctx.loader().load_one(LatestObservationKey(key.clone())).await?;
        record.map(|record| Versions::of(&record.entry))
    } else {
        let record = ctx.loader().load_one(AssetRecordKey(key.clone())).await?;
        record.and_then(|record| Some(Versions::of(&record.last_materialization.as_ref()?.entry)))
    };
    let assumed = || {
        (external || observed).then(|| Versions { data: INITIAL.to_owned(), ..Versions::default() })
    };
    Ok(latest.or_else(assumed))
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
    if named && !is_partitioned(node) {
        return Err(ResolverError::raised(
            "dagster_shared.check.functions.CheckError",
            "Failure condition: Asset node has no partitions definition",
        ));
    }
    Ok(())
}

/// The version of the data as it is now, of an asset or one of its partitions.
pub(super) async fn data_version(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<Option<String>, ResolverError> {
    check_partition(node, partition)?;
    let versions = match partition.filter(|partition| !partition.is_empty()) {
        Some(partition) => of_partition(ctx, &node.key, partition).await?,
        None => current(ctx, &node.key).await?,
    };
    Ok(versions.map(|versions| versions.data))
}

async fn of_partition(
    ctx: &Context<'_>,
    key: &ModelAssetKey,
    partition: &str,
) -> Result<Option<Versions>, ResolverError> {
    let filter = EventsFilter::new(Some(vec![partition.to_owned()]), None, None, Some(1));
    let event_type = DagsterEventType::AssetMaterialization;
    let latest = fetch_records(ctx, key, event_type, &filter, None).await?.into_iter().next();
    Ok(latest.map(|record| Versions::of(&record.entry)))
}

pub(super) async fn status(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<StaleStatus, ResolverError> {
    check_partition(node, partition)?;
    if is_partitioned(node) {
        let missing = match partition.filter(|partition| !partition.is_empty()) {
            Some(partition) => of_partition(ctx, &node.key, partition).await?.is_none(),
            None => false,
        };
        return Ok(if missing { StaleStatus::Missing } else { StaleStatus::Fresh });
    }
    if current(ctx, &node.key).await?.is_none() {
        return Ok(StaleStatus::Missing);
    }
    let stale = !is_external(node) && !found(ctx, node).await?.is_empty();
    Ok(if stale { StaleStatus::Stale } else { StaleStatus::Fresh })
}

/// The root causes: of a dependency with new data, the dependency itself.
pub(super) async fn causes(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<Vec<StaleCause>, ResolverError> {
    check_partition(node, partition)?;
    if is_partitioned(node) || is_external(node) {
        return Ok(Vec::new());
    }
    let cause = |cause: Cause| match cause.root {
        Some((root, reason)) => StaleCause {
            key: (&root).into(),
            partition_key: None,
            category: cause.category,
            reason: reason.to_owned(),
            dependency: None,
            dependency_partition_key: None,
        },
        None => StaleCause {
            key: (&node.key).into(),
            partition_key: None,
            category: cause.category,
            reason: cause.reason,
            dependency: cause.dependency.as_ref().map(AssetKey::from),
            dependency_partition_key: None,
        },
    };
    Ok(found(ctx, node).await?.into_iter().map(cause).collect())
}

async fn found(ctx: &Context<'_>, node: &GraphNode) -> Result<Vec<Cause>, ResolverError> {
    let Some(own) = current(ctx, &node.key).await? else { return Ok(Vec::new()) };
    let graph = ctx.prepared().asset_graph();
    let mut causes = Vec::new();
    if let Some(provenance) = &own.provenance {
        let code = node.snap().code_version.as_deref().filter(|version| !version.is_empty());
        if code.is_some_and(|version| version != provenance.code_version) {
            causes.push(Cause {
                category: StaleCauseCategory::Code,
                reason: "has a new code version".to_owned(),
                dependency: None,
                root: None,
            });
        }
        let still = |name: &String| node.parents().iter().any(|key| key.to_user_string() == *name);
        for name in provenance.inputs.keys().filter(|name| !still(name)) {
            causes.push(Cause {
                category: StaleCauseCategory::Dependencies,
                reason: format!("removed dependency on {name}"),
                dependency: Some(ModelAssetKey::new(name.split('/'))),
                root: None,
            });
        }
    }
    for key in node.parents() {
        let Some(parent) = graph.get(key).filter(|parent| !is_partitioned(parent)) else {
            continue;
        };
        let versions = current(ctx, key).await?;
        if let Some(cause) = of_dependency(&own, parent, versions.as_ref()) {
            causes.push(cause);
        }
    }
    causes.sort_by_cached_key(|cause| cause.dependency.as_ref().map(ModelAssetKey::to_db_string));
    Ok(causes)
}

/// Why a dependency makes an asset stale, if it does.
fn of_dependency(own: &Versions, parent: &GraphNode, versions: Option<&Versions>) -> Option<Cause> {
    let key = &parent.key;
    let new = |by_version: bool| {
        let (reason, root) = if by_version {
            ("has a new dependency data version", "has a new data version")
        } else {
            ("has a new dependency materialization", "has a new materialization")
        };
        Some(Cause {
            category: StaleCauseCategory::Data,
            reason: reason.to_owned(),
            dependency: Some(key.clone()),
            root: Some((key.clone(), root)),
        })
    };
    match &own.provenance {
        Some(provenance) => {
            let Some(used) = provenance.inputs.get(&key.to_user_string()) else {
                return Some(Cause {
                    category: StaleCauseCategory::Dependencies,
                    reason: format!("has a new dependency on {}", key.to_user_string()),
                    dependency: Some(key.clone()),
                    root: None,
                });
            };
            let unchanged = match versions {
                Some(versions) => versions.data == *used,
                // Assumed to exist elsewhere, never materialized here.
                None => used == INITIAL,
            };
            if unchanged {
                return None;
            }
            let provided = versions.and_then(|versions| versions.provenance.as_ref());
            let by_version = parent.snap().code_version.is_some()
                || is_external(parent)
                || provided.is_some_and(|provenance| provenance.is_user_provided);
            new(by_version)
        }
        None if is_external(parent) => None,
        None => match versions {
            None => Some(Cause {
                category: StaleCauseCategory::Data,
                reason: "has a new input".to_owned(),
                dependency: Some(key.clone()),
                root: None,
            }),
            Some(versions) if versions.timestamp > own.timestamp => new(false),
            Some(_) => None,
        },
    }
}
