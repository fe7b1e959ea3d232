//! Which facts the conditions of a tick will ask for, so that they can be read in batches beforehand.
//!
//! Walks the conditions exactly as the evaluation does, without results: what a condition looks at
//! depends on the graph and on the cursor only.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rondel_model::automation::AutoMaterializeRule;
use rondel_model::ids::{AssetCheckKey, AssetKey};

use crate::condition::{Condition, Kind};
use crate::cursor::DaemonCursor;
use crate::error::Result;
use crate::evaluate::neighbours;
use crate::graph::AutomationGraph;
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
    /// Observable parents beside their children: data versions as of when the child was made.
    pub observed_parents: BTreeSet<(AssetKey, AssetKey)>,
    /// Backfills in progress.
    pub backfills: bool,
    /// Names of dynamic partitions definitions.
    pub dynamic_partitions: BTreeSet<String>,
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
        let mut needs = Self::default();
        for entity in graph.entities() {
            if let Ok(Some(definition)) = graph.partitions(&entity.key) {
                let names = definition.dynamic_names().into_iter().map(str::to_owned);
                needs.dynamic_partitions.extend(names);
            }
        }
        let mut seen = HashSet::new();
        for key in keys {
            let Some(condition) = &graph.get(key)?.condition else { continue };
            let previous = cursor.of(key).map(|cursor| cursor.last_event_id);
            let mut walk = Walk { graph, needs: &mut needs, previous, seen: &mut seen };
            walk.visit(condition, key, &mut Vec::new())?;
        }
        Ok(needs)
    }
}

/// Address of a condition, the entity it is evaluated for, and the cursor of the root.
type Visited = (usize, Key, Option<Option<i64>>);

struct Walk<'a> {
    graph: &'a AutomationGraph,
    needs: &'a mut Needs,
    /// The event id of the root's last tick; the outer `None` on the first tick.
    previous: Option<Option<i64>>,
    seen: &'a mut HashSet<Visited>,
}

impl Walk<'_> {
    fn visit(&mut self, node: &Arc<Condition>, key: &Key, above: &mut Vec<String>) -> Result<()> {
        let address = Arc::as_ptr(node) as usize;
        // Nodes made on the way may share an address with earlier ones; they are cheap.
        if node.stored.is_some()
            && !matches!(node.kind, Kind::EntityMatches(_) | Kind::AnyDownstreamConditions)
            && !contains_downstream(node)
            && !self.seen.insert((address, key.clone(), self.previous))
        {
            return Ok(());
        }
        self.note(node, key)?;
        above.push(node.identity.clone());
        let result = self.descend(node, key, above);
        above.pop();
        result
    }

    fn descend(&mut self, node: &Arc<Condition>, key: &Key, above: &mut Vec<String>) -> Result<()> {
        match &node.kind {
            Kind::EntityMatches(other) => {
                for child in &node.children {
                    self.visit(child, other, above)?;
                }
            }
            Kind::Deps { .. } | Kind::Checks { .. } | Kind::JobRoots(_) => {
                for child in neighbours::conditions(self.graph, node, key)? {
                    self.visit(&child, key, above)?;
                }
            }
            Kind::AnyDownstreamConditions => {
                for child in
                    neighbours::downstream(self.graph, key, &|id| above.iter().any(|a| a == id))
                {
                    self.visit(&child.1, key, above)?;
                }
            }
            _ => {
                for child in &node.children {
                    self.visit(child, key, above)?;
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, node: &Condition, key: &Key) -> Result<()> {
        let partitioned = self.graph.partitions(key)?.is_some();
        let Key::Asset(asset) = key else {
            if let Key::Check(check) = key {
                self.note_check(node, check, partitioned);
            }
            return Ok(());
        };
        let known = self.graph.assets().get(asset);
        match &node.kind {
            Kind::Missing => {
                self.needs.events.insert(asset.clone());
                if known.is_some_and(|node| node.is_materializable()) {
                    if partitioned {
                        self.needs.partition_status.insert(asset.clone());
                    }
                } else if partitioned {
                    self.since(asset, Since::Always);
                }
            }
            Kind::RunInProgress | Kind::ExecutionFailed => {
                self.needs.events.insert(asset.clone());
                if partitioned {
                    self.needs.partition_status.insert(asset.clone());
                } else {
                    self.needs.planned.insert(asset.clone());
                }
            }
            Kind::BackfillInProgress => self.needs.backfills = true,
            Kind::NewlyUpdated | Kind::DataVersionChanged => {
                let Some(previous) = self.previous else { return Ok(()) };
                self.needs.events.insert(asset.clone());
                if partitioned {
                    self.since(asset, previous.map_or(Since::Always, Since::Event));
                }
                let by_version = matches!(node.kind, Kind::DataVersionChanged)
                    || known.is_some_and(|node| node.is_observable());
                if let Some(previous) = previous.filter(|_| by_version) {
                    self.needs.data_versions.insert((asset.clone(), previous));
                }
            }
            Kind::Rule(rule) => self.note_rule(rule, asset)?,
            Kind::FreshnessResult(_) => {
                self.needs.freshness.insert(asset.clone());
            }
            Kind::LatestRunExecutedWithRootTarget | Kind::LatestRunExecutedWithTags(_) => {
                self.needs.events.insert(asset.clone());
                self.needs.latest_runs.insert(asset.clone());
            }
            Kind::NewUpdatesHaveRunTags(..) => {
                let Some(previous) = self.previous.flatten().filter(|id| *id != 0) else {
                    return Ok(());
                };
                self.needs.events.insert(asset.clone());
                let since = self.needs.updates.entry(asset.clone()).or_insert(previous);
                *since = previous.min(*since);
            }
            _ => {}
        }
        Ok(())
    }

    /// Rules look at the asset and at everything above it.
    fn note_rule(&mut self, rule: &AutoMaterializeRule, asset: &AssetKey) -> Result<()> {
        let graph = self.graph;
        let mut above = graph.assets().ancestors(asset);
        above.push(asset);
        for key in above {
            let entity = Key::Asset(key.clone());
            if !graph.contains(&entity) {
                continue;
            }
            self.needs.events.insert(key.clone());
            if graph.partitions(&entity)?.is_some() {
                self.since(key, Since::Always);
            }
            let parents = graph.get(&entity)?.parents.iter().filter_map(Key::as_asset);
            for parent in parents {
                let node = graph.assets().get(parent);
                if node.is_some_and(|node| node.is_observable()) {
                    self.needs.observed_parents.insert((key.clone(), parent.clone()));
                }
            }
        }
        let entity = Key::Asset(asset.clone());
        if graph.partitions(&entity)?.is_some() {
            self.needs.partition_status.insert(asset.clone());
        }
        for parent in graph.get(&entity)?.parents.iter().filter_map(Key::as_asset) {
            self.needs.planned_with.insert(parent.clone());
            let node = graph.assets().get(parent);
            if let (Some(previous), true) =
                (self.previous.flatten(), node.is_some_and(|node| node.is_observable()))
            {
                self.needs.data_versions.insert((parent.clone(), previous));
            }
        }
        match rule {
            AutoMaterializeRule::SkipOnBackfillInProgress(_) => self.needs.backfills = true,
            AutoMaterializeRule::SkipOnRunInProgress(_) => {
                self.needs.planned.insert(asset.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn note_check(&mut self, node: &Condition, check: &AssetCheckKey, partitioned: bool) {
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
        if asks {
            self.needs.checks.insert(check.clone());
            self.needs.events.insert(check.asset_key.clone());
            self.needs.latest_runs.insert(check.asset_key.clone());
            if partitioned {
                self.needs.check_partitions.insert(check.clone());
            }
        }
    }

    fn since(&mut self, asset: &AssetKey, since: Since) {
        let earliest = self.needs.latest_by_partition.entry(asset.clone()).or_insert(since);
        *earliest = since.min(*earliest);
    }
}

/// Whether what is below depends on what is above.
fn contains_downstream(node: &Condition) -> bool {
    let operand = match &node.kind {
        Kind::AnyDownstreamConditions => return true,
        Kind::Checks { operand, .. } => contains_downstream(operand),
        _ => false,
    };
    operand || node.children.iter().any(|child| contains_downstream(child))
}
