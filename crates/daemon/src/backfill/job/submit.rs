//! Making and submitting the runs of a chunk (`submit_backfill_runs`, `create_backfill_run`).

use std::collections::HashMap;

use futures::StreamExt;
use rondel_instance::{
    IfRunExists, JobTarget, NewRun, Reexecution, ReexecutionStrategy, ResolvedJob,
};
use rondel_model::backfill::PartitionBackfill;
use rondel_model::grpc::PartitionSetExecutionParamArgs;
use rondel_model::run::tags::{
    ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG, BACKFILL_ID_TAG,
    PARENT_RUN_ID_TAG, PARTITION_NAME_TAG, PARTITION_SET_TAG, ROOT_RUN_ID_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_model::serdes::{Extra, Map, PySet, Value};
use rondel_model::snap::PartitionExecutionParamSnap;
use rondel_storage::RunsQuery;

use super::Target;
use super::chunk::Piece;
use crate::DaemonError;
use crate::context::{Context, Pace};

/// Makes and submits a run for each piece.
pub(super) async fn submit(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    pieces: &[Piece],
) -> Result<(), DaemonError> {
    let job_target = job_target(backfill, target);
    let job = Box::pin(ResolvedJob::find(&job_target, &context.snapshot())).await?;
    let params = partition_params(context, target, pieces).await?;
    let mut work = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let order = order(backfill, piece, &params)?;
        work.push(Box::pin(submit_one(context, backfill, target, &job, order)));
    }
    let (at_once, stops_at_error) = match context.pace {
        Pace::Concurrent { submissions } => (submissions.max(1), false),
        Pace::OneByOne => (1, true),
    };
    let mut submissions = futures::stream::iter(work).buffered(at_once);
    let mut first_error = None;
    while let Some(submitted) = submissions.next().await {
        match submitted {
            Ok(()) => {}
            Err(error) if stops_at_error => return Err(error),
            // What is being submitted must not be left half-way.
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(()), Err)
}

/// The job, or the part of it that the backfill is for.
fn job_target(backfill: &PartitionBackfill, target: &Target) -> JobTarget {
    let selector = target.repository.origin.selector().job(&target.partition_set.job_name);
    match &backfill.asset_selection {
        Some(assets) if !assets.is_empty() => JobTarget::assets(selector, assets.iter().cloned()),
        _ => JobTarget::whole(selector),
    }
}

/// A run to make.
struct RunOrder<'a> {
    piece: &'a Piece,
    tags: Map<String>,
    run_config: Map<Value>,
}

type Params = HashMap<String, PartitionExecutionParamSnap>;

async fn partition_params(
    context: &Context,
    target: &Target,
    pieces: &[Piece],
) -> Result<Params, DaemonError> {
    // All partitions of a range have the config of its first one; so have all ranges.
    let partition_names = match pieces {
        [first @ Piece::Range(_), ..] => vec![first.first_key().to_owned()],
        _ => pieces.iter().map(|piece| piece.first_key().to_owned()).collect(),
    };
    let args = PartitionSetExecutionParamArgs {
        repository_origin: target.repository.origin.clone(),
        partition_set_name: target.partition_set.name.clone(),
        partition_names,
        instance_ref: Some(context.instance.instance_ref().clone()),
        extra: Extra::default(),
    };
    let answer = target.location.client().partition_set_execution_params(&args).await?;
    let mut params = Params::new();
    for (index, param) in answer.partition_data.into_iter().enumerate() {
        if index == 0 && matches!(pieces.first(), Some(Piece::Range(_))) {
            for piece in pieces {
                params.insert(piece.first_key().to_owned(), param.clone());
            }
        }
        params.insert(param.name.clone(), param);
    }
    Ok(params)
}

fn order<'a>(
    backfill: &PartitionBackfill,
    piece: &'a Piece,
    params: &Params,
) -> Result<RunOrder<'a>, DaemonError> {
    let param = params.get(piece.first_key()).ok_or_else(|| {
        DaemonError::Check(format!(
            "the code server told no config of partition {}",
            piece.first_key()
        ))
    })?;
    let of_backfill = backfill.run_config.clone().unwrap_or_default();
    let of_partition = param.run_config.clone();
    let mut tags = param.tags.clone();
    if let Piece::Range(range) = piece {
        if !of_partition.is_empty() && !of_backfill.is_empty() {
            return Err(DaemonError::BackfillFailed(
                "Cannot specify both partition-scoped run config and backfill-scoped run config. \
                 This can happen if you explicitly set a PartitionSet on your job and also specify \
                 run config when launching a backfill."
                    .to_owned(),
            ));
        }
        tags.shift_remove(PARTITION_NAME_TAG);
        tags.insert(ASSET_PARTITION_RANGE_START_TAG.to_owned(), range.start.clone());
        tags.insert(ASSET_PARTITION_RANGE_END_TAG.to_owned(), range.end.clone());
    }
    let run_config = if of_partition.is_empty() { of_backfill } else { of_partition };
    Ok(RunOrder { piece, tags, run_config })
}

async fn submit_one(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    job: &ResolvedJob,
    order: RunOrder<'_>,
) -> Result<(), DaemonError> {
    let mut tags = job.tags();
    tags.extend(order.tags);
    tags.insert(BACKFILL_ID_TAG.to_owned(), backfill.backfill_id.clone());
    tags.extend(backfill.tags.clone());
    let order = RunOrder { piece: order.piece, tags, run_config: order.run_config };
    let run = if backfill.from_failure {
        match Box::pin(reexecute(context, backfill, target, order)).await? {
            Some(run) => run,
            // It succeeded, or was not run: nothing to do.
            None => return Ok(()),
        }
    } else {
        Box::pin(create(context, backfill, target, job, order)).await?
    };
    context.instance.submit_run(&run.run_id, &context.snapshot()).await?;
    Ok(())
}

async fn reexecute(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    order: RunOrder<'_>,
) -> Result<Option<DagsterRun>, DaemonError> {
    let run_id = order.piece.run_id(&backfill.backfill_id);
    let last = last_run(context, target, order.piece, run_id.as_str()).await?;
    let Some(last) = last.filter(|run| run.status == RunStatus::Failure) else {
        return Ok(None);
    };
    let reexecution = Reexecution {
        extra_tags: order.tags,
        run_config: Some(order.run_config),
        use_parent_run_tags: false,
        target: Some(job_target(backfill, target)),
        run_id: Some(run_id),
        if_exists: IfRunExists::Resume,
        ..Reexecution::new(last.run_id, ReexecutionStrategy::FromFailure)
    };
    Ok(Some(context.instance.reexecute(reexecution, &context.snapshot()).await?))
}

async fn create(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    job: &ResolvedJob,
    order: RunOrder<'_>,
) -> Result<DagsterRun, DaemonError> {
    let instance = &context.instance;
    let run_id = order.piece.run_id(&backfill.backfill_id);
    let mut tags = order.tags;
    let step_keys = backfill.reexecution_steps.clone().filter(|steps| !steps.is_empty());
    let (mut parent, mut root, mut known_state) = (None, None, None);
    if let Some(step_keys) = &step_keys
        && let Some(last) = last_run(context, target, order.piece, run_id.as_str()).await?
    {
        let root_run_id = last.root_run_id.clone().unwrap_or_else(|| last.run_id.to_string());
        tags.insert(PARENT_RUN_ID_TAG.to_owned(), last.run_id.to_string());
        tags.insert(ROOT_RUN_ID_TAG.to_owned(), root_run_id.clone());
        if last.status == RunStatus::Success {
            let mut state = Box::pin(instance.known_state_for_reexecution(&last)).await?;
            state.dynamic_mappings.retain(|step, _| !step_keys.contains(step));
            known_state = Some(state);
        }
        parent = Some(last.run_id);
        root = Some(root_run_id.into());
    }
    let plan = Box::pin(instance.execution_plan(
        job,
        &order.run_config,
        step_keys.as_deref(),
        known_state.as_ref(),
    ))
    .await?;
    let op_selection = target.partition_set.op_selection.clone().filter(|ops| !ops.is_empty());
    let assets = backfill.asset_selection.clone().filter(|assets| !assets.is_empty());
    let new_run = NewRun {
        run_id: Some(run_id),
        run_config: order.run_config,
        tags,
        step_keys_to_execute: step_keys,
        root_run_id: root,
        parent_run_id: parent,
        asset_selection: assets.map(PySet::frozen),
        resolved_op_selection: op_selection.clone().map(PySet::frozen),
        op_selection,
        if_exists: IfRunExists::Resume,
        ..NewRun::new(job.clone(), plan)
    };
    Ok(Box::pin(instance.record_run(new_run)).await?)
}

/// The latest run of the partitions before this backfill's own.
async fn last_run(
    context: &Context,
    target: &Target,
    piece: &Piece,
    own_run_id: &str,
) -> Result<Option<DagsterRun>, DaemonError> {
    let filter = RunsFilter {
        job_name: Some(target.partition_set.job_name.clone()),
        ..RunsFilter::default()
    }
    .with_tag(PARTITION_SET_TAG, target.partition_set.name.as_str());
    let filter = match piece {
        Piece::Key(key) => filter.with_tag(PARTITION_NAME_TAG, key.as_str()),
        Piece::Range(range) => filter
            .with_tag(ASSET_PARTITION_RANGE_START_TAG, range.start.as_str())
            .with_tag(ASSET_PARTITION_RANGE_END_TAG, range.end.as_str()),
    };
    // Two, since the newest one is our own when a crash interrupted its submission.
    let query = RunsQuery::newest(filter, 2);
    let runs = context.storage().runs().get_runs(query).await?;
    Ok(runs.into_iter().find(|run| run.run_id.as_str() != own_run_id))
}
