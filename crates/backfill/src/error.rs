//! Why an asset backfill cannot go on.

use rondel_partitions::PartitionsError;

/// An error in a backfill; all but some of [`Partitions`](Self::Partitions) are final.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BackfillError {
    /// Assets or partitions are gone. Dagster's `DagsterAssetBackfillDataLoadError`.
    #[error("{0}")]
    DefinitionChanged(String),
    /// It cannot be done as asked for. Dagster's `DagsterBackfillFailedError`.
    #[error("{0}")]
    Failed(String),
    /// Dagster's `DagsterInvariantViolationError`.
    #[error("{0}")]
    Invariant(String),
    /// Something that must hold does not. Dagster's `CheckError`.
    #[error("{0}")]
    Check(String),
    /// Keys, ranges or mappings of partitions.
    #[error(transparent)]
    Partitions(#[from] PartitionsError),
}

/// Short for results of this crate.
pub type Result<T> = std::result::Result<T, BackfillError>;
