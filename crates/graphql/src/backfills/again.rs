//! Which part of a backfill of assets is to be executed again.

use std::collections::BTreeSet;

use rondel_instance::backfills::Again;
use rondel_model::{
    backfill::PartitionBackfill,
    partition::{
        AssetGraphSubset, DefaultPartitionsSubset, PartitionsSubset, TimeWindowPartitionsSubset,
    },
    serdes::{Extra, ItemsMap, PySet, SetKind},
};
use rondel_partitions::{TimeWindow, TimeWindowPartitions};

use super::subsets::keys_of;
use crate::{errors::ResolverError, partitions::subset_keys};

/// All that was targeted, or what of it was not materialized.
pub(super) fn part_of(
    of: &PartitionBackfill,
    again: Again,
) -> Result<AssetGraphSubset, ResolverError> {
    let unreadable = || {
        ResolverError::invariant(format!(
            "Backfill {} is stored in a form of earlier versions which cannot be executed again",
            of.backfill_id
        ))
    };
    let data = of.asset_backfill_data.as_ref().ok_or_else(unreadable)?;
    let target = &data.target_subset;
    if again == Again::Everything {
        return Ok(target.clone());
    }
    let materialized = &data.materialized_subset;
    let mut partitioned = Vec::new();
    for (key, subset) in target.partitions_subsets_by_asset_key.iter() {
        let left = without(subset, &keys_of(materialized, key))?;
        partitioned.extend(left.map(|left| (key.clone(), left)));
    }
    let done: BTreeSet<_> = materialized.non_partitioned_asset_keys.iter().collect();
    let whole = target.non_partitioned_asset_keys.iter().filter(|key| !done.contains(key));
    Ok(AssetGraphSubset {
        partitions_subsets_by_asset_key: ItemsMap(partitioned),
        non_partitioned_asset_keys: PySet::new(SetKind::Set, whole.cloned()),
        extra: Extra::default(),
    })
}

/// The subset without some keys; none if nothing is left.
fn without(
    subset: &PartitionsSubset,
    keys: &BTreeSet<String>,
) -> Result<Option<PartitionsSubset>, ResolverError> {
    let mut left = subset_keys(subset);
    left.retain(|key| !keys.contains(key));
    if left.is_empty() {
        return Ok(None);
    }
    let PartitionsSubset::TimeWindow(stored) = subset else {
        return Ok(Some(PartitionsSubset::Keys(DefaultPartitionsSubset {
            subset: PySet::new(SetKind::Set, left),
            extra: Extra::default(),
        })));
    };
    let windows = TimeWindowPartitions::from_definition(&stored.partitions_def)?;
    let mut included: Vec<TimeWindow> = Vec::new();
    for window in windows.windows_of_keys(&left, None)? {
        match included.last_mut() {
            Some(last) if window.start <= last.end => last.end = window.end,
            _ => included.push(window),
        }
    }
    let included = included.into_iter().map(|window| window.to_persisted(windows.timezone()));
    Ok(Some(PartitionsSubset::TimeWindow(Box::new(TimeWindowPartitionsSubset {
        num_partitions: i64::try_from(left.len()).ok(),
        included_time_windows: included.collect(),
        ..(**stored).clone()
    }))))
}
