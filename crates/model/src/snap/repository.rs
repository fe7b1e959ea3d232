//! A whole repository.

use crate::metadata::Metadata;
use crate::serdes::Map;
use crate::snap::{
    AssetCheckNodeSnap, AssetNodeSnap, DefsStateInfo, JobDataSnap, JobRefSnap, PartitionSetSnap,
    ResourceSnap, ScheduleSnap, SensorSnap,
};
use crate::{py_enum, record};

py_enum! {
    /// Kinds of users of environment variables.
    pub enum EnvVarConsumerType = "EnvVarConsumerType" {
        Resource = "RESOURCE",
    }
}

py_enum! {
    /// Where state of definitions is kept.
    pub enum DefsStateManagementType = "DefsStateManagementType" {
        VersionedStateStorage = "VERSIONED_STATE_STORAGE",
        LocalFilesystem = "LOCAL_FILESYSTEM",
        LegacyCodeServerSnapshots = "LEGACY_CODE_SERVER_SNAPSHOTS",
    }
}

record! {
    /// What uses an environment variable.
    pub struct EnvVarConsumer = "EnvVarConsumer" {
        kind as "type": EnvVarConsumerType,
        name: String,
    }
}

record! {
    /// A component in use.
    #[derive(Default)]
    pub struct ComponentInstanceSnap = "ComponentInstanceSnap" {
        key: String,
        full_type_name: String,
        defs_state_key: Option<String>,
        defs_state_management_type: Option<DefsStateManagementType>,
        app_managed: bool,
    }
}

record! {
    /// Components of a repository.
    #[derive(Default)]
    pub struct ComponentTreeSnap = "ComponentTreeSnap" {
        leaf_instances: Vec<ComponentInstanceSnap>,
    }
}

record! {
    /// Everything a repository defines.
    #[derive(Default)]
    pub struct RepositorySnap = "ExternalRepositoryData" {
        name: String,
        schedules as "external_schedule_datas": Vec<ScheduleSnap>,
        partition_sets as "external_partition_set_datas": Vec<PartitionSetSnap>,
        sensors as "external_sensor_datas": Vec<SensorSnap>,
        asset_nodes as "external_asset_graph_data": Vec<AssetNodeSnap>,
        job_datas as "external_pipeline_datas": Option<Vec<JobDataSnap>>,
        job_refs as "external_job_refs": Option<Vec<JobRefSnap>>,
        resources as "external_resource_data": Option<Vec<ResourceSnap>>,
        asset_check_nodes as "external_asset_checks": Option<Vec<AssetCheckNodeSnap>>,
        metadata: Option<Metadata>,
        utilized_env_vars: Option<Map<Vec<EnvVarConsumer>>>,
        component_tree [skip_empty]: Option<ComponentTreeSnap>,
        defs_state_info [skip_empty]: Option<DefsStateInfo>,
    }
}
