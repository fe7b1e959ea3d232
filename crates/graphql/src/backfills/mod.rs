//! Backfills: what they target, how far they have come, and stopping and resuming them.

mod again;
mod assets;
mod backfill;
mod data;
mod launch;
mod query;
mod subsets;

pub(crate) use backfill::{PartitionBackfill, PartitionStatus, PartitionStatuses};
pub(crate) use launch::LaunchBackfillResult;
pub(crate) use query::{BackfillMutation, BackfillQuery};
