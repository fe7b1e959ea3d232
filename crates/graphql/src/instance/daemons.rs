//! Whether the daemons are alive (`dagster/_daemon/controller.py`, `get_daemon_statuses`).

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use rondel_instance::InstanceConfig;
use rondel_model::heartbeat::DaemonHeartbeat;

use crate::{
    context::ContextExt,
    errors::{PythonError, ResolverError},
};

/// Seconds between two heartbeats, and by how much one may be late.
const HEARTBEAT_INTERVAL: f64 = 30.0;
const HEARTBEAT_TOLERANCE: f64 = 1_800.0;

/// How a daemon is.
#[derive(SimpleObject, Debug)]
pub(crate) struct DaemonStatus {
    daemon_type: String,
    id: ID,
    required: bool,
    healthy: Option<bool>,
    last_heartbeat_time: Option<f64>,
    last_heartbeat_errors: Vec<PythonError>,
}

/// How the daemons are.
pub(crate) struct DaemonHealth;

#[Object]
impl DaemonHealth {
    async fn id(&self) -> &'static str {
        "daemonHealth"
    }

    async fn daemon_status(
        &self,
        ctx: &Context<'_>,
        daemon_type: Option<String>,
    ) -> Result<DaemonStatus> {
        let daemon_type = daemon_type.unwrap_or_default();
        let statuses = statuses(ctx, vec![daemon_type]).await?;
        statuses.into_iter().next().ok_or_else(|| "no daemon type is given".into())
    }

    async fn all_daemon_statuses(&self, ctx: &Context<'_>) -> Result<Vec<DaemonStatus>> {
        let required = required_daemons(ctx.instance().config());
        statuses(ctx, required.into_iter().map(str::to_owned).collect()).await
    }
}

async fn statuses(ctx: &Context<'_>, types: Vec<String>) -> Result<Vec<DaemonStatus>> {
    let mut heartbeats = ctx.storage().heartbeats().get().await.map_err(ResolverError::from)?;
    let required = required_daemons(ctx.instance().config());
    let now = ctx.instance().now().seconds();
    Ok(types
        .into_iter()
        .map(|daemon_type| {
            let heartbeat = heartbeats.swap_remove(&daemon_type);
            let is_required = required.contains(&daemon_type.as_str());
            status(daemon_type, is_required, heartbeat, now)
        })
        .collect())
}

/// The daemons which a configuration needs.
fn required_daemons(config: &InstanceConfig) -> Vec<&'static str> {
    let settings = &config.settings;
    let automatic = settings.auto_materialize.enabled || settings.auto_materialize.use_sensors;
    let queued = config.run_coordinator.queue().is_some();
    [
        ("SENSOR", true),
        ("BACKFILL", true),
        ("SCHEDULER", true),
        ("QUEUED_RUN_COORDINATOR", queued),
        ("MONITORING", settings.run_monitoring.enabled),
        ("EVENT_LOG_CONSUMER", settings.run_retries.enabled),
        ("ASSET", automatic),
        ("FRESHNESS_DAEMON", settings.freshness_enabled),
    ]
    .into_iter()
    .filter_map(|(name, required)| required.then_some(name))
    .collect()
}

fn status(
    daemon_type: String,
    required: bool,
    heartbeat: Option<DaemonHeartbeat>,
    now: f64,
) -> DaemonStatus {
    let heartbeat = heartbeat.filter(|_| required);
    let errors = heartbeat.as_ref().and_then(|heartbeat| heartbeat.errors.as_deref());
    let errors: Vec<PythonError> =
        errors.unwrap_or_default().iter().map(PythonError::from).collect();
    // Errors are shown beside: a daemon that reports some is alive.
    let healthy = heartbeat.as_ref().is_some_and(|heartbeat| {
        now <= heartbeat.timestamp + HEARTBEAT_INTERVAL + HEARTBEAT_TOLERANCE
    });
    DaemonStatus {
        id: ID(daemon_type.clone()),
        daemon_type,
        required,
        healthy: required.then_some(healthy),
        last_heartbeat_time: heartbeat.map(|heartbeat| heartbeat.timestamp),
        last_heartbeat_errors: errors,
    }
}

#[cfg(test)]
mod tests {
    use rondel_model::SerializableErrorInfo;

    use super::*;

    fn heartbeat(timestamp: f64) -> Option<DaemonHeartbeat> {
        Some(DaemonHeartbeat { timestamp, ..DaemonHeartbeat::default() })
    }

    #[test]
    fn a_required_daemon_is_healthy_while_its_heartbeat_is_recent() {
        let at = |now, beat| status("SENSOR".to_owned(), true, beat, now).healthy;
        assert_eq!(at(1_830.0, heartbeat(0.0)), Some(true));
        assert_eq!(at(1_831.0, heartbeat(0.0)), Some(false));
        assert_eq!(at(0.0, None), Some(false));
    }

    #[test]
    fn a_daemon_that_reports_errors_is_healthy() {
        let errors = Some(vec![SerializableErrorInfo::default()]);
        let beat = DaemonHeartbeat { errors, ..DaemonHeartbeat::default() };
        let status = status("SENSOR".to_owned(), true, Some(beat), 0.0);
        assert_eq!((status.healthy, status.last_heartbeat_errors.len()), (Some(true), 1));
    }

    #[test]
    fn a_daemon_that_is_not_required_has_no_health() {
        let status = status("MONITORING".to_owned(), false, heartbeat(0.0), 0.0);
        assert_eq!((status.healthy, status.last_heartbeat_time), (None, None));
    }
}
