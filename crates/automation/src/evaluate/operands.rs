//! Conditions that look at an entity itself.

use std::collections::{BTreeMap, BTreeSet};

use rondel_model::ids::AssetKey;
use rondel_model::partition::{PartitionsSubset, SubsetValue};
use rondel_model::serdes::to_text;
use rondel_partitions::PartitionsDefinition;

use super::context::Context;
use super::result::Outcome;
use super::rules;
use super::timing::Timing;
use crate::condition::{Kind, Quantifier, RunTags};
use crate::cursor::{Remembered, State};
use crate::error::{AutomationError, Result};
use crate::key::Key;
use crate::observation::RunFacts;
use crate::subset::EntityPart;
use crate::view::CheckStatus;

/// Above so many updated partitions their times are not looked up; Dagster's default for
/// `DAGSTER_MAX_PARTITIONS_FOR_DA_TIMESTAMP_FETCH`.
const MAX_TIMED_PARTITIONS: u64 = 100;

pub(super) fn evaluate(context: &Context<'_>) -> Result<Outcome> {
    match &context.condition.kind {
        Kind::CodeVersionChanged => code_version_changed(context),
        Kind::InitialEvaluation => initial_evaluation(context),
        Kind::Hardcoded(entries) => hardcoded(context, entries),
        Kind::Rule(rule) => rules::evaluate(context, rule),
        Kind::Unknown(class) => Err(AutomationError::UnknownCondition(class.clone())),
        _ if context.candidates.is_empty() => Ok(Outcome::of(context.empty())),
        Kind::NewlyRequested => newly_requested(context),
        Kind::NewlyUpdated => newly_updated(context),
        Kind::CronTickPassed { schedule, timezone } => {
            cron_tick_passed(context, schedule, timezone)
        }
        _ => subset(context).map(Outcome::of),
    }
}

fn subset(context: &Context<'_>) -> Result<EntityPart> {
    let (view, candidates) = (context.view(), &context.candidates);
    let check_status = |status| match context.key() {
        Key::Check(check) => view.check_has_status(check, status, candidates),
        Key::Asset(_) | Key::Job(_) => Err(wrong_entity(context)),
    };
    match (&context.condition.kind, context.key()) {
        (Kind::Missing, Key::Asset(key)) => view.missing_asset(key, candidates),
        (Kind::Missing, _) => check_status(None),
        (Kind::RunInProgress, Key::Asset(key)) => view.asset_in_progress(key),
        (Kind::RunInProgress, _) => check_status(Some(CheckStatus::InProgress)),
        (Kind::ExecutionFailed, Key::Asset(key)) => view.asset_failed(key),
        (Kind::ExecutionFailed, _) => check_status(Some(CheckStatus::ExecutionFailed)),
        (Kind::CheckResult { passed: true }, _) => check_status(Some(CheckStatus::Succeeded)),
        (Kind::CheckResult { passed: false }, _) => check_status(Some(CheckStatus::Failed)),
        (Kind::BackfillInProgress, Key::Asset(key)) => view.backfill_in_progress(key),
        // Checks are not backfilled.
        (Kind::BackfillInProgress, _) => Ok(context.empty()),
        (Kind::WillBeRequested, _) => will_be_requested(context),
        (Kind::FreshnessResult(state), key) => view.has_freshness(key, *state),
        (Kind::DataVersionChanged, Key::Asset(key)) => match context.cursor {
            Some(cursor) => view.updated_since(key, cursor.last_event_id, true),
            None => Ok(context.empty()),
        },
        (Kind::InLatestTimeWindow(lookback), key) => {
            view.latest_time_window(key, lookback.as_ref())
        }
        (Kind::LatestRunExecutedWithRootTarget, key) => {
            let root: &Key = context.root;
            // A self-dependent asset: its other partitions were not executed with this one.
            let is_root = key == root;
            view.latest_run_matches(candidates, &|run| !is_root && targets(run, root))
        }
        (Kind::LatestRunExecutedWithTags(tags), _) => {
            view.latest_run_matches(candidates, &|run| has_tags(run, tags))
        }
        (Kind::NewUpdatesHaveRunTags(quantifier, tags), Key::Asset(key)) => {
            new_updates_have_tags(context, key, *quantifier, tags)
        }
        _ => Err(wrong_entity(context)),
    }
}

fn wrong_entity(context: &Context<'_>) -> AutomationError {
    AutomationError::WrongEntity {
        condition: context.condition.name.clone(),
        key: context.key().clone(),
    }
}

fn targets(run: &RunFacts, key: &Key) -> bool {
    match key {
        Key::Asset(key) => {
            run.run.asset_selection.as_ref().is_some_and(|assets| assets.as_slice().contains(key))
        }
        Key::Check(key) => run
            .run
            .asset_check_selection
            .as_ref()
            .is_some_and(|checks| checks.as_slice().contains(key)),
        Key::Job(_) => false,
    }
}

fn has_tags(run: &RunFacts, tags: &RunTags) -> bool {
    let mut keys = tags.keys.iter().flatten();
    let mut values = tags.values.iter().flatten();
    keys.all(|key| run.run.tag(key).is_some())
        && values.all(|(key, value)| run.run.tag(key) == Some(value))
}

fn code_version_changed(context: &Context<'_>) -> Result<Outcome> {
    let asset = context.key().as_asset().ok_or_else(|| wrong_entity(context))?;
    let node = context.tick.graph.assets().get(asset);
    let current = node.and_then(|node| node.snap().code_version.clone());
    let before = context.node_cursor().and_then(|cursor| cursor.state.as_str());
    let true_subset = match before {
        Some(before) if Some(before) != current.as_deref() => context.candidates.clone(),
        _ => context.empty(),
    };
    let state = current.filter(|version| !version.is_empty());
    let state = state.map_or(State::None, State::text);
    Ok(Outcome { state, ..Outcome::of(true_subset) })
}

/// True on the first tick, and on the first one after the root is partitioned differently.
fn initial_evaluation(context: &Context<'_>) -> Result<Outcome> {
    let view = context.view();
    let root: &Key = context.root;
    let definition = view.definition(root)?;
    let previous = context.tick.cursor.of(root).map(|cursor| &cursor.previous_requested);
    let is_initial = match previous {
        // Of the graph's own definition.
        Some(Remembered::Part(part)) if view.fits(part)? => false,
        Some(previous) if view.of_remembered(previous)?.is_some() => {
            match (&previous.to_stored()?.value, definition.map(|definition| &**definition)) {
                (SubsetValue::Whole(_), definition) => definition.is_some(),
                (
                    SubsetValue::Partitions(PartitionsSubset::KeyRanges(ranges)),
                    Some(definition),
                ) => to_text(&ranges.partitions_snap) != to_text(&definition.to_snap()),
                (SubsetValue::Partitions(stored), definition) => {
                    let of_windows = matches!(stored, PartitionsSubset::TimeWindow(_));
                    of_windows != matches!(definition, Some(PartitionsDefinition::TimeWindow(_)))
                }
            }
        }
        _ => true,
    };
    let true_subset = if is_initial { context.candidates.clone() } else { context.empty() };
    // Not read any more, but earlier versions of Dagster did.
    let state = State::text(context.root_condition().tree_id().to_owned());
    Ok(Outcome { state, ..Outcome::of(true_subset) })
}

fn will_be_requested(context: &Context<'_>) -> Result<EntityPart> {
    let (graph, key, root) = (context.tick.graph, context.key(), context.root);
    let Some(requested) = context.requested.get(key) else { return Ok(context.empty()) };
    let materializable = match key {
        Key::Asset(asset) => graph.assets().get(asset).is_some_and(|node| node.is_materializable()),
        Key::Check(_) | Key::Job(_) => true,
    };
    if materializable && graph.executable_in_same_run(root, key)? {
        Ok(requested.clone())
    } else {
        Ok(context.empty())
    }
}

fn newly_requested(context: &Context<'_>) -> Result<Outcome> {
    let cursor = context.tick.cursor.of(context.key());
    let requested = match cursor {
        Some(cursor) => context.view().of_remembered(&cursor.previous_requested)?,
        None => None,
    };
    let requested = match requested {
        Some(requested) => requested,
        None => context.empty(),
    };
    let time = context.previous_time().filter(|_| !requested.is_empty());
    let timing = time.map(|time| Timing(vec![(time, requested.clone())]));
    Ok(Outcome { timing, ..Outcome::of(requested) })
}

fn newly_updated(context: &Context<'_>) -> Result<Outcome> {
    let view = context.view();
    let Some(previous) = context.cursor else { return Ok(Outcome::of(context.empty())) };
    let key = match context.key() {
        Key::Asset(key) => key,
        Key::Check(check) => {
            let updated = view.check_updated_since(check, previous.effective_timestamp)?;
            return Ok(Outcome::of(updated));
        }
        Key::Job(_) => return Err(wrong_entity(context)),
    };
    let updated = view.updated_since(key, previous.last_event_id, false)?;
    if updated.is_empty() {
        return Ok(Outcome::of(updated));
    }
    let parts = if updated.size(&context.tick.observed.partitions)? > MAX_TIMED_PARTITIONS {
        vec![(context.tick.observed.time(), updated.clone())]
    } else {
        view.by_materialization_time(&updated)?
    };
    let timing = Some(Timing(parts)).filter(|timing| !timing.0.is_empty());
    Ok(Outcome { timing, ..Outcome::of(updated) })
}

fn cron_tick_passed(context: &Context<'_>, schedule: &str, timezone: &str) -> Result<Outcome> {
    let tick = context.view().previous_tick(schedule, timezone)?;
    if context.previous_time().is_none_or(|previous| tick < previous) {
        return Ok(Outcome::of(context.empty()));
    }
    let candidates = context.candidates.clone();
    let timing = Some(Timing(vec![(tick, candidates.clone())]));
    Ok(Outcome { timing, ..Outcome::of(candidates) })
}

fn new_updates_have_tags(
    context: &Context<'_>,
    key: &AssetKey,
    quantifier: Quantifier,
    tags: &RunTags,
) -> Result<EntityPart> {
    let view = context.view();
    let since = context.cursor.and_then(|cursor| cursor.last_event_id).filter(|id| *id != 0);
    let Some(since) = since else { return Ok(context.empty()) };
    let until = context.tick.observed.last_event_id.unwrap_or(i64::MAX);
    let updates = view.facts(key).map(|facts| facts.updates.as_slice()).unwrap_or_default();
    let updates = updates.iter().filter(|it| it.storage_id > since && it.storage_id <= until);
    let mut runs_by_partition: BTreeMap<Option<&String>, BTreeSet<Option<&str>>> = BTreeMap::new();
    for update in updates {
        let runs = runs_by_partition.entry(update.partition.as_ref()).or_default();
        runs.insert(update.run_id.as_deref());
    }
    let fits = |run_id: &Option<&str>| {
        run_id.and_then(|id| view.run(id)).is_some_and(|run| has_tags(run, tags))
    };
    runs_by_partition.retain(|_, runs| match quantifier {
        Quantifier::Any => runs.iter().any(fits),
        Quantifier::All => runs.iter().all(fits),
    });
    if view.definition(context.key())?.is_none() {
        let any = !runs_by_partition.is_empty();
        return Ok(if any { context.full() } else { context.empty() });
    }
    view.of_existing_keys(context.key(), runs_by_partition.into_keys().flatten())
}

/// The test-only condition: true for the entities and partitions it lists.
fn hardcoded(
    context: &Context<'_>,
    entries: &[(String, String, Option<String>)],
) -> Result<Outcome> {
    let (view, key) = (context.view(), context.key());
    let kind = if matches!(key, Key::Check(_)) { "check" } else { "asset" };
    let name = key.to_user_string();
    let mine: Vec<&Option<String>> = entries
        .iter()
        .filter(|(of_kind, of_key, _)| of_kind == kind && *of_key == name)
        .map(|(_, _, partition)| partition)
        .collect();
    let partitioned = key.as_asset().is_some() && view.definition(key)?.is_some();
    let true_subset = if partitioned && mine.iter().all(|partition| partition.is_some()) {
        let keys: Vec<String> = mine.into_iter().flatten().cloned().collect();
        context.candidates.intersection(&view.of_keys(key, keys)?, context.partitions())?
    } else if mine.is_empty() {
        context.empty()
    } else {
        view.full(key)?
    };
    Ok(Outcome::of(true_subset))
}
