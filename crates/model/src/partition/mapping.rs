//! How partitions of an asset depend on those of another.

use crate::serdes::{Map, Value};
use crate::{record, union};

record! {
    /// How one dimension maps to one of the upstream asset.
    pub struct DimensionPartitionMapping = "DimensionPartitionMapping" {
        dimension_name: String,
        partition_mapping: PartitionMapping,
    }
}

record! {
    /// The partition of the same key.
    #[derive(Default)]
    pub struct IdentityPartitionMapping = "IdentityPartitionMapping" {
    }
}

record! {
    /// All partitions.
    #[derive(Default)]
    pub struct AllPartitionMapping = "AllPartitionMapping" {
    }
}

record! {
    /// The last partition.
    #[derive(Default)]
    pub struct LastPartitionMapping = "LastPartitionMapping" {
    }
}

record! {
    /// By a table from upstream to downstream keys.
    #[derive(Default)]
    pub struct StaticPartitionMapping = "StaticPartitionMapping" {
        downstream_partition_keys_by_upstream_partition_key: Map<Value>,
    }
}

record! {
    /// The given partitions.
    #[derive(Default)]
    pub struct SpecificPartitionsPartitionMapping = "SpecificPartitionsPartitionMapping" {
        partition_keys: Vec<String>,
    }
}

record! {
    /// The windows which overlap, shifted by offsets.
    #[derive(Default)]
    pub struct TimeWindowPartitionMapping = "TimeWindowPartitionMapping" {
        start_offset: i64 = 0,
        end_offset: i64 = 0,
        allow_nonexistent_upstream_partitions: bool = false,
    }
}

record! {
    /// By one dimension of a multi-dimensional definition.
    #[derive(Default)]
    pub struct MultiToSingleDimensionPartitionMapping = "MultiToSingleDimensionPartitionMapping" {
        partition_dimension_name: Option<String>,
    }
}

record! {
    /// Dimension by dimension.
    #[derive(Default)]
    pub struct MultiPartitionMapping = "MultiPartitionMapping" {
        downstream_mappings_by_upstream_dimension: Map<DimensionPartitionMapping>,
    }
}

union! {
    /// A partition mapping.
    pub enum PartitionMapping {
        /// `IdentityPartitionMapping`
        Identity(IdentityPartitionMapping),
        /// `AllPartitionMapping`
        All(AllPartitionMapping),
        /// `LastPartitionMapping`
        Last(LastPartitionMapping),
        /// `StaticPartitionMapping`
        Static(StaticPartitionMapping),
        /// `SpecificPartitionsPartitionMapping`
        SpecificPartitions(SpecificPartitionsPartitionMapping),
        /// `TimeWindowPartitionMapping`
        TimeWindow(TimeWindowPartitionMapping),
        /// `MultiToSingleDimensionPartitionMapping`
        MultiToSingleDimension(MultiToSingleDimensionPartitionMapping),
        /// `MultiPartitionMapping`
        Multi(MultiPartitionMapping),
    }
}
