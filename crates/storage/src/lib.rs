//! Dagster's tables on PostgreSQL and SQLite.
//!
//! [`Storage::open`] takes a [`StorageConfig`] (one PostgreSQL database, Dagster's default SQLite
//! layout, or the three stores apart) and gives one handle with a store per subject.
//!
//! How it is organised, from the bottom:
//! - `db`: one SQL text for both dialects (`?` arguments, lists as one argument), rows, transactions;
//! - `connect`, `config`, `schema`: URLs and parts, pools, creating and adopting databases from `/migrations`;
//! - one module per subject with its store; a store only ever talks to `db`.
//!
//! Rules: every method is async and returns [`Result`]; where a caller could loop there is a batch
//! form; no second connection is taken while a transaction is open; bodies written are those
//! Dagster writes, so Python processes may use the same databases at the same time.
#![warn(missing_docs)]

mod assets;
mod backfills;
mod body;
mod boundary;
mod concurrency;
mod config;
mod connect;
mod db;
mod dynamic_partitions;
mod error;
mod events;
mod groups;
mod heartbeats;
mod kvs;
mod lease;
mod paging;
mod runs;
mod schedules;
mod schema;
mod snapshots;
mod storage;
mod timestamp;

pub use assets::{
    AssetCheckExecutionRecord, AssetCheckExecutionStatus, AssetCheckPartitionInfo,
    AssetCheckSummaryRecord, AssetEventSummary, AssetEventsQuery, AssetRecord, AssetStore,
    FreshnessStateRecord, PartitionEvents, PartitionFilter, PlannedMaterialization,
    UnfinishedPartitions,
};
pub use backfills::{BackfillStore, BackfillsFilter};
pub use boundary::Boundaries;
pub use concurrency::{
    ClaimStatus, ClaimedSlot, ConcurrencyStore, PendingStep, PoolInfo, PoolLimit,
};
pub use config::{
    EventLocation, OpenOptions, PostgresConfig, PostgresParts, StorageConfig, StoreLocation,
};
pub use dynamic_partitions::DynamicPartitionsStore;
pub use error::{Result, StorageError};
pub use events::{EventRecordsFilter, EventStore, EventWatch, RunEventsQuery};
pub use heartbeats::HeartbeatStore;
pub use kvs::KvsStore;
pub use lease::{Lease, LeaseStore};
pub use paging::{EventLogCursor, Order, Page};
pub use runs::{RunGroup, RunOrderBy, RunStore, RunsByTag, RunsQuery};
pub use schedules::{
    AssetEvaluation, AssetEvaluationRecord, ScheduleStore, TickSummary, TicksQuery,
};
pub use snapshots::SnapshotStore;
pub use storage::Storage;
pub use timestamp::Timestamp;
