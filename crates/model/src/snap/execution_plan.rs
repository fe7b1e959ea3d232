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
    /// Kinds of steps.
    pub enum StepKind = "StepKind" {
        Compute = "COMPUTE",
        UnresolvedMapped = "UNRESOLVED_MAPPED" | "UNRESOLVED",
        UnresolvedCollect = "UNRESOLVED_COLLECT",
    }
}

record! {
    /// Something noted about a step.
    #[derive(Default)]
    pub struct ExecutionPlanMetadataItemSnap = "ExecutionPlanMetadataItemSnap" {
        key: String,
        value: String,
    }
}

record! {
    /// An input of a step.
    #[derive(Default)]
    pub struct ExecutionStepInputSnap = "ExecutionStepInputSnap" {
        name: String,
        dagster_type_key: String,
        upstream_output_handles: Vec<StepOutputHandle>,
        source: Option<StepInputSource>,
    }
}

record! {
    /// An output of a step.
    #[derive(Default)]
    pub struct ExecutionStepOutputSnap = "ExecutionStepOutputSnap" {
        name: String,
        dagster_type_key: String,
        node_handle as "solid_handle": Option<NodeHandle>,
        properties: Option<StepOutputProperties>,
    }
}

record! {
    /// A step.
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
    /// Assets computed once and cached when a code location loads.
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
    /// A version of state of definitions. The timestamp is in seconds since the epoch.
    #[derive(Default)]
    pub struct DefsKeyStateInfo = "DefsKeyStateInfo" {
        version: String,
        create_timestamp: f64,
    }
}

record! {
    /// Versions of state of definitions by key.
    #[derive(Default)]
    pub struct DefsStateInfo = "DefsStateInfo" {
        info_mapping: Map<Option<DefsKeyStateInfo>>,
    }
}

record! {
    /// What a worker needs to load a repository as it was.
    #[derive(Default)]
    pub struct RepositoryLoadData = "RepositoryLoadData" {
        cacheable_asset_data as "cached_data_by_key": Map<Vec<AssetsDefinitionCacheableData>>,
        reconstruction_metadata: Map<Value>,
        defs_state_info: Option<DefsStateInfo>,
        code_location_name: Option<String>,
    }
}

record! {
    /// The steps of a run. Its id is the SHA-1 of its text.
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
    /// Why there is no plan.
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
