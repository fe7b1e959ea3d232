//! Queries for jobs, recorded jobs, graphs and a job's resources.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_instance::JobTarget;

use super::{
    graph::Graph,
    mode::{Mode, Resource},
    nodes::SolidHandle,
    pipeline::{Pipeline, PipelineSnapshot},
    view::JobView,
};
use crate::{
    common::{GraphSelector, PipelineSelector, find_job, job_not_found},
    context::ContextExt,
    errors::{
        GraphNotFoundError, InvalidSubsetError, PipelineNotFoundError,
        PipelineSnapshotNotFoundError, PythonError, ResolverError, capture, or_error,
    },
    runs::JobSnapshotKey,
    workspace::PreparedRepository,
};

#[derive(Union)]
pub(crate) enum PipelineOrError {
    Pipeline(Pipeline),
    PipelineNotFoundError(PipelineNotFoundError),
    InvalidSubsetError(InvalidSubsetError),
    PythonError(PythonError),
}
or_error!(PipelineOrError: PipelineNotFoundError, InvalidSubsetError);

#[derive(Union)]
pub(crate) enum PipelineSnapshotOrError {
    PipelineNotFoundError(PipelineNotFoundError),
    PipelineSnapshot(PipelineSnapshot),
    PipelineSnapshotNotFoundError(PipelineSnapshotNotFoundError),
    PythonError(PythonError),
}
or_error!(PipelineSnapshotOrError: PipelineNotFoundError, PipelineSnapshotNotFoundError);

#[derive(Union)]
pub(crate) enum GraphOrError {
    Graph(Graph),
    GraphNotFoundError(GraphNotFoundError),
    PythonError(PythonError),
}
or_error!(GraphOrError: GraphNotFoundError);

#[derive(SimpleObject)]
pub(crate) struct ResourceConnection {
    resources: Vec<Resource>,
}

#[derive(Union)]
pub(crate) enum ResourcesOrError {
    ResourceConnection(ResourceConnection),
    PipelineNotFoundError(PipelineNotFoundError),
    InvalidSubsetError(InvalidSubsetError),
    PythonError(PythonError),
}
or_error!(ResourcesOrError: PipelineNotFoundError, InvalidSubsetError);

/// The repository of a target which has the job.
fn home(ctx: &Context<'_>, target: &JobTarget) -> Result<Arc<PreparedRepository>, ResolverError> {
    let job = &target.job;
    let repository = ctx.prepared().repository(&job.location_name, &job.repository_name);
    let repository = repository.filter(|repository| repository.has_job(&job.job_name));
    repository.map(Arc::clone).ok_or_else(|| job_not_found(target))
}

fn selects(target: &JobTarget) -> bool {
    let given = |count: Option<usize>| count.is_some_and(|count| count > 0);
    given(target.op_selection.as_ref().map(Vec::len))
        || given(target.asset_selection.as_ref().map(Vec::len))
        || given(target.asset_check_selection.as_ref().map(Vec::len))
}

/// The snapshot that a run recorded.
pub(crate) async fn recorded(
    ctx: &Context<'_>,
    snapshot_id: &str,
) -> Result<Option<PipelineSnapshot>, ResolverError> {
    let snap = ctx.loader().load_one(JobSnapshotKey(snapshot_id.to_owned())).await?;
    Ok(snap.map(|snap| PipelineSnapshot::recorded(JobView::recorded(snap, snapshot_id.to_owned()))))
}

#[derive(Default)]
pub(crate) struct JobQuery;

#[Object]
impl JobQuery {
    /// Retrieve a job by its location name, repository name, and job name.
    async fn pipeline_or_error(
        &self,
        ctx: &Context<'_>,
        params: PipelineSelector,
    ) -> PipelineOrError {
        capture(ctx, async {
            let target = JobTarget::from(params);
            let repository = home(ctx, &target)?;
            let name = &target.job.job_name;
            if !selects(&target) {
                return Ok(Pipeline::of(&repository, name));
            }
            let job = find_job(ctx, &target).await?;
            let id = Some(job.snapshot_id());
            let data = Arc::clone(job.data());
            let view = JobView::loaded(Arc::clone(&repository), name.clone(), data, id);
            Ok(Pipeline::subset(&repository, name, view))
        })
        .await
    }

    /// Retrieve the list of resources for a given job.
    async fn resources_or_error(
        &self,
        ctx: &Context<'_>,
        pipeline_selector: PipelineSelector,
    ) -> ResourcesOrError {
        capture(ctx, async {
            let target = JobTarget::from(pipeline_selector);
            let repository = home(ctx, &target)?;
            if selects(&target) {
                return Err(ResolverError::raised(
                    "dagster_shared.check.functions.CheckError",
                    "Invariant failed. Description: resourcesOrError only accepts non-subsetted selectors",
                ));
            }
            let pipeline = Pipeline::of(&repository, &target.job.job_name);
            let modes = Mode::list(pipeline.view().await?, "");
            let resources = modes.first().map(Mode::resource_list).unwrap_or_default();
            Ok(ResourceConnection { resources })
        })
        .await
    }

    /// Retrieve a job snapshot by its id or location name, repository name, and job name.
    async fn pipeline_snapshot_or_error(
        &self,
        ctx: &Context<'_>,
        snapshot_id: Option<String>,
        active_pipeline_selector: Option<PipelineSelector>,
    ) -> PipelineSnapshotOrError {
        capture(ctx, async {
            let snapshot_id = snapshot_id.filter(|id| !id.is_empty());
            if let Some(id) = &snapshot_id
                && let Some(found) = recorded(ctx, id).await?
            {
                return Ok(found);
            }
            match (active_pipeline_selector, snapshot_id) {
                (Some(selector), _) => {
                    let target = JobTarget::from(selector);
                    let repository = home(ctx, &target)?;
                    Ok(PipelineSnapshot::loaded(Pipeline::of(&repository, &target.job.job_name)))
                }
                (None, Some(id)) => Err(PipelineSnapshotNotFoundError::new(id).into()),
                (None, None) => {
                    Err(ResolverError::invariant("Must pass snapshotId or activePipelineSelector"))
                }
            }
        })
        .await
    }

    /// Retrieve a graph by its location name, repository name, and graph name.
    async fn graph_or_error(
        &self,
        ctx: &Context<'_>,
        selector: Option<GraphSelector>,
    ) -> GraphOrError {
        capture(ctx, async {
            let missing = || ResolverError::invariant("Must pass graph selector");
            let selector = selector.ok_or_else(missing)?;
            let (location, repository) =
                (&selector.repository_location_name, &selector.repository_name);
            let found = ctx.prepared().repository(location, repository);
            if let Some(repository) = found
                && let Some(graph) = find_graph(repository, &selector.graph_name).await?
            {
                return Ok(graph);
            }
            let name = &selector.graph_name;
            Err(GraphNotFoundError::new(&**location, &**repository, &**name).into())
        })
        .await
    }
}

/// The first job, in the repository's order, whose graph has the name or contains one that has.
async fn find_graph(
    repository: &Arc<PreparedRepository>,
    name: &str,
) -> Result<Option<Graph>, ResolverError> {
    for job_name in repository.job_names() {
        let pipeline = Pipeline::of(repository, job_name);
        let view = pipeline.view().await?;
        let job_id = repository.job_origin_id(job_name);
        if view.snap().graph_def_name == name {
            return Ok(Some(Graph::new(view.clone(), job_id, None)));
        }
        for handle in SolidHandle::list(view, None) {
            if view.def_name(handle.def()?) == name {
                let id = handle.id().to_owned();
                return Ok(Some(Graph::new(view.clone(), job_id, Some(id))));
            }
        }
    }
    Ok(None)
}
