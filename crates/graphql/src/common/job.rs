//! From a client's selector to a job of the workspace, with Dagster's typed errors.

use async_graphql::Context;
use rondel_instance::{InstanceError, JobTarget, ResolvedJob};
use rondel_model::ids::{AssetCheckKey, AssetKey, RepositorySelector};

use super::{AssetCheckHandleInput, AssetKeyInput, JobOrPipelineSelector, PipelineSelector};
use crate::{
    context::ContextExt,
    errors::{InvalidSubsetError, PipelineNotFoundError, ResolverError},
    jobs::Pipeline,
};

/// The job of all assets that no other job is asked for.
const IMPLICIT_ASSET_JOB: &str = "__ASSET_JOB";

impl From<AssetKeyInput> for AssetKey {
    fn from(key: AssetKeyInput) -> Self {
        AssetKey::from(key.path)
    }
}

impl From<AssetCheckHandleInput> for AssetCheckKey {
    fn from(check: AssetCheckHandleInput) -> Self {
        AssetCheckKey::new(check.asset_key.into(), check.name)
    }
}

impl From<PipelineSelector> for JobTarget {
    fn from(selector: PipelineSelector) -> Self {
        target(
            selector.repository_location_name,
            selector.repository_name,
            selector.pipeline_name,
            selector.solid_selection,
            selector.asset_selection,
            selector.asset_check_selection,
        )
    }
}

impl From<JobOrPipelineSelector> for JobTarget {
    fn from(selector: JobOrPipelineSelector) -> Self {
        target(
            selector.repository_location_name,
            selector.repository_name,
            selector.pipeline_name.or(selector.job_name).unwrap_or_default(),
            selector.solid_selection,
            selector.asset_selection,
            selector.asset_check_selection,
        )
    }
}

fn target(
    location_name: String,
    repository_name: String,
    job_name: String,
    op_selection: Option<Vec<String>>,
    asset_selection: Option<Vec<AssetKeyInput>>,
    asset_check_selection: Option<Vec<AssetCheckHandleInput>>,
) -> JobTarget {
    let assets: Option<Vec<AssetKey>> =
        asset_selection.map(|keys| keys.into_iter().map(AssetKey::from).collect());
    JobTarget {
        job: RepositorySelector::new(location_name, repository_name).job(job_name),
        op_selection,
        // Dagster takes an empty list of assets for no selection, but not one of checks.
        asset_selection: assets.filter(|keys| !keys.is_empty()),
        asset_check_selection: asset_check_selection
            .map(|checks| checks.into_iter().map(AssetCheckKey::from).collect()),
    }
}

/// The error of a job that the workspace does not have.
pub(crate) fn job_not_found(target: &JobTarget) -> ResolverError {
    let job = &target.job;
    PipelineNotFoundError::new(&*job.location_name, &*job.repository_name, &*job.job_name).into()
}

/// A job of the workspace, or the part of it that is selected.
pub(crate) async fn find_job(
    ctx: &Context<'_>,
    target: &JobTarget,
) -> Result<ResolvedJob, ResolverError> {
    match ResolvedJob::find(target, ctx.workspace()).await {
        Ok(job) => Ok(job),
        Err(InstanceError::JobNotFound { .. } | InstanceError::LocationNotLoaded { .. }) => {
            Err(job_not_found(target))
        }
        Err(InstanceError::InvalidSubset(error)) => {
            let cause = error
                .cause
                .as_ref()
                .map(|cause| format!("\n{}", cause.message))
                .unwrap_or_default();
            let job = &target.job;
            let pipeline = (!job.job_name.starts_with(IMPLICIT_ASSET_JOB))
                .then(|| ctx.prepared().repository(&job.location_name, &job.repository_name))
                .flatten()
                .map(|repository| Pipeline::of(repository, &job.job_name));
            let message = format!("{}{cause}", error.message);
            Err(InvalidSubsetError { message, pipeline }.into())
        }
        Err(error) => Err(error.into()),
    }
}
