//! Where the stores live.
//!
//! Dagster configures three stores (runs, events, schedules) together (`storage:` in `dagster.yaml`)
//! or apart (`run_storage:`, `event_log_storage:`, `schedule_storage:`); so does [`StorageConfig`].

mod postgres_url;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::boundary::Boundaries;

pub use postgres_url::{PostgresConfig, PostgresParts};

/// Locations of the three stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageConfig {
    /// Runs, snapshots, backfills, cursors, heartbeats.
    pub runs: StoreLocation,
    /// Events, assets, checks, dynamic partitions, pools.
    pub events: EventLocation,
    /// Instigator states, ticks, automation evaluations.
    pub schedules: StoreLocation,
}

/// Location of the run or the schedule store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreLocation {
    /// A directory holding `runs.db` or `schedules.db`.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresConfig),
}

/// Location of the event store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventLocation {
    /// A directory with one `<run_id>.db` per run and the cross-run `index.db`
    /// (Dagster's `SqliteEventLogStorage`, its default).
    SqliteSharded(PathBuf),
    /// A directory with one `event_log.db` (Dagster's `ConsolidatedSqliteEventLogStorage`).
    SqliteConsolidated(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresConfig),
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(directory) => write!(f, "SQLite in {}", directory.display()),
            Self::Postgres(database) => f.write_str(&database.redacted()),
        }
    }
}

impl fmt::Display for EventLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SqliteSharded(directory) => {
                write!(f, "SQLite in {}, a file a run", directory.display())
            }
            Self::SqliteConsolidated(directory) => write!(f, "SQLite in {}", directory.display()),
            Self::Postgres(database) => f.write_str(&database.redacted()),
        }
    }
}

impl StorageConfig {
    /// Dagster's default layout under a base directory (usually `DAGSTER_HOME`):
    /// `history/runs.db`, `history/runs/<run_id>.db`, `history/runs/index.db`, `schedules/schedules.db`.
    pub fn sqlite(base: impl AsRef<Path>) -> Self {
        let base = base.as_ref();
        Self {
            runs: StoreLocation::Sqlite(base.join("history")),
            events: EventLocation::SqliteSharded(base.join("history").join("runs")),
            schedules: StoreLocation::Sqlite(base.join("schedules")),
        }
    }

    /// As [`Self::sqlite`], with all events in `history/runs/event_log.db`.
    pub fn sqlite_consolidated(base: impl AsRef<Path>) -> Self {
        let base = base.as_ref();
        Self {
            events: EventLocation::SqliteConsolidated(base.join("history").join("runs")),
            ..Self::sqlite(base)
        }
    }

    /// All three stores in one PostgreSQL database.
    pub fn postgres(config: PostgresConfig) -> Self {
        Self {
            runs: StoreLocation::Postgres(config.clone()),
            events: EventLocation::Postgres(config.clone()),
            schedules: StoreLocation::Postgres(config),
        }
    }
}

/// How to open the stores.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Accept an alembic revision this version does not know. Default: refuse.
    pub allow_unknown_revision: bool,
    /// Create absent tables (Dagster's `should_autocreate_tables`). Default: yes.
    pub create_tables: bool,
    /// Refuse every write and create nothing. An unknown revision may be read. Default: no.
    pub read_only: bool,
    /// How long an unreachable PostgreSQL is retried at start. Default: 15 seconds.
    pub connect_deadline: Duration,
    /// Greatest number of PostgreSQL connections per database. Default: 10.
    pub max_connections: u32,
    /// Greatest number of per-run SQLite files kept open. Default: 32.
    pub max_open_shards: usize,
    /// Who is told of each write, for tests. Default: nobody.
    pub boundaries: Boundaries,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            allow_unknown_revision: false,
            create_tables: true,
            read_only: false,
            connect_deadline: Duration::from_secs(15),
            max_connections: 10,
            max_open_shards: 32,
            boundaries: Boundaries::default(),
        }
    }
}
