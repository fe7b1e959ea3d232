//! Auto-materialize, freshness and backfill policies.

use crate::automation::AutomationCondition;
use crate::serdes::{Map, PySet};
use crate::serdes::{SortKey, to_text};
use crate::{py_enum, record, union};

record! {
    /// Dagster's `AutoMaterializeAssetPartitionsFilter`.
    #[derive(Default)]
    pub struct AutoMaterializeAssetPartitionsFilter = "AutoMaterializeAssetPartitionsFilter" {
        latest_run_required_tags: Option<Map<String>>,
    }
}

record! {
    /// Dagster's `MaterializeOnRequiredForFreshnessRule`.
    #[derive(Default)]
    pub struct MaterializeOnRequiredForFreshnessRule = "MaterializeOnRequiredForFreshnessRule" {
    }
}

record! {
    /// Dagster's `MaterializeOnCronRule`.
    #[derive(Default)]
    pub struct MaterializeOnCronRule = "MaterializeOnCronRule" {
        cron_schedule: String,
        timezone: String,
        all_partitions: bool,
    }
}

record! {
    /// Dagster's `MaterializeOnParentUpdatedRule`.
    #[derive(Default)]
    pub struct MaterializeOnParentUpdatedRule = "MaterializeOnParentUpdatedRule" {
        updated_parent_filter: Option<AutoMaterializeAssetPartitionsFilter>,
    }
}

record! {
    /// Dagster's `MaterializeOnMissingRule`.
    #[derive(Default)]
    pub struct MaterializeOnMissingRule = "MaterializeOnMissingRule" {
    }
}

record! {
    /// Dagster's `SkipOnParentOutdatedRule`.
    #[derive(Default)]
    pub struct SkipOnParentOutdatedRule = "SkipOnParentOutdatedRule" {
    }
}

record! {
    /// Dagster's `SkipOnParentMissingRule`.
    #[derive(Default)]
    pub struct SkipOnParentMissingRule = "SkipOnParentMissingRule" {
    }
}

record! {
    /// Dagster's `SkipOnNotAllParentsUpdatedRule`.
    #[derive(Default)]
    pub struct SkipOnNotAllParentsUpdatedRule = "SkipOnNotAllParentsUpdatedRule" {
        require_update_for_all_parent_partitions: bool,
    }
}

record! {
    /// Dagster's `SkipOnNotAllParentsUpdatedSinceCronRule`.
    #[derive(Default)]
    pub struct SkipOnNotAllParentsUpdatedSinceCronRule = "SkipOnNotAllParentsUpdatedSinceCronRule" {
        cron_schedule: String,
        timezone: String,
    }
}

record! {
    /// Dagster's `SkipOnRequiredButNonexistentParentsRule`.
    #[derive(Default)]
    pub struct SkipOnRequiredButNonexistentParentsRule = "SkipOnRequiredButNonexistentParentsRule" {
    }
}

record! {
    /// Dagster's `SkipOnBackfillInProgressRule`.
    #[derive(Default)]
    pub struct SkipOnBackfillInProgressRule = "SkipOnBackfillInProgressRule" {
        all_partitions: bool,
    }
}

record! {
    /// Dagster's `DiscardOnMaxMaterializationsExceededRule`.
    #[derive(Default)]
    pub struct DiscardOnMaxMaterializationsExceededRule = "DiscardOnMaxMaterializationsExceededRule" {
        limit: i64,
    }
}

record! {
    /// Dagster's `SkipOnRunInProgressRule`.
    #[derive(Default)]
    pub struct SkipOnRunInProgressRule = "SkipOnRunInProgressRule" {
    }
}

union! {
    /// A rule of a legacy auto-materialize policy.
    pub enum AutoMaterializeRule {
        /// `MaterializeOnRequiredForFreshnessRule`
        MaterializeOnRequiredForFreshness(MaterializeOnRequiredForFreshnessRule),
        /// `MaterializeOnCronRule`
        MaterializeOnCron(MaterializeOnCronRule),
        /// `MaterializeOnParentUpdatedRule`
        MaterializeOnParentUpdated(MaterializeOnParentUpdatedRule),
        /// `MaterializeOnMissingRule`
        MaterializeOnMissing(MaterializeOnMissingRule),
        /// `SkipOnParentOutdatedRule`
        SkipOnParentOutdated(SkipOnParentOutdatedRule),
        /// `SkipOnParentMissingRule`
        SkipOnParentMissing(SkipOnParentMissingRule),
        /// `SkipOnNotAllParentsUpdatedRule`
        SkipOnNotAllParentsUpdated(SkipOnNotAllParentsUpdatedRule),
        /// `SkipOnNotAllParentsUpdatedSinceCronRule`
        SkipOnNotAllParentsUpdatedSinceCron(SkipOnNotAllParentsUpdatedSinceCronRule),
        /// `SkipOnRequiredButNonexistentParentsRule`
        SkipOnRequiredButNonexistentParents(SkipOnRequiredButNonexistentParentsRule),
        /// `SkipOnBackfillInProgressRule`
        SkipOnBackfillInProgress(SkipOnBackfillInProgressRule),
        /// `DiscardOnMaxMaterializationsExceededRule`
        DiscardOnMaxMaterializationsExceeded(DiscardOnMaxMaterializationsExceededRule),
        /// `SkipOnRunInProgressRule`
        SkipOnRunInProgress(SkipOnRunInProgressRule),
    }
}

record! {
    /// Dagster's `AutoMaterializePolicy`.
    #[derive(Default)]
    pub struct AutoMaterializePolicy = "AutoMaterializePolicy" {
        rules: PySet<AutoMaterializeRule>,
        max_materializations_per_minute: Option<i64>,
        asset_condition: Option<AutomationCondition>,
    }
    old { "time_window_partition_scope_minutes": Float(1e-06) }
    finish = read_rules_from_flags;
}

/// Policies of the first versions have flags instead of rules.
fn read_rules_from_flags(policy: &mut AutoMaterializePolicy) {
    let mut flags = ["on_missing", "on_new_parent_data", "for_freshness"]
        .map(|flag| policy.extra.remove(flag).map(|value| value.as_bool() == Some(true)));
    if flags.iter().all(Option::is_none) {
        return;
    }
    let mut set = |i: usize| flags[i].take() == Some(true);
    let on_missing = set(0).then(|| MaterializeOnMissingRule::default().into());
    let on_parent = set(1).then(|| MaterializeOnParentUpdatedRule::default().into());
    let for_freshness = set(2).then(|| MaterializeOnRequiredForFreshnessRule::default().into());
    let always: [AutoMaterializeRule; 4] = [
        SkipOnParentOutdatedRule::default().into(),
        SkipOnParentMissingRule::default().into(),
        SkipOnRequiredButNonexistentParentsRule::default().into(),
        SkipOnBackfillInProgressRule::default().into(),
    ];
    policy.rules = PySet::frozen(
        always.into_iter().chain([on_missing, on_parent, for_freshness].into_iter().flatten()),
    );
}

/// Rules are sorted by their text: the class name comes first in it.
impl SortKey for AutoMaterializeRule {
    fn sort_key(&self) -> String {
        to_text(self)
    }
}

record! {
    /// Dagster's `SerializableTimeDelta`.
    #[derive(Default)]
    pub struct SerializableTimeDelta = "SerializableTimeDelta" {
        days: i64,
        seconds: i64,
        microseconds: i64,
    }
}

record! {
    /// Dagster's `CronFreshnessPolicy`.
    #[derive(Default)]
    pub struct CronFreshnessPolicy = "CronFreshnessPolicy" {
        deadline_cron: String,
        lower_bound_delta: SerializableTimeDelta,
        timezone: String = "UTC".into(),
    }
}

record! {
    /// Dagster's `TimeWindowFreshnessPolicy`.
    #[derive(Default)]
    pub struct TimeWindowFreshnessPolicy = "TimeWindowFreshnessPolicy" {
        fail_window: SerializableTimeDelta,
        warn_window: Option<SerializableTimeDelta>,
    }
}

record! {
    /// Dagster's `LegacyFreshnessPolicy`.
    #[derive(Default)]
    pub struct LegacyFreshnessPolicy = "FreshnessPolicy" {
        maximum_lag_minutes: f64,
        cron_schedule: Option<String>,
        cron_schedule_timezone: Option<String>,
    }
}

record! {
    /// Dagster's `BackfillPolicy`.
    #[derive(Default)]
    pub struct BackfillPolicy = "BackfillPolicy" {
        max_partitions_per_run: Option<i64>,
    }
}

union! {
    /// A freshness policy.
    pub enum FreshnessPolicy {
        /// `TimeWindowFreshnessPolicy`
        TimeWindow(TimeWindowFreshnessPolicy),
        /// `CronFreshnessPolicy`
        Cron(CronFreshnessPolicy),
    }
}

py_enum! {
    /// Dagster's `FreshnessState`.
    pub enum FreshnessState = "FreshnessState" {
        Pass = "PASS",
        Warn = "WARN",
        Fail = "FAIL",
        Unknown = "UNKNOWN",
        NotApplicable = "NOT_APPLICABLE",
    }
}
