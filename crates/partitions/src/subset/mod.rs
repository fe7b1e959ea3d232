//! Sets of partitions of one definition, with Dagster's stored forms.
//!
//! Sets of time windows are sorted disjoint intervals, however many partitions they hold; sets of other
//! definitions are bitmaps. "Every partition" stays apart from a list of them until it is taken apart, as
//! that shows in hashes (`AllPartitionsSubset`); which form an operation leads to is Dagster's choice.
//! A set of one definition must only be combined with sets of the same one.
//! Stored forms: the JSON text of `PartitionsSubset.serialize` (status cache, old backfills) and the tagged
//! object of the model; old versions of both are read.

mod bits;
mod intervals;
mod keys;
mod ranges;
mod stored;
mod time_window;

use std::sync::Arc;

use rondel_model::partition::PartitionKeyRange;

pub use keys::KeySet;
pub use stored::can_read;
pub use time_window::{TimeWindowSubset, flatten};

use crate::context::Context;
use crate::definition::PartitionsDefinition;
use crate::error::Result;

/// A set of partitions.
#[derive(Debug, Clone, PartialEq)]
pub enum PartitionsSubset {
    /// Every partition there is at the time of asking.
    All(PartitionsDefinition),
    /// Of a time-window definition: intervals.
    TimeWindow(TimeWindowSubset),
    /// Of any other definition: keys, shared between copies.
    Keys(Arc<KeySet>),
}

impl From<KeySet> for PartitionsSubset {
    fn from(keys: KeySet) -> Self {
        Self::Keys(Arc::new(keys))
    }
}

impl PartitionsSubset {
    /// The empty set.
    pub fn empty(definition: &PartitionsDefinition) -> Self {
        match definition {
            PartitionsDefinition::TimeWindow(windows) => {
                Self::TimeWindow(TimeWindowSubset::empty(Arc::clone(windows)))
            }
            _ => KeySet::default().into(),
        }
    }

    /// The partitions of the definition there are now (`subset_with_all_partitions`).
    pub fn all(definition: &PartitionsDefinition, context: &Context) -> Result<Self> {
        match definition {
            PartitionsDefinition::TimeWindow(windows) => {
                let all = TimeWindowSubset::all(Arc::clone(windows), context.now)?;
                Ok(Self::TimeWindow(all))
            }
            _ => KeySet::all(definition, context).map(Self::from),
        }
    }

    /// The set of these keys. Time windows that do not exist now are left out; keys of other definitions
    /// are not checked, as in Dagster.
    pub fn of_keys<S: AsRef<str>>(
        definition: &PartitionsDefinition,
        keys: &[S],
        context: &Context,
    ) -> Result<Self> {
        match definition {
            PartitionsDefinition::TimeWindow(windows) => {
                TimeWindowSubset::empty(Arc::clone(windows))
                    .with_keys(keys, context.now)
                    .map(Self::TimeWindow)
            }
            _ => Ok(KeySet::of_definition(definition, keys, context).into()),
        }
    }

    /// This set and these keys; see [`of_keys`](Self::of_keys).
    pub fn with_keys<S: AsRef<str>>(&self, keys: &[S], context: &Context) -> Result<Self> {
        match self {
            Self::All(_) => Ok(self.clone()),
            Self::TimeWindow(subset) => subset.with_keys(keys, context.now).map(Self::TimeWindow),
            Self::Keys(known) => Ok(known.with(keys).into()),
        }
    }

    /// The set of the partitions in a range of keys.
    pub fn of_range(
        definition: &PartitionsDefinition,
        range: &PartitionKeyRange,
        context: &Context,
    ) -> Result<Self> {
        if let PartitionsDefinition::TimeWindow(windows) = definition
            && let Some(subset) = TimeWindowSubset::of_range(windows, range, context.now)?
        {
            return Ok(Self::TimeWindow(subset));
        }
        Self::of_keys(definition, &definition.keys_in_range(range, context)?, context)
    }

    /// "Every partition" as the partitions there are now.
    pub fn spelled_out(&self, context: &Context) -> Result<Self> {
        match self {
            Self::All(definition) => Self::all(definition, context),
            _ => Ok(self.clone()),
        }
    }

    /// Whether the set has no partition. "Every partition" counts as something even where there are none.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::All(_) => false,
            Self::TimeWindow(subset) => subset.windows().is_empty(),
            Self::Keys(keys) => keys.is_empty(),
        }
    }

    /// How many partitions the set has.
    pub fn count(&self, context: &Context) -> Result<u64> {
        match self {
            Self::All(definition) => match definition.count(context)? {
                // A definition that ends before its first window has a key all the same.
                0 => Ok(u64::try_from(definition.keys(context)?.len()).unwrap_or(u64::MAX)),
                count => Ok(count),
            },
            Self::TimeWindow(subset) => subset.count(),
            Self::Keys(keys) => Ok(u64::try_from(keys.len()).unwrap_or(u64::MAX)),
        }
    }

    /// Whether a partition is in the set.
    pub fn contains(&self, key: &str, context: &Context) -> Result<bool> {
        match self {
            Self::All(definition) => definition.has_key(key, context),
            Self::TimeWindow(subset) => subset.contains(key),
            Self::Keys(keys) => Ok(keys.contains(key)),
        }
    }

    /// The keys of the set: time windows in order of time, others in no particular order.
    pub fn keys(&self, context: &Context) -> Result<Vec<String>> {
        match self {
            Self::All(definition) => definition.keys(context),
            Self::TimeWindow(subset) => subset.keys(),
            Self::Keys(keys) => Ok(keys.iter().map(std::borrow::Cow::into_owned).collect()),
        }
    }

    /// So many of the keys, in the order of [`keys`](Self::keys).
    pub fn first_keys(&self, limit: usize, context: &Context) -> Result<Vec<String>> {
        if let Self::TimeWindow(subset) = self {
            return subset.first_keys(limit);
        }
        let mut keys = self.keys(context)?;
        keys.truncate(limit);
        Ok(keys)
    }

    /// The keys of the definition that are not in the set, in the definition's order.
    pub fn keys_not_in(
        &self,
        definition: &PartitionsDefinition,
        context: &Context,
    ) -> Result<Vec<String>> {
        match self {
            Self::All(_) => Ok(Vec::new()),
            Self::TimeWindow(subset) => subset.keys_not_in(context.now),
            Self::Keys(keys) => {
                let mut all = definition.keys(context)?;
                all.retain(|key| !keys.contains(key));
                Ok(all)
            }
        }
    }

    /// The set as ranges of keys in the definition's order. Of a product, one dimension is held constant
    /// in each range: the one with fewer distinct keys in the set.
    pub fn key_ranges(
        &self,
        definition: &PartitionsDefinition,
        context: &Context,
    ) -> Result<Vec<PartitionKeyRange>> {
        match (self, definition) {
            (Self::All(_), _) => {
                let ends = definition.first_key(context)?.zip(definition.last_key(context)?);
                Ok(ends.map(|(first, last)| ranges::range(&first, &last)).into_iter().collect())
            }
            (Self::TimeWindow(subset), _) => subset.key_ranges(context.now),
            (Self::Keys(keys), PartitionsDefinition::Multi(multi)) => {
                ranges::ranges_of_product(keys, multi, context)
            }
            (Self::Keys(keys), _) => Ok(ranges::ranges(&definition.keys(context)?, keys)),
        }
    }

    /// Partitions in either set.
    pub fn union(&self, other: &Self, context: &Context) -> Result<Self> {
        match (self, other) {
            (Self::All(_), _) => Ok(self.clone()),
            (Self::TimeWindow(left), _) if let Some(right) = other.as_windows(context)? => {
                Ok(Self::TimeWindow(left.union(&right)))
            }
            (Self::Keys(left), Self::Keys(right)) => Ok(left.union(right).into()),
            _ if other.is_empty() => Ok(self.clone()),
            (_, Self::All(_)) => Ok(other.clone()),
            _ => self.with_keys(&other.keys(context)?, context),
        }
    }

    /// Partitions in both sets.
    pub fn intersection(&self, other: &Self, context: &Context) -> Result<Self> {
        match (self, other) {
            (Self::All(_), _) => Ok(other.clone()),
            (Self::TimeWindow(left), _) if let Some(right) = other.as_windows(context)? => {
                left.intersection(&right).map(Self::TimeWindow)
            }
            (Self::Keys(left), Self::Keys(right)) => Ok(left.intersection(right).into()),
            _ if other.is_empty() => Ok(other.clone()),
            (_, Self::All(_)) => Ok(self.clone()),
            _ => {
                let mut keys = self.keys(context)?;
                let common = KeySet::of(other.keys(context)?);
                keys.retain(|key| common.contains(key));
                self.emptied().with_keys(&keys, context)
            }
        }
    }

    /// Partitions in this set and not in the other.
    pub fn difference(&self, other: &Self, context: &Context) -> Result<Self> {
        match (self, other) {
            (Self::All(definition), _) => {
                if self == other {
                    return Ok(Self::empty(definition));
                }
                Self::all(definition, context)?.difference(other, context)
            }
            (Self::TimeWindow(left), _) if let Some(right) = other.as_windows(context)? => {
                left.difference(&right).map(Self::TimeWindow)
            }
            (Self::Keys(left), Self::Keys(right)) => Ok(left.difference(right).into()),
            _ if other.is_empty() => Ok(self.clone()),
            (_, Self::All(_)) => Ok(self.emptied()),
            _ => {
                let mut keys = self.keys(context)?;
                let gone = KeySet::of(other.keys(context)?);
                keys.retain(|key| !gone.contains(key));
                self.emptied().with_keys(&keys, context)
            }
        }
    }

    fn emptied(&self) -> Self {
        match self {
            Self::All(definition) => Self::empty(definition),
            Self::TimeWindow(subset) => {
                Self::TimeWindow(TimeWindowSubset::empty(Arc::clone(subset.definition())))
            }
            Self::Keys(_) => KeySet::default().into(),
        }
    }

    /// The set as intervals, where it can be one of time windows (`_attempt_coerce_to_time_window_subset`).
    fn as_windows(
        &self,
        context: &Context,
    ) -> Result<Option<std::borrow::Cow<'_, TimeWindowSubset>>> {
        use std::borrow::Cow;
        match self {
            Self::TimeWindow(subset) => Ok(Some(Cow::Borrowed(subset))),
            Self::All(PartitionsDefinition::TimeWindow(windows)) => {
                let all = TimeWindowSubset::all(Arc::clone(windows), context.now)?;
                Ok(Some(Cow::Owned(all)))
            }
            Self::All(_) | Self::Keys(_) => Ok(None),
        }
    }
}
