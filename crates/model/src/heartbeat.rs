//! Daemon heartbeats.

use crate::error::SerializableErrorInfo;
use crate::record;

record! {
    /// Dagster's `DaemonHeartbeat`.
    #[derive(Default)]
    pub struct DaemonHeartbeat = "DaemonHeartbeat" {
        timestamp: f64,
        daemon_type: String,
        daemon_id: Option<String>,
        errors: Option<Vec<SerializableErrorInfo>>,
    }
}
