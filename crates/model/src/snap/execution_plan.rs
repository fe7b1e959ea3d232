//! Execution plans.

use crate::automation::{AutoMaterializePolicy, BackfillPolicy, LegacyFreshnessPolicy};
use crate::error::SerializableErrorInfo;
use crate::ids::AssetKey;
use crate::plan::{
    KnownExecutionState, NodeHandle, StepHandleKind, StepInputSource, StepOutputHandle,
    StepOutputProperties,
};
use crate::serdes::snapshot_id;
use crate::serdes::{Map, PySet, Value};
use crate::{py_enum, record};

py_enum! {
    /// Dagster's `StepKind`.
    pub enum StepKind = "StepKind" {
        Compute = "COMPUTE",
        UnresolvedMapped = "UNRESOLVED_MAPPED" | "UNRESOLVED",
        UnresolvedCollect = "UNRESOLVED_COLLECT",
    }
}

record! {
    /// Dagster's `ExecutionPlanMetadataItemSnap`.
    #[derive(Default)]
    pub struct ExecutionPlanMetadataItemSnap = "ExecutionPlanMetadataItemSnap" {
        key: String,
        value: String,
    }
}

record! {
    /// Dagster's `ExecutionStepInputSnap`.
    #[derive(Default)]
    pub struct ExecutionStepInputSnap = "ExecutionStepInputSnap" {
        name: String,
        dagster_type_key: String,
        upstream_output_handles: Vec<StepOutputHandle>,
        source: Option<StepInputSource>,
    }
}

record! {
    /// Dagster's `ExecutionStepOutputSnap`.
    #[derive(Default)]
    pub struct ExecutionStepOutputSnap = "ExecutionStepOutputSnap" {
        name: String,
        dagster_type_key: String,
        node_handle as "solid_handle": Option<NodeHandle>,
        properties: Option<StepOutputProperties>,
    }
}

record! {
    /// Dagster's `ExecutionStepSnap`.
    pub struct ExecutionStepSnap = "ExecutionStepSnap" {
        key: String,
        inputs: Vec<ExecutionStepInputSnap>,
        outputs: Vec<ExecutionStepOutputSnap>,
        node_handle_id as "solid_handle_id": String,
        kind: StepKind,
        metadata_items: Vec<ExecutionPlanMetadataItemSnap>,
        tags: Option<Map<String>>,
        step_handle: Option<StepHandleKind>,
        pool [skip_none]: Option<String>,
    }
}

record! {
    /// Dagster's `AssetsDefinitionCacheableData`.
    #[derive(Default)]
    pub struct AssetsDefinitionCacheableData = "AssetsDefinitionCacheableData" {
        keys_by_input_name: Option<Map<AssetKey>>,
        keys_by_output_name: Option<Map<AssetKey>>,
        internal_asset_deps: Option<Map<PySet<AssetKey>>>,
        group_name: Option<String>,
        metadata_by_output_name: Value,
        key_prefix: Value,
        can_subset: bool = false,
        extra_metadata: Value,
        legacy_freshness_policies_by_output_name as "freshness_policies_by_output_name": Option<Map<LegacyFreshnessPolicy>>,
        auto_materialize_policies_by_output_name: Option<Map<AutoMaterializePolicy>>,
        backfill_policy: Option<BackfillPolicy>,
    }
}

record! {
    /// Dagster's `DefsKeyStateInfo`.
    #[derive(Default)]
    pub struct DefsKeyStateInfo = "DefsKeyStateInfo" {
        version: String,
        create_timestamp: f64,
    }
}

record! {
    /// Dagster's `DefsStateInfo`.
    #[derive(Default)]
    pub struct DefsStateInfo = "DefsStateInfo" {
        info_mapping: Map<Option<DefsKeyStateInfo>>,
    }
}

record! {
    /// Dagster's `RepositoryLoadData`.
    #[derive(Default)]
    pub struct RepositoryLoadData = "RepositoryLoadData" {
        cacheable_asset_data as "cached_data_by_key": Map<Vec<AssetsDefinitionCacheableData>>,
        reconstruction_metadata: Map<Value>,
        defs_state_info: Option<DefsStateInfo>,
        code_location_name: Option<String>,
    }
}

record! {
    /// Dagster's `ExecutionPlanSnapshot`.
    #[derive(Default)]
    pub struct ExecutionPlanSnapshot = "ExecutionPlanSnapshot" {
        steps: Vec<ExecutionStepSnap>,
        artifacts_persisted: bool,
        job_snapshot_id as "pipeline_snapshot_id": String,
        step_keys_to_execute: Vec<String>,
        initial_known_state: Option<KnownExecutionState>,
        snapshot_version: Option<i64>,
        executor_name: Option<String>,
        repository_load_data [skip_empty]: Option<RepositoryLoadData>,
    }
}

record! {
    /// Dagster's `ExecutionPlanSnapshotErrorData`.
    #[derive(Default)]
    pub struct ExecutionPlanSnapshotErrorData = "ExecutionPlanSnapshotErrorData" {
        error: Option<SerializableErrorInfo>,
    }
}

impl ExecutionPlanSnapshot {
    /// SHA-1 of the serialized snapshot. For one that came as text use [`Raw::id`].
    ///
    /// [`Raw::id`]: crate::serdes::Raw::id
    pub fn snapshot_id(&self) -> String {
        snapshot_id(self)
    }

    /// The step of this key.
    pub fn step(&self, key: &str) -> Option<&ExecutionStepSnap> {
        self.steps.iter().find(|step| step.key == key)
    }
}
