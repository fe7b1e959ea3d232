//! Data versions: what Dagster records with each materialization about the version of the data, of
//! the code, and of the inputs (`dagster/_core/definitions/data_version.py`).

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use rondel_model::{
    event::{AssetRecordsFilter, DagsterEventType, EventLogEntry, EventRecord, EventSpecificData},
    ids::AssetKey,
    serdes::Map,
};
use rondel_storage::{Order, PartitionEvents};

use crate::{context::StorageLoader, errors::ResolverError};

const DATA_VERSION: [&str; 2] = ["dagster/data_version", "dagster/logical_version"];
const CODE_VERSION: &str = "dagster/code_version";
const INPUT_VERSION_PREFIXES: [&str; 2] =
    ["dagster/input_data_version/", "dagster/input_logical_version/"];
/// With which a materialization tells the event of an input (`get_input_event_pointer_tag`).
pub(super) const INPUT_POINTER_PREFIX: &str = "dagster/input_event_pointer/";
const USER_PROVIDED: &str = "dagster/data_version_is_user_provided";

/// The version of an asset that exists without any record.
pub(super) const INITIAL: &str = "INITIAL";

/// The latest observation of an asset.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LatestObservationKey(pub(crate) AssetKey);

impl Loader<LatestObservationKey> for StorageLoader {
    type Value = Arc<EventRecord>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[LatestObservationKey],
    ) -> Result<HashMap<LatestObservationKey, Self::Value>, Self::Error> {
        let keys: Vec<AssetKey> = keys.iter().map(|key| key.0.clone()).collect();
        let store = self.storage.assets();
        let found = store.latest_events(&keys, DagsterEventType::AssetObservation).await?;
        let keyed = |(key, record)| (LatestObservationKey(key), Arc::new(record));
        Ok(found.into_iter().map(keyed).collect())
    }
}

/// The latest event of a partition that tells its version.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LatestOfPartitionKey {
    pub(crate) asset: AssetKey,
    pub(crate) partition: String,
    /// Of an observed source its observations count, of any other asset its materializations.
    pub(crate) observed: bool,
}

impl Loader<LatestOfPartitionKey> for StorageLoader {
    type Value = Arc<EventRecord>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[LatestOfPartitionKey],
    ) -> Result<HashMap<LatestOfPartitionKey, Self::Value>, Self::Error> {
        let mut by_asset: BTreeMap<(&AssetKey, bool), Vec<String>> = BTreeMap::new();
        for key in keys {
            by_asset.entry((&key.asset, key.observed)).or_default().push(key.partition.clone());
        }
        let mut found = HashMap::new();
        for ((asset, observed), partitions) in by_asset {
            let kind = if observed {
                DagsterEventType::AssetObservation
            } else {
                DagsterEventType::AssetMaterialization
            };
            let wanted =
                PartitionEvents { partitions: Some(partitions), ..PartitionEvents::default() };
            let store = self.storage.assets();
            let latest = store.latest_storage_id_by_partition(asset, kind, &wanted).await?;
            if latest.is_empty() {
                continue;
            }
            let filter = AssetRecordsFilter {
                asset_key: asset.clone(),
                storage_ids: Some(latest.values().copied().collect()),
                ..AssetRecordsFilter::default()
            };
            let events = self.storage.events();
            let order = Order::Descending;
            let records =
                events.fetch_asset_records(kind, &filter, latest.len(), None, order).await?;
            let by_id: HashMap<i64, String> = latest.into_iter().map(|(k, id)| (id, k)).collect();
            for record in records.results {
                if let Some(partition) = by_id.get(&record.storage_id).cloned() {
                    let key = LatestOfPartitionKey { asset: asset.clone(), partition, observed };
                    found.insert(key, Arc::new(record));
                }
            }
        }
        Ok(found)
    }
}

/// What an event says about versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Versions {
    pub(super) timestamp: f64,
    pub(super) data: String,
    /// None for an event of a Dagster that did not record where data comes from.
    pub(super) provenance: Option<Provenance>,
}

/// Of what code and inputs a materialization was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Provenance {
    pub(super) code_version: String,
    /// By key in its user form.
    pub(super) inputs: BTreeMap<String, String>,
    /// The ids of the events that were used, by key in its user form; none of an input without events.
    pub(super) pointers: BTreeMap<String, Option<i64>>,
    pub(super) is_user_provided: bool,
}

/// The tags of a materialization or observation.
pub(super) fn event_tags(entry: &EventLogEntry) -> Option<&Map<String>> {
    match entry.dagster_event.as_ref()?.event_specific_data.as_ref()? {
        EventSpecificData::StepMaterialization(data) => data.materialization.tags.as_ref(),
        EventSpecificData::AssetObservation(data) => Some(&data.asset_observation.tags),
        _ => None,
    }
}

impl Versions {
    /// The version of the data that an event tells.
    pub(super) fn recorded(entry: &EventLogEntry) -> Option<String> {
        let tags = event_tags(entry)?;
        DATA_VERSION.iter().find_map(|key| tags.get(*key)).cloned()
    }

    pub(super) fn of(entry: &EventLogEntry) -> Self {
        let tags = event_tags(entry);
        let tag = |key: &str| tags.and_then(|tags| tags.get(key)).cloned();
        let input = |(key, value): (&String, &String)| {
            let mut prefixes = INPUT_VERSION_PREFIXES.iter();
            let name = prefixes.find_map(|prefix| key.strip_prefix(prefix))?;
            Some((name.to_owned(), value.clone()))
        };
        let pointer = |(key, value): (&String, &String)| {
            let name = key.strip_prefix(INPUT_POINTER_PREFIX)?;
            Some((name.to_owned(), value.parse().ok()))
        };
        let provenance = tag(CODE_VERSION).map(|code_version| Provenance {
            code_version,
            inputs: tags.into_iter().flatten().filter_map(input).collect(),
            pointers: tags.into_iter().flatten().filter_map(pointer).collect(),
            is_user_provided: tag(USER_PROVIDED).as_deref() == Some("true"),
        });
        Self {
            timestamp: entry.timestamp,
            data: Self::recorded(entry).unwrap_or_else(|| INITIAL.to_owned()),
            provenance,
        }
    }
}
