//! Executing a run again.

use async_graphql::Context;
use rondel_instance::{Reexecution, ReexecutionStrategy as Strategy};
use rondel_model::ids::RunId;

use super::{
    ExecutionParams, LaunchRunSuccess, ReexecutionParams,
    params::{Execution, ReexecutionStrategy, tag_map},
    run::{create_and_submit, submit},
};
use crate::{context::ContextExt, errors::ResolverError, permissions::Permission};

/// Executes a run again: as parameters say in full, or by a strategy from its parent.
pub(super) async fn launch(
    ctx: &Context<'_>,
    execution: Option<ExecutionParams>,
    reexecution: Option<ReexecutionParams>,
) -> Result<LaunchRunSuccess, ResolverError> {
    match (execution, reexecution) {
        (Some(params), None) => {
            let execution = Execution::new(ctx, params).await?;
            ctx.require(Permission::LaunchPipelineReexecution)?;
            for (value, name) in [
                (&execution.root_run_id, "root_run_id"),
                (&execution.parent_run_id, "parent_run_id"),
            ] {
                if value.is_none() {
                    return Err(ResolverError::raised(
                        "dagster_shared.check.functions.ParameterCheckError",
                        format!(
                            "Param \"{name}\" is not a str. Got None which is type <class \
                             'NoneType'>."
                        ),
                    ));
                }
            }
            create_and_submit(ctx, execution).await
        }
        (None, Some(params)) => from_parent(ctx, params).await,
        _ => Err(ResolverError::invariant(
            "Must only provide one of either executionParams or reexecutionParams",
        )),
    }
}

async fn from_parent(
    ctx: &Context<'_>,
    params: ReexecutionParams,
) -> Result<LaunchRunSuccess, ResolverError> {
    let parent_id = RunId::from(params.parent_run_id);
    if !ctx.storage().runs().has_run(parent_id.as_str()).await? {
        return Err(ResolverError::raised(
            "dagster_shared.check.functions.CheckError",
            format!("Expected non-None value: Could not find parent run with id: {parent_id}"),
        ));
    }
    ctx.require(Permission::LaunchPipelineReexecution)?;
    let strategy = match params.strategy {
        ReexecutionStrategy::AllSteps => Strategy::AllSteps,
        ReexecutionStrategy::FromFailure => Strategy::FromFailure,
        ReexecutionStrategy::FromAssetFailure => Strategy::FromAssetFailure,
    };
    let request = Reexecution {
        extra_tags: tag_map(params.extra_tags.unwrap_or_default()),
        use_parent_run_tags: params.use_parent_run_tags.unwrap_or(true),
        ..Reexecution::new(parent_id, strategy)
    };
    let run = ctx.instance().reexecute(request, ctx.workspace()).await?;
    submit(ctx, &run.run_id).await
}
