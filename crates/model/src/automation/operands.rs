//! Conditions that look at an asset itself.

use crate::automation::{FreshnessState, SerializableTimeDelta};
use crate::record;
use crate::serdes::{Map, PySet};

record! {
    /// Dagster's `CodeVersionChangedCondition`.
    #[derive(Default)]
    pub struct CodeVersionChangedCondition = "CodeVersionChangedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `InitialEvaluationCondition`.
    #[derive(Default)]
    pub struct InitialEvaluationCondition = "InitialEvaluationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `MissingAutomationCondition`.
    #[derive(Default)]
    pub struct MissingAutomationCondition = "MissingAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `RunInProgressAutomationCondition`.
    #[derive(Default)]
    pub struct RunInProgressAutomationCondition = "InProgressAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `BackfillInProgressAutomationCondition`.
    #[derive(Default)]
    pub struct BackfillInProgressAutomationCondition = "BackfillInProgressAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `ExecutionFailedAutomationCondition`.
    #[derive(Default)]
    pub struct ExecutionFailedAutomationCondition = "FailedAutomationCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `WillBeRequestedCondition`.
    #[derive(Default)]
    pub struct WillBeRequestedCondition = "WillBeRequestedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `NewlyRequestedCondition`.
    #[derive(Default)]
    pub struct NewlyRequestedCondition = "NewlyRequestedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `NewlyUpdatedCondition`.
    #[derive(Default)]
    pub struct NewlyUpdatedCondition = "NewlyUpdatedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `FreshnessResultCondition`.
    pub struct FreshnessResultCondition = "FreshnessResultCondition" {
        label: Option<String>,
        state: FreshnessState,
    }
}

record! {
    /// Dagster's `DataVersionChangedCondition`.
    #[derive(Default)]
    pub struct DataVersionChangedCondition = "DataVersionChangedCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `CronTickPassedCondition`.
    #[derive(Default)]
    pub struct CronTickPassedCondition = "CronTickPassedCondition" {
        label: Option<String>,
        cron_schedule: String,
        cron_timezone: String,
    }
}

record! {
    /// Dagster's `InLatestTimeWindowCondition`.
    #[derive(Default)]
    pub struct InLatestTimeWindowCondition = "InLatestTimeWindowCondition" {
        label: Option<String>,
        serializable_lookback_timedelta: Option<SerializableTimeDelta>,
    }
}

record! {
    /// Dagster's `CheckResultCondition`.
    #[derive(Default)]
    pub struct CheckResultCondition = "CheckResultCondition" {
        label: Option<String>,
        passed: bool,
    }
}

record! {
    /// Dagster's `LatestRunExecutedWithRootTargetCondition`.
    #[derive(Default)]
    pub struct LatestRunExecutedWithRootTargetCondition = "LatestRunExecutedWithRootTargetCondition" {
        label: Option<String>,
    }
}

record! {
    /// Dagster's `LatestRunExecutedWithTagsCondition`.
    #[derive(Default)]
    pub struct LatestRunExecutedWithTagsCondition = "LatestRunExecutedWithTagsCondition" {
        label: Option<String>,
        tag_keys: Option<PySet<String>>,
        tag_values: Option<Map<String>>,
    }
}

record! {
    /// Dagster's `AnyNewUpdateHasRunTagsCondition`.
    #[derive(Default)]
    pub struct AnyNewUpdateHasRunTagsCondition = "AnyNewUpdateHasRunTagsCondition" {
        label: Option<String>,
        tag_keys: Option<PySet<String>>,
        tag_values: Option<Map<String>>,
    }
}

record! {
    /// Dagster's `AllNewUpdatesHaveRunTagsCondition`.
    #[derive(Default)]
    pub struct AllNewUpdatesHaveRunTagsCondition = "AllNewUpdatesHaveRunTagsCondition" {
        label: Option<String>,
        tag_keys: Option<PySet<String>>,
        tag_values: Option<Map<String>>,
    }
}
