//! The stored forms of subsets: written in the current version, read in all.

use std::sync::Arc;

use rondel_model::partition::{
    DefaultPartitionsSubset, PartitionsSubset as Stored, SerializedPartitionsSubset,
    TimeWindowPartitionsSubset,
};
use rondel_model::serdes::{Map, Value, float_repr, from_text, to_text};

use super::{KeySet, PartitionsSubset, TimeWindowSubset};
use crate::context::Context;
use crate::definition::PartitionsDefinition;
use crate::error::{PartitionsError, Result};
use crate::time_window::{TimeWindow, TimeWindowPartitions};

/// `SERIALIZATION_VERSION` of both kinds.
const VERSION: i64 = 1;

impl PartitionsSubset {
    /// The JSON text Dagster stores (`serialize`).
    pub fn to_text(&self, context: &Context) -> Result<String> {
        match self {
            Self::All(definition) => Self::all(definition, context)?.to_text(context),
            Self::TimeWindow(subset) => {
                let windows: Vec<String> = subset
                    .windows()
                    .iter()
                    .map(|window| {
                        let [start, end] =
                            [window.start, window.end].map(|at| float_repr(at as f64));
                        format!("[{start}, {end}]")
                    })
                    .collect();
                Ok(format!(
                    "{{\"version\": {VERSION}, \"time_windows\": [{}], \"num_partitions\": {}}}",
                    windows.join(", "),
                    subset.count()?
                ))
            }
            Self::Keys(keys) => {
                let keys = keys.sorted();
                Ok(format!("{{\"version\": {VERSION}, \"subset\": {}}}", to_text(&keys)))
            }
        }
    }

    /// Reads the JSON text Dagster stores, of any version.
    pub fn from_text(
        definition: &PartitionsDefinition,
        text: &str,
        context: &Context,
    ) -> Result<Self> {
        let invalid = |what: &str| PartitionsError::InvalidSubset(format!("{what} in `{text}`"));
        let value = Value::from_json_text(text).map_err(|error| invalid(&error.to_string()))?;
        if let Value::Map(fields) = &value
            && fields.contains_key("__class__")
        {
            let stored = from_text::<Stored>(text).map_err(|error| invalid(&error.to_string()))?;
            return Self::from_stored(&stored, Some(definition), context);
        }
        let (items, count) = match &value {
            // The oldest form: just the list.
            Value::List(items) => (items, None),
            Value::Map(fields) => {
                let is_known = match fields.get("version") {
                    Some(Value::Int(version)) => *version == VERSION,
                    None => matches!(definition, PartitionsDefinition::TimeWindow(_)),
                    _ => false,
                };
                if !is_known {
                    return Err(invalid("an unknown version"));
                }
                let list = match definition {
                    PartitionsDefinition::TimeWindow(_) => fields.get("time_windows"),
                    _ => fields.get("subset"),
                };
                let Some(Value::List(items)) = list else { return Err(invalid("no list")) };
                (items, number(fields, "num_partitions"))
            }
            _ => return Err(invalid("neither a list nor an object")),
        };
        match definition {
            PartitionsDefinition::TimeWindow(windows) => {
                let intervals = items
                    .iter()
                    .map(interval)
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| invalid("something that is no interval"))?;
                let definition = Arc::clone(windows);
                Ok(Self::TimeWindow(TimeWindowSubset::new(definition, intervals, count)))
            }
            _ => {
                let keys = items.iter().map(|item| match item {
                    Value::String(key) => Ok(key.clone()),
                    _ => Err(invalid("something that is no key")),
                });
                let keys = keys.collect::<Result<Vec<String>>>()?;
                Ok(KeySet::of_definition(definition, &keys, context).into())
            }
        }
    }

    /// The tagged object of the model.
    pub fn to_stored(&self, context: &Context) -> Result<Stored> {
        match self {
            Self::All(definition) => Self::all(definition, context)?.to_stored(context),
            Self::TimeWindow(subset) => {
                let definition = subset.definition();
                Ok(Stored::TimeWindow(Box::new(TimeWindowPartitionsSubset {
                    partitions_def: definition.to_definition(),
                    num_partitions: i64::try_from(subset.count()?).ok(),
                    included_time_windows: subset
                        .windows()
                        .iter()
                        .map(|window| window.to_persisted(definition.timezone()))
                        .collect(),
                    ..TimeWindowPartitionsSubset::default()
                })))
            }
            Self::Keys(keys) => Ok(Stored::Keys(DefaultPartitionsSubset {
                subset: keys.sorted().into_iter().collect(),
                ..DefaultPartitionsSubset::default()
            })),
        }
    }

    /// Reads the tagged object of the model. The definition is needed for forms that do not carry it.
    pub fn from_stored(
        stored: &Stored,
        definition: Option<&PartitionsDefinition>,
        context: &Context,
    ) -> Result<Self> {
        match stored {
            Stored::TimeWindow(subset) => {
                let definition = match definition {
                    Some(PartitionsDefinition::TimeWindow(windows))
                        if windows.to_definition() == subset.partitions_def =>
                    {
                        Arc::clone(windows)
                    }
                    _ => Arc::new(TimeWindowPartitions::from_definition(&subset.partitions_def)?),
                };
                let windows =
                    subset.included_time_windows.iter().map(TimeWindow::from_persisted).collect();
                // Some versions stored a negative count.
                let count = subset.num_partitions.and_then(|count| u64::try_from(count).ok());
                let subset = TimeWindowSubset::new(definition, windows, count);
                Ok(Self::TimeWindow(subset))
            }
            Stored::Keys(subset) => {
                let keys: Vec<&String> = subset.subset.iter().collect();
                let keys = match definition {
                    Some(definition) => KeySet::of_definition(definition, &keys, context),
                    None => KeySet::of(keys.into_iter().cloned()),
                };
                Ok(keys.into())
            }
            Stored::KeyRanges(subset) => {
                let definition = PartitionsDefinition::from_snap(&subset.partitions_snap)?;
                let mut keys = Vec::new();
                for range in &subset.key_ranges {
                    keys.extend(definition.keys_in_range(range, context)?);
                }
                Self::of_keys(&definition, &keys, context)
            }
            Stored::Serialized(subset) => {
                let definition = definition.ok_or_else(|| {
                    PartitionsError::InvalidSubset("its definition is not known any more".into())
                })?;
                if !can_read(definition, subset, context)? {
                    return Err(PartitionsError::InvalidSubset(
                        "it was stored for another partitions definition".into(),
                    ));
                }
                Self::from_text(definition, &subset.serialized_subset, context)
            }
            Stored::All(_) => {
                let definition = definition.ok_or_else(|| {
                    PartitionsError::InvalidSubset("its definition is not known".into())
                })?;
                Self::all(definition, context)
            }
            Stored::Unknown(_) => Err(PartitionsError::InvalidSubset(
                "a kind this version does not know; it was stored by a newer Dagster".into(),
            )),
        }
    }
}

/// Whether a subset stored with the id and class of its definition belongs to this one
/// (`can_deserialize`): time windows go by id, everything else by class.
pub fn can_read(
    definition: &PartitionsDefinition,
    stored: &SerializedPartitionsSubset,
    context: &Context,
) -> Result<bool> {
    let id = &stored.serialized_partitions_def_unique_id;
    match definition {
        PartitionsDefinition::TimeWindow(windows) if !id.is_empty() => {
            Ok(windows.unique_id() == *id)
        }
        _ => {
            let class = &stored.serialized_partitions_def_class_name;
            if class.is_empty() {
                return Ok(PartitionsSubset::from_text(
                    definition,
                    &stored.serialized_subset,
                    context,
                )
                .is_ok());
            }
            Ok(class == definition.class_name())
        }
    }
}

fn number(fields: &Map<Value>, name: &str) -> Option<u64> {
    match fields.get(name) {
        Some(Value::Int(number)) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn interval(value: &Value) -> Option<TimeWindow> {
    let Value::List(edges) = value else { return None };
    let seconds = |at: usize| match edges.get(at)? {
        Value::Int(number) => Some(*number),
        Value::Float(number) => Some(*number as i64),
        _ => None,
    };
    Some(TimeWindow::new(seconds(0)?, seconds(1)?))
}
