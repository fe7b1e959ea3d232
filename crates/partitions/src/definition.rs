//! Any partitions definition, and the questions all kinds answer.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use indexmap::IndexSet;
use rondel_model::partition::{
    DynamicPartitionsSnap, PartitionKeyRange, PartitionsSnap, StaticPartitionsSnap,
};
use rondel_model::serdes::{sha1_hex, to_text};

use crate::context::Context;
use crate::error::{PartitionsError, Result};
use crate::multi::MultiPartitions;
use crate::page::{Order, Page};
use crate::time_window::{TimeWindow, TimeWindowPartitions};

/// Run tag holding the partition key.
const PARTITION_TAG: &str = "dagster/partition";

/// A partitions definition, ready to compute with; clones are cheap.
#[derive(Debug, Clone, PartialEq)]
pub enum PartitionsDefinition {
    /// Windows between cron ticks.
    TimeWindow(Arc<TimeWindowPartitions>),
    /// A fixed list of keys.
    Static(StaticPartitions),
    /// Keys kept in the instance under a name.
    Dynamic(String),
    /// The product of two definitions.
    Multi(Arc<MultiPartitions>),
}

/// A fixed list of distinct keys.
#[derive(Debug, Clone, Default)]
pub struct StaticPartitions {
    keys: Arc<IndexSet<String>>,
    /// Told with every look at a status cache, and made of all keys.
    id: Arc<OnceLock<String>>,
}

impl StaticPartitions {
    /// Keys in order; repeated ones count once.
    pub fn new(keys: impl IntoIterator<Item = String>) -> Self {
        Self { keys: Arc::new(keys.into_iter().collect()), id: Arc::default() }
    }

    /// The keys.
    pub fn keys(&self) -> &Arc<IndexSet<String>> {
        &self.keys
    }
}

impl PartialEq for StaticPartitions {
    /// Order matters, as in Dagster.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.keys, &other.keys) || self.keys.iter().eq(other.keys.iter())
    }
}

impl PartitionsDefinition {
    /// From the form code servers send.
    pub fn from_snap(snap: &PartitionsSnap) -> Result<Self> {
        match snap {
            PartitionsSnap::TimeWindow(snap) => {
                Ok(Self::TimeWindow(Arc::new(TimeWindowPartitions::from_snap(snap)?)))
            }
            PartitionsSnap::Static(snap) => {
                Ok(Self::Static(StaticPartitions::new(snap.partition_keys.iter().cloned())))
            }
            PartitionsSnap::Dynamic(snap) => Ok(Self::Dynamic(snap.name.clone())),
            PartitionsSnap::Multi(snap) => {
                Ok(Self::Multi(Arc::new(MultiPartitions::from_snap(snap)?)))
            }
            PartitionsSnap::Unknown(_) => Err(PartitionsError::InvalidDefinition(
                "of a kind this version does not know; the code server runs a newer Dagster".into(),
            )),
        }
    }

    /// The form code servers send.
    pub fn to_snap(&self) -> PartitionsSnap {
        match self {
            Self::TimeWindow(windows) => PartitionsSnap::TimeWindow(windows.to_snap()),
            Self::Static(fixed) => PartitionsSnap::Static(StaticPartitionsSnap {
                partition_keys: fixed.keys.iter().cloned().collect(),
                ..StaticPartitionsSnap::default()
            }),
            Self::Dynamic(name) => PartitionsSnap::Dynamic(DynamicPartitionsSnap {
                name: name.clone(),
                ..DynamicPartitionsSnap::default()
            }),
            Self::Multi(multi) => PartitionsSnap::Multi(multi.to_snap()),
        }
    }

    /// The Python class name, as stored beside subsets.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::TimeWindow(_) => "TimeWindowPartitionsDefinition",
            Self::Static(_) => "StaticPartitionsDefinition",
            Self::Dynamic(_) => "DynamicPartitionsDefinition",
            Self::Multi(_) => "MultiPartitionsDefinition",
        }
    }

    /// Names of the dynamic definitions whose keys a [`Context`] must hold to answer questions.
    pub fn dynamic_names(&self) -> Vec<&str> {
        match self {
            Self::Dynamic(name) => vec![name],
            Self::Multi(multi) => {
                multi.dimensions().iter().flat_map(|(_, inner)| inner.dynamic_names()).collect()
            }
            Self::TimeWindow(_) | Self::Static(_) => Vec::new(),
        }
    }

    /// The time-window definition itself or the only one among the dimensions.
    pub fn time_window(&self) -> Option<&TimeWindowPartitions> {
        match self {
            Self::TimeWindow(windows) => Some(windows),
            Self::Multi(multi) => multi.time_dimension().map(|(_, windows)| windows),
            Self::Static(_) | Self::Dynamic(_) => None,
        }
    }

    /// All keys, in order.
    pub fn keys(&self, context: &Context) -> Result<Vec<String>> {
        match self {
            Self::TimeWindow(windows) => windows.keys(context.now),
            Self::Static(fixed) => Ok(fixed.keys.iter().cloned().collect()),
            Self::Dynamic(name) => Ok(context.dynamic_keys(name)?.iter().cloned().collect()),
            Self::Multi(multi) => multi.keys(context),
        }
    }

    /// One page of keys.
    pub fn page(
        &self,
        context: &Context,
        limit: usize,
        order: Order,
        cursor: Option<&str>,
    ) -> Result<Page> {
        match self {
            Self::TimeWindow(windows) => windows.page(context.now, limit, order, cursor),
            Self::Static(fixed) => {
                Page::of_sequence(fixed.keys.iter().map(String::as_str), limit, order, cursor)
            }
            Self::Dynamic(name) => {
                let keys = context.dynamic_keys(name)?;
                Page::of_sequence(keys.iter().map(String::as_str), limit, order, cursor)
            }
            Self::Multi(multi) => multi.page(context, limit, order, cursor),
        }
    }

    /// How many partitions there are.
    pub fn count(&self, context: &Context) -> Result<u64> {
        let size = |keys: &IndexSet<String>| u64::try_from(keys.len()).unwrap_or(u64::MAX);
        match self {
            Self::TimeWindow(windows) => windows.count(context.now),
            Self::Static(fixed) => Ok(size(&fixed.keys)),
            Self::Dynamic(name) => Ok(size(context.dynamic_keys(name)?)),
            Self::Multi(multi) => multi.count(context),
        }
    }

    /// The first key.
    pub fn first_key(&self, context: &Context) -> Result<Option<String>> {
        match self {
            Self::TimeWindow(windows) => windows.first_key(context.now),
            Self::Static(fixed) => Ok(fixed.keys.first().cloned()),
            Self::Dynamic(name) => Ok(context.dynamic_keys(name)?.first().cloned()),
            Self::Multi(multi) => multi.edge_key(context, Self::first_key),
        }
    }

    /// The last key.
    pub fn last_key(&self, context: &Context) -> Result<Option<String>> {
        match self {
            Self::TimeWindow(windows) => windows.last_key(context.now),
            Self::Static(fixed) => Ok(fixed.keys.last().cloned()),
            Self::Dynamic(name) => Ok(context.dynamic_keys(name)?.last().cloned()),
            // Of a product, Dagster takes the last of the listed keys.
            Self::Multi(multi) => multi.edge_key(context, |inner, context| match inner {
                Self::TimeWindow(windows) => windows.last_listed_key(context.now),
                inner => inner.last_key(context),
            }),
        }
    }

    /// Whether a key is a partition.
    pub fn has_key(&self, key: &str, context: &Context) -> Result<bool> {
        match self {
            Self::TimeWindow(windows) => windows.has_key(key, context.now),
            Self::Static(fixed) => Ok(fixed.keys.contains(key)),
            Self::Dynamic(name) => Ok(context.dynamic_keys(name)?.contains(key)),
            Self::Multi(multi) => multi.has_key(key, context),
        }
    }

    /// Fails unless the key is a partition.
    pub fn check_key(&self, key: &str, context: &Context) -> Result<()> {
        if self.has_key(key, context)? {
            Ok(())
        } else {
            Err(PartitionsError::UnknownKey(key.to_owned()))
        }
    }

    /// The key after another one.
    pub fn next_key(&self, key: &str, context: &Context) -> Result<Option<String>> {
        match self {
            Self::TimeWindow(windows) => windows.next_key(key, context.now),
            _ => self.neighbour(key, context, 1),
        }
    }

    /// The key before another one.
    pub fn previous_key(&self, key: &str, context: &Context) -> Result<Option<String>> {
        match self {
            Self::TimeWindow(windows) => windows.previous_key(key, context.now),
            _ => self.neighbour(key, context, -1),
        }
    }

    fn neighbour(&self, key: &str, context: &Context, step: isize) -> Result<Option<String>> {
        let keys = self.keys(context)?;
        let at = keys.iter().position(|known| known == key);
        let at = at.ok_or_else(|| PartitionsError::UnknownKey(key.to_owned()))?;
        Ok(at.checked_add_signed(step).and_then(|at| keys.get(at)).cloned())
    }

    /// The keys from one to another, both included. Of a product: the product of the dimensions' ranges.
    pub fn keys_in_range(
        &self,
        range: &PartitionKeyRange,
        context: &Context,
    ) -> Result<Vec<String>> {
        match self {
            Self::TimeWindow(windows) => windows.keys_in_range(range),
            Self::Multi(multi) => multi.keys_in_range(range, context),
            Self::Static(fixed) => in_order(&fixed.keys, range),
            Self::Dynamic(name) => in_order(context.dynamic_keys(name)?, range),
        }
    }

    /// A range cut into ranges of at most so many partitions.
    pub fn ranges_of_at_most(
        &self,
        limit: usize,
        range: &PartitionKeyRange,
        context: &Context,
    ) -> Result<Vec<PartitionKeyRange>> {
        if let Self::TimeWindow(windows) = self {
            return windows.ranges_of_at_most(limit, range);
        }
        let keys = self.keys_in_range(range, context)?;
        let ends = keys.chunks(limit.max(1)).filter_map(|chunk| chunk.first().zip(chunk.last()));
        let ranges = ends.map(|(start, end)| PartitionKeyRange {
            start: start.clone(),
            end: end.clone(),
            ..PartitionKeyRange::default()
        });
        Ok(ranges.collect())
    }

    /// The window of a key, when the definition has a time dimension.
    pub fn window_of_key(&self, key: &str) -> Result<Option<TimeWindow>> {
        match self {
            Self::TimeWindow(windows) => windows.window_of_key(key).map(Some),
            Self::Multi(multi) => multi.window_of_key(key),
            Self::Static(_) | Self::Dynamic(_) => Ok(None),
        }
    }

    /// Run tags that name a partition.
    pub fn tags_of_key(&self, key: &str) -> Result<BTreeMap<String, String>> {
        let mut tags = BTreeMap::from([(PARTITION_TAG.to_owned(), key.to_owned())]);
        if let Self::Multi(multi) = self {
            for ((dimension, _), part) in multi.dimensions().iter().zip(multi.split(key)?) {
                tags.insert(format!("{PARTITION_TAG}/{dimension}"), part.to_owned());
            }
        }
        Ok(tags)
    }

    /// The id stored beside serialized subsets (`get_serializable_unique_identifier`).
    pub fn unique_id(&self, context: &Context) -> Result<String> {
        match self {
            Self::TimeWindow(windows) => Ok(windows.unique_id()),
            Self::Static(fixed) => Ok(fixed.id.get_or_init(|| id_of_keys(&fixed.keys)).clone()),
            Self::Dynamic(name) => Ok(id_of_keys(context.dynamic_keys(name)?)),
            Self::Multi(multi) => multi.unique_id(context),
        }
    }
}

/// `generate_partition_key_based_definition_id`.
fn id_of_keys(keys: &IndexSet<String>) -> String {
    sha1_hex(&to_text(&keys.iter().cloned().collect::<Vec<String>>()))
}

fn in_order(keys: &IndexSet<String>, range: &PartitionKeyRange) -> Result<Vec<String>> {
    let place = |key: &str| keys.get_index_of(key);
    match (place(&range.start), place(&range.end)) {
        (Some(start), Some(end)) if start <= end => {
            Ok((start..=end).filter_map(|at| keys.get_index(at)).cloned().collect())
        }
        (Some(_), Some(_)) => Ok(Vec::new()),
        (start, end) => {
            let missing: Vec<&str> = [(start, &range.start), (end, &range.end)]
                .into_iter()
                .filter(|(found, _)| found.is_none())
                .map(|(_, key)| key.as_str())
                .collect();
            Err(PartitionsError::InvalidRange {
                start: range.start.clone(),
                end: range.end.clone(),
                reason: format!("nonexistent partition keys: {}", missing.join(", ")),
            })
        }
    }
}
