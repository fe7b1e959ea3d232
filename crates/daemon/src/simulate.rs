//! What schedules would do in a window of time: when they would fire and what they would request.
//!
//! Reads definitions and states and has user code evaluate each time; writes nothing: no tick, no
//! run, no state. User code sees the time it is evaluated for as its execution time, but storage as it
//! is now. A schedule that cannot be evaluated is told as such and does not hide the others.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use rondel_code_location::Workspace;
use rondel_cron::{CronSchedule, Direction, Zone};
use rondel_instance::Instance;
use rondel_model::instigation::RunRequest;

use crate::context::{Context, Pace};
use crate::schedule::{Schedule, evaluate, observe};
use crate::times::in_zone;
use crate::{DaemonError, DaemonKind, LogSink};

/// Evaluations at the same time.
const EVALUATIONS_AT_ONCE: usize = 8;

/// Which part of the future.
#[derive(Debug, Clone)]
pub struct SimulateOptions {
    /// First instant, in Unix seconds.
    pub from: f64,
    /// The instant after the last one, in Unix seconds.
    pub to: f64,
    /// Only schedules with one of these names; all when empty.
    pub names: Vec<String>,
    /// Also schedules that are switched off.
    pub with_stopped: bool,
    /// Whether user code is asked what it would request.
    pub evaluate: bool,
    /// How long to wait for code locations that are still loading.
    pub load_timeout: Duration,
}

/// One firing of one schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// When, in Unix seconds.
    pub at: i64,
    /// When, as the schedule's zone has it.
    pub local_time: String,
    /// The code location.
    pub location: String,
    /// The repository.
    pub repository: String,
    /// The schedule.
    pub schedule: String,
    /// The job.
    pub job: String,
    /// What user code answered; absent when it was not asked.
    pub outcome: Option<Outcome>,
}

/// What a schedule would do.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Request these runs.
    Requests(Vec<RunRequest>),
    /// Nothing, for this reason.
    Skips(Option<String>),
    /// Fail.
    Fails(String),
}

/// The firings of the window, by time.
///
/// # Errors
/// When states cannot be read. A schedule whose cron string or zone is wrong fails as a whole.
pub async fn simulate(
    options: SimulateOptions,
    instance: Arc<Instance>,
    workspace: Arc<Workspace>,
) -> Result<Vec<Firing>, DaemonError> {
    workspace.wait_until_loaded(options.load_timeout).await;
    let context =
        Context::new(DaemonKind::Scheduler, instance, workspace, LogSink::Tracing, Pace::OneByOne);
    let observation = observe(&context).await?;
    let mut due = Vec::new();
    for schedule in observation.schedules {
        let stored = observation.states.get(&schedule.selector_id);
        let is_on = schedule.definition().current(stored).status.is_running();
        let is_named =
            options.names.is_empty() || options.names.iter().any(|name| name == schedule.name());
        if is_named && (is_on || options.with_stopped) {
            let times = times_between(&schedule, options.from, options.to)?;
            due.extend(times.into_iter().map(|time| (time, Arc::clone(&schedule))));
        }
    }
    due.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.name().cmp(right.name())));
    let context = &context;
    let firings: Vec<_> = due
        .into_iter()
        .map(|(at, schedule)| fire(context, schedule, at, options.evaluate))
        .collect();
    Ok(futures::stream::iter(firings).buffered(EVALUATIONS_AT_ONCE).collect().await)
}

fn times_between(schedule: &Schedule, from: f64, to: f64) -> Result<Vec<i64>, DaemonError> {
    let cron = CronSchedule::parse_all(schedule.snap.cron_schedule.as_slice())?;
    let zone = Zone::named(schedule.snap.execution_timezone.as_deref())?;
    let mut times = Vec::new();
    for tick in cron.ticks(&zone, from, Direction::Forward)? {
        let tick = tick?;
        if tick as f64 >= to {
            break;
        }
        times.push(tick);
    }
    Ok(times)
}

async fn fire(context: &Context, schedule: Arc<Schedule>, at: i64, is_evaluated: bool) -> Firing {
    let outcome = if is_evaluated {
        // No log key: what user code logs is not kept.
        Some(match evaluate(context, &schedule, at, Vec::new()).await {
            Err(error) => Outcome::Fails(error.to_error_info().message.trim_end().to_owned()),
            Ok(answer) => match answer.run_requests {
                Some(requests) if !requests.is_empty() => Outcome::Requests(requests),
                _ => Outcome::Skips(answer.skip_message.filter(|text| !text.is_empty())),
            },
        })
    } else {
        None
    };
    Firing {
        at,
        local_time: in_zone(at, schedule.timezone()),
        location: schedule.location_name().to_owned(),
        repository: schedule.repository_name().to_owned(),
        schedule: schedule.name().to_owned(),
        job: schedule.snap.job_name.clone(),
        outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{repository_origin, schedule_snap};

    fn schedule(cron: &str, zone: Option<&str>) -> Schedule {
        let mut snap = schedule_snap("nightly", cron);
        snap.execution_timezone = zone.map(str::to_owned);
        let origin = repository_origin().instigator("nightly");
        let selector_id = origin.selector().selector_id();
        Schedule { snap, origin, selector_id }
    }

    #[test]
    fn the_window_has_its_beginning_and_not_its_end() {
        let daily = schedule("0 0 * * *", None);
        let day = 86_400.0;
        assert_eq!(times_between(&daily, 0.0, 3.0 * day).unwrap(), [0, 86_400, 172_800]);
        assert_eq!(times_between(&daily, 1.0, 2.0 * day).unwrap(), [86_400]);
    }

    #[test]
    fn clock_changes_are_those_of_the_schedules_zone() {
        let nightly = schedule("30 2 * * *", Some("Europe/Berlin"));
        // 2024-03-30 to 2024-04-01 UTC: 02:30 does not exist on the 31st and is taken as 03:00
        let times = times_between(&nightly, 1_711_756_800.0, 1_711_929_600.0).unwrap();
        let local: Vec<String> = times.iter().map(|at| in_zone(*at, "Europe/Berlin")).collect();
        assert_eq!(local, ["2024-03-30 02:30:00 +0100", "2024-03-31 03:00:00 +0200"]);
    }
}
