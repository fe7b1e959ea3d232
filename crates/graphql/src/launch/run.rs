//! Launching a run.

use std::sync::Arc;

use async_graphql::Context;
use rondel_instance::{CreateRun, InstanceError};
use rondel_model::{ids::RunId, plan::KnownExecutionState, run::tags::RESUME_RETRY_TAG};

use super::{ExecutionParams, LaunchRunSuccess, params::Execution};
use crate::{
    common::find_job,
    config::{SchemaSource, checked_config},
    context::ContextExt,
    errors::{ResolverError, RunConflict},
    permissions::Permission,
    runs::Run,
};

/// Launches a run: permission, config, plan, record, submit.
pub(super) async fn launch(
    ctx: &Context<'_>,
    params: ExecutionParams,
) -> Result<LaunchRunSuccess, ResolverError> {
    let execution = Execution::new(ctx, params).await?;
    ctx.require(Permission::LaunchPipelineExecution)?;
    create_and_submit(ctx, execution).await
}

/// Records and submits a run whose parameters are complete.
pub(super) async fn create_and_submit(
    ctx: &Context<'_>,
    execution: Execution,
) -> Result<LaunchRunSuccess, ResolverError> {
    let job = find_job(ctx, &execution.target).await?;
    let schema = SchemaSource::JobData(Arc::clone(job.data()));
    let run_config = checked_config(job.snapshot(), &schema, execution.run_config)?;
    let parent = execution.parent_run_id.map(RunId::from);
    let resumes = execution.tags.get(RESUME_RETRY_TAG).map(String::as_str) == Some("true");
    let (step_keys, known_state) =
        steps_to_execute(ctx, parent.as_ref(), execution.step_keys, resumes).await?;
    let request = CreateRun {
        target: execution.target,
        run_config,
        tags: execution.tags,
        step_keys,
        known_state,
        root_run_id: execution.root_run_id.map(RunId::from),
        parent_run_id: parent,
        ..CreateRun::default()
    };
    let run = ctx.instance().create_run(request, ctx.workspace()).await.map_err(creation_error)?;
    submit(ctx, &run.run_id).await
}

/// The steps to execute, and what earlier runs know about their inputs: those that a failed parent
/// left undone, those named, or all.
async fn steps_to_execute(
    ctx: &Context<'_>,
    parent: Option<&RunId>,
    named: Option<Vec<String>>,
    resumes: bool,
) -> Result<(Option<Vec<String>>, Option<KnownExecutionState>), ResolverError> {
    let instance = ctx.instance();
    match (named, parent) {
        (None, Some(parent)) if resumes => {
            let parent = instance.run(parent).await?;
            let retry = instance.steps_to_retry(&parent).await?;
            Ok((Some(retry.step_keys), Some(retry.known_state)))
        }
        (Some(step_keys), Some(parent)) => {
            let parent = instance.run(parent).await?;
            let mut known = instance.known_state_for_reexecution(&parent).await?;
            known.dynamic_mappings.retain(|step, _| !step_keys.contains(step));
            Ok((Some(step_keys), Some(known)))
        }
        (named, _) => Ok((named, None)),
    }
}

/// Hands a recorded run to the coordinator; answers with the run as it is then.
pub(super) async fn submit(
    ctx: &Context<'_>,
    run_id: &RunId,
) -> Result<LaunchRunSuccess, ResolverError> {
    ctx.instance().submit_run(run_id, ctx.workspace()).await?;
    let record = ctx.storage().runs().get_record(run_id.as_str()).await?;
    let record = record.ok_or_else(|| {
        ResolverError::raised(
            "Exception",
            format!("run {run_id} was deleted while it was launched"),
        )
    })?;
    Ok(LaunchRunSuccess { run: Run::from(record) })
}

fn creation_error(error: InstanceError) -> ResolverError {
    match error {
        InstanceError::RunExists(run_id) => {
            RunConflict::new(format!("Conflicting run id {run_id}")).into()
        }
        other => other.into(),
    }
}
