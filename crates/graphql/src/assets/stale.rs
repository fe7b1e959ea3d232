//! Whether assets are up to date, as the API tells it: `rondel_observation::stale`, read through the
//! request's loaders.

use std::{collections::BTreeMap, collections::HashMap, sync::Arc};

use async_graphql::{Context, Enum, SimpleObject, dataloader::Loader};
use futures::future::BoxFuture;
use rondel_asset_graph::AssetNode as GraphNode;
use rondel_model::{
    event::{DagsterEventType, EventRecord},
    ids::AssetKey as ModelAssetKey,
};
use rondel_observation::stale::{
    self, Part, StaleSource, Staleness, latest_by_partition, version_before,
};

use super::loaders::{AssetRecordKey, LatestObservationKey};
use crate::{
    common::AssetKey,
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
    partitions::DynamicKeys,
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "stale::StaleStatus")]
pub(crate) enum StaleStatus {
    Missing,
    Stale,
    Fresh,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "stale::StaleCauseCategory")]
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

impl From<stale::StaleCause> for StaleCause {
    fn from(cause: stale::StaleCause) -> Self {
        Self {
            key: (&cause.part.key).into(),
            partition_key: cause.part.partition,
            category: cause.category.into(),
            reason: cause.reason,
            dependency: cause.dependency.as_ref().map(|part| (&part.key).into()),
            dependency_partition_key: cause.dependency.and_then(|part| part.partition),
        }
    }
}

/// The latest event of a partition that tells its version.
#[derive(Clone, PartialEq, Eq, Hash)]
struct LatestOfPartitionKey {
    asset: ModelAssetKey,
    partition: String,
    /// Of its observations, else of its materializations.
    observed: bool,
}

impl Loader<LatestOfPartitionKey> for StorageLoader {
    type Value = Arc<EventRecord>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[LatestOfPartitionKey],
    ) -> Result<HashMap<LatestOfPartitionKey, Self::Value>, Self::Error> {
        let mut by_asset: BTreeMap<(&ModelAssetKey, bool), Vec<String>> = BTreeMap::new();
        for key in keys {
            by_asset.entry((&key.asset, key.observed)).or_default().push(key.partition.clone());
        }
        let mut found = HashMap::new();
        for ((asset, observed), partitions) in by_asset {
            let latest = latest_by_partition(&self.storage, asset, partitions, observed).await?;
            found.extend(latest.into_iter().map(|(partition, record)| {
                let key = LatestOfPartitionKey { asset: asset.clone(), partition, observed };
                (key, Arc::new(record))
            }));
        }
        Ok(found)
    }
}

/// The loaders of a request.
struct Loaded<'a, 'c>(&'a Context<'c>);

impl StaleSource for Loaded<'_, '_> {
    type Error = ResolverError;

    fn latest<'a>(
        &'a self,
        part: &'a Part,
        observed: bool,
    ) -> BoxFuture<'a, Result<Option<Arc<EventRecord>>, ResolverError>> {
        Box::pin(async move {
            let loader = self.0.loader();
            let asset = part.key.clone();
            Ok(match &part.partition {
                Some(partition) => {
                    let partition = partition.clone();
                    loader.load_one(LatestOfPartitionKey { asset, partition, observed }).await?
                }
                None if observed => loader.load_one(LatestObservationKey(asset)).await?,
                None => {
                    let record = loader.load_one(AssetRecordKey(asset)).await?;
                    record.and_then(|record| record.last_materialization.clone()).map(Into::into)
                }
            })
        })
    }

    fn dynamic_keys<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Arc<Vec<String>>, ResolverError>> {
        Box::pin(async move {
            let keys = self.0.loader().load_one(DynamicKeys(name.to_owned())).await?;
            Ok(keys.unwrap_or_default())
        })
    }

    fn version_before<'a>(
        &'a self,
        part: &'a Part,
        event_type: DagsterEventType,
        before: Option<i64>,
    ) -> BoxFuture<'a, Result<Option<String>, ResolverError>> {
        Box::pin(
            async move { Ok(version_before(self.0.storage(), part, event_type, before).await?) },
        )
    }
}

/// A partition can be asked about only where there are some.
fn check_partition(node: &GraphNode, partition: Option<&str>) -> Result<(), ResolverError> {
    let named = partition.is_some_and(|partition| !partition.is_empty());
    if named && node.snap().partitions.is_none() { Err(not_partitioned()) } else { Ok(()) }
}

/// Refuses a question about partitions of an asset that has none.
pub(super) fn not_partitioned() -> ResolverError {
    ResolverError::raised(
        "dagster_shared.check.functions.CheckError",
        "Failure condition: Asset node has no partitions definition",
    )
}

fn staleness<'a, S: StaleSource>(ctx: &'a Context<'_>, source: &'a S) -> Staleness<'a, S> {
    Staleness::new(ctx.prepared().asset_graph(), source, ctx.now())
}

/// The version of the data as it is now, of an asset or one of its partitions.
pub(super) async fn data_version(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<Option<String>, ResolverError> {
    check_partition(node, partition)?;
    staleness(ctx, &Loaded(ctx)).data_version(node, partition).await
}

pub(super) async fn status(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<StaleStatus, ResolverError> {
    check_partition(node, partition)?;
    Ok(staleness(ctx, &Loaded(ctx)).status(node, partition).await?.into())
}

/// The root causes: of a dependency with new data, the dependency itself.
pub(super) async fn causes(
    ctx: &Context<'_>,
    node: &GraphNode,
    partition: Option<&str>,
) -> Result<Vec<StaleCause>, ResolverError> {
    check_partition(node, partition)?;
    let causes = staleness(ctx, &Loaded(ctx)).causes(node, partition).await?;
    Ok(causes.into_iter().map(StaleCause::from).collect())
}
