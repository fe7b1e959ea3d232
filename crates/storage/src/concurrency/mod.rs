//! Pools: limits, slots and the steps waiting for one.
//!
//! Mirrors the concurrency half of Dagster's `SqlEventLogStorage`. Python workers claim and free
//! slots in the same tables at the same time, so every operation here is one transaction: where
//! Dagster's several autocommitted statements could leave an assigned step without a slot, these
//! cannot.

mod claims;
mod pools;

use crate::db::Db;
use crate::timestamp::Timestamp;

/// Dagster's `concurrency_limits`, `concurrency_slots` and `pending_steps` tables.
#[derive(Clone)]
pub struct ConcurrencyStore {
    pub(super) db: Db,
}

impl ConcurrencyStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }
}

/// The limit of a pool (Dagster's `PoolLimit`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolLimit {
    /// The pool, Dagster's concurrency key.
    pub name: String,
    /// How many slots it has.
    pub limit: i64,
    /// Whether the limit is the instance's default.
    pub from_default: bool,
}

/// A slot in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedSlot {
    /// The run holding it.
    pub run_id: String,
    /// The step holding it.
    pub step_key: Option<String>,
}

/// A step in a pool's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingStep {
    /// Its run.
    pub run_id: String,
    /// The step.
    pub step_key: String,
    /// Since when it waits.
    pub enqueued: Timestamp,
    /// When a slot was assigned to it.
    pub assigned: Option<Timestamp>,
    /// Higher goes first.
    pub priority: Option<i64>,
}

/// State of a pool (Dagster's `ConcurrencyKeyInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolInfo {
    /// The pool.
    pub name: String,
    /// Slots that exist and are not about to be removed.
    pub slot_count: i64,
    /// Slots in use.
    pub claimed_slots: Vec<ClaimedSlot>,
    /// The queue, assigned steps included.
    pub pending_steps: Vec<PendingStep>,
    /// The limit; `None` when neither a limit nor a default applies.
    pub limit: Option<i64>,
    /// Whether the limit is the instance's default.
    pub using_default_limit: bool,
}

/// Outcome of a claim (Dagster's `ConcurrencyClaimStatus`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimStatus {
    /// Whether the step holds a slot.
    pub claimed: bool,
    /// Its priority in the queue, when not zero.
    pub priority: Option<i64>,
    /// When a slot was assigned to it.
    pub assigned: Option<Timestamp>,
    /// Since when it waits; `None` when it does not.
    pub enqueued: Option<Timestamp>,
}
