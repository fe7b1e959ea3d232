//! Evaluations of automation conditions, and what is remembered between ticks.

use crate::ids::AssetKey;
use crate::metadata::Metadata;
use crate::partition::EntitySubset;
use crate::serdes::{ItemsMap, Map, PySet, Value};
use crate::{py_enum, record, union};

py_enum! {
    /// What a legacy rule decides.
    pub enum AutoMaterializeDecisionType = "AutoMaterializeDecisionType" {
        Materialize = "MATERIALIZE",
        Skip = "SKIP",
        Discard = "DISCARD",
    }
}

record! {
    /// Stands for every partition there was at the time.
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
    /// A condition as shown: its class, description and unique id.
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
    /// A condition with its children, as shown.
    #[derive(Default)]
    pub struct AutomationConditionSnapshot = "AutomationConditionSnapshot" {
        node_snapshot: AutomationConditionNodeSnapshot,
        children: Vec<AutomationConditionSnapshot>,
    }
}

record! {
    /// A subset and what is to be said about it.
    pub struct AssetSubsetWithMetadata = "AssetSubsetWithMetadata" {
        subset: EntitySubset,
        metadata: Metadata,
    }
}

record! {
    /// What a condition and its children evaluated to. Timestamps are in seconds since the epoch.
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
    /// An evaluation and the runs it led to.
    pub struct AutomationConditionEvaluationWithRunIds = "AssetConditionEvaluationWithRunIds" {
        evaluation: AutomationConditionEvaluation,
        run_ids: PySet<String>,
    }
}

record! {
    /// State between ticks in the form before conditions had cursors.
    pub struct AutomationConditionEvaluationState = "AssetConditionEvaluationState" {
        previous_evaluation: AutomationConditionEvaluation,
        previous_tick_evaluation_timestamp: Option<f64>,
        max_storage_id: Option<i64>,
        extra_state_by_unique_id: Map<Value>,
    }
}

record! {
    /// What a node of a condition remembers between ticks.
    pub struct AutomationConditionNodeCursor = "AutomationConditionNodeCursor" {
        true_subset: EntitySubset,
        candidate_subset: CandidateSubset,
        subsets_with_metadata: Vec<AssetSubsetWithMetadata>,
        extra_state: Value,
        metadata: Option<Metadata>,
    }
}

record! {
    /// What a condition remembers between ticks.
    pub struct AutomationConditionCursor = "AutomationConditionCursor" {
        previous_requested_subset: EntitySubset,
        effective_timestamp: f64,
        last_event_id: Option<i64>,
        node_cursors_by_unique_id: Map<AutomationConditionNodeCursor>,
        result_value_hash: String,
    }
}

record! {
    /// What a node remembers besides (an earlier form).
    #[derive(Default)]
    pub struct AutomationConditionCursorExtras = "AssetConditionCursorExtras" {
        condition_snapshot: AutomationConditionNodeSnapshot,
        extras: Map<Value>,
    }
}

record! {
    /// What the automation daemon remembers between ticks.
    #[derive(Default)]
    pub struct AssetDaemonCursor = "AssetDaemonCursor" {
        evaluation_id: i64,
        last_observe_request_timestamp_by_asset_key: ItemsMap<AssetKey, f64>,
        previous_evaluation_state: Option<Vec<AutomationConditionEvaluationState>>,
        previous_condition_cursors: Option<Vec<AutomationConditionCursor>>,
    }
}

record! {
    /// A cursor in its oldest form, wrapped.
    #[derive(Default)]
    pub struct LegacyAssetDaemonCursorWrapper = "LegacyAssetDaemonCursorWrapper" {
        serialized_cursor: String,
    }
}
