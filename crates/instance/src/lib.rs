//! The instance: `dagster.yaml` and everything that combines the stores, the coordinator and the launcher.

pub mod compute_logs;
pub mod config;
mod instance_ref;

pub use config::{ConfigError, Home, InstanceConfig};
pub use rondel_model::grpc::InstanceRef;
