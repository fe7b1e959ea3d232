//! Which daemons there are, and the names they go by in the database, in logs and on the command line.

/// A daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DaemonKind {
    /// Fires schedules.
    Scheduler,
    /// Evaluates sensors.
    Sensor,
    /// Launches queued runs.
    RunQueue,
    /// Ends runs that hang or whose worker died.
    Monitoring,
    /// Submits the runs of backfills.
    Backfill,
    /// Declarative automation outside of sensors.
    Asset,
    /// Retries failed runs.
    RunRetries,
    /// Freshness policies.
    Freshness,
}

impl DaemonKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Scheduler,
        Self::Sensor,
        Self::RunQueue,
        Self::Monitoring,
        Self::Backfill,
        Self::Asset,
        Self::RunRetries,
        Self::Freshness,
    ];

    /// Dagster's `daemon_type()`: the key of heartbeats.
    #[must_use]
    pub fn daemon_type(self) -> &'static str {
        match self {
            Self::Scheduler => "SCHEDULER",
            Self::Sensor => "SENSOR",
            Self::RunQueue => "QUEUED_RUN_COORDINATOR",
            Self::Monitoring => "MONITORING",
            Self::Backfill => "BACKFILL",
            Self::Asset => "ASSET",
            Self::RunRetries => "EVENT_LOG_CONSUMER",
            Self::Freshness => "FRESHNESS_DAEMON",
        }
    }

    /// The name of Dagster's logger.
    #[must_use]
    pub fn logger(self) -> &'static str {
        match self {
            Self::Scheduler => "dagster.daemon.SchedulerDaemon",
            Self::Sensor => "dagster.daemon.SensorDaemon",
            Self::RunQueue => "dagster.daemon.QueuedRunCoordinatorDaemon",
            Self::Monitoring => "dagster.daemon.MonitoringDaemon",
            Self::Backfill => "dagster.daemon.BackfillDaemon",
            Self::Asset => "dagster.daemon.AssetDaemon",
            Self::RunRetries => "dagster.daemon.EventLogConsumerDaemon",
            Self::Freshness => "dagster.daemon.FreshnessDaemon",
        }
    }

    /// The name on the command line (`rondel daemon tick <name>`).
    #[must_use]
    pub fn tick_name(self) -> &'static str {
        match self {
            Self::Scheduler => "schedule",
            Self::Sensor => "sensor",
            Self::RunQueue => "queue",
            Self::Monitoring => "monitoring",
            Self::Backfill => "backfill",
            Self::Asset => "asset",
            Self::RunRetries => "retry",
            Self::Freshness => "freshness",
        }
    }
}
