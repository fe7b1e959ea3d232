//! Partitions of an asset: keys and how they stand.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::{Context, SimpleObject, dataloader::Loader};
use rondel_model::{
    event::{AssetRecordsFilter, DagsterEventType},
    ids::AssetKey,
    partition::PartitionsSnap,
};
use rondel_observation::read_partition_statuses;
use rondel_partitions::PartitionsSubset;
use rondel_storage::{Order, PartitionEvents};

use super::events::materialization;
use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
    logs::MaterializationEvent,
    partitions::{PartitionDefinitionType, PartitionSets, Partitions},
};

/// The keys of one dimension; partitions of one dimension call it `default`.
#[derive(SimpleObject)]
pub(crate) struct DimensionPartitionKeys {
    name: String,
    partition_keys: Vec<String>,
    #[graphql(name = "type")]
    kind: PartitionDefinitionType,
}

#[derive(SimpleObject)]
pub(crate) struct PartitionKeyConnection {
    pub(super) results: Vec<String>,
    pub(super) cursor: String,
    pub(super) has_more: bool,
}

/// A partitioned asset; the same asset has the same definition within a request.
#[derive(Clone)]
pub(crate) struct PartitionStatusKey {
    asset: AssetKey,
    partitions: Arc<Partitions>,
}

impl PartialEq for PartitionStatusKey {
    fn eq(&self, other: &Self) -> bool {
        self.asset == other.asset
    }
}

impl Eq for PartitionStatusKey {}

impl Hash for PartitionStatusKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.asset.hash(state);
    }
}

#[expect(clippy::mutable_key_type, reason = "keys are compared by their asset alone")]
impl Loader<PartitionStatusKey> for StorageLoader {
    type Value = Arc<PartitionSets>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[PartitionStatusKey],
    ) -> Result<HashMap<PartitionStatusKey, Self::Value>, Self::Error> {
        let asked = keys.iter().map(|key| {
            let Partitions { definition, context } = &*key.partitions;
            (key.asset.clone(), definition, context)
        });
        let asked: Vec<_> = asked.collect();
        let mut statuses = read_partition_statuses(&self.storage, &asked).await?;
        let mut found = HashMap::new();
        for key in keys {
            let Some(status) = statuses.remove(&key.asset) else { continue };
            let keys_of = |subset: &PartitionsSubset| -> Result<BTreeSet<String>, ResolverError> {
                Ok(subset.keys(&key.partitions.context)?.into_iter().collect())
            };
            let sets = PartitionSets {
                materialized: keys_of(&status.materialized)?,
                failed: keys_of(&status.failed)?,
                in_progress: keys_of(&status.in_progress)?,
            };
            found.insert(key.clone(), Arc::new(sets));
        }
        Ok(found)
    }
}

/// How the partitions of an asset stand. What was planned and not materialized stands as its run.
pub(super) async fn partition_sets(
    ctx: &Context<'_>,
    key: &AssetKey,
    partitions: &Arc<Partitions>,
) -> Result<Arc<PartitionSets>, ResolverError> {
    let partitions = Arc::clone(partitions);
    let key = PartitionStatusKey { asset: key.clone(), partitions };
    Ok(ctx.loader().load_one(key).await?.unwrap_or_default())
}

/// A part of the keys by place; zero counts as not given, as in Dagster.
pub(super) fn index_range(start: Option<i32>, end: Option<i32>) -> Option<(i32, i32)> {
    let given = |index: Option<i32>| index.filter(|index| *index != 0);
    given(start).zip(given(end))
}

/// The keys by dimension; a part of them when the only dimension is time and a part is asked for.
pub(super) async fn keys_by_dimension(
    ctx: &Context<'_>,
    snap: &PartitionsSnap,
    range: Option<(i32, i32)>,
) -> Result<Vec<DimensionPartitionKeys>, ResolverError> {
    let single = [("default", snap)];
    let several: Vec<(&str, &PartitionsSnap)> = match snap {
        PartitionsSnap::Multi(multi) => {
            let dimensions = multi.partition_dimensions.iter();
            dimensions.map(|dimension| (dimension.name.as_str(), &dimension.partitions)).collect()
        }
        _ => single.to_vec(),
    };
    let mut found = Vec::new();
    for (name, snap) in several {
        let Some(kind) = PartitionDefinitionType::of(snap) else { continue };
        let mut keys = Partitions::load(ctx, snap).await?.keys()?;
        if let (Some((start, end)), PartitionsSnap::TimeWindow(_)) = (range, snap) {
            let at = |index: i32| usize::try_from(index).unwrap_or(0).min(keys.len());
            let (start, end) = (at(start), at(end));
            keys = keys.get(start..end).map(<[String]>::to_vec).unwrap_or_default();
        }
        found.push(DimensionPartitionKeys { name: name.to_owned(), partition_keys: keys, kind });
    }
    Ok(found)
}

/// The latest materialization of each of the partitions, in their order.
pub(super) async fn latest_by_partition(
    ctx: &Context<'_>,
    key: &AssetKey,
    partitions: Vec<String>,
    all: bool,
) -> Result<Vec<Option<MaterializationEvent>>, ResolverError> {
    let event_type = DagsterEventType::AssetMaterialization;
    let wanted = (!all).then(|| partitions.clone());
    let events = PartitionEvents { partitions: wanted, ..PartitionEvents::default() };
    let store = ctx.storage().assets();
    let latest = store.latest_storage_id_by_partition(key, event_type, &events).await?;
    let mut found: HashMap<String, MaterializationEvent> = HashMap::new();
    if !latest.is_empty() {
        let filter = AssetRecordsFilter {
            asset_key: key.clone(),
            storage_ids: Some(latest.values().copied().collect()),
            ..AssetRecordsFilter::default()
        };
        let events = ctx.storage().events();
        let records = events
            .fetch_asset_records(event_type, &filter, latest.len(), None, Order::Descending)
            .await?;
        let by_id: HashMap<i64, &String> = latest.iter().map(|(key, id)| (*id, key)).collect();
        for record in records.results {
            if let Some(partition) = by_id.get(&record.storage_id) {
                found.insert((*partition).clone(), materialization(record.entry));
            }
        }
    }
    Ok(partitions.iter().map(|partition| found.get(partition).cloned()).collect())
}
