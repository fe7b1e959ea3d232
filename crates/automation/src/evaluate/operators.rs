//! Conditions made of other conditions.

use super::context::Context;
use super::result::{NodeResult, Outcome};
use super::timing::Timing;
use super::{neighbours, operands, since};
use crate::condition::{Kind, Quantifier};
use crate::cursor::State;
use crate::error::{AutomationError, Result};
use crate::key::Key;
use crate::view::Towards;

/// Evaluates a condition where the context stands.
pub(super) fn evaluate(context: &Context<'_>) -> Result<NodeResult> {
    let outcome = match &context.condition.kind {
        Kind::And => and(context)?,
        Kind::Or => or(context)?,
        Kind::Not => not(context)?,
        Kind::AnyDownstreamConditions => any_downstream(context)?,
        Kind::DownstreamWrapper(_) => wrapper(context)?,
        Kind::EntityMatches(key) => entity_matches(context, key)?,
        Kind::Deps { quantifier, .. } => neighbours_match(context, *quantifier, true)?,
        Kind::Checks { quantifier, .. } | Kind::JobRoots(quantifier) => {
            neighbours_match(context, *quantifier, false)?
        }
        Kind::NewlyTrue => newly_true(context)?,
        Kind::Since => since::since(context)?,
        _ => operands::evaluate(context)?,
    };
    NodeResult::new(context, outcome)
}

/// Each operand is asked about what the ones before left.
fn and(context: &Context<'_>) -> Result<Outcome> {
    let mut left = context.candidates.clone();
    let mut children = Vec::new();
    for (index, child) in context.condition.children.iter().enumerate() {
        let result = context.child(child, &[Some(index)], left.clone())?;
        left = left.intersection(&result.true_subset, context.partitions())?;
        children.push(result);
    }
    Ok(Outcome::with_children(left, children))
}

fn or(context: &Context<'_>) -> Result<Outcome> {
    let mut found = context.empty();
    let mut children = Vec::new();
    for (index, child) in context.condition.children.iter().enumerate() {
        let result = context.child(child, &[Some(index)], context.candidates.clone())?;
        found = found.union(&result.true_subset, context.partitions())?;
        children.push(result);
    }
    Ok(Outcome::with_children(found, children))
}

fn not(context: &Context<'_>) -> Result<Outcome> {
    let result = only_child(context, context.candidates.clone())?;
    let partitions = &context.tick.observed.partitions;
    let left = context.candidates.difference(&result.true_subset, partitions)?;
    Ok(Outcome::with_children(left, vec![result]))
}

fn only_child(context: &Context<'_>, candidates: crate::subset::EntityPart) -> Result<NodeResult> {
    let child = context.condition.children.first().ok_or_else(|| wrong_entity(context))?;
    context.child(child, &[Some(0)], candidates)
}

fn wrong_entity(context: &Context<'_>) -> AutomationError {
    AutomationError::WrongEntity {
        condition: context.condition.name.clone(),
        key: context.key().clone(),
    }
}

fn any_downstream(context: &Context<'_>) -> Result<Outcome> {
    let mut found = context.empty();
    let mut children = Vec::new();
    let ignored = |identity: &str| context.is_within(identity);
    for (index, condition) in neighbours::downstream(context.tick.graph, context.key(), &ignored) {
        let result = context.child(&condition, &[Some(index)], context.candidates.clone())?;
        found = found.union(&result.true_subset, context.partitions())?;
        children.push(result);
    }
    Ok(Outcome::with_children(found, children))
}

fn wrapper(context: &Context<'_>) -> Result<Outcome> {
    let result = only_child(context, context.candidates.clone())?;
    Ok(Outcome::with_children(result.true_subset.clone(), vec![result]))
}

/// The operand, evaluated for another entity and mapped back.
fn entity_matches(context: &Context<'_>, other: &Key) -> Result<Outcome> {
    let (view, key) = (context.view(), context.key());
    let is_child = other != key && context.tick.graph.get(key)?.has_child(other);
    let (there, back) = if is_child {
        (Towards::Downstream, Towards::Upstream)
    } else {
        (Towards::Upstream, Towards::Downstream)
    };
    let result = only_child(context, view.mapped(&context.candidates, other, there)?)?;
    let true_subset = view.mapped(&result.true_subset, key, back)?;
    let timing = match &result.timing {
        Some(timing) => {
            let parts = timing.0.iter();
            let mapped = parts.map(|(time, part)| Ok((*time, view.mapped(part, key, back)?)));
            Some(Timing(mapped.collect::<Result<_>>()?))
        }
        None => None,
    };
    Ok(Outcome { timing, ..Outcome::with_children(true_subset, vec![result]) })
}

/// The operand for any or all dependencies, checks or roots.
fn neighbours_match(
    context: &Context<'_>,
    quantifier: Quantifier,
    keeps_timing: bool,
) -> Result<Outcome> {
    let candidates = &context.candidates;
    let mut found = match quantifier {
        Quantifier::Any => context.empty(),
        Quantifier::All => candidates.clone(),
    };
    let mut children = Vec::new();
    let conditions = neighbours::conditions(context.tick.graph, context.condition, context.key())?;
    for (index, condition) in conditions.iter().enumerate() {
        // Ids do without the index since 1.9; cursors of before are found under the other one.
        let result = context.child(condition, &[None, Some(index)], candidates.clone())?;
        found = match quantifier {
            Quantifier::Any => found.union(&result.true_subset, context.partitions())?,
            Quantifier::All => found.intersection(&result.true_subset, context.partitions())?,
        };
        children.push(result);
    }
    let mut timing = Timing::default();
    if quantifier == Quantifier::Any {
        found = candidates.intersection(&found, context.partitions())?;
        if keeps_timing {
            for timed in children.iter().filter_map(|child| child.timing.as_ref()) {
                timing.merge(timed, context.partitions())?;
            }
        }
    }
    let timing = Some(timing).filter(|timing| !timing.0.is_empty());
    Ok(Outcome { timing, ..Outcome::with_children(found, children) })
}

/// True where the operand has become true since the last tick. The operand is evaluated everywhere, so
/// that no change is missed.
fn newly_true(context: &Context<'_>) -> Result<Outcome> {
    let view = context.view();
    let result = only_child(context, context.full())?;
    let state = context.node_cursor().and_then(|cursor| cursor.state.as_part());
    let before = match state {
        Some(before) => view.of_remembered(&before)?,
        None => None,
    };
    let before = match before {
        Some(before) => before,
        None => context.empty(),
    };
    let partitions = &context.tick.observed.partitions;
    let newly = result.true_subset.difference(&before, partitions)?;
    let state = State::part(&result.true_subset, partitions)?;
    let true_subset = context.candidates.intersection(&newly, context.partitions())?;
    Ok(Outcome { state, ..Outcome::with_children(true_subset, vec![result]) })
}
