//! What can go wrong with a code location, in the words and classes Dagster uses.

use std::time::Duration;

use rondel_model::grpc::SerializableErrorInfo;
use rondel_model::serdes::SerdesError;
use tonic::{Code, Status};

/// A call to a code server or the loading of a location that failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CodeLocationError {
    /// No usable answer: down, too slow, or speaking something else. Worth trying again.
    /// Dagster's `DagsterUserCodeUnreachableError`.
    #[error("{message}")]
    Unreachable {
        /// Dagster's text, with what the transport said.
        message: String,
        /// The gRPC status, when there was one.
        code: Option<Code>,
    },
    /// User code raised an error, carried over with its stack. Dagster's `DagsterUserCodeProcessError`.
    #[error("{}", .0.message.trim_end())]
    UserCode(Box<SerializableErrorInfo>),
    /// The server process of a location could not be started or ended at once.
    #[error("{0}")]
    Process(String),
    /// The server answered, but not with what was asked for.
    #[error("cannot read {what} sent by the code server: {source}")]
    Malformed {
        /// Which answer.
        what: &'static str,
        /// Why.
        source: SerdesError,
    },
    /// A repository, job or other definition the location does not have.
    #[error("{0}")]
    NotFound(String),
    /// The location is not in the workspace.
    #[error("location `{0}` is not in the workspace")]
    UnknownLocation(String),
    /// The workspace is shutting down.
    #[error("the workspace is shutting down")]
    Stopped,
}

impl CodeLocationError {
    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::Unreachable { message: message.into(), code: None }
    }

    pub(crate) fn deadline(deadline: Duration) -> Self {
        Self::Unreachable {
            message: format!(
                "User code server request timed out due to taking longer than {} seconds to complete.",
                deadline.as_secs_f64()
            ),
            code: Some(Code::DeadlineExceeded),
        }
    }

    /// As `DagsterGrpcClient._raise_grpc_exception`, with the transport's words behind.
    pub(crate) fn from_status(status: &Status, deadline: Duration) -> Self {
        match status.code() {
            Code::DeadlineExceeded => Self::deadline(deadline),
            // The transport watches the deadline too and words it so when it notices first.
            Code::Cancelled if status.message() == "Timeout expired" => Self::deadline(deadline),
            code => Self::Unreachable {
                message: format!(
                    "Could not reach user code server. gRPC Error code: {} ({})",
                    code_name(code),
                    status.message()
                ),
                code: Some(code),
            },
        }
    }

    /// A deadline met while evaluating a sensor gets Dagster's advice.
    pub(crate) fn for_sensor(self, deadline: Duration) -> Self {
        match self {
            Self::Unreachable { code: Some(Code::DeadlineExceeded), .. } => Self::Unreachable {
                message: format!(
                    "The sensor tick timed out due to taking longer than {} seconds to execute the \
                     sensor function. One way to avoid this error is to break up the sensor work \
                     into chunks, using cursors to let subsequent sensor calls pick up where the \
                     previous call left off.",
                    deadline.as_secs_f64()
                ),
                code: Some(Code::DeadlineExceeded),
            },
            other => other,
        }
    }

    /// Whether the server does not know the method.
    pub fn is_unimplemented(&self) -> bool {
        matches!(self, Self::Unreachable { code: Some(Code::Unimplemented), .. })
    }

    /// Whether the server was given up on for being too slow; it may still be at work.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Unreachable { code: Some(Code::DeadlineExceeded), .. })
    }

    /// Whether the server could not be reached (as opposed to having answered with an error).
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// The Python class Dagster would raise.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "DagsterUserCodeUnreachableError",
            Self::UserCode(_) => "DagsterUserCodeProcessError",
            Self::UnknownLocation(_) => "DagsterCodeLocationNotFoundError",
            Self::Process(_) | Self::Malformed { .. } | Self::NotFound(_) | Self::Stopped => {
                "Exception"
            }
        }
    }

    /// The error as Dagster would serialize it. A user-code error is the one user code raised, with its
    /// stack (`serializable_error_info_from_exc_info` hoists it the same way).
    pub fn to_error_info(&self) -> SerializableErrorInfo {
        if let Self::UserCode(info) = self {
            return (**info).clone();
        }
        let class = self.class_name();
        let path =
            if class == "Exception" { String::new() } else { "dagster._core.errors.".to_owned() };
        SerializableErrorInfo {
            message: format!("{path}{class}: {self}\n"),
            stack: Vec::new(),
            cls_name: Some(class.to_owned()),
            cause: None,
            context: None,
            extra: Default::default(),
        }
    }
}

/// The name `grpc.StatusCode` has in Python.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_server_is_worded_as_dagster_words_it() {
        let status = Status::unavailable("connection refused");
        let error = CodeLocationError::from_status(&status, Duration::from_secs(60));
        let info = error.to_error_info();
        assert_eq!(info.cls_name.as_deref(), Some("DagsterUserCodeUnreachableError"));
        assert!(info.message.starts_with(
            "dagster._core.errors.DagsterUserCodeUnreachableError: Could not reach user code server. \
             gRPC Error code: UNAVAILABLE"
        ));
    }

    #[test]
    fn a_deadline_names_its_seconds() {
        let error = CodeLocationError::deadline(Duration::from_secs(60));
        assert!(error.to_string().contains("longer than 60 seconds"));
        let error = error.for_sensor(Duration::from_secs(60));
        assert!(error.to_string().starts_with("The sensor tick timed out"));
    }
}
