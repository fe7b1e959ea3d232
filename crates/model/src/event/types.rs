//! Types of events, their categories and their effect on a run's status
//! (`dagster/_core/events/__init__.py`).

use std::fmt;

use crate::run::RunStatus;

macro_rules! event_types {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// The type of an event, stored as plain text: events about runs still carry their old
        /// names (`PIPELINE_START`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum DagsterEventType {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        impl DagsterEventType {
            /// Every type, in Dagster's order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stored text.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The type of a stored text.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

event_types! {
    StepOutput = "STEP_OUTPUT",
    StepInput = "STEP_INPUT",
    StepFailure = "STEP_FAILURE",
    StepStart = "STEP_START",
    StepSuccess = "STEP_SUCCESS",
    StepSkipped = "STEP_SKIPPED",
    StepWorkerStarting = "STEP_WORKER_STARTING",
    StepWorkerStarted = "STEP_WORKER_STARTED",
    ResourceInitStarted = "RESOURCE_INIT_STARTED",
    ResourceInitSuccess = "RESOURCE_INIT_SUCCESS",
    ResourceInitFailure = "RESOURCE_INIT_FAILURE",
    StepUpForRetry = "STEP_UP_FOR_RETRY",
    StepRestarted = "STEP_RESTARTED",
    AssetMaterialization = "ASSET_MATERIALIZATION",
    AssetMaterializationPlanned = "ASSET_MATERIALIZATION_PLANNED",
    AssetFailedToMaterialize = "ASSET_FAILED_TO_MATERIALIZE",
    AssetObservation = "ASSET_OBSERVATION",
    StepExpectationResult = "STEP_EXPECTATION_RESULT",
    AssetCheckEvaluationPlanned = "ASSET_CHECK_EVALUATION_PLANNED",
    AssetCheckEvaluation = "ASSET_CHECK_EVALUATION",
    AssetHealthChanged = "ASSET_HEALTH_CHANGED",
    AssetWiped = "ASSET_WIPED",
    RunEnqueued = "PIPELINE_ENQUEUED",
    RunDequeued = "PIPELINE_DEQUEUED",
    RunStarting = "PIPELINE_STARTING",
    RunStart = "PIPELINE_START",
    RunSuccess = "PIPELINE_SUCCESS",
    RunFailure = "PIPELINE_FAILURE",
    RunCanceling = "PIPELINE_CANCELING",
    RunCanceled = "PIPELINE_CANCELED",
    RunSuspended = "RUN_SUSPENDED",
    RunResumed = "RUN_RESUMED",
    ObjectStoreOperation = "OBJECT_STORE_OPERATION",
    AssetStoreOperation = "ASSET_STORE_OPERATION",
    LoadedInput = "LOADED_INPUT",
    HandledOutput = "HANDLED_OUTPUT",
    EngineEvent = "ENGINE_EVENT",
    HookCompleted = "HOOK_COMPLETED",
    HookErrored = "HOOK_ERRORED",
    HookSkipped = "HOOK_SKIPPED",
    AlertStart = "ALERT_START",
    AlertSuccess = "ALERT_SUCCESS",
    AlertFailure = "ALERT_FAILURE",
    LogsCaptured = "LOGS_CAPTURED",
    FreshnessStateEvaluation = "FRESHNESS_STATE_EVALUATION",
    FreshnessStateChange = "FRESHNESS_STATE_CHANGE",
    CodeLocationUpdated = "CODE_LOCATION_UPDATED",
}

impl fmt::Display for DagsterEventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl DagsterEventType {
    /// The text shown to people: `RUN_START` for the stored `PIPELINE_START`.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::RunEnqueued => "RUN_ENQUEUED",
            Self::RunDequeued => "RUN_DEQUEUED",
            Self::RunStarting => "RUN_STARTING",
            Self::RunStart => "RUN_START",
            Self::RunSuccess => "RUN_SUCCESS",
            Self::RunFailure => "RUN_FAILURE",
            Self::RunCanceling => "RUN_CANCELING",
            Self::RunCanceled => "RUN_CANCELED",
            other => other.as_str(),
        }
    }

    /// Does the event belong to a step?
    pub const fn is_step_event(self) -> bool {
        matches!(
            self,
            Self::StepOutput
                | Self::StepInput
                | Self::StepFailure
                | Self::StepStart
                | Self::StepSuccess
                | Self::StepSkipped
                | Self::StepUpForRetry
                | Self::StepRestarted
                | Self::AssetMaterialization
                | Self::AssetObservation
                | Self::StepExpectationResult
                | Self::AssetCheckEvaluation
                | Self::ObjectStoreOperation
                | Self::LoadedInput
                | Self::HandledOutput
        )
    }

    /// Does the event tell of a failure or cancellation?
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::StepFailure | Self::RunFailure | Self::RunCanceled)
    }

    /// Is the event about the run as a whole (Dagster's `PIPELINE_EVENTS`)?
    pub const fn is_run_event(self) -> bool {
        matches!(
            self,
            Self::RunEnqueued
                | Self::RunDequeued
                | Self::RunStarting
                | Self::RunStart
                | Self::RunSuccess
                | Self::RunFailure
                | Self::RunCanceling
                | Self::RunCanceled
                | Self::RunSuspended
                | Self::RunResumed
        )
    }

    /// Is the event about a hook?
    pub const fn is_hook_event(self) -> bool {
        matches!(self, Self::HookCompleted | Self::HookErrored | Self::HookSkipped)
    }

    /// Is the event about an alert?
    pub const fn is_alert_event(self) -> bool {
        matches!(self, Self::AlertStart | Self::AlertSuccess | Self::AlertFailure)
    }

    /// May the event mark the start or end of a span in the timeline?
    pub const fn is_marker_event(self) -> bool {
        matches!(
            self,
            Self::StepWorkerStarting
                | Self::StepWorkerStarted
                | Self::ResourceInitStarted
                | Self::ResourceInitSuccess
                | Self::ResourceInitFailure
                | Self::EngineEvent
        )
    }

    /// May the event be stored in a batch?
    pub const fn is_batch_writable(self) -> bool {
        matches!(
            self,
            Self::AssetMaterialization
                | Self::AssetMaterializationPlanned
                | Self::AssetFailedToMaterialize
                | Self::AssetObservation
                | Self::AssetCheckEvaluationPlanned
        )
    }

    /// Is the event about an asset, and so recorded in its history?
    pub const fn is_asset_event(self) -> bool {
        matches!(
            self,
            Self::AssetMaterialization
                | Self::AssetMaterializationPlanned
                | Self::AssetFailedToMaterialize
                | Self::AssetObservation
                | Self::FreshnessStateChange
        )
    }

    /// Is the event about an asset check?
    pub const fn is_asset_check_event(self) -> bool {
        matches!(self, Self::AssetCheckEvaluationPlanned | Self::AssetCheckEvaluation)
    }

    /// The status a run takes when the event is stored.
    pub const fn run_status(self) -> Option<RunStatus> {
        Some(match self {
            Self::RunStart => RunStatus::Started,
            Self::RunSuccess => RunStatus::Success,
            Self::RunFailure => RunStatus::Failure,
            Self::RunEnqueued => RunStatus::Queued,
            Self::RunStarting => RunStatus::Starting,
            Self::RunCanceling => RunStatus::Canceling,
            Self::RunCanceled => RunStatus::Canceled,
            Self::RunSuspended => RunStatus::Suspended,
            Self::RunResumed => RunStatus::Started,
            _ => return None,
        })
    }

    /// The event which brings a run into a status. A resumed run is also `STARTED`, but its event
    /// is not this one: run status sensors must not fire again.
    pub const fn of_run_status(status: RunStatus) -> Option<Self> {
        Some(match status {
            RunStatus::Started => Self::RunStart,
            RunStatus::Success => Self::RunSuccess,
            RunStatus::Failure => Self::RunFailure,
            RunStatus::Queued => Self::RunEnqueued,
            RunStatus::Starting => Self::RunStarting,
            RunStatus::Canceling => Self::RunCanceling,
            RunStatus::Canceled => Self::RunCanceled,
            RunStatus::Suspended => Self::RunSuspended,
            _ => return None,
        })
    }
}
