//! The instance itself: configuration, stores, launcher and log reader under one handle.
//!
//! Opening retries an unreachable database with backoff (in the stores). Work that must not be torn
//! apart when a caller goes away, such as a launch, runs as a task of the instance;
//! [`Instance::shutdown`] lets those tasks finish before the connections close.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rondel_launcher::{
    Bridge, BridgedRunCoordinator, BridgedRunLauncher, ForeignPart, LaunchError, LauncherSpec,
    RunLauncher,
};
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::UnixTime;
use rondel_storage::{OpenOptions, Storage};
use serde_json::Value;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, SystemClock};
use crate::compute_logs::{self, ComputeLogs};
use crate::config::{
    Home, InstanceConfig, RondelConfig, RunCoordinatorSettings, RunLauncherSettings,
};
use crate::error::InstanceError;
use crate::instance_ref;
use crate::runs::KnownSnapshots;

/// How to open an instance.
pub struct InstanceOptions {
    /// How to open the stores; `create_tables` is taken from `dagster.yaml`.
    pub storage: OpenOptions,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Socket of a process that launches or submits runs where `dagster.yaml` names a launcher or
    /// coordinator that has no counterpart here.
    pub launcher_socket: Option<PathBuf>,
    /// The interpreter to run such a class with, in a process of ours, where no socket is given.
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
    coordinator: Option<BridgedRunCoordinator>,
    compute_logs: Arc<dyn ComputeLogs>,
    clock: Arc<dyn Clock>,
    pub(crate) known_snapshots: KnownSnapshots,
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
            InstanceConfig::load_with_foreign_classes(&home)?
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
        mut config: InstanceConfig,
        home: Option<Home>,
        options: InstanceOptions,
    ) -> Result<Arc<Self>, InstanceError> {
        let base_dir = home.as_ref().map(Home::base_dir);
        let foreign = Foreign::of(&config, base_dir, &options)?;
        let launcher: Arc<dyn RunLauncher> = match (&config.run_launcher, &foreign) {
            (RunLauncherSettings::Foreign(class), Some(foreign)) => {
                let connected = BridgedRunLauncher::connect(foreign.bridge.clone()).await;
                Arc::new(connected.map_err(|error| foreign.not_loaded(class, error))?)
            }
            (settings, _) => rondel_launcher::build(&launcher_spec(settings, &config.rondel))?,
        };
        let coordinator = match (&config.run_coordinator, &foreign) {
            (RunCoordinatorSettings::Foreign(named), Some(foreign)) => {
                let connected = BridgedRunCoordinator::connect(foreign.bridge.clone()).await;
                Some(connected.map_err(|error| foreign.not_loaded(&named.class, error))?)
            }
            _ => None,
        };
        if let Some(queue) = coordinator.as_ref().and_then(BridgedRunCoordinator::queue) {
            let told = serde_json::from_value(queue.clone());
            config.adopt_queue(told.map_err(|error| InstanceError::BadQueue(error.to_string()))?);
        }
        let create_tables = options.storage.create_tables && config.storage.create_tables;
        let storage_options = OpenOptions { create_tables, ..options.storage };
        let storage = Storage::open(&config.storage.locations, storage_options).await?;
        Ok(Arc::new(Self {
            compute_logs: compute_logs::open(&config.compute_logs),
            launcher,
            coordinator,
            storage,
            evaluation_ref: instance_ref::for_evaluation(&config.instance_ref),
            config,
            clock: options.clock,
            known_snapshots: KnownSnapshots::default(),
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

    /// The run coordinator, where it is of a class that has no counterpart here.
    pub(crate) fn foreign_coordinator(&self) -> Option<&BridgedRunCoordinator> {
        let coordinator = self.coordinator.as_ref()?;
        self.storage.boundaries().reach();
        Some(coordinator)
    }

    /// Whether somebody here may ask for the headers of requests, which then have to be told
    /// ([`on_behalf_of`](crate::on_behalf_of)).
    pub fn wants_request_headers(&self) -> bool {
        self.coordinator.is_some()
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

/// The process that drives classes which have no counterpart here.
struct Foreign {
    bridge: Bridge,
    python: PathBuf,
}

impl Foreign {
    fn of(
        config: &InstanceConfig,
        home: Option<&Path>,
        options: &InstanceOptions,
    ) -> Result<Option<Self>, InstanceError> {
        let mut parts = Vec::new();
        let mut classes = Vec::new();
        if let RunLauncherSettings::Foreign(class) = &config.run_launcher {
            parts.push(ForeignPart::Launcher);
            classes.push(class.as_str());
        }
        if let RunCoordinatorSettings::Foreign(named) = &config.run_coordinator {
            parts.push(ForeignPart::Coordinator);
            classes.push(&named.class);
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let python = options.launcher_python.clone().unwrap_or_default();
        let bridge = match (&options.launcher_socket, home) {
            (Some(socket), _) => Bridge::at(socket),
            (None, Some(home)) if options.launcher_python.is_some() => {
                tracing::info!(
                    ?classes,
                    "classes of dagster.yaml in a Python process of their own"
                );
                rondel_launcher::start_foreign(&parts, &python, home)?
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { bridge, python }))
    }

    fn not_loaded(&self, class: &str, error: LaunchError) -> LaunchError {
        if self.python.as_os_str().is_empty() {
            return error;
        }
        rondel_launcher::not_loaded(class, &self.python, error)
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
