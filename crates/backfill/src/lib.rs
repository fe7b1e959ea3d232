//! Asset backfills: what one targets, how far it has come, and which runs it requests next
//! (`dagster/_core/execution/asset_backfill.py`).
//!
//! Pure: what was materialized and what failed comes in with an [`Observation`], the requested runs and the
//! new [`Progress`] come out of [`decide`]. Parts of assets are sets of partitions of the definitions the
//! graph has now; a stored backfill that does not fit them any more is an error that says so.

mod decide;
mod describe;
mod eligible;
mod error;
mod graph;
mod legacy;
mod parent;
mod part;
mod progress;
mod requests;
mod roots;
mod subset;
mod target;
mod validity;
mod walk;

pub use decide::{
    Decision, FailedRun, Materialization, Observation, canceled_progress, decide, failed,
    failed_and_downstream, materialized,
};
pub use describe::{describe, describe_progress};
pub use error::{BackfillError, Result};
pub use graph::BackfillGraph;
pub use part::Part;
pub use progress::Progress;
pub use requests::{requested_by, run_requests};
pub use subset::GraphSubset;
pub use target::{Selected, target_of_keys, target_of_ranges};
pub use validity::{check_new_target, check_target};
