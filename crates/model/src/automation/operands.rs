//! Conditions that look at an asset itself.

use crate::automation::{FreshnessState, SerializableTimeDelta};
use crate::record;
use crate::serdes::{Map, PySet};

record! {
    /// The code version has changed since the last tick.
    #[derive(Default)]
    pub struct CodeVersionChangedCondition = "CodeVersionChangedCondition" {
        label: Option<String>,
    }
}

record! {
    /// The condition is evaluated for the first time, or has changed.
    #[derive(Default)]
    pub struct InitialEvaluationCondition = "InitialEvaluationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Never materialized, observed or executed.
    #[derive(Default)]
    pub struct MissingAutomationCondition = "MissingAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Part of a run in progress.
    #[derive(Default)]
    pub struct RunInProgressAutomationCondition = "InProgressAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Part of a backfill in progress.
    #[derive(Default)]
    pub struct BackfillInProgressAutomationCondition = "BackfillInProgressAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// The latest execution failed.
    #[derive(Default)]
    pub struct ExecutionFailedAutomationCondition = "FailedAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Requested in this tick.
    #[derive(Default)]
    pub struct WillBeRequestedCondition = "WillBeRequestedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Requested in the last tick.
    #[derive(Default)]
    pub struct NewlyRequestedCondition = "NewlyRequestedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Updated since the last tick.
    #[derive(Default)]
    pub struct NewlyUpdatedCondition = "NewlyUpdatedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Freshness is in the given state.
    pub struct FreshnessResultCondition = "FreshnessResultCondition" {
        label: Option<String>,
        state: FreshnessState,
    }
}

record! {
    /// The data version has changed since the last tick.
    #[derive(Default)]
    pub struct DataVersionChangedCondition = "DataVersionChangedCondition" {
        label: Option<String>,
    }
}

record! {
    /// A tick of a cron schedule has passed since the last tick.
    #[derive(Default)]
    pub struct CronTickPassedCondition = "CronTickPassedCondition" {
        label: Option<String>,
        cron_schedule: String,
        cron_timezone: String,
    }
}

record! {
    /// In the latest time window, or within the lookback from its end.
    #[derive(Default)]
    pub struct InLatestTimeWindowCondition = "InLatestTimeWindowCondition" {
        label: Option<String>,
        serializable_lookback_timedelta: Option<SerializableTimeDelta>,
    }
}

record! {
    /// The check's latest result passed, or did not.
    #[derive(Default)]
    pub struct CheckResultCondition = "CheckResultCondition" {
        label: Option<String>,
        passed: bool,
    }
}

record! {
    /// The latest run was executed with the condition's target too.
    #[derive(Default)]
    pub struct LatestRunExecutedWithRootTargetCondition = "LatestRunExecutedWithRootTargetCondition" {
        label: Option<String>,
    }
}

record! {
    /// The latest run had the given tags.
    #[derive(Default)]
    pub struct LatestRunExecutedWithTagsCondition = "LatestRunExecutedWithTagsCondition" {
        label: Option<String>,
        tag_keys: Option<PySet<String>>,
        tag_values: Option<Map<String>>,
    }
}

record! {
    /// Any new update comes from a run with the given tags.
    #[derive(Default)]
    pub struct AnyNewUpdateHasRunTagsCondition = "AnyNewUpdateHasRunTagsCondition" {
        label: Option<String>,
        tag_keys: Option<PySet<String>>,
        tag_values: Option<Map<String>>,
    }
}

record! {
    /// All new updates come from runs with the given tags.
    #[derive(Default)]
    pub struct AllNewUpdatesHaveRunTagsCondition = "AllNewUpdatesHaveRunTagsCondition" {
        label: Option<String>,
        tag_keys: Option<PySet<String>>,
        tag_values: Option<Map<String>>,
    }
}
