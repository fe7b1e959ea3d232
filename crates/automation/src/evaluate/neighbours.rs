//! Conditions made during evaluation: an operand for each dependency, check or root asset, and the
//! conditions of what is downstream.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rondel_asset_graph::{Missing, Selection};
use rondel_model::automation::{
    AndAutomationCondition, AutomationCondition as Stored, OrAutomationCondition,
};
use rondel_model::ids::AssetKey;

use crate::condition::{Condition, Kind};
use crate::error::{AutomationError, Result};
use crate::graph::AutomationGraph;
use crate::key::Key;

/// The operand of a condition for each neighbour it looks at, in order.
pub(crate) fn conditions(
    graph: &AutomationGraph,
    condition: &Condition,
    key: &Key,
) -> Result<Vec<Arc<Condition>>> {
    let wrong =
        || AutomationError::WrongEntity { condition: condition.name.clone(), key: key.clone() };
    let first = || condition.children.first().ok_or_else(wrong);
    let (operand, keys): (&Arc<Condition>, Vec<Key>) = match &condition.kind {
        Kind::Deps { narrowing, through_virtual, .. } => {
            let mut keys = graph.dependencies(key, *through_virtual)?;
            let assets = |selection: &Selection| -> Result<BTreeSet<AssetKey>> {
                Ok(selection.resolve(graph.assets(), Missing::Skip)?.into_iter().collect())
            };
            if let Some(allow) = &narrowing.allow {
                let allowed = assets(allow)?;
                keys.retain(|key| allowed.contains(key));
            }
            if let Some(ignore) = &narrowing.ignore {
                let ignored = assets(ignore)?;
                keys.retain(|key| !ignored.contains(key));
            }
            (first()?, keys.into_iter().map(Key::Asset).collect())
        }
        Kind::Checks { operand, blocking_only, narrowing, .. } => {
            let mut keys = graph.checks(key.as_asset().ok_or_else(wrong)?, *blocking_only);
            if let Some(allow) = &narrowing.allow {
                let allowed = allow.resolve_checks(graph.assets(), Missing::Skip)?;
                keys.retain(|key| allowed.contains(key));
            }
            if let Some(ignore) = &narrowing.ignore {
                let ignored = ignore.resolve_checks(graph.assets(), Missing::Skip)?;
                keys.retain(|key| !ignored.contains(key));
            }
            (operand, keys.into_iter().map(Key::Check).collect())
        }
        Kind::JobRoots(_) => {
            let Key::Job(job) = key else { return Err(wrong()) };
            (first()?, graph.job_roots(&job.job_name).into_iter().map(Key::Asset).collect())
        }
        _ => return Err(wrong()),
    };
    Ok(keys.iter().map(|key| Condition::entity_matches(key, operand)).collect())
}

/// The conditions a condition is made of at its place, with what they are evaluated for: those listed, or
/// those made during evaluation. `above` stands for everything being evaluated, itself included.
pub(crate) fn looked_at(
    graph: &AutomationGraph,
    condition: &Condition,
    key: &Key,
    above: &[Arc<Condition>],
) -> Result<Vec<(Arc<Condition>, Key)>> {
    let with_key = |key: &Key, children: Vec<Arc<Condition>>| {
        children.into_iter().map(|child| (child, key.clone())).collect()
    };
    Ok(match &condition.kind {
        Kind::EntityMatches(other) => with_key(other, condition.children.clone()),
        Kind::Deps { .. } | Kind::Checks { .. } | Kind::JobRoots(_) => {
            with_key(key, conditions(graph, condition, key)?)
        }
        Kind::AnyDownstreamConditions => {
            let ignored = |id: &str| above.iter().any(|above| above.identity == id);
            let made = downstream(graph, key, &ignored).into_iter();
            with_key(key, made.map(|(_, condition)| condition).collect())
        }
        _ => with_key(key, condition.children.clone()),
    })
}

/// The distinct conditions downstream of an asset, each wrapped with the assets that have it, beside
/// their places among all of them. Those `ignored` (already being evaluated) are left out, since they
/// would expand for ever.
pub(crate) fn downstream(
    graph: &AutomationGraph,
    key: &Key,
    ignored: &dyn Fn(&str) -> bool,
) -> Vec<(usize, Arc<Condition>)> {
    let Some(asset) = key.as_asset() else { return Vec::new() };
    let mut distinct: BTreeMap<String, (Arc<Condition>, BTreeSet<AssetKey>)> = BTreeMap::new();
    for (condition, keys) in graph.downstream_conditions(asset).into_values() {
        if condition.has_rule() {
            continue;
        }
        if let Some(simple) = without_downstream(&condition) {
            let entry = distinct
                .entry(simple.identity.clone())
                .or_insert_with(|| (Arc::clone(&simple), BTreeSet::new()));
            entry.1.extend(keys);
        }
    }
    let mut distinct: Vec<(Arc<Condition>, BTreeSet<AssetKey>)> = distinct.into_values().collect();
    distinct.sort_by(|a, b| a.1.cmp(&b.1));
    let numbered = distinct.into_iter().enumerate();
    numbered
        .filter(|(_, (condition, _))| !ignored(&condition.identity))
        .map(|(index, (condition, keys))| {
            let kind = Kind::DownstreamWrapper(keys.into_iter().collect());
            (index, Condition::made(kind, vec![condition]))
        })
        .collect()
}

/// A condition with `any_downstream_conditions()` inside taken as never true: what it stands for is
/// evaluated already (`_strip_downstream_condition`). None when nothing is left.
fn without_downstream(condition: &Arc<Condition>) -> Option<Arc<Condition>> {
    if condition.label.is_some() {
        return Some(Arc::clone(condition));
    }
    let is_and = match condition.kind {
        Kind::AnyDownstreamConditions => return None,
        Kind::And => true,
        Kind::Or => false,
        _ => return Some(Arc::clone(condition)),
    };
    let mut kept = Vec::new();
    let mut changed = false;
    for operand in &condition.children {
        match without_downstream(operand) {
            Some(simple) => {
                changed |= !Arc::ptr_eq(&simple, operand);
                kept.push(simple);
            }
            None if is_and => return None,
            None => changed = true,
        }
    }
    if !changed {
        return Some(Arc::clone(condition));
    }
    if kept.len() < 2 {
        return kept.pop();
    }
    let operands = kept.iter().filter_map(|operand| operand.stored.clone()).collect();
    let stored = if is_and {
        Stored::And(AndAutomationCondition { operands, ..AndAutomationCondition::default() })
    } else {
        Stored::Or(OrAutomationCondition { operands, ..OrAutomationCondition::default() })
    };
    Condition::compile(&stored).ok()
}
