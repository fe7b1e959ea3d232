//! Parts of entities in their stored forms.

use std::sync::Arc;

use rondel_model::automation::{CandidateSubset, HistoricalAllPartitionsSubsetSentinel};
use rondel_model::partition::{
    DefaultPartitionsSubset, EntitySubset, KeyRangesPartitionsSubset, PartitionsSubset,
    SubsetValue, TimeWindowPartitionsSubset,
};
use rondel_model::serdes::{Extra, to_text};
use rondel_partitions::{Context, PartitionsDefinition, TimeWindow, TimeWindowPartitions};

use super::{EntityPart, PartValue, Partitions};
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
                SubsetValue::Partitions(plain(partitions, context)?)
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
                let value = PartitionsSubset::KeyRanges(Box::new(ranges));
                Ok(self.stored_with(SubsetValue::Partitions(value)))
            }
            _ => self.to_stored(context),
        }
    }

    /// The stored form as candidate: every partition is not spelled out.
    pub(crate) fn to_candidate(&self, context: &Context) -> Result<CandidateSubset> {
        match &self.value {
            PartValue::Partitions(partitions) if partitions.is_all() => {
                Ok(CandidateSubset::HistoricalAll(HistoricalAllPartitionsSubsetSentinel::default()))
            }
            _ => Ok(CandidateSubset::Subset(self.to_evaluation(context)?)),
        }
    }

    fn stored_with(&self, value: SubsetValue) -> EntitySubset {
        EntitySubset { key: self.key.to_stored(), value, extra: Extra::default() }
    }

    pub(crate) fn hash_text(&self, context: &Context) -> Result<String> {
        match &self.value {
            PartValue::Whole(true) => Ok("True".into()),
            PartValue::Whole(false) => Ok("False".into()),
            PartValue::Partitions(partitions) => partitions.hash_text(context),
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

/// The form of a definition's own subsets.
fn plain(partitions: &Partitions, context: &Context) -> Result<PartitionsSubset> {
    if let PartitionsDefinition::TimeWindow(windows) = &**partitions.definition() {
        let included = partitions.windows(windows, context)?;
        let count = partitions.len(context)?;
        return Ok(PartitionsSubset::TimeWindow(Box::new(TimeWindowPartitionsSubset {
            partitions_def: windows.to_definition(),
            num_partitions: i64::try_from(count).ok(),
            included_time_windows: included
                .into_iter()
                .map(|window| window.to_persisted(windows.timezone()))
                .collect(),
            ..TimeWindowPartitionsSubset::default()
        })));
    }
    Ok(PartitionsSubset::Keys(DefaultPartitionsSubset {
        subset: partitions.keys(context)?.iter().cloned().collect(),
        ..DefaultPartitionsSubset::default()
    }))
}

/// The partitions, unless they were stored for another definition or are gone
/// (`is_compatible_with_partitions_def`).
fn read(
    stored: &PartitionsSubset,
    definition: &Arc<PartitionsDefinition>,
    context: &Context,
) -> Result<Option<Partitions>> {
    let mut keys = Vec::new();
    match (stored, &**definition) {
        (PartitionsSubset::TimeWindow(subset), PartitionsDefinition::TimeWindow(windows)) => {
            if TimeWindowPartitions::from_definition(&subset.partitions_def)? != **windows {
                return Ok(None);
            }
            for window in &subset.included_time_windows {
                keys.extend(windows.keys_in_window(TimeWindow::from_persisted(window))?);
            }
        }
        (PartitionsSubset::KeyRanges(stored), _) => {
            if to_text(&stored.partitions_snap) != to_text(&definition.to_snap()) {
                return Ok(None);
            }
            for range in &stored.key_ranges {
                if !definition.has_key(&range.start, context)?
                    || !definition.has_key(&range.end, context)?
                {
                    return Ok(None);
                }
                keys.extend(definition.keys_in_range(range, context)?);
            }
        }
        (PartitionsSubset::Keys(subset), _) => {
            if let PartitionsDefinition::TimeWindow(windows) = &**definition {
                for key in &subset.subset {
                    if !windows.has_key(key, context.now)? {
                        return Ok(None);
                    }
                }
            }
            keys.extend(subset.subset.iter().cloned());
        }
        _ => return Ok(None),
    }
    Ok(Some(Partitions::of_keys(definition, keys)))
}
