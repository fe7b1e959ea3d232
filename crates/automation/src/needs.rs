//! Which facts the conditions of a tick will ask for, so that they can be read in batches beforehand.
//!
//! Walks the conditions exactly as the evaluation does, without results: what a condition looks at
//! depends on the graph and on the id of the last event its entity remembers. What an entity needs is noted
//! by places in the graph and can be kept until that id changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rondel_model::automation::AutoMaterializeRule;
use rondel_model::ids::{AssetCheckKey, AssetKey};

use crate::condition::{Condition, Kind};
use crate::cursor::DaemonCursor;
use crate::error::{AutomationError, Result};
use crate::evaluate::neighbours;
use crate::graph::{AutomationGraph, Entity};
use crate::key::Key;

/// Since when events count: after an id, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Since {
    /// All of them.
    Always,
    /// Those with a greater id.
    Event(i64),
}

/// The facts to observe.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Latest materializations; of observable assets also the latest observation.
    pub events: BTreeSet<AssetKey>,
    /// Latest planned materializations and what became of them.
    pub planned: BTreeSet<AssetKey>,
    /// Freshness states.
    pub freshness: BTreeSet<AssetKey>,
    /// Which partitions are materialized, failed or in progress.
    pub partition_status: BTreeSet<AssetKey>,
    /// Latest event ids by partition, since when.
    pub latest_by_partition: BTreeMap<AssetKey, Since>,
    /// Data versions as of event ids.
    pub data_versions: BTreeSet<(AssetKey, i64)>,
    /// Materializations after an event id.
    pub updates: BTreeMap<AssetKey, i64>,
    /// Latest executions of checks.
    pub checks: BTreeSet<AssetCheckKey>,
    /// Latest executions of partitions of checks.
    pub check_partitions: BTreeSet<AssetCheckKey>,
    /// The runs of the latest materializations.
    pub latest_runs: BTreeSet<AssetKey>,
    /// Assets whose latest run may have been to make a child as well.
    pub planned_with: BTreeSet<AssetKey>,
    /// Children with parents whose data versions count: those as of when the child was made.
    pub versioned_parents: BTreeSet<(AssetKey, AssetKey)>,
    /// The first events after the latest tick of a cron schedule in a time zone.
    pub first_after: BTreeSet<(AssetKey, String, String)>,
    /// As of when data is, in every respect.
    pub data_times: BTreeSet<AssetKey>,
    /// As of when data is now.
    pub current_data_times: BTreeSet<AssetKey>,
    /// Backfills in progress.
    pub backfills: bool,
    /// Names of dynamic partitions definitions.
    pub dynamic_partitions: BTreeSet<String>,
}

/// What is needed of one entity for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Events,
    Planned,
    Freshness,
    PartitionStatus,
    LatestByPartition(Since),
    DataVersions(i64),
    Updates(i64),
    Checks,
    CheckPartitions,
    LatestRuns,
    PlannedWith,
    /// As the parent of the one at this place.
    VersionedParent(usize),
    DataTimes,
    CurrentDataTime,
    Backfills,
}

/// What the evaluation of an entity needs, of what is at which places.
#[derive(Debug, Clone, Default)]
pub(crate) struct EntityNeeds {
    needs: Vec<(usize, Need)>,
    /// Ticks after which the first event of a place is asked about.
    first_after: Vec<(usize, String, String)>,
    /// Assets checked that are not in the graph.
    unknown: Vec<AssetKey>,
}

impl EntityNeeds {
    /// `previous`: the id of the last event the entity remembers; none if it remembers nothing.
    pub(crate) fn of(
        graph: &AutomationGraph,
        entity: &Entity,
        previous: Option<Option<i64>>,
    ) -> Result<Self> {
        let mut walk = Walk { graph, previous, found: Self::default() };
        if let Some(condition) = &entity.condition {
            walk.visit(condition, &entity.key, &mut Vec::new())?;
        }
        walk.found.needs.shrink_to_fit();
        Ok(walk.found)
    }
}

impl Needs {
    /// What evaluating the entities with the cursor takes.
    ///
    /// # Errors
    /// Entities without condition or outside of the graph, selections that cannot be resolved.
    pub fn of(
        graph: &AutomationGraph,
        keys: &BTreeSet<Key>,
        cursor: &DaemonCursor,
    ) -> Result<Self> {
        let mut total = Total::new(graph);
        for key in keys {
            let entity = graph.get(key)?;
            let previous = cursor.of(key).map(|cursor| cursor.last_event_id);
            total.add(&EntityNeeds::of(graph, entity, previous)?);
        }
        Ok(total.finish())
    }
}

/// The needs of several entities, put together by place.
#[derive(Debug)]
pub(crate) struct Total<'a> {
    graph: &'a AutomationGraph,
    flags: Vec<Flags>,
    since: Vec<Option<Since>>,
    needs: Needs,
}

/// What is needed of one place, one bit for each kind.
type Flags = u16;

const EVENTS: Flags = 1;
const PLANNED: Flags = 1 << 1;
const FRESHNESS: Flags = 1 << 2;
const PARTITION_STATUS: Flags = 1 << 3;
const CHECKS: Flags = 1 << 4;
const CHECK_PARTITIONS: Flags = 1 << 5;
const LATEST_RUNS: Flags = 1 << 6;
const PLANNED_WITH: Flags = 1 << 7;
const DATA_TIMES: Flags = 1 << 8;
const CURRENT_DATA_TIME: Flags = 1 << 9;

impl<'a> Total<'a> {
    pub(crate) fn new(graph: &'a AutomationGraph) -> Self {
        let count = graph.entities().len();
        Self { graph, flags: vec![0; count], since: vec![None; count], needs: Needs::default() }
    }

    pub(crate) fn add(&mut self, entity: &EntityNeeds) {
        for (place, need) in &entity.needs {
            let asset = || self.graph.at(*place).key.as_asset().cloned();
            self.flags[*place] |= match need {
                Need::Events => EVENTS,
                Need::Planned => PLANNED,
                Need::Freshness => FRESHNESS,
                Need::PartitionStatus => PARTITION_STATUS,
                Need::Checks => CHECKS,
                Need::CheckPartitions => CHECK_PARTITIONS,
                Need::LatestRuns => LATEST_RUNS,
                Need::PlannedWith => PLANNED_WITH,
                Need::DataTimes => DATA_TIMES,
                Need::CurrentDataTime => CURRENT_DATA_TIME,
                Need::LatestByPartition(since) => {
                    let earliest = self.since[*place].map_or(*since, |known| known.min(*since));
                    self.since[*place] = Some(earliest);
                    0
                }
                Need::DataVersions(before) => {
                    self.needs.data_versions.extend(asset().map(|asset| (asset, *before)));
                    0
                }
                Need::Updates(after) => {
                    if let Some(asset) = asset() {
                        let earliest = self.needs.updates.entry(asset).or_insert(*after);
                        *earliest = (*after).min(*earliest);
                    }
                    0
                }
                Need::VersionedParent(child) => {
                    let child = self.graph.at(*child).key.as_asset().cloned();
                    self.needs.versioned_parents.extend(child.zip(asset()));
                    0
                }
                Need::Backfills => {
                    self.needs.backfills = true;
                    0
                }
            };
        }
        for (place, schedule, timezone) in &entity.first_after {
            if let Some(asset) = self.graph.at(*place).key.as_asset() {
                let asked = (asset.clone(), schedule.clone(), timezone.clone());
                self.needs.first_after.insert(asked);
            }
        }
        self.needs.events.extend(entity.unknown.iter().cloned());
        self.needs.latest_runs.extend(entity.unknown.iter().cloned());
    }

    pub(crate) fn finish(self) -> Needs {
        let Self { graph, flags, since, mut needs } = self;
        let assets = graph.assets();
        let assets_with = |kind: Flags| {
            let places = assets.places_by_key().filter(|&place| flags[place] & kind != 0);
            places.map(|place| assets.node(place).key.clone()).collect::<BTreeSet<AssetKey>>()
        };
        let checks_with = |kind: Flags| {
            let entities = graph.entities().zip(&flags).filter(|(_, flags)| *flags & kind != 0);
            let checks = entities.filter_map(|(entity, _)| entity.key.as_check().cloned());
            checks.collect::<BTreeSet<AssetCheckKey>>()
        };
        needs.events.append(&mut assets_with(EVENTS));
        needs.latest_runs.append(&mut assets_with(LATEST_RUNS));
        needs.planned = assets_with(PLANNED);
        needs.freshness = assets_with(FRESHNESS);
        needs.partition_status = assets_with(PARTITION_STATUS);
        needs.planned_with = assets_with(PLANNED_WITH);
        needs.data_times = assets_with(DATA_TIMES);
        needs.current_data_times = assets_with(CURRENT_DATA_TIME);
        needs.checks = checks_with(CHECKS);
        needs.check_partitions = checks_with(CHECK_PARTITIONS);
        let places = assets.places_by_key();
        needs.latest_by_partition = places
            .filter_map(|place| Some((assets.node(place).key.clone(), since[place]?)))
            .collect();
        needs.dynamic_partitions.clone_from(graph.dynamic_names());
        needs
    }
}

struct Walk<'a> {
    graph: &'a AutomationGraph,
    /// The event id of the root's last tick; the outer `None` on the first tick.
    previous: Option<Option<i64>>,
    found: EntityNeeds,
}

impl Walk<'_> {
    fn visit(
        &mut self,
        node: &Arc<Condition>,
        key: &Key,
        above: &mut Vec<Arc<Condition>>,
    ) -> Result<()> {
        self.note(node, key)?;
        above.push(Arc::clone(node));
        let result = self.descend(node, key, above);
        above.pop();
        result
    }

    fn descend(
        &mut self,
        node: &Arc<Condition>,
        key: &Key,
        above: &mut Vec<Arc<Condition>>,
    ) -> Result<()> {
        for (child, key) in neighbours::looked_at(self.graph, node, key, above)? {
            self.visit(&child, &key, above)?;
        }
        Ok(())
    }

    fn note(&mut self, node: &Condition, key: &Key) -> Result<()> {
        let graph = self.graph;
        let place = graph.place(key).ok_or_else(|| AutomationError::NotInGraph(key.clone()))?;
        let partitioned = graph.partitions(key)?.is_some();
        let Key::Asset(asset) = key else {
            if let Key::Check(check) = key {
                self.note_check(node, place, check, partitioned);
            }
            return Ok(());
        };
        let known = graph.assets().get(asset);
        match &node.kind {
            Kind::Missing => {
                self.add(place, Need::Events);
                if known.is_some_and(|node| node.is_materializable()) {
                    if partitioned {
                        self.add(place, Need::PartitionStatus);
                    }
                } else if partitioned {
                    self.add(place, Need::LatestByPartition(Since::Always));
                }
            }
            Kind::RunInProgress | Kind::ExecutionFailed => {
                self.add(place, Need::Events);
                let status = if partitioned { Need::PartitionStatus } else { Need::Planned };
                self.add(place, status);
            }
            Kind::BackfillInProgress => self.add(place, Need::Backfills),
            Kind::NewlyUpdated | Kind::DataVersionChanged => {
                let Some(previous) = self.previous else { return Ok(()) };
                self.add(place, Need::Events);
                if partitioned {
                    let since = previous.map_or(Since::Always, Since::Event);
                    self.add(place, Need::LatestByPartition(since));
                }
                let by_version = matches!(node.kind, Kind::DataVersionChanged)
                    || known.is_some_and(|node| node.is_observable());
                if let Some(previous) = previous.filter(|_| by_version) {
                    self.add(place, Need::DataVersions(previous));
                }
            }
            Kind::Rule(rule) => self.note_rule(rule, place, asset)?,
            Kind::FreshnessResult(_) => self.add(place, Need::Freshness),
            Kind::LatestRunExecutedWithRootTarget | Kind::LatestRunExecutedWithTags(_) => {
                self.add(place, Need::Events);
                self.add(place, Need::LatestRuns);
            }
            Kind::NewUpdatesHaveRunTags(..) => {
                let Some(previous) = self.previous.flatten().filter(|id| *id != 0) else {
                    return Ok(());
                };
                self.add(place, Need::Events);
                self.add(place, Need::Updates(previous));
            }
            _ => {}
        }
        Ok(())
    }

    /// Rules look at the asset and at everything above it.
    fn note_rule(
        &mut self,
        rule: &AutoMaterializeRule,
        place: usize,
        asset: &AssetKey,
    ) -> Result<()> {
        let graph = self.graph;
        let assets = graph.assets();
        let is_observable = |place: usize| assets.node(place).is_observable();
        let parents = |place: usize| {
            let parents = assets.node(place).parents().iter();
            parents.filter_map(|parent| assets.index_of(parent)).collect::<Vec<usize>>()
        };
        // Whose updates a rule compares with what was made of them: of the asset, or of all above it too.
        let compares = |above: usize| match rule {
            AutoMaterializeRule::SkipOnParentOutdated(_) => true,
            AutoMaterializeRule::MaterializeOnParentUpdated(_)
            | AutoMaterializeRule::SkipOnNotAllParentsUpdated(_) => above == place,
            _ => false,
        };
        let above = assets.ancestors(asset).into_iter().chain([asset]);
        for above in above.filter_map(|above| assets.index_of(above)) {
            self.add(above, Need::Events);
            if graph.partitions(&graph.at(above).key)?.is_some() {
                self.add(above, Need::LatestByPartition(Since::Always));
            }
            let all_count = graph.respects_data_versions() && compares(above);
            let counts = |parent: &usize| all_count || is_observable(*parent);
            for parent in parents(above).into_iter().filter(counts) {
                self.add(parent, Need::VersionedParent(above));
            }
        }
        if graph.partitions(&graph.at(place).key)?.is_some() {
            self.add(place, Need::PartitionStatus);
        }
        if !graph.freshness_policies(asset).is_empty() {
            let decides = matches!(rule, AutoMaterializeRule::MaterializeOnRequiredForFreshness(_));
            self.add(place, if decides { Need::DataTimes } else { Need::CurrentDataTime });
            for parent in parents(place) {
                self.add(parent, Need::CurrentDataTime);
            }
        }
        for parent in parents(place) {
            self.add(parent, Need::PlannedWith);
            if let Some(previous) = self.previous.flatten().filter(|_| is_observable(parent)) {
                self.add(parent, Need::DataVersions(previous));
            }
        }
        match rule {
            AutoMaterializeRule::SkipOnBackfillInProgress(_) => self.add(place, Need::Backfills),
            AutoMaterializeRule::SkipOnRunInProgress(_) => self.add(place, Need::Planned),
            AutoMaterializeRule::MaterializeOnCron(rule) => {
                self.ask_since(place, &rule.cron_schedule, &rule.timezone);
            }
            AutoMaterializeRule::SkipOnNotAllParentsUpdatedSinceCron(rule) => {
                for parent in parents(place) {
                    self.ask_since(parent, &rule.cron_schedule, &rule.timezone);
                    if graph.at(parent).definition().is_some() {
                        self.add(parent, Need::PartitionStatus);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_check(
        &mut self,
        node: &Condition,
        place: usize,
        check: &AssetCheckKey,
        partitioned: bool,
    ) {
        let asks = matches!(
            node.kind,
            Kind::Missing
                | Kind::RunInProgress
                | Kind::ExecutionFailed
                | Kind::CheckResult { .. }
                | Kind::NewlyUpdated
                | Kind::LatestRunExecutedWithRootTarget
                | Kind::LatestRunExecutedWithTags(_)
        );
        if !asks {
            return;
        }
        self.add(place, Need::Checks);
        if partitioned {
            self.add(place, Need::CheckPartitions);
        }
        match self.graph.assets().index_of(&check.asset_key) {
            Some(asset) => {
                self.add(asset, Need::Events);
                self.add(asset, Need::LatestRuns);
            }
            None => self.found.unknown.push(check.asset_key.clone()),
        }
    }

    fn ask_since(&mut self, place: usize, schedule: &str, timezone: &str) {
        self.found.first_after.push((place, schedule.to_owned(), timezone.to_owned()));
    }

    fn add(&mut self, place: usize, need: Need) {
        if !self.found.needs.contains(&(place, need)) {
            self.found.needs.push((place, need));
        }
    }
}
