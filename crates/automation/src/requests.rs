//! From what a tick decided to request to the requests themselves
//! (`dagster/_core/definitions/automation_tick_evaluation_context.py`).
//!
//! In one tick an asset is part of runs or of one backfill, never of both. Runs are grouped by partition
//! and by repository, so that what belongs together is executed together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use rondel_model::ids::{AssetCheckKey, AssetKey, RepositorySelector};
use rondel_model::instigation::RunRequest;
use rondel_model::partition::{AssetGraphSubset, SubsetValue};
use rondel_model::serdes::{Extra, ItemsMap, Map};
use rondel_partitions::PartitionsDefinition;

use crate::cursor::DaemonCursor;
use crate::error::Result;
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::subset::{EntityPart, PartValue};
use crate::view::View;

/// How more than one partition of an asset is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManyPartitions {
    /// By one run each.
    AsRuns,
    /// By one backfill, together with the requested assets around it.
    AsBackfill,
}

/// The requests for parts, jobs first, then the backfill, then runs by partition (`build_run_requests`).
///
/// # Errors
/// Parts of entities the graph does not hold, keys of dynamic partitions that were not observed.
pub fn run_requests(
    view: View<'_>,
    parts: &[EntityPart],
    tags: &Map<String>,
    many: ManyPartitions,
) -> Result<Vec<RunRequest>> {
    let (jobs, parts): (Vec<&EntityPart>, Vec<&EntityPart>) =
        parts.iter().partition(|part| matches!(&*part.key, Key::Job(_)));
    let mut requests = job_requests(view, &jobs, tags)?;
    let mut by_key: IndexMap<&Key, &EntityPart> =
        parts.into_iter().map(|part| (&*part.key, part)).collect();
    if many == ManyPartitions::AsBackfill {
        requests.extend(backfill_request(view, &mut by_key, tags)?);
    }
    requests.extend(asset_requests(view, &by_key, tags)?);
    Ok(requests)
}

/// Requests for automatic observations that are due, and which assets they are about
/// (`_legacy_build_auto_observe_run_requests`).
///
/// # Errors
/// Assets the graph does not hold.
pub fn observe_requests(
    graph: &AutomationGraph,
    keys: &BTreeSet<AssetKey>,
    cursor: &DaemonCursor,
    now: f64,
    tags: &Map<String>,
) -> Result<Vec<RunRequest>> {
    let requested = cursor.observed_at();
    let is_due = |key: &&AssetKey| {
        let node = graph.assets().get(key);
        let minutes = node.and_then(|node| node.snap().auto_observe_interval_minutes);
        minutes
            .map(|minutes| minutes.as_f64())
            .filter(|minutes| *minutes != 0.0)
            .is_some_and(|minutes| requested.get(*key).is_none_or(|at| at + minutes * 60.0 < now))
    };
    let mut groups: IndexMap<Arc<RepositorySelector>, Vec<Group>> = IndexMap::new();
    for key in keys.iter().filter(is_due) {
        let entity = Key::Asset(key.clone());
        let definition = graph.partitions(&entity)?.cloned();
        let Some(repository) = graph.get(&entity)?.repository() else { continue };
        let groups = groups.entry(Arc::clone(repository)).or_default();
        match groups.iter_mut().find(|group| group.definition == definition) {
            Some(group) => group.assets.push(key.clone()),
            None => groups.push(Group { definition, assets: vec![key.clone()] }),
        }
    }
    let groups = groups.into_values().flatten();
    let request = |group: Group| RunRequest {
        asset_selection: Some(group.assets),
        tags: tags.clone(),
        ..RunRequest::default()
    };
    Ok(groups.map(request).collect())
}

/// Assets that can be observed by one run.
struct Group {
    definition: Option<Arc<PartitionsDefinition>>,
    assets: Vec<AssetKey>,
}

fn job_requests(
    view: View<'_>,
    parts: &[&EntityPart],
    tags: &Map<String>,
) -> Result<Vec<RunRequest>> {
    let mut requests = Vec::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let Key::Job(job) = &*part.key else { continue };
        let request = RunRequest {
            job_name: Some(job.job_name.clone()),
            tags: tags.clone(),
            ..RunRequest::default()
        };
        let PartValue::Partitions(partitions) = &part.value else {
            requests.push(request);
            continue;
        };
        for key in partitions.keys(view.context())?.iter() {
            let mut request = request.clone();
            request.tags.extend(partitions.definition().tags_of_key(key)?);
            request.partition_key = Some(key.clone());
            requests.push(request);
        }
    }
    requests.sort_by(|a, b| (&a.job_name, &a.partition_key).cmp(&(&b.job_name, &b.partition_key)));
    Ok(requests)
}

/// Takes out what is requested by a backfill: every asset of which more than one partition is requested,
/// and all requested assets connected to it.
fn backfill_request<'p>(
    view: View<'_>,
    parts: &mut IndexMap<&'p Key, &'p EntityPart>,
    tags: &Map<String>,
) -> Result<Option<RunRequest>> {
    let mut large = Vec::new();
    for (key, part) in parts.iter() {
        if !matches!(key, Key::Check(_)) && part.size(view.context())? > 1 {
            large.push((*key).clone());
        }
    }
    let mut visited: BTreeSet<Key> = BTreeSet::new();
    let mut taken: Vec<&EntityPart> = Vec::new();
    let mut frontier = large;
    frontier.reverse();
    while let Some(key) = frontier.pop() {
        if !parts.contains_key(&key) || !visited.insert(key.clone()) {
            continue;
        }
        let Some(asset) = key.as_asset() else {
            // A check executed with an asset of the backfill needs no request of its own.
            parts.shift_remove(&key);
            continue;
        };
        let Some(node) = view.graph.assets().get(asset).filter(|node| node.is_materializable())
        else {
            continue;
        };
        taken.extend(parts.shift_remove(&key));
        let neighbours = node.parents().iter().chain(node.children()).cloned().map(Key::Asset);
        frontier.extend(neighbours);
        frontier.extend(view.graph.execution_set(asset));
    }
    if taken.is_empty() {
        return Ok(None);
    }
    let (mut partitioned, mut whole) = (Vec::new(), Vec::new());
    for part in taken {
        let Some(asset) = part.key.as_asset() else { continue };
        match part.to_stored(view.context())?.value {
            SubsetValue::Partitions(subset) => partitioned.push((asset.clone(), subset)),
            SubsetValue::Whole(_) => whole.push(asset.clone()),
        }
    }
    let subset = AssetGraphSubset {
        partitions_subsets_by_asset_key: ItemsMap(partitioned),
        non_partitioned_asset_keys: whole.into_iter().collect(),
        extra: Extra::default(),
    };
    Ok(Some(RunRequest {
        asset_graph_subset: Some(subset),
        tags: tags.clone(),
        ..RunRequest::default()
    }))
}

/// Which definition and partition, if any.
type Slot = (Option<usize>, Option<String>);

fn asset_requests(
    view: View<'_>,
    parts: &IndexMap<&Key, &EntityPart>,
    tags: &Map<String>,
) -> Result<Vec<RunRequest>> {
    let mut definitions: Vec<Arc<PartitionsDefinition>> = Vec::new();
    let mut slots: IndexMap<Slot, IndexSet<Key>> = IndexMap::new();
    for (key, part) in parts {
        // A check is executed by the run of its asset when that is requested too.
        let leading = match key {
            Key::Check(check) => {
                parts.get(&Key::Asset(check.asset_key.clone())).copied().unwrap_or(part)
            }
            _ => part,
        };
        let PartValue::Partitions(partitions) = &leading.value else {
            slots.entry((None, None)).or_default().insert((*key).clone());
            continue;
        };
        let definition = partitions.definition();
        let known = definitions.iter().position(|known| known == definition);
        let index = known.unwrap_or_else(|| {
            definitions.push(Arc::clone(definition));
            definitions.len() - 1
        });
        for partition in partitions.keys(view.context())?.iter() {
            let slot = (Some(index), Some(partition.clone()));
            slots.entry(slot).or_default().insert((*key).clone());
        }
    }
    let mut requests = Vec::new();
    for ((definition, partition), keys) in slots {
        let mut tags = tags.clone();
        if let (Some(index), Some(partition)) = (definition, &partition) {
            tags.extend(definitions[index].tags_of_key(partition)?);
        }
        for (repository, keys) in by_repository(view.graph, &keys)? {
            requests.push(request(view.graph, &repository, keys, partition.clone(), tags.clone()));
        }
    }
    requests.sort_by(|a, b| a.partition_key.cmp(&b.partition_key));
    Ok(requests)
}

fn by_repository(
    graph: &AutomationGraph,
    keys: &IndexSet<Key>,
) -> Result<IndexMap<Arc<RepositorySelector>, Vec<Key>>> {
    let mut groups: IndexMap<Arc<RepositorySelector>, Vec<Key>> = IndexMap::new();
    for key in keys {
        if let Some(repository) = graph.get(key)?.repository() {
            groups.entry(Arc::clone(repository)).or_default().push(key.clone());
        }
    }
    Ok(groups)
}

fn request(
    graph: &AutomationGraph,
    repository: &Arc<RepositorySelector>,
    keys: Vec<Key>,
    partition: Option<String>,
    tags: Map<String>,
) -> RunRequest {
    let mut assets = Vec::new();
    let mut checks: BTreeSet<AssetCheckKey> = BTreeSet::new();
    for key in keys {
        match key {
            Key::Asset(key) => assets.push(key),
            Key::Check(key) => {
                checks.insert(key);
            }
            Key::Job(_) => {}
        }
    }
    let conditioned = checks_on(graph, &assets);
    let checks = if conditioned.values().any(|has_condition| *has_condition) {
        // Checks with conditions of their own run when these hold, the others with their asset.
        let alongside = conditioned.into_iter().filter(|(_, has_condition)| !has_condition);
        let in_repository = |check: &AssetCheckKey| {
            let entity = graph.get(&Key::Check(check.clone())).ok();
            entity.and_then(|entity| entity.repository()) == Some(repository)
        };
        checks.extend(alongside.map(|(check, _)| check).filter(in_repository));
        Some(checks.into_iter().collect())
    } else {
        // None lets the code server take all checks of the assets.
        Some(checks.into_iter().collect::<Vec<_>>()).filter(|checks| !checks.is_empty())
    };
    RunRequest {
        asset_selection: Some(assets),
        partition_key: partition,
        tags,
        asset_check_keys: checks,
        ..RunRequest::default()
    }
}

/// The checks of assets, and whether each has a condition.
fn checks_on(graph: &AutomationGraph, assets: &[AssetKey]) -> BTreeMap<AssetCheckKey, bool> {
    let checks = assets.iter().flat_map(|asset| graph.checks(asset, false));
    checks
        .map(|check| {
            let entity = graph.get(&Key::Check(check.clone()));
            let has_condition = entity.is_ok_and(|entity| entity.condition.is_some());
            (check, has_condition)
        })
        .collect()
}
