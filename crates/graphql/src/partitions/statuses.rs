//! Which partitions are materialized, failed or being materialized: as keys, as ranges of time
//! windows, or as ranges of one dimension with the statuses of the other.

use std::collections::BTreeMap;

use async_graphql::{Enum, SimpleObject, Union};
use rondel_automation::PartitionStatus;
use rondel_partitions::{
    Context, MultiPartitions, PartitionsDefinition, PartitionsSubset, TimeWindow,
    TimeWindowPartitions, flatten,
};

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

/// Partitions by how they stand. One which failed after it had been materialized is in both. Sets of time
/// windows stay intervals: a definition may have a million of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PartitionSets {
    pub(crate) materialized: PartitionsSubset,
    pub(crate) failed: PartitionsSubset,
    pub(crate) in_progress: PartitionsSubset,
}

impl From<PartitionStatus> for PartitionSets {
    fn from(status: PartitionStatus) -> Self {
        let PartitionStatus { materialized, failed, in_progress } = status;
        Self { materialized, failed, in_progress }
    }
}

impl PartitionSets {
    /// Nothing was ever planned or made.
    pub(crate) fn empty(definition: &PartitionsDefinition) -> Self {
        PartitionStatus::empty(definition).into()
    }

    fn only_materialized(&self, context: &Context) -> Result<PartitionsSubset, ResolverError> {
        let later = self.failed.union(&self.in_progress, context)?;
        Ok(self.materialized.difference(&later, context)?)
    }

    pub(crate) fn stats(&self, partitions: &Partitions) -> Result<PartitionStats, ResolverError> {
        let context = &partitions.context;
        let count = |set: &PartitionsSubset| -> Result<i32, ResolverError> {
            Ok(i32::try_from(set.count(context)?).unwrap_or(i32::MAX))
        };
        Ok(PartitionStats {
            num_materialized: count(&self.only_materialized(context)?)?,
            num_partitions: partitions.count()?,
            num_failed: count(&self.failed.difference(&self.in_progress, context)?)?,
            num_materializing: count(&self.in_progress)?,
        })
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
        return Ok(TimePartitionStatuses { ranges: ranges(sets, windows, context)? }.into());
    }
    let sorted = |set: &PartitionsSubset| -> Result<Vec<String>, ResolverError> {
        let mut keys = set.keys(context)?;
        keys.sort_unstable();
        Ok(keys)
    };
    Ok(DefaultPartitionStatuses {
        materialized_partitions: sorted(&sets.only_materialized(context)?)?,
        failed_partitions: sorted(&sets.failed)?,
        unmaterialized_partitions: sets.materialized.keys_not_in(definition, context)?,
        materializing_partitions: sorted(&sets.in_progress)?,
    }
    .into())
}

/// Intervals of one status, by the status that counts where several hold.
fn ranges(
    sets: &PartitionSets,
    windows: &TimeWindowPartitions,
    context: &Context,
) -> Result<Vec<TimePartitionRangeStatus>, ResolverError> {
    fn intervals(set: &PartitionsSubset) -> &[TimeWindow] {
        match set {
            PartitionsSubset::TimeWindow(set) => set.windows(),
            PartitionsSubset::All(_) | PartitionsSubset::Keys(_) => &[],
        }
    }
    let flat = flatten(&[
        (PartitionRangeStatus::Materializing, intervals(&sets.in_progress)),
        (PartitionRangeStatus::Failed, intervals(&sets.failed)),
        (PartitionRangeStatus::Materialized, intervals(&sets.materialized)),
    ]);
    let range = |(window, status): (TimeWindow, PartitionRangeStatus)| {
        let keys = windows.range_of_window(window, Some(context.now))?;
        Ok(TimePartitionRangeStatus {
            start_time: window.start as f64,
            end_time: window.end as f64,
            start_key: keys.start,
            end_key: keys.end,
            status,
        })
    };
    flat.into_iter().map(range).collect()
}

/// The keys of the secondary dimension by how they stand.
#[derive(Default)]
struct SecondaryKeys {
    materialized: Vec<String>,
    failed: Vec<String>,
    in_progress: Vec<String>,
}

impl SecondaryKeys {
    fn into_sets(
        self,
        definition: &PartitionsDefinition,
        context: &Context,
    ) -> Result<PartitionSets, ResolverError> {
        let set = |keys: Vec<String>| PartitionsSubset::of_keys(definition, &keys, context);
        Ok(PartitionSets {
            materialized: set(self.materialized)?,
            failed: set(self.failed)?,
            in_progress: set(self.in_progress)?,
        })
    }
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
    let (_, secondary_definition) = dimension(secondary)?;
    let mut by_primary: BTreeMap<String, SecondaryKeys> = BTreeMap::new();
    type Part = fn(&mut SecondaryKeys) -> &mut Vec<String>;
    let sources: [(&PartitionsSubset, Part); 3] = [
        (&sets.materialized, |keys| &mut keys.materialized),
        (&sets.failed, |keys| &mut keys.failed),
        (&sets.in_progress, |keys| &mut keys.in_progress),
    ];
    for (set, part) in sources {
        for key in set.keys(context)? {
            let parts = multi.split(&key)?;
            let (Some(first), Some(second)) = (parts.get(primary), parts.get(secondary)) else {
                continue;
            };
            let of_key = match by_primary.get_mut(*first) {
                Some(of_key) => of_key,
                None => by_primary.entry((*first).to_owned()).or_default(),
            };
            part(of_key).push((*second).to_owned());
        }
    }
    let by_primary = by_primary
        .into_iter()
        .map(|(key, keys)| Ok((key, keys.into_sets(secondary_definition, context)?)))
        .collect::<Result<BTreeMap<String, PartitionSets>, ResolverError>>()?;
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
    use std::time::{Duration, Instant};

    use rondel_model::partition::PartitionsSnap;
    use serde_json::json;

    use super::*;

    fn definition(snap: serde_json::Value) -> PartitionsDefinition {
        let snap: PartitionsSnap = rondel_model::serdes::from_text(&snap.to_string()).unwrap();
        PartitionsDefinition::from_snap(&snap).unwrap()
    }

    /// A partition each hour since 1900.
    fn hourly() -> PartitionsDefinition {
        definition(json!({
            "__class__": "ExternalTimeWindowPartitionsDefinitionData",
            "start": -2_208_988_800.0, "timezone": "UTC", "fmt": "%Y-%m-%d-%H:%M",
            "end_offset": 0, "end": null, "cron_schedule": "0 * * * *",
        }))
    }

    fn windows(definition: &PartitionsDefinition, windows: Vec<TimeWindow>) -> PartitionsSubset {
        let PartitionsDefinition::TimeWindow(definition) = definition else { panic!("no windows") };
        PartitionsSubset::TimeWindow(rondel_partitions::TimeWindowSubset::new(
            std::sync::Arc::clone(definition),
            windows,
            None,
        ))
    }

    const HOUR: i64 = 3_600;
    const START: i64 = -2_208_988_800;
    const NOW: f64 = 1_763_700_000.0;

    #[test]
    fn a_partition_that_failed_after_it_was_materialized_counts_as_failed() {
        let definition = definition(json!({
            "__class__": "ExternalStaticPartitionsDefinitionData", "partition_keys": ["a", "b"],
        }));
        let context = Context::at(NOW);
        let set = |keys: &[&str]| PartitionsSubset::of_keys(&definition, keys, &context).unwrap();
        let sets = PartitionSets {
            materialized: set(&["a", "b"]),
            failed: set(&["b"]),
            in_progress: set(&[]),
        };
        let only = sets.only_materialized(&context).unwrap().keys(&context).unwrap();
        assert_eq!(only, ["a"]);
        let partitions = Partitions { definition, context };
        let stats = sets.stats(&partitions).unwrap();
        assert_eq!((stats.num_materialized, stats.num_failed, stats.num_partitions), (1, 1, 2));
    }

    #[test]
    fn a_million_windows_are_counted_and_told_as_ranges_at_once() {
        let definition = hourly();
        let context = Context::at(NOW);
        let at = |hours: i64| START + hours * HOUR;
        let sets = PartitionSets {
            materialized: windows(&definition, vec![TimeWindow::new(at(0), at(1_000_000))]),
            failed: windows(&definition, vec![TimeWindow::new(at(10), at(12))]),
            in_progress: windows(&definition, vec![TimeWindow::new(at(11), at(13))]),
        };
        let partitions = Partitions { definition, context };
        let began = Instant::now();
        let stats = sets.stats(&partitions).unwrap();
        let told = statuses(&sets, &partitions).unwrap();
        assert!(began.elapsed() < Duration::from_millis(200), "{:?}", began.elapsed());
        assert_eq!(
            (stats.num_materialized, stats.num_failed, stats.num_materializing),
            (999_997, 1, 2)
        );
        assert!(stats.num_partitions > 1_000_000);
        let AssetPartitionStatuses::TimePartitionStatuses(told) = told else { panic!("no ranges") };
        let told: Vec<_> = told
            .ranges
            .iter()
            .map(|it| (it.start_key.as_str(), it.end_key.as_str(), it.status))
            .collect();
        use PartitionRangeStatus::{Failed, Materialized, Materializing};
        assert_eq!(
            told,
            [
                ("1900-01-01-00:00", "1900-01-01-09:00", Materialized),
                ("1900-01-01-10:00", "1900-01-01-10:00", Failed),
                ("1900-01-01-11:00", "1900-01-01-12:00", Materializing),
                ("1900-01-01-13:00", "2014-01-29-15:00", Materialized),
            ]
        );
    }

    #[test]
    fn a_hundred_thousand_products_are_told_as_ranges_of_one_dimension() {
        let keys = |count: usize, letter: &str| -> Vec<String> {
            (0..count).map(|index| format!("{letter}{index:04}")).collect()
        };
        let (first, second) = (keys(1_000, "a"), keys(100, "b"));
        let fixed = |keys: &[String]| json!({"__class__": "ExternalStaticPartitionsDefinitionData", "partition_keys": keys});
        let dimension = |name: &str, keys: &[String]| {
            json!({
                "__class__": "ExternalPartitionDimensionDefinition",
                "name": name, "external_partitions_def_data": fixed(keys),
            })
        };
        let definition = definition(json!({
            "__class__": "ExternalMultiPartitionsDefinitionData",
            "external_partition_dimension_definitions": [dimension("x", &first), dimension("y", &second)],
        }));
        let context = Context::at(NOW);
        let mut sets = PartitionSets::empty(&definition);
        sets.materialized = PartitionsSubset::all(&definition, &context).unwrap();
        let failed = ["a0500|b0003"];
        sets.failed = PartitionsSubset::of_keys(&definition, &failed, &context).unwrap();
        let partitions = Partitions { definition, context };
        let began = Instant::now();
        let told = statuses(&sets, &partitions).unwrap();
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let AssetPartitionStatuses::MultiPartitionStatuses(told) = told else {
            panic!("no ranges")
        };
        let ends: Vec<_> = told
            .ranges
            .iter()
            .map(|it| (it.primary_dim_start_key.as_str(), it.primary_dim_end_key.as_str()))
            .collect();
        assert_eq!(ends, [("a0000", "a0499"), ("a0500", "a0500"), ("a0501", "a0999")]);
    }
}
