//! Backfills: what they target, how far they have come, and stopping and resuming them.

mod backfill;
mod query;

pub(crate) use backfill::{PartitionBackfill, PartitionStatus, PartitionStatuses};
pub(crate) use query::{BackfillMutation, BackfillQuery};
