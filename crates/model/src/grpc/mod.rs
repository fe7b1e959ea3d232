//! Arguments and answers of code-server calls (`dagster/_grpc/types.py`).

mod args;
mod evaluation;
mod instance_ref;
mod results;

pub use args::*;
pub use evaluation::*;
pub use instance_ref::*;
pub use results::*;

pub use crate::error::SerializableErrorInfo;
pub use crate::instigation::{DynamicPartitionsRequest, RunRequest, SkipReason};
