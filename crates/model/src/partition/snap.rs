//! Partitions definitions as code servers report them.

use crate::partition::{Exclusion, TimestampWithTimezone};
use crate::{py_enum, record, union};

py_enum! {
    /// Lengths of time windows, in an older form of definitions.
    pub enum ScheduleType = "ScheduleType" {
        Hourly = "HOURLY",
        Daily = "DAILY",
        Weekly = "WEEKLY",
        Monthly = "MONTHLY",
    }
}

record! {
    /// Time windows as subsets and conditions carry them.
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
    /// One partition for each interval of a cron schedule. Start and end are in seconds since the
    /// epoch.
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
    /// A fixed list of partitions.
    #[derive(Default)]
    pub struct StaticPartitionsSnap = "ExternalStaticPartitionsDefinitionData" {
        partition_keys: Vec<String>,
    }
}

record! {
    /// Partitions kept in the database under a name.
    #[derive(Default)]
    pub struct DynamicPartitionsSnap = "ExternalDynamicPartitionsDefinitionData" {
        name: String,
    }
}

record! {
    /// A dimension of multi-dimensional partitions.
    pub struct PartitionDimensionSnap = "ExternalPartitionDimensionDefinition" {
        name: String,
        partitions as "external_partitions_def_data": PartitionsSnap,
    }
}

record! {
    /// One partition for each combination of the dimensions' partitions.
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
