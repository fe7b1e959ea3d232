//! The partitions a new run is about: told by its tags, resolved against its assets.
//!
//! Mirrors the partition parts of `construct_run_with_snapshots` and
//! `DagsterRun.get_resolved_partitions_subset_for_events`. A run names one partition
//! (`dagster/partition`) or a range (`dagster/asset_partition_range_start` and `…_end`).

use std::collections::HashMap;

use rondel_cron::{CronSchedule, Direction, Zone};
use rondel_model::ids::{AssetCheckKey, AssetKey};
use rondel_model::partition::{
    Exclusion, KeyRangesPartitionsSubset, PartitionKeyRange, PartitionsSnap, PartitionsSubset,
    PersistedTimeWindow, TimeWindowPartitionsDefinition, TimeWindowPartitionsSnap,
    TimeWindowPartitionsSubset, TimestampWithTimezone,
};
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::{Extra, Map, Number};
use rondel_model::snap::ExecutionPlanSnapshot;
use rondel_partitions::PartitionsDefinition;

use super::create::NewRun;
use super::job::ResolvedJob;
use crate::error::InstanceError;
use crate::instance::Instance;

/// What a run's tags ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Requested {
    Nothing,
    One(String),
    Range(String, String),
}

impl Requested {
    fn of(run_tags: &Map<String>) -> Result<Self, InstanceError> {
        let tag = |key: &str| run_tags.get(key).cloned();
        let one = tag(tags::PARTITION_NAME_TAG);
        let start = tag(tags::ASSET_PARTITION_RANGE_START_TAG);
        let end = tag(tags::ASSET_PARTITION_RANGE_END_TAG);
        match (one, start, end) {
            (Some(_), Some(_), Some(_)) => Err(InstanceError::Partitions(format!(
                "Cannot have {} or {} tags set along with {}",
                tags::ASSET_PARTITION_RANGE_START_TAG,
                tags::ASSET_PARTITION_RANGE_END_TAG,
                tags::PARTITION_NAME_TAG
            ))),
            (_, Some(start), Some(end)) => Ok(Self::Range(start, end)),
            (one, None, None) => Ok(one.map_or(Self::Nothing, Self::One)),
            _ => Err(InstanceError::Partitions(format!(
                "Cannot have {} or {} set without the other",
                tags::ASSET_PARTITION_RANGE_START_TAG,
                tags::ASSET_PARTITION_RANGE_END_TAG
            ))),
        }
    }

    fn bounds(&self) -> Option<(&str, &str)> {
        match self {
            Self::Nothing => None,
            Self::One(key) => Some((key, key)),
            Self::Range(start, end) => Some((start, end)),
        }
    }
}

/// Partitions of one asset or check.
#[derive(Debug, Clone)]
pub(super) struct PlannedSubset {
    pub(super) keys: Vec<String>,
}

/// The partitions of a run, before it is recorded.
#[derive(Debug)]
pub(super) struct RunPartitions {
    requested: Requested,
    of_run: Option<PartitionsSubset>,
    /// Keys of a time-window subset of the run.
    keys_of_run: Vec<String>,
    /// Keys of dynamic definitions, where a range needs them.
    dynamic_keys: HashMap<String, Vec<String>>,
    /// Unix seconds.
    now: f64,
}

impl RunPartitions {
    /// Reads the tags and what they refer to.
    pub(super) async fn of(
        instance: &Instance,
        new_run: &NewRun,
        plan: Option<&impl std::ops::Deref<Target = ExecutionPlanSnapshot>>,
    ) -> Result<Self, InstanceError> {
        let requested = Requested::of(&new_run.tags)?;
        let mut partitions = Self {
            requested,
            of_run: None,
            keys_of_run: Vec::new(),
            dynamic_keys: HashMap::new(),
            now: instance.now().seconds(),
        };
        let (Some(plan), Some((start, end))) = (plan, partitions.requested.bounds()) else {
            return Ok(partitions);
        };
        let (start, end) = (start.to_owned(), end.to_owned());
        if let Requested::Range(..) = partitions.requested {
            partitions.load_dynamic_keys(instance, &new_run.job).await?;
        }
        // of several partitioned assets the last one decides, as in Dagster
        match last_definition(plan, &new_run.job) {
            Some(PartitionsSnap::TimeWindow(snap)) => {
                let windows = TimeWindows::new(snap)?;
                let (keys, subset) = windows.subset(&start, &end)?;
                partitions.keys_of_run = keys;
                partitions.of_run = Some(PartitionsSubset::TimeWindow(Box::new(subset)));
            }
            Some(snap @ PartitionsSnap::Dynamic(_)) => {
                let subset = KeyRangesPartitionsSubset {
                    key_ranges: vec![PartitionKeyRange { start, end, extra: Extra::default() }],
                    partitions_snap: snap.clone(),
                    extra: Extra::default(),
                };
                partitions.of_run = Some(PartitionsSubset::KeyRanges(Box::new(subset)));
            }
            _ => {}
        }
        Ok(partitions)
    }

    /// What the run records: only forms that stay small.
    pub(super) fn subset_of_run(&self) -> Option<&PartitionsSubset> {
        self.of_run.as_ref()
    }

    async fn load_dynamic_keys(
        &mut self,
        instance: &Instance,
        job: &ResolvedJob,
    ) -> Result<(), InstanceError> {
        for node in &job.repository().snap.asset_nodes {
            let dimensions = match node.partitions.as_deref() {
                Some(PartitionsSnap::Multi(multi)) => {
                    multi.partition_dimensions.iter().map(|inner| &inner.partitions).collect()
                }
                simple => simple.into_iter().collect::<Vec<_>>(),
            };
            for partitions in dimensions {
                if let PartitionsSnap::Dynamic(dynamic) = partitions
                    && !self.dynamic_keys.contains_key(&dynamic.name)
                {
                    let store = instance.storage().dynamic_partitions();
                    let keys = store.get(&dynamic.name).await?;
                    self.dynamic_keys.insert(dynamic.name.clone(), keys);
                }
            }
        }
        Ok(())
    }

    fn resolve(&self, snap: &PartitionsSnap) -> Result<Option<PlannedSubset>, InstanceError> {
        let Some((start, end)) = self.requested.bounds() else { return Ok(None) };
        let keys = match (snap, &self.requested) {
            (PartitionsSnap::TimeWindow(snap), _) => TimeWindows::new(snap)?.subset(start, end)?.0,
            (_, Requested::One(key)) => vec![key.clone()],
            (PartitionsSnap::Static(snap), _) => slice(&snap.partition_keys, start, end)?,
            (PartitionsSnap::Dynamic(snap), _) => {
                let keys = self.dynamic_keys.get(&snap.name).map(Vec::as_slice);
                slice(keys.unwrap_or_default(), start, end)?
            }
            (PartitionsSnap::Multi(_) | PartitionsSnap::Unknown(_), _) => {
                let range = PartitionKeyRange {
                    start: start.to_owned(),
                    end: end.to_owned(),
                    extra: Extra::default(),
                };
                let context = self
                    .dynamic_keys
                    .iter()
                    .fold(rondel_partitions::Context::at(self.now), |context, (name, keys)| {
                        context.with_dynamic_keys(name, keys.iter().cloned())
                    });
                PartitionsDefinition::from_snap(snap)
                    .and_then(|definition| definition.keys_in_range(&range, &context))
                    .map_err(|error| InstanceError::Partitions(error.to_string()))?
            }
        };
        Ok(Some(PlannedSubset { keys }))
    }
}

fn last_definition<'a>(
    plan: &ExecutionPlanSnapshot,
    job: &'a ResolvedJob,
) -> Option<&'a PartitionsSnap> {
    let properties = |output: &rondel_model::snap::ExecutionStepOutputSnap| {
        output.properties.as_ref().and_then(|properties| properties.asset_key.clone())
    };
    let keys = plan.steps.iter().rev().flat_map(|step| step.outputs.iter().rev());
    let nodes = &job.repository().snap.asset_nodes;
    keys.filter_map(properties)
        .find_map(|key| nodes.iter().find(|node| node.asset_key == key))
        .and_then(|node| node.partitions.as_deref())
}

fn slice(keys: &[String], start: &str, end: &str) -> Result<Vec<String>, InstanceError> {
    let position = |wanted: &str| {
        keys.iter().position(|key| key == wanted).ok_or_else(|| {
            InstanceError::Partitions(format!("Partition key {wanted} does not exist"))
        })
    };
    let (first, last) = (position(start)?, position(end)?);
    Ok(keys.get(first..=last).map(<[String]>::to_vec).unwrap_or_default())
}

/// The partitions each planned event of a run is about.
pub(super) struct PlannedPartitions<'a> {
    partitions: &'a RunPartitions,
    is_partitioned: bool,
    assets: HashMap<&'a AssetKey, &'a PartitionsSnap>,
    checks: HashMap<(&'a AssetKey, &'a str), &'a PartitionsSnap>,
}

impl<'a> PlannedPartitions<'a> {
    pub(super) fn new(
        run: &DagsterRun,
        job: &'a ResolvedJob,
        partitions: &'a RunPartitions,
    ) -> Self {
        let is_partitioned = run.is_partitioned();
        let mut planned =
            Self { partitions, is_partitioned, assets: HashMap::new(), checks: HashMap::new() };
        if is_partitioned {
            let snap = &job.repository().snap;
            for node in &snap.asset_nodes {
                planned.assets.extend(node.partitions.as_deref().map(|p| (&node.asset_key, p)));
            }
            for node in snap.asset_check_nodes.iter().flatten() {
                let key = (&node.asset_key, node.name.as_str());
                planned.checks.extend(node.partitions_def_snapshot.as_ref().map(|p| (key, p)));
            }
        }
        planned
    }

    pub(super) fn of_asset(&self, key: &AssetKey) -> Result<Option<PlannedSubset>, InstanceError> {
        self.of(self.assets.get(key).copied())
    }

    pub(super) fn of_check(
        &self,
        key: &AssetCheckKey,
    ) -> Result<Option<PlannedSubset>, InstanceError> {
        self.of(self.checks.get(&(&key.asset_key, key.name.as_str())).copied())
    }

    fn of(&self, snap: Option<&PartitionsSnap>) -> Result<Option<PlannedSubset>, InstanceError> {
        if !self.is_partitioned {
            return Ok(None);
        }
        match (&self.partitions.of_run, snap) {
            // a time-window subset of the run holds for all of its assets
            (Some(PartitionsSubset::TimeWindow(_)), _) => {
                Ok(Some(PlannedSubset { keys: self.partitions.keys_of_run.clone() }))
            }
            (_, Some(snap)) => self.partitions.resolve(snap),
            (_, None) => Ok(None),
        }
    }
}

/// Time windows of one definition.
struct TimeWindows<'a> {
    snap: &'a TimeWindowPartitionsSnap,
    schedule: CronSchedule,
    zone: Zone,
}

impl<'a> TimeWindows<'a> {
    fn new(snap: &'a TimeWindowPartitionsSnap) -> Result<Self, InstanceError> {
        let cron = snap.cron_schedule.as_deref().ok_or_else(|| {
            InstanceError::Partitions(
                "a time-window partitions definition without a cron schedule comes from a Dagster \
                 too old to be supported: upgrade the code location"
                    .to_owned(),
            )
        })?;
        let broken = |error: rondel_cron::CronError| InstanceError::Partitions(error.to_string());
        Ok(Self {
            snap,
            schedule: CronSchedule::parse(cron).map_err(broken)?,
            zone: Zone::named(snap.timezone.as_deref()).map_err(broken)?,
        })
    }

    /// The partitions from one key to another, both included, as keys and as windows.
    fn subset(
        &self,
        start: &str,
        end: &str,
    ) -> Result<(Vec<String>, TimeWindowPartitionsSubset), InstanceError> {
        let (first, _) = self.window_of(start)?;
        let (last, last_end) = self.window_of(end)?;
        let mut keys = Vec::new();
        for tick in self.ticks(first)? {
            let tick = tick.map_err(|error| InstanceError::Partitions(error.to_string()))?;
            if tick > last {
                break;
            }
            if !self.is_excluded(tick)? {
                keys.push(self.key(tick)?);
            }
        }
        let zone = self.zone.name().to_owned();
        let at = |timestamp: i64| TimestampWithTimezone {
            timestamp: Number::Float(timestamp as f64),
            timezone: zone.clone(),
            extra: Extra::default(),
        };
        let window =
            PersistedTimeWindow { start: at(first), end: at(last_end), ..Default::default() };
        let subset = TimeWindowPartitionsSubset {
            partitions_def: self.definition(),
            num_partitions: i64::try_from(keys.len()).ok(),
            included_time_windows: vec![window],
            extra: Extra::default(),
        };
        Ok((keys, subset))
    }

    fn definition(&self) -> TimeWindowPartitionsDefinition {
        let snap = self.snap;
        let zone = self.zone.name().to_owned();
        let at = |timestamp: f64| TimestampWithTimezone {
            timestamp: Number::Float(timestamp),
            timezone: zone.clone(),
            extra: Extra::default(),
        };
        TimeWindowPartitionsDefinition {
            start: at(snap.start),
            timezone: zone.clone(),
            end: snap.end.map(at),
            fmt: snap.fmt.clone(),
            end_offset: snap.end_offset,
            cron_schedule: snap.cron_schedule.clone().unwrap_or_default(),
            exclusions: snap.exclusions.clone(),
            extra: Extra::default(),
        }
    }

    /// Start and end of a key's window, in Unix seconds.
    fn window_of(&self, key: &str) -> Result<(i64, i64), InstanceError> {
        let broken = |reason: String| {
            InstanceError::Partitions(format!(
                "{key:?} is not a partition key of the form {}: {reason}",
                self.snap.fmt
            ))
        };
        let parsed = jiff::fmt::strtime::BrokenDownTime::parse(&self.snap.fmt, key)
            .map_err(|error| broken(error.to_string()))?;
        let year = parsed.year().ok_or_else(|| broken("no year".to_owned()))?;
        let civil = jiff::civil::DateTime::new(
            year,
            parsed.month().unwrap_or(1),
            parsed.day().unwrap_or(1),
            parsed.hour().unwrap_or(0),
            parsed.minute().unwrap_or(0),
            parsed.second().unwrap_or(0),
            0,
        );
        let civil = civil.map_err(|error| broken(error.to_string()))?;
        let timestamp = match parsed.offset() {
            Some(offset) => offset.to_timestamp(civil),
            None => civil.to_zoned(self.zone.time_zone().clone()).map(|zoned| zoned.timestamp()),
        };
        let timestamp = timestamp.map_err(|error| broken(error.to_string()))?.as_second();
        let mut ticks = self.ticks(timestamp)?;
        let mut next = || match ticks.next() {
            Some(Ok(tick)) => Ok(tick),
            Some(Err(error)) => Err(broken(error.to_string())),
            None => Err(broken("no window starts there".to_owned())),
        };
        Ok((next()?, next()?))
    }

    fn ticks(&self, from: i64) -> Result<rondel_cron::Ticks<'_>, InstanceError> {
        self.schedule
            .ticks(&self.zone, from as f64, Direction::Forward)
            .map_err(|error| InstanceError::Partitions(error.to_string()))
    }

    fn key(&self, tick: i64) -> Result<String, InstanceError> {
        let broken = |error: jiff::Error| InstanceError::Partitions(error.to_string());
        let start = jiff::Timestamp::from_second(tick).map_err(broken)?;
        let zoned = start.to_zoned(self.zone.time_zone().clone());
        jiff::fmt::strtime::format(&self.snap.fmt, &zoned).map_err(broken)
    }

    fn is_excluded(&self, tick: i64) -> Result<bool, InstanceError> {
        for exclusion in self.snap.exclusions.iter().flatten() {
            let excluded = match exclusion {
                Exclusion::Instant(instant) => {
                    (instant.timestamp.as_f64() - tick as f64).abs() < 0.5
                }
                Exclusion::Cron(cron) => CronSchedule::parse(cron)
                    .and_then(|schedule| schedule.next_from(&self.zone, tick as f64))
                    .map(|next| next == tick)
                    .map_err(|error| InstanceError::Partitions(error.to_string()))?,
            };
            if excluded {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
