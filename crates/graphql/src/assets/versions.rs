//! Data versions: what Dagster records with each materialization about the version of the data, of
//! the code, and of the inputs (`dagster/_core/definitions/data_version.py`).

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use rondel_model::{
    event::{DagsterEventType, EventLogEntry, EventRecord, EventSpecificData},
    ids::AssetKey,
};

use crate::{context::StorageLoader, errors::ResolverError};

const DATA_VERSION: [&str; 2] = ["dagster/data_version", "dagster/logical_version"];
const CODE_VERSION: &str = "dagster/code_version";
const INPUT_VERSION_PREFIXES: [&str; 2] =
    ["dagster/input_data_version/", "dagster/input_logical_version/"];
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
    pub(super) is_user_provided: bool,
}

impl Versions {
    pub(super) fn of(entry: &EventLogEntry) -> Self {
        let data =
            entry.dagster_event.as_ref().and_then(|event| event.event_specific_data.as_ref());
        let tags = match data {
            Some(EventSpecificData::StepMaterialization(data)) => {
                data.materialization.tags.as_ref()
            }
            Some(EventSpecificData::AssetObservation(data)) => Some(&data.asset_observation.tags),
            _ => None,
        };
        let tag = |key: &str| tags.and_then(|tags| tags.get(key)).cloned();
        let input = |(key, value): (&String, &String)| {
            let mut prefixes = INPUT_VERSION_PREFIXES.iter();
            let name = prefixes.find_map(|prefix| key.strip_prefix(prefix))?;
            Some((name.to_owned(), value.clone()))
        };
        let provenance = tag(CODE_VERSION).map(|code_version| Provenance {
            code_version,
            inputs: tags.into_iter().flatten().filter_map(input).collect(),
            is_user_provided: tag(USER_PROVIDED).as_deref() == Some("true"),
        });
        let recorded = DATA_VERSION.iter().find_map(|key| tag(key));
        Self {
            timestamp: entry.timestamp,
            data: recorded.unwrap_or_else(|| INITIAL.to_owned()),
            provenance,
        }
    }
}
