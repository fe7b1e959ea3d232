//! Stopping runs.

use async_graphql::{Context, Enum, Interface, SimpleObject, Union};
use rondel_instance::{TerminateOutcome, TerminatePolicy};
use rondel_model::ids::RunId;

use crate::{
    context::ContextExt,
    errors::{PythonError, ResolverError, RunNotFoundError, UnauthorizedError, or_error},
    permissions::Permission,
    runs::Run,
};

/// How insistently a run is stopped.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub(crate) enum TerminateRunPolicy {
    /// Ask its worker, which marks the run when it has stopped.
    SafeTerminate,
    /// Mark it canceled at once, whatever its worker does.
    MarkAsCanceledImmediately,
}

/// The run is stopped or stopping.
#[derive(SimpleObject)]
pub(crate) struct TerminateRunSuccess {
    #[graphql(owned)]
    pub(crate) run: Run,
}

/// The run could not be stopped.
#[derive(SimpleObject)]
pub(crate) struct TerminateRunFailure {
    #[graphql(owned)]
    pub(crate) run: Run,
    #[graphql(owned)]
    pub(crate) message: String,
}

/// Older name of a run that could not be stopped.
#[derive(Interface)]
#[graphql(field(name = "run", ty = "Run"), field(name = "message", ty = "String"))]
pub(crate) enum TerminatePipelineExecutionFailure {
    TerminateRunFailure(TerminateRunFailure),
}

/// Older name of a stopped run.
#[derive(Interface)]
#[graphql(field(name = "run", ty = "Run"))]
pub(crate) enum TerminatePipelineExecutionSuccess {
    TerminateRunSuccess(TerminateRunSuccess),
}

/// What came of stopping a run.
#[derive(Union)]
pub(crate) enum TerminateRunResult {
    TerminateRunSuccess(TerminateRunSuccess),
    TerminateRunFailure(TerminateRunFailure),
    RunNotFoundError(RunNotFoundError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(TerminateRunResult: RunNotFoundError, UnauthorizedError);

/// What came of stopping several runs, in their order.
#[derive(SimpleObject)]
pub(crate) struct TerminateRunsResult {
    pub(super) terminate_run_results: Vec<TerminateRunResult>,
}

#[derive(Union)]
pub(crate) enum TerminateRunsResultOrError {
    TerminateRunsResult(TerminateRunsResult),
    PythonError(PythonError),
}
or_error!(TerminateRunsResultOrError:);

/// Stops a run.
pub(super) async fn terminate_run(
    ctx: &Context<'_>,
    run_id: String,
    policy: Option<TerminateRunPolicy>,
) -> Result<TerminateRunResult, ResolverError> {
    let run_id = RunId::from(run_id);
    let allowed = ctx.may(Permission::TerminatePipelineExecution);
    let Some(record) = ctx.storage().runs().get_record(run_id.as_str()).await? else {
        if !allowed {
            return Err(UnauthorizedError::default().into());
        }
        return Err(RunNotFoundError::new(run_id.as_str()).into());
    };
    if !allowed {
        let message = "You do not have permission to terminate this run".to_owned();
        return Ok(TerminateRunFailure { run: Run::from(record), message }.into());
    }
    let policy = match policy {
        Some(TerminateRunPolicy::MarkAsCanceledImmediately) => {
            TerminatePolicy::MarkAsCanceledImmediately
        }
        Some(TerminateRunPolicy::SafeTerminate) | None => TerminatePolicy::SafeTerminate,
    };
    let outcome = ctx.instance().terminate_run(&run_id, policy).await?;
    // Marked at once, the answer shows it; else it shows the run as it was asked to stop.
    let reload = policy == TerminatePolicy::MarkAsCanceledImmediately;
    let record = match ctx.storage().runs().get_record(run_id.as_str()).await? {
        Some(reloaded) if reload => reloaded,
        _ => record,
    };
    let run = Run::from(record);
    Ok(match outcome {
        TerminateOutcome::Terminated(_) => TerminateRunSuccess { run }.into(),
        TerminateOutcome::Failed { message, .. } => TerminateRunFailure { run, message }.into(),
    })
}
