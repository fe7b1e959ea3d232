//! What user code reports about assets and checks.

use crate::ids::AssetKey;
use crate::metadata::{Metadata, MetadataEntries};
use crate::partition::PartitionsSubset;
use crate::serdes::{Map, PySet};
use crate::{py_enum, record};

py_enum! {
    /// How bad it is if a check fails.
    pub enum AssetCheckSeverity = "AssetCheckSeverity" {
        Warn = "WARN",
        Error = "ERROR",
    }
}

py_enum! {
    /// Whether a materialization failed or was not tried.
    pub enum AssetMaterializationFailureType = "AssetMaterializationFailureType" {
        Failed = "FAILED",
        Skipped = "SKIPPED",
    }
}

py_enum! {
    /// Why a materialization did not happen.
    pub enum AssetMaterializationFailureReason = "AssetMaterializationFailureReason" {
        FailedToMaterialize = "FAILED_TO_MATERIALIZE",
        UpstreamFailedToMaterialize = "UPSTREAM_FAILED_TO_MATERIALIZE",
        RunTerminated = "RUN_TERMINATED",
        Unknown = "UNKNOWN",
    }
}

/// The key of materializations stored before keys were required.
pub const UNDEFINED_ASSET_KEY: &str = "__undefined__";

record! {
    /// Partitions of an asset that a materialization was made from (an old notion).
    #[derive(Default)]
    pub struct AssetLineageInfo = "AssetLineageInfo" {
        asset_key: AssetKey,
        partitions: PySet<String>,
    }
}

record! {
    /// An asset was made.
    #[derive(Default)]
    pub struct AssetMaterialization = "AssetMaterialization" | "Materialization" {
        asset_key: AssetKey = AssetKey::new([UNDEFINED_ASSET_KEY]),
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
        partition: Option<String>,
        tags: Option<Map<String>>,
    }
}

record! {
    /// Something was seen about an asset.
    #[derive(Default)]
    pub struct AssetObservation = "AssetObservation" {
        asset_key: AssetKey,
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
        partition: Option<String>,
        tags: Map<String>,
    }
}

record! {
    /// An asset was not made.
    pub struct AssetMaterializationFailure = "AssetMaterializationFailure" {
        asset_key: AssetKey,
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
        partition: Option<String>,
        tags: Map<String>,
        failure_type: AssetMaterializationFailureType,
        reason: AssetMaterializationFailureReason,
        will_retry: Option<bool>,
    }
}

record! {
    /// The materialization a check looked at.
    #[derive(Default)]
    pub struct AssetCheckEvaluationTargetMaterializationData = "AssetCheckEvaluationTargetMaterializationData" {
        storage_id: i64,
        run_id: String,
        timestamp: f64,
    }
}

record! {
    /// A check gave a result.
    pub struct AssetCheckEvaluation = "AssetCheckEvaluation" {
        asset_key: AssetKey,
        check_name: String,
        passed as "success": bool,
        metadata: Metadata,
        target_materialization_data: Option<AssetCheckEvaluationTargetMaterializationData>,
        severity: AssetCheckSeverity = AssetCheckSeverity::Error,
        description: Option<String>,
        blocking: Option<bool>,
        partition: Option<String>,
    }
}

record! {
    /// A run is going to execute a check.
    #[derive(Default)]
    pub struct AssetCheckEvaluationPlanned = "AssetCheckEvaluationPlanned" {
        asset_key: AssetKey,
        check_name: String,
        partitions_subset: Option<PartitionsSubset>,
    }
}

record! {
    /// User code compared something with what it expected.
    #[derive(Default)]
    pub struct ExpectationResult = "ExpectationResult" {
        success: bool,
        label: Option<String>,
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}
