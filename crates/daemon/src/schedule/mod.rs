//! The scheduler: fires schedules at their times (`dagster/_scheduler/scheduler.py`).
//!
//! An iteration observes definitions and states, forgets orphaned states, and starts one task for each
//! schedule that has something to do; a schedule whose task has not ended is left alone. A time is
//! reserved as a STARTED tick before user code is asked, and a run is found again by schedule,
//! execution time and run key, so that a crash at any point neither loses a run nor makes a second one.

mod act;
mod decide;
mod observe;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rondel_model::instigation::{InstigatorStatus, Tick};
use tokio::time::{Instant, sleep_until};

use act::Fired;
pub(crate) use act::{purge, purge_ids};
pub use decide::IterationTimes;
use decide::{CatchUpLimits, Owner};
use observe::Observation;
pub(crate) use observe::{Schedule, evaluate, observe};

use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::flight::InFlight;

/// How soon a time is tried again whose code server did not answer, at first and later on.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The scheduler between iterations.
pub(crate) struct Scheduler {
    context: Context,
    limits: CatchUpLimits,
    times: HashMap<String, IterationTimes>,
    in_flight: InFlight<Result<Fired, DaemonError>>,
    again: Again,
}

/// When times whose code server did not answer are tried again.
#[derive(Debug, Default)]
struct Again {
    at: Option<Instant>,
    /// Grows while nothing answers.
    pause: Option<Duration>,
}

impl Again {
    fn soon(&mut self) {
        if self.at.is_none() {
            let pause = self.pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
            self.pause = Some(pause);
            self.at = Some(Instant::now() + pause);
        }
    }
}

impl Scheduler {
    pub(crate) fn new(context: Context) -> Self {
        let settings = context.instance.config().scheduler;
        let limits = CatchUpLimits {
            max_catchup_runs: usize::try_from(settings.max_catchup_runs).unwrap_or(0),
            max_tick_retries: settings.max_tick_retries,
        };
        let (times, in_flight) = (HashMap::new(), InFlight::new());
        Self { context, limits, times, in_flight, again: Again::default() }
    }

    /// Overrides the settings of the instance.
    pub(crate) fn with_limits(
        mut self,
        max_catchup_runs: Option<usize>,
        max_tick_retries: Option<i64>,
    ) -> Self {
        self.limits.max_catchup_runs = max_catchup_runs.unwrap_or(self.limits.max_catchup_runs);
        self.limits.max_tick_retries = max_tick_retries.unwrap_or(self.limits.max_tick_retries);
        self
    }

    pub(crate) fn remember(&mut self, times: HashMap<String, IterationTimes>) {
        self.times = times;
    }

    pub(crate) fn remembered(&self) -> &HashMap<String, IterationTimes> {
        &self.times
    }

    /// One iteration. Tasks it started may go on after it.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        self.collect_ended();
        let now = self.context.now();
        let observation = observe::observe(&self.context).await?;
        let (running, owners) = self.sort_out(&observation, now).await;
        self.forget_orphans(&observation, &owners, now).await?;

        let due: Vec<Arc<Schedule>> = running
            .into_iter()
            .filter(|schedule| !self.in_flight.contains(&schedule.selector_id))
            .filter(|schedule| {
                let times = self.times.get(&schedule.selector_id);
                times.is_none_or(|times| times.is_due(&schedule.snap, now))
            })
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let mut latest = observe::latest_ticks(&self.context, &due).await?;
        for schedule in due {
            let tick = latest.remove(&schedule.selector_id);
            self.start(schedule, &observation, tick, now).await;
        }
        Ok(())
    }

    /// Waits until a time whose code server did not answer is to be tried again. The next look is at the full
    /// minute otherwise, when a schedule of every minute has missed it.
    pub(crate) async fn has_to_try_again(&mut self) {
        loop {
            match (self.again.at, self.in_flight.is_empty()) {
                (None, true) => std::future::pending::<()>().await,
                (Some(at), true) => sleep_until(at).await,
                (at, false) => {
                    let wait = sleep_until(at.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE));
                    tokio::select! {
                        () = wait => {}
                        Some((selector_id, ended)) = self.in_flight.next() => {
                            self.note(selector_id, ended);
                        }
                    }
                }
            }
            if self.again.at.is_some_and(|at| at <= Instant::now()) {
                self.again.at = None;
                return;
            }
        }
    }

    /// Waits for all tasks.
    pub(crate) async fn finish(&mut self) {
        while let Some((selector_id, ended)) = self.in_flight.next().await {
            self.note(selector_id, ended);
        }
    }

    /// Ends all tasks where they are; what they reserved is taken up at the next start.
    pub(crate) async fn abandon(&mut self) {
        self.in_flight.abandon().await;
    }

    /// When there will be something to do, at the latest: cron times are whole minutes.
    pub(crate) fn next_wakeup(now: f64) -> f64 {
        now - now.rem_euclid(60.0) + 60.0
    }

    /// Splits schedules into running ones and others, and checkpoints the others.
    async fn sort_out(
        &self,
        observation: &Observation,
        now: f64,
    ) -> (Vec<Arc<Schedule>>, HashMap<String, Owner>) {
        let mut running = Vec::new();
        let mut owners = HashMap::new();
        for schedule in &observation.schedules {
            let stored = observation.states.get(&schedule.selector_id);
            if schedule.definition().current(stored).status.is_running() {
                owners.insert(schedule.selector_id.clone(), Owner::Running);
                running.push(Arc::clone(schedule));
                continue;
            }
            owners.insert(schedule.selector_id.clone(), Owner::Stopped);
            if let Some(stored) = stored
                && let Err(error) = act::checkpoint(&self.context, stored, now).await
            {
                self.context.report("Scheduler could not checkpoint a stopped schedule", &error);
            }
        }
        (running, owners)
    }

    async fn forget_orphans(
        &self,
        observation: &Observation,
        owners: &HashMap<String, Owner>,
        now: f64,
    ) -> Result<(), DaemonError> {
        for (selector_id, state) in &observation.states {
            let location = state.origin.location_name();
            let owner = owners.get(selector_id).copied().unwrap_or_else(|| {
                if observation.unknown_locations.contains(location) {
                    Owner::Unknown
                } else {
                    Owner::Gone
                }
            });
            if decide::is_orphan(state, owner, now) {
                self.context.log.info(format_args!(
                    "Removing state for schedule {} that is no longer present in {location}.",
                    state.name()
                ));
                let store = self.context.storage().schedules();
                store.delete_state(&state.origin_id(), selector_id).await?;
            }
        }
        Ok(())
    }

    async fn start(
        &mut self,
        schedule: Arc<Schedule>,
        observation: &Observation,
        latest: Option<Tick>,
        now: f64,
    ) {
        let selector_id = schedule.selector_id.clone();
        let stored = observation.states.get(&selector_id).cloned();
        let state = match stored {
            Some(state) => state,
            None => match act::declare(&self.context, &schedule, now).await {
                Ok(state) => state,
                Err(error) => return self.report(schedule.name(), &error),
            },
        };
        debug_assert!(state.status != InstigatorStatus::Stopped);
        let remembered = self.times.get(&selector_id).map(|times| times.last_iteration_timestamp);
        let context = self.context.clone();
        let limits = self.limits;
        let work = act::fire(context, schedule, state, latest, remembered, limits, now);
        self.in_flight.spawn(selector_id, Box::pin(work));
        if self.context.pace == Pace::OneByOne {
            self.finish().await;
        }
    }

    fn collect_ended(&mut self) {
        while let Some((selector_id, ended)) = self.in_flight.try_next() {
            self.note(selector_id, ended);
        }
    }

    fn note(
        &mut self,
        selector_id: String,
        ended: Result<Result<Fired, DaemonError>, DaemonError>,
    ) {
        match ended.and_then(|result| result) {
            Ok(Fired { times, was_unreachable }) => {
                self.times.insert(selector_id, times);
                if was_unreachable {
                    self.again.soon();
                } else if self.again.at.is_none() {
                    self.again.pause = None;
                }
            }
            Err(error) => self.report(&selector_id, &error),
        }
    }

    fn report(&self, schedule: &str, error: &DaemonError) {
        self.context.report(&format!("Scheduler caught an error for schedule {schedule}"), error);
    }
}

/// Spreads checkpoints of many schedules over ten minutes, the same way at each iteration.
fn checkpoint_jitter(selector_id: &str) -> f64 {
    let sum = selector_id.bytes().fold(0_u64, |sum, byte| sum * 31 % 600 + u64::from(byte));
    (sum % 600) as f64
}
