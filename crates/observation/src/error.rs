//! What can go wrong while reading.

use rondel_automation::AutomationError;
use rondel_storage::StorageError;

/// An observation that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ObservationError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Partitions and their stored sets.
    #[error(transparent)]
    Partitions(#[from] rondel_partitions::PartitionsError),
    /// The graph.
    #[error(transparent)]
    Automation(#[from] AutomationError),
}

/// Short for results of this crate.
pub type Result<T> = std::result::Result<T, ObservationError>;
