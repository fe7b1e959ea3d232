//! Answers of code-server calls.

use crate::code_pointer::CodePointer;
use crate::error::SerializableErrorInfo;
use crate::record;
use crate::serdes::{Map, Value};
use crate::snap::DefsStateInfo;

record! {
    /// A repository found in user code, and the attribute it stands in.
    #[derive(Default)]
    pub struct LoadableRepositorySymbol = "LoadableRepositorySymbol" {
        repository_name: String,
        attribute: String,
    }
}

record! {
    /// The repositories a code server serves, and how workers load them.
    #[derive(Default)]
    pub struct ListRepositoriesResponse = "ListRepositoriesResponse" {
        repository_symbols: Vec<LoadableRepositorySymbol>,
        executable_path: Option<String>,
        repository_code_pointer_dict: Map<CodePointer>,
        entry_point: Option<Vec<String>>,
        container_image: Option<String>,
        container_context: Option<Map<Value>>,
        dagster_library_versions: Option<Map<String>>,
        defs_state_info: Option<DefsStateInfo>,
    }
}

record! {
    /// Whether a run could be ended.
    #[derive(Default)]
    pub struct CancelExecutionResult = "CancelExecutionResult" {
        success: bool,
        message: Option<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Whether a run could be ended, if asked to.
    #[derive(Default)]
    pub struct CanCancelExecutionResult = "CanCancelExecutionResult" {
        can_cancel: bool,
    }
}

record! {
    /// Whether a code server agreed to stop.
    #[derive(Default)]
    pub struct ShutdownServerResult = "ShutdownServerResult" {
        success: bool,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Whether a code server started a run.
    #[derive(Default)]
    pub struct StartRunResult = "StartRunResult" {
        success: bool,
        message: Option<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// The container image a code server runs in.
    #[derive(Default)]
    pub struct GetCurrentImageResult = "GetCurrentImageResult" {
        current_image: Option<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// The runs a code server is executing.
    #[derive(Default)]
    pub struct GetCurrentRunsResult = "GetCurrentRunsResult" {
        current_runs: Vec<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// An error sent by a child process before it ended.
    #[derive(Default)]
    pub struct IPCErrorMessage = "IPCErrorMessage" {
        serializable_error_info: SerializableErrorInfo,
        message: Option<String>,
    }
}

record! {
    /// A repository which could not be described.
    #[derive(Default)]
    pub struct RepositoryErrorSnap = "ExternalRepositoryErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// A schedule which failed to evaluate.
    #[derive(Default)]
    pub struct ScheduleExecutionErrorSnap = "ExternalScheduleExecutionErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// A sensor which failed to evaluate.
    #[derive(Default)]
    pub struct SensorExecutionErrorSnap = "ExternalSensorExecutionErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// A partition question which user code failed to answer.
    #[derive(Default)]
    pub struct PartitionExecutionErrorSnap = "ExternalPartitionExecutionErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Run config or tags which user code failed to compute.
    #[derive(Default)]
    pub struct ExecutionParamsErrorSnap = "ExternalExecutionParamsErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Run config and tags computed by user code.
    #[derive(Default)]
    pub struct ExecutionParamsSnap = "ExternalExecutionParamsData" {
        run_config: Map<Value>,
        tags: Map<String>,
    }
}
