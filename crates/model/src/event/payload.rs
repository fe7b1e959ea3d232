//! What events carry besides their message.

use crate::error::SerializableErrorInfo;
use crate::event::{
    AssetCheckEvaluation, AssetCheckEvaluationPlanned, AssetHealthChangedData, AssetLineageInfo,
    AssetMaterialization, AssetMaterializationFailure, AssetObservation, DagsterEvent,
    ExpectationResult, FreshnessStateChange, FreshnessStateEvaluation,
};
use crate::ids::AssetKey;
use crate::metadata::MetadataEntries;
use crate::partition::PartitionsSubset;
use crate::plan::{StepInputData, StepOutputData};
use crate::serdes::{Number, Value};
use crate::{py_enum, record, union};

py_enum! {
    /// Who is to blame for an error.
    pub enum ErrorSource = "ErrorSource" {
        FrameworkError = "FRAMEWORK_ERROR",
        UserCodeError = "USER_CODE_ERROR",
        UnexpectedError = "UNEXPECTED_ERROR",
        Interrupt = "INTERRUPT",
    }
}

py_enum! {
    /// Why a run failed.
    pub enum RunFailureReason = "RunFailureReason" {
        UnexpectedTermination = "UNEXPECTED_TERMINATION",
        RunException = "RUN_EXCEPTION",
        StepFailure = "STEP_FAILURE",
        JobInitializationFailure = "JOB_INITIALIZATION_FAILURE",
        StartTimeout = "START_TIMEOUT",
        RunWorkerRestart = "RUN_WORKER_RESTART",
        Unknown = "UNKNOWN",
    }
    otherwise Unknown;
}

record! {
    /// What user code said about its failure.
    #[derive(Default)]
    pub struct UserFailureData = "UserFailureData" {
        label: String,
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// A step failed.
    pub struct StepFailureData = "StepFailureData" {
        error: Option<SerializableErrorInfo>,
        user_failure_data: Option<UserFailureData>,
        error_source: ErrorSource = ErrorSource::FrameworkError,
    }
}

record! {
    /// A step failed and will be tried again, after some seconds.
    #[derive(Default)]
    pub struct StepRetryData = "StepRetryData" {
        error: SerializableErrorInfo,
        seconds_to_wait: Option<Number>,
    }
}

record! {
    /// A step succeeded, after some milliseconds.
    #[derive(Default)]
    pub struct StepSuccessData = "StepSuccessData" {
        duration_ms: f64,
    }
}

record! {
    /// Commands which show captured output.
    #[derive(Default)]
    pub struct LogRetrievalShellCommand = "LogRetrievalShellCommand" {
        stdout: Option<String>,
        stderr: Option<String>,
    }
}

record! {
    /// Payload of `ASSET_MATERIALIZATION`.
    #[derive(Default)]
    pub struct StepMaterializationData = "StepMaterializationData" {
        materialization: AssetMaterialization,
        asset_lineage: Vec<AssetLineageInfo>,
    }
}

record! {
    /// Payload of `STEP_EXPECTATION_RESULT`.
    #[derive(Default)]
    pub struct StepExpectationResultData = "StepExpectationResultData" {
        expectation_result: ExpectationResult,
    }
}

record! {
    /// Payload of `ENGINE_EVENT` and of other markers in the timeline.
    #[derive(Default)]
    pub struct EngineEventData = "EngineEventData" {
        metadata as "metadata_entries": MetadataEntries,
        error: Option<SerializableErrorInfo>,
        marker_start: Option<String>,
        marker_end: Option<String>,
    }
}

record! {
    /// Payload of `HOOK_ERRORED`.
    #[derive(Default)]
    pub struct HookErroredData = "HookErroredData" {
        error: SerializableErrorInfo,
    }
}

record! {
    /// Payload of `PIPELINE_FAILURE`.
    #[derive(Default)]
    pub struct JobFailureData = "PipelineFailureData" {
        error: Option<SerializableErrorInfo>,
        failure_reason: Option<RunFailureReason>,
        first_step_failure_event: Option<Box<DagsterEvent>>,
    }
}

record! {
    /// Payload of `PIPELINE_CANCELED`.
    #[derive(Default)]
    pub struct JobCanceledData = "PipelineCanceledData" {
        error: Option<SerializableErrorInfo>,
    }
}

record! {
    /// Payload of `OBJECT_STORE_OPERATION`.
    #[derive(Default)]
    pub struct ObjectStoreOperationResultData = "ObjectStoreOperationResultData" {
        op: Value,
        value_name: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
        address: Option<String>,
        version: Option<String>,
        mapping_key: Option<String>,
    }
}

record! {
    /// Payload of `HANDLED_OUTPUT`.
    #[derive(Default)]
    pub struct HandledOutputData = "HandledOutputData" {
        output_name: String,
        manager_key: String,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// Payload of `LOADED_INPUT`.
    #[derive(Default)]
    pub struct LoadedInputData = "LoadedInputData" {
        input_name: String,
        manager_key: String,
        upstream_output_name: Option<String>,
        upstream_step_key: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// Payload of `LOGS_CAPTURED`: where the output of steps goes.
    #[derive(Default)]
    pub struct ComputeLogsCaptureData = "ComputeLogsCaptureData" {
        file_key as "log_key": String,
        step_keys: Vec<String>,
        external_url: Option<String>,
        external_stdout_url: Option<String>,
        external_stderr_url: Option<String>,
        shell_cmd: Option<LogRetrievalShellCommand>,
    }
}

record! {
    /// Payload of `ASSET_OBSERVATION`.
    #[derive(Default)]
    pub struct AssetObservationData = "AssetObservationData" {
        asset_observation: AssetObservation,
    }
}

record! {
    /// Payload of `ASSET_MATERIALIZATION_PLANNED`.
    #[derive(Default)]
    pub struct AssetMaterializationPlannedData = "AssetMaterializationPlannedData" {
        asset_key: AssetKey,
        partition: Option<String>,
        partitions_subset: Option<PartitionsSubset>,
    }
}

record! {
    /// Payload of `ASSET_FAILED_TO_MATERIALIZE`.
    pub struct AssetFailedToMaterializeData = "AssetFailedToMaterializeData" {
        asset_materialization_failure: AssetMaterializationFailure,
        error: Option<SerializableErrorInfo>,
        location_name [skip_none]: Option<String>,
        repository_name [skip_none]: Option<String>,
    }
}

record! {
    /// Payload of `PIPELINE_ENQUEUED`.
    #[derive(Default)]
    pub struct RunEnqueuedData = "RunEnqueuedData" {
        code_location_name: String,
        repository_name: String,
        partition_key: Option<String>,
    }
}

record! {
    /// Payload of `ASSET_WIPED`.
    #[derive(Default)]
    pub struct AssetWipedData = "AssetWipedData" {
        asset_key: AssetKey,
        partition_keys: Option<Vec<String>>,
    }
}

record! {
    /// Payload of `CODE_LOCATION_UPDATED`.
    #[derive(Default)]
    pub struct CodeLocationUpdatedData = "CodeLocationUpdatedData" {
        code_location_name: String,
        new_version_key: String,
    }
}

union! {
    /// What an event carries besides its message.
    pub enum EventSpecificData {
        /// `StepOutputData`
        StepOutput(StepOutputData),
        /// `StepFailureData`
        StepFailure(StepFailureData),
        /// `StepSuccessData`
        StepSuccess(StepSuccessData),
        /// `StepInputData`
        StepInput(StepInputData),
        /// `StepRetryData`
        StepRetry(StepRetryData),
        /// `StepMaterializationData`
        StepMaterialization(StepMaterializationData),
        /// `StepExpectationResultData`
        StepExpectation(StepExpectationResultData),
        /// `EngineEventData`
        EngineEvent(EngineEventData),
        /// `HookErroredData`
        HookErrored(HookErroredData),
        /// `JobFailureData`
        JobFailure(JobFailureData),
        /// `JobCanceledData`
        JobCanceled(JobCanceledData),
        /// `ObjectStoreOperationResultData`
        ObjectStoreOperation(ObjectStoreOperationResultData),
        /// `HandledOutputData`
        HandledOutput(HandledOutputData),
        /// `LoadedInputData`
        LoadedInput(LoadedInputData),
        /// `ComputeLogsCaptureData`
        ComputeLogsCapture(ComputeLogsCaptureData),
        /// `AssetObservationData`
        AssetObservation(AssetObservationData),
        /// `AssetMaterializationPlannedData`
        AssetMaterializationPlanned(AssetMaterializationPlannedData),
        /// `AssetFailedToMaterializeData`
        AssetFailedToMaterialize(AssetFailedToMaterializeData),
        /// `RunEnqueuedData`
        RunEnqueued(RunEnqueuedData),
        /// `AssetWipedData`
        AssetWiped(AssetWipedData),
        /// `CodeLocationUpdatedData`
        CodeLocationUpdated(CodeLocationUpdatedData),
        /// `AssetCheckEvaluation`
        AssetCheckEvaluation(AssetCheckEvaluation),
        /// `AssetCheckEvaluationPlanned`
        AssetCheckEvaluationPlanned(AssetCheckEvaluationPlanned),
        /// `FreshnessStateEvaluation`
        FreshnessStateEvaluation(FreshnessStateEvaluation),
        /// `FreshnessStateChange`
        FreshnessStateChange(FreshnessStateChange),
        /// `AssetHealthChangedData`
        AssetHealthChanged(AssetHealthChangedData),
    }
}
