//! Sets of keys as ranges in the definition's order.

use std::collections::BTreeSet;

use rondel_model::partition::PartitionKeyRange;

use super::KeySet;
use crate::context::Context;
use crate::error::Result;
use crate::multi::MultiPartitions;

pub(super) fn range(start: &str, end: &str) -> PartitionKeyRange {
    PartitionKeyRange {
        start: start.to_owned(),
        end: end.to_owned(),
        ..PartitionKeyRange::default()
    }
}

/// Runs of neighbouring keys that are in the set (`get_ranges_for_keys`).
pub(super) fn ranges<S: AsRef<str>>(order: &[S], keys: &KeySet) -> Vec<PartitionKeyRange> {
    let mut found: Vec<PartitionKeyRange> = Vec::new();
    let mut is_running = false;
    for key in order {
        let key = key.as_ref();
        let is_inside = keys.contains(key);
        match found.last_mut() {
            Some(range) if is_inside && is_running => key.clone_into(&mut range.end),
            _ if is_inside => found.push(range(key, key)),
            _ => {}
        }
        is_running = is_inside;
    }
    found
}

/// One dimension is held constant in each range: the one with fewer distinct keys in the set.
pub(super) fn ranges_of_product(
    keys: &KeySet,
    multi: &MultiPartitions,
    context: &Context,
) -> Result<Vec<PartitionKeyRange>> {
    let (primary, secondary) = multi.primary_and_secondary();
    let distinct = |place: usize| -> Result<BTreeSet<String>> {
        if let Some(known) = keys.distinct(place) {
            return Ok(known);
        }
        keys.iter().map(|key| Ok(multi.split(&key)?[place].to_owned())).collect()
    };
    let (primaries, secondaries) = (distinct(primary)?, distinct(secondary)?);
    let (place, groups) = if primaries.len() <= secondaries.len() {
        (primary, primaries)
    } else {
        (secondary, secondaries)
    };
    let name = &multi.dimensions()[place].0;
    let mut found = Vec::new();
    for group in groups {
        let order = multi.keys_with_dimension(name, std::slice::from_ref(&group), context)?;
        found.extend(ranges(&order, keys));
    }
    Ok(found)
}
