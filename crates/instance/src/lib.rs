//! The instance: `dagster.yaml` and everything that combines the stores, the coordinator and the launcher.
//!
//! [`Instance::open`] reads the configuration and opens the stores. From there:
//! - [`Instance::create_run`], [`Instance::submit_run`], [`Instance::launch_run`],
//!   [`Instance::terminate_run`], [`Instance::reexecute`]: the life of a run;
//! - [`Instance::report_event`] and its kin: the only way events get into the log from here;
//! - [`backfills`]: backfills as they are recorded;
//! - [`Instance::compute_logs`]: what run workers wrote to stdout and stderr.
//!
//! What is recorded, and in which order, is what Dagster records for the same operation: Python
//! workers, Dagster's own processes and this one share one database.

pub mod backfills;
mod clock;
pub mod compute_logs;
pub mod config;
mod error;
mod events;
mod instance;
mod instance_ref;
mod request_headers;
mod runs;

pub use clock::{Clock, SystemClock};
pub use config::{ConfigError, Home, InstanceConfig};
pub use error::InstanceError;
pub use events::RunlessAssetEvent;
pub use instance::{Instance, InstanceOptions};
pub use request_headers::{RequestHeaders, on_behalf_of};
pub use rondel_model::grpc::InstanceRef;
pub use runs::{
    CreateRun, IfRunExists, JobTags, JobTarget, NewRun, RecordedStepKeys, Reexecution,
    ReexecutionStrategy, ResolvedJob, StepsToRetry, TerminateOutcome, TerminatePolicy,
};
