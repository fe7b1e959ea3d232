//! What `dev`, `webserver` and `daemon` have in common: an open instance and a workspace.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rondel_code_location::{
    AutomationSensors, CodeServerOptions, Environment, Workspace, WorkspaceConfig, WorkspaceFlags,
    find_python,
};
use rondel_instance::{Home, Instance, InstanceOptions};
use rondel_model::serdes::to_text;
use rondel_storage::OpenOptions;

use super::discovery::Discovery;
use crate::cli::{LogArgs, LogLevel, StorageArgs, WorkspaceArgs};

/// An open instance and the code locations that go with it.
pub struct Deployment {
    /// State.
    pub instance: Arc<Instance>,
    /// Code.
    pub workspace: Arc<Workspace>,
    discovery: Option<Discovery>,
}

impl Deployment {
    /// Opens the instance and begins to load the workspace.
    ///
    /// # Errors
    /// A wrong configuration or an unusable database.
    pub async fn open(
        home: Home,
        workspace: &WorkspaceArgs,
        storage: &StorageArgs,
        logs: &LogArgs,
    ) -> anyhow::Result<Self> {
        Self::open_with(home, workspace, None, instance_options(storage), logs).await
    }

    /// As [`Self::open`], with a file of locations that are served already and other options of the
    /// instance.
    ///
    /// # Errors
    /// A wrong configuration or an unusable database.
    pub async fn open_with(
        home: Home,
        workspace: &WorkspaceArgs,
        code_servers: Option<&Path>,
        mut instance_options: InstanceOptions,
        logs: &LogArgs,
    ) -> anyhow::Result<Self> {
        let environment = Environment::current().context("the current directory is gone")?;
        // Wrong flags and files are told before a database is waited for.
        let mut config = WorkspaceConfig::from_flags(&flags(workspace), environment.clone())?;
        if let Some(file) = code_servers {
            config = config.with_code_servers(file);
        }
        config.locations()?;
        instance_options.launcher_python = find_python(&environment);
        let instance = Instance::open(home, instance_options).await?;
        let options = code_server_options(&instance, &environment, logs)?;
        let discover = &workspace.discover_services;
        let workspace = Workspace::start(config, options)?;
        let discovery = match discover.as_slice() {
            [] => None,
            namespaces => Some(Discovery::start(&workspace, namespaces).await?),
        };
        Ok(Self { instance, workspace, discovery })
    }

    /// Lets launches in progress finish, then stops the code servers that they need.
    pub async fn shutdown(self) {
        self.instance.shutdown().await;
        if let Some(discovery) = self.discovery {
            discovery.stop().await;
        }
        self.workspace.shutdown().await;
    }
}

/// How the stores are opened.
pub fn instance_options(storage: &StorageArgs) -> InstanceOptions {
    InstanceOptions {
        storage: OpenOptions {
            allow_unknown_revision: storage.allow_unknown_revision,
            connect_deadline: Duration::from_secs(storage.storage_connect_seconds),
            ..OpenOptions::default()
        },
        ..InstanceOptions::default()
    }
}

fn flags(args: &WorkspaceArgs) -> WorkspaceFlags {
    WorkspaceFlags {
        workspace: args.workspace.clone(),
        python_file: args.python_file.clone(),
        module_name: args.module_name.clone(),
        package_name: args.package_name.clone(),
        autoload_defs_module_name: args.autoload_defs_module_name.clone(),
        working_directory: args.working_directory.clone(),
        attribute: args.attribute.clone(),
        grpc_port: args.grpc_port,
        grpc_socket: args.grpc_socket.clone(),
        grpc_host: args.grpc_host.clone(),
        use_ssl: args.use_ssl,
        empty_workspace: args.empty_workspace,
    }
}

fn code_server_options(
    instance: &Instance,
    environment: &Environment,
    logs: &LogArgs,
) -> anyhow::Result<CodeServerOptions> {
    // Beside code servers of somebody else's (as in a cluster) none is needed.
    let python = find_python(environment).unwrap_or_else(|| "python3".into());
    let settings = &instance.config().settings.code_servers;
    let mut options = CodeServerOptions::new(python);
    options.instance_ref = Some(to_text(instance.instance_ref()));
    options.log_level = level_name(logs.code_server_log_level).to_owned();
    options.startup_timeout = seconds(settings.local_startup_timeout);
    options.reload_timeout = seconds(settings.reload_timeout);
    options.wait_for_runs_on_shutdown = settings.wait_for_local_processes_on_shutdown;
    if !instance.config().settings.auto_materialize.use_sensors {
        options.automation_sensors = AutomationSensors::AsDefined;
    }
    Ok(options)
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(count.max(0).unsigned_abs())
}

fn level_name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Critical => "critical",
        LogLevel::Error => "error",
        LogLevel::Warning => "warning",
        LogLevel::Info => "info",
        LogLevel::Debug | LogLevel::Trace => "debug",
    }
}
