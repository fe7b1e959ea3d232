//! Partitions definitions as code servers report them.

use crate::partition::{Exclusion, TimestampWithTimezone};
use crate::{py_enum, record, union};

py_enum! {
    /// Dagster's `ScheduleType`.
    pub enum ScheduleType = "ScheduleType" {
        Hourly = "HOURLY",
        Daily = "DAILY",
        Weekly = "WEEKLY",
        Monthly = "MONTHLY",
    }
}

record! {
    /// Dagster's `TimeWindowPartitionsDefinition`.
    #[derive(Default)]
    pub struct TimeWindowPartitionsDefinition = "TimeWindowPartitionsDefinition" {
        start: TimestampWithTimezone,
        timezone: String = "UTC".into(),
        end: Option<TimestampWithTimezone>,
        fmt: String,
        end_offset: i64 = 0,
        cron_schedule: String,
        exclusions: Option<Vec<Exclusion>>,
    }
}

record! {
    /// Dagster's `TimeWindowPartitionsSnap`.
    #[derive(Default)]
    pub struct TimeWindowPartitionsSnap = "ExternalTimeWindowPartitionsDefinitionData" {
        start: f64,
        timezone: Option<String>,
        fmt: String,
        end_offset: i64,
        end: Option<f64>,
        cron_schedule: Option<String>,
        exclusions: Option<Vec<Exclusion>>,
        schedule_type: Option<ScheduleType>,
        minute_offset: Option<i64>,
        hour_offset: Option<i64>,
        day_offset: Option<i64>,
    }
}

record! {
    /// Dagster's `StaticPartitionsSnap`.
    #[derive(Default)]
    pub struct StaticPartitionsSnap = "ExternalStaticPartitionsDefinitionData" {
        partition_keys: Vec<String>,
    }
}

record! {
    /// Dagster's `DynamicPartitionsSnap`.
    #[derive(Default)]
    pub struct DynamicPartitionsSnap = "ExternalDynamicPartitionsDefinitionData" {
        name: String,
    }
}

record! {
    /// Dagster's `PartitionDimensionSnap`.
    pub struct PartitionDimensionSnap = "ExternalPartitionDimensionDefinition" {
        name: String,
        partitions as "external_partitions_def_data": PartitionsSnap,
    }
}

record! {
    /// Dagster's `MultiPartitionsSnap`.
    #[derive(Default)]
    pub struct MultiPartitionsSnap = "ExternalMultiPartitionsDefinitionData" {
        partition_dimensions as "external_partition_dimension_definitions": Vec<PartitionDimensionSnap>,
    }
}

union! {
    /// A partitions definition.
    pub enum PartitionsSnap {
        /// `TimeWindowPartitionsSnap`
        TimeWindow(TimeWindowPartitionsSnap),
        /// `StaticPartitionsSnap`
        Static(StaticPartitionsSnap),
        /// `MultiPartitionsSnap`
        Multi(MultiPartitionsSnap),
        /// `DynamicPartitionsSnap`
        Dynamic(DynamicPartitionsSnap),
    }
}
