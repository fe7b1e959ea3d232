//! What changes runs: launch, re-execute, terminate, delete.

mod delete;
mod params;
mod reexecute;
mod run;
mod terminate;

use async_graphql::{Context, Interface, Object, SimpleObject, Union};

pub(crate) use delete::DeletePipelineRunResult;
pub(crate) use params::{ExecutionParams, ReexecutionParams, ReexecutionStrategy};
pub(crate) use terminate::{
    TerminatePipelineExecutionFailure, TerminatePipelineExecutionSuccess, TerminateRunResult,
};

use self::{
    delete::delete_run,
    terminate::{
        TerminateRunPolicy, TerminateRunsResult, TerminateRunsResultOrError, terminate_run,
    },
};
use crate::{
    config::RunConfigValidationInvalid,
    errors::{
        ConflictingExecutionParamsError, InvalidOutputError, InvalidStepError, InvalidSubsetError,
        NoModeProvidedError, PipelineNotFoundError, PresetNotFoundError, PythonError, RunConflict,
        UnauthorizedError, capture, or_error,
    },
    runs::Run,
};

/// A run was launched.
#[derive(SimpleObject)]
pub(crate) struct LaunchRunSuccess {
    #[graphql(owned)]
    pub(crate) run: Run,
}

/// Older name of a launched run.
#[derive(Interface)]
#[graphql(field(name = "run", ty = "Run"))]
pub(crate) enum LaunchPipelineRunSuccess {
    LaunchRunSuccess(LaunchRunSuccess),
}

/// Declares a union of a launched run and everything that can prevent it.
macro_rules! launch_result {
    ($name:ident) => {
        #[derive(Union)]
        pub(crate) enum $name {
            LaunchRunSuccess(LaunchRunSuccess),
            InvalidStepError(InvalidStepError),
            InvalidOutputError(InvalidOutputError),
            RunConfigValidationInvalid(RunConfigValidationInvalid),
            PipelineNotFoundError(PipelineNotFoundError),
            RunConflict(RunConflict),
            UnauthorizedError(UnauthorizedError),
            PythonError(PythonError),
            InvalidSubsetError(InvalidSubsetError),
            PresetNotFoundError(PresetNotFoundError),
            ConflictingExecutionParamsError(ConflictingExecutionParamsError),
            NoModeProvidedError(NoModeProvidedError),
        }
        or_error!($name:
            InvalidStepError, InvalidOutputError, RunConfigValidationInvalid,
            PipelineNotFoundError, RunConflict, UnauthorizedError, InvalidSubsetError,
            PresetNotFoundError, ConflictingExecutionParamsError, NoModeProvidedError);
    };
}

launch_result!(LaunchRunResult);
launch_result!(LaunchRunReexecutionResult);

/// What came of launching several runs, in their order.
#[derive(SimpleObject)]
pub(crate) struct LaunchMultipleRunsResult {
    launch_multiple_runs_result: Vec<LaunchRunResult>,
}

#[derive(Union)]
pub(crate) enum LaunchMultipleRunsResultOrError {
    LaunchMultipleRunsResult(LaunchMultipleRunsResult),
    PythonError(PythonError),
}
or_error!(LaunchMultipleRunsResultOrError:);

/// Mutations of runs.
#[derive(Default)]
pub(crate) struct LaunchMutation;

#[Object]
impl LaunchMutation {
    /// Launches a run of a job.
    async fn launch_pipeline_execution(
        &self,
        ctx: &Context<'_>,
        execution_params: ExecutionParams,
    ) -> LaunchRunResult {
        capture(ctx, run::launch(ctx, execution_params)).await
    }

    /// Launches a run of a job.
    async fn launch_run(
        &self,
        ctx: &Context<'_>,
        execution_params: ExecutionParams,
    ) -> LaunchRunResult {
        capture(ctx, run::launch(ctx, execution_params)).await
    }

    /// Launches several runs, one after the other.
    async fn launch_multiple_runs(
        &self,
        ctx: &Context<'_>,
        execution_params_list: Vec<ExecutionParams>,
    ) -> LaunchMultipleRunsResultOrError {
        let mut results = Vec::with_capacity(execution_params_list.len());
        for params in execution_params_list {
            results.push(capture(ctx, run::launch(ctx, params)).await);
        }
        LaunchMultipleRunsResult { launch_multiple_runs_result: results }.into()
    }

    /// Executes a run again.
    async fn launch_pipeline_reexecution(
        &self,
        ctx: &Context<'_>,
        execution_params: Option<ExecutionParams>,
        reexecution_params: Option<ReexecutionParams>,
    ) -> LaunchRunReexecutionResult {
        capture(ctx, reexecute::launch(ctx, execution_params, reexecution_params)).await
    }

    /// Executes a run again.
    async fn launch_run_reexecution(
        &self,
        ctx: &Context<'_>,
        execution_params: Option<ExecutionParams>,
        reexecution_params: Option<ReexecutionParams>,
    ) -> LaunchRunReexecutionResult {
        capture(ctx, reexecute::launch(ctx, execution_params, reexecution_params)).await
    }

    /// Stops a run.
    async fn terminate_pipeline_execution(
        &self,
        ctx: &Context<'_>,
        run_id: String,
        terminate_policy: Option<TerminateRunPolicy>,
    ) -> TerminateRunResult {
        capture(ctx, terminate_run(ctx, run_id, terminate_policy)).await
    }

    /// Stops a run.
    async fn terminate_run(
        &self,
        ctx: &Context<'_>,
        run_id: String,
        terminate_policy: Option<TerminateRunPolicy>,
    ) -> TerminateRunResult {
        capture(ctx, terminate_run(ctx, run_id, terminate_policy)).await
    }

    /// Stops several runs.
    async fn terminate_runs(
        &self,
        ctx: &Context<'_>,
        run_ids: Vec<String>,
        terminate_policy: Option<TerminateRunPolicy>,
    ) -> TerminateRunsResultOrError {
        let mut results = Vec::with_capacity(run_ids.len());
        for run_id in run_ids {
            results.push(capture(ctx, terminate_run(ctx, run_id, terminate_policy)).await);
        }
        TerminateRunsResult { terminate_run_results: results }.into()
    }

    /// Deletes a run with its events.
    async fn delete_pipeline_run(
        &self,
        ctx: &Context<'_>,
        run_id: String,
    ) -> DeletePipelineRunResult {
        capture(ctx, delete_run(ctx, run_id)).await
    }

    /// Deletes a run with its events.
    async fn delete_run(&self, ctx: &Context<'_>, run_id: String) -> DeletePipelineRunResult {
        capture(ctx, delete_run(ctx, run_id)).await
    }
}
