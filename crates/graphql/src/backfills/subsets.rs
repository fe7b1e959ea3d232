//! Parts of assets as backfills store them, compared with each other.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::SimpleObject;
use rondel_model::{
    ids::AssetKey,
    partition::{AssetGraphSubset, PartitionsSubset},
};
use rondel_partitions::{
    KeySet, PartitionsSubset as Set, TimeWindow, TimeWindowPartitions, TimeWindowSubset,
};

use crate::{errors::ResolverError, partitions::subset_keys};

#[derive(SimpleObject)]
pub(crate) struct PartitionKeyRange {
    start: String,
    end: String,
}

/// Partitions of an asset: of time windows as ranges, of others as keys.
#[derive(SimpleObject)]
pub(crate) struct AssetBackfillTargetPartitions {
    ranges: Option<Vec<PartitionKeyRange>>,
    partition_keys: Option<Vec<String>>,
}

impl AssetBackfillTargetPartitions {
    pub(super) fn of(subset: &PartitionsSubset) -> Result<Self, ResolverError> {
        let PartitionsSubset::TimeWindow(stored) = subset else {
            let keys = Some(subset_keys(subset));
            return Ok(Self { ranges: None, partition_keys: keys });
        };
        let windows = TimeWindowPartitions::from_definition(&stored.partitions_def)?;
        let mut ranges = Vec::with_capacity(stored.included_time_windows.len());
        for window in &stored.included_time_windows {
            let window = TimeWindow::from_persisted(window);
            let first = windows.next_window(window.start, None)?;
            let last = windows.previous_window(window.end, None)?;
            if let (Some(first), Some(last)) = (first, last)
                && first.start < window.end
            {
                let (start, end) = (windows.key_of(first)?, windows.key_of(last)?);
                ranges.push(PartitionKeyRange { start, end });
            }
        }
        Ok(Self { ranges: Some(ranges), partition_keys: None })
    }
}

/// The partitions of an asset in a subset; none of an asset that has no partitions there.
pub(super) fn partitions_of<'a>(
    subset: &'a AssetGraphSubset,
    key: &AssetKey,
) -> Option<&'a PartitionsSubset> {
    let mut parts = subset.partitions_subsets_by_asset_key.iter();
    parts.find(|(asset, _)| **asset == *key).map(|(_, part)| part)
}

/// An asset's partitions in a subset, as a set that can be compared with others: time windows stay
/// intervals, by the definition they are stored with.
pub(super) fn set_of(subset: &AssetGraphSubset, key: &AssetKey) -> Result<Set, ResolverError> {
    Ok(match partitions_of(subset, key) {
        Some(PartitionsSubset::TimeWindow(stored)) => {
            let definition = TimeWindowPartitions::from_definition(&stored.partitions_def)?;
            let windows = stored.included_time_windows.iter().map(TimeWindow::from_persisted);
            let count = stored.num_partitions.and_then(|count| u64::try_from(count).ok());
            Set::TimeWindow(TimeWindowSubset::new(definition.into(), windows.collect(), count))
        }
        Some(other) => Set::Keys(KeySet::of(subset_keys(other)).into()),
        None => Set::Keys(KeySet::default().into()),
    })
}

/// Every asset in a subset, in the order of keys.
pub(super) fn assets_of(subset: &AssetGraphSubset) -> BTreeSet<&AssetKey> {
    let partitioned = subset.partitions_subsets_by_asset_key.iter().map(|(key, _)| key);
    partitioned.chain(subset.non_partitioned_asset_keys.iter()).collect()
}

/// Assets in topological order of the graph that they are in, those of one level by key; those that the
/// graph does not know at the end.
pub(super) fn in_order<'a>(
    assets: &BTreeSet<&'a AssetKey>,
    parents: impl Fn(&AssetKey) -> Option<Vec<AssetKey>>,
) -> Vec<&'a AssetKey> {
    let mut waiting: BTreeMap<&AssetKey, BTreeSet<AssetKey>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for key in assets {
        match parents(key) {
            Some(parents) => {
                let parents = parents.into_iter().filter(|parent| parent != *key);
                waiting.insert(*key, parents.collect());
            }
            None => unknown.push(*key),
        }
    }
    // Parents outside of the set stand before everything, so what hangs on them comes one level later.
    let outside = waiting.values().flatten().filter(|parent| !waiting.contains_key(parent));
    let mut done: BTreeSet<AssetKey> = BTreeSet::new();
    let mut level: BTreeSet<AssetKey> = outside.cloned().collect();
    let mut ordered = Vec::with_capacity(assets.len());
    loop {
        let ready: Vec<&'a AssetKey> = assets
            .iter()
            .copied()
            .filter(|key| waiting.get(key).is_some_and(|parents| parents.is_subset(&done)))
            .collect();
        if ready.is_empty() && level.is_empty() {
            break;
        }
        for key in ready {
            waiting.remove(key);
            ordered.push(key);
            level.insert(key.clone());
        }
        done.append(&mut level);
    }
    // What stands in a cycle, which Dagster refuses to load.
    ordered.extend(assets.iter().copied().filter(|key| waiting.contains_key(key)));
    ordered.extend(unknown);
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_ordered_by_level_and_what_is_gone_comes_last() {
        let key = |name: &str| AssetKey::new([name]);
        let (a, b, c, gone) = (key("a"), key("b"), key("c"), key("gone"));
        let assets = BTreeSet::from([&a, &b, &c, &gone]);
        let parents = |of: &AssetKey| match of.to_user_string().as_str() {
            "a" => Some(vec![key("c")]),
            "b" => Some(vec![key("outside")]),
            "c" => Some(Vec::new()),
            _ => None,
        };
        assert_eq!(in_order(&assets, parents), [&c, &a, &b, &gone]);
    }
}
