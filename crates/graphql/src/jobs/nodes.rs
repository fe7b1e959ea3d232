//! The nodes of a job or graph, their inputs and outputs, and the handles that name them.

use async_graphql::{Context, Object, Result, SimpleObject, Union};
use rondel_model::{run::RunsFilter, snap::NodeInvocationSnap};

use super::{
    definitions::{ISolidDefinition, InputDefinition, OutputDefinition, definition},
    view::{DefRef, Handle, JobView, Scope},
};
use crate::{
    context::ContextExt,
    errors::{ResolverError, SolidStepStatusUnavailableError},
    logs::{RunStepStats, stats_of_step},
};

/// A node: an op or a graph, used in a job or graph.
#[derive(Clone)]
pub(crate) struct Solid {
    job: JobView,
    scope: Scope,
    node: usize,
}

/// A snapshot which refers to what it does not contain.
pub(super) fn broken(what: &str, name: &str) -> ResolverError {
    ResolverError::raised("KeyError", format!("the job's snapshot has no {what} '{name}'"))
}

impl Solid {
    pub(super) fn snap(&self) -> std::result::Result<&NodeInvocationSnap, ResolverError> {
        self.job.nodes(self.scope).get(self.node).ok_or_else(|| broken("node", ""))
    }

    fn def(&self) -> std::result::Result<DefRef, ResolverError> {
        let name = &self.snap()?.node_def_name;
        self.job.def(name).ok_or_else(|| broken("definition", name))
    }

    fn named(job: &JobView, scope: Scope, name: &str) -> std::result::Result<Self, ResolverError> {
        let node = job.node_index(scope, name).ok_or_else(|| broken("node", name))?;
        Ok(Self { job: job.clone(), scope, node })
    }
}

/// The nodes of a graph, by name.
pub(super) fn solids(job: &JobView, scope: Scope) -> Vec<Solid> {
    let nodes = job.nodes(scope);
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|&a, &b| nodes[a].node_name.cmp(&nodes[b].node_name));
    order.into_iter().map(|node| Solid { job: job.clone(), scope, node }).collect()
}

#[Object]
impl Solid {
    async fn name(&self) -> Result<&str> {
        Ok(&self.snap()?.node_name)
    }

    async fn definition(&self) -> Result<ISolidDefinition> {
        Ok(definition(&self.job, self.def()?))
    }

    async fn inputs(&self) -> Result<Vec<Input>> {
        let count = self.job.input_defs(self.def()?).len();
        Ok((0..count).map(|at| Input { solid: self.clone(), at }).collect())
    }

    async fn outputs(&self) -> Result<Vec<Output>> {
        let count = self.job.output_defs(self.def()?).len();
        Ok((0..count).map(|at| Output { solid: self.clone(), at }).collect())
    }

    async fn is_dynamic_mapped(&self) -> Result<bool> {
        Ok(self.snap()?.is_dynamic_mapped)
    }
}

/// An input of a node.
pub(crate) struct Input {
    solid: Solid,
    at: usize,
}

impl Input {
    pub(super) fn named(
        job: &JobView,
        scope: Scope,
        node: &str,
        input: &str,
    ) -> std::result::Result<Self, ResolverError> {
        let solid = Solid::named(job, scope, node)?;
        let mut defs = job.input_defs(solid.def()?).iter();
        let at = defs.position(|def| def.name == input).ok_or_else(|| broken("input", input))?;
        Ok(Self { solid, at })
    }

    fn name(&self) -> std::result::Result<&str, ResolverError> {
        let def = self.solid.job.input_defs(self.solid.def()?).get(self.at);
        Ok(&def.ok_or_else(|| broken("input", ""))?.name)
    }
}

#[Object]
impl Input {
    async fn solid(&self) -> Solid {
        self.solid.clone()
    }

    async fn definition(&self) -> Result<InputDefinition> {
        Ok(InputDefinition { job: self.solid.job.clone(), def: self.solid.def()?, at: self.at })
    }

    async fn depends_on(&self) -> Result<Vec<Output>> {
        let name = self.name()?;
        let inputs = &self.solid.snap()?.input_dep_snaps;
        let sources = inputs.iter().find(|input| input.input_name == name);
        let sources = sources.into_iter().flat_map(|input| &input.upstream_output_snaps);
        let output = |source: &rondel_model::snap::OutputHandleSnap| {
            let Solid { job, scope, .. } = &self.solid;
            Output::named(job, *scope, &source.node_name, &source.output_name)
        };
        Ok(sources.map(output).collect::<std::result::Result<_, _>>()?)
    }

    async fn is_dynamic_collect(&self) -> Result<bool> {
        let name = self.name()?;
        let inputs = &self.solid.snap()?.input_dep_snaps;
        Ok(inputs.iter().any(|input| input.input_name == name && input.is_dynamic_collect))
    }
}

/// An output of a node.
pub(crate) struct Output {
    solid: Solid,
    at: usize,
}

impl Output {
    pub(super) fn named(
        job: &JobView,
        scope: Scope,
        node: &str,
        output: &str,
    ) -> std::result::Result<Self, ResolverError> {
        let solid = Solid::named(job, scope, node)?;
        let mut defs = job.output_defs(solid.def()?).iter();
        let at = defs.position(|def| def.name == output).ok_or_else(|| broken("output", output))?;
        Ok(Self { solid, at })
    }
}

#[Object]
impl Output {
    async fn solid(&self) -> Solid {
        self.solid.clone()
    }

    async fn definition(&self) -> Result<OutputDefinition> {
        Ok(OutputDefinition { job: self.solid.job.clone(), def: self.solid.def()?, at: self.at })
    }

    async fn depended_by(&self) -> Result<Vec<Input>> {
        let Solid { job, scope, .. } = &self.solid;
        let def = job.output_defs(self.solid.def()?).get(self.at);
        let def = def.ok_or_else(|| broken("output", ""))?;
        let consumers = job.consumers(*scope, &self.solid.snap()?.node_name, &def.name);
        let input = |(node, input): &(String, String)| Input::named(job, *scope, node, input);
        Ok(consumers.iter().map(input).collect::<std::result::Result<_, _>>()?)
    }
}

#[derive(SimpleObject)]
pub(crate) struct SolidStepStatsConnection {
    nodes: Vec<RunStepStats>,
}

#[derive(Union)]
pub(crate) enum SolidStepStatsOrError {
    SolidStepStatsConnection(SolidStepStatsConnection),
    SolidStepStatusUnavailableError(SolidStepStatusUnavailableError),
}

/// A node with the path to it.
#[derive(Clone)]
pub(crate) struct SolidHandle {
    job: JobView,
    id: String,
    handle: Handle,
}

impl SolidHandle {
    /// The handle of an id, such as `outer.inner`.
    pub(super) fn find(job: &JobView, id: &str) -> Option<Self> {
        let handle = job.handles().get(id)?.clone();
        Some(Self { job: job.clone(), id: id.to_owned(), handle })
    }

    /// Every handle; or those directly within a graph, `""` being the job itself.
    pub(super) fn list(job: &JobView, parent: Option<&str>) -> Vec<Self> {
        let wanted = |handle: &&Handle| match parent {
            None => true,
            Some("") => handle.parent.is_none(),
            Some(parent) => handle.parent.as_deref() == Some(parent),
        };
        let handles = job.handles().iter().filter(|(_, handle)| wanted(handle));
        handles
            .map(|(id, handle)| Self { job: job.clone(), id: id.clone(), handle: handle.clone() })
            .collect()
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    fn node(&self) -> Solid {
        Solid { job: self.job.clone(), scope: self.handle.scope, node: self.handle.node }
    }

    /// The definition of the node.
    pub(super) fn def(&self) -> std::result::Result<DefRef, ResolverError> {
        self.node().def()
    }
}

#[Object]
impl SolidHandle {
    #[graphql(name = "handleID")]
    async fn handle_id(&self) -> &str {
        &self.id
    }

    async fn solid(&self) -> Solid {
        self.node()
    }

    async fn parent(&self) -> Option<SolidHandle> {
        SolidHandle::find(&self.job, self.handle.parent.as_deref()?)
    }

    /// How the node's step went in the latest runs of the job.
    async fn step_stats(
        &self,
        ctx: &Context<'_>,
        limit: Option<i32>,
    ) -> Result<Option<SolidStepStatsOrError>> {
        let unavailable = |why: &str| {
            let error = SolidStepStatusUnavailableError::new(format!(
                "Step stats are not available for {why}"
            ));
            Ok(Some(SolidStepStatsOrError::from(error)))
        };
        let node = self.node();
        if node.snap()?.is_dynamic_mapped {
            return unavailable("dynamically-mapped ops");
        }
        if matches!(node.def()?, DefRef::Graph(_)) {
            return unavailable("composite solids / subgraphs");
        }
        let query = rondel_storage::RunsQuery {
            filter: RunsFilter { job_name: Some(self.job.name().to_owned()), ..Default::default() },
            limit: limit.and_then(|limit| usize::try_from(limit).ok()),
            ..Default::default()
        };
        let runs = ctx.storage().runs().get_records(query).await.map_err(ResolverError::from)?;
        let runs = runs.into_iter().map(|record| record.run.run_id);
        let nodes = stats_of_step(ctx, runs, &self.id).await?;
        Ok(Some(SolidStepStatsConnection { nodes }.into()))
    }
}
