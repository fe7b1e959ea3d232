//! Partitions of an asset: keys and how they stand.

use std::{
    collections::HashMap,
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
use rondel_partitions::{PartitionsDefinition, PartitionsError, TimeWindowPartitions};
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
            found.insert(key.clone(), Arc::new(status.into()));
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
    let key = PartitionStatusKey { asset: key.clone(), partitions: Arc::clone(partitions) };
    let found = ctx.loader().load_one(key).await?;
    Ok(found.unwrap_or_else(|| Arc::new(PartitionSets::empty(&partitions.definition))))
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
        let partitions = Partitions::load(ctx, snap).await?;
        let keys = match (range, &partitions.definition) {
            (Some(range), PartitionsDefinition::TimeWindow(windows)) => {
                keys_between(windows, range, partitions.context.now)?
            }
            _ => partitions.keys()?,
        };
        found.push(DimensionPartitionKeys { name: name.to_owned(), partition_keys: keys, kind });
    }
    Ok(found)
}

/// The keys from one place to before another, others not being spelled.
fn keys_between(
    windows: &TimeWindowPartitions,
    (start, end): (i32, i32),
    now: f64,
) -> Result<Vec<String>, PartitionsError> {
    let at = |index: i32| usize::try_from(index).unwrap_or(0);
    let (start, end) = (at(start), at(end));
    let Some(last) = windows.last_window(now)? else { return Ok(Vec::new()) };
    let all = windows.windows_from(windows.start())?;
    let in_range = all.skip(start).take(end.saturating_sub(start));
    let mut keys = Vec::new();
    for window in in_range {
        let window = window?;
        if window.start > last.start {
            break;
        }
        keys.push(windows.key_of(window)?);
    }
    Ok(keys)
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
