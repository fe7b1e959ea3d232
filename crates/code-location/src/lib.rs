//! Code servers: processes, connections, snapshots, reload.

pub mod config;
pub mod yaml;
