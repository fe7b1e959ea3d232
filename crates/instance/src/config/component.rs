//! The sections that name a Python class: which classes Rondel has a counterpart for.
//!
//! A class is recognised by its name and the top-level package of its module, for the same class can
//! be imported from several modules (`dagster`, `dagster.core.launcher`, `dagster._core.launcher`).

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::concurrency::QueuedCoordinator;
use super::schema::Checker;
use super::sections;
use super::settings::SchedulerSettings;
use rondel_yaml::{Kind, Node};

/// `module`, `class` and `config` of one section.
#[derive(Debug, Clone)]
pub struct Class {
    /// The Python module as written.
    pub module: String,
    /// The Python class.
    pub class: String,
    /// The config, an empty mapping when missing.
    pub config: Node,
}

impl Class {
    /// Reads a `{module, class, config}` mapping. `None` where a problem was recorded.
    pub(super) fn read(checker: &mut Checker<'_>, node: &Node) -> Option<Self> {
        let before = checker.problems.len();
        let checked = checker.check(&sections::configurable_class(), node);
        if checker.problems.len() > before {
            return None;
        }
        let empty = Node { at: node.at, kind: Kind::Map(Vec::new()) };
        Some(Self {
            module: checked.get("module")?.as_str()?.to_owned(),
            class: checked.get("class")?.as_str()?.to_owned(),
            config: node.get("config").cloned().unwrap_or(empty),
        })
    }

    /// The top-level package of the module.
    pub fn package(&self) -> &str {
        self.module.split('.').next().unwrap_or_default()
    }
}

/// How runs get from "created" to "launched".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunCoordinatorSettings {
    /// Launched by whoever submits them.
    Default,
    /// Put into the queue, which the daemon works off.
    Queued(QueuedCoordinator),
    /// Handed to a class of somebody else's, which another process drives.
    Foreign(ForeignCoordinator),
}

/// A run coordinator class of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignCoordinator {
    /// Its name.
    pub class: String,
    /// The settings of its queue, where it is a kind of `QueuedRunCoordinator`: known when it was asked.
    pub queue: Option<QueuedCoordinator>,
}

impl RunCoordinatorSettings {
    /// The name of the Python class.
    pub fn class_name(&self) -> &str {
        match self {
            Self::Default => "DefaultRunCoordinator",
            Self::Queued(_) => "QueuedRunCoordinator",
            Self::Foreign(foreign) => &foreign.class,
        }
    }

    /// The settings of the queue, where runs wait in one for the daemon.
    pub fn queue(&self) -> Option<&QueuedCoordinator> {
        match self {
            Self::Default => None,
            Self::Queued(queue) => Some(queue),
            Self::Foreign(foreign) => foreign.queue.as_ref(),
        }
    }
}

/// How run workers are started.
#[derive(Debug, Clone, PartialEq)]
pub enum RunLauncherSettings {
    /// By the code server, as its child process.
    Default,
    /// As Kubernetes Jobs; the config of `K8sRunLauncher`, unresolved.
    Kubernetes(Value),
    /// As Docker containers; the config of `DockerRunLauncher`, unresolved.
    Docker(Value),
    /// By a class of somebody else's, which another process drives; its name.
    Foreign(String),
}

impl RunLauncherSettings {
    /// The name of the Python class, which events mention.
    pub fn class_name(&self) -> &str {
        match self {
            Self::Default => "DefaultRunLauncher",
            Self::Kubernetes(_) => "K8sRunLauncher",
            Self::Docker(_) => "DockerRunLauncher",
            Self::Foreign(class) => class,
        }
    }
}

/// Where captured stdout and stderr are found.
#[derive(Debug, Clone, PartialEq)]
pub enum ComputeLogsSettings {
    /// Files under this directory.
    Local(PathBuf),
    /// Nothing is captured.
    NoOp,
    /// In an object store.
    ObjectStore {
        /// The Python class.
        class: String,
        /// Its config, checked, with defaults and environment resolved.
        config: Value,
    },
}

const OBJECT_STORE_LOGS: [(&str, &str); 3] = [
    ("dagster_aws", "S3ComputeLogManager"),
    ("dagster_gcp", "GCSComputeLogManager"),
    ("dagster_azure", "AzureBlobComputeLogManager"),
];

fn section<'a>(root: &'a Node, key: &str) -> Option<&'a Node> {
    root.get(key).filter(|node| !node.is_falsy())
}

/// Reads `compute_logs`.
pub(super) fn compute_logs(
    checker: &mut Checker<'_>,
    root: &Node,
    home: &Path,
) -> Option<ComputeLogsSettings> {
    let Some(node) = section(root, "compute_logs") else {
        return Some(ComputeLogsSettings::Local(home.join("storage")));
    };
    checker.within("compute_logs", |c| {
        let class = Class::read(c, node)?;
        c.within("config", |c| match (class.package(), class.class.as_str()) {
            ("dagster", "LocalComputeLogManager") => {
                let checked = c.check(&sections::local_compute_logs(), &class.config);
                checked
                    .get("base_dir")
                    .and_then(Value::as_str)
                    .map(|dir| ComputeLogsSettings::Local(dir.into()))
            }
            ("dagster", "NoOpComputeLogManager") => {
                c.check(&super::schema::Schema::Shape(Vec::new()), &class.config);
                Some(ComputeLogsSettings::NoOp)
            }
            known if OBJECT_STORE_LOGS.contains(&known) => {
                let schema = match known.0 {
                    "dagster_aws" => sections::s3_compute_logs(),
                    "dagster_gcp" => sections::gcs_compute_logs(),
                    _ => sections::azure_compute_logs(),
                };
                let before = c.problems.len();
                let config = c.check(&schema, &class.config);
                let class = class.class.clone();
                (c.problems.len() == before)
                    .then_some(ComputeLogsSettings::ObjectStore { class, config })
            }
            _ => {
                let mut supported = vec!["LocalComputeLogManager", "NoOpComputeLogManager"];
                supported.extend(OBJECT_STORE_LOGS.iter().map(|(_, name)| *name));
                c.unsupported_class(node, &class.module, &class.class, &supported);
                None
            }
        })
    })
}

/// Reads `local_artifact_storage`.
pub(super) fn local_artifact_storage(
    checker: &mut Checker<'_>,
    root: &Node,
    home: &Path,
) -> Option<PathBuf> {
    let Some(node) = section(root, "local_artifact_storage") else {
        return Some(home.to_path_buf());
    };
    checker.within("local_artifact_storage", |c| {
        let class = Class::read(c, node)?;
        if (class.package(), class.class.as_str()) != ("dagster", "LocalArtifactStorage") {
            c.unsupported_class(node, &class.module, &class.class, &["LocalArtifactStorage"]);
            return None;
        }
        let checked = c.within("config", |c| c.check(&sections::base_dir(), &class.config));
        checked.get("base_dir").and_then(Value::as_str).map(PathBuf::from)
    })
}

/// Reads `run_launcher`.
pub(super) fn run_launcher(checker: &mut Checker<'_>, root: &Node) -> Option<RunLauncherSettings> {
    let Some(node) = section(root, "run_launcher") else {
        return Some(RunLauncherSettings::Default);
    };
    checker.within("run_launcher", |c| {
        let class = Class::read(c, node)?;
        match (class.package(), class.class.as_str()) {
            ("dagster", "DefaultRunLauncher") => {
                c.within("config", |c| {
                    c.check(&super::schema::Schema::Shape(Vec::new()), &class.config)
                });
                Some(RunLauncherSettings::Default)
            }
            ("dagster_k8s", "K8sRunLauncher") => {
                Some(RunLauncherSettings::Kubernetes(class.config.to_json()))
            }
            ("dagster_docker", "DockerRunLauncher") => {
                Some(RunLauncherSettings::Docker(class.config.to_json()))
            }
            _ if c.foreign_classes => Some(RunLauncherSettings::Foreign(class.class)),
            _ => {
                let supported = ["DefaultRunLauncher", "K8sRunLauncher", "DockerRunLauncher"];
                c.unsupported_class(node, &class.module, &class.class, &supported);
                None
            }
        }
    })
}

/// Reads `run_coordinator` or `run_queue`.
pub(super) fn run_coordinator(
    checker: &mut Checker<'_>,
    root: &Node,
) -> Option<RunCoordinatorSettings> {
    match (root.get("run_coordinator"), root.get("run_queue")) {
        (Some(_), Some(node)) => {
            checker.within("run_queue", |c| {
                c.problem(
                    node,
                    "run_queue cannot be combined with run_coordinator: keep one of the two",
                );
            });
            None
        }
        (None, Some(node)) => checker.within("run_queue", |c| queued(c, node)),
        (Some(node), None) if !node.is_falsy() => checker.within("run_coordinator", |c| {
            let class = Class::read(c, node)?;
            c.within("config", |c| match (class.package(), class.class.as_str()) {
                _ if c.foreign_classes && !is_known_coordinator(&class) => {
                    let foreign = ForeignCoordinator { class: class.class, queue: None };
                    Some(RunCoordinatorSettings::Foreign(foreign))
                }
                ("dagster", "QueuedRunCoordinator") => queued(c, &class.config),
                ("dagster", "DefaultRunCoordinator" | "SyncInMemoryRunCoordinator") => {
                    c.check(&super::schema::Schema::Shape(Vec::new()), &class.config);
                    Some(RunCoordinatorSettings::Default)
                }
                _ => {
                    let supported = ["QueuedRunCoordinator", "DefaultRunCoordinator"];
                    c.unsupported_class(node, &class.module, &class.class, &supported);
                    None
                }
            })
        }),
        _ => Some(RunCoordinatorSettings::Queued(QueuedCoordinator::unconfigured())),
    }
}

fn is_known_coordinator(class: &Class) -> bool {
    let known = ["QueuedRunCoordinator", "DefaultRunCoordinator", "SyncInMemoryRunCoordinator"];
    class.package() == "dagster" && known.contains(&class.class.as_str())
}

fn queued(checker: &mut Checker<'_>, node: &Node) -> Option<RunCoordinatorSettings> {
    let before = checker.problems.len();
    let checked = checker.check(&sections::run_queue(), node);
    if checker.problems.len() > before {
        return None;
    }
    let settings: QueuedCoordinator = match serde_json::from_value(checked) {
        Ok(settings) => settings,
        Err(error) => {
            checker.problem(node, error.to_string());
            return None;
        }
    };
    if settings.max_concurrent_runs.is_some_and(|runs| runs < -1) {
        checker.problem(node, "max_concurrent_runs must be -1 (no limit), 0 (no runs) or positive");
        return None;
    }
    let blocking = settings.block_op_concurrency_limited_runs.unwrap_or_default();
    if blocking.op_concurrency_slot_buffer.unwrap_or(0) != 0 && blocking.enabled == Some(false) {
        checker.problem(
            node,
            "op_concurrency_slot_buffer needs block_op_concurrency_limited_runs to be enabled",
        );
        return None;
    }
    Some(RunCoordinatorSettings::Queued(settings))
}

/// Reads `scheduler`.
pub(super) fn scheduler(checker: &mut Checker<'_>, root: &Node) -> Option<SchedulerSettings> {
    let Some(node) = section(root, "scheduler") else { return Some(SchedulerSettings::default()) };
    checker.within("scheduler", |c| {
        let class = Class::read(c, node)?;
        if (class.package(), class.class.as_str()) != ("dagster", "DagsterDaemonScheduler") {
            c.unsupported_class(node, &class.module, &class.class, &["DagsterDaemonScheduler"]);
            return None;
        }
        let checked = c.within("config", |c| c.check(&sections::scheduler(), &class.config));
        serde_json::from_value(checked).ok()
    })
}

/// Checks the sections that only Python processes read: secrets loaders and definition state
/// storages may be any class; a custom instance class has no counterpart here.
pub(super) fn passed_through(checker: &mut Checker<'_>, root: &Node) {
    if let Some(node) = root.get("secrets") {
        let custom = super::schema::required("custom", sections::configurable_class());
        checker
            .within("secrets", |c| c.check(&super::schema::Schema::Selector(vec![custom]), node));
    }
    if let Some(node) = root.get("defs_state_storage") {
        checker.within("defs_state_storage", |c| Class::read(c, node));
    }
    if let Some(node) = root.get("instance_class") {
        checker.within("instance_class", |c| {
            if let Some(class) = Class::read(c, node) {
                c.problem(
                    node,
                    format!(
                        "the custom instance class {} of module {} cannot be used: Rondel replaces the instance itself; \
                         remove instance_class and configure the storages, launcher and coordinator by their own keys",
                        class.class, class.module
                    ),
                );
            }
        });
    }
}
