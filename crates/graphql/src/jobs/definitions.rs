//! Definitions of ops and graphs, their inputs and outputs.

use async_graphql::{ID, Interface, Object, Result, SimpleObject};
use rondel_model::serdes::Map;

use super::{
    mode::Mode,
    nodes::{Input, Output, Solid, SolidHandle, broken, solids},
    types::DagsterType,
    view::{DefRef, JobView},
};
use crate::{
    assets::{AssetNode, in_job},
    config::ConfigTypeField,
    errors::ResolverError,
    logs::{MetadataEntry, MetadataItemDefinition, metadata_entries},
};

/// An input of a definition.
pub(crate) struct InputDefinition {
    pub(super) job: JobView,
    pub(super) def: DefRef,
    pub(super) at: usize,
}

/// An output of a definition.
pub(crate) struct OutputDefinition {
    pub(super) job: JobView,
    pub(super) def: DefRef,
    pub(super) at: usize,
}

impl InputDefinition {
    fn snap(&self) -> std::result::Result<&rondel_model::snap::InputDefSnap, ResolverError> {
        self.job.input_defs(self.def).get(self.at).ok_or_else(|| broken("input", ""))
    }

    fn named(job: &JobView, def: DefRef, name: &str) -> std::result::Result<Self, ResolverError> {
        let at = job.input_defs(def).iter().position(|input| input.name == name);
        Ok(Self { job: job.clone(), def, at: at.ok_or_else(|| broken("input", name))? })
    }
}

impl OutputDefinition {
    fn snap(&self) -> std::result::Result<&rondel_model::snap::OutputDefSnap, ResolverError> {
        self.job.output_defs(self.def).get(self.at).ok_or_else(|| broken("output", ""))
    }

    fn named(job: &JobView, def: DefRef, name: &str) -> std::result::Result<Self, ResolverError> {
        let at = job.output_defs(def).iter().position(|output| output.name == name);
        Ok(Self { job: job.clone(), def, at: at.ok_or_else(|| broken("output", name))? })
    }
}

#[Object]
impl InputDefinition {
    async fn name(&self) -> Result<&str> {
        Ok(&self.snap()?.name)
    }

    async fn description(&self) -> Result<Option<&str>> {
        Ok(self.snap()?.description.as_deref())
    }

    #[graphql(name = "type")]
    async fn dagster_type(&self) -> Result<DagsterType> {
        Ok(DagsterType::of(&self.job, &self.snap()?.dagster_type_key)?)
    }

    async fn metadata_entries(&self) -> Result<Vec<MetadataEntry>> {
        Ok(metadata_entries(&self.snap()?.metadata))
    }
}

#[Object]
impl OutputDefinition {
    async fn name(&self) -> Result<&str> {
        Ok(&self.snap()?.name)
    }

    async fn description(&self) -> Result<Option<&str>> {
        Ok(self.snap()?.description.as_deref())
    }

    async fn is_dynamic(&self) -> Result<Option<bool>> {
        Ok(Some(self.snap()?.is_dynamic))
    }

    #[graphql(name = "type")]
    async fn dagster_type(&self) -> Result<DagsterType> {
        Ok(DagsterType::of(&self.job, &self.snap()?.dagster_type_key)?)
    }

    async fn metadata_entries(&self) -> Result<Vec<MetadataEntry>> {
        Ok(metadata_entries(&self.snap()?.metadata))
    }
}

/// An op or a graph.
#[derive(Interface)]
#[graphql(
    name = "ISolidDefinition",
    field(name = "name", ty = "String"),
    field(name = "description", ty = "Option<String>"),
    field(name = "metadata", ty = "Vec<MetadataItemDefinition>"),
    field(name = "input_definitions", ty = "Vec<InputDefinition>"),
    field(name = "output_definitions", ty = "Vec<OutputDefinition>"),
    field(name = "asset_nodes", ty = "Vec<AssetNode>"),
    field(name = "pools", ty = "Vec<String>")
)]
pub(crate) enum ISolidDefinition {
    SolidDefinition(SolidDefinition),
    CompositeSolidDefinition(CompositeSolidDefinition),
}

/// The definition at a position.
pub(super) fn definition(job: &JobView, def: DefRef) -> ISolidDefinition {
    match def {
        DefRef::Op(at) => SolidDefinition { job: job.clone(), at }.into(),
        DefRef::Graph(at) => CompositeSolidDefinition { job: job.clone(), at }.into(),
    }
}

/// Tags as metadata items; the kind additionally under its older name.
fn metadata_items(tags: &Map<String>) -> Vec<MetadataItemDefinition> {
    const COMPUTE_KIND_TAG: &str = "dagster/compute_kind";
    const LEGACY_COMPUTE_KIND_TAG: &str = "kind";
    let mut items = Vec::new();
    for (key, value) in tags {
        items.push(MetadataItemDefinition { key: key.clone(), value: value.clone() });
        // Dagster before 1.8 kept the kind under the short key; clients know the long one.
        if key == LEGACY_COMPUTE_KIND_TAG && !tags.contains_key(COMPUTE_KIND_TAG) {
            let key = COMPUTE_KIND_TAG.to_owned();
            items.push(MetadataItemDefinition { key, value: value.clone() });
        }
    }
    items
}

/// The assets of the job's repository that a definition computes; none for a recorded job, whose
/// snapshot does not tell.
fn asset_nodes(job: &JobView, def_name: &str) -> Vec<AssetNode> {
    let Some(repository) = job.repository() else { return Vec::new() };
    let mut nodes = in_job(repository, job.name());
    nodes.retain(|node| {
        let snap = node.snap();
        let by_op = snap.node_definition_name.as_deref() == Some(def_name);
        by_op || snap.graph_name.as_deref() == Some(def_name)
    });
    nodes
}

fn inputs(job: &JobView, def: DefRef) -> Vec<InputDefinition> {
    let count = job.input_defs(def).len();
    (0..count).map(|at| InputDefinition { job: job.clone(), def, at }).collect()
}

fn outputs(job: &JobView, def: DefRef) -> Vec<OutputDefinition> {
    let count = job.output_defs(def).len();
    (0..count).map(|at| OutputDefinition { job: job.clone(), def, at }).collect()
}

#[derive(SimpleObject)]
pub(crate) struct ResourceRequirement {
    pub(crate) resource_key: String,
}

/// An op.
pub(crate) struct SolidDefinition {
    job: JobView,
    at: usize,
}

impl SolidDefinition {
    fn snap(&self) -> std::result::Result<&rondel_model::snap::OpDefSnap, ResolverError> {
        self.job.op_def(self.at).ok_or_else(|| broken("op", ""))
    }

    /// The op of a name.
    pub(crate) fn find(job: &JobView, name: &str) -> Option<Self> {
        match job.def(name)? {
            DefRef::Op(at) => Some(Self { job: job.clone(), at }),
            DefRef::Graph(_) => None,
        }
    }

    /// The config that the op takes.
    fn config(&self) -> Option<ConfigTypeField> {
        let field = self.job.op_def(self.at)?.config_field_snap.clone()?;
        Some(ConfigTypeField::new(self.job.schema(), field))
    }

    /// The keys of the resources that the op needs.
    fn resources(&self) -> Vec<ResourceRequirement> {
        let keys = self.job.op_def(self.at).map(|op| &op.required_resource_keys);
        let keys = keys.into_iter().flatten().cloned();
        keys.map(|resource_key| ResourceRequirement { resource_key }).collect()
    }
}

#[Object]
impl SolidDefinition {
    pub(crate) async fn name(&self) -> Result<String> {
        Ok(self.snap()?.name.clone())
    }

    pub(crate) async fn description(&self) -> Result<Option<String>> {
        Ok(self.snap()?.description.clone())
    }

    pub(crate) async fn metadata(&self) -> Result<Vec<MetadataItemDefinition>> {
        Ok(metadata_items(&self.snap()?.tags))
    }

    pub(crate) async fn input_definitions(&self) -> Vec<InputDefinition> {
        inputs(&self.job, DefRef::Op(self.at))
    }

    pub(crate) async fn output_definitions(&self) -> Vec<OutputDefinition> {
        outputs(&self.job, DefRef::Op(self.at))
    }

    pub(crate) async fn asset_nodes(&self) -> Result<Vec<AssetNode>> {
        Ok(asset_nodes(&self.job, &self.snap()?.name))
    }

    pub(crate) async fn pools(&self) -> Result<Vec<String>> {
        Ok(self.snap()?.pool.iter().cloned().collect())
    }

    async fn config_field(&self) -> Option<ConfigTypeField> {
        self.config()
    }

    async fn required_resources(&self) -> Vec<ResourceRequirement> {
        self.resources()
    }

    async fn pool(&self) -> Result<Option<&str>> {
        Ok(self.snap()?.pool.as_deref())
    }
}

/// An input of a graph passed on to a node in it.
pub(crate) struct InputMapping {
    job: JobView,
    graph: usize,
    at: usize,
}

#[Object]
impl InputMapping {
    async fn mapped_input(&self) -> Result<Input> {
        let graph = self.job.graph_def(self.graph);
        let mapping = graph.and_then(|graph| graph.input_mapping_snaps.get(self.at));
        let mapping = mapping.ok_or_else(|| broken("input mapping", ""))?;
        let (node, input) = (&mapping.mapped_node_name, &mapping.mapped_input_name);
        Ok(Input::named(&self.job, Some(self.graph), node, input)?)
    }

    async fn definition(&self) -> Result<InputDefinition> {
        let graph = self.job.graph_def(self.graph);
        let mapping = graph.and_then(|graph| graph.input_mapping_snaps.get(self.at));
        let mapping = mapping.ok_or_else(|| broken("input mapping", ""))?;
        let name = &mapping.external_input_name;
        Ok(InputDefinition::named(&self.job, DefRef::Graph(self.graph), name)?)
    }
}

/// An output of a graph taken from a node in it.
pub(crate) struct OutputMapping {
    job: JobView,
    graph: usize,
    at: usize,
}

#[Object]
impl OutputMapping {
    async fn mapped_output(&self) -> Result<Output> {
        let graph = self.job.graph_def(self.graph);
        let mapping = graph.and_then(|graph| graph.output_mapping_snaps.get(self.at));
        let mapping = mapping.ok_or_else(|| broken("output mapping", ""))?;
        let (node, output) = (&mapping.mapped_node_name, &mapping.mapped_output_name);
        Ok(Output::named(&self.job, Some(self.graph), node, output)?)
    }

    async fn definition(&self) -> Result<OutputDefinition> {
        let graph = self.job.graph_def(self.graph);
        let mapping = graph.and_then(|graph| graph.output_mapping_snaps.get(self.at));
        let mapping = mapping.ok_or_else(|| broken("output mapping", ""))?;
        let name = &mapping.external_output_name;
        Ok(OutputDefinition::named(&self.job, DefRef::Graph(self.graph), name)?)
    }
}

/// A graph used as a node.
pub(crate) struct CompositeSolidDefinition {
    job: JobView,
    at: usize,
}

impl CompositeSolidDefinition {
    fn snap(&self) -> std::result::Result<&rondel_model::snap::GraphDefSnap, ResolverError> {
        self.job.graph_def(self.at).ok_or_else(|| broken("graph", ""))
    }
}

#[Object]
impl CompositeSolidDefinition {
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(format!("{}:{}", self.job.snapshot_id(), self.snap()?.name).into())
    }

    pub(crate) async fn name(&self) -> Result<String> {
        Ok(self.snap()?.name.clone())
    }

    pub(crate) async fn description(&self) -> Result<Option<String>> {
        Ok(self.snap()?.description.clone())
    }

    pub(crate) async fn metadata(&self) -> Result<Vec<MetadataItemDefinition>> {
        Ok(metadata_items(&self.snap()?.tags))
    }

    pub(crate) async fn input_definitions(&self) -> Vec<InputDefinition> {
        inputs(&self.job, DefRef::Graph(self.at))
    }

    pub(crate) async fn output_definitions(&self) -> Vec<OutputDefinition> {
        outputs(&self.job, DefRef::Graph(self.at))
    }

    pub(crate) async fn asset_nodes(&self) -> Result<Vec<AssetNode>> {
        Ok(asset_nodes(&self.job, &self.snap()?.name))
    }

    pub(crate) async fn pools(&self) -> Result<Vec<String>> {
        Ok(self.snap()?.pools.iter().cloned().collect())
    }

    pub(crate) async fn solids(&self) -> Vec<Solid> {
        solids(&self.job, Some(self.at))
    }

    pub(crate) async fn solid_handle(
        &self,
        #[graphql(name = "handleID")] handle_id: String,
    ) -> Option<SolidHandle> {
        SolidHandle::find(&self.job, &handle_id)
    }

    pub(crate) async fn solid_handles(
        &self,
        #[graphql(name = "parentHandleID")] parent_handle_id: Option<String>,
    ) -> Vec<SolidHandle> {
        SolidHandle::list(&self.job, parent_handle_id.as_deref())
    }

    /// Graphs have no modes; every container of nodes has the field.
    pub(crate) async fn modes(&self) -> Vec<Mode> {
        Vec::new()
    }

    async fn input_mappings(&self) -> Result<Vec<InputMapping>> {
        let mapping = |at| InputMapping { job: self.job.clone(), graph: self.at, at };
        Ok((0..self.snap()?.input_mapping_snaps.len()).map(mapping).collect())
    }

    async fn output_mappings(&self) -> Result<Vec<OutputMapping>> {
        let mapping = |at| OutputMapping { job: self.job.clone(), graph: self.at, at };
        Ok((0..self.snap()?.output_mapping_snaps.len()).map(mapping).collect())
    }
}
