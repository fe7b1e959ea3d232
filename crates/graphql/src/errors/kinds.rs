//! The typed errors, each a GraphQL object of its own, with Dagster's wording.

use async_graphql::{Object, SimpleObject};

use crate::jobs::Pipeline;

/// What `errors[]` shows of a typed error outside a union.
pub(crate) trait ErrorText {
    fn text(&self) -> &str;
}

macro_rules! has_message {
    ($name:ident) => {
        impl ErrorText for $name {
            fn text(&self) -> &str {
                &self.message
            }
        }
    };
}

/// Declares an error type with its constructor: extra fields, then how the message reads.
macro_rules! error_type {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty),* } $($message:tt)+) => {
        $(#[$doc])*
        #[derive(SimpleObject, Clone, Debug)]
        pub(crate) struct $name {
            #[graphql(owned)]
            pub(crate) message: String,
            $(#[graphql(owned)] pub(crate) $field: $ty,)*
        }

        impl $name {
            pub(crate) fn new($($field: impl Into<$ty>),*) -> Self {
                $(let $field: $ty = $field.into();)*
                Self { message: format!($($message)+), $($field),* }
            }
        }

        has_message!($name);
    };
}

/// Declares error types which Rondel has no reason to make, with their message: an older code
/// server, an older database or another edition has.
macro_rules! foreign_error_types {
    ($($name:ident,)*) => {
        $(#[derive(SimpleObject, Clone, Debug)]
        pub(crate) struct $name {
            #[graphql(owned)]
            pub(crate) message: String,
        }

        has_message!($name);)*
    };
}

/// Declares an error type whose message is all it has.
macro_rules! message_error_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(SimpleObject, Clone, Debug)]
        pub(crate) struct $name {
            #[graphql(owned)]
            pub(crate) message: String,
        }

        impl $name {
            pub(crate) fn new(message: impl Into<String>) -> Self {
                Self { message: message.into() }
            }
        }

        has_message!($name);
    };
}

message_error_type!(
    /// The viewer lacks the permission.
    UnauthorizedError
);
foreign_error_types!(
    InvalidPipelineRunsFilterError,
    AssetCheckNeedsMigrationError,
    AssetCheckNeedsAgentUpgradeError,
    PartitionSubsetDeserializationError,
    AutoMaterializeAssetEvaluationNeedsMigrationError,
    ReloadNotSupported,
    SchedulerNotDefinedError,
);
message_error_type!(UnsupportedOperationError);
message_error_type!(RunConflict);
message_error_type!(AssetCheckNotFoundError);
message_error_type!(AssetCheckNeedsUserCodeUpgrade);
message_error_type!(SolidStepStatusUnavailableError);
message_error_type!(AssetNotFoundError);
message_error_type!(RepositoryLocationNotFound);

/// A selection that the job does not allow.
#[derive(Clone)]
pub(crate) struct InvalidSubsetError {
    pub(crate) message: String,
    /// The whole job; not of the implicit asset job, which is large and tells little.
    pub(crate) pipeline: Option<Pipeline>,
}

impl std::fmt::Debug for InvalidSubsetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvalidSubsetError({})", self.message)
    }
}

has_message!(InvalidSubsetError);

#[Object]
impl InvalidSubsetError {
    pub(crate) async fn message(&self) -> String {
        self.message.clone()
    }

    async fn pipeline(&self) -> async_graphql::Result<Pipeline> {
        self.pipeline.clone().ok_or_else(|| "the implicit asset job is not shown".into())
    }
}

impl Default for UnauthorizedError {
    fn default() -> Self {
        Self::new("Authorization failed")
    }
}

impl AssetNotFoundError {
    /// `key` as the database writes it: `["a", "b"]`.
    pub(crate) fn of(key: &str) -> Self {
        Self::new(format!("Asset key {key} not found."))
    }
}

impl RepositoryLocationNotFound {
    pub(crate) fn of(location_name: &str) -> Self {
        Self::new(format!("Location {location_name} does not exist."))
    }
}

error_type!(RunNotFoundError { run_id: String } "Pipeline run {run_id} could not be found.");
error_type!(RunGroupNotFoundError { run_id: String }
    "Run group of run {run_id} could not be found.");
error_type!(PipelineSnapshotNotFoundError { snapshot_id: String }
    "Pipeline snapshot {snapshot_id} is not present in the current instance.");
error_type!(RepositoryNotFoundError { repository_location_name: String, repository_name: String }
    "Could not find Repository {repository_location_name}.{repository_name}");
error_type!(PipelineNotFoundError {
    repository_location_name: String, repository_name: String, pipeline_name: String
} "Could not find Pipeline {repository_location_name}.{repository_name}.{pipeline_name}");
error_type!(GraphNotFoundError {
    repository_location_name: String, repository_name: String, graph_name: String
} "Could not find Graph {repository_location_name}.{repository_name}.{graph_name}");
error_type!(ScheduleNotFoundError { schedule_name: String }
    "Schedule {schedule_name} could not be found.");
error_type!(SensorNotFoundError { sensor_name: String }
    "Could not find `{sensor_name}` in the currently loaded repository.");
error_type!(InstigationStateNotFoundError { name: String }
    "Could not find instigation state for {name}");
error_type!(ResourceNotFoundError { resource_name: String }
    "Top-level resource {resource_name} could not be found.");
error_type!(PartitionSetNotFoundError { partition_set_name: String }
    "Partition set {partition_set_name} could not be found.");
error_type!(BackfillNotFoundError { backfill_id: String }
    "Backfill {backfill_id} could not be found.");
error_type!(DagsterTypeNotFoundError { dagster_type_name: String }
    "None");
error_type!(DuplicateDynamicPartitionError { partitions_def_name: String, partition_name: String }
    "Partition {partition_name} already exists in dynamic partitions definition \
     {partitions_def_name}.");

/// A preset that the job does not have.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct PresetNotFoundError {
    #[graphql(owned)]
    pub(crate) message: String,
    #[graphql(owned)]
    pub(crate) preset: String,
}

impl PresetNotFoundError {
    pub(crate) fn new(preset: impl Into<String>, job_name: &str) -> Self {
        let preset = preset.into();
        Self { message: format!("Preset {preset} not found in pipeline {job_name}."), preset }
    }
}

/// A mode that the job does not have.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct ModeNotFoundError {
    #[graphql(owned)]
    pub(crate) message: String,
    #[graphql(owned)]
    pub(crate) mode: String,
}

impl ModeNotFoundError {
    pub(crate) fn new(mode: impl Into<String>, job_name: &str) -> Self {
        let mode = mode.into();
        Self { message: format!("Mode {mode} not found in pipeline {job_name}."), mode }
    }
}

has_message!(PresetNotFoundError);
has_message!(ModeNotFoundError);
has_message!(NoModeProvidedError);
has_message!(ConflictingExecutionParamsError);
has_message!(PartitionKeysNotFoundError);

impl ErrorText for crate::config::RunConfigValidationInvalid {
    fn text(&self) -> &str {
        // The class has no message in Dagster.
        "None"
    }
}

impl ErrorText for InvalidStepError {
    fn text(&self) -> &str {
        "None"
    }
}

impl ErrorText for InvalidOutputError {
    fn text(&self) -> &str {
        "None"
    }
}

/// No mode was given for a job with several.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct NoModeProvidedError {
    #[graphql(owned)]
    pub(crate) message: String,
    #[graphql(owned)]
    pub(crate) pipeline_name: String,
}

/// Parameters which a preset already fixes.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct ConflictingExecutionParamsError {
    #[graphql(owned)]
    pub(crate) message: String,
}

impl ConflictingExecutionParamsError {
    pub(crate) fn new(parameter: &str) -> Self {
        Self {
            message: format!(
                "Invalid ExecutionParams. Cannot define {parameter} when using a preset."
            ),
        }
    }
}

/// Partition keys outside the partitions definition.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct PartitionKeysNotFoundError {
    #[graphql(owned)]
    pub(crate) message: String,
    #[graphql(owned)]
    pub(crate) partition_keys: Vec<String>,
}

impl PartitionKeysNotFoundError {
    pub(crate) fn new(mut partition_keys: Vec<String>) -> Self {
        partition_keys.sort();
        let shown: Vec<_> = partition_keys.iter().map(|key| format!("'{key}'")).collect();
        Self {
            message: format!("Partition keys `[{}]` could not be found.", shown.join(", ")),
            partition_keys,
        }
    }
}

/// A step which the execution plan does not have.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct InvalidStepError {
    #[graphql(owned)]
    pub(crate) invalid_step_key: String,
}

/// An output which the step does not have.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct InvalidOutputError {
    #[graphql(owned)]
    pub(crate) step_key: String,
    #[graphql(owned)]
    pub(crate) invalid_output_name: String,
}

/// A config type that the job does not have.
#[derive(Clone)]
pub(crate) struct ConfigTypeNotFoundError {
    pub(crate) message: String,
    pub(crate) pipeline: Pipeline,
    pub(crate) config_type_name: String,
}

impl std::fmt::Debug for ConfigTypeNotFoundError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConfigTypeNotFoundError({})", self.config_type_name)
    }
}

has_message!(ConfigTypeNotFoundError);

#[Object]
impl ConfigTypeNotFoundError {
    pub(crate) async fn message(&self) -> String {
        self.message.clone()
    }

    async fn pipeline(&self) -> Pipeline {
        self.pipeline.clone()
    }

    async fn config_type_name(&self) -> String {
        self.config_type_name.clone()
    }
}
