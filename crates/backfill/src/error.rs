//! Why an asset backfill cannot go on.

use rondel_model::ids::AssetKey;
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
    /// An asset that no loaded code location defines.
    #[error("Asset {} is not defined in any loaded code location", .0.to_user_string())]
    UnknownAsset(AssetKey),
    /// Partitions are asked for which the definition does not have.
    #[error("Partition keys `{0:?}` could not be found.")]
    UnknownPartitions(Vec<String>),
    /// A part of assets that are only made together is asked for.
    #[error(
        "Backfill must include every key in a non-subsettable multi-asset, included {} but not {}",
        .0.to_user_string(), .1.to_user_string()
    )]
    PartOfTogether(AssetKey, AssetKey),
    /// Different partitions of assets that are only made together are asked for.
    #[error(
        "Targeted subset must match between every key in a non-subsettable multi-asset, but does not match between {} and {}",
        .0.to_user_string(), .1.to_user_string()
    )]
    UnequalTogether(AssetKey, AssetKey),
    /// Partitions are asked for that need others which do not exist.
    #[error(
        "Targeted partition subset {} {keys:?} depends on non-existent partitions: {} {missing:?}",
        .asset.to_user_string(), .parent.to_user_string()
    )]
    NonexistentParents {
        /// The asset to backfill.
        asset: AssetKey,
        /// Its partitions.
        keys: Vec<String>,
        /// What it depends on.
        parent: AssetKey,
        /// The partitions needed of that.
        missing: Vec<String>,
    },
}

impl BackfillError {
    /// The qualified name of the class that Dagster raises.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::DefinitionChanged(_) => "dagster._core.errors.DagsterAssetBackfillDataLoadError",
            Self::Failed(_) => "dagster._core.errors.DagsterBackfillFailedError",
            Self::Check(_) => "dagster_shared.check.functions.CheckError",
            Self::Partitions(_) => "dagster._core.errors.DagsterInvalidInvocationError",
            Self::UnknownAsset(_) => "KeyError",
            Self::Invariant(_)
            | Self::UnknownPartitions(_)
            | Self::PartOfTogether(..)
            | Self::UnequalTogether(..)
            | Self::NonexistentParents { .. } => {
                "dagster._core.errors.DagsterInvariantViolationError"
            }
        }
    }
}

/// Short for results of this crate.
pub type Result<T> = std::result::Result<T, BackfillError>;
