//! Parts of entities in their stored forms.

use std::sync::Arc;

use rondel_model::automation::{CandidateSubset, HistoricalAllPartitionsSubsetSentinel};
use rondel_model::partition::{
    EntitySubset, KeyRangesPartitionsSubset, PartitionsSubset as Stored, SubsetValue,
};
use rondel_model::serdes::{Extra, to_text};
use rondel_partitions::{
    Context, PartitionsDefinition, PartitionsError, PartitionsSubset, TimeWindowPartitions,
};

use super::{EntityPart, PartValue, Partitions};
use crate::digest::Hasher;
use crate::error::Result;
use crate::key::Key;

impl EntityPart {
    /// The stored form (`convert_to_serializable_subset`).
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn to_stored(&self, context: &Context) -> Result<EntitySubset> {
        let value = match &self.value {
            PartValue::Whole(whole) => SubsetValue::Whole(*whole),
            PartValue::Partitions(partitions) => {
                SubsetValue::Partitions(partitions.to_stored(context)?)
            }
        };
        Ok(self.stored_with(value))
    }

    /// The stored form in evaluations and cursors: dynamic partitions as ranges.
    pub(crate) fn to_evaluation(&self, context: &Context) -> Result<EntitySubset> {
        match &self.value {
            PartValue::Partitions(partitions)
                if matches!(**partitions.definition(), PartitionsDefinition::Dynamic(_)) =>
            {
                let ranges = KeyRangesPartitionsSubset {
                    key_ranges: partitions.ranges(context)?,
                    partitions_snap: partitions.definition().to_snap(),
                    extra: Extra::default(),
                };
                let value = Stored::KeyRanges(Box::new(ranges));
                Ok(self.stored_with(SubsetValue::Partitions(value)))
            }
            _ => self.to_stored(context),
        }
    }

    /// Whether the part stands for every partition, which candidates do not spell out.
    pub(crate) fn is_every_partition(&self) -> bool {
        matches!(&self.value, PartValue::Partitions(partitions) if partitions.is_all())
    }

    /// The stored form as candidate: every partition is not spelled out.
    pub(crate) fn to_candidate(&self, context: &Context) -> Result<CandidateSubset> {
        if self.is_every_partition() {
            return Ok(CandidateSubset::HistoricalAll(
                HistoricalAllPartitionsSubsetSentinel::default(),
            ));
        }
        Ok(CandidateSubset::Subset(self.to_evaluation(context)?))
    }

    fn stored_with(&self, value: SubsetValue) -> EntitySubset {
        EntitySubset { key: self.key.to_stored(), value, extra: Extra::default() }
    }

    pub(crate) fn hash_into(&self, hasher: &mut Hasher) {
        match &self.value {
            PartValue::Whole(true) => hasher.text("True"),
            PartValue::Whole(false) => hasher.text("False"),
            PartValue::Partitions(partitions) => partitions.hash_into(hasher),
        }
    }

    /// Reads a stored part; none when it does not fit the entity's present definition
    /// (`get_subset_from_serializable_subset`).
    pub(crate) fn from_stored(
        key: &Arc<Key>,
        definition: Option<&Arc<PartitionsDefinition>>,
        stored: &EntitySubset,
        context: &Context,
    ) -> Result<Option<Self>> {
        let value = match (&stored.value, definition) {
            (SubsetValue::Whole(whole), None) => Some(PartValue::Whole(*whole)),
            (SubsetValue::Partitions(partitions), Some(definition)) => {
                read(partitions, definition, context)?.map(PartValue::Partitions)
            }
            _ => None,
        };
        Ok(value.map(|value| Self::new(key, value)))
    }
}

/// The partitions, unless they were stored for another definition or are gone
/// (`is_compatible_with_partitions_def`).
fn read(
    stored: &Stored,
    definition: &Arc<PartitionsDefinition>,
    context: &Context,
) -> Result<Option<Partitions>> {
    let fits = match (stored, &**definition) {
        (Stored::TimeWindow(subset), PartitionsDefinition::TimeWindow(windows)) => {
            windows.to_definition() == subset.partitions_def
                || TimeWindowPartitions::from_definition(&subset.partitions_def)? == **windows
        }
        (Stored::KeyRanges(ranges), _) => {
            let same = to_text(&ranges.partitions_snap) == to_text(&definition.to_snap());
            same && ranges.key_ranges.iter().try_fold(true, |all, range| {
                let known = |key: &str| definition.has_key(key, context);
                Ok::<_, PartitionsError>(all && known(&range.start)? && known(&range.end)?)
            })?
        }
        (Stored::Keys(keys), PartitionsDefinition::TimeWindow(windows)) => {
            keys.subset.iter().try_fold(true, |all, key| {
                Ok::<_, PartitionsError>(all && windows.has_key(key, context.now)?)
            })?
        }
        (Stored::Keys(_), _) => true,
        _ => false,
    };
    if !fits {
        return Ok(None);
    }
    // Keys of an asset that has time windows by now are read as those.
    let members = match (stored, &**definition) {
        (Stored::Keys(keys), PartitionsDefinition::TimeWindow(_)) => {
            let keys: Vec<&String> = keys.subset.iter().collect();
            PartitionsSubset::of_keys(definition, &keys, context)?
        }
        _ => PartitionsSubset::from_stored(stored, Some(definition), context)?,
    };
    Ok(Some(Partitions::new(definition, members)))
}
