//! How resolvers fail, and how that reaches the client.
//!
//! A resolver's body is `async { … } -> Result<T, ResolverError>`. A field whose type is a union
//! (`XOrError`) runs it through [`capture`]; the union says with [`or_error!`] which typed errors are
//! its members, and all others become its `PythonError`. A field without such a union returns
//! `async_graphql::Result` and uses `?`: the error then lands in `errors[]`, where
//! `schema::execute` adds Dagster's `errorInfo` extension.
//!
//! A failure nobody foresaw (`PythonError`) is noted in the request's error watch, because Dagster
//! answers with status 500 then, even where the body carries a typed error.

mod convert;
mod kinds;
mod python;

use std::sync::Arc;

use async_graphql::{Context, Interface};

pub(crate) use kinds::*;
pub(crate) use python::{ErrorChainLink, ErrorInfo, PythonError};

use crate::{config::RunConfigValidationInvalid, context::ContextExt};

/// What an error type of the schema has in common.
#[derive(Interface)]
#[graphql(name = "Error", field(name = "message", ty = "String"))]
pub(crate) enum ErrorInterface {
    AssetCheckNeedsAgentUpgradeError(AssetCheckNeedsAgentUpgradeError),
    AssetCheckNeedsMigrationError(AssetCheckNeedsMigrationError),
    AssetCheckNeedsUserCodeUpgrade(AssetCheckNeedsUserCodeUpgrade),
    AssetCheckNotFoundError(AssetCheckNotFoundError),
    AssetNotFoundError(AssetNotFoundError),
    AutoMaterializeAssetEvaluationNeedsMigrationError(
        AutoMaterializeAssetEvaluationNeedsMigrationError,
    ),
    BackfillNotFoundError(BackfillNotFoundError),
    ConfigTypeNotFoundError(ConfigTypeNotFoundError),
    ConflictingExecutionParamsError(ConflictingExecutionParamsError),
    DagsterTypeNotFoundError(DagsterTypeNotFoundError),
    DuplicateDynamicPartitionError(DuplicateDynamicPartitionError),
    ErrorChainLink(ErrorChainLink),
    GraphNotFoundError(GraphNotFoundError),
    InstigationStateNotFoundError(InstigationStateNotFoundError),
    InvalidPipelineRunsFilterError(InvalidPipelineRunsFilterError),
    InvalidSubsetError(InvalidSubsetError),
    ModeNotFoundError(ModeNotFoundError),
    NoModeProvidedError(NoModeProvidedError),
    PartitionKeysNotFoundError(PartitionKeysNotFoundError),
    PartitionSetNotFoundError(PartitionSetNotFoundError),
    PartitionSubsetDeserializationError(PartitionSubsetDeserializationError),
    PipelineNotFoundError(PipelineNotFoundError),
    PipelineRunNotFoundError(PipelineRunNotFoundError),
    PipelineSnapshotNotFoundError(PipelineSnapshotNotFoundError),
    PresetNotFoundError(PresetNotFoundError),
    PythonError(PythonError),
    ReloadNotSupported(ReloadNotSupported),
    RepositoryLocationNotFound(RepositoryLocationNotFound),
    RepositoryNotFoundError(RepositoryNotFoundError),
    ResourceNotFoundError(ResourceNotFoundError),
    RunConflict(RunConflict),
    RunGroupNotFoundError(RunGroupNotFoundError),
    RunNotFoundError(RunNotFoundError),
    ScheduleNotFoundError(ScheduleNotFoundError),
    SchedulerNotDefinedError(SchedulerNotDefinedError),
    SensorNotFoundError(SensorNotFoundError),
    SolidStepStatusUnavailableError(SolidStepStatusUnavailableError),
    UnauthorizedError(UnauthorizedError),
    UnsupportedOperationError(UnsupportedOperationError),
}

/// Older name of a run that is not there.
#[derive(Interface)]
#[graphql(field(name = "run_id", ty = "String"), field(name = "message", ty = "String"))]
pub(crate) enum PipelineRunNotFoundError {
    RunNotFoundError(RunNotFoundError),
}

/// Older name of a run id that is taken.
#[derive(Interface)]
#[graphql(field(name = "message", ty = "String"))]
pub(crate) enum PipelineRunConflict {
    RunConflict(RunConflict),
}

/// Declares [`ResolverError`] with one variant per typed error, and the conversions into it.
macro_rules! resolver_error {
    ($($kind:ident),* $(,)?) => {
        /// Why a resolver could not answer: one of the schema's typed errors, or any other failure.
        #[derive(Debug, Clone)]
        pub(crate) enum ResolverError {
            $($kind($kind),)*
            /// Everything that has no type of its own.
            PythonError(PythonError),
        }

        $(impl From<$kind> for ResolverError {
            fn from(error: $kind) -> Self {
                ResolverError::$kind(error)
            }
        })*

        impl ResolverError {
            /// Dagster's class name of the error, and its message.
            fn describe(&self) -> (&'static str, &str) {
                match self {
                    $(ResolverError::$kind(error) => {
                        (concat!("Graphene", stringify!($kind)), error.text())
                    })*
                    ResolverError::PythonError(error) => ("", error.text()),
                }
            }
        }
    };
}

resolver_error!(
    AssetCheckNotFoundError,
    AssetNotFoundError,
    BackfillNotFoundError,
    ConfigTypeNotFoundError,
    ConflictingExecutionParamsError,
    DagsterTypeNotFoundError,
    DuplicateDynamicPartitionError,
    GraphNotFoundError,
    InstigationStateNotFoundError,
    InvalidOutputError,
    InvalidPipelineRunsFilterError,
    InvalidStepError,
    InvalidSubsetError,
    ModeNotFoundError,
    NoModeProvidedError,
    PartitionKeysNotFoundError,
    PartitionSetNotFoundError,
    PartitionSubsetDeserializationError,
    PipelineNotFoundError,
    PipelineSnapshotNotFoundError,
    PresetNotFoundError,
    ReloadNotSupported,
    RepositoryLocationNotFound,
    RepositoryNotFoundError,
    ResourceNotFoundError,
    RunConfigValidationInvalid,
    RunConflict,
    RunGroupNotFoundError,
    RunNotFoundError,
    ScheduleNotFoundError,
    SchedulerNotDefinedError,
    SensorNotFoundError,
    UnauthorizedError,
    UnsupportedOperationError,
);

impl ResolverError {
    /// A failure without a type of its own, as the exception that Dagster would raise; `class` is
    /// the qualified Python name.
    pub(crate) fn raised(class: &str, text: impl Into<String>) -> Self {
        ResolverError::PythonError(PythonError::raised(class, text))
    }

    /// Dagster's way to refuse what breaks its rules.
    pub(crate) fn invariant(text: impl Into<String>) -> Self {
        Self::raised("dagster._core.errors.DagsterInvariantViolationError", text)
    }

    /// The error as `PythonError`, for unions without a member for it.
    pub(crate) fn into_python_error(self) -> PythonError {
        match self {
            ResolverError::PythonError(error) => error,
            typed => PythonError(Arc::new(typed.info())),
        }
    }

    /// The exception Dagster would raise.
    pub(crate) fn info(&self) -> ErrorInfo {
        match self {
            ResolverError::PythonError(error) => (*error.0).clone(),
            typed => (*PythonError::raised(
                "dagster_graphql.implementation.utils.UserFacingGraphQLError",
                typed.to_string(),
            )
            .0)
                .clone(),
        }
    }
}

/// The text of the exception which Dagster raises for the error outside a union.
impl std::fmt::Display for ResolverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.describe() {
            ("", message) => f.write_str(message),
            (class, message) => write!(f, "[{class}] {message}"),
        }
    }
}

impl From<PythonError> for ResolverError {
    fn from(error: PythonError) -> Self {
        ResolverError::PythonError(error)
    }
}

/// Says which typed errors are members of a union with a `PythonError` member:
/// `or_error!(RunOrError: RunNotFoundError);`
macro_rules! or_error {
    ($union:ident: $($kind:ident),* $(,)?) => {
        impl From<$crate::errors::ResolverError> for $union {
            fn from(error: $crate::errors::ResolverError) -> Self {
                match error {
                    $($crate::errors::ResolverError::$kind(error) => $union::$kind(error),)*
                    other => $union::PythonError(other.into_python_error()),
                }
            }
        }
    };
}
pub(crate) use or_error;

/// Answers a field whose type is a union: the value, or the error as member of the union.
pub(crate) async fn capture<U, T>(
    ctx: &Context<'_>,
    body: impl Future<Output = Result<T, ResolverError>>,
) -> U
where
    U: From<T> + From<ResolverError>,
{
    match body.await {
        Ok(value) => value.into(),
        Err(error) => {
            if let ResolverError::PythonError(python) = &error {
                ctx.note_error(python);
            }
            error.into()
        }
    }
}
