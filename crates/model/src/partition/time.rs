//! Instants and windows with their time zone.

use crate::serdes::Number;
use crate::{either, record};

record! {
    /// An instant in seconds since the epoch, to be read in a time zone.
    #[derive(Default)]
    pub struct TimestampWithTimezone = "TimestampWithTimezone" {
        timestamp: Number,
        timezone: String,
    }
}

record! {
    /// From an instant up to another, which is not included.
    #[derive(Default)]
    pub struct PersistedTimeWindow = "TimeWindow" {
        start: TimestampWithTimezone,
        end: TimestampWithTimezone,
    }
}

record! {
    /// How far paging through time windows has come.
    #[derive(Default)]
    pub struct TimeWindowCursor = "TimeWindowCursor" {
        start_timestamp: i64,
        end_timestamp: i64,
        offset_partition_count: i64,
    }
}

record! {
    /// From a partition to another, both included.
    #[derive(Default)]
    pub struct PartitionKeyRange = "PartitionKeyRange" {
        start: String,
        end: String,
    }
}

either! {
    /// What is left out of a time-window partitions definition.
    pub enum Exclusion {
        String => /// Every window matching a cron schedule.
        Cron(String),
        _ => /// The window starting at an instant.
        Instant(TimestampWithTimezone),
    }
}
