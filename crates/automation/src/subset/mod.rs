//! Parts of entities: which partitions of an asset, check or job, or whether all of it.
//!
//! Mirrors `EntitySubset`; the sets of partitions behind it, with the forms that show in ids and hashes, are
//! those of `rondel-partitions`.

mod mapping;
mod partitions;
mod stored;

use std::sync::Arc;

use rondel_partitions::{Context, PartitionsDefinition};

pub(crate) use mapping::{map_downstream, map_upstream};
pub use partitions::Partitions;

use crate::error::{AutomationError, Result};
use crate::key::Key;

/// Which part: in or out, or some partitions.
#[derive(Debug, Clone, PartialEq)]
pub enum PartValue {
    /// Of an entity without partitions.
    Whole(bool),
    /// Of a partitioned entity.
    Partitions(Partitions),
}

/// A part of an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityPart {
    /// The entity.
    pub key: Arc<Key>,
    /// Which part of it.
    pub value: PartValue,
}

impl EntityPart {
    pub(crate) fn new(key: &Arc<Key>, value: PartValue) -> Self {
        Self { key: Arc::clone(key), value }
    }

    /// Nothing of the same entity.
    pub(crate) fn emptied(&self) -> Self {
        self.with(PartValue::Whole(false), Partitions::none)
    }

    /// All of the same entity.
    pub(crate) fn filled(&self) -> Self {
        self.with(PartValue::Whole(true), Partitions::all)
    }

    fn with(
        &self,
        whole: PartValue,
        partitions: fn(&Arc<PartitionsDefinition>) -> Partitions,
    ) -> Self {
        let value = match &self.value {
            PartValue::Whole(_) => whole,
            PartValue::Partitions(known) => PartValue::Partitions(partitions(known.definition())),
        };
        Self::new(&self.key, value)
    }

    fn combined(
        &self,
        other: &Self,
        whole: impl FnOnce(bool, bool) -> bool,
        partitions: impl FnOnce(&Partitions, &Partitions) -> Result<Partitions>,
    ) -> Result<Self> {
        let value = match (&self.value, &other.value) {
            (PartValue::Whole(a), PartValue::Whole(b)) => PartValue::Whole(whole(*a, *b)),
            (PartValue::Partitions(a), PartValue::Partitions(b)) => {
                PartValue::Partitions(partitions(a, b)?)
            }
            _ => return Err(AutomationError::MixedSubsets((*self.key).clone())),
        };
        Ok(Self::new(&self.key, value))
    }

    pub(crate) fn union(&self, other: &Self, context: &Context) -> Result<Self> {
        self.combined(other, |a, b| a || b, |a, b| a.union(b, context))
    }

    pub(crate) fn intersection(&self, other: &Self, context: &Context) -> Result<Self> {
        self.combined(other, |a, b| a && b, |a, b| a.intersection(b, context))
    }

    pub(crate) fn difference(&self, other: &Self, context: &Context) -> Result<Self> {
        self.combined(other, |a, b| a && !b, |a, b| a.difference(b, context))
    }

    /// Whether nothing is in the part. Like in Dagster "every partition" counts as something even where
    /// there are none.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            PartValue::Whole(whole) => !whole,
            PartValue::Partitions(partitions) => partitions.is_empty(),
        }
    }

    /// How many partitions; one for an entity without.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn size(&self, context: &Context) -> Result<u64> {
        match &self.value {
            PartValue::Whole(whole) => Ok(u64::from(*whole)),
            PartValue::Partitions(partitions) => partitions.len(context),
        }
    }
}
