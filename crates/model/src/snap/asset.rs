//! Assets and asset checks.

use crate::automation::{
    AutoMaterializePolicy, AutomationCondition, AutomationConditionSnapshot, BackfillPolicy,
    FreshnessPolicy, LegacyFreshnessPolicy,
};
use crate::ids::AssetKey;
use crate::metadata::MetadataEntries;
use crate::partition::{PartitionMapping, PartitionsSnap};
use crate::plan::AssetExecutionType;
use crate::record;
use crate::serdes::{Map, Number, PySet};

record! {
    /// An asset's dependency on another.
    #[derive(Default)]
    pub struct AssetParentEdgeSnap = "ExternalAssetDependency" {
        parent_asset_key as "upstream_asset_key": AssetKey,
        input_name: Option<String>,
        output_name: Option<String>,
        partition_mapping: Option<Box<PartitionMapping>>,
    }
}

record! {
    /// An asset.
    pub struct AssetNodeSnap = "ExternalAssetNode" {
        asset_key: AssetKey,
        parent_edges as "dependencies": Vec<AssetParentEdgeSnap>,
        execution_type: AssetExecutionType = AssetExecutionType::Materialization,
        pools: PySet<String>,
        compute_kind: Option<String>,
        op_name: Option<String>,
        op_names: Vec<String>,
        code_version: Option<String>,
        node_definition_name: Option<String>,
        graph_name: Option<String>,
        description as "op_description": Option<String>,
        job_names: Vec<String>,
        partitions as "partitions_def_data": Option<Box<PartitionsSnap>>,
        output_name: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
        tags: Option<Map<String>>,
        group_name: String = "default".into(),
        legacy_freshness_policy as "freshness_policy": Option<LegacyFreshnessPolicy>,
        freshness_policy as "new_freshness_policy": Option<Box<FreshnessPolicy>>,
        is_source: bool = false,
        is_observable: bool = false,
        execution_set_identifier as "atomic_execution_unit_id": Option<String>,
        required_top_level_resources: Option<Vec<String>>,
        auto_materialize_policy: Option<Box<AutoMaterializePolicy>>,
        automation_condition_snapshot: Option<Box<AutomationConditionSnapshot>>,
        backfill_policy: Option<BackfillPolicy>,
        auto_observe_interval_minutes: Option<Number>,
        owners: Option<Vec<String>>,
        is_virtual: bool = false,
    }
    old { "depended_by": List(Vec::new()) }
}

record! {
    /// An asset check.
    #[derive(Default)]
    pub struct AssetCheckNodeSnap = "ExternalAssetCheck" {
        name: String,
        asset_key: AssetKey,
        description: Option<String>,
        execution_set_identifier as "atomic_execution_unit_id": Option<String>,
        job_names: Vec<String>,
        blocking: bool = false,
        additional_asset_keys: Vec<AssetKey>,
        automation_condition: Option<AutomationCondition>,
        automation_condition_snapshot: Option<AutomationConditionSnapshot>,
        partitions_def_snapshot: Option<PartitionsSnap>,
    }
}
