//! What the steps of a run need next, when the control plane itself executes them instead of a run worker
//! (pure).
//!
//! Mirrors Dagster's `StepDelegatingExecutor` and the `ActiveExecution` below it:
//! - [`Plan`]: the steps of a run, rebuilt from the snapshot of its plan; mapped and collecting steps come
//!   to be when the dynamic output they wait for is known;
//! - [`Progress`]: how far the run is. Nothing but the run's events changes it, so that a process that takes
//!   over stands where the one before stood: what it decides to do, it writes down first, and reads back;
//! - [`decide`]: what to do now, given the time and the limits;
//! - [`ExecutorConfig`]: the executor's configuration, as far as the snapshots tell it;
//! - [`events`]: the events that an executor writes.
//!
//! Failures: a plan or configuration that cannot be understood is an error that says which part, before
//! anything has been started.

mod config;
mod decide;
mod error;
pub mod events;
mod inputs;
mod limits;
mod mode;
mod plan;
mod progress;
#[cfg(test)]
mod tests;

pub use config::ExecutorConfig;
pub use decide::{Action, Blocked, Claims, Decision, Outcome, Situation, decide};
pub use error::ExecutorError;
pub use limits::{LimitedValues, StepLimit};
pub use mode::{
    EXECUTED_BY_TAG, EXECUTOR_TAG, ExecutorChoice, HOST, HOST_RUN_TAG, host_run_tags, is_host_run,
};
pub use plan::{Plan, Step};
pub use progress::{Flight, Progress, Rules};
