//! The default SQLite layout of events: one file per run plus the cross-run index.
//!
//! Open files are kept in a bounded, least-recently-used set. Other processes may delete or
//! replace a run's file at any time (Dagster's `wipe` does), so a kept handle is used only while
//! the path still leads to the same file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use crate::config::OpenOptions;
use crate::connect::{self, SqliteUse};
use crate::db::Db;
use crate::error::{Result, StorageError};
use crate::schema::{self, Marks, Section};

/// Name of the shard with asset, check and run status events of all runs.
const INDEX_SHARD: &str = "index";

/// Where events are kept.
#[derive(Clone)]
pub(crate) enum EventDbs {
    /// One database for all events (PostgreSQL, consolidated SQLite).
    Single(Db),
    /// One SQLite file per run.
    Sharded(std::sync::Arc<Shards>),
}

impl EventDbs {
    /// The database of cross-run tables and queries.
    pub(crate) fn index(&self) -> &Db {
        match self {
            Self::Single(db) => db,
            Self::Sharded(shards) => &shards.index,
        }
    }

    /// The database holding the events of `run_id`, or `None` when that run has none yet.
    pub(crate) async fn run(&self, run_id: &str) -> Result<Option<Db>> {
        match self {
            Self::Single(db) => Ok(Some(db.clone())),
            Self::Sharded(shards) => shards.open(run_id, Existing::Only).await,
        }
    }

    /// The database to write events of `run_id` to, created when absent.
    pub(crate) async fn run_for_write(&self, run_id: &str) -> Result<Db> {
        match self {
            Self::Single(db) => Ok(db.clone()),
            Self::Sharded(shards) => {
                let db = shards.open(run_id, Existing::OrNew).await?;
                db.ok_or_else(|| StorageError::RunNotFound(run_id.to_owned()))
            }
        }
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        self.index().close().await;
        if let Self::Sharded(shards) = self {
            let open = std::mem::take(&mut shards.open.lock().await.by_run);
            for shard in open.into_values() {
                shard.db.close().await;
            }
        }
    }

    pub(crate) fn is_sharded(&self) -> bool {
        matches!(self, Self::Sharded(_))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Only,
    OrNew,
}

/// The per-run files of one directory.
pub(crate) struct Shards {
    directory: PathBuf,
    index: Db,
    options: OpenOptions,
    open: Mutex<OpenShards>,
}

#[derive(Default)]
struct OpenShards {
    by_run: HashMap<String, OpenShard>,
    clock: u64,
}

struct OpenShard {
    db: Db,
    file: FileId,
    last_use: u64,
}

/// Identity of a file independent of its path.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(path).ok().map(|metadata| Self(metadata.dev(), metadata.ino()))
    }
}

impl Shards {
    /// Opens the index shard of `directory`, creating it when absent.
    pub(crate) async fn open_directory(directory: &Path, options: &OpenOptions) -> Result<Self> {
        let path = directory.join(format!("{INDEX_SHARD}.db"));
        let index = connect::sqlite(
            &path,
            SqliteUse {
                create: options.create_tables && !options.read_only,
                read_only: options.read_only,
                max_connections: 4,
            },
        )
        .await?
        .with_boundaries(&options.boundaries);
        schema::ensure(&index, Section::EventLog, Marks::Recorded, options).await?;
        Ok(Self {
            directory: directory.to_owned(),
            index,
            options: options.clone(),
            open: Mutex::default(),
        })
    }

    async fn open(&self, run_id: &str, existing: Existing) -> Result<Option<Db>> {
        let path = self.path(run_id)?;
        let file = FileId::of(&path);
        if file.is_none() && existing == Existing::Only {
            return Ok(None);
        }
        // The lock is held while opening on purpose: two openers of one new file would race to
        // create its tables.
        let mut open = self.open.lock().await;
        open.clock += 1;
        let now = open.clock;
        if let Some(shard) = open.by_run.get_mut(run_id) {
            if file.is_some_and(|file| file == shard.file) {
                shard.last_use = now;
                return Ok(Some(shard.db.clone()));
            }
            open.by_run.remove(run_id);
        }
        let read_only = self.options.read_only;
        if read_only && existing == Existing::OrNew {
            return Err(StorageError::ReadOnly {
                target: path.display().to_string(),
                reason: "opened for reading only".to_owned(),
            });
        }
        let usage = SqliteUse { create: !read_only, read_only, max_connections: 2 };
        let db = connect::sqlite(&path, usage).await?.with_boundaries(&self.options.boundaries);
        let is_empty = !schema::has_table(&db, "event_logs").await?;
        if is_empty && read_only {
            return Ok(None);
        }
        if is_empty {
            schema::ensure(&db, Section::EventLog, Marks::Absent, &self.options).await?;
        }
        let Some(file) = FileId::of(&path) else {
            return Ok(Some(db));
        };
        open.by_run.insert(run_id.to_owned(), OpenShard { db: db.clone(), file, last_use: now });
        evict(&mut open.by_run, self.options.max_open_shards);
        Ok(Some(db))
    }

    /// The file of a run. Runless events have an empty run id and live in `.db`, as with Dagster.
    fn path(&self, run_id: &str) -> Result<PathBuf> {
        let is_plain = !run_id.contains(['/', '\\', '\0']) && run_id != "." && run_id != "..";
        if !is_plain || run_id == INDEX_SHARD {
            return Err(StorageError::Invalid(format!("{run_id:?} cannot be a run id")));
        }
        Ok(self.directory.join(format!("{run_id}.db")))
    }
}

/// Forgets the least recently used; a file closes when its last user drops the handle.
fn evict(by_run: &mut HashMap<String, OpenShard>, limit: usize) {
    while by_run.len() > limit.max(1) {
        let oldest =
            by_run.iter().min_by_key(|(_, shard)| shard.last_use).map(|(run_id, _)| run_id.clone());
        match oldest {
            Some(run_id) => by_run.remove(&run_id),
            None => break,
        };
    }
}
