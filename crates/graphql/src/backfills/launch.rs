//! Asking for backfills: of a job's partitions, of assets, or of what another one did not do.

use async_graphql::{Context, InputObject, SimpleObject, Union};
use rondel_instance::{
    ResolvedJob,
    backfills::{self, Again, BackfillRun, Details, JobTarget, Piece},
};
use rondel_model::{
    backfill::PartitionBackfill,
    grpc::PartitionSetExecutionParamArgs,
    ids::{AssetKey as ModelAssetKey, RunId},
    serdes::{Extra, Value},
};

use super::{again, assets};
use crate::{
    assets::PartitionsByAssetSelector,
    common::{AssetKeyInput, ExecutionTag, RepositorySelector},
    config::{BadYaml, RunConfigValidationInvalid, parse_run_config},
    context::ContextExt,
    errors::{
        ConflictingExecutionParamsError, InvalidOutputError, InvalidStepError, InvalidSubsetError,
        NoModeProvidedError, PartitionKeysNotFoundError, PartitionSetNotFoundError,
        PipelineNotFoundError, PresetNotFoundError, PythonError, ResolverError, RunConflict,
        UnauthorizedError, or_error,
    },
    launch::{ReexecutionParams, ReexecutionStrategy},
    partitions::{PartitionSet, Partitions},
    permissions::Permission,
    scalars::RunConfigData,
};

/// Partitions asked about in one call to the code server.
const CHUNK_SIZE: usize = 25;

/// This type represents the fields necessary to identify a
///         pipeline or pipeline subset.
#[derive(InputObject)]
pub(crate) struct PartitionSetSelector {
    partition_set_name: String,
    repository_selector: RepositorySelector,
}

#[derive(InputObject)]
pub(crate) struct LaunchBackfillParams {
    selector: Option<PartitionSetSelector>,
    partition_names: Option<Vec<String>>,
    partitions_by_assets: Option<Vec<Option<PartitionsByAssetSelector>>>,
    reexecution_steps: Option<Vec<String>>,
    asset_selection: Option<Vec<AssetKeyInput>>,
    from_failure: Option<bool>,
    all_partitions: Option<bool>,
    tags: Option<Vec<ExecutionTag>>,
    force_synchronous_submission: Option<bool>,
    title: Option<String>,
    description: Option<String>,
    run_config_data: Option<RunConfigData>,
}

#[derive(SimpleObject)]
pub(crate) struct LaunchBackfillSuccess {
    backfill_id: String,
    launched_run_ids: Option<Vec<Option<String>>>,
}

#[derive(Union)]
pub(crate) enum LaunchBackfillResult {
    LaunchBackfillSuccess(LaunchBackfillSuccess),
    PartitionSetNotFoundError(PartitionSetNotFoundError),
    PartitionKeysNotFoundError(PartitionKeysNotFoundError),
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
or_error!(LaunchBackfillResult:
    PartitionSetNotFoundError, PartitionKeysNotFoundError, InvalidStepError, InvalidOutputError,
    RunConfigValidationInvalid, PipelineNotFoundError, RunConflict, UnauthorizedError,
    InvalidSubsetError, PresetNotFoundError, ConflictingExecutionParamsError, NoModeProvidedError);

/// What Dagster raises for a request that says too little or too much.
fn refused(text: &str) -> ResolverError {
    ResolverError::raised("dagster_shared.error.DagsterError", text)
}

impl LaunchBackfillParams {
    fn details(&mut self) -> Result<Details, ResolverError> {
        let run_config = match parse_run_config(self.run_config_data.take(), BadYaml::Keep)? {
            Value::Map(entries) => entries,
            _ => Default::default(),
        };
        let tags = self.tags.take().unwrap_or_default().into_iter();
        let details = Details {
            tags: tags.map(|tag| (tag.key, tag.value)).collect(),
            title: self.title.take(),
            description: self.description.take(),
            run_config,
        };
        Ok(details.checked()?)
    }

    /// What makes no sense for assets alone.
    fn check_assets_only(&self) -> Result<(), ResolverError> {
        if self.force_synchronous_submission == Some(true) {
            let text = "forceSynchronousSubmission is not supported for pure asset backfills";
            return Err(refused(text));
        }
        if self.from_failure == Some(true) {
            return Err(refused("fromFailure is not supported for pure asset backfills"));
        }
        Ok(())
    }
}

pub(super) async fn launch(
    ctx: &Context<'_>,
    mut params: LaunchBackfillParams,
) -> Result<LaunchBackfillSuccess, ResolverError> {
    let (id, now) = (backfills::new_id(), ctx.now());
    let selected: Option<Vec<ModelAssetKey>> = params
        .asset_selection
        .take()
        .filter(|keys| !keys.is_empty())
        .map(|keys| keys.into_iter().map(ModelAssetKey::from).collect());
    let by_assets = params.partitions_by_assets.take().filter(|by_assets| !by_assets.is_empty());
    let names_keys = params.partition_names.as_ref().is_some_and(|names| !names.is_empty());
    if by_assets.is_some() && (selected.is_some() || params.selector.is_some() || names_keys) {
        return Err(ResolverError::invariant(
            "partitions_by_assets cannot be used together with asset_selection, selector, or partitionNames",
        ));
    }
    let details = params.details()?;
    ctx.require(Permission::LaunchPartitionBackfill)?;
    let backfill = if let Some(selector) = params.selector.take() {
        let (target, partitions) = job_target(ctx, selector, &params, selected).await?;
        check_keys(&target.partition_names, &partitions)?;
        let names = target.partition_names.clone();
        let backfill = backfills::of_job(id.clone(), now, target, details)?;
        if params.force_synchronous_submission == Some(true) {
            return submit_now(ctx, &backfill, &names).await;
        }
        backfill
    } else if let Some(selected) = selected {
        params.check_assets_only()?;
        let all = params.all_partitions == Some(true);
        let target = assets::downstream_of(ctx, &selected, params.partition_names, all).await?;
        backfills::of_assets(id.clone(), now, selected, target, details)
    } else if let Some(by_assets) = by_assets {
        params.check_assets_only()?;
        let by_assets: Vec<PartitionsByAssetSelector> = by_assets.into_iter().flatten().collect();
        let (selected, target) = assets::named(ctx, by_assets).await?;
        backfills::of_assets(id.clone(), now, selected, target, details)
    } else {
        return Err(refused(
            "Backfill requested without specifying partition set selector or asset selection",
        ));
    };
    ctx.storage().backfills().add_backfill(&backfill).await?;
    Ok(LaunchBackfillSuccess { backfill_id: id, launched_run_ids: None })
}

/// Makes the runs of a backfill at once, without recording it; for tests only, as in Dagster.
async fn submit_now(
    ctx: &Context<'_>,
    backfill: &PartitionBackfill,
    names: &[String],
) -> Result<LaunchBackfillSuccess, ResolverError> {
    let missing = || ResolverError::invariant("the backfill names no partition set");
    let origin = backfill.partition_set_origin.as_ref().ok_or_else(missing)?;
    let selector = origin.repository_origin.selector();
    let repository = ctx.prepared().repository_of(&selector).ok_or_else(missing)?;
    let set = PartitionSet::find(repository, &origin.partition_set_name).ok_or_else(missing)?;
    let job = selector.job(&set.snap().job_name);
    let job = backfills::target_of(backfill, job);
    let job = ResolvedJob::find(&job, ctx.workspace()).await?;
    let mut run_ids = Vec::new();
    for chunk in names.chunks(CHUNK_SIZE) {
        let args = PartitionSetExecutionParamArgs {
            repository_origin: repository.origin.clone(),
            partition_set_name: origin.partition_set_name.clone(),
            partition_names: chunk.to_vec(),
            instance_ref: Some(ctx.instance().evaluation_ref().clone()),
            extra: Extra::default(),
        };
        let told = repository.location.client().partition_set_execution_params(&args).await?;
        for partition in told.partition_data {
            let of_backfill = || backfill.run_config.clone().unwrap_or_default();
            let config = partition.run_config;
            let run = BackfillRun {
                run_id: RunId::random(),
                piece: Piece::Key(partition.name),
                tags: partition.tags,
                run_config: if config.is_empty() { of_backfill() } else { config },
            };
            let submitted = ctx.instance().submit_backfill_run(
                backfill,
                set.snap(),
                &job,
                run,
                ctx.workspace(),
            );
            run_ids.extend(submitted.await?.map(|run_id| Some(run_id.to_string())));
        }
    }
    let backfill_id = backfill.backfill_id.clone();
    Ok(LaunchBackfillSuccess { backfill_id, launched_run_ids: Some(run_ids) })
}

/// The partitions a client names of a job, with the definition they have to fit.
async fn job_target(
    ctx: &Context<'_>,
    selector: PartitionSetSelector,
    params: &LaunchBackfillParams,
    asset_selection: Option<Vec<ModelAssetKey>>,
) -> Result<(JobTarget, Partitions), ResolverError> {
    let name = selector.partition_set_name;
    let set = PartitionSet::find_in(ctx, &selector.repository_selector, &name);
    let set = set.ok_or_else(|| PartitionSetNotFoundError::new(name))?;
    let named = params.partition_names.as_ref().filter(|names| !names.is_empty());
    let partition_names = match named {
        _ if params.all_partitions == Some(true) => set.names(ctx).await?,
        Some(names) => names.clone(),
        None => {
            return Err(refused(
                "Backfill requested without specifying either \"allPartitions\" or \"partitionNames\" arguments",
            ));
        }
    };
    let undefined = || {
        ResolverError::raised(
            "dagster_shared.check.functions.CheckError",
            "Failure condition: Partition set does not have partition data, cannot get partitions definition",
        )
    };
    let snap = set.snap().partitions.as_ref().ok_or_else(undefined)?;
    let target = JobTarget {
        partition_set: set.origin(),
        partition_names,
        from_failure: params.from_failure == Some(true),
        reexecution_steps: params.reexecution_steps.clone(),
        asset_selection,
    };
    Ok((target, Partitions::load(ctx, snap).await?))
}

/// Refuses keys which the definition does not have.
fn check_keys(names: &[String], partitions: &Partitions) -> Result<(), ResolverError> {
    let mut unknown = Vec::new();
    for name in names {
        // A key in another format is none of the definition's.
        if !partitions.definition.has_key(name, &partitions.context).unwrap_or(false) {
            unknown.push(name.clone());
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(PartitionKeysNotFoundError::new(unknown).into()) }
}

pub(super) async fn launch_again(
    ctx: &Context<'_>,
    params: Option<ReexecutionParams>,
) -> Result<LaunchBackfillSuccess, ResolverError> {
    let missing = || ResolverError::raised("KeyError", "reexecutionParams");
    let params = params.ok_or_else(missing)?;
    let again = match params.strategy {
        ReexecutionStrategy::FromFailure => Again::FromFailure,
        _ => Again::Everything,
    };
    let found = ctx.storage().backfills().get_backfill(&params.parent_run_id).await?;
    let missing = || {
        ResolverError::raised(
            "dagster_shared.check.functions.CheckError",
            format!("Failure condition: No backfill found for id: {}", params.parent_run_id),
        )
    };
    let of = found.ok_or_else(missing)?;
    let (id, now) = (backfills::new_id(), ctx.now());
    let backfill = if backfills::is_of_assets(&of) {
        let part = again::part_of(&of, again)?;
        backfills::assets_again(&of, part, id.clone(), now)?
    } else {
        backfills::job_again(&of, id.clone(), now, again)?
    };
    ctx.require(Permission::LaunchPartitionBackfill)?;
    ctx.storage().backfills().add_backfill(&backfill).await?;
    Ok(LaunchBackfillSuccess { backfill_id: id, launched_run_ids: None })
}
