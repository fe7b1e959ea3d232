//! Instigator states, their ticks, and evaluations of automation conditions.
//!
//! Mirrors Dagster's `SqlScheduleStorage`. States are kept twice, as there: by origin id (`jobs`)
//! and by selector id (`instigators`); the latter is what is read.

mod evaluations;
mod states;
mod ticks;

pub use evaluations::{AssetEvaluation, AssetEvaluationRecord};
pub use ticks::{TickSummary, TicksQuery};

use std::sync::Arc;

use rondel_model::instigation::{InstigatorTick, TickData};

use crate::db::Db;
use crate::groups::Groups;

/// Dagster's `jobs`, `instigators`, `job_ticks` and `asset_daemon_asset_evaluations` tables.
#[derive(Clone)]
pub struct ScheduleStore {
    db: Db,
    new_ticks: Arc<Groups<TickData, i64>>,
    changed_ticks: Arc<Groups<InstigatorTick, ()>>,
}

impl ScheduleStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, new_ticks: Arc::default(), changed_ticks: Arc::default() }
    }
}
