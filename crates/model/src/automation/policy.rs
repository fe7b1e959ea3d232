//! Auto-materialize, freshness and backfill policies.

use crate::automation::AutomationCondition;
use crate::serdes::{Map, PySet};
use crate::serdes::{SortKey, to_text};
use crate::{py_enum, record, union};

record! {
    /// Which partitions of parents a legacy rule looks at.
    #[derive(Default)]
    pub struct AutoMaterializeAssetPartitionsFilter = "AutoMaterializeAssetPartitionsFilter" {
        latest_run_required_tags: Option<Map<String>>,
    }
}

record! {
    /// Materialize when a legacy freshness policy needs it.
    #[derive(Default)]
    pub struct MaterializeOnRequiredForFreshnessRule = "MaterializeOnRequiredForFreshnessRule" {
    }
}

record! {
    /// Materialize at each tick of a cron schedule.
    #[derive(Default)]
    pub struct MaterializeOnCronRule = "MaterializeOnCronRule" {
        cron_schedule: String,
        timezone: String,
        all_partitions: bool,
    }
}

record! {
    /// Materialize when a parent was updated.
    #[derive(Default)]
    pub struct MaterializeOnParentUpdatedRule = "MaterializeOnParentUpdatedRule" {
        updated_parent_filter: Option<AutoMaterializeAssetPartitionsFilter>,
    }
}

record! {
    /// Materialize what is missing.
    #[derive(Default)]
    pub struct MaterializeOnMissingRule = "MaterializeOnMissingRule" {
    }
}

record! {
    /// Wait while a parent waits for its own parents.
    #[derive(Default)]
    pub struct SkipOnParentOutdatedRule = "SkipOnParentOutdatedRule" {
    }
}

record! {
    /// Wait while a parent is missing.
    #[derive(Default)]
    pub struct SkipOnParentMissingRule = "SkipOnParentMissingRule" {
    }
}

record! {
    /// Wait until every parent was updated.
    #[derive(Default)]
    pub struct SkipOnNotAllParentsUpdatedRule = "SkipOnNotAllParentsUpdatedRule" {
        require_update_for_all_parent_partitions: bool,
    }
}

record! {
    /// Wait until every parent was updated since a tick of a cron schedule.
    #[derive(Default)]
    pub struct SkipOnNotAllParentsUpdatedSinceCronRule = "SkipOnNotAllParentsUpdatedSinceCronRule" {
        cron_schedule: String,
        timezone: String,
    }
}

record! {
    /// Wait while a required parent partition does not exist.
    #[derive(Default)]
    pub struct SkipOnRequiredButNonexistentParentsRule = "SkipOnRequiredButNonexistentParentsRule" {
    }
}

record! {
    /// Wait for a backfill.
    #[derive(Default)]
    pub struct SkipOnBackfillInProgressRule = "SkipOnBackfillInProgressRule" {
        all_partitions: bool,
    }
}

record! {
    /// Give up what exceeds the limit of one tick.
    #[derive(Default)]
    pub struct DiscardOnMaxMaterializationsExceededRule = "DiscardOnMaxMaterializationsExceededRule" {
        limit: i64,
    }
}

record! {
    /// Wait for a run.
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
    /// When to materialize an asset: legacy rules or a condition.
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
    /// A span of time as Python's `timedelta` holds it.
    #[derive(Default)]
    pub struct SerializableTimeDelta = "SerializableTimeDelta" {
        days: i64,
        seconds: i64,
        microseconds: i64,
    }
}

record! {
    /// Fresh if updated within a span before each deadline.
    #[derive(Default)]
    pub struct CronFreshnessPolicy = "CronFreshnessPolicy" {
        deadline_cron: String,
        lower_bound_delta: SerializableTimeDelta,
        timezone: String = "UTC".into(),
    }
}

record! {
    /// Fresh if updated within a span before now.
    #[derive(Default)]
    pub struct TimeWindowFreshnessPolicy = "TimeWindowFreshnessPolicy" {
        fail_window: SerializableTimeDelta,
        warn_window: Option<SerializableTimeDelta>,
    }
}

record! {
    /// The former freshness policy: at most so many minutes of lag.
    #[derive(Default)]
    pub struct LegacyFreshnessPolicy = "FreshnessPolicy" {
        maximum_lag_minutes: f64,
        cron_schedule: Option<String>,
        cron_schedule_timezone: Option<String>,
    }
}

record! {
    /// How many partitions one run of a backfill takes; `None` means all of them.
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
    /// How fresh an asset is.
    pub enum FreshnessState = "FreshnessState" {
        Pass = "PASS",
        Warn = "WARN",
        Fail = "FAIL",
        Unknown = "UNKNOWN",
        NotApplicable = "NOT_APPLICABLE",
    }
}
