//! Of which entities something is known that was not known before.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rondel_model::ids::AssetKey;

use crate::cursor::{DaemonCursor, EntityCursor};
use crate::error::Result;
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::observation::{AssetFacts, CheckExecution, CheckPartition, Observation, RunFacts};

/// By place: whether anything known about the entity itself differs, what was last requested of it
/// included.
pub(super) fn between(
    graph: &AutomationGraph,
    (old, old_cursor): (&Observation, &DaemonCursor),
    (new, new_cursor): (&Observation, &DaemonCursor),
) -> Result<Vec<bool>> {
    let runs = changed_runs(old, new);
    let names = changed_names(graph, old, new);
    let backfilled = changed_backfills(old, new);
    let mut changed = Vec::with_capacity(graph.entities().len());
    for entity in graph.entities() {
        let key = &*entity.key;
        let mut differs = match key {
            Key::Asset(asset) => {
                let (before, now) = (old.assets.get(asset), new.assets.get(asset));
                before != now
                    || backfilled.contains(asset)
                    || now.is_some_and(|facts| {
                        !runs.is_empty() && runs_of_asset(facts).any(|id| runs.contains(id))
                    })
            }
            Key::Check(check) => {
                let (before, now) = (old.checks.get(check), new.checks.get(check));
                let partitions = new.check_partitions.get(check);
                before != now
                    || old.check_partitions.get(check) != partitions
                    || (!runs.is_empty()
                        && runs_of_check(now, partitions).any(|id| runs.contains(id)))
            }
            Key::Job(_) => false,
        };
        differs |= is_requested_otherwise(old_cursor.of(key), new_cursor.of(key));
        if !differs
            && !names.is_empty()
            && let Some(definition) = graph.partitions(key)?
        {
            differs = definition.dynamic_names().iter().any(|name| names.contains(*name));
        }
        changed.push(differs);
    }
    Ok(changed)
}

fn runs_of_asset(facts: &AssetFacts) -> impl Iterator<Item = &str> {
    let events = [&facts.materialization, &facts.observation].into_iter().flatten();
    events
        .map(|event| event.run_id.as_str())
        .chain(facts.planned.iter().map(|planned| planned.run_id.as_str()))
        .chain(facts.event_runs.values().map(String::as_str))
        .chain(facts.updates.iter().filter_map(|update| update.run_id.as_deref()))
}

fn runs_of_check<'o>(
    latest: Option<&'o CheckExecution>,
    partitions: Option<&'o Vec<CheckPartition>>,
) -> impl Iterator<Item = &'o str> {
    let partitions = partitions.into_iter().flatten().map(|latest| latest.run_id.as_str());
    latest.map(|latest| latest.run_id.as_str()).into_iter().chain(partitions)
}

/// Runs of which something differs, or which are known at one time only.
fn changed_runs<'o>(old: &'o Observation, new: &'o Observation) -> HashSet<&'o str> {
    let of = |runs: &'o HashMap<String, RunFacts>, others: &'o HashMap<String, RunFacts>| {
        let differs = |id: &&String| runs.get(*id) != others.get(*id);
        runs.keys().filter(differs).map(String::as_str).collect::<Vec<_>>()
    };
    of(&old.runs, &new.runs).into_iter().chain(of(&new.runs, &old.runs)).collect()
}

/// Names of dynamic partitions that have other keys.
fn changed_names<'g>(
    graph: &'g AutomationGraph,
    old: &Observation,
    new: &Observation,
) -> HashSet<&'g str> {
    let keys =
        |observed: &Observation, name: &str| observed.partitions.dynamic_keys(name).ok().cloned();
    let names = graph.dynamic_names().iter().map(String::as_str);
    names.filter(|name| keys(old, name) != keys(new, name)).collect()
}

/// Assets targeted by a backfill that has come farther, has begun or is over.
fn changed_backfills<'o>(old: &'o Observation, new: &'o Observation) -> HashSet<&'o AssetKey> {
    let gone = old.backfills.iter().filter(|backfill| !new.backfills.contains(backfill));
    let come = new.backfills.iter().filter(|backfill| !old.backfills.contains(backfill));
    gone.chain(come)
        .flat_map(|backfill| {
            let target = &backfill.target_subset;
            let partitioned = target.partitions_subsets_by_asset_key.0.iter().map(|(key, _)| key);
            partitioned.chain(target.non_partitioned_asset_keys.iter())
        })
        .collect()
}

/// Whether the last tick may have requested another part of the entity than the one before.
fn is_requested_otherwise(
    before: Option<&Arc<EntityCursor>>,
    now: Option<&Arc<EntityCursor>>,
) -> bool {
    match (before, now) {
        (None, None) => false,
        (Some(before), Some(now)) => {
            let are_empty = before.previous_requested.is_surely_empty()
                && now.previous_requested.is_surely_empty();
            !are_empty && !Arc::ptr_eq(before, now)
        }
        _ => true,
    }
}
