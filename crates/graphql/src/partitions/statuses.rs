//! Which partitions are materialized, failed or being materialized: as keys, as ranges of time
//! windows, or as ranges of one dimension with the statuses of the other.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Enum, SimpleObject, Union};
use rondel_partitions::{Context, MultiPartitions, PartitionsDefinition, TimeWindowPartitions};

use super::{
    context::Partitions,
    ranges::{PrimaryRange, alike_by_primary},
};
use crate::errors::ResolverError;

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PartitionRangeStatus {
    Materializing,
    Materialized,
    Failed,
}

#[derive(SimpleObject, Default)]
pub(crate) struct DefaultPartitionStatuses {
    materialized_partitions: Vec<String>,
    failed_partitions: Vec<String>,
    unmaterialized_partitions: Vec<String>,
    materializing_partitions: Vec<String>,
}

#[derive(SimpleObject)]
pub(crate) struct TimePartitionRangeStatus {
    start_time: f64,
    end_time: f64,
    start_key: String,
    end_key: String,
    status: PartitionRangeStatus,
}

#[derive(SimpleObject)]
pub(crate) struct TimePartitionStatuses {
    ranges: Vec<TimePartitionRangeStatus>,
}

#[derive(Union)]
pub(crate) enum PartitionStatus1D {
    TimePartitionStatuses(TimePartitionStatuses),
    DefaultPartitionStatuses(DefaultPartitionStatuses),
}

#[derive(SimpleObject)]
pub(crate) struct MaterializedPartitionRangeStatuses2D {
    primary_dim_start_key: String,
    primary_dim_end_key: String,
    primary_dim_start_time: Option<f64>,
    primary_dim_end_time: Option<f64>,
    secondary_dim: PartitionStatus1D,
}

#[derive(SimpleObject)]
pub(crate) struct MultiPartitionStatuses {
    ranges: Vec<MaterializedPartitionRangeStatuses2D>,
    primary_dimension_name: String,
}

#[derive(Union)]
pub(crate) enum AssetPartitionStatuses {
    DefaultPartitionStatuses(DefaultPartitionStatuses),
    MultiPartitionStatuses(MultiPartitionStatuses),
    TimePartitionStatuses(TimePartitionStatuses),
}

/// How many partitions stand how; a partition counts once, what happens now before what failed
/// before what was materialized.
#[derive(SimpleObject, Default)]
pub(crate) struct PartitionStats {
    num_materialized: i32,
    num_partitions: i32,
    num_failed: i32,
    num_materializing: i32,
}

/// Keys by how they stand. A partition which failed after it had been materialized is in both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartitionSets {
    pub(crate) materialized: BTreeSet<String>,
    pub(crate) failed: BTreeSet<String>,
    pub(crate) in_progress: BTreeSet<String>,
}

impl PartitionSets {
    fn only_materialized(&self) -> impl Iterator<Item = &String> {
        let also = |key: &&String| self.failed.contains(*key) || self.in_progress.contains(*key);
        self.materialized.iter().filter(move |key| !also(key))
    }

    pub(crate) fn stats(&self, partitions: &Partitions) -> Result<PartitionStats, ResolverError> {
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Ok(PartitionStats {
            num_materialized: count(self.only_materialized().count()),
            num_partitions: partitions.count()?,
            num_failed: count(self.failed.difference(&self.in_progress).count()),
            num_materializing: count(self.in_progress.len()),
        })
    }

    /// Each key with the status that counts, in the order of keys.
    fn by_key(&self) -> BTreeMap<&str, PartitionRangeStatus> {
        let mut all = BTreeMap::new();
        let later_wins = [
            (&self.materialized, PartitionRangeStatus::Materialized),
            (&self.failed, PartitionRangeStatus::Failed),
            (&self.in_progress, PartitionRangeStatus::Materializing),
        ];
        for (keys, status) in later_wins {
            all.extend(keys.iter().map(|key| (key.as_str(), status)));
        }
        all
    }
}

/// The statuses in the form that fits the definition.
pub(crate) fn statuses(
    sets: &PartitionSets,
    partitions: &Partitions,
) -> Result<AssetPartitionStatuses, ResolverError> {
    let (definition, context) = (&partitions.definition, &partitions.context);
    Ok(match definition {
        PartitionsDefinition::Multi(multi) => in_two_dimensions(sets, multi, context)?.into(),
        _ => match in_one_dimension(sets, definition, context)? {
            PartitionStatus1D::TimePartitionStatuses(ranges) => ranges.into(),
            PartitionStatus1D::DefaultPartitionStatuses(keys) => keys.into(),
        },
    })
}

/// The statuses of an asset without partitions: none.
pub(crate) fn no_statuses() -> AssetPartitionStatuses {
    DefaultPartitionStatuses::default().into()
}

fn in_one_dimension(
    sets: &PartitionSets,
    definition: &PartitionsDefinition,
    context: &Context,
) -> Result<PartitionStatus1D, ResolverError> {
    if let PartitionsDefinition::TimeWindow(windows) = definition {
        return Ok(TimePartitionStatuses { ranges: ranges(sets, windows)? }.into());
    }
    let all = definition.keys(context)?;
    let unmaterialized = all.into_iter().filter(|key| !sets.materialized.contains(key));
    Ok(DefaultPartitionStatuses {
        materialized_partitions: sets.only_materialized().cloned().collect(),
        failed_partitions: sets.failed.iter().cloned().collect(),
        unmaterialized_partitions: unmaterialized.collect(),
        materializing_partitions: sets.in_progress.iter().cloned().collect(),
    }
    .into())
}

/// Neighbouring windows of one status as one range.
fn ranges(
    sets: &PartitionSets,
    windows: &TimeWindowPartitions,
) -> Result<Vec<TimePartitionRangeStatus>, ResolverError> {
    let mut placed = Vec::new();
    for (key, status) in sets.by_key() {
        placed.push((windows.window_of_key(key)?, key, status));
    }
    placed.sort_by_key(|(window, ..)| window.start);
    let mut ranges: Vec<TimePartitionRangeStatus> = Vec::new();
    let mut last_end = None;
    for (window, key, status) in placed {
        match ranges.last_mut() {
            Some(range) if range.status == status && last_end == Some(window.start) => {
                range.end_time = window.end as f64;
                range.end_key = key.to_owned();
            }
            _ => ranges.push(TimePartitionRangeStatus {
                start_time: window.start as f64,
                end_time: window.end as f64,
                start_key: key.to_owned(),
                end_key: key.to_owned(),
                status,
            }),
        }
        last_end = Some(window.end);
    }
    Ok(ranges)
}

/// Neighbouring keys of the primary dimension whose secondary keys stand alike, as one range.
fn in_two_dimensions(
    sets: &PartitionSets,
    multi: &MultiPartitions,
    context: &Context,
) -> Result<MultiPartitionStatuses, ResolverError> {
    let (primary, secondary) = multi.primary_and_secondary();
    let dimension = |at: usize| {
        let missing = || ResolverError::invariant("partitions of two dimensions have two");
        multi.dimensions().get(at).ok_or_else(missing)
    };
    let (primary_name, _) = dimension(primary)?;
    let mut by_primary: BTreeMap<String, PartitionSets> = BTreeMap::new();
    let sources = [(&sets.materialized, 0), (&sets.failed, 1), (&sets.in_progress, 2)];
    for (keys, which) in sources {
        for key in keys {
            let parts = multi.split(key)?;
            let (Some(first), Some(second)) = (parts.get(primary), parts.get(secondary)) else {
                continue;
            };
            let of_key = by_primary.entry((*first).to_owned()).or_default();
            let set = match which {
                0 => &mut of_key.materialized,
                1 => &mut of_key.failed,
                _ => &mut of_key.in_progress,
            };
            set.insert((*second).to_owned());
        }
    }
    let (_, secondary_definition) = dimension(secondary)?;
    let ranges = alike_by_primary(multi, context, &by_primary, |alike| {
        in_one_dimension(alike, secondary_definition, context)
    })?;
    let range = |range: PrimaryRange<PartitionStatus1D>| MaterializedPartitionRangeStatuses2D {
        primary_dim_start_key: range.start_key,
        primary_dim_end_key: range.end_key,
        primary_dim_start_time: range.start_time,
        primary_dim_end_time: range.end_time,
        secondary_dim: range.secondary,
    };
    Ok(MultiPartitionStatuses {
        ranges: ranges.into_iter().map(range).collect(),
        primary_dimension_name: primary_name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(keys: &[&str]) -> BTreeSet<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn a_partition_that_failed_after_it_was_materialized_counts_as_failed() {
        let sets = PartitionSets {
            materialized: set(&["a", "b"]),
            failed: set(&["b"]),
            in_progress: BTreeSet::new(),
        };
        assert_eq!(sets.only_materialized().collect::<Vec<_>>(), ["a"]);
        assert_eq!(sets.by_key()["b"], PartitionRangeStatus::Failed);
    }
}
