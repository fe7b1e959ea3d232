//! Automation conditions: their label and the expression behind it.
//!
//! A code server sends a condition either whole or, when it has custom parts, as a snapshot of names; both lead to the
//! same text (`get_expanded_label`).

use async_graphql::SimpleObject;
use rondel_asset_graph::Selection;
use rondel_model::{
    automation::{
        AutoMaterializePolicy, AutomationCondition as Condition, AutomationConditionSnapshot,
        SerializableTimeDelta,
    },
    selection::AssetSelection,
    serdes::{Map, PySet},
    snap::{AssetCheckNodeSnap, AssetNodeSnap},
};

use super::policy::{AutoMaterializeDecisionType, decision_of};

/// How a rule of an older policy is named inside an expression.
const RULE: &str = "RuleCondition";

/// When Dagster executes an asset, check or job by itself.
#[derive(SimpleObject, Clone)]
pub(crate) struct AutomationCondition {
    label: Option<String>,
    expanded_label: Vec<String>,
}

impl AutomationCondition {
    pub(crate) fn of_asset(snap: &AssetNodeSnap) -> Option<Self> {
        let whole =
            snap.auto_materialize_policy.as_ref().map(|policy| policy.asset_condition.as_ref());
        match (&snap.automation_condition_snapshot, whole) {
            (Some(snapshot), _) => Some(Self::of_snapshot(snapshot)),
            (None, Some(Some(condition))) => Some(Self::of(condition)),
            (None, Some(None)) => {
                let policy = snap.auto_materialize_policy.as_ref()?;
                Some(Self {
                    label: None,
                    expanded_label: Part::of_rules(policy).expanded(Labels::Expand),
                })
            }
            (None, None) => None,
        }
    }

    pub(crate) fn of_check(snap: &AssetCheckNodeSnap) -> Option<Self> {
        match (&snap.automation_condition_snapshot, &snap.automation_condition) {
            (Some(snapshot), _) => Some(Self::of_snapshot(snapshot)),
            (None, Some(condition)) => Some(Self::of(condition)),
            (None, None) => None,
        }
    }

    /// A condition sent whole.
    pub(crate) fn of(condition: &Condition) -> Self {
        let part = Part::of(condition);
        Self { label: part.label.clone(), expanded_label: part.expanded(Labels::Expand) }
    }

    pub(crate) fn into_expanded_label(self) -> Vec<String> {
        self.expanded_label
    }

    /// A condition sent as names.
    pub(crate) fn of_snapshot(snapshot: &AutomationConditionSnapshot) -> Self {
        let part = Part::of_snapshot(snapshot);
        Self { label: part.label.clone(), expanded_label: part.expanded(Labels::Expand) }
    }
}

/// Whether a label stands for the expression it names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labels {
    Expand,
    Use,
}

/// A node of the expression.
struct Part {
    label: Option<String>,
    name: String,
    children: Vec<Part>,
}

impl Part {
    fn expanded(&self, labels: Labels) -> Vec<String> {
        if let (Labels::Use, Some(label)) = (labels, &self.label) {
            return vec![label.clone()];
        }
        let children = self
            .children
            .iter()
            .map(|child| format!("({})", child.expanded(Labels::Use).join(" ")));
        let children: Vec<String> = children.collect();
        if children.len() < 2 {
            return std::iter::once(self.name.clone()).chain(children).collect();
        }
        // The operator stands between its operands.
        let mut words = Vec::with_capacity(2 * children.len());
        for child in children {
            if !words.is_empty() {
                words.push(self.name.clone());
            }
            words.push(child);
        }
        words
    }

    /// The expression that a policy of rules stands for: something to materialize, nothing to skip, nothing to
    /// discard (`AutoMaterializePolicy.to_automation_condition`).
    fn of_rules(policy: &AutoMaterializePolicy) -> Self {
        let rule = || Self { label: None, name: RULE.to_owned(), children: Vec::new() };
        let join = |name: &str, children| Self { label: None, name: name.to_owned(), children };
        let any_of = |decision| {
            let rules = policy.rules.iter().filter(|rule| decision_of(rule) == decision);
            join("OR", rules.map(|_| rule()).collect())
        };
        let materialize = any_of(AutoMaterializeDecisionType::Materialize);
        let skip = join("NOT", vec![any_of(AutoMaterializeDecisionType::Skip)]);
        let mut children = vec![materialize, skip];
        if policy.max_materializations_per_minute.is_some_and(|limit| limit != 0) {
            children.push(join("NOT", vec![rule()]));
        }
        join("AND", children)
    }

    fn of_snapshot(snapshot: &AutomationConditionSnapshot) -> Self {
        let node = &snapshot.node_snapshot;
        let name = node.name.clone().filter(|name| !name.is_empty());
        Self {
            label: node.label.clone(),
            name: name.unwrap_or_else(|| node.description.clone()),
            children: snapshot.children.iter().map(Self::of_snapshot).collect(),
        }
    }

    fn of(condition: &Condition) -> Self {
        use Condition as C;
        let leaf = |label: &Option<String>, name: &str| Self {
            label: label.clone(),
            name: name.to_owned(),
            children: Vec::new(),
        };
        let node = |label: &Option<String>, name: String, children: &[&Condition]| Self {
            label: label.clone(),
            name,
            children: children.iter().map(|child| Self::of(child)).collect(),
        };
        match condition {
            C::CodeVersionChanged(c) => leaf(&c.label, "code_version_changed"),
            C::InitialEvaluation(c) => leaf(&c.label, "initial_evaluation"),
            C::Missing(c) => leaf(&c.label, "missing"),
            C::RunInProgress(c) => leaf(&c.label, "run_in_progress"),
            C::BackfillInProgress(c) => leaf(&c.label, "backfill_in_progress"),
            C::ExecutionFailed(c) => leaf(&c.label, "execution_failed"),
            C::WillBeRequested(c) => leaf(&c.label, "will_be_requested"),
            C::NewlyRequested(c) => leaf(&c.label, "newly_requested"),
            C::NewlyUpdated(c) => leaf(&c.label, "newly_updated"),
            C::FreshnessResult(c) => leaf(
                &c.label,
                &format!("freshness_result(state=FreshnessState.{})", c.state.as_str()),
            ),
            C::DataVersionChanged(c) => leaf(&c.label, "data_version_changed"),
            C::CronTickPassed(c) => {
                let (cron, zone) = (&c.cron_schedule, &c.cron_timezone);
                leaf(
                    &c.label,
                    &format!("cron_tick_passed(cron_schedule={cron}, cron_timezone={zone})"),
                )
            }
            C::InLatestTimeWindow(c) => {
                let lookback = c.serializable_lookback_timedelta.as_ref();
                let suffix =
                    lookback.map(|span| format!("(lookback_timedelta={})", python_span(span)));
                leaf(&c.label, &format!("in_latest_time_window{}", suffix.unwrap_or_default()))
            }
            C::CheckResult(c) => {
                leaf(&c.label, if c.passed { "check_passed" } else { "check_failed" })
            }
            C::LatestRunExecutedWithRootTarget(c) => leaf(&c.label, "executed_with_root_target"),
            C::LatestRunExecutedWithTags(c) => leaf(
                &c.label,
                &tag_filter("executed_with_tags", c.tag_keys.as_ref(), c.tag_values.as_ref()),
            ),
            C::AnyNewUpdateHasRunTags(c) => {
                let base = "any_new_update_has_run_tags";
                leaf(&c.label, &tag_filter(base, c.tag_keys.as_ref(), c.tag_values.as_ref()))
            }
            C::AllNewUpdatesHaveRunTags(c) => {
                let base = "all_new_updates_have_run_tags";
                leaf(&c.label, &tag_filter(base, c.tag_keys.as_ref(), c.tag_values.as_ref()))
            }
            C::And(c) => node(&c.label, "AND".into(), &c.operands.iter().collect::<Vec<_>>()),
            C::Or(c) => node(&c.label, "OR".into(), &c.operands.iter().collect::<Vec<_>>()),
            C::Not(c) => node(&c.label, "NOT".into(), &[&c.operand]),
            C::AnyDownstreamConditions(c) => leaf(&c.label, "ANY_DOWNSTREAM_CONDITIONS"),
            C::EntityMatches(c) => node(&c.label, entity_name(&c.key), &[&c.operand]),
            C::AnyDeps(c) => {
                let name = with_selections(
                    "ANY_DEPS_MATCH",
                    c.allow_selection.as_ref(),
                    c.ignore_selection.as_ref(),
                    c.resolves_virtual_deps.then_some("resolves_virtual_deps=True"),
                );
                node(&c.label, name, &[&c.operand])
            }
            C::AllDeps(c) => {
                let name = with_selections(
                    "ALL_DEPS_MATCH",
                    c.allow_selection.as_ref(),
                    c.ignore_selection.as_ref(),
                    c.resolves_virtual_deps.then_some("resolves_virtual_deps=True"),
                );
                node(&c.label, name, &[&c.operand])
            }
            C::AnyChecks(c) => {
                let name = checks_name(
                    "ANY_CHECKS_MATCH",
                    c.blocking_only,
                    c.allow_selection.as_ref(),
                    c.ignore_selection.as_ref(),
                );
                node(&c.label, name, &[&c.operand])
            }
            C::AllChecks(c) => {
                let name = checks_name(
                    "ALL_CHECKS_MATCH",
                    c.blocking_only,
                    c.allow_selection.as_ref(),
                    c.ignore_selection.as_ref(),
                );
                node(&c.label, name, &[&c.operand])
            }
            C::AnyJobRootAssetsMatch(c) => {
                node(&c.label, "ANY_JOB_ROOT_ASSETS_MATCH".into(), &[&c.operand])
            }
            C::AllJobRootAssetsMatch(c) => {
                node(&c.label, "ALL_JOB_ROOT_ASSETS_MATCH".into(), &[&c.operand])
            }
            C::NewlyTrue(c) => node(&c.label, "NEWLY_TRUE".into(), &[&c.operand]),
            C::Since(c) => {
                node(&c.label, "SINCE".into(), &[&c.trigger_condition, &c.reset_condition])
            }
            C::Rule(c) => leaf(&c.label, RULE),
            C::Unknown(value) => leaf(&None, value.class_name().unwrap_or_default()),
        }
    }
}

fn entity_name(key: &rondel_model::ids::EntityKey) -> String {
    use rondel_model::ids::EntityKey;
    match key {
        EntityKey::Asset(key) => key.to_user_string(),
        EntityKey::Check(key) => key.to_user_string(),
        EntityKey::Job(key) => key.job_name.clone(),
        EntityKey::Unknown(value) => value.to_string(),
    }
}

fn selections(
    allow: Option<&AssetSelection>,
    ignore: Option<&AssetSelection>,
) -> impl Iterator<Item = String> {
    let text = |selection: &AssetSelection| {
        Selection::from_stored(selection)
            .and_then(|selection| selection.to_text())
            .unwrap_or_default()
    };
    let allow = allow.map(|selection| format!("allow_selection={}", text(selection)));
    let ignore = ignore.map(|selection| format!("ignore_selection={}", text(selection)));
    allow.into_iter().chain(ignore)
}

fn with_selections(
    base: &str,
    allow: Option<&AssetSelection>,
    ignore: Option<&AssetSelection>,
    more: Option<&str>,
) -> String {
    with_properties(base, ",", selections(allow, ignore).chain(more.map(str::to_owned)))
}

fn checks_name(
    base: &str,
    blocking_only: bool,
    allow: Option<&AssetSelection>,
    ignore: Option<&AssetSelection>,
) -> String {
    let blocking = blocking_only.then(|| "blocking_only=True".to_owned());
    with_properties(base, ",", blocking.into_iter().chain(selections(allow, ignore)))
}

fn tag_filter(base: &str, keys: Option<&PySet<String>>, values: Option<&Map<String>>) -> String {
    let keys = keys.map(|keys| {
        let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        keys.sort_unstable();
        format!("tag_keys={{{}}}", keys.join(","))
    });
    let values = values.map(|values| {
        let mut values: Vec<String> =
            values.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        values.sort_unstable();
        format!("tag_values={{{}}}", values.join(","))
    });
    with_properties(base, ", ", keys.into_iter().chain(values))
}

fn with_properties(
    base: &str,
    separator: &str,
    properties: impl Iterator<Item = String>,
) -> String {
    let properties: Vec<String> = properties.collect();
    if properties.is_empty() {
        base.to_owned()
    } else {
        format!("{base}({})", properties.join(separator))
    }
}

/// Python's `str` of a `timedelta`.
fn python_span(span: &SerializableTimeDelta) -> String {
    let clock =
        format!("{}:{:02}:{:02}", span.seconds / 3_600, span.seconds / 60 % 60, span.seconds % 60);
    let days = match span.days {
        0 => String::new(),
        1 | -1 => format!("{} day, ", span.days),
        days => format!("{days} days, "),
    };
    let micros =
        if span.microseconds == 0 { String::new() } else { format!(".{:06}", span.microseconds) };
    format!("{days}{clock}{micros}")
}
