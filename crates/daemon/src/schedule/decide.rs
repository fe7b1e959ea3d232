//! Which ticks of a schedule are due, what its checkpoint becomes, and which states are orphans.
//! Pure; mirrors `dagster/_scheduler/scheduler.py`.

use std::collections::VecDeque;

use rondel_cron::{CronError, CronSchedule, Direction, Zone};
use rondel_model::instigation::{
    InstigatorState, InstigatorStatus, OneOrMany, ScheduleInstigatorData, TickData, TickStatus,
};
use rondel_model::snap::ScheduleSnap;

use crate::clock::is_from_before_a_step;

/// How long the state of a schedule that is gone is kept, in seconds.
const ORPHAN_RETENTION: f64 = 12.0 * 3600.0;

/// How often the last iteration is written down, in seconds: a changed cron string then fires
/// for times since the checkpoint only, not since the schedule was switched on.
const CHECKPOINT_INTERVAL: f64 = 3600.0;

/// What the scheduler remembers of a schedule between iterations (Dagster's
/// `ScheduleIterationTimes`).
#[derive(Debug, Clone, PartialEq)]
pub struct IterationTimes {
    /// The cron strings it was computed for.
    pub cron_schedule: OneOrMany,
    /// Until then there is nothing to do.
    pub next_iteration_timestamp: f64,
    /// Everything before it is done.
    pub last_iteration_timestamp: f64,
}

impl IterationTimes {
    /// Whether the schedule has to be looked at.
    pub(crate) fn is_due(&self, schedule: &ScheduleSnap, now: f64) -> bool {
        let clock_went_back = now < self.last_iteration_timestamp;
        schedule.cron_schedule != self.cron_schedule
            || now >= self.next_iteration_timestamp
            || clock_went_back
    }
}

/// Limits of the scheduler (`schedules:` of `dagster.yaml`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct CatchUpLimits {
    pub(crate) max_catchup_runs: usize,
    pub(crate) max_tick_retries: i64,
}

/// The due times of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DueTimes {
    /// Oldest first, already cut to what may be caught up.
    pub(crate) ticks: Vec<i64>,
    /// The first time after now.
    pub(crate) next: f64,
    /// Times that were left out, and why.
    pub(crate) left_out: Option<LeftOut>,
}

/// Why due times were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// Only partitioned schedules are caught up.
    NotPartitioned,
    /// More than the limit were due.
    FallenBehind,
}

/// The instant from which times are due: after the last tick, or at it when it has to be repeated.
///
/// Times in the future were written before the clock was set back, and say nothing about what lies between
/// now and then: nothing fired there.
fn start_of(
    data: &ScheduleInstigatorData,
    latest: Option<&TickData>,
    remembered: Option<f64>,
    max_tick_retries: i64,
    now: f64,
) -> f64 {
    // Switched on by a process whose clock is a little fast: what was missed while it was off stays missed.
    if let Some(start) = data.start_timestamp
        && start > now
        && !is_from_before_a_step(start, now)
    {
        return start;
    }
    let latest = latest.filter(|tick| tick.timestamp <= now);
    let after_latest = latest.map(|tick| {
        let is_repeated = tick.status == TickStatus::Started
            || (tick.status == TickStatus::Failure && tick.failure_count <= max_tick_retries);
        if is_repeated { tick.timestamp } else { tick.timestamp + 1.0 }
    });
    let marks = [data.start_timestamp, data.last_iteration_timestamp, remembered];
    let (past, future): (Vec<f64>, Vec<f64>) =
        marks.into_iter().flatten().partition(|mark| *mark <= now);
    let begin = past.into_iter().chain(after_latest).max_by(f64::total_cmp);
    // Of a schedule that was switched on in the future nothing is due yet.
    begin.unwrap_or(if future.is_empty() { 0.0 } else { now })
}

/// The times of a schedule that are due at `now`. `latest` is its latest tick that is not in the future.
pub(crate) fn due_times(
    schedule: &ScheduleSnap,
    data: &ScheduleInstigatorData,
    latest: Option<&TickData>,
    remembered: Option<f64>,
    limits: CatchUpLimits,
    now: f64,
) -> Result<DueTimes, CronError> {
    let start = start_of(data, latest, remembered, limits.max_tick_retries, now);
    let cron = CronSchedule::parse_all(schedule.cron_schedule.as_slice())?;
    let zone = Zone::named(schedule.execution_timezone.as_deref())?;
    let is_partitioned =
        schedule.partition_set_name.as_deref().is_some_and(|name| !name.is_empty());
    let kept_at_most = if is_partitioned { limits.max_catchup_runs } else { 1 };

    let mut due = VecDeque::new();
    let mut is_cut = false;
    for tick in cron.ticks(&zone, start, Direction::Forward)? {
        let tick = tick?;
        if tick as f64 > now {
            let left_out = is_cut.then_some(if is_partitioned {
                LeftOut::FallenBehind
            } else {
                LeftOut::NotPartitioned
            });
            return Ok(DueTimes { ticks: due.into(), next: tick as f64, left_out });
        }
        due.push_back(tick);
        if due.len() > kept_at_most {
            due.pop_front();
            is_cut = true;
        }
    }
    Err(CronError::NoMatch { text: schedule.cron_schedule.as_slice().join(", ") })
}

/// The checkpoint after an iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Checkpoint {
    /// What to write as the last iteration, if it is time to.
    pub(crate) write: Option<f64>,
    /// When the next checkpoint is due.
    pub(crate) next: f64,
}

/// Whether the last iteration has to be written down; `jitter` spreads schedules over time.
pub(crate) fn checkpoint(data: &ScheduleInstigatorData, now: f64, jitter: f64) -> Checkpoint {
    match data.last_iteration_timestamp.filter(|last| *last != 0.0) {
        Some(last) if last <= now && last + CHECKPOINT_INTERVAL > now => {
            Checkpoint { write: None, next: last + CHECKPOINT_INTERVAL + jitter }
        }
        _ => Checkpoint { write: Some(now), next: now + CHECKPOINT_INTERVAL + jitter },
    }
}

/// What is known of the schedule a state belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Defined and switched on.
    Running,
    /// Defined and switched off.
    Stopped,
    /// Not defined any more.
    Gone,
    /// Its location has not been loaded: nothing is known.
    Unknown,
}

/// Whether a state is to be forgotten, so that a schedule which comes back starts afresh.
pub(crate) fn is_orphan(state: &InstigatorState, owner: Owner, now: f64) -> bool {
    let is_declared = state.status == InstigatorStatus::DeclaredInCode;
    match owner {
        Owner::Running | Owner::Unknown => false,
        Owner::Stopped => is_declared,
        Owner::Gone => {
            let last = state.schedule_data().and_then(|data| data.last_iteration_timestamp);
            is_declared || last.is_some_and(|last| last != 0.0 && last + ORPHAN_RETENTION < now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{schedule_snap, tick_data};
    use rstest::rstest;

    const DAY: f64 = 86_400.0;
    const MIDNIGHT: f64 = 1_551_225_600.0; // 2019-02-27 00:00 UTC
    const LIMITS: CatchUpLimits = CatchUpLimits { max_catchup_runs: 5, max_tick_retries: 1 };

    fn data(start: f64, last: Option<f64>) -> ScheduleInstigatorData {
        let mut data =
            ScheduleInstigatorData::new(OneOrMany::One("0 0 * * *".to_owned()), Some(start));
        data.last_iteration_timestamp = last;
        data
    }

    fn due(start: f64, latest: Option<&TickData>, partitioned: bool, now: f64) -> DueTimes {
        let mut schedule = schedule_snap("daily", "0 0 * * *");
        schedule.partition_set_name = partitioned.then(|| "daily_set".to_owned());
        due_times(&schedule, &data(start, None), latest, None, LIMITS, now).unwrap()
    }

    #[test]
    fn a_schedule_without_partitions_fires_only_the_latest_missed_time() {
        let times = due(MIDNIGHT - 3.0 * DAY, None, false, MIDNIGHT + 60.0);
        assert_eq!(times.ticks, vec![MIDNIGHT as i64]);
        assert_eq!(times.next, MIDNIGHT + DAY);
        assert_eq!(times.left_out, Some(LeftOut::NotPartitioned));
    }

    #[test]
    fn a_partitioned_schedule_catches_up_to_the_limit() {
        let times = due(MIDNIGHT - 9.0 * DAY, None, true, MIDNIGHT + 60.0);
        assert_eq!(times.ticks.len(), 5);
        assert_eq!(times.ticks[4], MIDNIGHT as i64);
        assert_eq!(times.left_out, Some(LeftOut::FallenBehind));
    }

    #[rstest]
    #[case::interrupted(TickStatus::Started, 0, true)]
    #[case::failed_once(TickStatus::Failure, 1, true)]
    #[case::failed_too_often(TickStatus::Failure, 2, false)]
    #[case::done(TickStatus::Success, 0, false)]
    fn a_tick_is_repeated_only_if_it_did_not_end_well(
        #[case] status: TickStatus,
        #[case] failure_count: i64,
        #[case] repeats: bool,
    ) {
        let mut tick = tick_data("daily", status, MIDNIGHT);
        tick.failure_count = failure_count;
        let times = due(MIDNIGHT - DAY, Some(&tick), false, MIDNIGHT + 60.0);
        assert_eq!(times.ticks == vec![MIDNIGHT as i64], repeats);
    }

    #[test]
    fn a_checkpoint_is_written_hourly() {
        assert_eq!(checkpoint(&data(0.0, None), 100.0, 7.0).write, Some(100.0));
        let recent = checkpoint(&data(0.0, Some(100.0)), 200.0, 7.0);
        assert_eq!(recent, Checkpoint { write: None, next: 3707.0 });
        assert_eq!(checkpoint(&data(0.0, Some(100.0)), 3700.0, 0.0).write, Some(3700.0));
        let from_the_future = checkpoint(&data(0.0, Some(9000.0)), 100.0, 0.0);
        assert_eq!(from_the_future.write, Some(100.0));
    }

    #[test]
    fn a_schedule_switched_on_by_a_fast_clock_does_not_fire_for_the_time_it_was_off() {
        let now = MIDNIGHT + 60.0;
        let last_week = tick_data("daily", TickStatus::Success, MIDNIGHT - 7.0 * DAY);
        let schedule = schedule_snap("daily", "0 0 * * *");
        let data = data(now + 2.0, None);
        let remembered = Some(MIDNIGHT - 7.0 * DAY + 60.0);
        let due = due_times(&schedule, &data, Some(&last_week), remembered, LIMITS, now).unwrap();
        assert!(due.ticks.is_empty());
        assert_eq!(due.next, MIDNIGHT + DAY);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_a_schedule_fire_from_then_on() {
        let now = MIDNIGHT + 60.0;
        let yesterday = tick_data("daily", TickStatus::Success, MIDNIGHT - DAY);
        let schedule = schedule_snap("daily", "0 0 * * *");
        // everything else was written a week ahead
        let ahead = MIDNIGHT + 7.0 * DAY;
        let due = |latest: Option<&TickData>| {
            let data = data(ahead, Some(ahead));
            due_times(&schedule, &data, latest, Some(ahead), LIMITS, now).unwrap()
        };
        assert_eq!(due(Some(&yesterday)).ticks, vec![MIDNIGHT as i64]);
        assert_eq!(due(Some(&yesterday)).next, MIDNIGHT + DAY);
        assert!(due(None).ticks.is_empty());
        assert_eq!(due(None).next, MIDNIGHT + DAY);
        let times = IterationTimes {
            cron_schedule: schedule.cron_schedule.clone(),
            next_iteration_timestamp: ahead + DAY,
            last_iteration_timestamp: ahead,
        };
        assert!(times.is_due(&schedule, now));
        assert!(!times.is_due(&schedule, ahead));
    }
}
