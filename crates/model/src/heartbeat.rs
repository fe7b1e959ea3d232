//! Daemon heartbeats.

use crate::error::SerializableErrorInfo;
use crate::record;

record! {
    /// A daemon's sign of life, with the errors of its last iterations.
    #[derive(Default)]
    pub struct DaemonHeartbeat = "DaemonHeartbeat" {
        timestamp: f64,
        daemon_type: String,
        daemon_id: Option<String>,
        errors: Option<Vec<SerializableErrorInfo>>,
    }
    finish = read_single_error;
}

/// Heartbeats of early versions carry one error.
fn read_single_error(heartbeat: &mut DaemonHeartbeat) {
    if let Some(error) = heartbeat.extra.remove("error")
        && !error.is_null()
    {
        heartbeat.errors = error.to_typed().ok().map(|error| vec![error]);
    }
}
