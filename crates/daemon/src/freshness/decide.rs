//! How fresh an asset is, from its policy and its latest materialization. Pure; mirrors
//! `dagster/_core/definitions/freshness_evaluator.py`.

use rondel_cron::{CronError, CronSchedule, Zone};
use rondel_model::automation::{FreshnessPolicy, FreshnessState, SerializableTimeDelta};
use rondel_model::metadata::MetadataValue;
use rondel_model::serdes::from_text;
use rondel_model::snap::AssetNodeSnap;

/// Where definitions older than Dagster 1.11 keep the policy.
const POLICY_METADATA: &str = "dagster/internal_freshness_policy";

/// The policy of an asset (`freshness_policy_or_from_metadata`).
pub(super) fn policy_of(asset: &AssetNodeSnap) -> Option<FreshnessPolicy> {
    if let Some(policy) = &asset.freshness_policy {
        return Some((**policy).clone());
    }
    // Some versions wrote the text `null` where there is no policy; it reads as none here too.
    match asset.metadata.get(POLICY_METADATA)? {
        MetadataValue::Text(value) => from_text(value.text.as_deref()?).ok(),
        _ => None,
    }
}

/// The state at `now` of an asset materialized last at the given time; both in Unix seconds.
///
/// # Errors
/// A cron schedule or time zone that cannot be read.
pub(super) fn state(
    policy: Option<&FreshnessPolicy>,
    materialized_at: Option<f64>,
    now: f64,
) -> Result<FreshnessState, CronError> {
    let (policy, materialized_at) = match (policy, materialized_at) {
        (None, _) => return Ok(FreshnessState::NotApplicable),
        (Some(FreshnessPolicy::Unknown(_)), _) | (_, None) => return Ok(FreshnessState::Unknown),
        (Some(policy), Some(at)) => (policy, at),
    };
    match policy {
        FreshnessPolicy::TimeWindow(policy) => {
            let age = now - materialized_at;
            let warns = |window: &SerializableTimeDelta| {
                let window = seconds(window);
                window != 0.0 && age >= window
            };
            Ok(if age >= seconds(&policy.fail_window) {
                FreshnessState::Fail
            } else if policy.warn_window.as_ref().is_some_and(warns) {
                FreshnessState::Warn
            } else {
                FreshnessState::Pass
            })
        }
        FreshnessPolicy::Cron(policy) => {
            let zone = Zone::named(Some(&policy.timezone))?;
            // Even within a window it is the completed one before that counts.
            let deadline = CronSchedule::parse(&policy.deadline_cron)?.prev_from(&zone, now)?;
            let begin = deadline as f64 - seconds(&policy.lower_bound_delta);
            Ok(if materialized_at >= begin { FreshnessState::Pass } else { FreshnessState::Fail })
        }
        FreshnessPolicy::Unknown(_) => Ok(FreshnessState::Unknown),
    }
}

fn seconds(delta: &SerializableTimeDelta) -> f64 {
    delta.days as f64 * 86_400.0 + delta.seconds as f64 + delta.microseconds as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondel_model::automation::{CronFreshnessPolicy, TimeWindowFreshnessPolicy};
    use rstest::rstest;

    fn minutes(minutes: i64) -> SerializableTimeDelta {
        SerializableTimeDelta { seconds: minutes * 60, ..SerializableTimeDelta::default() }
    }

    fn window() -> FreshnessPolicy {
        let policy = TimeWindowFreshnessPolicy {
            fail_window: minutes(20),
            warn_window: Some(minutes(10)),
            ..TimeWindowFreshnessPolicy::default()
        };
        policy.into()
    }

    /// Due at nine, not before a quarter to nine.
    fn deadline() -> FreshnessPolicy {
        let policy = CronFreshnessPolicy {
            deadline_cron: "0 9 * * *".to_owned(),
            lower_bound_delta: minutes(15),
            timezone: "UTC".to_owned(),
            ..CronFreshnessPolicy::default()
        };
        policy.into()
    }

    fn at(minute_of_day: i64) -> f64 {
        // 2024-01-02
        (1_704_153_600 + minute_of_day * 60) as f64
    }

    #[rstest]
    #[case::just_made(0, FreshnessState::Pass)]
    #[case::at_the_warning(10, FreshnessState::Warn)]
    #[case::at_the_limit(20, FreshnessState::Fail)]
    fn a_time_window_ends_at_its_last_second(#[case] age: i64, #[case] expected: FreshnessState) {
        let now = at(600);
        assert_eq!(state(Some(&window()), Some(at(600 - age)), now).unwrap(), expected);
    }

    #[rstest]
    #[case::too_early(8 * 60 + 30, 9 * 60, FreshnessState::Fail)]
    #[case::on_time(8 * 60 + 50, 9 * 60, FreshnessState::Pass)]
    #[case::late(9 * 60 + 30, 10 * 60, FreshnessState::Pass)]
    #[case::before_the_deadline_yesterdays_counts(-(15 * 60), 8 * 60 + 59, FreshnessState::Pass)]
    #[case::missed_yesterday(-(16 * 60), 8 * 60 + 59, FreshnessState::Fail)]
    fn a_deadline_looks_at_the_last_completed_window(
        #[case] made: i64,
        #[case] now: i64,
        #[case] expected: FreshnessState,
    ) {
        assert_eq!(state(Some(&deadline()), Some(at(made)), at(now)).unwrap(), expected);
    }

    #[test]
    fn an_asset_never_made_is_neither_fresh_nor_stale() {
        assert_eq!(state(Some(&window()), None, 0.0).unwrap(), FreshnessState::Unknown);
        assert_eq!(state(None, Some(0.0), 0.0).unwrap(), FreshnessState::NotApplicable);
    }
}
