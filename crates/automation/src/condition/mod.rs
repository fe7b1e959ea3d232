//! Conditions ready to be evaluated: one tree for all classes, with the ids Dagster gives its nodes.

mod compile;
mod identity;
mod rule;
#[cfg(test)]
mod tests;
pub(crate) mod timedelta;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use rondel_asset_graph::Selection;
use rondel_model::automation::{
    AutoMaterializeRule, AutomationCondition, FreshnessState, SerializableTimeDelta,
};
use rondel_model::ids::AssetKey;

use crate::key::Key;

pub(crate) use identity::ChildIndex;

/// Whether the operand has to hold for one or for all of several entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// For at least one.
    Any,
    /// For every one.
    All,
}

/// Which of the neighbours count.
#[derive(Debug, Clone)]
pub struct Narrowing {
    /// Only these.
    pub allow: Option<Selection>,
    /// Not these.
    pub ignore: Option<Selection>,
}

/// What a condition asks of a run's tags.
#[derive(Debug, Clone)]
pub struct RunTags {
    /// Tags that must be there; none when not asked for.
    pub keys: Option<BTreeSet<String>>,
    /// Tags that must have these values; none when not asked for.
    pub values: Option<IndexMap<String, String>>,
}

/// The class of a condition with its parameters.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `CodeVersionChangedCondition`
    CodeVersionChanged,
    /// `InitialEvaluationCondition`
    InitialEvaluation,
    /// `MissingAutomationCondition`
    Missing,
    /// `RunInProgressAutomationCondition`
    RunInProgress,
    /// `BackfillInProgressAutomationCondition`
    BackfillInProgress,
    /// `ExecutionFailedAutomationCondition`
    ExecutionFailed,
    /// `WillBeRequestedCondition`
    WillBeRequested,
    /// `NewlyRequestedCondition`
    NewlyRequested,
    /// `NewlyUpdatedCondition`
    NewlyUpdated,
    /// `FreshnessResultCondition`
    FreshnessResult(FreshnessState),
    /// `DataVersionChangedCondition`
    DataVersionChanged,
    /// `CronTickPassedCondition`
    CronTickPassed {
        /// The cron schedule.
        schedule: String,
        /// The time zone it is read in.
        timezone: String,
    },
    /// `InLatestTimeWindowCondition`, with how far to look back from the end of the window.
    InLatestTimeWindow(Option<SerializableTimeDelta>),
    /// `CheckResultCondition`
    CheckResult {
        /// Whether the check has to have passed, or not passed.
        passed: bool,
    },
    /// `LatestRunExecutedWithRootTargetCondition`
    LatestRunExecutedWithRootTarget,
    /// `LatestRunExecutedWithTagsCondition`
    LatestRunExecutedWithTags(RunTags),
    /// `AnyNewUpdateHasRunTagsCondition`, `AllNewUpdatesHaveRunTagsCondition`
    NewUpdatesHaveRunTags(Quantifier, RunTags),
    /// `AndAutomationCondition`
    And,
    /// `OrAutomationCondition`
    Or,
    /// `NotAutomationCondition`
    Not,
    /// `AnyDownstreamConditionsCondition`
    AnyDownstreamConditions,
    /// `DownstreamConditionWrapperCondition`: made during evaluation for the assets given.
    DownstreamWrapper(Vec<AssetKey>),
    /// `EntityMatchesCondition`
    EntityMatches(Key),
    /// `AnyDepsCondition`, `AllDepsCondition`
    Deps {
        /// For one or for all dependencies.
        quantifier: Quantifier,
        /// Which dependencies count.
        narrowing: Box<Narrowing>,
        /// Whether virtual assets stand for what they are made of.
        through_virtual: bool,
    },
    /// `AnyChecksCondition`, `AllChecksCondition`. The operand is not a child: Dagster does not list it.
    Checks {
        /// For one or for all checks.
        quantifier: Quantifier,
        /// What is asked of the checks.
        operand: Arc<Condition>,
        /// Whether only blocking checks count.
        blocking_only: bool,
        /// Which checks count.
        narrowing: Box<Narrowing>,
    },
    /// `AnyJobRootAssetsMatchCondition`, `AllJobRootAssetsMatchCondition`
    JobRoots(Quantifier),
    /// `NewlyTrueCondition`
    NewlyTrue,
    /// `SinceCondition`: the trigger, then the reset.
    Since,
    /// `RuleCondition`
    Rule(Box<AutoMaterializeRule>),
    /// The test-only condition with given results: kind, key, partition.
    Hardcoded(Vec<(String, String, Option<String>)>),
    /// A class this version does not know.
    Unknown(String),
}

/// A condition with its children.
#[derive(Debug)]
pub struct Condition {
    /// Its class.
    pub kind: Kind,
    /// What user code calls it.
    pub label: Option<String>,
    /// The children Dagster lists.
    pub children: Vec<Arc<Condition>>,
    /// The name shown (`name` in Python).
    pub name: String,
    /// The stored form; none for those made during evaluation.
    pub stored: Option<AutomationCondition>,
    /// The stored form as text: equal texts mean equal conditions.
    pub identity: String,
    /// The id of the tree, once asked for.
    tree_id: OnceLock<String>,
    /// What evaluations show of the node but for its id, as text, once asked for.
    snapshot_text: OnceLock<String>,
}

impl Condition {
    /// Whether any node is a legacy rule.
    pub fn has_rule(&self) -> bool {
        matches!(self.kind, Kind::Rule(_)) || self.children.iter().any(|child| child.has_rule())
    }

    /// Whether the node remembers something between ticks.
    pub fn requires_cursor(&self) -> bool {
        matches!(
            self.kind,
            Kind::CodeVersionChanged
                | Kind::InitialEvaluation
                | Kind::Not
                | Kind::EntityMatches(_)
                | Kind::NewlyTrue
                | Kind::Since
                | Kind::Rule(_)
                | Kind::Hardcoded(_)
                | Kind::Unknown(_)
        )
    }
}
