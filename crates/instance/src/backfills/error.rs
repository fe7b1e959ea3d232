//! Why a backfill is not recorded.

use rondel_model::ids::AssetKey;
use rondel_partitions::PartitionsError;
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
    /// An asset that no loaded code location defines.
    #[error("Asset {} is not defined in any loaded code location", .0.to_user_string())]
    UnknownAsset(AssetKey),
    /// Partitions of a definition cannot be told.
    #[error(transparent)]
    Partitions(#[from] PartitionsError),
    /// The most upstream of the selected assets do not have the same partitions.
    #[error("All the assets at the root of the backfill must have the same PartitionsDefinition")]
    DifferentRoots,
    /// Partitions are named, and no selected asset has any.
    #[error(
        "If assets within the backfill have different partitionings, then root assets must be partitioned"
    )]
    NoPartitionedRoot,
    /// Partitions which the definition does not have.
    #[error("Partition keys `{0:?}` could not be found.")]
    UnknownPartitions(Vec<String>),
    /// A part of assets that are only made together.
    #[error(
        "Backfill must include every key in a non-subsettable multi-asset, included {} but not {}",
        .0.to_user_string(), .1.to_user_string()
    )]
    PartOfTogether(AssetKey, AssetKey),
    /// Different partitions of assets that are only made together.
    #[error(
        "Targeted subset must match between every key in a non-subsettable multi-asset, but does not match between {} and {}",
        .0.to_user_string(), .1.to_user_string()
    )]
    UnequalTogether(AssetKey, AssetKey),
    /// Partitions that need others which do not exist.
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
            Self::AssetsAndSteps => "dagster_shared.check.functions.CheckError",
            Self::UnknownAsset(_) => "KeyError",
            Self::DifferentRoots | Self::NoPartitionedRoot => {
                "dagster._core.errors.DagsterBackfillFailedError"
            }
            _ => "dagster._core.errors.DagsterInvariantViolationError",
        }
    }
}
