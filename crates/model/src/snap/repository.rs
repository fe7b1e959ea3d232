//! A whole repository.

use std::collections::HashSet;

use crate::ids::AssetKey;
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

impl RepositorySnap {
    /// Lets all places that name an asset share its key, and gives room back that reading left over: definitions
    /// are kept for as long as their code location is, and are read once.
    pub fn compact(&mut self) {
        let mut known: HashSet<AssetKey> =
            self.asset_nodes.iter().map(|node| node.asset_key.clone()).collect();
        let edges = self.asset_nodes.iter_mut().flat_map(|node| &mut node.parent_edges);
        let parents = edges.map(|edge| &mut edge.parent_asset_key);
        let checks = self.asset_check_nodes.iter_mut().flatten().map(|check| &mut check.asset_key);
        for key in parents.chain(checks) {
            match known.get(key) {
                Some(shared) => *key = shared.clone(),
                None => _ = known.insert(key.clone()),
            }
        }
        self.asset_nodes.iter_mut().for_each(|node| node.parent_edges.shrink_to_fit());
        self.asset_nodes.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serdes::from_text;

    fn node(key: &str, parents: &[&str]) -> String {
        let edge = |parent: &&str| {
            format!(
                r#"{{"__class__": "ExternalAssetDependency", "upstream_asset_key": {{"__class__": "AssetKey", "path": ["{parent}"]}}}}"#
            )
        };
        let edges: Vec<String> = parents.iter().map(edge).collect();
        format!(
            r#"{{"__class__": "ExternalAssetNode", "asset_key": {{"__class__": "AssetKey", "path": ["{key}"]}}, "dependencies": [{}]}}"#,
            edges.join(", ")
        )
    }

    #[test]
    fn compact_definitions_share_the_keys_of_assets() {
        let mut repository = RepositorySnap {
            asset_nodes: [node("a", &["source"]), node("b", &["a", "source"])]
                .iter()
                .map(|text| from_text(text).unwrap())
                .collect(),
            ..RepositorySnap::default()
        };
        let before = repository.clone();
        repository.compact();
        assert_eq!(repository, before);
        let [a, b] = &repository.asset_nodes[..] else { panic!("two assets") };
        let parent = |of: &AssetNodeSnap, at: usize| of.parent_edges[at].parent_asset_key.clone();
        let place = |key: &AssetKey| key.path().as_ptr();
        assert_eq!(place(&parent(b, 0)), place(&a.asset_key));
        assert_eq!(place(&parent(b, 1)), place(&parent(a, 0)));
    }
}
