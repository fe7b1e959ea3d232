//! The daemons, single iterations of them, and the simulation of schedules.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::services::{LogArgs, StorageArgs, WorkspaceArgs};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DaemonArgs {
    #[command(subcommand)]
    pub command: Option<DaemonCommand>,
    #[command(flatten)]
    pub run: DaemonRunArgs,
}

#[derive(Debug, Subcommand)]
pub enum DaemonCommand {
    /// Run the daemons until stopped (the default)
    Run(Box<DaemonRunArgs>),
    /// Exit with 0 if every daemon reported within its tolerance
    LivenessCheck(LivenessCheckArgs),
    /// Make one iteration of one daemon, as of an instant, and tell the result as JSON
    Tick(Box<TickArgs>),
    /// Forget all daemon heartbeats
    Wipe {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

#[derive(Debug, Args)]
pub struct TickArgs {
    /// Which: schedule, sensor, queue, monitoring, concurrency, backfill, asset, retry or freshness
    pub daemon: String,
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub logs: LogArgs,
    /// The instant, in unix seconds; the present when absent
    #[arg(long, value_name = "SECONDS")]
    pub at: Option<f64>,
    /// JSON file that names locations which are served, or known to fail, already
    #[arg(long, value_name = "FILE")]
    pub code_servers: Option<PathBuf>,
    /// Unix socket of a process that launches runs in place of the instance's launcher
    #[arg(long, value_name = "PATH")]
    pub launcher_socket: Option<PathBuf>,
    /// JSON file with what the daemon keeps in memory between iterations; rewritten at the end
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Evaluations at the same time; a hint
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Submissions at the same time; a hint
    #[arg(long, value_name = "N")]
    pub submit_threads: Option<usize>,
    /// After so many submitted runs, look whether the instigator is still switched on
    #[arg(long, value_name = "N")]
    pub termination_check_interval: Option<usize>,
    /// Places at which to die or fail, for tests: {instigator: {POINT: signal or "message"}}
    #[arg(long, value_name = "JSON")]
    pub crash_at: Option<String>,
    /// For tests: the process is killed right before it changes something for the Nth time
    #[arg(long, value_name = "N")]
    pub kill_at_boundary: Option<usize>,
    /// Queue: also launch again what a former process left half launched
    #[arg(long)]
    pub relaunch_interrupted: bool,
    /// Schedules: how many missed times are caught up
    #[arg(long, value_name = "N")]
    pub max_catchup_runs: Option<usize>,
    /// Schedules: how often a failed tick is retried
    #[arg(long, value_name = "N")]
    pub max_tick_retries: Option<i64>,
    /// Queue: runs read at once
    #[arg(long, value_name = "N")]
    pub page_size: Option<usize>,
    /// Monitoring and retries: only these runs (may be repeated)
    #[arg(long, value_name = "ID")]
    pub run_id: Vec<String>,
    /// Retries: events read of each type
    #[arg(long, value_name = "N")]
    pub fetch_limit: Option<usize>,
    /// Automation: how often the tick before sensors is made, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub pre_sensor_interval: Option<f64>,
}

#[derive(Debug, Clone, Args)]
pub struct DaemonRunArgs {
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub logs: LogArgs,
    /// Serve metrics for Prometheus at this address, such as 127.0.0.1:9464
    #[arg(long, value_name = "HOST:PORT", env = "RONDEL_METRICS_ADDRESS")]
    pub metrics_address: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Begin of the window: now, 2026-01-31, 2026-01-31T06:00 (UTC), an instant with offset, a Unix time
    #[arg(long, default_value = "now")]
    pub from: String,
    /// End of the window, in the same forms, or a span after its begin such as +24h
    #[arg(long, default_value = "+24h")]
    pub to: String,
    /// Only this schedule (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub schedule: Vec<String>,
    /// Also schedules that are switched off
    #[arg(long)]
    pub all: bool,
    /// Do not ask user code what it would request
    #[arg(long)]
    pub times_only: bool,
    /// JSON in place of a table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub logs: LogArgs,
}

#[derive(Debug, Args)]
pub struct LivenessCheckArgs {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// How old the newest heartbeat may be, in seconds
    #[arg(long, default_value_t = 1800)]
    pub heartbeat_tolerance_seconds: u64,
}
