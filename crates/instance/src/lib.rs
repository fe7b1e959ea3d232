//! The instance: `dagster.yaml` and everything that combines the stores, the coordinator and the launcher.

pub mod config;
mod instance_ref;

pub use config::{ConfigError, Home, InstanceConfig};
pub use instance_ref::InstanceRef;
