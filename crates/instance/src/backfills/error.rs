//! Why a backfill is not recorded.

use thiserror::Error;

/// A backfill that was asked for cannot be.
#[derive(Clone, Debug, Error)]
pub enum BackfillError {
    /// The title is not one.
    #[error("{0}")]
    Title(String),
    /// Assets and steps are selected at once.
    #[error(
        "Invariant failed. Description: Can't supply both an asset_selection and reexecution_steps to a PartitionBackfill."
    )]
    AssetsAndSteps,
    /// A backfill is to be executed again before it has ended.
    #[error("Cannot re-execute backfill {0} because it is still in progress.")]
    InProgress(String),
    /// Nothing is left to be done of what is to be executed again.
    #[error(
        "Cannot re-execute from failure an asset backfill that has no missing materializations."
    )]
    NothingMissing,
}

impl BackfillError {
    /// The qualified name of the class that Dagster raises.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::AssetsAndSteps => "dagster_shared.check.functions.CheckError",
            _ => "dagster._core.errors.DagsterInvariantViolationError",
        }
    }
}
