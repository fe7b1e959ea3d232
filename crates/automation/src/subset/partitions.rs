//! Sets of partitions of one definition, in the efficient form of `rondel-partitions`.

use std::sync::Arc;

use rondel_model::ids::python_repr;
use rondel_model::partition::{PartitionKeyRange, PartitionsSubset as Stored};
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};

use crate::digest::Hasher;
use crate::error::Result;

/// Some partitions of a definition, "every partition" kept apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Partitions {
    definition: Arc<PartitionsDefinition>,
    members: PartitionsSubset,
}

impl Partitions {
    pub(crate) fn new(definition: &Arc<PartitionsDefinition>, members: PartitionsSubset) -> Self {
        Self { definition: Arc::clone(definition), members }
    }

    pub(crate) fn all(definition: &Arc<PartitionsDefinition>) -> Self {
        Self::new(definition, PartitionsSubset::All(PartitionsDefinition::clone(definition)))
    }

    pub(crate) fn none(definition: &Arc<PartitionsDefinition>) -> Self {
        Self::new(definition, PartitionsSubset::empty(definition))
    }

    /// Of keys known to be partitions of the definition.
    pub(crate) fn of_keys<S: AsRef<str>>(
        definition: &Arc<PartitionsDefinition>,
        keys: &[S],
        context: &Context,
    ) -> Result<Self> {
        Ok(Self::new(definition, PartitionsSubset::of_keys(definition, keys, context)?))
    }

    /// The definition.
    pub fn definition(&self) -> &Arc<PartitionsDefinition> {
        &self.definition
    }

    /// The set itself.
    pub fn members(&self) -> &PartitionsSubset {
        &self.members
    }

    /// Whether this stands for every partition.
    pub fn is_all(&self) -> bool {
        matches!(self.members, PartitionsSubset::All(_))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(crate) fn len(&self, context: &Context) -> Result<u64> {
        Ok(self.members.count(context)?)
    }

    /// Whether a key is among them.
    pub(crate) fn contains(&self, key: &str, context: &Context) -> Result<bool> {
        Ok(self.members.contains(key, context)?)
    }

    /// The keys.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn keys(&self, context: &Context) -> Result<Vec<String>> {
        Ok(self.members.keys(context)?)
    }

    /// With "every partition" as the partitions there are now.
    pub(crate) fn spelled_out(&self, context: &Context) -> Result<Self> {
        Ok(self.with(self.members.spelled_out(context)?))
    }

    fn with(&self, members: PartitionsSubset) -> Self {
        Self::new(&self.definition, members)
    }

    pub(crate) fn union(&self, other: &Self, context: &Context) -> Result<Self> {
        Ok(self.with(self.members.union(&other.members, context)?))
    }

    pub(crate) fn intersection(&self, other: &Self, context: &Context) -> Result<Self> {
        Ok(self.with(self.members.intersection(&other.members, context)?))
    }

    pub(crate) fn difference(&self, other: &Self, context: &Context) -> Result<Self> {
        Ok(self.with(self.members.difference(&other.members, context)?))
    }

    /// The keys as ranges in the order of the definition (`get_partition_key_ranges`).
    pub(crate) fn ranges(&self, context: &Context) -> Result<Vec<PartitionKeyRange>> {
        Ok(self.members.key_ranges(&self.definition, context)?)
    }

    /// The stored form of the definition's own subsets.
    pub(crate) fn to_stored(&self, context: &Context) -> Result<Stored> {
        Ok(self.members.to_stored(context)?)
    }

    /// What hashes are made of (`_compute_subset_value_str`).
    pub(crate) fn hash_into(&self, hasher: &mut Hasher) {
        match &self.members {
            PartitionsSubset::All(_) => hasher.text("AllPartitionsSubset"),
            PartitionsSubset::TimeWindow(subset) => {
                hasher.text("[");
                for (place, window) in subset.windows().iter().enumerate() {
                    hasher.text(if place == 0 { "(" } else { ", (" });
                    // Whole seconds as floats in Python's repr.
                    hasher.number(window.start);
                    hasher.text(".0, ");
                    hasher.number(window.end);
                    hasher.text(".0)");
                }
                hasher.text("]");
            }
            PartitionsSubset::Keys(keys) => {
                hasher.text("[");
                for (place, key) in keys.sorted().iter().enumerate() {
                    hasher.text(if place == 0 { "" } else { ", " });
                    hasher.text(&python_repr(key));
                }
                hasher.text("]");
            }
        }
    }
}
