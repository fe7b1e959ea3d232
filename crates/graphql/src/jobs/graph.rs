//! A graph used in a repository: that of a job or one nested in it.

use async_graphql::{ID, Interface, Object, Result};

use super::{
    definitions::CompositeSolidDefinition,
    mode::Mode,
    nodes::{Solid, SolidHandle, solids},
    pipeline::{Job, Pipeline, PipelineSnapshot},
    view::JobView,
};

/// A graph, found through a job that uses it.
pub(crate) struct Graph {
    job: JobView,
    /// The id of the job's origin.
    job_id: String,
    /// Where in the job the graph is, unless it is the job's own.
    handle_id: Option<String>,
}

impl Graph {
    pub(super) fn new(job: JobView, job_id: String, handle_id: Option<String>) -> Self {
        Self { job, job_id, handle_id }
    }
}

#[Object]
impl Graph {
    pub(crate) async fn id(&self) -> ID {
        match &self.handle_id {
            Some(handle) => format!("{}:solid:{handle}", self.job_id),
            None => format!("graph:{}", self.job_id),
        }
        .into()
    }

    pub(crate) async fn name(&self) -> Result<String> {
        Ok(self.job.snap().graph_def_name.clone())
    }

    pub(crate) async fn description(&self) -> Result<Option<String>> {
        Ok(self.job.snap().description.clone())
    }

    pub(crate) async fn solids(&self) -> Result<Vec<Solid>> {
        Ok(solids(&self.job, None))
    }

    pub(crate) async fn solid_handle(
        &self,
        #[graphql(name = "handleID")] handle_id: String,
    ) -> Result<Option<SolidHandle>> {
        Ok(SolidHandle::find(&self.job, &handle_id))
    }

    pub(crate) async fn solid_handles(
        &self,
        #[graphql(name = "parentHandleID")] parent_handle_id: Option<String>,
    ) -> Result<Vec<SolidHandle>> {
        Ok(SolidHandle::list(&self.job, parent_handle_id.as_deref()))
    }

    /// Graphs have no modes; every container of nodes has the field.
    pub(crate) async fn modes(&self) -> Result<Vec<Mode>> {
        Ok(Vec::new())
    }
}

/// What contains nodes.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "name", ty = "String"),
    field(name = "description", ty = "Option<String>"),
    field(name = "solids", ty = "Vec<Solid>"),
    field(
        name = "solid_handle",
        ty = "Option<SolidHandle>",
        arg(name = "handleID", ty = "String")
    ),
    field(
        name = "solid_handles",
        ty = "Vec<SolidHandle>",
        arg(name = "parentHandleID", ty = "Option<String>")
    ),
    field(name = "modes", ty = "Vec<Mode>")
)]
pub(crate) enum SolidContainer {
    Pipeline(Pipeline),
    Job(Job),
    PipelineSnapshot(PipelineSnapshot),
    Graph(Graph),
    CompositeSolidDefinition(CompositeSolidDefinition),
}
