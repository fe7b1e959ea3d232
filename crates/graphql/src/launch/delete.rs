//! Deleting runs.

use async_graphql::{Context, SimpleObject, Union};
use rondel_model::ids::RunId;

use crate::{
    context::ContextExt,
    errors::{PythonError, ResolverError, RunNotFoundError, UnauthorizedError, or_error},
    permissions::Permission,
};

/// The run is deleted.
#[derive(SimpleObject)]
pub(crate) struct DeletePipelineRunSuccess {
    run_id: String,
}

/// What came of deleting a run.
#[derive(Union)]
pub(crate) enum DeletePipelineRunResult {
    DeletePipelineRunSuccess(DeletePipelineRunSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    RunNotFoundError(RunNotFoundError),
}
or_error!(DeletePipelineRunResult: UnauthorizedError, RunNotFoundError);

/// Deletes a run with its events.
pub(super) async fn delete_run(
    ctx: &Context<'_>,
    run_id: String,
) -> Result<DeletePipelineRunSuccess, ResolverError> {
    ctx.require(Permission::DeletePipelineRun)?;
    if !ctx.storage().runs().has_run(&run_id).await? {
        return Err(RunNotFoundError::new(run_id).into());
    }
    ctx.instance().delete_run(&RunId::from(run_id.as_str())).await?;
    Ok(DeletePipelineRunSuccess { run_id })
}
