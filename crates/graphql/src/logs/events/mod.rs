//! The event types of a run's log, their interfaces, and the union of all of them.
//!
//! An event is its stored entry; fields are read from it when asked for. [`DagsterRunEvent::of`]
//! chooses the type (`dagster_graphql/implementation/events.py`, `from_event_record`).

mod assets;
mod core;
mod define;
mod interfaces;
mod runs;
mod steps;

use std::sync::Arc;

use async_graphql::Union;
use rondel_model::event::{DagsterEventType as Kind, EventLogEntry};

use crate::direct::direct_union;

pub(crate) use self::core::EventCore;
pub(crate) use assets::*;
pub(crate) use interfaces::*;
pub(crate) use runs::*;
pub(crate) use steps::*;

/// Declares the union of all event types.
macro_rules! run_events {
    ($($name:ident),* $(,)?) => {
        /// An event of a run's log.
        #[derive(Union, Clone)]
        pub(crate) enum DagsterRunEvent {
            $($name($name),)*
        }

        direct_union!(DagsterRunEvent { $($name),* });
    };
}

run_events! {
    ExecutionStepFailureEvent,
    ExecutionStepInputEvent,
    ExecutionStepOutputEvent,
    ExecutionStepSkippedEvent,
    ExecutionStepStartEvent,
    ExecutionStepSuccessEvent,
    ExecutionStepUpForRetryEvent,
    ExecutionStepRestartEvent,
    HealthChangedEvent,
    LogMessageEvent,
    ResourceInitFailureEvent,
    ResourceInitStartedEvent,
    ResourceInitSuccessEvent,
    RunFailureEvent,
    RunStartEvent,
    RunEnqueuedEvent,
    RunDequeuedEvent,
    RunStartingEvent,
    RunCancelingEvent,
    RunCanceledEvent,
    RunSuspendedEvent,
    RunResumedEvent,
    RunSuccessEvent,
    StepWorkerStartedEvent,
    StepWorkerStartingEvent,
    HandledOutputEvent,
    LoadedInputEvent,
    LogsCapturedEvent,
    ObjectStoreOperationEvent,
    StepExpectationResultEvent,
    MaterializationEvent,
    ObservationEvent,
    FailedToMaterializeEvent,
    EngineEvent,
    HookCompletedEvent,
    HookSkippedEvent,
    HookErroredEvent,
    AlertStartEvent,
    AlertSuccessEvent,
    AlertFailureEvent,
    AssetMaterializationPlannedEvent,
    AssetCheckEvaluationPlannedEvent,
    AssetCheckEvaluationEvent,
}

impl DagsterRunEvent {
    /// The event for an entry of the log. What has no type of its own (a type of a newer Dagster,
    /// events which are not of runs) is shown as the message it carries.
    pub(crate) fn of(entry: Arc<EventLogEntry>, job_name: &Arc<str>) -> Self {
        let kind =
            entry.dagster_event.as_ref().and_then(|event| Kind::parse(&event.event_type_value));
        let core = EventCore::new(entry, Arc::clone(job_name));
        let Some(kind) = kind else { return LogMessageEvent(core).into() };
        match kind {
            Kind::StepStart => ExecutionStepStartEvent(core).into(),
            Kind::StepSkipped => ExecutionStepSkippedEvent(core).into(),
            Kind::StepUpForRetry => ExecutionStepUpForRetryEvent(core).into(),
            Kind::StepRestarted => ExecutionStepRestartEvent(core).into(),
            Kind::StepSuccess => ExecutionStepSuccessEvent(core).into(),
            Kind::StepFailure => ExecutionStepFailureEvent(core).into(),
            Kind::StepInput => ExecutionStepInputEvent(core).into(),
            Kind::StepOutput => ExecutionStepOutputEvent(core).into(),
            Kind::StepExpectationResult => StepExpectationResultEvent(core).into(),
            Kind::StepWorkerStarting => StepWorkerStartingEvent(core).into(),
            Kind::StepWorkerStarted => StepWorkerStartedEvent(core).into(),
            Kind::ResourceInitStarted => ResourceInitStartedEvent(core).into(),
            Kind::ResourceInitSuccess => ResourceInitSuccessEvent(core).into(),
            Kind::ResourceInitFailure => ResourceInitFailureEvent(core).into(),
            Kind::AssetMaterialization => MaterializationEvent(core).into(),
            Kind::AssetMaterializationPlanned => AssetMaterializationPlannedEvent(core).into(),
            Kind::AssetFailedToMaterialize => FailedToMaterializeEvent(core).into(),
            Kind::AssetObservation => ObservationEvent(core).into(),
            Kind::AssetHealthChanged => HealthChangedEvent(core).into(),
            Kind::AssetCheckEvaluationPlanned => AssetCheckEvaluationPlannedEvent(core).into(),
            Kind::AssetCheckEvaluation => AssetCheckEvaluationEvent(core).into(),
            Kind::RunEnqueued => RunEnqueuedEvent(core).into(),
            Kind::RunDequeued => RunDequeuedEvent(core).into(),
            Kind::RunStarting => RunStartingEvent(core).into(),
            Kind::RunStart => RunStartEvent(core).into(),
            Kind::RunSuccess => RunSuccessEvent(core).into(),
            Kind::RunFailure => RunFailureEvent(core).into(),
            Kind::RunCanceling => RunCancelingEvent(core).into(),
            Kind::RunCanceled => RunCanceledEvent(core).into(),
            Kind::RunSuspended => RunSuspendedEvent(core).into(),
            Kind::RunResumed => RunResumedEvent(core).into(),
            Kind::ObjectStoreOperation => ObjectStoreOperationEvent(core).into(),
            Kind::LoadedInput => LoadedInputEvent(core).into(),
            Kind::HandledOutput => HandledOutputEvent(core).into(),
            Kind::EngineEvent => EngineEvent(core).into(),
            Kind::HookCompleted => HookCompletedEvent(core).into(),
            Kind::HookErrored => HookErroredEvent(core).into(),
            Kind::HookSkipped => HookSkippedEvent(core).into(),
            Kind::AlertStart => AlertStartEvent(core).into(),
            Kind::AlertSuccess => AlertSuccessEvent(core).into(),
            Kind::AlertFailure => AlertFailureEvent(core).into(),
            Kind::LogsCaptured => LogsCapturedEvent(core).into(),
            Kind::AssetWiped
            | Kind::AssetStoreOperation
            | Kind::FreshnessStateEvaluation
            | Kind::FreshnessStateChange
            | Kind::CodeLocationUpdated => LogMessageEvent(core).into(),
        }
    }
}
