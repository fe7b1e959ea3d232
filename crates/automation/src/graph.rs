//! Assets, checks and jobs as the entities conditions are about.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_model::automation::{AutoMaterializePolicy, AutomationCondition, LegacyFreshnessPolicy};
use rondel_model::ids::{AssetCheckKey, AssetJobKey, AssetKey, RepositorySelector};
use rondel_model::partition::{PartitionMapping, PartitionsSnap};
use rondel_model::snap::RepositorySnap;
use rondel_partitions::PartitionsDefinition;

use crate::condition::Condition;
use crate::error::{AutomationError, Result};
use crate::key::Key;

/// An asset, check or job.
#[derive(Debug)]
pub struct Entity {
    /// Which.
    pub key: Arc<Key>,
    /// Its condition, if it has one.
    pub condition: Option<Arc<Condition>>,
    /// How it is partitioned; an error where the definition cannot be read.
    partitions: rondel_partitions::Result<Option<Arc<PartitionsDefinition>>>,
    /// What it depends on, sorted.
    pub parents: Vec<Arc<Key>>,
    /// What depends on it, the checks of an asset included, sorted.
    pub children: Vec<Arc<Key>>,
    repository: Option<Arc<RepositorySelector>>,
}

impl Entity {
    /// How it is partitioned, as far as that can be read.
    pub(crate) fn definition(&self) -> Option<&Arc<PartitionsDefinition>> {
        self.partitions.as_ref().ok().and_then(Option::as_ref)
    }

    /// Whether something depends on it.
    pub(crate) fn has_child(&self, key: &Key) -> bool {
        self.children.binary_search_by(|child| (**child).cmp(key)).is_ok()
    }

    /// The repository that speaks for it.
    pub fn repository(&self) -> Option<&Arc<RepositorySelector>> {
        self.repository.as_ref()
    }
}

/// The entities of a workspace. Immutable, built once per version of the workspace.
#[derive(Debug)]
pub struct AutomationGraph {
    assets: Arc<AssetGraph>,
    /// The assets at the places they have in the asset graph, then checks, then jobs.
    entities: Vec<Entity>,
    places: HashMap<Arc<Key>, usize>,
    levels: Vec<Vec<usize>>,
    /// Assets and checks that depend on each other; sorted.
    cycles: Vec<Arc<Key>>,
    dynamic_names: BTreeSet<String>,
    has_freshness_policies: bool,
    respects_data_versions: bool,
}

impl AutomationGraph {
    /// Reads conditions and partitions of everything in the repositories. A condition or definition that
    /// cannot be read is reported when it is used, so that it blocks nothing else; so is a cycle between entities
    /// of several code locations, by the tick that needs their order.
    pub fn build(assets: Arc<AssetGraph>, repositories: &[RepositoryAssets]) -> Self {
        let keys: Vec<Arc<Key>> =
            assets.nodes().iter().map(|node| Arc::new(Key::Asset(node.key.clone()))).collect();
        // Keys are shared; those of assets which nobody defines are made here.
        let shared_key = |key: &AssetKey| match assets.index_of(key) {
            Some(place) => Arc::clone(&keys[place]),
            None => Arc::new(Key::Asset(key.clone())),
        };
        let mut entities = Vec::with_capacity(keys.len() + assets.checks().len());
        let mut shared = Shared::default();
        for (node, key) in assets.nodes().iter().zip(&keys) {
            let acting = node.materializable_definition().or_else(|| node.observable_definition());
            let policy =
                acting.and_then(|definition| definition.snap().auto_materialize_policy.as_deref());
            entities.push(Entity {
                key: Arc::clone(key),
                condition: policy.map(|policy| shared.condition(policy)),
                partitions: shared.definition(node.snap().partitions.as_deref()),
                parents: node.parents().iter().map(shared_key).collect(),
                children: node.children().iter().map(shared_key).collect(),
                repository: Some(Arc::clone(&node.definition().repository)),
            });
        }
        for check in assets.checks() {
            let snap = check.snap();
            let parents: BTreeSet<&AssetKey> = check.parents().collect();
            let key = Arc::new(Key::Check(check.key.clone()));
            if let Some(place) = assets.index_of(&check.key.asset_key) {
                entities[place].children.push(Arc::clone(&key));
            }
            entities.push(Entity {
                key,
                condition: snap.automation_condition.as_ref().map(compiled),
                partitions: shared.definition(snap.partitions_def_snapshot.as_ref()),
                parents: parents.into_iter().map(shared_key).collect(),
                children: Vec::new(),
                repository: Some(Arc::clone(&check.repository)),
            });
        }
        let mut places: HashMap<Arc<Key>, usize> = HashMap::with_capacity(entities.len());
        places
            .extend(entities.iter().enumerate().map(|(at, entity)| (Arc::clone(&entity.key), at)));
        for source in repositories {
            for (name, condition) in conditioned_jobs(&source.snap) {
                let key = Arc::new(Key::Job(AssetJobKey {
                    job_name: name.clone(),
                    ..AssetJobKey::default()
                }));
                let entity = Entity {
                    key: Arc::clone(&key),
                    condition: Some(compiled(condition)),
                    partitions: shared.definition(partitions_of_job(&source.snap, &name)),
                    parents: Vec::new(),
                    children: Vec::new(),
                    repository: Some(Arc::clone(&source.repository)),
                };
                // Of jobs of one name in several repositories the last one stands.
                match places.get(&key) {
                    Some(place) => entities[*place] = entity,
                    None => {
                        places.insert(key, entities.len());
                        entities.push(entity);
                    }
                }
            }
        }
        for entity in &mut entities {
            entity.children.sort_unstable();
        }
        let (levels, cycles) = levels(&entities, &places);
        let definitions = entities.iter().filter_map(Entity::definition);
        let names = definitions.flat_map(|definition| definition.dynamic_names());
        let dynamic_names = names.map(str::to_owned).collect();
        let has_freshness_policies =
            assets.nodes().iter().any(|node| node.snap().legacy_freshness_policy.is_some());
        Self {
            assets,
            entities,
            places,
            levels,
            cycles,
            dynamic_names,
            has_freshness_policies,
            respects_data_versions: false,
        }
    }

    /// The graph for an instance that says whether legacy rules take a parent that was materialized anew, with
    /// the data version it had, for unchanged (`auto_materialize.respect_materialization_data_versions`).
    #[must_use]
    pub fn respecting_data_versions(mut self, respects: bool) -> Self {
        self.respects_data_versions = respects;
        self
    }

    pub(crate) fn respects_data_versions(&self) -> bool {
        self.respects_data_versions
    }

    /// The asset graph below.
    pub fn assets(&self) -> &Arc<AssetGraph> {
        &self.assets
    }

    /// An entity.
    ///
    /// # Errors
    /// When the graph does not hold it.
    pub fn get(&self, key: &Key) -> Result<&Entity> {
        let place = self.place(key).ok_or_else(|| AutomationError::NotInGraph(key.clone()))?;
        Ok(&self.entities[place])
    }

    /// Where an entity stands in this graph.
    pub(crate) fn place(&self, key: &Key) -> Option<usize> {
        self.places.get(key).copied()
    }

    /// The entity at a place this graph issued.
    pub(crate) fn at(&self, place: usize) -> &Entity {
        &self.entities[place]
    }

    /// Whether the graph holds the entity.
    pub fn contains(&self, key: &Key) -> bool {
        self.places.contains_key(key)
    }

    /// Every entity, in no particular order.
    pub fn entities(&self) -> impl ExactSizeIterator<Item = &Entity> {
        self.entities.iter()
    }

    /// Places of the entities by topological level, in a level sorted by the form of their keys in the
    /// database.
    ///
    /// # Errors
    /// A cycle, which leaves what is in or behind it without a level.
    pub(crate) fn levels(&self) -> Result<&[Vec<usize>]> {
        if self.cycles.is_empty() {
            return Ok(&self.levels);
        }
        let names: Vec<String> = self.cycles.iter().map(|key| key.to_user_string()).collect();
        Err(AutomationError::Cycle(names.join(", ")))
    }

    /// Names of the dynamic partitions of all entities.
    pub(crate) fn dynamic_names(&self) -> &BTreeSet<String> {
        &self.dynamic_names
    }

    /// How an entity is partitioned.
    ///
    /// # Errors
    /// When the graph does not hold it, or its definition cannot be read.
    pub fn partitions(&self, key: &Key) -> Result<Option<&Arc<PartitionsDefinition>>> {
        match &self.get(key)?.partitions {
            Ok(definition) => Ok(definition.as_ref()),
            Err(error) => Err(error.clone().into()),
        }
    }

    /// The mapping an entity declares to one of its parents.
    pub(crate) fn mapping(&self, key: &Key, parent: &Key) -> Option<&PartitionMapping> {
        let (asset, parent) = (key.as_asset()?, parent.as_asset()?);
        let node = self.assets.get(asset)?;
        let definition = node.materializable_definition().unwrap_or_else(|| node.definition());
        let edges = definition.snap().parent_edges.iter().rev();
        edges
            .filter(|edge| edge.parent_asset_key == *parent)
            .find_map(|edge| edge.partition_mapping.as_deref())
    }

    /// Whether a run can execute a child together with a parent (`executable_in_same_run`).
    pub(crate) fn executable_in_same_run(&self, child: &Key, parent: &Key) -> Result<bool> {
        let (of_child, of_parent) = (self.get(child)?, self.get(parent)?);
        if of_child.repository != of_parent.repository {
            return Ok(false);
        }
        let (down, up) = (self.partitions(child)?, self.partitions(parent)?);
        let Some((down, up)) = down.zip(up) else { return Ok(down.is_none() && up.is_none()) };
        if down != up {
            return Ok(false);
        }
        Ok(match self.mapping(child, parent) {
            // Between equal definitions the inferred mapping is by time window or identity.
            None => true,
            Some(mapping) => {
                matches!(mapping, PartitionMapping::TimeWindow(_) | PartitionMapping::Identity(_))
            }
        })
    }

    /// Assets an entity depends on; virtual ones replaced by what they are made of when asked for.
    pub(crate) fn dependencies(
        &self,
        key: &Key,
        through_virtual: bool,
    ) -> Result<BTreeSet<AssetKey>> {
        let direct = |key: &Key| -> Result<Vec<AssetKey>> {
            Ok(self
                .get(key)?
                .parents
                .iter()
                .filter_map(|parent| parent.as_asset())
                .cloned()
                .collect())
        };
        let mut frontier = direct(key)?;
        if !through_virtual {
            return Ok(frontier.into_iter().collect());
        }
        let (mut resolved, mut seen) = (BTreeSet::new(), BTreeSet::new());
        while let Some(current) = frontier.pop() {
            if !seen.insert(current.clone()) {
                continue;
            }
            if self.assets.get(&current).is_some_and(|node| node.snap().is_virtual) {
                frontier.extend(direct(&Key::Asset(current))?);
            } else {
                resolved.insert(current);
            }
        }
        Ok(resolved)
    }

    /// Assets of a job without a parent in the job.
    pub(crate) fn job_roots(&self, job_name: &str) -> BTreeSet<AssetKey> {
        let in_job = |node: &rondel_asset_graph::AssetNode| {
            node.job_names().iter().any(|name| name == job_name)
        };
        let members: BTreeSet<&AssetKey> =
            self.assets.nodes().iter().filter(|node| in_job(node)).map(|node| &node.key).collect();
        let is_root = |key: &&AssetKey| {
            self.assets
                .get(key)
                .is_some_and(|node| !node.parents().iter().any(|parent| members.contains(parent)))
        };
        members.iter().copied().filter(is_root).cloned().collect()
    }

    /// Conditions of everything downstream with the assets that have them
    /// (`get_downstream_automation_conditions`).
    pub(crate) fn downstream_conditions(
        &self,
        key: &AssetKey,
    ) -> BTreeMap<String, (Arc<Condition>, BTreeSet<AssetKey>)> {
        let mut found: BTreeMap<String, (Arc<Condition>, BTreeSet<AssetKey>)> = BTreeMap::new();
        for key in self.assets.descendants(key) {
            let node = self.assets.get(key);
            // Only materializable assets have a policy, and only one that is a condition counts.
            let acting = node.and_then(|node| node.materializable_definition());
            let policy =
                acting.and_then(|definition| definition.snap().auto_materialize_policy.as_deref());
            if policy.is_none_or(|policy| policy.asset_condition.is_none()) {
                continue;
            }
            let entity = self.assets.index_of(key).map(|place| &self.entities[place]);
            if let Some(condition) = entity.and_then(|entity| entity.condition.as_ref()) {
                let entry = found
                    .entry(condition.identity.clone())
                    .or_insert_with(|| (Arc::clone(condition), BTreeSet::new()));
                entry.1.insert(key.clone());
            }
        }
        found
    }

    /// Freshness policies of earlier versions on an asset and what is downstream, as far as without
    /// partitions (`get_downstream_legacy_freshness_policies`).
    pub(crate) fn freshness_policies(&self, key: &AssetKey) -> Vec<&LegacyFreshnessPolicy> {
        let mut policies: Vec<&LegacyFreshnessPolicy> = Vec::new();
        if !self.has_freshness_policies {
            return policies;
        }
        let assets = self.assets.descendants(key).into_iter().chain([key]);
        for node in assets.filter_map(|key| self.assets.get(key)) {
            let policy = node.snap().legacy_freshness_policy.as_ref();
            let policy = policy.filter(|_| node.snap().partitions.is_none());
            if let Some(policy) = policy.filter(|policy| !policies.contains(policy)) {
                policies.push(policy);
            }
        }
        policies
    }

    /// What has to be executed together with an asset, itself included.
    pub(crate) fn execution_set(&self, key: &AssetKey) -> Vec<Key> {
        let Some(node) = self.assets.get(key) else { return Vec::new() };
        let set = &node.definition().execution_set;
        let checks = set.checks.iter().cloned().map(Key::Check);
        set.assets.iter().cloned().map(Key::Asset).chain(checks).collect()
    }

    /// The checks of an asset, or its blocking ones only.
    pub(crate) fn checks(&self, key: &AssetKey, blocking_only: bool) -> BTreeSet<AssetCheckKey> {
        let checks = self.assets.checks_for(key);
        checks
            .filter(|check| !blocking_only || check.snap().blocking)
            .map(|check| check.key.clone())
            .collect()
    }
}

fn compiled(stored: &AutomationCondition) -> Arc<Condition> {
    readable(Condition::compile(stored))
}

/// What cannot be read is told when it is evaluated.
fn readable(condition: Result<Arc<Condition>>) -> Arc<Condition> {
    condition.unwrap_or_else(|error| Condition::unreadable(error.to_string()))
}

/// What many assets have in common is made once: the conditions and definitions met last.
#[derive(Default)]
struct Shared<'s> {
    conditions: Vec<(&'s AutoMaterializePolicy, Arc<Condition>)>,
    definitions: Vec<(&'s PartitionsSnap, Arc<PartitionsDefinition>)>,
}

/// How many different ones are compared with.
const REMEMBERED: usize = 16;

impl<'s> Shared<'s> {
    fn condition(&mut self, policy: &'s AutoMaterializePolicy) -> Arc<Condition> {
        if let Some((_, known)) = self.conditions.iter().find(|(known, _)| *known == policy) {
            return Arc::clone(known);
        }
        let condition = readable(Condition::of_policy(policy));
        self.conditions.truncate(REMEMBERED - 1);
        self.conditions.insert(0, (policy, Arc::clone(&condition)));
        condition
    }

    fn definition(
        &mut self,
        snap: Option<&'s PartitionsSnap>,
    ) -> rondel_partitions::Result<Option<Arc<PartitionsDefinition>>> {
        let Some(snap) = snap else { return Ok(None) };
        if let Some((_, known)) = self.definitions.iter().find(|(known, _)| *known == snap) {
            return Ok(Some(Arc::clone(known)));
        }
        let definition = Arc::new(PartitionsDefinition::from_snap(snap)?);
        self.definitions.truncate(REMEMBERED - 1);
        self.definitions.insert(0, (snap, Arc::clone(&definition)));
        Ok(Some(definition))
    }
}

fn conditioned_jobs(snap: &RepositorySnap) -> Vec<(String, &AutomationCondition)> {
    if let Some(jobs) = &snap.job_datas {
        let conditioned = jobs
            .iter()
            .filter_map(|data| Some((data.name.clone(), data.job.automation_condition.as_ref()?)));
        return conditioned.collect();
    }
    let refs = snap.job_refs.iter().flatten();
    refs.filter_map(|job| Some((job.name.clone(), job.automation_condition.as_ref()?))).collect()
}

/// `partitions_def_for_remote_job`: the set named after the job, else the first one.
fn partitions_of_job<'s>(snap: &'s RepositorySnap, job: &str) -> Option<&'s PartitionsSnap> {
    let sets = || snap.partition_sets.iter().filter(|set| set.job_name == job);
    let named = sets().filter(|set| set.name == format!("{job}_partition_set"));
    named.chain(sets()).find_map(|set| set.partitions.as_ref())
}

/// Places by level, and what has none because of a cycle.
fn levels(
    entities: &[Entity],
    places: &HashMap<Arc<Key>, usize>,
) -> (Vec<Vec<usize>>, Vec<Arc<Key>>) {
    let mut waiting: Vec<usize> = vec![0; entities.len()];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); entities.len()];
    for (place, entity) in entities.iter().enumerate() {
        let parents = entity.parents.iter().filter_map(|parent| places.get(parent).copied());
        for parent in parents.filter(|parent| *parent != place) {
            waiting[place] += 1;
            children[parent].push(place);
        }
    }
    let mut level: Vec<usize> = (0..entities.len()).filter(|&place| waiting[place] == 0).collect();
    let mut done = 0;
    let mut levels = Vec::new();
    while !level.is_empty() {
        done += level.len();
        let mut next = Vec::new();
        for &child in level.iter().flat_map(|&place| &children[place]) {
            waiting[child] -= 1;
            if waiting[child] == 0 {
                next.push(child);
            }
        }
        level.sort_by_cached_key(|&place| entities[place].key.to_db_string());
        levels.push(std::mem::replace(&mut level, next));
    }
    if done == entities.len() {
        return (levels, Vec::new());
    }
    // What only stands behind a cycle is no part of it.
    let mut stuck: Vec<bool> = waiting.iter().map(|&parents| parents > 0).collect();
    loop {
        let leads_on = |place: usize| children[place].iter().any(|&child| stuck[child]);
        let ends: Vec<usize> =
            (0..entities.len()).filter(|&place| stuck[place] && !leads_on(place)).collect();
        if ends.is_empty() {
            break;
        }
        ends.into_iter().for_each(|place| stuck[place] = false);
    }
    let stuck = (0..entities.len()).filter(|&place| stuck[place]);
    let mut cycles: Vec<Arc<Key>> = stuck.map(|place| Arc::clone(&entities[place].key)).collect();
    cycles.sort_unstable();
    (levels, cycles)
}
