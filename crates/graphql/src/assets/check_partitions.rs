//! How the partitions of a check stand (`AssetCheckState`): by the last execution of each partition, as
//! long as that was about what is materialized now.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, Enum, SimpleObject, Union, dataloader::Loader};
use rondel_model::{ids::AssetCheckKey, partition::PartitionsSnap, run::RunStatus};
use rondel_partitions::{Context as PartitionsContext, MultiPartitions, PartitionsDefinition};
use rondel_storage::{AssetCheckExecutionStatus, AssetCheckPartitionInfo};

use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
    partitions::{Partitions, PrimaryRange, WindowRange, alike_by_primary, window_ranges},
    runs::load_runs,
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AssetCheckPartitionRangeStatus {
    Succeeded,
    Failed,
    InProgress,
    Skipped,
    ExecutionFailed,
}

#[derive(SimpleObject)]
pub(crate) struct AssetCheckTimePartitionRangeStatus {
    start_time: f64,
    end_time: f64,
    start_key: String,
    end_key: String,
    status: AssetCheckPartitionRangeStatus,
}

#[derive(SimpleObject)]
pub(crate) struct AssetCheckTimePartitionStatuses {
    ranges: Vec<AssetCheckTimePartitionRangeStatus>,
}

#[derive(SimpleObject)]
pub(crate) struct AssetCheckDefaultPartitionStatuses {
    succeeded_partitions: Vec<String>,
    failed_partitions: Vec<String>,
    in_progress_partitions: Vec<String>,
    skipped_partitions: Vec<String>,
    execution_failed_partitions: Vec<String>,
}

#[derive(Union)]
pub(crate) enum AssetCheckPartitionStatus1D {
    AssetCheckTimePartitionStatuses(AssetCheckTimePartitionStatuses),
    AssetCheckDefaultPartitionStatuses(AssetCheckDefaultPartitionStatuses),
}

#[derive(SimpleObject)]
pub(crate) struct AssetCheckMultiPartitionRangeStatuses {
    primary_dim_start_key: String,
    primary_dim_end_key: String,
    primary_dim_start_time: Option<f64>,
    primary_dim_end_time: Option<f64>,
    secondary_dim: AssetCheckPartitionStatus1D,
}

#[derive(SimpleObject)]
pub(crate) struct AssetCheckMultiPartitionStatuses {
    ranges: Vec<AssetCheckMultiPartitionRangeStatuses>,
    primary_dimension_name: String,
}

#[derive(Union)]
pub(crate) enum AssetCheckPartitionStatuses {
    AssetCheckDefaultPartitionStatuses(AssetCheckDefaultPartitionStatuses),
    AssetCheckMultiPartitionStatuses(AssetCheckMultiPartitionStatuses),
    AssetCheckTimePartitionStatuses(AssetCheckTimePartitionStatuses),
}

/// The last execution of a check for each partition.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct CheckPartitionsKey(AssetCheckKey);

impl Loader<CheckPartitionsKey> for StorageLoader {
    type Value = Arc<Vec<AssetCheckPartitionInfo>>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[CheckPartitionsKey],
    ) -> Result<HashMap<CheckPartitionsKey, Self::Value>, Self::Error> {
        let keys: Vec<AssetCheckKey> = keys.iter().map(|key| key.0.clone()).collect();
        let infos = self.storage.assets().check_partition_info(&keys, None, None).await?;
        let mut found: HashMap<AssetCheckKey, Vec<AssetCheckPartitionInfo>> = HashMap::new();
        for info in infos {
            found.entry(info.check_key.clone()).or_default().push(info);
        }
        let keyed = |(key, infos)| (CheckPartitionsKey(key), Arc::new(infos));
        Ok(found.into_iter().map(keyed).collect())
    }
}

/// Keys by how they stand; a key without a status that counts is in none.
type Sets = BTreeMap<AssetCheckPartitionRangeStatus, BTreeSet<String>>;

/// How a partition stands whose last execution is this.
fn status_of(
    info: &AssetCheckPartitionInfo,
    run: Option<RunStatus>,
) -> Option<AssetCheckPartitionRangeStatus> {
    use AssetCheckPartitionRangeStatus as Status;
    match info.latest_execution_status {
        AssetCheckExecutionStatus::Planned => Some(match run {
            Some(RunStatus::Failure) => Status::ExecutionFailed,
            Some(status) if status.is_finished() => Status::Skipped,
            _ => Status::InProgress,
        }),
        _ if !info.is_current() => None,
        AssetCheckExecutionStatus::Succeeded => Some(Status::Succeeded),
        AssetCheckExecutionStatus::Failed => Some(Status::Failed),
    }
}

pub(super) async fn partition_statuses(
    ctx: &Context<'_>,
    key: &AssetCheckKey,
    snap: &PartitionsSnap,
) -> Result<AssetCheckPartitionStatuses, ResolverError> {
    let partitions = Partitions::load(ctx, snap).await?;
    let infos = ctx.loader().load_one(CheckPartitionsKey(key.clone())).await?.unwrap_or_default();
    let planned = infos
        .iter()
        .filter(|info| info.latest_execution_status == AssetCheckExecutionStatus::Planned);
    let run_ids: BTreeSet<String> =
        planned.map(|info| info.latest_planned_run_id.clone()).collect();
    let runs = load_runs(ctx, run_ids).await?;
    let mut sets = Sets::new();
    for info in infos.iter() {
        let Some(name) = &info.partition_key else { continue };
        // A key in another format is none of the definition's.
        if !partitions.definition.has_key(name, &partitions.context).unwrap_or(false) {
            continue;
        }
        let run = runs.get(&info.latest_planned_run_id).map(|run| run.run().status);
        if let Some(status) = status_of(info, run) {
            sets.entry(status).or_default().insert(name.clone());
        }
    }
    tell(&sets, &partitions)
}

fn tell(
    sets: &Sets,
    partitions: &Partitions,
) -> Result<AssetCheckPartitionStatuses, ResolverError> {
    Ok(match &partitions.definition {
        PartitionsDefinition::Multi(multi) => {
            in_two_dimensions(sets, multi, &partitions.context)?.into()
        }
        definition => match in_one_dimension(sets, definition)? {
            AssetCheckPartitionStatus1D::AssetCheckTimePartitionStatuses(it) => it.into(),
            AssetCheckPartitionStatus1D::AssetCheckDefaultPartitionStatuses(it) => it.into(),
        },
    })
}

fn in_one_dimension(
    sets: &Sets,
    definition: &PartitionsDefinition,
) -> Result<AssetCheckPartitionStatus1D, ResolverError> {
    use AssetCheckPartitionRangeStatus as Status;
    if let PartitionsDefinition::TimeWindow(windows) = definition {
        let mut ranges = Vec::new();
        for (status, keys) in sets {
            let range = |range: WindowRange| AssetCheckTimePartitionRangeStatus {
                start_time: range.start_time,
                end_time: range.end_time,
                start_key: range.start_key,
                end_key: range.end_key,
                status: *status,
            };
            ranges.extend(window_ranges(windows, keys)?.into_iter().map(range));
        }
        ranges.sort_by(|a, b| a.start_time.total_cmp(&b.start_time));
        return Ok(AssetCheckTimePartitionStatuses { ranges }.into());
    }
    let keys = |status| sets.get(&status).into_iter().flatten().cloned().collect();
    Ok(AssetCheckDefaultPartitionStatuses {
        succeeded_partitions: keys(Status::Succeeded),
        failed_partitions: keys(Status::Failed),
        in_progress_partitions: keys(Status::InProgress),
        skipped_partitions: keys(Status::Skipped),
        execution_failed_partitions: keys(Status::ExecutionFailed),
    }
    .into())
}

fn in_two_dimensions(
    sets: &Sets,
    multi: &MultiPartitions,
    context: &PartitionsContext,
) -> Result<AssetCheckMultiPartitionStatuses, ResolverError> {
    let (primary, secondary) = multi.primary_and_secondary();
    let dimension = |at: usize| {
        let missing = || ResolverError::invariant("partitions of two dimensions have two");
        multi.dimensions().get(at).ok_or_else(missing)
    };
    let (primary_name, _) = dimension(primary)?;
    let (_, secondary_definition) = dimension(secondary)?;
    let mut by_primary: BTreeMap<String, Sets> = BTreeMap::new();
    for (status, keys) in sets {
        for key in keys {
            let parts = multi.split(key)?;
            let (Some(first), Some(second)) = (parts.get(primary), parts.get(secondary)) else {
                continue;
            };
            let of_key = by_primary.entry((*first).to_owned()).or_default();
            of_key.entry(*status).or_default().insert((*second).to_owned());
        }
    }
    let ranges = alike_by_primary(multi, context, &by_primary, |alike| {
        in_one_dimension(alike, secondary_definition)
    })?;
    let range =
        |range: PrimaryRange<AssetCheckPartitionStatus1D>| AssetCheckMultiPartitionRangeStatuses {
            primary_dim_start_key: range.start_key,
            primary_dim_end_key: range.end_key,
            primary_dim_start_time: range.start_time,
            primary_dim_end_time: range.end_time,
            secondary_dim: range.secondary,
        };
    Ok(AssetCheckMultiPartitionStatuses {
        ranges: ranges.into_iter().map(range).collect(),
        primary_dimension_name: primary_name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(
        status: AssetCheckExecutionStatus,
        checked: i64,
        latest: i64,
    ) -> AssetCheckPartitionInfo {
        AssetCheckPartitionInfo {
            check_key: AssetCheckKey::default(),
            partition_key: Some("a".to_owned()),
            latest_execution_status: status,
            latest_planned_run_id: "run".to_owned(),
            latest_check_event_storage_id: 9,
            latest_materialization_storage_id: Some(latest),
            latest_target_materialization_storage_id: Some(checked),
        }
    }

    #[test]
    fn a_check_of_an_older_materialization_does_not_count() {
        let current = info(AssetCheckExecutionStatus::Failed, 3, 3);
        assert_eq!(status_of(&current, None), Some(AssetCheckPartitionRangeStatus::Failed));
        assert_eq!(status_of(&info(AssetCheckExecutionStatus::Failed, 3, 5), None), None);
    }

    #[test]
    fn a_planned_check_stands_as_its_run_does() {
        let planned = info(AssetCheckExecutionStatus::Planned, 3, 3);
        let status = |run| status_of(&planned, run);
        assert_eq!(
            status(Some(RunStatus::Failure)),
            Some(AssetCheckPartitionRangeStatus::ExecutionFailed)
        );
        assert_eq!(status(Some(RunStatus::Success)), Some(AssetCheckPartitionRangeStatus::Skipped));
        assert_eq!(
            status(Some(RunStatus::Started)),
            Some(AssetCheckPartitionRangeStatus::InProgress)
        );
    }
}
