//! Enums of events: type, level, source of an error.

use async_graphql::Enum;
use rondel_model::event as model;

use crate::direct::direct_enums;

/// Declares the GraphQL enum with its conversions from the model's.
macro_rules! event_types {
    ($($name:ident),* ; only in the schema: $($alias:ident),*) => {
        /// The type of an event. Events about runs are known under two names; answers carry the
        /// newer.
        #[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
        pub(crate) enum DagsterEventType {
            $($name,)*
            $($alias,)*
        }

        impl From<model::DagsterEventType> for DagsterEventType {
            fn from(kind: model::DagsterEventType) -> Self {
                match kind {
                    $(model::DagsterEventType::$name => DagsterEventType::$name,)*
                }
            }
        }
    };
}

event_types!(
    StepOutput,
    StepInput,
    StepFailure,
    StepStart,
    StepSuccess,
    StepSkipped,
    StepWorkerStarting,
    StepWorkerStarted,
    ResourceInitStarted,
    ResourceInitSuccess,
    ResourceInitFailure,
    StepUpForRetry,
    StepRestarted,
    AssetMaterialization,
    AssetMaterializationPlanned,
    AssetFailedToMaterialize,
    AssetObservation,
    StepExpectationResult,
    AssetCheckEvaluationPlanned,
    AssetCheckEvaluation,
    AssetHealthChanged,
    AssetWiped,
    RunEnqueued,
    RunDequeued,
    RunStarting,
    RunStart,
    RunSuccess,
    RunFailure,
    RunCanceling,
    RunCanceled,
    RunSuspended,
    RunResumed,
    ObjectStoreOperation,
    AssetStoreOperation,
    LoadedInput,
    HandledOutput,
    EngineEvent,
    HookCompleted,
    HookErrored,
    HookSkipped,
    AlertStart,
    AlertSuccess,
    AlertFailure,
    LogsCaptured,
    FreshnessStateEvaluation,
    FreshnessStateChange,
    CodeLocationUpdated;
    only in the schema:
    PipelineEnqueued,
    PipelineDequeued,
    PipelineStarting,
    PipelineStart,
    PipelineSuccess,
    PipelineFailure,
    PipelineCanceling,
    PipelineCanceled
);

/// Severity of a log entry.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub(crate) enum LogLevel {
    Critical,
    Error,
    Info,
    Warning,
    Debug,
}

impl From<&model::LogLevel> for LogLevel {
    fn from(level: &model::LogLevel) -> Self {
        let number = match level {
            model::LogLevel::Number(number) => *number,
            model::LogLevel::Name(name) => match name.to_ascii_uppercase().as_str() {
                "CRITICAL" | "FATAL" => 50,
                "ERROR" => 40,
                "WARNING" | "WARN" => 30,
                "DEBUG" => 10,
                _ => 20,
            },
        };
        // Dagster knows the five standard levels; one between counts as the next lower.
        match number {
            50.. => LogLevel::Critical,
            40.. => LogLevel::Error,
            30.. => LogLevel::Warning,
            20.. => LogLevel::Info,
            _ => LogLevel::Debug,
        }
    }
}

/// Where an error came from.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "model::ErrorSource")]
pub(crate) enum ErrorSource {
    FrameworkError,
    UserCodeError,
    UnexpectedError,
    Interrupt,
}

/// What was done with an object in a store.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub(crate) enum ObjectStoreOperationType {
    SetObject,
    GetObject,
    RmObject,
    CpObject,
}

/// How serious a failed check is.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "model::AssetCheckSeverity")]
pub(crate) enum AssetCheckSeverity {
    Warn,
    Error,
}

#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "model::AssetMaterializationFailureType")]
pub(crate) enum AssetMaterializationFailureType {
    Failed,
    Skipped,
}

#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "model::AssetMaterializationFailureReason")]
pub(crate) enum AssetMaterializationFailureReason {
    FailedToMaterialize,
    UpstreamFailedToMaterialize,
    RunTerminated,
    Unknown,
}

direct_enums!(
    DagsterEventType,
    LogLevel,
    ErrorSource,
    ObjectStoreOperationType,
    AssetCheckSeverity,
    AssetMaterializationFailureType,
    AssetMaterializationFailureReason,
);
