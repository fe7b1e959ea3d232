//! Events of runs: storing, reading, following.
//!
//! Mirrors Dagster's `SqlEventLogStorage` and its SQLite and PostgreSQL variants. What events say
//! about assets and checks is stored with them; [`crate::AssetStore`] reads it.

mod bus;
mod checks;
mod read;
mod rows;
mod shards;
mod stats;
mod store;
mod summaries;
mod watch;

use std::sync::Arc;

pub use read::{EventRecordsFilter, RunEventsQuery};
pub(crate) use shards::{EventDbs, Shards};
pub use watch::EventWatch;

use crate::db::Db;

/// Dagster's `event_logs` table.
#[derive(Clone)]
pub struct EventStore {
    dbs: EventDbs,
    /// Where the runs are, for cross-run queries over files of single runs.
    runs_db: Db,
    bus: Arc<bus::Bus>,
    listener: Arc<watch::Listener>,
}

impl EventStore {
    pub(crate) fn new(dbs: EventDbs, runs_db: Db) -> Self {
        Self { dbs, runs_db, bus: Arc::default(), listener: Arc::default() }
    }
}
