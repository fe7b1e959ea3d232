//! How partitions of an asset depend on those of another.

use crate::serdes::{Map, Value};
use crate::{record, union};

record! {
    /// Dagster's `DimensionPartitionMapping`.
    pub struct DimensionPartitionMapping = "DimensionPartitionMapping" {
        dimension_name: String,
        partition_mapping: PartitionMapping,
    }
}

record! {
    /// Dagster's `IdentityPartitionMapping`.
    #[derive(Default)]
    pub struct IdentityPartitionMapping = "IdentityPartitionMapping" {
    }
}

record! {
    /// Dagster's `AllPartitionMapping`.
    #[derive(Default)]
    pub struct AllPartitionMapping = "AllPartitionMapping" {
    }
}

record! {
    /// Dagster's `LastPartitionMapping`.
    #[derive(Default)]
    pub struct LastPartitionMapping = "LastPartitionMapping" {
    }
}

record! {
    /// Dagster's `StaticPartitionMapping`.
    #[derive(Default)]
    pub struct StaticPartitionMapping = "StaticPartitionMapping" {
        downstream_partition_keys_by_upstream_partition_key: Map<Value>,
    }
}

record! {
    /// Dagster's `SpecificPartitionsPartitionMapping`.
    #[derive(Default)]
    pub struct SpecificPartitionsPartitionMapping = "SpecificPartitionsPartitionMapping" {
        partition_keys: Vec<String>,
    }
}

record! {
    /// Dagster's `TimeWindowPartitionMapping`.
    #[derive(Default)]
    pub struct TimeWindowPartitionMapping = "TimeWindowPartitionMapping" {
        start_offset: i64 = 0,
        end_offset: i64 = 0,
        allow_nonexistent_upstream_partitions: bool = false,
    }
}

record! {
    /// Dagster's `MultiToSingleDimensionPartitionMapping`.
    #[derive(Default)]
    pub struct MultiToSingleDimensionPartitionMapping = "MultiToSingleDimensionPartitionMapping" {
        partition_dimension_name: Option<String>,
    }
}

record! {
    /// Dagster's `MultiPartitionMapping`.
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
