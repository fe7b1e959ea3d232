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
use rondel_partitions::{Context, PartitionsSubset as Set};

use super::subsets::set_of;
use crate::errors::ResolverError;

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
        let done = set_of(materialized, key)?;
        let left = set_of(target, key)?.difference(&done, &Context::default())?;
        let left = (!left.is_empty()).then(|| stored(left, subset)).transpose()?;
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

/// A part of a stored subset in the same stored form.
fn stored(part: Set, whole: &PartitionsSubset) -> Result<PartitionsSubset, ResolverError> {
    if let (Set::TimeWindow(part), PartitionsSubset::TimeWindow(whole)) = (&part, whole) {
        let zone = part.definition().timezone();
        let included = part.windows().iter().map(|window| window.to_persisted(zone));
        return Ok(PartitionsSubset::TimeWindow(Box::new(TimeWindowPartitionsSubset {
            num_partitions: i64::try_from(part.count()?).ok(),
            included_time_windows: included.collect(),
            ..(**whole).clone()
        })));
    }
    let keys = part.keys(&Context::default())?;
    Ok(PartitionsSubset::Keys(DefaultPartitionsSubset {
        subset: PySet::new(SetKind::Set, keys),
        extra: Extra::default(),
    }))
}
