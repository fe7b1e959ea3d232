//! Sets of partitions in their stored forms.

use crate::ids::{AssetKey, EntityKey};
use crate::partition::{
    PartitionKeyRange, PartitionsSnap, PersistedTimeWindow, TimeWindowPartitionsDefinition,
};
use crate::serdes::{ItemsMap, PySet, Value};
use crate::{either, record, union};

record! {
    /// Partitions by key.
    #[derive(Default)]
    pub struct DefaultPartitionsSubset = "DefaultPartitionsSubset" {
        subset: PySet<String>,
    }
}

record! {
    /// Ranges of partitions by key.
    pub struct KeyRangesPartitionsSubset = "KeyRangesPartitionsSubset" {
        key_ranges: Vec<PartitionKeyRange>,
        partitions_snap: PartitionsSnap,
    }
}

record! {
    /// A subset in an older text form, with the definition it fits.
    #[derive(Default)]
    pub struct SerializedPartitionsSubset = "SerializedPartitionsSubset" {
        serialized_subset: String,
        serialized_partitions_def_unique_id: String,
        serialized_partitions_def_class_name: String,
    }
}

record! {
    /// Ranges of time windows.
    #[derive(Default)]
    pub struct TimeWindowPartitionsSubset = "TimeWindowPartitionsSubset" {
        partitions_def: TimeWindowPartitionsDefinition,
        num_partitions: Option<i64>,
        included_time_windows: Vec<PersistedTimeWindow>,
    }
    finish = forget_impossible_count;
}

record! {
    /// Every partition of a definition (not stored by released versions, accepted all the same).
    pub struct AllPartitionsSubset = "AllPartitionsSubset" {
        partitions_def: Value,
    }
}

union! {
    /// A set of partitions.
    pub enum PartitionsSubset {
        /// `TimeWindowPartitionsSubset`
        TimeWindow(Box<TimeWindowPartitionsSubset>),
        /// `DefaultPartitionsSubset`
        Keys(DefaultPartitionsSubset),
        /// `KeyRangesPartitionsSubset`
        KeyRanges(Box<KeyRangesPartitionsSubset>),
        /// `SerializedPartitionsSubset`
        Serialized(SerializedPartitionsSubset),
        /// `AllPartitionsSubset`
        All(AllPartitionsSubset),
    }
}

either! {
    /// Which part of an entity: all or nothing, or some partitions.
    pub enum SubsetValue {
        Bool => /// Of an entity without partitions: in or out.
        Whole(bool),
        _ => /// Of a partitioned entity.
        Partitions(PartitionsSubset),
    }
}

record! {
    /// A part of an asset, check or job.
    pub struct EntitySubset = "AssetSubset" | "SerializableEntitySubset" | "ValidAssetSubset" {
        key as "asset_key": EntityKey,
        value: SubsetValue,
    }
}

record! {
    /// Parts of several assets.
    #[derive(Default)]
    pub struct AssetGraphSubset = "AssetGraphSubset" {
        partitions_subsets_by_asset_key: ItemsMap<AssetKey, PartitionsSubset>,
        non_partitioned_asset_keys: PySet<AssetKey>,
    }
}

/// Some versions stored a negative count; it has to be computed anew.
fn forget_impossible_count(subset: &mut TimeWindowPartitionsSubset) {
    subset.num_partitions = subset.num_partitions.filter(|count| *count >= 0);
}
