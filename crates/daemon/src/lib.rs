//! The daemons: schedules, sensors, run queue, backfills, monitoring, automatic retries,
//! automation of assets, freshness.
//!
//! Each daemon is a reconciler in one folder: `observe` reads storage and code locations and has user
//! code evaluate, `decide` is pure (time and ids come in), `act` writes what was decided so that it
//! may be repeated. [`run`] keeps all of them going in one process; [`run_one_iteration`] makes a
//! single iteration. Time is the instance's clock.
//!
//! Failures: an error of one schedule, sensor or run is reported (log, tick, heartbeat) and leaves the
//! others alone; an iteration that fails as a whole is reported and made again; only a bug ends a daemon.

mod asset;
mod assets;
mod backfill;
mod clock;
mod context;
mod controller;
mod crash;
mod error;
mod executor;
mod flight;
mod freshness;
mod heartbeat;
mod iteration;
mod kind;
mod leader;
mod log;
mod metrics;
mod monitoring;
mod queue;
mod retry;
mod schedule;
mod sensor;
mod simulate;
mod stale;
mod submit;
#[cfg(test)]
mod testing;
mod ticks;
mod times;

pub use clock::FixedClock;
pub use controller::{DaemonOptions, required_daemons};
pub use crash::{BoundaryCount, FaultPoints, JOB_BACKFILL_POINTS, SCHEDULE_POINTS, SENSOR_POINTS};
pub use error::DaemonError;
pub use iteration::{Iteration, TickOptions, TickReport, run_one_iteration};
pub use kind::DaemonKind;
pub use leader::run;
pub use log::LogSink;
pub use simulate::{Firing, Outcome, SimulateOptions, simulate};
