//! Types of Dagster's schema which no field of it has: the payload objects that Graphene makes of
//! mutation classes, and remains of older versions. Generated clients name them, so they are
//! registered; nothing makes values of them.

use async_graphql::{
    Enum, InputObject, ObjectType, SchemaBuilder, SimpleObject, SubscriptionType, Union,
};

use crate::{
    backfills::LaunchBackfillResult,
    config::ConfigTypeOrError,
    errors::PythonError,
    instigation::InstigationTickStatus,
    launch::{
        DeletePipelineRunResult, LaunchMultipleRunsResultOrError, LaunchRunReexecutionResult,
        LaunchRunResult, TerminateRunResult,
    },
    runs::{Run, RunGroups},
    schedules::ScheduleMutationResult,
    sensors::{SensorOrError, StopSensorMutationResultOrError},
    workspace::{
        ReloadRepositoryLocationMutationResult, ReloadWorkspaceMutationResult,
        ShutdownRepositoryLocationMutationResult,
    },
};

/// Declares the payload objects, and the function which registers everything of this module.
macro_rules! registered {
    (payloads { $($payload:ident($output:ty): $about:literal,)* }
     objects { $($object:ty,)* }
     inputs { $($input:ty,)* }) => {
        $(#[doc = $about]
        #[derive(SimpleObject)]
        pub(crate) struct $payload {
            #[graphql(name = "Output")]
            output: $output,
        })*

        /// Adds the types to a schema.
        pub(crate) fn register<Q, M, S>(
            builder: SchemaBuilder<Q, M, S>,
        ) -> SchemaBuilder<Q, M, S>
        where
            Q: ObjectType + 'static,
            M: ObjectType + 'static,
            S: SubscriptionType + 'static,
        {
            builder
                $(.register_output_type::<$payload>())*
                $(.register_output_type::<$object>())*
                $(.register_input_type::<$input>())*
        }
    };
}

registered! {
    payloads {
        DeleteRunMutation(DeletePipelineRunResult): "Deletes a run from storage.",
        LaunchBackfillMutation(LaunchBackfillResult):
            "Launches a set of partition backfill runs.",
        LaunchRunMutation(LaunchRunResult): "Launches a job run.",
        LaunchMultipleRunsMutation(LaunchMultipleRunsResultOrError): "Launches multiple job runs.",
        LaunchRunReexecutionMutation(LaunchRunReexecutionResult): "Re-executes a job run.",
        ReloadRepositoryLocationMutation(ReloadRepositoryLocationMutationResult):
            "Reloads a code location server.",
        ReloadWorkspaceMutation(ReloadWorkspaceMutationResult):
            "Reloads the workspace and its code location servers.",
        ShutdownRepositoryLocationMutation(ShutdownRepositoryLocationMutationResult):
            "Shuts down a code location server.",
        TerminateRunMutation(TerminateRunResult): "Terminates a run.",
        StartScheduleMutation(ScheduleMutationResult):
            "Enable a schedule to launch runs for a job at a fixed interval.",
        StopRunningScheduleMutation(ScheduleMutationResult):
            "Disable a schedule from launching runs for a job.",
        ResetScheduleMutation(ScheduleMutationResult):
            "Reset a schedule to its status defined in code.",
        StopSensorMutation(StopSensorMutationResultOrError):
            "Disable a sensor from launching runs for a job.",
        SetSensorCursorMutation(SensorOrError):
            "Set a cursor for a sensor to track state across evaluations.",
        ResetSensorMutation(SensorOrError): "Reset a sensor to its status defined in code.",
    }
    objects {
        MissingRunIdErrorEvent,
        RunGroups,
        ScheduleTick,
        ConfigTypeOrError,
        ScheduleStatus,
    }
    inputs {
        StepExecution,
        StepOutputHandle,
        TagInput,
    }
}

#[derive(SimpleObject)]
pub(crate) struct MissingRunIdErrorEvent {
    invalid_run_id: String,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub(crate) enum ScheduleStatus {
    Running,
    Stopped,
    Ended,
}

#[derive(SimpleObject)]
pub(crate) struct ScheduleTickSuccessData {
    run: Option<Run>,
}

#[derive(SimpleObject)]
pub(crate) struct ScheduleTickFailureData {
    error: PythonError,
}

#[derive(Union)]
pub(crate) enum ScheduleTickSpecificData {
    ScheduleTickSuccessData(ScheduleTickSuccessData),
    ScheduleTickFailureData(ScheduleTickFailureData),
}

#[derive(SimpleObject)]
pub(crate) struct ScheduleTick {
    tick_id: String,
    status: InstigationTickStatus,
    timestamp: f64,
    tick_specific_data: Option<ScheduleTickSpecificData>,
}

#[derive(InputObject)]
pub(crate) struct MarshalledInput {
    input_name: String,
    key: String,
}

#[derive(InputObject)]
pub(crate) struct MarshalledOutput {
    output_name: String,
    key: String,
}

#[derive(InputObject)]
pub(crate) struct StepExecution {
    step_key: String,
    marshalled_inputs: Option<Vec<MarshalledInput>>,
    marshalled_outputs: Option<Vec<MarshalledOutput>>,
}

#[derive(InputObject)]
pub(crate) struct StepOutputHandle {
    step_key: String,
    output_name: String,
}

#[derive(InputObject)]
pub(crate) struct TagInput {
    key: String,
    value: String,
}
