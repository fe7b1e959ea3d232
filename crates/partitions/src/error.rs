//! What can be wrong with partitions: their definition, a key, a stored subset.

use rondel_cron::CronError;

/// A question about partitions that has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PartitionsError {
    /// The cron schedule or time zone of a definition, or instants beyond what clocks can show.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// A definition user code should not have been able to make.
    #[error("invalid partitions definition: {0}")]
    InvalidDefinition(String),
    /// A key that does not have the form of the definition's keys.
    #[error("`{key}` does not match the partition key format `{format}`")]
    MalformedKey {
        /// The key.
        key: String,
        /// The format, or the dimensions expected.
        format: String,
    },
    /// A key of the right form which is no partition of the definition.
    #[error("could not find a partition with key `{0}`")]
    UnknownKey(String),
    /// A range whose ends are not both partitions, or which reaches beyond the definition.
    #[error("partition range {start} to {end} is not a valid range: {reason}")]
    InvalidRange {
        /// First key.
        start: String,
        /// Last key.
        end: String,
        /// What is wrong.
        reason: String,
    },
    /// The keys of a dynamic definition were not given to the [`Context`](crate::Context).
    #[error("the keys of the dynamic partitions `{0}` are needed and were not loaded")]
    DynamicKeysMissing(String),
    /// A pagination cursor nobody here issued.
    #[error("`{0}` is not a cursor of this kind of partitions; start from the first page")]
    InvalidCursor(String),
    /// A stored subset that cannot be read with this definition.
    #[error("cannot read the stored partitions subset: {0}")]
    InvalidSubset(String),
    /// A mapping that does not fit the definitions on its sides.
    #[error("{0}")]
    InvalidMapping(String),
}

/// Short for results of this crate.
pub type Result<T> = std::result::Result<T, PartitionsError>;
