//! Creating, adopting and refusing databases.
//!
//! A database has up to three *sections* (runs, event log, schedules). An empty section is created
//! from `migrations/` exactly as Dagster's own fresh installation would: same tables and indexes,
//! the alembic stamp and the `secondary_indexes` rows, so Python processes open it without a
//! migration. A section Dagster made is adopted as found, after checking that it is neither of an
//! older nor of an unknown revision. Nothing of Dagster's is ever altered. Concurrent creators
//! (another Rondel, a Python process) are serialized by an advisory lock on PostgreSQL and by the
//! writer lock on SQLite; who comes second finds the tables.

mod revisions;
mod rondel;

pub(crate) use revisions::HEAD;
pub(crate) use rondel::migrate as migrate_rondel;

use std::time::Duration;

use crate::config::OpenOptions;
use crate::db::{Db, Dialect, Tx, args};
use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

/// "rondel schema" in ASCII: key of the advisory lock held while tables are created.
const CREATION_LOCK: i64 = 0x726f_6e64_656c;

/// How a missing stamp is shown.
const NO_REVISION: &str = "none";

/// One of Dagster's three groups of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Runs,
    EventLog,
    Schedules,
}

/// What a section looks like.
struct Layout {
    name: &'static str,
    /// The table whose presence means the section exists.
    main_table: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
    /// Data migrations marked as done on a fresh installation, in Dagster's order.
    secondary_indexes: &'static [&'static str],
    /// Those without which queries here would give wrong answers.
    required_indexes: &'static [&'static str],
    /// The youngest columns: present in every database that later code can use.
    required_columns: &'static [(&'static str, &'static str)],
}

impl Section {
    fn layout(self) -> &'static Layout {
        match self {
            Self::Runs => &RUNS,
            Self::EventLog => &EVENT_LOG,
            Self::Schedules => &SCHEDULES,
        }
    }
}

static RUNS: Layout = Layout {
    name: "runs",
    main_table: "runs",
    postgres: include_str!("../../../../migrations/postgres/runs.sql"),
    sqlite: include_str!("../../../../migrations/sqlite/runs.sql"),
    secondary_indexes: &[
        "run_partitions",
        "run_repo_label_tags",
        "bulk_action_types",
        "run_backfill_id",
        "backfill_job_name_and_tags",
        "backfill_end_timestamp",
        "run_start_end_overwritten",
    ],
    required_indexes: &["run_partitions", "run_backfill_id", "backfill_job_name_and_tags"],
    required_columns: &[
        ("runs", "backfill_id"),
        ("runs", "start_time"),
        ("bulk_actions", "job_name"),
        ("backfill_tags", "backfill_id"),
        ("kvs", "value"),
        ("instance_info", "run_storage_id"),
        ("daemon_heartbeats", "body"),
    ],
};

static EVENT_LOG: Layout = Layout {
    name: "event_log",
    main_table: "event_logs",
    postgres: include_str!("../../../../migrations/postgres/event_log.sql"),
    sqlite: include_str!("../../../../migrations/sqlite/event_log.sql"),
    secondary_indexes: &["asset_key_table", "asset_key_index_columns"],
    required_indexes: &["asset_key_index_columns"],
    required_columns: &[
        ("asset_keys", "cached_status_data"),
        ("asset_event_tags", "event_id"),
        ("dynamic_partitions", "partition"),
        ("concurrency_limits", "using_default_limit"),
        ("concurrency_slots", "deleted"),
        ("pending_steps", "assigned_timestamp"),
        ("asset_check_executions", "evaluation_event_storage_id"),
    ],
};

static SCHEDULES: Layout = Layout {
    name: "schedules",
    main_table: "jobs",
    postgres: include_str!("../../../../migrations/postgres/schedules.sql"),
    sqlite: include_str!("../../../../migrations/sqlite/schedules.sql"),
    secondary_indexes: &["schedule_jobs_selector_id", "schedule_ticks_selector_id"],
    required_indexes: &["schedule_jobs_selector_id", "schedule_ticks_selector_id"],
    required_columns: &[
        ("instigators", "selector_id"),
        ("job_ticks", "selector_id"),
        ("asset_daemon_asset_evaluations", "num_requested"),
    ],
};

/// Whether data migrations are recorded in this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// As everywhere but in run shards.
    Recorded,
    /// A per-run SQLite shard: Dagster leaves its `secondary_indexes` empty.
    Absent,
}

/// How often and how fast to look again while another process seems to be creating the tables.
const CREATION_ATTEMPTS: u32 = 10;
const CREATION_DELAY: Duration = Duration::from_millis(200);

/// Brings `section` of `db` into a usable state or says why it is not.
pub(crate) async fn ensure(
    db: &Db,
    section: Section,
    marks: Marks,
    options: &OpenOptions,
) -> Result<()> {
    for _ in 1..CREATION_ATTEMPTS {
        match ensure_once(db, section.layout(), marks, options).await {
            Err(error) if is_creation_elsewhere(&error) => {
                tokio::time::sleep(CREATION_DELAY).await;
            }
            done => return done,
        }
    }
    ensure_once(db, section.layout(), marks, options).await
}

/// Whether an error looks as if another process were just creating what is needed. Dagster creates
/// tables without our lock and on SQLite one by one: meanwhile they exist in part and without a
/// stamp.
fn is_creation_elsewhere(error: &StorageError) -> bool {
    match error {
        StorageError::OutdatedSchema { found, .. } => found == NO_REVISION,
        error => error.is_duplicate_table() || error.is_unique_violation(),
    }
}

async fn ensure_once(db: &Db, layout: &Layout, marks: Marks, options: &OpenOptions) -> Result<()> {
    if !has_table(db, layout.main_table).await? {
        if options.read_only || !options.create_tables {
            return Err(StorageError::MissingTables {
                target: db.target().to_owned(),
                section: layout.name,
            });
        }
        // A stamp left by other sections of the same database decides whether to touch it.
        check_revision(db, options).await?;
        return create(db, layout, marks).await;
    }
    let revision = check_revision(db, options).await?;
    if revision.as_deref() == Some(HEAD) {
        return Ok(());
    }
    check_structure(db, layout, marks, revision).await
}

/// The alembic revision found, refusing one this version does not know.
async fn check_revision(db: &Db, options: &OpenOptions) -> Result<Option<String>> {
    let revision = revision(db).await?;
    match revision {
        Some(found)
            if !revisions::is_known(&found)
                && !options.allow_unknown_revision
                && !options.read_only =>
        {
            Err(StorageError::UnknownRevision {
                target: db.target().to_owned(),
                found,
                known: HEAD,
            })
        }
        revision => Ok(revision),
    }
}

/// The alembic revision a database is stamped with.
pub(crate) async fn revision(db: &Db) -> Result<Option<String>> {
    if !has_table(db, "alembic_version").await? {
        return Ok(None);
    }
    let row = db.fetch_optional(db.sql("SELECT version_num FROM alembic_version", [])).await?;
    row.map(|row| row.text(0)).transpose()
}

/// Databases without a stamp exist (SQLAlchemy 2 with an earlier Dagster lost it on SQLite), and
/// the youngest revisions changed nothing outside MySQL: what counts is what is there.
async fn check_structure(
    db: &Db,
    layout: &Layout,
    marks: Marks,
    revision: Option<String>,
) -> Result<()> {
    let mut missing = None;
    for (table, column) in layout.required_columns {
        if !has_column(db, table, column).await? {
            missing = Some(format!("column {table}.{column}"));
            break;
        }
    }
    if missing.is_none() && marks == Marks::Recorded {
        let built = built_indexes(db).await?;
        missing = layout
            .required_indexes
            .iter()
            .find(|name| !built.iter().any(|built| built == *name))
            .map(|name| format!("data migration {name}"));
    }
    match missing {
        None => Ok(()),
        Some(missing) => Err(StorageError::OutdatedSchema {
            target: db.target().to_owned(),
            found: revision.unwrap_or_else(|| NO_REVISION.to_owned()),
            missing,
        }),
    }
}

async fn built_indexes(db: &Db) -> Result<Vec<String>> {
    let sql =
        db.sql("SELECT name FROM secondary_indexes WHERE migration_completed IS NOT NULL", []);
    db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
}

async fn create(db: &Db, layout: &Layout, marks: Marks) -> Result<()> {
    let mut tx = db.begin().await?;
    if tx.dialect() == Dialect::Postgres {
        let lock = tx.sql("SELECT pg_advisory_xact_lock(?)", args![CREATION_LOCK]);
        tx.fetch_all(lock).await?;
    }
    if tx_has_table(&mut tx, layout.main_table).await? {
        return tx.commit().await;
    }
    let script = match tx.dialect() {
        Dialect::Postgres => layout.postgres,
        Dialect::Sqlite => layout.sqlite,
    };
    tx.execute_script(script).await?;
    tx.execute_script(
        "CREATE TABLE IF NOT EXISTS alembic_version (
            version_num VARCHAR(32) NOT NULL,
            CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
        )",
    )
    .await?;
    let stamp = tx.sql(
        "INSERT INTO alembic_version (version_num)
         SELECT CAST(? AS VARCHAR(32)) WHERE NOT EXISTS (SELECT 1 FROM alembic_version)",
        args![HEAD],
    );
    tx.execute(stamp).await?;
    if marks == Marks::Recorded {
        let now = Timestamp::now();
        let mut sql = tx.sql("INSERT INTO secondary_indexes (name, migration_completed)", []);
        sql.values(layout.secondary_indexes.iter().map(|name| args![*name, now]));
        tx.execute(sql).await?;
    }
    tx.commit().await
}

const HAS_TABLE_POSTGRES: &str = "SELECT 1 FROM pg_catalog.pg_class c
    WHERE c.relname = ? AND c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)";
const HAS_TABLE_SQLITE: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";

pub(crate) async fn has_table(db: &Db, table: &str) -> Result<bool> {
    let text = match db.dialect() {
        Dialect::Postgres => HAS_TABLE_POSTGRES,
        Dialect::Sqlite => HAS_TABLE_SQLITE,
    };
    Ok(db.fetch_optional(db.sql(text, args![table])).await?.is_some())
}

async fn tx_has_table(tx: &mut Tx, table: &str) -> Result<bool> {
    let text = match tx.dialect() {
        Dialect::Postgres => HAS_TABLE_POSTGRES,
        Dialect::Sqlite => HAS_TABLE_SQLITE,
    };
    let sql = tx.sql(text, args![table]);
    Ok(tx.fetch_optional(sql).await?.is_some())
}

async fn has_column(db: &Db, table: &str, column: &str) -> Result<bool> {
    let text = match db.dialect() {
        Dialect::Postgres => {
            "SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
             WHERE c.relname = ? AND a.attname = ? AND pg_catalog.pg_table_is_visible(c.oid)"
        }
        Dialect::Sqlite => "SELECT 1 FROM pragma_table_info(?) WHERE name = ?",
    };
    Ok(db.fetch_optional(db.sql(text, args![table, column])).await?.is_some())
}
