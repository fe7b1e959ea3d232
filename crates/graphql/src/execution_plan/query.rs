//! Queries for execution plans.

use std::sync::Arc;

use async_graphql::{Context, Object, Union};

use super::ExecutionPlan;
use crate::{
    common::{PipelineSelector, find_job},
    config::{BadYaml, RunConfigValidationInvalid, SchemaSource, checked_config, parse_run_config},
    context::ContextExt,
    errors::{InvalidSubsetError, PipelineNotFoundError, PythonError, capture, or_error},
    scalars::RunConfigData,
};

/// Queries for execution plans.
#[derive(Default)]
pub(crate) struct ExecutionPlanQuery;

#[derive(Union)]
pub(crate) enum ExecutionPlanOrError {
    ExecutionPlan(ExecutionPlan),
    RunConfigValidationInvalid(RunConfigValidationInvalid),
    PipelineNotFoundError(PipelineNotFoundError),
    InvalidSubsetError(InvalidSubsetError),
    PythonError(PythonError),
}
or_error!(ExecutionPlanOrError:
    RunConfigValidationInvalid, PipelineNotFoundError, InvalidSubsetError);

#[Object]
impl ExecutionPlanQuery {
    /// The steps that a job would execute with a config.
    async fn execution_plan_or_error(
        &self,
        ctx: &Context<'_>,
        pipeline: PipelineSelector,
        mode: String,
        run_config_data: Option<RunConfigData>,
    ) -> ExecutionPlanOrError {
        let _ = mode;
        capture(ctx, async {
            let job = find_job(ctx, &pipeline.into()).await?;
            let schema = SchemaSource::JobData(Arc::clone(job.data()));
            let given = parse_run_config(run_config_data, BadYaml::Refuse)?;
            let run_config = checked_config(job.snapshot(), &schema, given)?;
            let plan = ctx.instance().execution_plan(&job, &run_config, None, None).await?;
            Ok(ExecutionPlan::new(Arc::clone(plan.value())))
        })
        .await
    }
}
