//! What groups of event types have in common, for clients' fragments.

use async_graphql::Interface;

use super::*;
use crate::{
    errors::PythonError,
    logs::{
        kinds::{DagsterEventType, LogLevel},
        metadata::MetadataEntry,
    },
};

/// An entry of the log.
#[derive(Interface)]
#[graphql(
    field(name = "run_id", ty = "String"),
    field(name = "message", ty = "String"),
    field(name = "timestamp", ty = "String"),
    field(name = "level", ty = "LogLevel"),
    field(name = "step_key", ty = "Option<String>"),
    field(name = "solidHandleID", method = "solid_handle_id", ty = "Option<String>"),
    field(name = "event_type", ty = "Option<DagsterEventType>")
)]
pub(crate) enum MessageEvent {
    EngineEvent(EngineEvent),
    ExecutionStepFailureEvent(ExecutionStepFailureEvent),
    ExecutionStepInputEvent(ExecutionStepInputEvent),
    ExecutionStepOutputEvent(ExecutionStepOutputEvent),
    ExecutionStepRestartEvent(ExecutionStepRestartEvent),
    ExecutionStepSkippedEvent(ExecutionStepSkippedEvent),
    ExecutionStepStartEvent(ExecutionStepStartEvent),
    ExecutionStepSuccessEvent(ExecutionStepSuccessEvent),
    ExecutionStepUpForRetryEvent(ExecutionStepUpForRetryEvent),
    HandledOutputEvent(HandledOutputEvent),
    HookCompletedEvent(HookCompletedEvent),
    HookErroredEvent(HookErroredEvent),
    HookSkippedEvent(HookSkippedEvent),
    LoadedInputEvent(LoadedInputEvent),
    LogMessageEvent(LogMessageEvent),
    ObjectStoreOperationEvent(ObjectStoreOperationEvent),
    RunCanceledEvent(RunCanceledEvent),
    RunCancelingEvent(RunCancelingEvent),
    RunDequeuedEvent(RunDequeuedEvent),
    RunEnqueuedEvent(RunEnqueuedEvent),
    RunFailureEvent(RunFailureEvent),
    ResourceInitFailureEvent(ResourceInitFailureEvent),
    ResourceInitStartedEvent(ResourceInitStartedEvent),
    ResourceInitSuccessEvent(ResourceInitSuccessEvent),
    RunStartEvent(RunStartEvent),
    RunStartingEvent(RunStartingEvent),
    RunSuccessEvent(RunSuccessEvent),
    StepExpectationResultEvent(StepExpectationResultEvent),
    StepWorkerStartedEvent(StepWorkerStartedEvent),
    StepWorkerStartingEvent(StepWorkerStartingEvent),
    MaterializationEvent(MaterializationEvent),
    ObservationEvent(ObservationEvent),
    AssetMaterializationPlannedEvent(AssetMaterializationPlannedEvent),
    FailedToMaterializeEvent(FailedToMaterializeEvent),
    HealthChangedEvent(HealthChangedEvent),
    RunSuspendedEvent(RunSuspendedEvent),
    RunResumedEvent(RunResumedEvent),
    LogsCapturedEvent(LogsCapturedEvent),
    AlertStartEvent(AlertStartEvent),
    AlertSuccessEvent(AlertSuccessEvent),
    AlertFailureEvent(AlertFailureEvent),
    AssetCheckEvaluationPlannedEvent(AssetCheckEvaluationPlannedEvent),
    AssetCheckEvaluationEvent(AssetCheckEvaluationEvent),
}

/// Something with a label and metadata.
#[derive(Interface)]
#[graphql(
    field(name = "label", ty = "Option<String>"),
    field(name = "description", ty = "Option<String>"),
    field(name = "metadata_entries", ty = "Vec<MetadataEntry>")
)]
pub(crate) enum DisplayableEvent {
    EngineEvent(EngineEvent),
    ExecutionStepOutputEvent(ExecutionStepOutputEvent),
    ExpectationResult(ExpectationResult),
    FailureMetadata(FailureMetadata),
    HandledOutputEvent(HandledOutputEvent),
    LoadedInputEvent(LoadedInputEvent),
    ObjectStoreOperationResult(ObjectStoreOperationResult),
    ResourceInitFailureEvent(ResourceInitFailureEvent),
    ResourceInitStartedEvent(ResourceInitStartedEvent),
    ResourceInitSuccessEvent(ResourceInitSuccessEvent),
    StepWorkerStartedEvent(StepWorkerStartedEvent),
    StepWorkerStartingEvent(StepWorkerStartingEvent),
    MaterializationEvent(MaterializationEvent),
    ObservationEvent(ObservationEvent),
    TypeCheck(TypeCheck),
    FailedToMaterializeEvent(FailedToMaterializeEvent),
    HealthChangedEvent(HealthChangedEvent),
}

/// The begin or end of a span of the timeline.
#[derive(Interface)]
#[graphql(
    field(name = "marker_start", ty = "Option<String>"),
    field(name = "marker_end", ty = "Option<String>")
)]
pub(crate) enum MarkerEvent {
    EngineEvent(EngineEvent),
    ResourceInitFailureEvent(ResourceInitFailureEvent),
    ResourceInitStartedEvent(ResourceInitStartedEvent),
    ResourceInitSuccessEvent(ResourceInitSuccessEvent),
    StepWorkerStartedEvent(StepWorkerStartedEvent),
    StepWorkerStartingEvent(StepWorkerStartingEvent),
}

/// An event which may carry an error.
#[derive(Interface)]
#[graphql(field(name = "error", ty = "Option<PythonError>"))]
pub(crate) enum ErrorEvent {
    EngineEvent(EngineEvent),
    ExecutionStepFailureEvent(ExecutionStepFailureEvent),
    ExecutionStepUpForRetryEvent(ExecutionStepUpForRetryEvent),
    HookErroredEvent(HookErroredEvent),
    RunCanceledEvent(RunCanceledEvent),
    RunFailureEvent(RunFailureEvent),
    ResourceInitFailureEvent(ResourceInitFailureEvent),
}

/// An event of a run as a whole.
#[derive(Interface)]
#[graphql(field(name = "pipeline_name", ty = "String"))]
pub(crate) enum RunEvent {
    RunCanceledEvent(RunCanceledEvent),
    RunCancelingEvent(RunCancelingEvent),
    RunDequeuedEvent(RunDequeuedEvent),
    RunEnqueuedEvent(RunEnqueuedEvent),
    RunFailureEvent(RunFailureEvent),
    RunStartEvent(RunStartEvent),
    RunStartingEvent(RunStartingEvent),
    RunSuccessEvent(RunSuccessEvent),
    AssetMaterializationPlannedEvent(AssetMaterializationPlannedEvent),
    RunSuspendedEvent(RunSuspendedEvent),
    RunResumedEvent(RunResumedEvent),
    AlertStartEvent(AlertStartEvent),
    AlertSuccessEvent(AlertSuccessEvent),
    AlertFailureEvent(AlertFailureEvent),
}

/// An event of a step.
#[derive(Interface)]
#[graphql(
    field(name = "step_key", ty = "Option<String>"),
    field(name = "solidHandleID", method = "solid_handle_id", ty = "Option<String>")
)]
pub(crate) enum StepEvent {
    EngineEvent(EngineEvent),
    ExecutionStepFailureEvent(ExecutionStepFailureEvent),
    ExecutionStepInputEvent(ExecutionStepInputEvent),
    ExecutionStepOutputEvent(ExecutionStepOutputEvent),
    ExecutionStepRestartEvent(ExecutionStepRestartEvent),
    ExecutionStepSkippedEvent(ExecutionStepSkippedEvent),
    ExecutionStepStartEvent(ExecutionStepStartEvent),
    ExecutionStepSuccessEvent(ExecutionStepSuccessEvent),
    ExecutionStepUpForRetryEvent(ExecutionStepUpForRetryEvent),
    HandledOutputEvent(HandledOutputEvent),
    HookCompletedEvent(HookCompletedEvent),
    HookErroredEvent(HookErroredEvent),
    HookSkippedEvent(HookSkippedEvent),
    LoadedInputEvent(LoadedInputEvent),
    ObjectStoreOperationEvent(ObjectStoreOperationEvent),
    ResourceInitFailureEvent(ResourceInitFailureEvent),
    ResourceInitStartedEvent(ResourceInitStartedEvent),
    ResourceInitSuccessEvent(ResourceInitSuccessEvent),
    StepExpectationResultEvent(StepExpectationResultEvent),
    StepWorkerStartedEvent(StepWorkerStartedEvent),
    StepWorkerStartingEvent(StepWorkerStartingEvent),
    MaterializationEvent(MaterializationEvent),
    ObservationEvent(ObservationEvent),
    FailedToMaterializeEvent(FailedToMaterializeEvent),
    HealthChangedEvent(HealthChangedEvent),
    AssetCheckEvaluationPlannedEvent(AssetCheckEvaluationPlannedEvent),
    AssetCheckEvaluationEvent(AssetCheckEvaluationEvent),
}
