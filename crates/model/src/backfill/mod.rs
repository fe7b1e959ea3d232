//! Backfills.

use crate::error::SerializableErrorInfo;
use crate::ids::AssetKey;
use crate::instigation::RunRequest;
use crate::origin::RemotePartitionSetOrigin;
use crate::partition::{AssetGraphSubset, TimestampWithTimezone};
use crate::serdes::{Map, Value};
use crate::{py_enum, record};

py_enum! {
    /// How far a backfill has come.
    pub enum BulkActionStatus = "BulkActionStatus" {
        Requested = "REQUESTED",
        Completed = "COMPLETED",
        Failed = "FAILED",
        Canceling = "CANCELING",
        Canceled = "CANCELED",
        CompletedSuccess = "COMPLETED_SUCCESS",
        CompletedFailed = "COMPLETED_FAILED",
        Failing = "FAILING",
    }
}

record! {
    /// What an asset backfill targets and what became of it so far.
    #[derive(Default)]
    pub struct AssetBackfillData = "AssetBackfillData" {
        target_subset: AssetGraphSubset,
        requested_runs_for_target_roots: bool,
        latest_storage_id: Option<i64>,
        materialized_subset: AssetGraphSubset,
        requested_subset: AssetGraphSubset,
        failed_and_downstream_subset: AssetGraphSubset,
        backfill_start_time: TimestampWithTimezone,
    }
}

record! {
    /// A backfill of a job's partitions or of assets. Timestamps are in seconds since the epoch.
    pub struct PartitionBackfill = "PartitionBackfill" {
        backfill_id: String,
        status: BulkActionStatus,
        from_failure: bool,
        tags: Map<String>,
        backfill_timestamp: f64,
        error: Option<SerializableErrorInfo>,
        asset_selection: Option<Vec<AssetKey>>,
        title: Option<String>,
        description: Option<String>,
        run_config: Option<Map<Value>>,
        partition_set_origin: Option<RemotePartitionSetOrigin>,
        partition_names: Option<Vec<String>>,
        last_submitted_partition_name: Option<String>,
        reexecution_steps: Option<Vec<String>>,
        serialized_asset_backfill_data: Option<String>,
        asset_backfill_data: Option<AssetBackfillData>,
        failure_count: i64 = 0,
        submitting_run_requests: Vec<RunRequest>,
        reserved_run_ids: Vec<String>,
        backfill_end_timestamp: Option<f64>,
    }
}

impl BulkActionStatus {
    /// Has the backfill ended?
    pub fn is_finished(self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::Failed
                | Self::Canceled
                | Self::CompletedSuccess
                | Self::CompletedFailed
        )
    }
}
