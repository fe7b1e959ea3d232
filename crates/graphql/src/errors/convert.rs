//! Failures of the layers below as resolver errors.

use std::sync::Arc;

use rondel_asset_graph::ResolveError;
use rondel_code_location::{CodeLocationError, WorkspaceError};
use rondel_instance::{InstanceError, compute_logs::ComputeLogsError};
use rondel_model::{SerializableErrorInfo, serdes::SerdesError};
use rondel_observation::ObservationError;
use rondel_storage::StorageError;

use super::{ErrorInfo, PythonError, ResolverError, RunNotFoundError};

impl From<&SerializableErrorInfo> for ErrorInfo {
    fn from(error: &SerializableErrorInfo) -> Self {
        let link = |next: &Option<Box<SerializableErrorInfo>>| {
            next.as_deref().map(|next| Arc::new(ErrorInfo::from(next)))
        };
        ErrorInfo {
            message: error.message.clone(),
            stack: error.stack.clone(),
            class_name: error.cls_name.clone(),
            text: None,
            cause: link(&error.cause),
            context: link(&error.context),
        }
    }
}

impl From<&SerializableErrorInfo> for PythonError {
    fn from(error: &SerializableErrorInfo) -> Self {
        PythonError(Arc::new(error.into()))
    }
}

impl From<StorageError> for ResolverError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::RunNotFound(run_id) => RunNotFoundError::new(run_id).into(),
            other => ResolverError::raised("Exception", with_causes(&other)),
        }
    }
}

impl From<ObservationError> for ResolverError {
    fn from(error: ObservationError) -> Self {
        match error {
            ObservationError::Storage(error) => error.into(),
            ObservationError::Partitions(error) => error.into(),
            ObservationError::Automation(error) => ResolverError::invariant(with_causes(&error)),
        }
    }
}

impl From<CodeLocationError> for ResolverError {
    fn from(error: CodeLocationError) -> Self {
        PythonError::from(&error.to_error_info()).into()
    }
}

impl From<InstanceError> for ResolverError {
    fn from(error: InstanceError) -> Self {
        match error {
            InstanceError::Storage(error) => error.into(),
            InstanceError::CodeLocation(error) => error.into(),
            InstanceError::RunNotFound(run_id) => RunNotFoundError::new(run_id.as_str()).into(),
            other => PythonError::from(&other.to_error_info()).into(),
        }
    }
}

impl From<ComputeLogsError> for ResolverError {
    fn from(error: ComputeLogsError) -> Self {
        ResolverError::raised("Exception", with_causes(&error))
    }
}

impl From<WorkspaceError> for ResolverError {
    fn from(error: WorkspaceError) -> Self {
        ResolverError::raised("Exception", with_causes(&error))
    }
}

impl From<ResolveError> for ResolverError {
    fn from(error: ResolveError) -> Self {
        ResolverError::raised("dagster._core.errors.DagsterInvalidSubsetError", with_causes(&error))
    }
}

impl From<SerdesError> for ResolverError {
    fn from(error: SerdesError) -> Self {
        ResolverError::raised(
            "dagster_shared.serdes.errors.DeserializationError",
            with_causes(&error),
        )
    }
}

/// Loaders hand the same failure to everybody who waited.
impl From<Arc<ResolverError>> for ResolverError {
    fn from(error: Arc<ResolverError>) -> Self {
        (*error).clone()
    }
}

/// An error with everything that led to it, once.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
