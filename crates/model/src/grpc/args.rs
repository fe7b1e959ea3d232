//! Arguments of code-server calls.

use crate::grpc::InstanceRef;
use crate::ids::{AssetCheckKey, AssetKey};
use crate::origin::{CodeLocationOrigin, JobPythonOrigin, RemoteJobOrigin, RemoteRepositoryOrigin};
use crate::plan::{KnownExecutionState, RetryMode};
use crate::record;
use crate::serdes::{Map, PySet, Value};

record! {
    /// Command line of a run worker: load the job and execute the run.
    pub struct ExecuteRunArgs = "ExecuteRunArgs" {
        job_origin as "pipeline_origin": JobPythonOrigin,
        run_id as "pipeline_run_id": String,
        instance_ref: Option<InstanceRef>,
        set_exit_code_on_failure: Option<bool>,
    }
}

record! {
    /// Command line of a run worker which takes over a run from a lost one.
    pub struct ResumeRunArgs = "ResumeRunArgs" {
        job_origin as "pipeline_origin": JobPythonOrigin,
        run_id as "pipeline_run_id": String,
        instance_ref: Option<InstanceRef>,
        set_exit_code_on_failure: Option<bool>,
    }
}

record! {
    /// Command line of a worker which executes some steps of a run.
    pub struct ExecuteStepArgs = "ExecuteStepArgs" {
        job_origin as "pipeline_origin": JobPythonOrigin,
        run_id as "pipeline_run_id": String,
        step_keys_to_execute: Option<Vec<String>>,
        instance_ref: Option<InstanceRef>,
        retry_mode: Option<RetryMode>,
        known_state: Option<KnownExecutionState>,
        should_verify_step: Option<bool>,
        print_serialized_events: bool = false,
    }
}

record! {
    /// Asks a code server to start a run (`StartRun`).
    pub struct ExecuteExternalJobArgs = "ExecuteExternalPipelineArgs" {
        job_origin as "pipeline_origin": RemoteJobOrigin,
        run_id as "pipeline_run_id": String,
        instance_ref: Option<InstanceRef>,
    }
}

record! {
    /// Asks a code server for the plan of a run to be.
    pub struct ExecutionPlanSnapshotArgs = "ExecutionPlanSnapshotArgs" {
        job_origin as "pipeline_origin": RemoteJobOrigin,
        op_selection as "solid_selection": Vec<String>,
        run_config: Map<Value>,
        step_keys_to_execute: Option<Vec<String>>,
        job_snapshot_id as "pipeline_snapshot_id": String,
        known_state: Option<KnownExecutionState>,
        instance_ref: Option<InstanceRef>,
        asset_selection: Option<PySet<AssetKey>>,
        asset_check_selection: Option<PySet<AssetCheckKey>>,
        mode: String,
    }
}

record! {
    /// Asks a code server for a job narrowed to a selection.
    pub struct JobSubsetSnapshotArgs = "PipelineSubsetSnapshotArgs" {
        job_origin as "pipeline_origin": RemoteJobOrigin,
        op_selection as "solid_selection": Option<Vec<String>>,
        asset_selection: Option<Vec<AssetKey>>,
        asset_check_selection: Option<PySet<AssetCheckKey>>,
        include_parent_snapshot: bool = false,
    }
}

record! {
    /// Asks a code server for one job whose snapshot was deferred.
    pub struct ExternalJobArgs = "ExternalJobArgs" {
        repository_origin: RemoteRepositoryOrigin,
        instance_ref: InstanceRef,
        name: String,
    }
}

record! {
    /// Asks a code server to evaluate a schedule. The timestamp is the tick's scheduled time in
    /// seconds.
    pub struct ExternalScheduleExecutionArgs = "ExternalScheduleExecutionArgs" {
        repository_origin: RemoteRepositoryOrigin,
        instance_ref: Option<InstanceRef>,
        schedule_name: String,
        scheduled_execution_timestamp: Option<f64>,
        scheduled_execution_timezone: Option<String>,
        log_key: Vec<String>,
        timeout: Option<i64>,
    }
}

record! {
    /// Asks a code server to evaluate a sensor. Times are in seconds since the epoch.
    pub struct SensorExecutionArgs = "SensorExecutionArgs" {
        repository_origin: RemoteRepositoryOrigin,
        instance_ref: Option<InstanceRef>,
        sensor_name: String,
        last_tick_completion_time: Option<f64>,
        last_run_key: Option<String>,
        cursor: Option<String>,
        log_key: Vec<String>,
        timeout: Option<i64>,
        last_sensor_start_time: Option<f64>,
        last_completion_time: Option<f64>,
    }
}

record! {
    /// Asks a code server about one partition of a partition set.
    pub struct PartitionArgs = "PartitionArgs" {
        repository_origin: RemoteRepositoryOrigin,
        partition_set_name: String,
        partition_name: String,
        job_name: Option<String>,
        instance_ref: Option<InstanceRef>,
    }
}

record! {
    /// Asks a code server for the partitions of a partition set.
    pub struct PartitionNamesArgs = "PartitionNamesArgs" {
        repository_origin: RemoteRepositoryOrigin,
        partition_set_name: String,
        job_name: Option<String>,
    }
}

record! {
    /// Asks a code server for run config and tags of several partitions.
    pub struct PartitionSetExecutionParamArgs = "PartitionSetExecutionParamArgs" {
        repository_origin: RemoteRepositoryOrigin,
        partition_set_name: String,
        partition_names: Vec<String>,
        instance_ref: Option<InstanceRef>,
    }
}

record! {
    /// Asks a code server for the contents of a notebook.
    pub struct NotebookPathArgs = "NotebookPathArgs" {
        code_location_origin as "repository_location_origin": CodeLocationOrigin,
        notebook_path: String,
    }
}

record! {
    /// Which code to look for repositories in (an older call).
    #[derive(Default)]
    pub struct ListRepositoriesInput = "ListRepositoriesInput" {
        module_name: Option<String>,
        python_file: Option<String>,
        working_directory: Option<String>,
        attribute: Option<String>,
    }
}

record! {
    /// Asks a code server to end a run it started.
    #[derive(Default)]
    pub struct CancelExecutionRequest = "CancelExecutionRequest" {
        run_id: String,
    }
}

record! {
    /// Asks a code server whether it could end a run.
    #[derive(Default)]
    pub struct CanCancelExecutionRequest = "CanCancelExecutionRequest" {
        run_id: String,
    }
}
