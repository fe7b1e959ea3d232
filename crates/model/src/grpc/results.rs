//! Answers of code-server calls.

use crate::code_pointer::CodePointer;
use crate::error::SerializableErrorInfo;
use crate::record;
use crate::serdes::{Map, Value};
use crate::snap::DefsStateInfo;

record! {
    /// Dagster's `LoadableRepositorySymbol`.
    #[derive(Default)]
    pub struct LoadableRepositorySymbol = "LoadableRepositorySymbol" {
        repository_name: String,
        attribute: String,
    }
}

record! {
    /// Dagster's `ListRepositoriesResponse`.
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
    /// Dagster's `CancelExecutionResult`.
    #[derive(Default)]
    pub struct CancelExecutionResult = "CancelExecutionResult" {
        success: bool,
        message: Option<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `CanCancelExecutionResult`.
    #[derive(Default)]
    pub struct CanCancelExecutionResult = "CanCancelExecutionResult" {
        can_cancel: bool,
    }
}

record! {
    /// Dagster's `ShutdownServerResult`.
    #[derive(Default)]
    pub struct ShutdownServerResult = "ShutdownServerResult" {
        success: bool,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `StartRunResult`.
    #[derive(Default)]
    pub struct StartRunResult = "StartRunResult" {
        success: bool,
        message: Option<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `GetCurrentImageResult`.
    #[derive(Default)]
    pub struct GetCurrentImageResult = "GetCurrentImageResult" {
        current_image: Option<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `GetCurrentRunsResult`.
    #[derive(Default)]
    pub struct GetCurrentRunsResult = "GetCurrentRunsResult" {
        current_runs: Vec<String>,
        serializable_error_info: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `IPCErrorMessage`.
    #[derive(Default)]
    pub struct IPCErrorMessage = "IPCErrorMessage" {
        serializable_error_info: SerializableErrorInfo,
        message: Option<String>,
    }
}

record! {
    /// Dagster's `RepositoryErrorSnap`.
    #[derive(Default)]
    pub struct RepositoryErrorSnap = "ExternalRepositoryErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `ScheduleExecutionErrorSnap`.
    #[derive(Default)]
    pub struct ScheduleExecutionErrorSnap = "ExternalScheduleExecutionErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `SensorExecutionErrorSnap`.
    #[derive(Default)]
    pub struct SensorExecutionErrorSnap = "ExternalSensorExecutionErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `PartitionExecutionErrorSnap`.
    #[derive(Default)]
    pub struct PartitionExecutionErrorSnap = "ExternalPartitionExecutionErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `ExecutionParamsErrorSnap`.
    #[derive(Default)]
    pub struct ExecutionParamsErrorSnap = "ExternalExecutionParamsErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Dagster's `ExecutionParamsSnap`.
    #[derive(Default)]
    pub struct ExecutionParamsSnap = "ExternalExecutionParamsData" {
        run_config: Map<Value>,
        tags: Map<String>,
    }
}
