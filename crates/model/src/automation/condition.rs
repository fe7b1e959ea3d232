//! The automation condition of an asset, check or job.

use crate::automation::{
    AllChecksCondition, AllDepsCondition, AllJobRootAssetsMatchCondition,
    AllNewUpdatesHaveRunTagsCondition, AndAutomationCondition, AnyChecksCondition,
    AnyDepsCondition, AnyDownstreamConditionsCondition, AnyJobRootAssetsMatchCondition,
    AnyNewUpdateHasRunTagsCondition, AutoMaterializeRule, BackfillInProgressAutomationCondition,
    CheckResultCondition, CodeVersionChangedCondition, CronTickPassedCondition,
    DataVersionChangedCondition, EntityMatchesCondition, ExecutionFailedAutomationCondition,
    FreshnessResultCondition, InLatestTimeWindowCondition, InitialEvaluationCondition,
    LatestRunExecutedWithRootTargetCondition, LatestRunExecutedWithTagsCondition,
    MissingAutomationCondition, NewlyRequestedCondition, NewlyTrueCondition, NewlyUpdatedCondition,
    NotAutomationCondition, OrAutomationCondition, RunInProgressAutomationCondition,
    SinceCondition, WillBeRequestedCondition,
};
use crate::{record, union};

record! {
    /// A legacy rule as a condition.
    pub struct RuleCondition = "RuleCondition" {
        label: Option<String>,
        rule: AutoMaterializeRule,
    }
}

union! {
    /// An automation condition.
    pub enum AutomationCondition {
        /// `CodeVersionChangedCondition`
        CodeVersionChanged(CodeVersionChangedCondition),
        /// `InitialEvaluationCondition`
        InitialEvaluation(InitialEvaluationCondition),
        /// `MissingAutomationCondition`
        Missing(MissingAutomationCondition),
        /// `RunInProgressAutomationCondition`
        RunInProgress(RunInProgressAutomationCondition),
        /// `BackfillInProgressAutomationCondition`
        BackfillInProgress(BackfillInProgressAutomationCondition),
        /// `ExecutionFailedAutomationCondition`
        ExecutionFailed(ExecutionFailedAutomationCondition),
        /// `WillBeRequestedCondition`
        WillBeRequested(WillBeRequestedCondition),
        /// `NewlyRequestedCondition`
        NewlyRequested(NewlyRequestedCondition),
        /// `NewlyUpdatedCondition`
        NewlyUpdated(NewlyUpdatedCondition),
        /// `FreshnessResultCondition`
        FreshnessResult(FreshnessResultCondition),
        /// `DataVersionChangedCondition`
        DataVersionChanged(DataVersionChangedCondition),
        /// `CronTickPassedCondition`
        CronTickPassed(CronTickPassedCondition),
        /// `InLatestTimeWindowCondition`
        InLatestTimeWindow(InLatestTimeWindowCondition),
        /// `CheckResultCondition`
        CheckResult(CheckResultCondition),
        /// `LatestRunExecutedWithRootTargetCondition`
        LatestRunExecutedWithRootTarget(LatestRunExecutedWithRootTargetCondition),
        /// `LatestRunExecutedWithTagsCondition`
        LatestRunExecutedWithTags(LatestRunExecutedWithTagsCondition),
        /// `AnyNewUpdateHasRunTagsCondition`
        AnyNewUpdateHasRunTags(AnyNewUpdateHasRunTagsCondition),
        /// `AllNewUpdatesHaveRunTagsCondition`
        AllNewUpdatesHaveRunTags(AllNewUpdatesHaveRunTagsCondition),
        /// `AndAutomationCondition`
        And(AndAutomationCondition),
        /// `OrAutomationCondition`
        Or(OrAutomationCondition),
        /// `NotAutomationCondition`
        Not(NotAutomationCondition),
        /// `AnyDownstreamConditionsCondition`
        AnyDownstreamConditions(AnyDownstreamConditionsCondition),
        /// `EntityMatchesCondition`
        EntityMatches(EntityMatchesCondition),
        /// `AnyDepsCondition`
        AnyDeps(AnyDepsCondition),
        /// `AllDepsCondition`
        AllDeps(AllDepsCondition),
        /// `AnyChecksCondition`
        AnyChecks(AnyChecksCondition),
        /// `AllChecksCondition`
        AllChecks(AllChecksCondition),
        /// `AnyJobRootAssetsMatchCondition`
        AnyJobRootAssetsMatch(AnyJobRootAssetsMatchCondition),
        /// `AllJobRootAssetsMatchCondition`
        AllJobRootAssetsMatch(AllJobRootAssetsMatchCondition),
        /// `NewlyTrueCondition`
        NewlyTrue(NewlyTrueCondition),
        /// `SinceCondition`
        Since(SinceCondition),
        /// `RuleCondition`
        Rule(RuleCondition),
    }
}
