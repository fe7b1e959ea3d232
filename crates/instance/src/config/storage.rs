//! Where runs, events and ticks are kept: `storage`, or `run_storage`, `event_log_storage` and
//! `schedule_storage` one by one.
//!
//! Rondel keeps the three together: all in one PostgreSQL database, or all in SQLite files.
//! A PostgreSQL URL may be given whole or in parts; both forms, and `postgresql+psycopg2://`,
//! become one plain URL. See `dagster_postgres/utils.py` for how the parts are put together.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::component::Class;
use super::schema::Checker;
use super::sections;
use rondel_yaml::{Kind, Node};

/// The storage that `dagster.yaml` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageSettings {
    /// One PostgreSQL database.
    Postgres {
        /// `postgresql://user:password@host:port/database?options`
        url: String,
        /// Whether missing tables are created.
        create_tables: bool,
    },
    /// SQLite files.
    Sqlite(SqliteDirs),
}

/// The directories of the SQLite files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteDirs {
    /// Holds `runs.db`.
    pub runs: PathBuf,
    /// Holds the event logs.
    pub events: SqliteEvents,
    /// Holds `schedules.db`.
    pub schedules: PathBuf,
}

/// How event logs are laid out in SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqliteEvents {
    /// `index.db` and one `<run_id>.db` per run.
    PerRun(PathBuf),
    /// One `event_log.db`.
    Consolidated(PathBuf),
}

impl SqliteDirs {
    /// Dagster's layout under one base directory.
    pub fn under(base_dir: &Path) -> Self {
        Self {
            runs: base_dir.join("history"),
            events: SqliteEvents::PerRun(base_dir.join("history").join("runs")),
            schedules: base_dir.join("schedules"),
        }
    }
}

const POSTGRES: &str = "dagster_postgres";
const SUPPORTED_STORAGES: [&str; 2] =
    ["DagsterPostgresStorage (dagster_postgres)", "DagsterSqliteStorage (dagster)"];

/// Reads whichever of the storage sections the file has. `None` where a problem was recorded.
pub(super) fn read(checker: &mut Checker<'_>, root: &Node, home: &Path) -> Option<StorageSettings> {
    let parts = ["run_storage", "event_log_storage", "schedule_storage"];
    let given: Vec<&str> =
        parts.into_iter().filter(|key| root.get(key).is_some_and(|n| !n.is_falsy())).collect();
    match root.get("storage") {
        Some(node) if !given.is_empty() => {
            checker.within("storage", |c| {
                c.problem(
                    node,
                    format!(
                        "storage cannot be combined with {}: keep one of the two",
                        given.join(", ")
                    ),
                );
            });
            None
        }
        Some(node) => checker.within("storage", |c| unified(c, node)),
        None if given.is_empty() => Some(StorageSettings::Sqlite(SqliteDirs::under(home))),
        None => composite(checker, root, home),
    }
}

fn unified(checker: &mut Checker<'_>, node: &Node) -> Option<StorageSettings> {
    let choices = sections::storage_choices();
    let Kind::Map(entries) = &node.kind else {
        checker.problem(
            node,
            format!(
                "expected a mapping with one of {}, found {}",
                choices.join(", "),
                node.describe()
            ),
        );
        return None;
    };
    let [(key, value)] = entries.as_slice() else {
        checker.problem(
            node,
            format!("expected exactly one of {}, found {} keys", choices.join(", "), entries.len()),
        );
        return None;
    };
    let name = key.key_text();
    let empty = Node { at: value.at, kind: Kind::Map(Vec::new()) };
    let value = if matches!(value.kind, Kind::Null) { &empty } else { value };
    checker.within(&name, |c| match name.as_str() {
        "postgres" => postgres(c, value),
        "sqlite" => {
            sqlite_base_dir(c, value).map(|dir| StorageSettings::Sqlite(SqliteDirs::under(&dir)))
        }
        "mysql" => {
            c.problem(key, "MySQL is not supported: use postgres or sqlite");
            None
        }
        "custom" => {
            let class = Class::read(c, value)?;
            c.within("config", |c| match (class.package(), class.class.as_str()) {
                (POSTGRES, "DagsterPostgresStorage") => postgres(c, &class.config),
                ("dagster", "DagsterSqliteStorage") => sqlite_base_dir(c, &class.config)
                    .map(|dir| StorageSettings::Sqlite(SqliteDirs::under(&dir))),
                _ => {
                    c.unsupported_class(value, &class.module, &class.class, &SUPPORTED_STORAGES);
                    None
                }
            })
        }
        other => {
            let hint = super::schema::nearest(other, choices.into_iter())
                .map(|n| format!("; did you mean {n}?"));
            c.problem(
                key,
                format!(
                    "unknown key {other}{} (allowed keys: {})",
                    hint.unwrap_or_default(),
                    choices.join(", ")
                ),
            );
            None
        }
    })
}

/// One of the three storages, given singly.
enum Part {
    Postgres { url: String, create_tables: bool },
    Sqlite(PathBuf),
    SqliteConsolidated(PathBuf),
}

fn composite(checker: &mut Checker<'_>, root: &Node, home: &Path) -> Option<StorageSettings> {
    let defaults = SqliteDirs::under(home);
    let runs = part(
        checker,
        root,
        "run_storage",
        ["PostgresRunStorage", "SqliteRunStorage", ""],
        &defaults.runs,
    )?;
    let events_dir = home.join("history").join("runs");
    let event_classes =
        ["PostgresEventLogStorage", "SqliteEventLogStorage", "ConsolidatedSqliteEventLogStorage"];
    let events = part(checker, root, "event_log_storage", event_classes, &events_dir)?;
    let schedule_classes = ["PostgresScheduleStorage", "SqliteScheduleStorage", ""];
    let schedules = part(checker, root, "schedule_storage", schedule_classes, &defaults.schedules)?;
    match (runs, events, schedules) {
        (
            Part::Postgres { url, create_tables },
            Part::Postgres { url: events, .. },
            Part::Postgres { url: schedules, .. },
        ) if url == events && url == schedules => {
            Some(StorageSettings::Postgres { url, create_tables })
        }
        (Part::Sqlite(runs), Part::Sqlite(events), Part::Sqlite(schedules)) => {
            Some(StorageSettings::Sqlite(SqliteDirs {
                runs,
                events: SqliteEvents::PerRun(events),
                schedules,
            }))
        }
        (Part::Sqlite(runs), Part::SqliteConsolidated(events), Part::Sqlite(schedules)) => {
            Some(StorageSettings::Sqlite(SqliteDirs {
                runs,
                events: SqliteEvents::Consolidated(events),
                schedules,
            }))
        }
        _ => {
            checker.problem(
                root,
                "run_storage, event_log_storage and schedule_storage must be kept together: configure all three for the \
                 same PostgreSQL database, or all three for SQLite (a missing one means SQLite); `storage:` says it once",
            );
            None
        }
    }
}

fn part(
    checker: &mut Checker<'_>,
    root: &Node,
    key: &str,
    [postgres_class, sqlite_class, consolidated_class]: [&str; 3],
    default_dir: &Path,
) -> Option<Part> {
    let Some(node) = root.get(key).filter(|node| !node.is_falsy()) else {
        return Some(Part::Sqlite(default_dir.to_path_buf()));
    };
    checker.within(key, |c| {
        let class = Class::read(c, node)?;
        let name = class.class.as_str();
        c.within("config", |c| {
            if class.package() == POSTGRES && name == postgres_class {
                return postgres(c, &class.config).and_then(|settings| match settings {
                    StorageSettings::Postgres { url, create_tables } => {
                        Some(Part::Postgres { url, create_tables })
                    }
                    StorageSettings::Sqlite(_) => None,
                });
            }
            if class.package() == "dagster" && name == sqlite_class {
                return sqlite_base_dir(c, &class.config).map(Part::Sqlite);
            }
            if class.package() == "dagster"
                && !consolidated_class.is_empty()
                && name == consolidated_class
            {
                return sqlite_base_dir(c, &class.config).map(Part::SqliteConsolidated);
            }
            let supported: Vec<&str> = [postgres_class, sqlite_class, consolidated_class]
                .into_iter()
                .filter(|s| !s.is_empty())
                .collect();
            c.unsupported_class(node, &class.module, &class.class, &supported);
            None
        })
    })
}

fn sqlite_base_dir(checker: &mut Checker<'_>, node: &Node) -> Option<PathBuf> {
    let checked = checker.check(&sections::base_dir(), node);
    checked.get("base_dir").and_then(Value::as_str).map(PathBuf::from)
}

fn postgres(checker: &mut Checker<'_>, node: &Node) -> Option<StorageSettings> {
    let before = checker.problems.len();
    let checked = checker.check(&sections::postgres(), node);
    if checked.get("auth_provider").is_some() {
        checker.problem(
            node,
            "auth_provider is not supported yet: give a password, or a URL that holds one",
        );
    }
    let whole = checked.get("postgres_url").and_then(Value::as_str).filter(|url| !url.is_empty());
    let parts = checked.get("postgres_db");
    if checker.problems.len() > before {
        return None;
    }
    let url = match (whole, parts) {
        (Some(url), None) => url.to_owned(),
        (None, Some(parts)) => url_from_parts(parts),
        _ => {
            checker.problem(node, "expected exactly one of postgres_url and postgres_db");
            return None;
        }
    };
    match plain_postgres_url(&url) {
        Some(url) => {
            let create_tables =
                checked.get("should_autocreate_tables").and_then(Value::as_bool).unwrap_or(true);
            Some(StorageSettings::Postgres { url, create_tables })
        }
        None => {
            let scheme = url.split("://").next().unwrap_or_default();
            checker.problem(
                node,
                format!("the URL scheme {scheme:?} is not supported (supported: postgresql, postgres, postgresql+psycopg2)"),
            );
            None
        }
    }
}

/// The URL with SQLAlchemy's driver suffix removed; `None` when it is not a PostgreSQL URL.
fn plain_postgres_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let dialect = scheme.split('+').next().unwrap_or_default();
    matches!(dialect, "postgresql" | "postgres").then(|| format!("postgresql://{rest}"))
}

/// What Python's `quote` leaves alone besides letters and digits.
const QUERY_SAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

fn url_from_parts(parts: &Value) -> String {
    let text = |key: &str| parts.get(key).and_then(Value::as_str).unwrap_or_default();
    let port = parts.get("port").and_then(Value::as_i64).unwrap_or(5432);
    // unlike Python this encodes a slash too: left alone it would end the authority
    let quote = |text: &str| utf8_percent_encode(text, QUERY_SAFE).to_string();
    let userinfo = match text("password") {
        "" => quote(text("username")),
        password => format!("{}:{}", quote(text("username")), quote(password)),
    };
    let query: Vec<String> = parts
        .get("params")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Bool(true) => "True".to_owned(),
                Value::Bool(false) => "False".to_owned(),
                other => other.to_string(),
            };
            format!(
                "{}={}",
                utf8_percent_encode(key, QUERY_SAFE),
                utf8_percent_encode(&value, QUERY_SAFE)
            )
        })
        .collect();
    let url =
        format!("{}://{userinfo}@{}:{port}/{}", text("scheme"), text("hostname"), text("db_name"));
    if query.is_empty() { url } else { format!("{url}?{}", query.join("&")) }
}
