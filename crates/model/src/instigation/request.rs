//! What schedules and sensors ask for.

use crate::error::SerializableErrorInfo;
use crate::ids::{AssetCheckKey, AssetKey};
use crate::partition::AssetGraphSubset;
use crate::run::{DagsterRun, RunStatus};
use crate::serdes::{Map, Value};
use crate::{record, union};

record! {
    /// A run asked for by a schedule or sensor.
    #[derive(Default)]
    pub struct RunRequest = "RunRequest" {
        run_key: Option<String>,
        run_config: Map<Value>,
        tags: Map<String>,
        job_name: Option<String>,
        asset_selection: Option<Vec<AssetKey>>,
        stale_assets_only: bool = false,
        partition_key: Option<String>,
        asset_check_keys: Option<Vec<AssetCheckKey>>,
        asset_graph_subset: Option<AssetGraphSubset>,
    }
}

record! {
    /// Why a schedule or sensor asks for nothing.
    #[derive(Default)]
    pub struct SkipReason = "SkipReason" {
        skip_message: Option<String>,
    }
}

record! {
    /// Adds partitions.
    #[derive(Default)]
    pub struct AddDynamicPartitionsRequest = "AddDynamicPartitionsRequest" {
        partitions_def_name: String,
        partition_keys: Vec<String>,
    }
}

record! {
    /// Removes partitions.
    #[derive(Default)]
    pub struct DeleteDynamicPartitionsRequest = "DeleteDynamicPartitionsRequest" {
        partitions_def_name: String,
        partition_keys: Vec<String>,
    }
}

record! {
    /// What a run status sensor did about a run.
    #[derive(Default)]
    pub struct DagsterRunReaction = "PipelineRunReaction" {
        dagster_run as "pipeline_run": Option<DagsterRun>,
        error: Option<SerializableErrorInfo>,
        run_status: Option<RunStatus>,
    }
}

record! {
    /// How far a run status sensor has looked.
    #[derive(Default)]
    pub struct RunStatusSensorCursor = "RunStatusSensorCursor" | "PipelineSensorCursor" {
        record_id: i64,
        update_timestamp: Option<String>,
        record_timestamp: Option<String>,
    }
}

union! {
    /// A change of a dynamic partitions definition.
    pub enum DynamicPartitionsRequest {
        /// `AddDynamicPartitionsRequest`
        Add(AddDynamicPartitionsRequest),
        /// `DeleteDynamicPartitionsRequest`
        Delete(DeleteDynamicPartitionsRequest),
    }
}
