//! What computes an asset: its op or graph within a job of its repository, and what that needs.

use std::collections::BTreeSet;

use rondel_model::snap::{AssetNodeSnap, JobSnap};

use crate::{
    common::DefinitionTag,
    config::ConfigTypeField,
    errors::ResolverError,
    jobs::{DagsterType, JobView, Pipeline, ResourceRequirement, SolidDefinition},
    workspace::PreparedRepository,
};
use std::sync::Arc;

/// The definition which computes an asset, with the job it was found in.
pub(super) struct Computed {
    job: JobView,
    name: String,
}

impl Computed {
    /// None for an asset of no job.
    pub(super) async fn of(
        repository: &Arc<PreparedRepository>,
        snap: &AssetNodeSnap,
    ) -> Result<Option<Self>, ResolverError> {
        let Some(job_name) = snap.job_names.first() else { return Ok(None) };
        // What older versions do not name is named as the graph or the op.
        let names = [&snap.node_definition_name, &snap.graph_name, &snap.op_name];
        let mut names = names.into_iter().flatten().filter(|name| !name.is_empty());
        let Some(name) = names.next() else { return Ok(None) };
        let job = Pipeline::of(repository, job_name).view().await?.clone();
        Ok(Some(Self { job, name: name.clone() }))
    }

    fn snap(&self) -> &JobSnap {
        self.job.snap()
    }

    /// None for an asset that a graph computes.
    pub(super) fn op(&self) -> Option<SolidDefinition> {
        SolidDefinition::find(&self.job, &self.name)
    }

    pub(super) fn config_field(&self) -> Option<ConfigTypeField> {
        let op = self.snap().op_def(&self.name).map(|op| &op.config_field_snap);
        let graph = || self.snap().graph_def(&self.name).map(|graph| &graph.config_field_snap);
        let field = op.or_else(graph)?.clone()?;
        Some(ConfigTypeField::new(self.job.schema(), field))
    }

    pub(super) fn tags(&self) -> Vec<DefinitionTag> {
        let op = self.snap().op_def(&self.name).map(|op| &op.tags);
        let graph = || self.snap().graph_def(&self.name).map(|graph| &graph.tags);
        op.or_else(graph).into_iter().flatten().map(DefinitionTag::from).collect()
    }

    /// The keys of the resources that the op, or any op in the graph, needs.
    pub(super) fn required_resources(&self) -> Vec<ResourceRequirement> {
        let mut keys: BTreeSet<&str> = BTreeSet::new();
        let mut waiting = vec![self.name.as_str()];
        let mut seen = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) {
                continue;
            }
            if let Some(op) = self.snap().op_def(name) {
                keys.extend(op.required_resource_keys.iter().map(String::as_str));
            } else if let Some(graph) = self.snap().graph_def(name) {
                let nodes = &graph.dep_structure_snapshot.node_invocation_snaps;
                waiting.extend(nodes.iter().map(|node| node.node_def_name.as_str()));
            }
        }
        let requirement = |key: &str| ResourceRequirement { resource_key: key.to_owned() };
        keys.into_iter().map(requirement).collect()
    }

    /// The type of the output that is the asset.
    pub(super) fn output_type(
        &self,
        output_name: &str,
    ) -> Result<Option<DagsterType>, ResolverError> {
        let op = self.snap().op_def(&self.name).map(|op| &op.output_def_snaps);
        let graph = || self.snap().graph_def(&self.name).map(|graph| &graph.output_def_snaps);
        let mut outputs = op.or_else(graph).into_iter().flatten();
        let output = outputs.find(|output| output.name == output_name);
        output.map(|output| DagsterType::of(&self.job, &output.dagster_type_key)).transpose()
    }
}
