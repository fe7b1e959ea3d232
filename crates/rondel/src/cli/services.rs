//! What the serving processes take: where user code comes from, the storage, logs, the webserver.

use clap::{Args, ValueEnum};

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
    /// Dagster), or the directory of a built one; what `ui` in rondel.yaml says when not given,
    /// else `rondel`
    #[arg(long, env = "RONDEL_UI", value_name = "NAME|PATH")]
    pub ui: Option<String>,
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
