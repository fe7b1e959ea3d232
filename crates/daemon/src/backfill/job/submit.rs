//! Making and submitting the runs of a chunk (`submit_backfill_runs`, `create_backfill_run`).

use std::collections::HashMap;

use futures::StreamExt;
use rondel_instance::ResolvedJob;
use rondel_instance::backfills::{self, BackfillRun, Piece};
use rondel_model::backfill::PartitionBackfill;
use rondel_model::grpc::PartitionSetExecutionParamArgs;
use rondel_model::run::tags::{
    ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG, PARTITION_NAME_TAG,
};
use rondel_model::serdes::Extra;
use rondel_model::snap::PartitionExecutionParamSnap;

use super::Target;
use super::chunk;
use crate::DaemonError;
use crate::context::{Context, Pace};

/// Makes and submits a run for each piece.
pub(super) async fn submit(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    pieces: &[Piece],
) -> Result<(), DaemonError> {
    let selector = target.repository.origin.selector().job(&target.partition_set.job_name);
    let job_target = backfills::target_of(backfill, selector);
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
        instance_ref: Some(context.instance.evaluation_ref().clone()),
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

fn order(
    backfill: &PartitionBackfill,
    piece: &Piece,
    params: &Params,
) -> Result<BackfillRun, DaemonError> {
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
    let run_id = chunk::run_id(piece, &backfill.backfill_id);
    Ok(BackfillRun { run_id, piece: piece.clone(), tags, run_config })
}

async fn submit_one(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    job: &ResolvedJob,
    run: BackfillRun,
) -> Result<(), DaemonError> {
    let set = &target.partition_set;
    context.instance.submit_backfill_run(backfill, set, job, run, &context.snapshot()).await?;
    Ok(())
}
