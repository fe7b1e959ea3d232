//! Code locations: which there are, the servers behind them, and what those define.
//!
//! - [`config`] reads flags, `workspace.yaml` and `pyproject.toml` into locations;
//! - [`Workspace`] starts or reaches a code server for each, loads its definitions, watches it, reloads
//!   it, and publishes immutable [`WorkspaceSnapshot`]s;
//! - [`CodeServerClient`] is the typed gRPC client of one server.
//!
//! User code never runs in this process. A location that is slow, broken or away is a state of that
//! location ([`LocationState`]), never an error of the workspace, and disturbs no other.

mod backoff;
mod client;
pub mod config;
mod error;
mod load;
mod location;
mod options;
mod plans;
mod process;
mod workspace;

pub use client::{CallLimits, CodeServerClient, ServerAddress, ServerPing};
pub use config::{Environment, WorkspaceConfig, WorkspaceConfigError, WorkspaceFlags};
pub use error::CodeLocationError;
pub use location::{CodeLocation, Repository};
pub use options::{AutomationSensors, CodeServerCommand, CodeServerOptions, find_python};
pub use workspace::{
    DiscoveredLocation, LocationEntry, LocationState, LocationStateChange, LocationStateChangeKind,
    Workspace, WorkspaceError, WorkspaceSnapshot,
};
