//! `dagster.yaml`: found, read as PyYAML reads it, checked, typed.
//!
//! Loading is one pass: parse with positions, check every section against its schema, replace
//! `{env: NAME}`, build typed values, and from the untouched text the instance reference that run
//! workers receive. All problems of a file are reported together, each with file, line and key.
//! Nothing here touches a database or starts anything.

mod component;
mod concurrency;
mod error;
mod home;
mod own;
mod schema;
mod sections;
mod settings;
mod storage;

use std::path::{Path, PathBuf};

use rondel_model::grpc::InstanceRef;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use component::{
    ComputeLogsSettings, ForeignCoordinator, RunCoordinatorSettings, RunLauncherSettings,
};
pub use concurrency::{
    BlockOpConcurrencyLimitedRuns, ConcurrencyConfig, ConcurrencySection, PoolConfig,
    PoolGranularity, QueuedCoordinator, RunQueueConfig, TagConcurrencyLimit, TagLimitValue,
};
pub use error::{ConfigError, InvalidConfig, Problem};
pub use home::Home;
pub use own::{RondelConfig, UiSetting};
pub use schema::{Checker, EnvLookup, Field, Presence, Schema};
pub use settings::{
    AutoMaterialize, CodeServers, DaemonWorkers, PythonLogs, Retention, RunMonitoring, RunRetries,
    SchedulerSettings, Settings, TickRetention,
};
pub use storage::StorageSettings;

use rondel_yaml::{self as yaml, Kind, Node};

use crate::instance_ref;

/// The name of the file.
pub const FILE_NAME: &str = "dagster.yaml";

/// A `dagster.yaml`, typed.
#[derive(Debug, Clone)]
pub struct InstanceConfig {
    /// The base directory: `DAGSTER_HOME` or the temporary one.
    pub home: PathBuf,
    /// The file read, `None` when there was none and everything is default.
    pub file: Option<PathBuf>,
    /// Runs, events, ticks.
    pub storage: StorageSettings,
    /// Where run workers keep files by default.
    pub local_artifact_storage: PathBuf,
    /// Captured stdout and stderr.
    pub compute_logs: ComputeLogsSettings,
    /// How run workers are started.
    pub run_launcher: RunLauncherSettings,
    /// Whether runs are queued.
    pub run_coordinator: RunCoordinatorSettings,
    /// The scheduler's own settings.
    pub scheduler: SchedulerSettings,
    /// Run queue and pool limits.
    pub concurrency: ConcurrencyConfig,
    concurrency_section: ConcurrencySection,
    /// All other sections.
    pub settings: Settings,
    /// What run workers and code servers are given to open the same instance.
    pub instance_ref: InstanceRef,
    /// Rondel's own settings, of the `rondel.yaml` beside this file.
    pub rondel: RondelConfig,
}

impl InstanceConfig {
    /// Loads the configuration of a home directory, with the process's environment.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn load(home: &Home) -> Result<Self, ConfigError> {
        Self::load_with_env(home.base_dir(), home.config_dir(), &|name| std::env::var(name).ok())
    }

    /// Takes over the settings of the queue of a coordinator of somebody else's, as it tells them.
    pub(crate) fn adopt_queue(&mut self, queue: QueuedCoordinator) {
        if let RunCoordinatorSettings::Foreign(foreign) = &mut self.run_coordinator {
            self.concurrency = ConcurrencyConfig::combine(&self.concurrency_section, Some(&queue));
            foreign.queue = Some(queue);
        }
    }

    /// Whether a home has a `dagster.yaml`.
    pub fn has_file(home: &Home) -> bool {
        home.config_dir().join(FILE_NAME).is_file()
    }

    /// Like [`load`](Self::load), but any run launcher and run coordinator class may be named, since
    /// another process drives it.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn load_with_foreign_classes(home: &Home) -> Result<Self, ConfigError> {
        let file = home.config_dir().join(FILE_NAME);
        let text = std::fs::read_to_string(&file)
            .map_err(|source| ConfigError::Unreadable { file: file.clone(), source })?;
        let env = |name: &str| std::env::var(name).ok();
        let mut checker = Checker::new(&env);
        checker.foreign_classes = true;
        let rondel = RondelConfig::load(home.config_dir(), &env)?;
        Ok(Self { rondel, ..Self::from_checked_text(&text, &file, home.base_dir(), checker)? })
    }

    /// Loads `<config_dir>/dagster.yaml`, and the `rondel.yaml` beside it, for an instance whose files live
    /// in `base_dir`.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn load_with_env(
        base_dir: &Path,
        config_dir: &Path,
        env: EnvLookup<'_>,
    ) -> Result<Self, ConfigError> {
        let file = config_dir.join(FILE_NAME);
        let config = match std::fs::read_to_string(&file) {
            Ok(text) => Self::from_text(&text, &file, base_dir, env)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Self { file: None, ..Self::from_text("", &file, base_dir, env)? }
            }
            Err(source) => return Err(ConfigError::Unreadable { file, source }),
        };
        Ok(Self { rondel: RondelConfig::load(config_dir, env)?, ..config })
    }

    /// Reads the text of a `dagster.yaml`; there is no `rondel.yaml` beside a text.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn from_text(
        text: &str,
        file: &Path,
        base_dir: &Path,
        env: EnvLookup<'_>,
    ) -> Result<Self, ConfigError> {
        Self::from_checked_text(text, file, base_dir, Checker::new(env))
    }

    fn from_checked_text(
        text: &str,
        file: &Path,
        base_dir: &Path,
        mut checker: Checker<'_>,
    ) -> Result<Self, ConfigError> {
        let root = parse(text, file)?;
        let sections = check_sections(&mut checker, &root);
        check_conflicts(&mut checker, &root);
        let storage = storage::read(&mut checker, &root, base_dir);
        let local_artifact_storage =
            component::local_artifact_storage(&mut checker, &root, base_dir);
        let compute_logs = component::compute_logs(&mut checker, &root, base_dir);
        let run_launcher = component::run_launcher(&mut checker, &root);
        let run_coordinator = component::run_coordinator(&mut checker, &root);
        let scheduler = component::scheduler(&mut checker, &root);
        component::passed_through(&mut checker, &root);
        if let Some(RunLauncherSettings::Default) = run_launcher {
            refuse_resume_with_default_launcher(&mut checker, &root);
        }

        let mut problems = checker.problems;
        let (
            Some(storage),
            Some(local_artifact_storage),
            Some(compute_logs),
            Some(run_launcher),
            Some(run_coordinator),
            Some(scheduler),
            true,
        ) = (
            storage,
            local_artifact_storage,
            compute_logs,
            run_launcher,
            run_coordinator,
            scheduler,
            problems.is_empty(),
        )
        else {
            problems.sort_by_key(|problem| problem.line);
            return Err(ConfigError::Invalid(InvalidConfig { file: file.to_path_buf(), problems }));
        };

        let concurrency_section: ConcurrencySection = typed(&sections, "concurrency")?;
        let concurrency = ConcurrencyConfig::combine(&concurrency_section, run_coordinator.queue());
        Ok(Self {
            home: base_dir.to_path_buf(),
            file: Some(file.to_path_buf()),
            storage,
            local_artifact_storage,
            compute_logs,
            run_launcher,
            run_coordinator,
            scheduler,
            concurrency,
            concurrency_section,
            settings: typed_settings(&sections)?,
            instance_ref: instance_ref::from_yaml(&root, base_dir),
            rondel: RondelConfig::default(),
        })
    }
}

fn parse(text: &str, file: &Path) -> Result<Node, ConfigError> {
    let root = yaml::parse(text).map_err(|error| ConfigError::NotYaml {
        file: file.to_path_buf(),
        line: error.at.line,
        column: error.at.column,
        reason: error.reason,
    })?;
    // an empty file, or one that holds only `false` or `{}`, means all defaults
    let root =
        root.filter(|root| !root.is_falsy()).unwrap_or_else(|| Node::new(Kind::Map(Vec::new())));
    match root.kind {
        Kind::Map(_) => Ok(root),
        _ => Err(ConfigError::Invalid(InvalidConfig {
            file: file.to_path_buf(),
            problems: vec![Problem {
                line: root.at.line,
                key: String::new(),
                message: format!("expected a mapping of sections, found {}", root.describe()),
            }],
        })),
    }
}

/// Checks the keys of the file and its plain sections; components are read by their own functions.
fn check_sections(checker: &mut Checker<'_>, root: &Node) -> Value {
    let mut fields = sections::settings();
    fields.extend(sections::COMPONENTS.map(|name| schema::optional(name, not_null())));
    fields.push(schema::optional("run_queue", not_null()));
    fields.push(schema::optional("storage", not_null()));
    checker.check(&Schema::Shape(fields), root)
}

fn not_null() -> Schema {
    Schema::Permissive(Vec::new())
}

/// The largest pool limit Dagster accepts unless told otherwise.
const MAX_POOL_LIMIT: i64 = 1000;

fn check_conflicts(checker: &mut Checker<'_>, root: &Node) {
    let Some(concurrency) = root.get("concurrency") else { return };
    let max_limit = MAX_POOL_LIMIT;
    let check_limit = |checker: &mut Checker<'_>, node: Option<&Node>| {
        if let Some(node) = node
            && let Kind::Int(limit) = node.kind
            && !(0..=i128::from(max_limit)).contains(&limit)
        {
            checker.problem(
                node,
                format!("expected a value between 0 and {max_limit}, found {limit}"),
            );
        }
    };
    checker.within("concurrency", |c| {
        let default_op_limit = concurrency
            .get("default_op_concurrency_limit")
            .filter(|n| !matches!(n.kind, Kind::Null));
        c.within("default_op_concurrency_limit", |c| {
            if let (Some(node), Some(_)) = (default_op_limit, concurrency.get("pools")) {
                c.problem(node, "cannot be combined with pools: use pools.default_limit instead");
            }
            check_limit(c, default_op_limit);
        });
        let pools = concurrency.get("pools");
        c.within("pools.default_limit", |c| {
            check_limit(c, pools.and_then(|p| p.get("default_limit")))
        });
        if let Some(node) = pools.and_then(|p| p.get("granularity"))
            && let Some(granularity) = node.as_str()
            && !matches!(granularity, "run" | "op")
        {
            c.within("pools.granularity", |c| {
                c.problem(node, format!("expected run or op, found {granularity:?}"))
            });
        }
    });
    if concurrency.get("runs").is_none() && concurrency.get("pools").is_none() {
        return;
    }
    let queue = root.get("run_queue").map(|queue| ("run_queue", queue)).or_else(|| {
        let coordinator = root.get("run_coordinator")?;
        let queued =
            coordinator.get("class").and_then(Node::as_str) == Some("QueuedRunCoordinator");
        coordinator
            .get("config")
            .filter(|_| queued)
            .map(|config| ("run_coordinator.config", config))
    });
    let Some((place, queue)) = queue else { return };
    let buffer = queue
        .get("block_op_concurrency_limited_runs")
        .and_then(|block| block.get("op_concurrency_slot_buffer"));
    for (key, value) in [
        ("max_concurrent_runs", queue.get("max_concurrent_runs")),
        ("tag_concurrency_limits", queue.get("tag_concurrency_limits")),
        ("block_op_concurrency_limited_runs.op_concurrency_slot_buffer", buffer),
    ] {
        if let Some(node) = value.filter(|node| !matches!(node.kind, Kind::Null)) {
            checker.within(&format!("{place}.{key}"), |c| {
                c.problem(node, "cannot be combined with concurrency.runs or concurrency.pools: keep one of the two");
            });
        }
    }
}

fn refuse_resume_with_default_launcher(checker: &mut Checker<'_>, root: &Node) {
    let Some(monitoring) = root.get("run_monitoring") else { return };
    let enabled =
        monitoring.get("enabled").is_some_and(|node| matches!(node.kind, Kind::Bool(true)));
    let Some(attempts) =
        monitoring.get("max_resume_run_attempts").filter(|node| enabled && !node.is_falsy())
    else {
        return;
    };
    checker.within("run_monitoring.max_resume_run_attempts", |c| {
        c.problem(
            attempts,
            "DefaultRunLauncher cannot resume runs: set max_resume_run_attempts to 0",
        );
    });
}

fn typed<T: DeserializeOwned + Default>(
    sections: &Value,
    name: &'static str,
) -> Result<T, ConfigError> {
    match sections.get(name) {
        Some(value) => serde_json::from_value(value.clone())
            .map_err(|source| ConfigError::Typing { section: name, source }),
        None => Ok(T::default()),
    }
}

fn typed_settings(sections: &Value) -> Result<Settings, ConfigError> {
    let enabled = |name: &str| {
        sections.get(name).and_then(|s| s.get("enabled")).and_then(Value::as_bool).unwrap_or(true)
    };
    let retention = |name: &str| sections.get("retention").and_then(|s| s.get(name));
    Ok(Settings {
        run_monitoring: typed(sections, "run_monitoring")?,
        run_retries: typed(sections, "run_retries")?,
        schedules: typed(sections, "schedules")?,
        sensors: typed(sections, "sensors")?,
        backfills: typed(sections, "backfills")?,
        auto_materialize: typed(sections, "auto_materialize")?,
        code_servers: typed(sections, "code_servers")?,
        python_logs: typed(sections, "python_logs")?,
        retention: Retention {
            schedule: TickRetention::SCHEDULE_DEFAULT.overridden_by(retention("schedule")),
            sensor: TickRetention::SENSOR_DEFAULT.overridden_by(retention("sensor")),
            auto_materialize: TickRetention::SENSOR_DEFAULT
                .overridden_by(retention("auto_materialize")),
        },
        telemetry_enabled: enabled("telemetry"),
        nux_enabled: enabled("nux"),
        freshness_enabled: enabled("freshness"),
    })
}

#[cfg(test)]
mod tests;
