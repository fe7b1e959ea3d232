//! The handle to all stores.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::assets::AssetStore;
use crate::backfills::BackfillStore;
use crate::boundary::Boundaries;
use crate::concurrency::ConcurrencyStore;
use crate::config::{EventLocation, OpenOptions, PostgresConfig, StorageConfig, StoreLocation};
use crate::connect::{self, SqliteUse};
use crate::db::{Db, args};
use crate::dynamic_partitions::DynamicPartitionsStore;
use crate::error::Result;
use crate::events::{EventDbs, EventStore, Shards};
use crate::heartbeats::HeartbeatStore;
use crate::kvs::KvsStore;
use crate::lease::{Lease, LeaseStore};
use crate::runs::RunStore;
use crate::schedules::ScheduleStore;
use crate::schema::{self, Marks, Section};
use crate::snapshots::SnapshotStore;

/// All stores of an instance. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    inner: Arc<Inner>,
}

struct Inner {
    runs_db: Db,
    schedules_db: Db,
    event_dbs: EventDbs,
    runs: RunStore,
    events: EventStore,
    assets: AssetStore,
    schedules: ScheduleStore,
    backfills: BackfillStore,
    snapshots: SnapshotStore,
    heartbeats: HeartbeatStore,
    kvs: KvsStore,
    leases: LeaseStore,
    dynamic_partitions: DynamicPartitionsStore,
    concurrency: ConcurrencyStore,
    boundaries: Boundaries,
}

impl Storage {
    /// Opens the stores, creating tables in empty databases and adopting those Dagster made.
    ///
    /// # Errors
    /// An unreachable or refusing server, an unknown or outdated schema, an unusable file.
    pub async fn open(config: &StorageConfig, options: OpenOptions) -> Result<Self> {
        let mut opener = Opener { options: &options, servers: HashMap::new() };
        let runs_db = opener.open(&config.runs, Section::Runs).await?;
        let event_dbs = opener.open_events(&config.events).await?;
        let schedules_db = opener.open(&config.schedules, Section::Schedules).await?;
        if !options.read_only {
            schema::migrate_rondel(&runs_db).await?;
        }
        let index = event_dbs.index().clone();
        Ok(Self {
            inner: Arc::new(Inner {
                runs: RunStore::new(runs_db.clone()),
                events: EventStore::new(event_dbs.clone(), runs_db.clone()),
                assets: AssetStore::new(&event_dbs),
                schedules: ScheduleStore::new(schedules_db.clone()),
                backfills: BackfillStore::new(runs_db.clone()),
                snapshots: SnapshotStore::new(runs_db.clone()),
                heartbeats: HeartbeatStore::new(runs_db.clone()),
                kvs: KvsStore::new(runs_db.clone()),
                leases: LeaseStore::new(&runs_db),
                dynamic_partitions: DynamicPartitionsStore::new(index.clone()),
                concurrency: ConcurrencyStore::new(index),
                runs_db,
                schedules_db,
                event_dbs,
                boundaries: options.boundaries,
            }),
        })
    }

    /// Runs and their tags.
    pub fn runs(&self) -> &RunStore {
        &self.inner.runs
    }

    /// Events of runs.
    pub fn events(&self) -> &EventStore {
        &self.inner.events
    }

    /// Assets and their checks, as their events tell.
    pub fn assets(&self) -> &AssetStore {
        &self.inner.assets
    }

    /// Instigator states, ticks and automation evaluations.
    pub fn schedules(&self) -> &ScheduleStore {
        &self.inner.schedules
    }

    /// Backfills.
    pub fn backfills(&self) -> &BackfillStore {
        &self.inner.backfills
    }

    /// Job and execution plan snapshots.
    pub fn snapshots(&self) -> &SnapshotStore {
        &self.inner.snapshots
    }

    /// Daemon heartbeats.
    pub fn heartbeats(&self) -> &HeartbeatStore {
        &self.inner.heartbeats
    }

    /// Who is told of each write.
    pub fn boundaries(&self) -> &Boundaries {
        &self.inner.boundaries
    }

    /// Daemon cursors.
    pub fn kvs(&self) -> &KvsStore {
        &self.inner.kvs
    }

    /// Leadership leases.
    pub fn leases(&self) -> &LeaseStore {
        &self.inner.leases
    }

    /// From now on every write of this storage needs the lease: after another has taken it over,
    /// writes fail with [`StorageError::Fenced`](crate::StorageError::Fenced) and change nothing.
    ///
    /// Holds for the databases that share the lease's one: all of them on PostgreSQL unless the stores
    /// are configured apart; with SQLite the file of runs.
    pub fn fence(&self, lease: Lease) {
        self.inner.runs_db.fence(lease);
    }

    /// Keys of dynamic partitions definitions.
    pub fn dynamic_partitions(&self) -> &DynamicPartitionsStore {
        &self.inner.dynamic_partitions
    }

    /// Pools.
    pub fn concurrency(&self) -> &ConcurrencyStore {
        &self.inner.concurrency
    }

    /// The id of this run storage, made on first use (Dagster's `get_run_storage_id`).
    ///
    /// # Errors
    /// Database errors.
    pub async fn run_storage_id(&self) -> Result<String> {
        let db = &self.inner.runs_db;
        let select = "SELECT run_storage_id FROM instance_info ORDER BY id LIMIT 1";
        if let Some(row) = db.fetch_optional(db.sql(select, [])).await? {
            return row.text(0);
        }
        let insert = db.sql(
            "INSERT INTO instance_info (run_storage_id)
             SELECT CAST(? AS TEXT) WHERE NOT EXISTS (SELECT 1 FROM instance_info)",
            args![uuid::Uuid::new_v4().to_string()],
        );
        db.execute(insert).await?;
        match db.fetch_optional(db.sql(select, [])).await? {
            Some(row) => row.text(0),
            None => Ok(String::new()),
        }
    }

    /// Alembic revisions found: of the runs, event log and schedules databases.
    ///
    /// # Errors
    /// Database errors.
    pub async fn alembic_revisions(&self) -> Result<[Option<String>; 3]> {
        Ok([
            schema::revision(&self.inner.runs_db).await?,
            schema::revision(self.inner.event_dbs.index()).await?,
            schema::revision(&self.inner.schedules_db).await?,
        ])
    }

    /// Closes all connections; later calls fail.
    pub async fn close(&self) {
        self.inner.runs_db.close().await;
        self.inner.event_dbs.close().await;
        self.inner.schedules_db.close().await;
    }
}

/// Opens databases, one pool for each PostgreSQL database however many stores it holds.
struct Opener<'a> {
    options: &'a OpenOptions,
    servers: HashMap<String, Db>,
}

impl Opener<'_> {
    async fn open(&mut self, location: &StoreLocation, section: Section) -> Result<Db> {
        let db = match location {
            StoreLocation::Postgres(config) => self.postgres(config).await?,
            StoreLocation::Sqlite(directory) => {
                let file = match section {
                    Section::Runs => "runs.db",
                    Section::EventLog => "event_log.db",
                    Section::Schedules => "schedules.db",
                };
                self.sqlite(&directory.join(file)).await?
            }
        };
        schema::ensure(&db, section, Marks::Recorded, self.options).await?;
        Ok(db)
    }

    async fn open_events(&mut self, location: &EventLocation) -> Result<EventDbs> {
        let location = match location {
            EventLocation::SqliteSharded(directory) => {
                let shards = Shards::open_directory(directory, self.options).await?;
                return Ok(EventDbs::Sharded(Arc::new(shards)));
            }
            EventLocation::SqliteConsolidated(directory) => {
                StoreLocation::Sqlite(directory.clone())
            }
            EventLocation::Postgres(config) => StoreLocation::Postgres(config.clone()),
        };
        self.open(&location, Section::EventLog).await.map(EventDbs::Single)
    }

    async fn postgres(&mut self, config: &PostgresConfig) -> Result<Db> {
        // Debug text is redacted, so two passwords for one database share the first one's pool.
        let key = config.redacted();
        if let Some(db) = self.servers.get(&key) {
            return Ok(db.clone());
        }
        let db = connect::postgres(config, self.options).await?;
        self.servers.insert(key, db.clone());
        Ok(db)
    }

    async fn sqlite(&self, path: &Path) -> Result<Db> {
        let usage = SqliteUse {
            create: self.options.create_tables && !self.options.read_only,
            read_only: self.options.read_only,
            max_connections: 4,
        };
        Ok(connect::sqlite(path, usage).await?.with_boundaries(&self.options.boundaries))
    }
}
