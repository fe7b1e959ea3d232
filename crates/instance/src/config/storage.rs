//! Where runs, events and ticks are kept: `storage`, or `run_storage`, `event_log_storage` and
//! `schedule_storage` one by one.
//!
//! A PostgreSQL database may be given by URL or in parts, each piece from the environment; SQLite by
//! its base directory. What is missing is SQLite below the instance's home, as in Dagster.

use std::path::{Path, PathBuf};

use rondel_storage::{EventLocation, PostgresConfig, PostgresParts, StorageConfig, StoreLocation};
use serde_json::Value;

use super::component::Class;
use super::schema::{Checker, nearest};
use super::sections;
use rondel_yaml::{Kind, Node};

/// The storage that `dagster.yaml` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageSettings {
    /// Where the three stores are.
    pub locations: StorageConfig,
    /// Whether missing tables are created.
    pub create_tables: bool,
}

impl StorageSettings {
    /// Dagster's SQLite layout below a base directory.
    pub fn sqlite(base_dir: &Path) -> Self {
        Self { locations: StorageConfig::sqlite(base_dir), create_tables: true }
    }

    fn postgres(database: Postgres) -> Self {
        Self {
            locations: StorageConfig::postgres(database.config),
            create_tables: database.create_tables,
        }
    }
}

struct Postgres {
    config: PostgresConfig,
    create_tables: bool,
}

const POSTGRES: &str = "dagster_postgres";
const PARTS: [&str; 3] = ["run_storage", "event_log_storage", "schedule_storage"];

/// Reads whichever of the storage sections the file has. `None` where a problem was recorded.
pub(super) fn read(checker: &mut Checker<'_>, root: &Node, home: &Path) -> Option<StorageSettings> {
    let given = |key: &&str| root.get(key).is_some_and(|node| !node.is_falsy());
    let given: Vec<&str> = PARTS.into_iter().filter(given).collect();
    match root.get("storage") {
        Some(node) if !given.is_empty() => {
            let others = given.join(", ");
            checker.within("storage", |c| {
                c.problem(
                    node,
                    format!("storage cannot be combined with {others}: keep one of the two"),
                );
            });
            None
        }
        Some(node) => checker.within("storage", |c| unified(c, node)),
        None if given.is_empty() => Some(StorageSettings::sqlite(home)),
        None => one_by_one(checker, root, home),
    }
}

fn unified(checker: &mut Checker<'_>, node: &Node) -> Option<StorageSettings> {
    let choices = sections::storage_choices();
    let Kind::Map(entries) = &node.kind else {
        let found = node.describe();
        checker.problem(
            node,
            format!("expected a mapping with one of {}, found {found}", choices.join(", ")),
        );
        return None;
    };
    let [(key, value)] = entries.as_slice() else {
        let found = entries.len();
        checker.problem(
            node,
            format!("expected exactly one of {}, found {found} keys", choices.join(", ")),
        );
        return None;
    };
    let name = key.key_text();
    let empty = Node { at: value.at, kind: Kind::Map(Vec::new()) };
    let value = if matches!(value.kind, Kind::Null) { &empty } else { value };
    checker.within(&name, |c| match name.as_str() {
        "postgres" => postgres(c, value).map(StorageSettings::postgres),
        "sqlite" => base_dir(c, value).map(|dir| StorageSettings::sqlite(&dir)),
        "mysql" => {
            c.problem(key, "MySQL is not supported: use postgres or sqlite");
            None
        }
        "custom" => custom(c, value),
        other => {
            let hint = nearest(other, choices.into_iter()).map(|n| format!("; did you mean {n}?"));
            let hint = hint.unwrap_or_default();
            c.problem(
                key,
                format!("unknown key {other}{hint} (allowed keys: {})", choices.join(", ")),
            );
            None
        }
    })
}

fn custom(checker: &mut Checker<'_>, node: &Node) -> Option<StorageSettings> {
    let class = Class::read(checker, node)?;
    checker.within("config", |c| match (class.package(), class.class.as_str()) {
        (POSTGRES, "DagsterPostgresStorage") => {
            postgres(c, &class.config).map(StorageSettings::postgres)
        }
        ("dagster", "DagsterSqliteStorage") => {
            base_dir(c, &class.config).map(|dir| StorageSettings::sqlite(&dir))
        }
        _ => {
            let supported = ["DagsterPostgresStorage", "DagsterSqliteStorage"];
            c.unsupported_class(node, &class.module, &class.class, &supported);
            None
        }
    })
}

/// One of the three storages, given singly.
enum Part {
    Missing,
    Postgres(Postgres),
    Sqlite(PathBuf),
    SqliteConsolidated(PathBuf),
}

fn one_by_one(checker: &mut Checker<'_>, root: &Node, home: &Path) -> Option<StorageSettings> {
    let defaults = StorageConfig::sqlite(home);
    let [runs_key, events_key, schedules_key] = PARTS;
    let runs = part(checker, root, runs_key, ["PostgresRunStorage", "SqliteRunStorage", ""]);
    let events = part(
        checker,
        root,
        events_key,
        ["PostgresEventLogStorage", "SqliteEventLogStorage", "ConsolidatedSqliteEventLogStorage"],
    );
    let schedules = part(
        checker,
        root,
        schedules_key,
        ["PostgresScheduleStorage", "SqliteScheduleStorage", ""],
    );
    let (runs, events, schedules) = (runs?, events?, schedules?);
    let create_tables = [&runs, &events, &schedules].into_iter().all(|part| match part {
        Part::Postgres(database) => database.create_tables,
        _ => true,
    });
    let store = |part: Part, default: StoreLocation| match part {
        Part::Missing => default,
        Part::Postgres(database) => StoreLocation::Postgres(database.config),
        Part::Sqlite(dir) | Part::SqliteConsolidated(dir) => StoreLocation::Sqlite(dir),
    };
    let locations = StorageConfig {
        runs: store(runs, defaults.runs),
        events: match events {
            Part::Missing => defaults.events,
            Part::Postgres(database) => EventLocation::Postgres(database.config),
            Part::Sqlite(dir) => EventLocation::SqliteSharded(dir),
            Part::SqliteConsolidated(dir) => EventLocation::SqliteConsolidated(dir),
        },
        schedules: store(schedules, defaults.schedules),
    };
    Some(StorageSettings { locations, create_tables })
}

fn part(
    checker: &mut Checker<'_>,
    root: &Node,
    key: &str,
    [postgres_class, sqlite_class, consolidated_class]: [&str; 3],
) -> Option<Part> {
    let Some(node) = root.get(key).filter(|node| !node.is_falsy()) else {
        return Some(Part::Missing);
    };
    checker.within(key, |c| {
        let class = Class::read(c, node)?;
        let name = class.class.as_str();
        c.within("config", |c| match class.package() {
            POSTGRES if name == postgres_class => postgres(c, &class.config).map(Part::Postgres),
            "dagster" if name == sqlite_class => base_dir(c, &class.config).map(Part::Sqlite),
            "dagster" if name == consolidated_class => {
                base_dir(c, &class.config).map(Part::SqliteConsolidated)
            }
            _ => {
                let mut supported = vec![postgres_class, sqlite_class, consolidated_class];
                supported.retain(|class| !class.is_empty());
                c.unsupported_class(node, &class.module, &class.class, &supported);
                None
            }
        })
    })
}

fn base_dir(checker: &mut Checker<'_>, node: &Node) -> Option<PathBuf> {
    let checked = checker.check(&sections::base_dir(), node);
    checked.get("base_dir").and_then(Value::as_str).map(PathBuf::from)
}

fn postgres(checker: &mut Checker<'_>, node: &Node) -> Option<Postgres> {
    let before = checker.problems.len();
    let checked = checker.check(&sections::postgres(), node);
    if checked.get("auth_provider").is_some() {
        checker.problem(
            node,
            "auth_provider is not supported yet: give a password, or a URL that holds one",
        );
    }
    if checker.problems.len() > before {
        return None;
    }
    let whole = checked.get("postgres_url").and_then(Value::as_str).filter(|url| !url.is_empty());
    let config = match (whole, checked.get("postgres_db")) {
        (Some(url), None) => PostgresConfig::from_url(url),
        (None, Some(parts)) => PostgresConfig::from_parts(&parts_of(parts)),
        _ => {
            checker.problem(node, "expected exactly one of postgres_url and postgres_db");
            return None;
        }
    };
    let create_tables =
        checked.get("should_autocreate_tables").and_then(Value::as_bool).unwrap_or(true);
    match config {
        Ok(config) => Some(Postgres { config, create_tables }),
        Err(error) => {
            checker.problem(node, error.to_string());
            None
        }
    }
}

fn parts_of(parts: &Value) -> PostgresParts {
    let text = |key: &str| parts.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let params = parts.get("params").and_then(Value::as_object);
    PostgresParts {
        username: text("username"),
        password: text("password"),
        hostname: text("hostname"),
        db_name: text("db_name"),
        port: parts.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()),
        params: params.into_iter().flatten().map(|(k, v)| (k.clone(), plain_text(v))).collect(),
        scheme: Some(text("scheme")),
    }
}

/// What Python's `urlencode` makes of a value.
fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}
