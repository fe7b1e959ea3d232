//! Freshness: policies as code declares them, and the state last evaluated.

use async_graphql::{Context, Enum, SimpleObject, Union};
use rondel_cron::{CronSchedule, Zone};
use rondel_model::{
    automation::{self as model, FreshnessState, SerializableTimeDelta},
    ids::AssetKey,
};

use super::loaders::{AssetRecordKey, FreshnessKey};
use crate::{context::ContextExt, errors::ResolverError};

/// How well an asset is.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetHealthStatus {
    Healthy,
    Warning,
    Degraded,
    Unknown,
    NotApplicable,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct AssetHealthFreshnessMeta {
    last_materialized_timestamp: Option<f64>,
}

#[derive(SimpleObject)]
pub(crate) struct FreshnessStatusInfo {
    freshness_status: AssetHealthStatus,
    freshness_status_metadata: Option<AssetHealthFreshnessMeta>,
}

/// The freshness of an asset that has a policy; unknown until it is evaluated.
pub(super) async fn freshness_status(
    ctx: &Context<'_>,
    key: &AssetKey,
) -> Result<FreshnessStatusInfo, ResolverError> {
    let evaluated = ctx.loader().load_one(FreshnessKey(key.clone())).await?;
    let status = match evaluated.map(|record| record.state) {
        Some(FreshnessState::Pass) => AssetHealthStatus::Healthy,
        Some(FreshnessState::Warn) => AssetHealthStatus::Warning,
        Some(FreshnessState::Fail) => AssetHealthStatus::Degraded,
        Some(FreshnessState::NotApplicable) => AssetHealthStatus::NotApplicable,
        Some(FreshnessState::Unknown) | None => AssetHealthStatus::Unknown,
    };
    let known = !matches!(status, AssetHealthStatus::Unknown | AssetHealthStatus::NotApplicable);
    let freshness_status_metadata = if known {
        let record = ctx.loader().load_one(AssetRecordKey(key.clone())).await?;
        let latest =
            record.and_then(|record| Some(record.last_materialization.as_ref()?.entry.timestamp));
        Some(AssetHealthFreshnessMeta { last_materialized_timestamp: latest })
    } else {
        None
    };
    Ok(FreshnessStatusInfo { freshness_status: status, freshness_status_metadata })
}

#[derive(SimpleObject)]
pub(crate) struct TimeWindowFreshnessPolicy {
    fail_window_seconds: i32,
    warn_window_seconds: Option<i32>,
}

#[derive(SimpleObject)]
pub(crate) struct CronFreshnessPolicy {
    deadline_cron: String,
    lower_bound_delta_seconds: i32,
    timezone: String,
}

/// When an asset must have been materialized.
#[derive(Union)]
pub(crate) enum InternalFreshnessPolicy {
    TimeWindowFreshnessPolicy(TimeWindowFreshnessPolicy),
    CronFreshnessPolicy(CronFreshnessPolicy),
}

impl InternalFreshnessPolicy {
    pub(crate) fn of(policy: &model::FreshnessPolicy) -> Option<Self> {
        Some(match policy {
            model::FreshnessPolicy::TimeWindow(policy) => TimeWindowFreshnessPolicy {
                fail_window_seconds: seconds(&policy.fail_window),
                warn_window_seconds: policy.warn_window.as_ref().map(seconds),
            }
            .into(),
            model::FreshnessPolicy::Cron(policy) => CronFreshnessPolicy {
                deadline_cron: policy.deadline_cron.clone(),
                lower_bound_delta_seconds: seconds(&policy.lower_bound_delta),
                timezone: policy.timezone.clone(),
            }
            .into(),
            model::FreshnessPolicy::Unknown(_) => return None,
        })
    }
}

/// Whole seconds of a span.
pub(super) fn seconds(span: &SerializableTimeDelta) -> i32 {
    i32::try_from(span.days * 86_400 + span.seconds).unwrap_or(i32::MAX)
}

/// The freshness policy of earlier Dagster versions.
#[derive(SimpleObject)]
pub(crate) struct FreshnessPolicy {
    maximum_lag_minutes: f64,
    cron_schedule: Option<String>,
    cron_schedule_timezone: Option<String>,
    last_evaluation_timestamp: Option<String>,
}

impl FreshnessPolicy {
    pub(crate) fn new(policy: &model::LegacyFreshnessPolicy, now: f64) -> Self {
        let evaluated = evaluation_tick(policy, now);
        Self {
            maximum_lag_minutes: policy.maximum_lag_minutes,
            cron_schedule: policy.cron_schedule.clone(),
            cron_schedule_timezone: policy.cron_schedule_timezone.clone(),
            last_evaluation_timestamp: evaluated.map(|time| ((time * 1_000.0) as i64).to_string()),
        }
    }
}

/// As of when the policy is to be met: now, or the last tick of its schedule.
pub(super) fn evaluation_tick(policy: &model::LegacyFreshnessPolicy, now: f64) -> Option<f64> {
    match &policy.cron_schedule {
        None => Some(now),
        Some(cron) => last_tick(cron, policy.cron_schedule_timezone.as_deref(), now),
    }
}

fn last_tick(cron: &str, timezone: Option<&str>, now: f64) -> Option<f64> {
    let schedule = CronSchedule::parse(cron).ok()?;
    let zone = Zone::named(timezone).ok()?;
    schedule.prev_from(&zone, now).ok().map(|tick| tick as f64)
}
