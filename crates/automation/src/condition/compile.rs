//! From the stored classes to [`Condition`].

use std::sync::{Arc, OnceLock};

use rondel_asset_graph::Selection;
use rondel_model::automation::{
    AndAutomationCondition, AutoMaterializePolicy, AutoMaterializeRule,
    AutomationCondition as Stored, DiscardOnMaxMaterializationsExceededRule,
    NotAutomationCondition, OrAutomationCondition, RuleCondition,
};
use rondel_model::selection::AssetSelection;
use rondel_model::serdes::{Extra, Map, PySet, Value, to_text};

use super::{Condition, Kind, Narrowing, Quantifier, RunTags, identity};
use crate::error::{AutomationError, Result};
use crate::key::Key;

/// The class of the leaf with given results, which stands for conditions that Dagster's own tests define as
/// Python closures. It has to be known here: conditions are compiled with the graph of a snapshot, and it may
/// stand anywhere in their trees. No code server sends it, since no class of Dagster is stored under this name.
const HARDCODED: &str = "RondelTestHardcodedCondition";

impl Condition {
    /// Reads a stored condition.
    ///
    /// # Errors
    /// Selections and keys of classes this version does not know. Unknown conditions are refused when
    /// they are evaluated.
    pub fn compile(stored: &Stored) -> Result<Arc<Self>> {
        let (kind, label, children) = parts(stored)?;
        let name = identity::name(&kind, &selections(stored));
        let identity = to_text(stored);
        let stored = Some(stored.clone());
        let (tree_id, snapshot_text) = (OnceLock::new(), OnceLock::new());
        Ok(Arc::new(Self { kind, label, children, name, stored, identity, tree_id, snapshot_text }))
    }

    /// The condition a policy stands for: its own, or `(m1 | m2) & ~(s1 | s2) & ~discard` of its rules
    /// (`AutoMaterializePolicy.to_automation_condition`).
    ///
    /// # Errors
    /// As [`Condition::compile`].
    pub fn of_policy(policy: &AutoMaterializePolicy) -> Result<Arc<Self>> {
        match &policy.asset_condition {
            Some(condition) => Self::compile(condition),
            None => Self::compile(&from_rules(policy)),
        }
    }

    /// Stands for a condition that cannot be read, until it is to be evaluated.
    pub(crate) fn unreadable(reason: String) -> Arc<Self> {
        Self::made(Kind::Unknown(reason), Vec::new())
    }

    /// A condition made during evaluation.
    pub(crate) fn made(kind: Kind, children: Vec<Arc<Self>>) -> Arc<Self> {
        let name = identity::name(&kind, &(None, None));
        let parts: Vec<&str> = children.iter().map(|child| child.identity.as_str()).collect();
        let identity = format!("{name}({})", parts.join(", "));
        Self::of_parts(kind, children, name, identity)
    }

    /// One that nobody has stored.
    fn of_parts(kind: Kind, children: Vec<Arc<Self>>, name: String, identity: String) -> Arc<Self> {
        let (tree_id, snapshot_text) = (OnceLock::new(), OnceLock::new());
        let (label, stored) = (None, None);
        Arc::new(Self { kind, label, children, name, stored, identity, tree_id, snapshot_text })
    }

    /// `EntityMatchesCondition(key, operand)`. Made for every neighbour of every entity on each tick, so
    /// that its identity goes by the operand's address in place of its text.
    pub(crate) fn entity_matches(key: &Key, operand: &Arc<Self>) -> Arc<Self> {
        let kind = Kind::EntityMatches(key.clone());
        let name = identity::name(&kind, &(None, None));
        let identity = format!("{name}@{:p}", Arc::as_ptr(operand));
        let children = vec![Arc::clone(operand)];
        Self::of_parts(kind, children, name, identity)
    }
}

impl Condition {
    /// The serialized form, also of the wrapper that is made during evaluation and has none in Dagster.
    pub fn to_text(&self) -> String {
        match (&self.stored, &self.kind, self.children.first()) {
            (Some(stored), ..) => to_text(stored),
            (None, Kind::EntityMatches(key), Some(operand)) => format!(
                "{{\"__class__\": \"EntityMatchesCondition\", \"key\": {}, \"label\": null, \
                 \"operand\": {}}}",
                to_text(&key.to_stored()),
                operand.to_text()
            ),
            (None, Kind::DownstreamWrapper(keys), Some(operand)) => format!(
                "{{\"__class__\": \"DownstreamConditionWrapperCondition\", \"downstream_keys\": {}, \
                 \"label\": null, \"operand\": {}}}",
                to_text(keys),
                operand.to_text()
            ),
            _ => "null".to_owned(),
        }
    }
}

type Parts = (Kind, Option<String>, Vec<Arc<Condition>>);

fn parts(stored: &Stored) -> Result<Parts> {
    let one = |operand: &Stored| Ok::<_, AutomationError>(vec![Condition::compile(operand)?]);
    let many = |operands: &[Stored]| operands.iter().map(Condition::compile).collect::<Result<_>>();
    let leaf = |kind: Kind, label: &Option<String>| Ok((kind, label.clone(), Vec::new()));
    let deps = |quantifier, allow, ignore, through_virtual| {
        Ok::<_, AutomationError>(Kind::Deps {
            quantifier,
            narrowing: Box::new(narrowing(allow, ignore)?),
            through_virtual,
        })
    };
    match stored {
        Stored::CodeVersionChanged(c) => leaf(Kind::CodeVersionChanged, &c.label),
        Stored::InitialEvaluation(c) => leaf(Kind::InitialEvaluation, &c.label),
        Stored::Missing(c) => leaf(Kind::Missing, &c.label),
        Stored::RunInProgress(c) => leaf(Kind::RunInProgress, &c.label),
        Stored::BackfillInProgress(c) => leaf(Kind::BackfillInProgress, &c.label),
        Stored::ExecutionFailed(c) => leaf(Kind::ExecutionFailed, &c.label),
        Stored::WillBeRequested(c) => leaf(Kind::WillBeRequested, &c.label),
        Stored::NewlyRequested(c) => leaf(Kind::NewlyRequested, &c.label),
        Stored::NewlyUpdated(c) => leaf(Kind::NewlyUpdated, &c.label),
        Stored::FreshnessResult(c) => leaf(Kind::FreshnessResult(c.state), &c.label),
        Stored::DataVersionChanged(c) => leaf(Kind::DataVersionChanged, &c.label),
        Stored::CronTickPassed(c) => {
            let (schedule, timezone) = (c.cron_schedule.clone(), c.cron_timezone.clone());
            leaf(Kind::CronTickPassed { schedule, timezone }, &c.label)
        }
        Stored::InLatestTimeWindow(c) => {
            leaf(Kind::InLatestTimeWindow(c.serializable_lookback_timedelta.clone()), &c.label)
        }
        Stored::CheckResult(c) => leaf(Kind::CheckResult { passed: c.passed }, &c.label),
        Stored::LatestRunExecutedWithRootTarget(c) => {
            leaf(Kind::LatestRunExecutedWithRootTarget, &c.label)
        }
        Stored::LatestRunExecutedWithTags(c) => {
            leaf(Kind::LatestRunExecutedWithTags(run_tags(&c.tag_keys, &c.tag_values)), &c.label)
        }
        Stored::AnyNewUpdateHasRunTags(c) => {
            let tags = run_tags(&c.tag_keys, &c.tag_values);
            leaf(Kind::NewUpdatesHaveRunTags(Quantifier::Any, tags), &c.label)
        }
        Stored::AllNewUpdatesHaveRunTags(c) => {
            let tags = run_tags(&c.tag_keys, &c.tag_values);
            leaf(Kind::NewUpdatesHaveRunTags(Quantifier::All, tags), &c.label)
        }
        Stored::And(c) => Ok((Kind::And, c.label.clone(), many(&c.operands)?)),
        Stored::Or(c) => Ok((Kind::Or, c.label.clone(), many(&c.operands)?)),
        Stored::Not(c) => Ok((Kind::Not, c.label.clone(), one(&c.operand)?)),
        Stored::AnyDownstreamConditions(c) => leaf(Kind::AnyDownstreamConditions, &c.label),
        Stored::EntityMatches(c) => {
            let kind = Kind::EntityMatches(Key::from_stored(&c.key)?);
            Ok((kind, c.label.clone(), one(&c.operand)?))
        }
        Stored::AnyDeps(c) => {
            let (allow, ignore) = (&c.allow_selection, &c.ignore_selection);
            let kind = deps(Quantifier::Any, allow, ignore, c.resolves_virtual_deps)?;
            Ok((kind, c.label.clone(), one(&c.operand)?))
        }
        Stored::AllDeps(c) => {
            let (allow, ignore) = (&c.allow_selection, &c.ignore_selection);
            let kind = deps(Quantifier::All, allow, ignore, c.resolves_virtual_deps)?;
            Ok((kind, c.label.clone(), one(&c.operand)?))
        }
        Stored::AnyChecks(c) => {
            let kind = Kind::Checks {
                quantifier: Quantifier::Any,
                operand: Condition::compile(&c.operand)?,
                blocking_only: c.blocking_only,
                narrowing: Box::new(narrowing(&c.allow_selection, &c.ignore_selection)?),
            };
            leaf(kind, &c.label)
        }
        Stored::AllChecks(c) => {
            let kind = Kind::Checks {
                quantifier: Quantifier::All,
                operand: Condition::compile(&c.operand)?,
                blocking_only: c.blocking_only,
                narrowing: Box::new(narrowing(&c.allow_selection, &c.ignore_selection)?),
            };
            leaf(kind, &c.label)
        }
        Stored::AnyJobRootAssetsMatch(c) => {
            Ok((Kind::JobRoots(Quantifier::Any), c.label.clone(), one(&c.operand)?))
        }
        Stored::AllJobRootAssetsMatch(c) => {
            Ok((Kind::JobRoots(Quantifier::All), c.label.clone(), one(&c.operand)?))
        }
        Stored::NewlyTrue(c) => Ok((Kind::NewlyTrue, c.label.clone(), one(&c.operand)?)),
        Stored::Since(c) => {
            let children = vec![
                Condition::compile(&c.trigger_condition)?,
                Condition::compile(&c.reset_condition)?,
            ];
            Ok((Kind::Since, c.label.clone(), children))
        }
        Stored::Rule(c) => leaf(Kind::Rule(Box::new(c.rule.clone())), &c.label),
        Stored::Unknown(value) => leaf(unknown(value), &None),
    }
}

fn unknown(value: &Value) -> Kind {
    let class = value.class_name().unwrap_or_default();
    if class != HARDCODED {
        return Kind::Unknown(class.to_owned());
    }
    let entries = value.get("entries").and_then(Value::as_list).unwrap_or_default();
    let text = |entry: &Value, at: usize| {
        entry.as_list().and_then(|entry| entry.get(at)?.as_str().map(str::to_owned))
    };
    let entries =
        entries.iter().filter_map(|entry| Some((text(entry, 0)?, text(entry, 1)?, text(entry, 2))));
    Kind::Hardcoded(entries.collect())
}

fn narrowing(allow: &Option<AssetSelection>, ignore: &Option<AssetSelection>) -> Result<Narrowing> {
    let read = |selection: &Option<AssetSelection>| {
        let Some(selection) = selection else { return Ok(None) };
        Selection::from_stored(selection)
            .map(Some)
            .ok_or_else(|| AutomationError::UnknownSelection(selection.class_name().to_owned()))
    };
    Ok(Narrowing { allow: read(allow)?, ignore: read(ignore)? })
}

fn run_tags(keys: &Option<PySet<String>>, values: &Option<Map<String>>) -> RunTags {
    RunTags {
        keys: keys.as_ref().map(|keys| keys.as_slice().iter().cloned().collect()),
        values: values.clone(),
    }
}

/// The selections as written, for the name.
fn selections(stored: &Stored) -> (Option<String>, Option<String>) {
    let text = |selection: &Option<AssetSelection>| {
        let selection = selection.as_ref()?;
        let known = Selection::from_stored(selection).and_then(|selection| selection.to_text());
        Some(known.unwrap_or_else(|| selection.class_name().to_owned()))
    };
    match stored {
        Stored::AnyDeps(c) => (text(&c.allow_selection), text(&c.ignore_selection)),
        Stored::AllDeps(c) => (text(&c.allow_selection), text(&c.ignore_selection)),
        Stored::AnyChecks(c) => (text(&c.allow_selection), text(&c.ignore_selection)),
        Stored::AllChecks(c) => (text(&c.allow_selection), text(&c.ignore_selection)),
        _ => (None, None),
    }
}

fn from_rules(policy: &AutoMaterializePolicy) -> Stored {
    let rule = |rule: &AutoMaterializeRule| {
        Stored::Rule(RuleCondition { label: None, rule: rule.clone(), extra: Extra::default() })
    };
    let any_of = |materialize: bool| {
        let rules = policy.rules.as_slice().iter();
        let mut operands: Vec<&AutoMaterializeRule> = rules
            .filter(|rule| rule.class_name().starts_with("Materialize") == materialize)
            .collect();
        operands.sort_by_cached_key(|operand| super::rule::description(operand));
        Stored::Or(OrAutomationCondition {
            operands: operands.into_iter().map(rule).collect(),
            ..OrAutomationCondition::default()
        })
    };
    let not = |operand: Stored| {
        Stored::Not(NotAutomationCondition {
            label: None,
            operand: Box::new(operand),
            extra: Extra::default(),
        })
    };
    let mut operands = vec![any_of(true), not(any_of(false))];
    if let Some(limit) = policy.max_materializations_per_minute.filter(|limit| *limit != 0) {
        let discard = DiscardOnMaxMaterializationsExceededRule { limit, extra: Extra::default() };
        operands.push(not(rule(&discard.into())));
    }
    Stored::And(AndAutomationCondition { operands, ..AndAutomationCondition::default() })
}
