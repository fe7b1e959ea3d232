//! Evaluations of automation conditions, and what is remembered between ticks.

use crate::ids::AssetKey;
use crate::metadata::Metadata;
use crate::partition::EntitySubset;
use crate::serdes::{ItemsMap, Map, PySet, Value};
use crate::{py_enum, record, union};

py_enum! {
    /// Dagster's `AutoMaterializeDecisionType`.
    pub enum AutoMaterializeDecisionType = "AutoMaterializeDecisionType" {
        Materialize = "MATERIALIZE",
        Skip = "SKIP",
        Discard = "DISCARD",
    }
}

record! {
    /// Dagster's `HistoricalAllPartitionsSubsetSentinel`.
    #[derive(Default)]
    pub struct HistoricalAllPartitionsSubsetSentinel = "HistoricalAllPartitionsSubsetSentinel" {
    }
}

union! {
    /// The subset a condition was asked about.
    pub enum CandidateSubset {
        /// `SerializableEntitySubset`
        Subset(EntitySubset),
        /// `HistoricalAllPartitionsSubsetSentinel`
        HistoricalAll(HistoricalAllPartitionsSubsetSentinel),
    }
}

record! {
    /// Dagster's `AutomationConditionNodeSnapshot`.
    #[derive(Default)]
    pub struct AutomationConditionNodeSnapshot = "AssetConditionSnapshot" {
        class_name: String,
        description: String,
        unique_id: String,
        label: Option<String>,
        name: Option<String>,
        operator_type: String = "identity".into(),
    }
}

record! {
    /// Dagster's `AutomationConditionSnapshot`.
    #[derive(Default)]
    pub struct AutomationConditionSnapshot = "AutomationConditionSnapshot" {
        node_snapshot: AutomationConditionNodeSnapshot,
        children: Vec<AutomationConditionSnapshot>,
    }
}

record! {
    /// Dagster's `AssetSubsetWithMetadata`.
    pub struct AssetSubsetWithMetadata = "AssetSubsetWithMetadata" {
        subset: EntitySubset,
        metadata: Metadata,
    }
}

record! {
    /// Dagster's `AutomationConditionEvaluation`.
    pub struct AutomationConditionEvaluation = "AssetConditionEvaluation" {
        condition_snapshot: AutomationConditionNodeSnapshot,
        start_timestamp: Option<f64>,
        end_timestamp: Option<f64>,
        true_subset: EntitySubset,
        candidate_subset: CandidateSubset,
        subsets_with_metadata: Vec<AssetSubsetWithMetadata>,
        child_evaluations: Vec<AutomationConditionEvaluation>,
        metadata: Option<Metadata>,
    }
}

record! {
    /// Dagster's `AutomationConditionEvaluationWithRunIds`.
    pub struct AutomationConditionEvaluationWithRunIds = "AssetConditionEvaluationWithRunIds" {
        evaluation: AutomationConditionEvaluation,
        run_ids: PySet<String>,
    }
}

record! {
    /// Dagster's `AutomationConditionEvaluationState`.
    pub struct AutomationConditionEvaluationState = "AssetConditionEvaluationState" {
        previous_evaluation: AutomationConditionEvaluation,
        previous_tick_evaluation_timestamp: Option<f64>,
        max_storage_id: Option<i64>,
        extra_state_by_unique_id: Map<Value>,
    }
}

record! {
    /// Dagster's `AutomationConditionNodeCursor`.
    pub struct AutomationConditionNodeCursor = "AutomationConditionNodeCursor" {
        true_subset: EntitySubset,
        candidate_subset: CandidateSubset,
        subsets_with_metadata: Vec<AssetSubsetWithMetadata>,
        extra_state: Value,
        metadata: Option<Metadata>,
    }
}

record! {
    /// Dagster's `AutomationConditionCursor`.
    pub struct AutomationConditionCursor = "AutomationConditionCursor" {
        previous_requested_subset: EntitySubset,
        effective_timestamp: f64,
        last_event_id: Option<i64>,
        node_cursors_by_unique_id: Map<AutomationConditionNodeCursor>,
        result_value_hash: String,
    }
}

record! {
    /// Dagster's `AutomationConditionCursorExtras`.
    #[derive(Default)]
    pub struct AutomationConditionCursorExtras = "AssetConditionCursorExtras" {
        condition_snapshot: AutomationConditionNodeSnapshot,
        extras: Map<Value>,
    }
}

record! {
    /// Dagster's `AssetDaemonCursor`.
    #[derive(Default)]
    pub struct AssetDaemonCursor = "AssetDaemonCursor" {
        evaluation_id: i64,
        last_observe_request_timestamp_by_asset_key: ItemsMap<AssetKey, f64>,
        previous_evaluation_state: Option<Vec<AutomationConditionEvaluationState>>,
        previous_condition_cursors: Option<Vec<AutomationConditionCursor>>,
    }
}

record! {
    /// Dagster's `LegacyAssetDaemonCursorWrapper`.
    #[derive(Default)]
    pub struct LegacyAssetDaemonCursorWrapper = "LegacyAssetDaemonCursorWrapper" {
        serialized_cursor: String,
    }
}
