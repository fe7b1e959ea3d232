//! Backfills of a job's partitions (`dagster/_core/execution/job_backfill.py`): chunk by chunk, the
//! last partition of each written down after its runs were submitted.

mod chunk;
mod submit;

use std::collections::HashSet;
use std::sync::Arc;

use rondel_code_location::{CodeLocation, Repository};
use rondel_instance::backfills::Piece;
use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::partition::{PartitionKeyRange, PartitionsSnap};
use rondel_model::run::tags::{
    ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG, BACKFILL_ID_TAG,
    PARTITION_NAME_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_model::snap::PartitionSetSnap;
use rondel_partitions::{PartitionsDefinition, PartitionsSubset};

use chunk::Chunk;

use super::{cancel, current, store};
use crate::DaemonError;
use crate::context::Context;

/// Runs submitted between two looks at whether the backfill was canceled.
const CHUNK_SIZE: usize = 25;

/// The partition set of a backfill, where it lives now.
struct Target {
    location: Arc<CodeLocation>,
    repository: Arc<Repository>,
    partition_set: PartitionSetSnap,
}

/// One iteration of a job backfill.
pub(super) async fn iterate(
    context: &Context,
    backfill: PartitionBackfill,
) -> Result<(), DaemonError> {
    let backfill_id = backfill.backfill_id.clone();
    match &backfill.last_submitted_partition_name {
        None => context.log.info(format_args!("Starting job backfill for {backfill_id}")),
        Some(name) => {
            context.log.info(format_args!("Resuming job backfill for {backfill_id} from {name}"))
        }
    }
    let end_status = match backfill.status {
        BulkActionStatus::Canceling => Some(BulkActionStatus::Canceled),
        BulkActionStatus::Failing => Some(BulkActionStatus::Failed),
        _ => None,
    };
    match end_status {
        None => submit_remaining(context, backfill).await,
        Some(end_status) => {
            if cancel::cancel_runs(context, &backfill_id).await? {
                finish(context, current(context, &backfill_id).await?, end_status).await?;
            }
            Ok(())
        }
    }
}

async fn finish(
    context: &Context,
    mut backfill: PartitionBackfill,
    status: BulkActionStatus,
) -> Result<(), DaemonError> {
    backfill.status = status;
    backfill.backfill_end_timestamp = Some(context.now());
    store(context, &backfill).await
}

async fn submit_remaining(
    context: &Context,
    mut backfill: PartitionBackfill,
) -> Result<(), DaemonError> {
    let backfill_id = backfill.backfill_id.clone();
    let target = find_target(context, &backfill)?;
    let mut done: Option<HashSet<String>> = None;
    loop {
        let chunk = next_chunk(context, &backfill, &target, &mut done).await?;
        context.faults.reach("", "BEFORE_SUBMIT")?;
        if !chunk.pieces.is_empty() {
            submit::submit(context, &backfill, &target, &chunk.pieces).await?;
            // It may have been canceled meanwhile.
            backfill = current(context, &backfill_id).await?;
            if backfill.status != BulkActionStatus::Requested {
                return Ok(());
            }
        }
        context.faults.reach("", "AFTER_SUBMIT")?;
        if !chunk.has_more {
            return conclude(context, backfill, chunk).await;
        }
        backfill = checkpoint(context, &backfill_id, chunk.checkpoint).await?;
        if backfill.status != BulkActionStatus::Requested {
            return Ok(());
        }
    }
}

async fn checkpoint(
    context: &Context,
    backfill_id: &str,
    checkpoint: String,
) -> Result<PartitionBackfill, DaemonError> {
    let mut backfill = current(context, backfill_id).await?;
    backfill.last_submitted_partition_name = Some(checkpoint);
    backfill.failure_count = 0;
    store(context, &backfill).await?;
    Ok(backfill)
}

/// All runs are submitted: the backfill has ended once they have.
async fn conclude(
    context: &Context,
    backfill: PartitionBackfill,
    chunk: Chunk,
) -> Result<(), DaemonError> {
    let backfill_id = &backfill.backfill_id;
    if cancel::has_unfinished_runs(context, backfill_id).await? {
        context.log.info(format_args!(
            "Backfill {backfill_id} has unfinished runs. Status will be updated when all runs are \
             finished."
        ));
        checkpoint(context, backfill_id, chunk.checkpoint).await?;
        return Ok(());
    }
    context.log.info(format_args!(
        "Backfill completed for {backfill_id} for {} partitions",
        backfill.partition_names.as_ref().map_or(0, Vec::len)
    ));
    let unhappy = [RunStatus::Failure, RunStatus::Canceled];
    let status = if cancel::has_runs_in(context, backfill_id, &unhappy).await? {
        BulkActionStatus::CompletedFailed
    } else {
        BulkActionStatus::CompletedSuccess
    };
    finish(context, backfill, status).await
}

fn find_target(context: &Context, backfill: &PartitionBackfill) -> Result<Target, DaemonError> {
    let backfill_id = &backfill.backfill_id;
    let origin = backfill.partition_set_origin.as_ref().ok_or_else(|| {
        DaemonError::Check(format!("job backfill {backfill_id} names no partition set"))
    })?;
    let location = context.location(origin.repository_origin.location_name())?;
    let repository_name = &origin.repository_origin.repository_name;
    let Some(repository) = location.repositories.get(repository_name).cloned() else {
        return Err(DaemonError::BackfillFailed(format!(
            "Could not find repository {repository_name} in location {} to run backfill {backfill_id}.",
            location.name
        )));
    };
    let name = &origin.partition_set_name;
    let found = repository.snap.partition_sets.iter().find(|set| set.name == *name).cloned();
    let partition_set = found.ok_or_else(|| {
        DaemonError::BackfillFailed(format!(
            "Could not find partition set {name} in repository {repository_name}. "
        ))
    })?;
    Ok(Target { location, repository, partition_set })
}

/// What to submit next. `done` is what earlier iterations have submitted, read once: what this one
/// submits is behind its own checkpoint.
async fn next_chunk(
    context: &Context,
    backfill: &PartitionBackfill,
    target: &Target,
    done: &mut Option<HashSet<String>>,
) -> Result<Chunk, DaemonError> {
    let names = backfill.partition_names.as_deref().unwrap_or_default();
    let checkpoint = backfill.last_submitted_partition_name.as_deref();
    let left = chunk::left_of(names, checkpoint);
    if left.is_empty() {
        return Ok(Chunk::nothing(checkpoint));
    }
    let partitions = match &target.partition_set.partitions {
        Some(snap) => Some(Partitions::of(context, snap, backfill.backfill_timestamp).await?),
        None => None,
    };
    let done = match done {
        Some(done) => done,
        None => {
            let filter =
                RunsFilter::default().with_tag(BACKFILL_ID_TAG, backfill.backfill_id.as_str());
            let runs = context.storage().runs().get_runs(filter).await?;
            done.insert(partitions_of_runs(&backfill.backfill_id, &runs, partitions.as_ref())?)
        }
    };
    let policy = target.partition_set.backfill_policy.as_ref();
    let Some(policy) = policy.filter(|policy| policy.max_partitions_per_run != Some(1)) else {
        let chunk = Chunk::of_keys(left, done, CHUNK_SIZE);
        if chunk.skipped > 0 {
            context.log.info(format_args!(
                "Found {} existing runs for backfill {}, skipping",
                chunk.skipped, backfill.backfill_id
            ));
        }
        return Ok(chunk);
    };
    let partitions = partitions.ok_or_else(|| {
        DaemonError::Check(format!(
            "partition set {} has a backfill policy but no partitions definition",
            target.partition_set.name
        ))
    })?;
    // Ranges over several dimensions do not follow the order of the names: what is behind the checkpoint
    // may not have been submitted, what has runs is left out below.
    let left = if partitions.follow_their_order() { left } else { names };
    let to_submit: Vec<String> =
        left.iter().filter(|name| !done.contains(*name)).cloned().collect();
    let max_size = policy.max_partitions_per_run.and_then(|max| usize::try_from(max).ok());
    let chunk = Chunk::of_ranges(partitions.pieces(&to_submit, max_size)?, checkpoint, CHUNK_SIZE);
    for piece in &chunk.pieces {
        if let Piece::Range(range) = piece {
            done.extend(partitions.keys_in(range)?);
        }
    }
    Ok(chunk)
}

/// A partitions definition with what is needed to list its keys.
struct Partitions {
    definition: PartitionsDefinition,
    context: rondel_partitions::Context,
}

impl Partitions {
    async fn of(context: &Context, snap: &PartitionsSnap, at: f64) -> Result<Self, DaemonError> {
        let definition = PartitionsDefinition::from_snap(snap)?;
        let mut known = rondel_partitions::Context::at(at);
        for name in definition.dynamic_names() {
            let keys = context.storage().dynamic_partitions().get(name).await?;
            known = known.with_dynamic_keys(name, keys);
        }
        Ok(Self { definition, context: known })
    }

    /// Whether ranges are neighbours in the list of all keys.
    fn follow_their_order(&self) -> bool {
        !matches!(self.definition, PartitionsDefinition::Multi(_))
    }

    /// The keys as ranges, none larger than the policy allows.
    fn pieces(
        &self,
        keys: &[String],
        max_size: Option<usize>,
    ) -> Result<Vec<PartitionKeyRange>, DaemonError> {
        let mut pieces = Vec::new();
        for range in self.ranges(keys)? {
            let keys = self.keys_in(&range)?;
            pieces.extend(chunk::subdivide(range, &keys, max_size));
        }
        Ok(pieces)
    }

    fn keys_in(&self, range: &PartitionKeyRange) -> Result<Vec<String>, DaemonError> {
        Ok(self.definition.keys_in_range(range, &self.context)?)
    }

    fn ranges(&self, keys: &[String]) -> Result<Vec<PartitionKeyRange>, DaemonError> {
        let subset = PartitionsSubset::of_keys(&self.definition, keys, &self.context)?;
        Ok(subset.key_ranges(&self.definition, &self.context)?)
    }
}

/// The partitions that runs of the backfill are about. Runs which a crash kept from being submitted
/// count as missing when this version made them: they are completed under the same id.
fn partitions_of_runs(
    backfill_id: &str,
    runs: &[DagsterRun],
    partitions: Option<&Partitions>,
) -> Result<HashSet<String>, DaemonError> {
    let mut done = HashSet::new();
    for run in runs {
        let tag = |name| run.tag(name).filter(|value| !value.is_empty());
        let piece = match (
            tag(PARTITION_NAME_TAG),
            tag(ASSET_PARTITION_RANGE_START_TAG),
            tag(ASSET_PARTITION_RANGE_END_TAG),
        ) {
            (Some(key), ..) => Piece::Key(key.to_owned()),
            (None, Some(start), Some(end)) => Piece::Range(PartitionKeyRange {
                start: start.to_owned(),
                end: end.to_owned(),
                ..PartitionKeyRange::default()
            }),
            _ => continue,
        };
        if run.status == RunStatus::NotStarted && run.run_id == chunk::run_id(&piece, backfill_id) {
            continue;
        }
        match (piece, partitions) {
            (Piece::Key(key), _) => drop(done.insert(key)),
            (Piece::Range(range), Some(partitions)) => done.extend(partitions.keys_in(&range)?),
            (Piece::Range(_), None) => {}
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rondel_model::partition::PartitionKeyRange;
    use rondel_partitions::{Context, MultiPartitions, PartitionsDefinition, StaticPartitions};

    use super::Partitions;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    fn ends(ranges: &[PartitionKeyRange]) -> Vec<(&str, &str)> {
        ranges.iter().map(|range| (range.start.as_str(), range.end.as_str())).collect()
    }

    #[test]
    fn pieces_of_two_dimensions_vary_along_one_and_keep_to_the_policy() {
        let dimension =
            |all: &[&str]| PartitionsDefinition::Static(StaticPartitions::new(keys(all)));
        let multi = MultiPartitions::new(vec![
            ("color".to_owned(), dimension(&["blue", "red"])),
            ("size".to_owned(), dimension(&["l", "m", "s"])),
        ]);
        let definition = PartitionsDefinition::Multi(Arc::new(multi.unwrap()));
        let partitions = Partitions { definition, context: Context::at(0.0) };
        let all = keys(&["blue|l", "blue|m", "blue|s", "red|l", "red|m", "red|s"]);
        let whole = partitions.pieces(&all, None).unwrap();
        assert_eq!(ends(&whole), [("blue|l", "blue|s"), ("red|l", "red|s")]);
        let cut = partitions.pieces(&all, Some(2)).unwrap();
        let expected =
            [("blue|l", "blue|m"), ("blue|s", "blue|s"), ("red|l", "red|m"), ("red|s", "red|s")];
        assert_eq!(ends(&cut), expected);
        assert!(!partitions.follow_their_order());
    }
}
