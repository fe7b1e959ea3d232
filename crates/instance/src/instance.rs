//! The instance itself: configuration, stores, launcher and log reader under one handle.
//!
//! Opening retries an unreachable database with backoff (in the stores). Work that must not be torn
//! apart when a caller goes away, such as a launch, runs as a task of the instance;
//! [`Instance::shutdown`] lets those tasks finish before the connections close.

use std::path::PathBuf;
use std::sync::Arc;

use rondel_launcher::{BridgedRunLauncher, LauncherSpec, RunLauncher};
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::UnixTime;
use rondel_storage::{OpenOptions, Storage};
use serde_json::Value;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, SystemClock};
use crate::compute_logs::{self, ComputeLogs};
use crate::config::{Home, InstanceConfig, RondelConfig, RunLauncherSettings};
use crate::error::InstanceError;
use crate::instance_ref;

/// How to open an instance.
pub struct InstanceOptions {
    /// How to open the stores; `create_tables` is taken from `dagster.yaml`.
    pub storage: OpenOptions,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Socket of a process that launches runs where `dagster.yaml` names a launcher that has no
    /// counterpart here.
    pub launcher_socket: Option<PathBuf>,
    /// The interpreter to run such a launcher with, in a process of ours, where no socket is given.
    pub launcher_python: Option<PathBuf>,
}

impl Default for InstanceOptions {
    fn default() -> Self {
        Self {
            storage: OpenOptions::default(),
            clock: Arc::new(SystemClock),
            launcher_socket: None,
            launcher_python: None,
        }
    }
}

/// An open instance. Shared as `Arc<Instance>`.
pub struct Instance {
    config: InstanceConfig,
    evaluation_ref: InstanceRef,
    storage: Storage,
    launcher: Arc<dyn RunLauncher>,
    compute_logs: Arc<dyn ComputeLogs>,
    clock: Arc<dyn Clock>,
    pub(crate) tasks: TaskTracker,
    /// Signals that this process has put a run into the queue.
    pub(crate) enqueued: tokio::sync::Notify,
    /// Keeps a temporary home until the instance goes.
    _home: Option<Home>,
}

impl Instance {
    /// Loads `dagster.yaml` of a home directory and opens everything it names.
    ///
    /// # Errors
    /// A wrong configuration, or a database that stays unreachable or cannot be used.
    pub async fn open(home: Home, options: InstanceOptions) -> Result<Arc<Self>, InstanceError> {
        let may_be_foreign = options.launcher_socket.is_some()
            || (options.launcher_python.is_some() && InstanceConfig::has_file(&home));
        let config = if may_be_foreign {
            InstanceConfig::load_with_foreign_launcher(&home)?
        } else {
            InstanceConfig::load(&home)?
        };
        if config.file.is_none() && !home.is_temporary() {
            tracing::info!(
                home = %home.base_dir().display(),
                "no dagster.yaml in DAGSTER_HOME, everything is kept in that directory"
            );
        }
        Self::open_with(config, Some(home), options).await
    }

    /// Opens everything a configuration names. A temporary `home` lives as long as the instance.
    ///
    /// # Errors
    /// A database that stays unreachable or cannot be used, or an unknown launcher.
    pub async fn open_with(
        config: InstanceConfig,
        home: Option<Home>,
        options: InstanceOptions,
    ) -> Result<Arc<Self>, InstanceError> {
        let base_dir = home.as_ref().map(Home::base_dir);
        let launcher: Arc<dyn RunLauncher> =
            match (&config.run_launcher, &options.launcher_socket, &options.launcher_python) {
                (RunLauncherSettings::Foreign(_), Some(socket), _) => {
                    Arc::new(BridgedRunLauncher::connect(socket).await?)
                }
                (RunLauncherSettings::Foreign(class), None, Some(python)) if base_dir.is_some() => {
                    tracing::info!(class, "run launcher in a Python process of its own");
                    let home = base_dir.unwrap_or(python);
                    Arc::new(rondel_launcher::start_foreign(class, python, home).await?)
                }
                (settings, ..) => rondel_launcher::build(&launcher_spec(settings, &config.rondel))?,
            };
        let create_tables = options.storage.create_tables && config.storage.create_tables;
        let storage_options = OpenOptions { create_tables, ..options.storage };
        let storage = Storage::open(&config.storage.locations, storage_options).await?;
        Ok(Arc::new(Self {
            compute_logs: compute_logs::open(&config.compute_logs),
            launcher,
            storage,
            evaluation_ref: instance_ref::for_evaluation(&config.instance_ref),
            config,
            clock: options.clock,
            tasks: TaskTracker::new(),
            enqueued: tokio::sync::Notify::new(),
            _home: home,
        }))
    }

    /// The configuration.
    pub fn config(&self) -> &InstanceConfig {
        &self.config
    }

    /// The stores.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The launcher. Who asks for it is about to change something outside of the databases.
    pub fn launcher(&self) -> &Arc<dyn RunLauncher> {
        self.storage.boundaries().reach();
        &self.launcher
    }

    /// The reader of captured stdout and stderr.
    pub fn compute_logs(&self) -> &Arc<dyn ComputeLogs> {
        &self.compute_logs
    }

    /// What run workers and code servers are given to open the same instance.
    pub fn instance_ref(&self) -> &InstanceRef {
        &self.config.instance_ref
    }

    /// What code servers are given to evaluate user code with: the same instance, whose tables are
    /// known to exist.
    pub fn evaluation_ref(&self) -> &InstanceRef {
        &self.evaluation_ref
    }

    /// The instance's clock.
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Waits until this process has put a run into the queue since the last call: the queue need not
    /// wait for its next look. One waiter at a time.
    pub async fn run_enqueued(&self) {
        self.enqueued.notified().await;
    }

    /// Whether a launch (or other work that is finished although its caller went away) is under way.
    pub fn has_work_in_progress(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// Lets work in progress finish, refuses more, and closes the stores.
    pub async fn shutdown(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.storage.close().await;
    }
}

fn launcher_spec(settings: &RunLauncherSettings, own: &RondelConfig) -> LauncherSpec {
    let config = match settings {
        RunLauncherSettings::Default | RunLauncherSettings::Foreign(_) => Value::Null,
        RunLauncherSettings::Kubernetes(config) | RunLauncherSettings::Docker(config) => {
            config.clone()
        }
    };
    LauncherSpec {
        class_name: settings.class_name().to_owned(),
        config,
        kubernetes_executor: own.kubernetes_executor.unwrap_or_default(),
    }
}
