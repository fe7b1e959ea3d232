//! The typed settings of `dagster.yaml`: what the daemons, the web server and the launchers read.
//!
//! Defaults are those Dagster applies when it *reads* a setting
//! (`dagster/_core/instance/methods/settings_methods.py`). Durations are whole seconds.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

fn yes() -> bool {
    true
}

/// `run_monitoring`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct RunMonitoring {
    /// Whether the monitoring daemon runs.
    pub enabled: bool,
    /// How long a run may stay STARTING before it is failed.
    pub start_timeout_seconds: i64,
    /// How long a run may stay CANCELING before it is canceled.
    pub cancel_timeout_seconds: i64,
    /// How long any run may take; zero for no limit.
    pub max_runtime_seconds: i64,
    /// How often a dead run worker is resumed.
    pub max_resume_run_attempts: i64,
    /// How often the daemon looks.
    pub poll_interval_seconds: i64,
    /// How often the cancellation thread of a run worker looks.
    pub cancellation_thread_poll_interval_seconds: i64,
    /// After how long the concurrency slots of finished runs are freed; zero for never.
    pub free_slots_after_run_end_seconds: i64,
}

impl Default for RunMonitoring {
    fn default() -> Self {
        Self {
            enabled: false,
            start_timeout_seconds: 180,
            cancel_timeout_seconds: 180,
            max_runtime_seconds: 0,
            max_resume_run_attempts: 0,
            poll_interval_seconds: 120,
            cancellation_thread_poll_interval_seconds: 10,
            free_slots_after_run_end_seconds: 0,
        }
    }
}

/// `run_retries`.
#[derive(Debug, Clone, Deserialize)]
pub struct RunRetries {
    /// Whether failed runs are retried automatically.
    #[serde(default)]
    pub enabled: bool,
    /// How often a run is retried unless its tags say otherwise.
    #[serde(default)]
    pub max_retries: i64,
    /// Whether failures of ops and assets count, not only of run workers.
    #[serde(default = "yes")]
    pub retry_on_asset_or_op_failure: bool,
}

impl Default for RunRetries {
    fn default() -> Self {
        Self { enabled: false, max_retries: 0, retry_on_asset_or_op_failure: true }
    }
}

/// `schedules`, `sensors` and `backfills`: how much a daemon does at once.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DaemonWorkers {
    /// Whether Dagster would use threads.
    pub use_threads: bool,
    /// How many evaluations at once.
    pub num_workers: Option<i64>,
    /// How many submissions at once.
    pub num_submit_workers: Option<i64>,
}

/// `auto_materialize`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct AutoMaterialize {
    /// Whether the automation daemon runs.
    pub enabled: bool,
    /// The least time between two ticks.
    pub minimum_interval_seconds: Option<i64>,
    /// Tags put on every run it requests.
    pub run_tags: IndexMap<String, Value>,
    /// Whether an unchanged data version stops propagation.
    pub respect_materialization_data_versions: bool,
    /// How often a tick that raised is retried.
    pub max_tick_retries: i64,
    /// Whether automation is evaluated by automation condition sensors.
    pub use_sensors: bool,
    /// Whether Dagster would use threads.
    pub use_threads: bool,
    /// How many sensors at once.
    pub num_workers: Option<i64>,
}

impl Default for AutoMaterialize {
    fn default() -> Self {
        Self {
            enabled: true,
            minimum_interval_seconds: None,
            run_tags: IndexMap::new(),
            respect_materialization_data_versions: false,
            max_tick_retries: 3,
            use_sensors: true,
            use_threads: false,
            num_workers: None,
        }
    }
}

/// `code_servers`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct CodeServers {
    /// How long a code server started here may take to answer.
    pub local_startup_timeout: i64,
    /// How long a reload may take.
    pub reload_timeout: i64,
    /// Whether to wait for a code server's run processes when shutting down.
    pub wait_for_local_processes_on_shutdown: bool,
}

impl Default for CodeServers {
    fn default() -> Self {
        Self {
            local_startup_timeout: 180,
            reload_timeout: 180,
            wait_for_local_processes_on_shutdown: false,
        }
    }
}

/// `python_logs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PythonLogs {
    /// Loggers whose records become run events.
    pub managed_python_loggers: Vec<String>,
    /// The level from which on.
    pub python_log_level: Option<String>,
    /// `logging.dictConfig` pieces, used by run workers only.
    pub dagster_handler_config: Value,
}

/// One part of `retention`: after how many days ticks are deleted, by status; -1 for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TickRetention {
    /// Ticks that never finished.
    pub started: i64,
    /// Ticks that asked for nothing.
    pub skipped: i64,
    /// Ticks that asked for runs.
    pub success: i64,
    /// Ticks that failed.
    pub failure: i64,
}

impl TickRetention {
    /// What Dagster keeps of schedules: everything.
    pub const SCHEDULE_DEFAULT: Self = Self { started: -1, skipped: -1, success: -1, failure: -1 };
    /// What Dagster keeps of sensors and automation: skipped ticks for a week.
    pub const SENSOR_DEFAULT: Self = Self { started: -1, skipped: 7, success: -1, failure: -1 };

    /// Applies `purge_after_days` of one section over these defaults.
    pub(super) fn overridden_by(self, section: Option<&Value>) -> Self {
        let purge = section.and_then(|section| section.get("purge_after_days"));
        match purge {
            // zero counts as not given, as in Dagster
            Some(Value::Number(days)) => match days.as_i64() {
                Some(days) if days != 0 => {
                    Self { started: days, skipped: days, success: days, failure: days }
                }
                _ => self,
            },
            Some(Value::Object(by_status)) => {
                let days = |status: &str, default: i64| {
                    by_status.get(status).and_then(Value::as_i64).unwrap_or(default)
                };
                Self {
                    started: days("started", self.started),
                    skipped: days("skipped", self.skipped),
                    success: days("success", self.success),
                    failure: days("failure", self.failure),
                }
            }
            _ => self,
        }
    }
}

/// `retention`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Ticks of schedules.
    pub schedule: TickRetention,
    /// Ticks of sensors.
    pub sensor: TickRetention,
    /// Ticks of automation.
    pub auto_materialize: TickRetention,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            schedule: TickRetention::SCHEDULE_DEFAULT,
            sensor: TickRetention::SENSOR_DEFAULT,
            auto_materialize: TickRetention::SENSOR_DEFAULT,
        }
    }
}

/// The config of `DagsterDaemonScheduler`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SchedulerSettings {
    /// For partitioned schedules, how many missed partitions are caught up at most.
    pub max_catchup_runs: i64,
    /// How often a tick that raised is retried.
    pub max_tick_retries: i64,
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self { max_catchup_runs: 5, max_tick_retries: 0 }
    }
}

/// Everything that Dagster keeps as `settings`, typed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `run_monitoring`.
    pub run_monitoring: RunMonitoring,
    /// `run_retries`.
    pub run_retries: RunRetries,
    /// `schedules`.
    pub schedules: DaemonWorkers,
    /// `sensors`.
    pub sensors: DaemonWorkers,
    /// `backfills`.
    pub backfills: DaemonWorkers,
    /// `auto_materialize`.
    pub auto_materialize: AutoMaterialize,
    /// `code_servers`.
    pub code_servers: CodeServers,
    /// `python_logs`.
    pub python_logs: PythonLogs,
    /// `retention`.
    pub retention: Retention,
    /// `telemetry.enabled`; Rondel itself sends nothing, workers and the UI read it.
    pub telemetry_enabled: bool,
    /// `nux.enabled`: whether the UI shows its first-time dialog.
    pub nux_enabled: bool,
    /// `freshness.enabled`.
    pub freshness_enabled: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            run_monitoring: RunMonitoring::default(),
            run_retries: RunRetries::default(),
            schedules: DaemonWorkers::default(),
            sensors: DaemonWorkers::default(),
            backfills: DaemonWorkers::default(),
            auto_materialize: AutoMaterialize::default(),
            code_servers: CodeServers::default(),
            python_logs: PythonLogs::default(),
            retention: Retention::default(),
            telemetry_enabled: true,
            nux_enabled: true,
            freshness_enabled: true,
        }
    }
}
