//! The cached partition status of an asset (column `cached_status_data`).

use crate::record;
use crate::run::RunStatus;

record! {
    /// Which partitions of an asset were materialized, failed or are in progress, up to an event
    /// id.
    #[derive(Default)]
    pub struct AssetStatusCacheValue = "AssetStatusCacheValue" {
        latest_storage_id: i64,
        partitions_def_id: Option<String>,
        serialized_materialized_partition_subset: Option<String>,
        serialized_failed_partition_subset: Option<String>,
        serialized_in_progress_partition_subset: Option<String>,
        earliest_in_progress_materialization_event_id: Option<i64>,
    }
}

record! {
    /// A run of a partition.
    pub struct RunPartitionData = "RunPartitionData" {
        run_id: String,
        partition: String,
        status: RunStatus,
        start_time: Option<f64>,
        end_time: Option<f64>,
    }
}
