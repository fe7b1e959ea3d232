//! Whether a sensor is due, which tick an evaluation continues, and the state that a finished tick
//! leaves. Pure; mirrors `dagster/_daemon/sensor.py`.

use rondel_model::instigation::{SensorInstigatorData, SensorType, Tick, TickStatus};
use rondel_model::snap::{SensorSnap, TargetSnap};

use crate::clock::is_from_before_a_step;
use crate::ticks;

/// Seconds between two evaluations unless the sensor says otherwise.
const DEFAULT_INTERVAL: i64 = 30;

/// An interrupted tick older than this is not taken up again, in seconds: what it asked for may
/// not be right any more.
const MAX_TIME_TO_RESUME: f64 = 86_400.0;

/// How often a tick that failed while submitting is taken up again.
const MAX_RESUBMISSIONS: i64 = 1;

/// Seconds between two evaluations.
pub(crate) fn min_interval(sensor: &SensorSnap) -> i64 {
    sensor.min_interval.filter(|interval| *interval != 0).unwrap_or(DEFAULT_INTERVAL)
}

/// The type of a sensor; older code servers do not tell it.
pub(crate) fn sensor_type(sensor: &SensorSnap) -> SensorType {
    sensor.sensor_type.unwrap_or(SensorType::Unknown)
}

/// Whether enough time has passed since the last evaluation began.
pub(crate) fn is_due(data: Option<&SensorInstigatorData>, sensor: &SensorSnap, now: f64) -> bool {
    let started = data.and_then(|data| data.last_tick_start_timestamp).unwrap_or(0.0);
    let ended = data.and_then(|data| data.last_tick_timestamp).unwrap_or(0.0);
    (started == 0.0 && ended == 0.0)
        || has_passed(min_interval(sensor) as f64, started.max(ended), now)
}

/// Whether so many seconds have passed since a time. One further in the future than that, and than clocks differ,
/// was noted before the clock was set back: nobody knows how long ago it was.
pub(crate) fn has_passed(seconds: f64, since: f64, now: f64) -> bool {
    now - since >= seconds || (since - now >= seconds && is_from_before_a_step(since, now))
}

/// The state while an evaluation is under way.
pub(crate) fn data_when_begun(
    before: Option<&SensorInstigatorData>,
    sensor: &SensorSnap,
    now: f64,
) -> SensorInstigatorData {
    SensorInstigatorData {
        min_interval: Some(min_interval(sensor)),
        last_tick_start_timestamp: Some(now),
        sensor_type: Some(sensor_type(sensor)),
        last_tick_success_timestamp: None,
        ..before.cloned().unwrap_or_default()
    }
}

/// Whether a failed tick moves the cursor nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CursorOnFailure {
    /// The next tick looks at the same again.
    Keep,
    /// Reactions to runs have effects that must not be repeated.
    Advance,
}

/// The state after a finished tick. `before` is the state as stored just now, not the one the tick
/// began with, so that a concurrent change is not undone.
pub(crate) fn data_when_finished(
    before: Option<&SensorInstigatorData>,
    sensor: &SensorSnap,
    tick: &Tick,
    on_failure: CursorOnFailure,
    now: f64,
) -> SensorInstigatorData {
    let tick = &tick.tick_data;
    let before = before.cloned().unwrap_or_default();
    let failed = tick.status == TickStatus::Failure;
    let advances = !failed || on_failure == CursorOnFailure::Advance;
    let last_run_key = tick.run_keys.last().filter(|_| advances).cloned().or(before.last_run_key);
    let begun = before.last_tick_start_timestamp.unwrap_or(0.0).max(tick.timestamp);
    SensorInstigatorData {
        last_tick_timestamp: Some(tick.timestamp),
        last_run_key,
        min_interval: Some(min_interval(sensor)),
        cursor: if advances { tick.cursor.clone() } else { before.cursor },
        last_tick_start_timestamp: Some(begun),
        last_sensor_start_timestamp: before.last_sensor_start_timestamp,
        sensor_type: Some(sensor_type(sensor)),
        last_tick_success_timestamp: (!failed).then_some(now),
        extra: before.extra,
    }
}

/// What to do with the previous tick before a new evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Continuation {
    /// Nothing is left of it: begin a new tick.
    Fresh { consecutive_failures: i64 },
    /// It was interrupted while submitting: go on with it.
    Resume,
    /// It failed while submitting: a new tick takes its reserved runs over.
    Retry,
    /// It was interrupted and cannot be taken up: mark it skipped, begin a new tick.
    Abandon { consecutive_failures: i64 },
}

/// How an evaluation continues from the latest tick.
pub(crate) fn continuation(
    data: Option<&SensorInstigatorData>,
    latest: Option<&Tick>,
    now: f64,
) -> Continuation {
    let ended_well = data.and_then(|data| data.last_tick_success_timestamp);
    let latest = latest.filter(|_| ended_well.is_none_or(|at| at == 0.0));
    let Some(latest) = latest.map(|tick| &tick.tick_data) else {
        return Continuation::Fresh { consecutive_failures: 0 };
    };
    let consecutive_failures = ticks::consecutive_failures(Some(latest));
    let has_unsubmitted = !ticks::unsubmitted(latest).is_empty();
    match latest.status {
        TickStatus::Started if has_unsubmitted && now - latest.timestamp <= MAX_TIME_TO_RESUME => {
            Continuation::Resume
        }
        TickStatus::Started => Continuation::Abandon { consecutive_failures },
        TickStatus::Failure if has_unsubmitted && latest.failure_count <= MAX_RESUBMISSIONS => {
            Continuation::Retry
        }
        _ => Continuation::Fresh { consecutive_failures },
    }
}

/// Why a run request cannot be sent to a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("'{0}'")]
    UnknownJob(String),
    #[error("the sensor has no target job")]
    NoTarget,
}

/// The job a run request is for: the one it names, else the sensor's first.
pub(crate) fn target<'a>(
    sensor: &'a SensorSnap,
    job_name: Option<&str>,
) -> Result<&'a TargetSnap, TargetError> {
    match job_name.filter(|name| !name.is_empty()) {
        Some(name) => {
            sensor.target_dict.get(name).ok_or_else(|| TargetError::UnknownJob(name.to_owned()))
        }
        None => sensor.target_dict.values().next().ok_or(TargetError::NoTarget),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tick_data;
    use rondel_model::instigation::RunRequest;
    use rondel_model::serdes::Extra;
    use rstest::rstest;

    fn tick(status: TickStatus, timestamp: f64, reserved: usize, done: usize) -> Tick {
        let mut data = tick_data("a_sensor", status, timestamp);
        let ids: Vec<String> = (0..reserved).map(|i| format!("run-{i}")).collect();
        data.run_ids = ids[..done].to_vec();
        data.run_requests = Some(vec![RunRequest::default(); reserved]);
        data.reserved_run_ids = Some(ids);
        Tick { tick_id: 1, tick_data: data, extra: Extra::default() }
    }

    #[rstest]
    #[case::interrupted(tick(TickStatus::Started, 90.0, 2, 1), Continuation::Resume)]
    #[case::interrupted_before_reserving(
        tick(TickStatus::Started, 90.0, 0, 0),
        Continuation::Abandon { consecutive_failures: 0 }
    )]
    #[case::interrupted_long_ago(
        tick(TickStatus::Started, 100.0 - 90_000.0, 2, 1),
        Continuation::Abandon { consecutive_failures: 0 }
    )]
    #[case::failed_while_submitting(tick(TickStatus::Failure, 90.0, 2, 1), Continuation::Retry)]
    #[case::failed_after_submitting(
        tick(TickStatus::Failure, 90.0, 2, 2),
        Continuation::Fresh { consecutive_failures: 0 }
    )]
    #[case::done(tick(TickStatus::Success, 90.0, 2, 2), Continuation::Fresh { consecutive_failures: 0 })]
    fn an_unfinished_tick_is_taken_up_again(#[case] latest: Tick, #[case] expected: Continuation) {
        assert_eq!(continuation(None, Some(&latest), 100.0), expected);
    }

    #[test]
    fn a_sensor_waits_for_its_interval_since_the_last_start() {
        let sensor = SensorSnap { min_interval: Some(45), ..SensorSnap::default() };
        let data = |at| SensorInstigatorData {
            last_tick_timestamp: Some(10.0),
            last_tick_start_timestamp: Some(at),
            ..SensorInstigatorData::default()
        };
        assert!(is_due(None, &sensor, 100.0));
        assert!(!is_due(Some(&data(60.0)), &sensor, 100.0));
        assert!(is_due(Some(&data(55.0)), &sensor, 100.0));
        // noted by another clock, or before this one was set back: by a little, and by a lot
        assert!(!is_due(Some(&data(110.0)), &sensor, 100.0));
        assert!(!is_due(Some(&data(160.0)), &sensor, 100.0));
        assert!(is_due(Some(&data(3700.0)), &sensor, 100.0));
    }

    #[test]
    fn a_failed_tick_keeps_cursor_and_run_key() {
        let before = SensorInstigatorData {
            cursor: Some("old".to_owned()),
            last_run_key: Some("key".to_owned()),
            ..SensorInstigatorData::default()
        };
        let mut failed = tick(TickStatus::Failure, 90.0, 0, 0);
        failed.tick_data.cursor = Some("new".to_owned());
        failed.tick_data.run_keys = vec!["later".to_owned()];
        let sensor = SensorSnap::default();
        let after =
            |on_failure| data_when_finished(Some(&before), &sensor, &failed, on_failure, 100.0);
        assert_eq!(after(CursorOnFailure::Keep).cursor.as_deref(), Some("old"));
        assert_eq!(after(CursorOnFailure::Keep).last_run_key.as_deref(), Some("key"));
        assert_eq!(after(CursorOnFailure::Advance).cursor.as_deref(), Some("new"));
        assert_eq!(after(CursorOnFailure::Keep).last_tick_success_timestamp, None);
    }
}
