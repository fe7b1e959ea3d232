//! What is stored about assets and checks, fetched in batches.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use rondel_model::{
    event::{DagsterEventType, EventRecord},
    ids::{AssetCheckKey, AssetKey},
};
use rondel_storage::{
    AssetCheckExecutionRecord, AssetRecord, FreshnessStateRecord, PartitionFilter,
    PlannedMaterialization,
};

use crate::{context::StorageLoader, errors::ResolverError};

type Found<K, V> = Result<HashMap<K, V>, ResolverError>;

/// An asset's row.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AssetRecordKey(pub(crate) AssetKey);

impl Loader<AssetRecordKey> for StorageLoader {
    type Value = Arc<AssetRecord>;
    type Error = ResolverError;

    async fn load(&self, keys: &[AssetRecordKey]) -> Found<AssetRecordKey, Self::Value> {
        let keys: Vec<AssetKey> = keys.iter().map(|key| key.0.clone()).collect();
        let records = self.storage.assets().get_asset_records(Some(&keys)).await?;
        let keyed = |record: AssetRecord| (AssetRecordKey(record.asset_key.clone()), record.into());
        Ok(records.into_iter().map(keyed).collect())
    }
}

/// The latest observation of an asset.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LatestObservationKey(pub(crate) AssetKey);

impl Loader<LatestObservationKey> for StorageLoader {
    type Value = Arc<EventRecord>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[LatestObservationKey],
    ) -> Found<LatestObservationKey, Self::Value> {
        let keys: Vec<AssetKey> = keys.iter().map(|key| key.0.clone()).collect();
        let store = self.storage.assets();
        let found = store.latest_events(&keys, DagsterEventType::AssetObservation).await?;
        let keyed = |(key, record)| (LatestObservationKey(key), Arc::new(record));
        Ok(found.into_iter().map(keyed).collect())
    }
}

/// The latest plan to materialize an asset, or one partition of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PlannedKey {
    pub(crate) asset: AssetKey,
    pub(crate) partition: Option<String>,
}

impl Loader<PlannedKey> for StorageLoader {
    type Value = PlannedMaterialization;
    type Error = ResolverError;

    async fn load(&self, keys: &[PlannedKey]) -> Found<PlannedKey, Self::Value> {
        let mut by_partition: HashMap<Option<&str>, Vec<AssetKey>> = HashMap::new();
        for key in keys {
            by_partition.entry(key.partition.as_deref()).or_default().push(key.asset.clone());
        }
        let mut found = HashMap::new();
        for (partition, assets) in by_partition {
            let store = self.storage.assets();
            let planned = store.latest_planned_materializations(&assets, partition).await?;
            for (asset, plan) in planned {
                found.insert(PlannedKey { asset, partition: partition.map(str::to_owned) }, plan);
            }
        }
        Ok(found)
    }
}

/// The latest execution of a check.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LatestCheckKey(pub(crate) AssetCheckKey);

impl Loader<LatestCheckKey> for StorageLoader {
    type Value = Arc<AssetCheckExecutionRecord>;
    type Error = ResolverError;

    async fn load(&self, keys: &[LatestCheckKey]) -> Found<LatestCheckKey, Self::Value> {
        let keys: Vec<AssetCheckKey> = keys.iter().map(|key| key.0.clone()).collect();
        let store = self.storage.assets();
        let found = store.latest_check_executions(&keys, &[], &PartitionFilter::Any).await?;
        Ok(found.into_iter().map(|(key, record)| (LatestCheckKey(key), record.into())).collect())
    }
}

/// The freshness of an asset as last evaluated.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct FreshnessKey(pub(crate) AssetKey);

impl Loader<FreshnessKey> for StorageLoader {
    type Value = FreshnessStateRecord;
    type Error = ResolverError;

    async fn load(&self, keys: &[FreshnessKey]) -> Found<FreshnessKey, Self::Value> {
        let keys: Vec<AssetKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.storage.assets().get_freshness_states(&keys).await?;
        Ok(found.into_iter().map(|(key, record)| (FreshnessKey(key), record)).collect())
    }
}
