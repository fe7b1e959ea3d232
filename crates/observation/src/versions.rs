//! Data versions: what Dagster records with each materialization about the version of the data, of
//! the code, and of the inputs (`dagster/_core/definitions/data_version.py`).

use std::collections::BTreeMap;

use rondel_model::event::{EventLogEntry, EventSpecificData};
use rondel_model::serdes::Map;

const DATA_VERSION: [&str; 2] = ["dagster/data_version", "dagster/logical_version"];
const CODE_VERSION: &str = "dagster/code_version";
const INPUT_VERSION_PREFIXES: [&str; 2] =
    ["dagster/input_data_version/", "dagster/input_logical_version/"];
/// With which a materialization tells the event of an input (`get_input_event_pointer_tag`).
pub const INPUT_POINTER_PREFIX: &str = "dagster/input_event_pointer/";
const USER_PROVIDED: &str = "dagster/data_version_is_user_provided";

/// The version of an asset that exists without any record.
pub const INITIAL: &str = "INITIAL";

/// What an event says about versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Versions {
    /// When the event happened, in seconds since the epoch.
    pub timestamp: f64,
    /// Of the data; [`INITIAL`] where the event tells none.
    pub data: String,
    /// None for an event of a Dagster that did not record where data comes from.
    pub provenance: Option<Provenance>,
}

/// Of what code and inputs a materialization was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// Of the code that made it.
    pub code_version: String,
    /// By key in its user form.
    pub inputs: BTreeMap<String, String>,
    /// The ids of the events that were used, by key in its user form; none of an input without events.
    pub pointers: BTreeMap<String, Option<i64>>,
    /// Whether user code told the version of the data.
    pub is_user_provided: bool,
}

/// The tags of a materialization or observation.
#[must_use]
pub fn event_tags(entry: &EventLogEntry) -> Option<&Map<String>> {
    match entry.dagster_event.as_ref()?.event_specific_data.as_ref()? {
        EventSpecificData::StepMaterialization(data) => data.materialization.tags.as_ref(),
        EventSpecificData::AssetObservation(data) => Some(&data.asset_observation.tags),
        _ => None,
    }
}

impl Versions {
    /// The version of the data that an event tells.
    #[must_use]
    pub fn recorded(entry: &EventLogEntry) -> Option<String> {
        let tags = event_tags(entry)?;
        let [current, former] = DATA_VERSION;
        let current = tags.get(current).filter(|version| !version.is_empty());
        current.or_else(|| tags.get(former)).cloned()
    }

    /// Everything that an event tells.
    #[must_use]
    pub fn of(entry: &EventLogEntry) -> Self {
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
