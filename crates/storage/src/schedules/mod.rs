//! Instigator states, their ticks, and evaluations of automation conditions.
//!
//! Mirrors Dagster's `SqlScheduleStorage`. States are kept twice, as there: by origin id (`jobs`)
//! and by selector id (`instigators`); the latter is what is read.

mod evaluations;
mod states;
mod ticks;

pub use evaluations::{AssetEvaluation, AssetEvaluationRecord};
pub use ticks::{TickSummary, TicksQuery};

use crate::db::Db;

/// Dagster's `jobs`, `instigators`, `job_ticks` and `asset_daemon_asset_evaluations` tables.
#[derive(Clone)]
pub struct ScheduleStore {
    db: Db,
}

impl ScheduleStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }
}
