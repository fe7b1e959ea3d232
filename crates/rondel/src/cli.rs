//! The command line. Flags that Dagster has keep its names, short forms and environment variables.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// A Dagster-compatible orchestration control plane.
#[derive(Debug, Parser)]
#[command(name = "rondel", version, disable_help_flag = true, disable_help_subcommand = true)]
pub struct Cli {
    /// Print help
    #[arg(long, action = ArgAction::Help, global = true)]
    help: Option<bool>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the webserver and the daemons in one process, for local development
    Dev(DevArgs),
    /// Run the webserver (GraphQL, web UI)
    Webserver(WebserverArgs),
    /// Run the daemons (schedules, sensors, run queue, monitoring)
    Daemon(DaemonArgs),
    /// Tell when schedules would fire and what they would request, touching nothing
    Simulate(Box<SimulateArgs>),
    /// Look at or migrate the instance that DAGSTER_HOME names
    #[command(subcommand)]
    Instance(InstanceCommand),
    /// Runs of a running server
    #[command(subcommand)]
    Run(RunCommand),
    /// Jobs of a running server
    #[command(subcommand)]
    Job(JobCommand),
    /// Assets of a running server
    #[command(subcommand)]
    Asset(AssetCommand),
    /// Schedules of a running server
    #[command(subcommand)]
    Schedule(InstigatorCommand),
    /// Sensors of a running server
    #[command(subcommand)]
    Sensor(InstigatorCommand),
    /// Code locations of a running server
    #[command(subcommand)]
    Location(LocationCommand),
    /// Kubernetes manifests
    #[command(subcommand)]
    K8s(K8sCommand),
    /// Code locations as custom resources of a Kubernetes cluster
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// The GraphQL schema
    #[command(subcommand)]
    Graphql(GraphqlCommand),
    /// Automation conditions
    #[command(subcommand)]
    Automation(AutomationCommand),
}

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Serve the code of CodeLocation resources until a signal comes
    Run(OperatorRunArgs),
    /// Print the definition of the CodeLocation resource, for kubectl apply
    Crd,
    /// Print the roles that the run launcher, discovery and the operator need
    Roles,
}

#[derive(Debug, Args)]
pub struct OperatorRunArgs {
    /// Namespace to look after; all of them when absent
    #[arg(short, long, env = "RONDEL_OPERATOR_NAMESPACE")]
    pub namespace: Option<String>,
    #[command(flatten)]
    pub logs: LogArgs,
}

/// Where user code comes from; exactly one kind of target.
#[derive(Debug, Clone, Default, Args)]
pub struct WorkspaceArgs {
    /// Python file with definitions, one code location each
    #[arg(short = 'f', long, value_name = "PATH")]
    pub python_file: Vec<String>,
    /// Python module with definitions, one code location each
    #[arg(short = 'm', long, value_name = "MODULE")]
    pub module_name: Vec<String>,
    /// Python package with definitions
    #[arg(long, value_name = "PACKAGE")]
    pub package_name: Vec<String>,
    /// Module which is searched recursively for definitions
    #[arg(long, value_name = "MODULE")]
    pub autoload_defs_module_name: Option<String>,
    /// Working directory of the code server
    #[arg(short = 'd', long, value_name = "PATH")]
    pub working_directory: Option<String>,
    /// Attribute of the file, module or package that holds the definitions
    #[arg(short = 'a', long)]
    pub attribute: Option<String>,
    /// Workspace file
    #[arg(short = 'w', long, value_name = "PATH")]
    pub workspace: Vec<String>,
    /// Start without any code location
    #[arg(long)]
    pub empty_workspace: bool,
    /// Host of a code server that runs already
    #[arg(long)]
    pub grpc_host: Option<String>,
    /// Port of a code server that runs already
    #[arg(long)]
    pub grpc_port: Option<u16>,
    /// Unix socket of a code server that runs already
    #[arg(long, value_name = "PATH")]
    pub grpc_socket: Option<String>,
    /// Connect to the code server over TLS
    #[arg(long)]
    pub use_ssl: bool,
    /// Kubernetes namespaces whose Services with the label rondel.dev/code-location are code locations too;
    /// '*' for all
    #[arg(long, value_name = "NAMESPACE", value_delimiter = ',', env = "RONDEL_DISCOVER_SERVICES")]
    pub discover_services: Vec<String>,
}

/// How the database is opened.
#[derive(Debug, Clone, Args)]
pub struct StorageArgs {
    /// Use a database of a revision that this version does not know
    #[arg(long)]
    pub allow_unknown_revision: bool,
    /// How long an unreachable database is tried at start, in seconds
    #[arg(
        long,
        value_name = "SECONDS",
        env = "RONDEL_STORAGE_CONNECT_SECONDS",
        default_value_t = 15
    )]
    pub storage_connect_seconds: u64,
}

/// How the process logs.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// How much to log
    #[arg(long, visible_alias = "dagster-log-level", value_enum, default_value = "info")]
    pub log_level: LogLevel,
    /// How log lines look
    #[arg(long, value_enum, default_value = "colored")]
    pub log_format: LogFormat,
    /// How much the code servers log that this process starts
    #[arg(long, value_enum, default_value = "warning")]
    pub code_server_log_level: LogLevel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Critical,
    Error,
    Warning,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people, coloured on a terminal
    Colored,
    /// One JSON object a line
    Json,
    /// The same as `colored`
    Rich,
}

#[derive(Debug, Args)]
pub struct DevArgs {
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub logs: LogArgs,
    /// Address to listen on
    #[arg(short = 'h', long, visible_alias = "dagit-host", default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 takes a free one
    #[arg(short = 'p', long, visible_alias = "dagit-port", default_value_t = 3000)]
    pub port: u16,
    /// How often the UI asks for live asset data, in milliseconds
    #[arg(long, default_value_t = 2000)]
    pub live_data_poll_rate: u32,
    #[command(flatten)]
    pub ui: UiArgs,
}

/// Which web UI is served.
#[derive(Debug, Clone, Args)]
pub struct UiArgs {
    /// Web UI: `rondel`, `dagster` (of the dagster-webserver installed beside the user code's
    /// Dagster), or the directory of a built one
    #[arg(long, env = "RONDEL_UI", value_name = "NAME|PATH", default_value = "rondel")]
    pub ui: String,
}

#[derive(Debug, Args)]
pub struct WebserverArgs {
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub logs: LogArgs,
    /// Address to listen on
    #[arg(short = 'h', long, env = "DAGSTER_WEBSERVER_HOST", default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 takes a free one
    #[arg(short = 'p', long, env = "DAGSTER_WEBSERVER_PORT", default_value_t = 3000)]
    pub port: u16,
    /// Path under which the server is reached, such as /rondel
    #[arg(short = 'l', long, env = "DAGSTER_WEBSERVER_PATH_PREFIX", default_value = "")]
    pub path_prefix: String,
    /// Turn off everything that changes state
    #[arg(long, env = "DAGSTER_WEBSERVER_READ_ONLY")]
    pub read_only: bool,
    /// How often the UI asks for live asset data, in milliseconds
    #[arg(long, env = "DAGSTER_WEBSERVER_LIVE_DATA_POLL_RATE", default_value_t = 2000)]
    pub live_data_poll_rate: u32,
    #[command(flatten)]
    pub ui: UiArgs,
    /// Longest time of one database statement, in milliseconds
    #[arg(long, env = "DAGSTER_WEBSERVER_DB_STATEMENT_TIMEOUT", default_value_t = 15000)]
    pub db_statement_timeout: u64,
}

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

#[derive(Debug, Subcommand)]
pub enum InstanceCommand {
    /// Show where the instance keeps its state and how it is configured
    Info {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Create the tables that are missing
    Migrate {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

/// Which server an operator command talks to.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Address of the webserver
    #[arg(long, env = "RONDEL_URL", default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// Print JSON in place of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// List runs, newest first
    List {
        #[command(flatten)]
        server: ServerArgs,
        /// Only runs in this status (may be repeated)
        #[arg(long)]
        status: Vec<String>,
        /// Only runs of this job
        #[arg(long)]
        job: Option<String>,
        /// Only runs with this tag, KEY=VALUE (may be repeated)
        #[arg(long = "tag", value_parser = key_value)]
        tags: Vec<(String, String)>,
        /// How many
        #[arg(long, default_value_t = 25)]
        limit: u32,
    },
    /// Show one run
    Show {
        #[command(flatten)]
        server: ServerArgs,
        run_id: String,
    },
    /// Print a run's event log
    Logs {
        #[command(flatten)]
        server: ServerArgs,
        run_id: String,
        /// Go on until the run ends; exit with 1 if it fails
        #[arg(short = 'f', long)]
        follow: bool,
    },
    /// Stop a run
    Cancel {
        #[command(flatten)]
        server: ServerArgs,
        run_id: String,
        /// Mark it as canceled at once, without waiting for its worker
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub struct LaunchArgs {
    /// Run configuration: a YAML or JSON file, or - for standard input
    #[arg(short = 'c', long, value_name = "FILE")]
    pub config: Option<String>,
    /// Tag of the run, KEY=VALUE (may be repeated)
    #[arg(long = "tag", value_parser = key_value)]
    pub tags: Vec<(String, String)>,
    /// Partition key of the run
    #[arg(long)]
    pub partition: Option<String>,
    /// Code location, where the name alone is ambiguous
    #[arg(long)]
    pub location: Option<String>,
    /// Print the log until the run ends; exit with 1 if it fails
    #[arg(long)]
    pub wait: bool,
}

#[derive(Debug, Subcommand)]
pub enum JobCommand {
    /// List jobs
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Launch a run of a job
    Launch {
        #[command(flatten)]
        server: ServerArgs,
        name: String,
        #[command(flatten)]
        launch: LaunchArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum AssetCommand {
    /// List assets
    List {
        #[command(flatten)]
        server: ServerArgs,
        /// Asset selection, such as 'group:raw' or '+reports/newsletter'
        #[arg(long)]
        select: Option<String>,
    },
    /// Materialize assets
    Materialize {
        #[command(flatten)]
        server: ServerArgs,
        /// Asset selection, such as 'group:raw' or '+reports/newsletter'
        #[arg(long)]
        select: String,
        #[command(flatten)]
        launch: LaunchArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum InstigatorCommand {
    /// List them with their state
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Switch one on
    Start {
        #[command(flatten)]
        server: ServerArgs,
        name: String,
        /// Code location, where the name alone is ambiguous
        #[arg(long)]
        location: Option<String>,
    },
    /// Switch one off
    Stop {
        #[command(flatten)]
        server: ServerArgs,
        name: String,
        /// Code location, where the name alone is ambiguous
        #[arg(long)]
        location: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum LocationCommand {
    /// List code locations with their state
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Load a code location again, or all of them
    Reload {
        #[command(flatten)]
        server: ServerArgs,
        name: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum AutomationCommand {
    /// Evaluate automation conditions of a repository snapshot against the instance's storage
    Evaluate {
        /// File with the snapshot, the entities and the cursor
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// Evaluate as of this moment, in Unix seconds, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<f64>,
    },
}

#[derive(Debug, Subcommand)]
pub enum K8sCommand {
    /// Print the Job that a run would be launched as, without contacting a cluster
    RenderJob {
        /// File with the serialized run
        #[arg(long, value_name = "FILE")]
        run: PathBuf,
        /// Render the Job that takes over from a dead worker, counted from 1
        #[arg(long, value_name = "N")]
        resume_attempt: Option<u32>,
    },
}

#[derive(Debug, Subcommand)]
pub enum GraphqlCommand {
    /// Print the schema in GraphQL's schema definition language
    Schema,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| format!("'{text}' is not of the form KEY=VALUE"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn dagsters_short_flags_keep_their_meaning() {
        let cli = Cli::parse_from([
            "rondel",
            "webserver",
            "-h",
            "0.0.0.0",
            "-p",
            "3333",
            "-w",
            "ws.yaml",
        ]);
        let Command::Webserver(args) = cli.command else { panic!("not the webserver") };
        assert_eq!((args.host.as_str(), args.port), ("0.0.0.0", 3333));
        assert_eq!(args.workspace.workspace, ["ws.yaml"]);
    }

    #[test]
    fn the_daemon_runs_with_and_without_its_subcommand() {
        for line in
            [&["rondel", "daemon", "-f", "a.py"][..], &["rondel", "daemon", "run", "-f", "a.py"]]
        {
            let Command::Daemon(args) = Cli::parse_from(line).command else {
                panic!("not the daemon")
            };
            let run = match args.command {
                Some(DaemonCommand::Run(run)) => *run,
                None => args.run,
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(run.workspace.python_file, ["a.py"]);
        }
    }
}
