//! Partitions of an asset: keys and how they stand.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, SimpleObject, dataloader::Loader};
use rondel_model::{
    event::{AssetRecordsFilter, DagsterEventType},
    ids::AssetKey,
    partition::PartitionsSnap,
    run::RunStatus,
};
use rondel_storage::{Order, PartitionEvents};

use super::events::materialization;
use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
    logs::MaterializationEvent,
    partitions::{PartitionDefinitionType, PartitionSets, Partitions},
    runs::load_runs,
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

/// The partitions of an asset which have been materialized.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct MaterializedKey(AssetKey);

impl Loader<MaterializedKey> for StorageLoader {
    type Value = Arc<BTreeSet<String>>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[MaterializedKey],
    ) -> Result<HashMap<MaterializedKey, Self::Value>, Self::Error> {
        let keys: Vec<AssetKey> = keys.iter().map(|key| key.0.clone()).collect();
        let store = self.storage.assets();
        let found = store.get_materialized_partitions(&keys, &PartitionEvents::default()).await?;
        Ok(found.into_iter().map(|(key, keys)| (MaterializedKey(key), Arc::new(keys))).collect())
    }
}

/// How the partitions of an asset stand. What was planned and not materialized stands as its run.
pub(super) async fn partition_sets(
    ctx: &Context<'_>,
    key: &AssetKey,
    partitions: &Partitions,
) -> Result<PartitionSets, ResolverError> {
    let materialized = ctx.loader().load_one(MaterializedKey(key.clone())).await?;
    let unfinished = ctx.storage().assets().unfinished_partitions(key, None).await?;
    let run_ids: BTreeSet<String> = unfinished.values().map(|(run_id, _)| run_id.clone()).collect();
    let runs = load_runs(ctx, run_ids).await?;
    let mut sets = PartitionSets {
        materialized: materialized.map(|keys| (*keys).clone()).unwrap_or_default(),
        ..PartitionSets::default()
    };
    for (partition, (run_id, _)) in unfinished {
        match runs.get(&run_id).map(|run| run.run().status) {
            Some(RunStatus::Failure) => sets.failed.insert(partition),
            Some(status) if !status.is_finished() => sets.in_progress.insert(partition),
            _ => false,
        };
    }
    sets.within(partitions)
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
