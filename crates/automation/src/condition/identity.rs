//! Names, descriptions and ids of conditions, exactly as Dagster's: they are compared between ticks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rondel_model::automation::AutomationConditionNodeSnapshot;
use rondel_model::ids::AssetKey;
use rondel_model::serdes::to_text;

use super::{Condition, Kind, Quantifier, RunTags, timedelta};
use crate::digest::{Digest, Hasher};
use crate::key::Key;

/// The name of a condition; the selections of dependencies and checks as they are written.
pub(super) fn name(kind: &Kind, selections: &(Option<String>, Option<String>)) -> String {
    match kind {
        Kind::CodeVersionChanged => "code_version_changed".into(),
        Kind::InitialEvaluation => "initial_evaluation".into(),
        Kind::Missing => "missing".into(),
        Kind::RunInProgress => "run_in_progress".into(),
        Kind::BackfillInProgress => "backfill_in_progress".into(),
        Kind::ExecutionFailed => "execution_failed".into(),
        Kind::WillBeRequested => "will_be_requested".into(),
        Kind::NewlyRequested => "newly_requested".into(),
        Kind::NewlyUpdated => "newly_updated".into(),
        Kind::FreshnessResult(state) => {
            format!("freshness_result(state=FreshnessState.{})", state.as_str())
        }
        Kind::DataVersionChanged => "data_version_changed".into(),
        Kind::CronTickPassed { schedule, timezone } => {
            format!("cron_tick_passed(cron_schedule={schedule}, cron_timezone={timezone})")
        }
        Kind::InLatestTimeWindow(None) => "in_latest_time_window".into(),
        Kind::InLatestTimeWindow(Some(delta)) => {
            format!("in_latest_time_window(lookback_timedelta={})", timedelta::to_text(delta))
        }
        Kind::CheckResult { passed: true } => "check_passed".into(),
        Kind::CheckResult { passed: false } => "check_failed".into(),
        Kind::LatestRunExecutedWithRootTarget => "executed_with_root_target".into(),
        Kind::LatestRunExecutedWithTags(tags) => name_with_tags("executed_with_tags", tags),
        Kind::NewUpdatesHaveRunTags(Quantifier::Any, tags) => {
            name_with_tags("any_new_update_has_run_tags", tags)
        }
        Kind::NewUpdatesHaveRunTags(Quantifier::All, tags) => {
            name_with_tags("all_new_updates_have_run_tags", tags)
        }
        Kind::And => "AND".into(),
        Kind::Or => "OR".into(),
        Kind::Not => "NOT".into(),
        Kind::AnyDownstreamConditions => "ANY_DOWNSTREAM_CONDITIONS".into(),
        Kind::DownstreamWrapper(keys) => {
            keys.iter().map(AssetKey::to_user_string).collect::<Vec<_>>().join(", ")
        }
        Kind::EntityMatches(key) => key.to_user_string(),
        Kind::Deps { through_virtual, .. } => {
            let mut properties = properties_of(selections);
            properties.extend(through_virtual.then(|| "resolves_virtual_deps=True".to_owned()));
            with_properties(base_name(kind).unwrap_or_default(), &properties)
        }
        Kind::Checks { blocking_only, .. } => {
            let mut properties: Vec<String> =
                blocking_only.then(|| "blocking_only=True".to_owned()).into_iter().collect();
            properties.extend(properties_of(selections));
            with_properties(base_name(kind).unwrap_or_default(), &properties)
        }
        Kind::JobRoots(_) => base_name(kind).unwrap_or_default().into(),
        Kind::NewlyTrue => "NEWLY_TRUE".into(),
        Kind::Since => "SINCE".into(),
        Kind::Rule(_) => "RuleCondition".into(),
        Kind::Hardcoded(_) => "HardcodedCondition".into(),
        Kind::Unknown(class) => class.clone(),
    }
}

/// The name without selections, where ids are made of it.
fn base_name(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Deps { quantifier: Quantifier::Any, .. } => Some("ANY_DEPS_MATCH"),
        Kind::Deps { quantifier: Quantifier::All, .. } => Some("ALL_DEPS_MATCH"),
        Kind::Checks { quantifier: Quantifier::Any, .. } => Some("ANY_CHECKS_MATCH"),
        Kind::Checks { quantifier: Quantifier::All, .. } => Some("ALL_CHECKS_MATCH"),
        Kind::JobRoots(Quantifier::Any) => Some("ANY_JOB_ROOT_ASSETS_MATCH"),
        Kind::JobRoots(Quantifier::All) => Some("ALL_JOB_ROOT_ASSETS_MATCH"),
        _ => None,
    }
}

fn properties_of((allow, ignore): &(Option<String>, Option<String>)) -> Vec<String> {
    let allow = allow.iter().map(|text| format!("allow_selection={text}"));
    allow.chain(ignore.iter().map(|text| format!("ignore_selection={text}"))).collect()
}

fn with_properties(base: &str, properties: &[String]) -> String {
    if properties.is_empty() {
        base.to_owned()
    } else {
        format!("{base}({})", properties.join(","))
    }
}

fn name_with_tags(base: &str, tags: &RunTags) -> String {
    let mut properties = Vec::new();
    if let Some(keys) = &tags.keys {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        properties.push(format!("tag_keys={{{}}}", keys.join(",")));
    }
    if let Some(values) = &tags.values {
        let values: BTreeMap<&String, &String> = values.iter().collect();
        let values: Vec<String> =
            values.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
        properties.push(format!("tag_values={{{}}}", values.join(",")));
    }
    if properties.is_empty() {
        base.to_owned()
    } else {
        format!("{base}({})", properties.join(", "))
    }
}

/// An index among siblings; `None` where ids do without.
pub(crate) type ChildIndex = Option<usize>;

impl Condition {
    /// What people are told about when the condition is true; part of every hash.
    pub fn description(&self) -> Cow<'static, str> {
        match &self.kind {
            Kind::And => "All of".into(),
            Kind::Or => "Any of".into(),
            Kind::Not => "Not".into(),
            Kind::AnyDownstreamConditions => "Any downstream conditions".into(),
            Kind::WillBeRequested => "Will be requested this tick".into(),
            Kind::InLatestTimeWindow(None) => "Within latest time window".into(),
            Kind::InLatestTimeWindow(Some(delta)) => {
                format!("Within {} of the end of the latest time window", timedelta::to_text(delta))
                    .into()
            }
            Kind::Hardcoded(_) => "...".into(),
            Kind::Rule(rule) => super::rule::description(rule).into(),
            _ => "".into(),
        }
    }

    /// The Python class name.
    fn class_name(&self) -> &str {
        match &self.kind {
            Kind::And => "AndAutomationCondition",
            Kind::Or => "OrAutomationCondition",
            Kind::Not => "NotAutomationCondition",
            Kind::RunInProgress => "RunInProgressAutomationCondition",
            Kind::ExecutionFailed => "ExecutionFailedAutomationCondition",
            Kind::DownstreamWrapper(_) => "DownstreamConditionWrapperCondition",
            Kind::EntityMatches(_) => "EntityMatchesCondition",
            _ => self.stored.as_ref().map_or("AutomationCondition", |stored| stored.class_name()),
        }
    }

    fn operator_type(&self) -> &'static str {
        match &self.kind {
            Kind::And => "and",
            Kind::Or => "or",
            Kind::Not => "not",
            Kind::Deps { quantifier, .. }
            | Kind::Checks { quantifier, .. }
            | Kind::JobRoots(quantifier) => match quantifier {
                Quantifier::Any => "or",
                Quantifier::All => "and",
            },
            _ => "identity",
        }
    }

    /// The node as evaluations show it.
    pub fn snapshot(&self, unique_id: Digest) -> AutomationConditionNodeSnapshot {
        AutomationConditionNodeSnapshot {
            class_name: self.class_name().to_owned(),
            description: self.description().into_owned(),
            unique_id: unique_id.to_string(),
            label: self.label.clone(),
            name: Some(self.name.clone()),
            operator_type: self.operator_type().to_owned(),
            ..AutomationConditionNodeSnapshot::default()
        }
    }

    /// Appends the text of [`Self::snapshot`].
    pub(crate) fn write_snapshot(&self, unique_id: Digest, out: &mut String) {
        // The id is what stands last.
        let before = self.snapshot_text.get_or_init(|| {
            let mut snapshot = self.snapshot(unique_id);
            snapshot.unique_id = String::new();
            let mut text = to_text(&snapshot);
            text.truncate(text.len() - "\"}".len());
            text
        });
        out.push_str(before);
        unique_id.write(out);
        out.push_str("\"}");
    }

    /// The node's id at its place (`get_node_unique_id`). `target` is the entity it is evaluated for
    /// where that is not the one at the root.
    pub fn node_id(
        &self,
        parent: Option<Digest>,
        index: ChildIndex,
        target: Option<&Key>,
    ) -> Digest {
        match &self.kind {
            Kind::NewlyTrue | Kind::Since => self.stable_id(target),
            Kind::Rule(rule) => {
                let mut id = Hasher::default();
                id.text(rule.class_name());
                id.text(&self.description());
                id.finish()
            }
            Kind::Deps { .. } | Kind::Checks { .. } => {
                id_at(parent, index, base_name(&self.kind).unwrap_or_default())
            }
            _ => id_at(parent, index, &self.name),
        }
    }

    /// The id of the whole tree (`get_unique_id`).
    pub fn tree_id(&self) -> &str {
        self.tree_id.get_or_init(|| self.tree_id_at(None, None).to_string())
    }

    fn tree_id_at(&self, parent: Option<Digest>, index: ChildIndex) -> Digest {
        let id = self.node_id(parent, index, None);
        let mut tree = Hasher::default();
        tree.digest(id);
        for (index, child) in self.children.iter().enumerate() {
            tree.digest(child.tree_id_at(Some(id), Some(index)));
        }
        tree.finish()
    }

    /// An id that does not depend on the place in the tree: these nodes look at every partition.
    fn stable_id(&self, target: Option<&Key>) -> Digest {
        let mut id = Hasher::default();
        id.text(&self.name);
        for (index, child) in self.children.iter().enumerate() {
            id.digest(child.node_id(None, Some(index), target));
        }
        if let Some(target) = target {
            id.text(&target.to_user_string());
        }
        id.finish()
    }
}

fn id_at(parent: Option<Digest>, index: ChildIndex, name: &str) -> Digest {
    let mut id = Hasher::default();
    match parent {
        Some(parent) => id.digest(parent),
        None => id.text("None"),
    }
    match index.and_then(|index| i64::try_from(index).ok()) {
        Some(index) => id.number(index),
        None => id.text("None"),
    }
    id.text(name);
    id.finish()
}
