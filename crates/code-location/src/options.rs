//! How code servers are started, watched and stopped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::Environment;

/// Settings for the code servers of a workspace. The defaults are Dagster's.
#[derive(Debug, Clone)]
pub struct CodeServerOptions {
    /// Interpreter for locations without an `executable_path`; see [`find_python`].
    pub python: PathBuf,
    /// Which of Dagster's two server commands is used.
    pub command: CodeServerCommand,
    /// The serialized `InstanceRef` handed to servers, so that they open the same instance.
    pub instance_ref: Option<String>,
    /// Whether servers load secrets of the instance into their environment.
    pub inject_env_vars_from_instance: bool,
    /// Log level of the servers.
    pub log_level: String,
    /// How long a server may take to answer for the first time
    /// (`code_servers.local_startup_timeout`).
    pub startup_timeout: Duration,
    /// How long a reload of somebody else's server may take (`code_servers.reload_timeout`).
    pub reload_timeout: Duration,
    /// A server of ours ends by itself when it hears no heartbeat for so long. Whole seconds.
    pub heartbeat_timeout: Duration,
    /// Whether stopping waits for runs in progress (`code_servers.wait_for_local_processes_on_shutdown`).
    pub wait_for_runs_on_shutdown: bool,
    /// How long a server may take to end by itself before it is terminated.
    pub shutdown_grace: Duration,
    /// Variables added to the servers' environment.
    pub environment: Vec<(String, String)>,
    /// Calls in flight per location; more wait their turn, so that one location cannot use up the
    /// server's thread pool and starve its own heartbeats.
    pub max_concurrent_calls: usize,
    /// How often `GetServerId` is asked of servers (`WATCH_INTERVAL`).
    pub watch_interval: Duration,
    /// Failed watches in a row before the location counts as lost (`MAX_RECONNECT_ATTEMPTS`).
    pub max_reconnect_attempts: u32,
    /// How often the workspace's files are looked at for changes.
    pub config_interval: Duration,
    /// Longest pause between attempts to load or restart a failing location.
    pub max_backoff: Duration,
    /// Whether repositories get the automation sensor that they may lack.
    pub automation_sensors: AutomationSensors,
}

/// What becomes of a repository whose conditions no sensor of its own evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutomationSensors {
    /// It gets Dagster's default sensor (`auto_materialize.use_sensors`).
    #[default]
    Completed,
    /// It has the sensors that it defines.
    AsDefined,
}

/// Dagster's two ways to serve code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeServerCommand {
    /// `dagster api grpc --lazy-load-user-code`: reloading means a new process.
    #[default]
    ApiGrpc,
    /// `dagster code-server start`: reloads in place.
    CodeServerStart,
}

impl CodeServerCommand {
    pub(crate) fn args(self) -> &'static [&'static str] {
        match self {
            Self::ApiGrpc => &["api", "grpc", "--lazy-load-user-code"],
            Self::CodeServerStart => &["code-server", "start"],
        }
    }
}

impl CodeServerOptions {
    /// Dagster's settings with this interpreter.
    pub fn new(python: impl Into<PathBuf>) -> Self {
        Self {
            python: python.into(),
            command: CodeServerCommand::default(),
            instance_ref: None,
            inject_env_vars_from_instance: true,
            log_level: "info".to_owned(),
            startup_timeout: Duration::from_secs(180),
            reload_timeout: Duration::from_secs(180),
            heartbeat_timeout: Duration::from_secs(45),
            wait_for_runs_on_shutdown: false,
            shutdown_grace: Duration::from_secs(3),
            environment: Vec::new(),
            max_concurrent_calls: 8,
            watch_interval: Duration::from_secs(1),
            max_reconnect_attempts: 10,
            config_interval: Duration::from_secs(2),
            max_backoff: Duration::from_secs(30),
            automation_sensors: AutomationSensors::default(),
        }
    }
}

/// The interpreter to serve user code with: `RONDEL_PYTHON`, the active virtual environment, a
/// `.venv` in the current directory, else `python3` or `python` of `PATH`.
pub fn find_python(env: &Environment) -> Option<PathBuf> {
    if let Some(path) = env.var("RONDEL_PYTHON").filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path));
    }
    let active = env.var("VIRTUAL_ENV").filter(|path| !path.is_empty()).map(PathBuf::from);
    let beside = Some(env.directory.join(".venv"));
    let in_environment = [active, beside]
        .into_iter()
        .flatten()
        .map(|root| root.join("bin/python"))
        .find(|p| is_file(p));
    in_environment.or_else(|| {
        let path = env.var("PATH")?;
        ["python3", "python"].into_iter().find_map(|name| {
            std::env::split_paths(&path).map(|directory| directory.join(name)).find(|p| is_file(p))
        })
    })
}

fn is_file(path: &Path) -> bool {
    path.is_file()
}
