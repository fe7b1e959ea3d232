//! What is known about assets and their checks.
//!
//! Reads what storing events left in `asset_keys`, `asset_event_tags`, `asset_check_executions` and
//! the event log itself. A wipe hides everything before it: conditions on `wipe_timestamp` stand
//! in every query, so no caller has to remember.

mod checks;
mod data_versions;
mod keys;
mod latest;
mod partitions;
mod records;

pub use checks::{
    AssetCheckExecutionRecord, AssetCheckExecutionStatus, AssetCheckPartitionInfo,
    AssetCheckSummaryRecord, PartitionFilter,
};
pub use latest::{
    AssetEventSummary, AssetEventsQuery, FreshnessStateRecord, PlannedMaterialization,
};
pub use partitions::{PartitionEvents, UnfinishedPartitions};
pub use records::AssetRecord;

use rondel_model::ids::AssetKey;

use crate::db::Db;
use crate::events::EventDbs;

/// Dagster's asset tables.
#[derive(Clone)]
pub struct AssetStore {
    db: Db,
    /// Whether the events here are copies of those in the files of single runs.
    index_holds_copies: bool,
}

impl AssetStore {
    pub(crate) fn new(dbs: &EventDbs) -> Self {
        Self { db: dbs.index().clone(), index_holds_copies: dbs.is_sharded() }
    }
}

/// `event_logs e` beside the wipe time of its asset.
const EVENTS_WITH_WIPE: &str = " FROM event_logs e LEFT JOIN asset_keys k ON k.asset_key = e.asset_key WHERE (k.wipe_timestamp IS NULL OR e.\"timestamp\" > k.wipe_timestamp)";

/// Condition on `asset_keys k`: something happened since the last wipe.
const IS_VISIBLE: &str =
    "(k.wipe_timestamp IS NULL OR k.last_materialization_timestamp > k.wipe_timestamp)";

fn db_strings(keys: &[AssetKey]) -> Vec<String> {
    keys.iter().map(AssetKey::to_db_string).collect()
}
