//! The instance reference: how a run worker or code server opens the same instance.
//!
//! Dagster hands its own workers a serialized `InstanceRef`: for every component the module, class
//! and config (as YAML text) to import. Rondel starts unmodified workers, so it must produce the
//! very text that `DagsterInstance.get_ref()` serializes to for the same `dagster.yaml`.
//! Mirrors `dagster/_core/instance/ref.py`.

use std::path::Path;

use rondel_model::grpc::{ConfigurableClassData, InstanceRef};

use rondel_yaml::{self as yaml, Kind, Node};

/// `ConfigurableClassData`: which class, configured how.
#[derive(Clone)]
struct ClassData {
    module: String,
    class: String,
    config_yaml: String,
}

impl ClassData {
    fn new(module: &str, class: &str, config: &Node) -> Self {
        Self { module: module.to_owned(), class: class.to_owned(), config_yaml: yaml::dump(config) }
    }

    fn with_base_dir(module: &str, class: &str, base_dir: &str) -> Self {
        Self::new(module, class, &Node::map([("base_dir", Node::str(base_dir))]))
    }

    fn unconfigured(module: &str, class: &str) -> Self {
        Self::new(module, class, &Node::new(Kind::Map(Vec::new())))
    }

    fn from_section(node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
        let empty = Node::new(Kind::Map(Vec::new()));
        Self::new(text("module"), text("class"), node.get("config").unwrap_or(&empty))
    }

    /// The stored form, which names modules by their public path.
    fn into_model(self) -> ConfigurableClassData {
        ConfigurableClassData {
            module_name: public_module(&self.module),
            class_name: self.class,
            config_yaml: self.config_yaml,
            ..ConfigurableClassData::default()
        }
    }

    /// The same facts as a mapping, the way composite storages embed their parts.
    fn to_node(&self) -> Node {
        Node::map([
            ("module_name", Node::str(private_module(&self.module))),
            ("class_name", Node::str(&*self.class)),
            ("config_yaml", Node::str(&*self.config_yaml)),
        ])
    }
}

fn public_module(module: &str) -> String {
    module
        .strip_prefix("dagster._")
        .map_or_else(|| module.to_owned(), |rest| format!("dagster.{rest}"))
}

fn private_module(module: &str) -> String {
    match module.strip_prefix("dagster.") {
        Some(rest) if !rest.is_empty() && !rest.starts_with('_') => format!("dagster._{rest}"),
        _ => module.to_owned(),
    }
}

struct Storages {
    storage: ClassData,
    /// Run, event log and schedule storage; empty where the legacy form cannot express it.
    parts: [Option<ClassData>; 3],
}

const RUNS: &str = "dagster._core.storage.runs";
const EVENTS: &str = "dagster._core.storage.event_log";
const SCHEDULES: &str = "dagster._core.storage.schedules";
const COORDINATORS: &str = "dagster._core.run_coordinator";
const LEGACY: &str = "dagster._core.storage.legacy_storage";

const POSTGRES_STORES: [&str; 4] = [
    "DagsterPostgresStorage",
    "PostgresRunStorage",
    "PostgresEventLogStorage",
    "PostgresScheduleStorage",
];

fn sqlite_parts(base_dir: &str) -> [ClassData; 3] {
    [
        ClassData::with_base_dir(RUNS, "SqliteRunStorage", &join(base_dir, "history/")),
        ClassData::with_base_dir(EVENTS, "SqliteEventLogStorage", &join(base_dir, "history/runs/")),
        ClassData::with_base_dir(SCHEDULES, "SqliteScheduleStorage", &join(base_dir, "schedules")),
    ]
}

/// `os.path.join`
fn join(base_dir: &str, rest: &str) -> String {
    if base_dir.is_empty() || base_dir.ends_with('/') {
        format!("{base_dir}{rest}")
    } else {
        format!("{base_dir}/{rest}")
    }
}

fn storages(root: &Node, home: &str) -> Storages {
    let part_keys = ["run_storage", "event_log_storage", "schedule_storage"];
    let given = |key: &str| root.get(key).filter(|node| !node.is_falsy());
    if part_keys.iter().any(|key| given(key).is_some()) {
        let defaults = sqlite_parts(home);
        let [runs, events, schedules] = [0, 1, 2].map(|index| {
            given(part_keys[index]).map_or_else(|| defaults[index].clone(), ClassData::from_section)
        });
        let composite = Node::map([
            (part_keys[0], runs.to_node()),
            (part_keys[1], events.to_node()),
            (part_keys[2], schedules.to_node()),
        ]);
        return Storages {
            storage: ClassData::new(LEGACY, "CompositeStorage", &composite),
            parts: [Some(runs), Some(events), Some(schedules)],
        };
    }
    let Some((choice, config)) = given("storage").and_then(single_entry) else {
        return Storages {
            storage: ClassData::with_base_dir(
                "dagster._core.storage.sqlite_storage",
                "DagsterSqliteStorage",
                home,
            ),
            parts: sqlite_parts(home).map(Some),
        };
    };
    match choice {
        "postgres" => same_config("dagster_postgres", POSTGRES_STORES, config),
        "sqlite" => {
            let base_dir = config.get("base_dir").cloned().unwrap_or_else(|| Node::new(Kind::Null));
            let parts =
                base_dir.as_str().map(|dir| sqlite_parts(dir).map(Some)).unwrap_or_default();
            let storage = ClassData::new(
                "dagster._core.storage.sqlite_storage",
                "DagsterSqliteStorage",
                &Node::map([("base_dir", base_dir)]),
            );
            Storages { storage, parts }
        }
        _ => {
            let storage = ClassData::from_section(config);
            let wrapped = storage.to_node();
            let legacy = |class: &str| Some(ClassData::new(LEGACY, class, &wrapped));
            let parts = [
                legacy("LegacyRunStorage"),
                legacy("LegacyEventLogStorage"),
                legacy("LegacyScheduleStorage"),
            ];
            Storages { storage, parts }
        }
    }
}

fn same_config(
    module: &str,
    [storage, runs, events, schedules]: [&str; 4],
    config: &Node,
) -> Storages {
    let class = |name: &str| ClassData::new(module, name, config);
    Storages {
        storage: class(storage),
        parts: [Some(class(runs)), Some(class(events)), Some(class(schedules))],
    }
}

fn single_entry(node: &Node) -> Option<(&str, &Node)> {
    match &node.kind {
        Kind::Map(entries) => entries.first().and_then(|(key, value)| Some((key.as_str()?, value))),
        _ => None,
    }
}

/// The sections kept as `settings`.
const SETTINGS: [&str; 13] = [
    "auto_materialize",
    "backfills",
    "code_servers",
    "concurrency",
    "freshness",
    "nux",
    "python_logs",
    "retention",
    "run_monitoring",
    "run_retries",
    "schedules",
    "sensors",
    "telemetry",
];

/// Builds the reference from the checked but unresolved file: `{env: …}` stays for the worker.
pub(crate) fn from_yaml(root: &Node, home: &Path) -> InstanceRef {
    let home = home.to_string_lossy();
    let Storages { storage, parts: [runs, events, schedules] } = storages(root, &home);
    let given = |key: &str| root.get(key).filter(|node| !node.is_falsy());
    let section = |key: &str| given(key).map(ClassData::from_section);
    let coordinator = match given("run_queue") {
        Some(config) => ClassData::new(COORDINATORS, "QueuedRunCoordinator", config),
        None => section("run_coordinator")
            .unwrap_or_else(|| ClassData::unconfigured(COORDINATORS, "QueuedRunCoordinator")),
    };
    let compute_logs = section("compute_logs").unwrap_or_else(|| {
        let module = "dagster._core.storage.local_compute_log_manager";
        ClassData::with_base_dir(module, "LocalComputeLogManager", &join(&home, "storage"))
    });
    let local_artifacts = section("local_artifact_storage").unwrap_or_else(|| {
        ClassData::with_base_dir("dagster._core.storage.root", "LocalArtifactStorage", &home)
    });
    let launcher = section("run_launcher")
        .unwrap_or_else(|| ClassData::unconfigured("dagster", "DefaultRunLauncher"));
    let scheduler = section("scheduler").unwrap_or_else(|| {
        ClassData::unconfigured("dagster._core.scheduler", "DagsterDaemonScheduler")
    });
    let secrets = root.get("secrets").and_then(|node| node.get("custom"));
    let settings = SETTINGS
        .iter()
        .filter_map(|key| given(key).map(|node| ((*key).to_owned(), node.to_json().into())));
    InstanceRef {
        local_artifact_storage_data: local_artifacts.into_model(),
        compute_logs_data: compute_logs.into_model(),
        scheduler_data: Some(scheduler.into_model()),
        run_coordinator_data: Some(coordinator.into_model()),
        run_launcher_data: Some(launcher.into_model()),
        settings: settings.collect(),
        run_storage_data: runs.map(ClassData::into_model),
        event_storage_data: events.map(ClassData::into_model),
        schedule_storage_data: schedules.map(ClassData::into_model),
        custom_instance_class_data: None,
        storage_data: Some(storage.into_model()),
        secrets_loader_data: secrets.map(|node| ClassData::from_section(node).into_model()),
        defs_state_storage_data: section("defs_state_storage").map(ClassData::into_model),
        ..InstanceRef::default()
    }
}

/// The reference for processes that open the instance for a moment, at every evaluation of a schedule
/// or sensor.
///
/// Dagster's stores for PostgreSQL look which tables exist whenever they are opened, on three new
/// connections: 12 of the 15 ms of processor time of an evaluation. Tables exist when this process
/// has opened the database, so these stores are told not to look.
pub(crate) fn for_evaluation(instance_ref: &InstanceRef) -> InstanceRef {
    let mut adjusted = instance_ref.clone();
    let stores = [
        &mut adjusted.storage_data,
        &mut adjusted.run_storage_data,
        &mut adjusted.event_storage_data,
        &mut adjusted.schedule_storage_data,
    ];
    for store in stores.into_iter().flatten() {
        if POSTGRES_STORES.contains(&store.class_name.as_str())
            && store.module_name.starts_with("dagster_postgres")
        {
            trust_tables(store);
        }
    }
    adjusted
}

fn trust_tables(store: &mut ConfigurableClassData) {
    const KEY: &str = "should_autocreate_tables";
    let Ok(Some(Node { kind: Kind::Map(mut entries), .. })) = yaml::parse(&store.config_yaml)
    else {
        return;
    };
    entries.retain(|(key, _)| key.as_str() != Some(KEY));
    entries.push((Node::str(KEY), Node::new(Kind::Bool(false))));
    store.config_yaml = yaml::dump(&Node::new(Kind::Map(entries)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> InstanceRef {
        let root = yaml::parse(text).unwrap().unwrap();
        from_yaml(&root, Path::new("/home"))
    }

    #[test]
    fn stores_for_postgres_do_not_look_for_their_tables_at_every_evaluation() {
        let given = reference("storage: {postgres: {postgres_url: {env: URL}}}");
        let adjusted = for_evaluation(&given);
        let expected = "postgres_url:\n  env: URL\nshould_autocreate_tables: false\n";
        for store in [
            adjusted.storage_data.as_ref(),
            adjusted.run_storage_data.as_ref(),
            adjusted.event_storage_data.as_ref(),
            adjusted.schedule_storage_data.as_ref(),
        ] {
            assert_eq!(store.unwrap().config_yaml, expected);
        }
        assert_eq!(adjusted.run_launcher_data, given.run_launcher_data);
    }

    #[test]
    fn other_stores_are_opened_as_configured() {
        for text in ["{}", "storage: {custom: {module: own, class: Store, config: {a: 1}}}"] {
            let given = reference(text);
            assert_eq!(for_evaluation(&given), given);
        }
    }
}
