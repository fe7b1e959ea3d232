//! Launching one queued run, and what becomes of it when that fails.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rondel_launcher::LaunchContext;
use rondel_model::event::{DagsterEvent, DagsterEventType, EngineEventData, RunEnqueuedData};
use rondel_model::run::tags::PARTITION_NAME_TAG;
use rondel_model::run::{DagsterRun, RunStatus};
use serde::{Deserialize, Serialize};

use crate::DaemonError;
use crate::context::Context;
use crate::error::describe;
use crate::metrics;

/// Until when the runs of a location are left in the queue, after its code server was unreachable.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct LocationPauses(HashMap<String, Pause>);

/// The end of a pause: by the clock, as another process has to be told, and within this one by a clock that
/// nobody sets.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
struct Pause {
    until: f64,
    instant: Option<Instant>,
}

impl Pause {
    fn lasts(self, now: f64) -> bool {
        self.instant.map_or(self.until > now, |end| end > Instant::now())
    }
}

impl From<f64> for Pause {
    fn from(until: f64) -> Self {
        Self { until, instant: None }
    }
}

impl From<Pause> for f64 {
    fn from(pause: Pause) -> Self {
        pause.until
    }
}

impl LocationPauses {
    /// The locations left alone now.
    pub(crate) fn paused_at(&self, now: f64) -> HashSet<String> {
        let paused = self.0.iter().filter(|(_, pause)| pause.lasts(now));
        paused.map(|(name, _)| name.clone()).collect()
    }

    fn is_paused(&self, location: &str, now: f64) -> bool {
        self.0.get(location).is_some_and(|pause| pause.lasts(now))
    }

    fn pause(&mut self, location: &str, now: f64, seconds: f64) {
        let instant = Duration::try_from_secs_f64(seconds).ok().map(|long| Instant::now() + long);
        self.0.insert(location.to_owned(), Pause { until: now + seconds, instant });
    }
}

pub(crate) fn lock(pauses: &Mutex<LocationPauses>) -> MutexGuard<'_, LocationPauses> {
    pauses.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a run off the queue and launches it; false when it was not launched.
pub(crate) async fn dequeue(
    context: &Context,
    pauses: &Mutex<LocationPauses>,
    run: DagsterRun,
) -> Result<bool, DaemonError> {
    let instance = &context.instance;
    // It may have been canceled or launched since it was read.
    let run = instance.run(&run.run_id).await?;
    if run.status != RunStatus::Queued {
        context.log.info(format_args!(
            "Run {} is now DagsterRunStatus.{} instead of QUEUED, skipping",
            run.run_id,
            run.status.as_str()
        ));
        return Ok(false);
    }
    if let Some(location) = run.location_name()
        && lock(pauses).is_paused(location, context.now())
    {
        context.log.info(format_args!(
            "Pausing dequeues for runs from code location {location} to give its code server time \
             to recover"
        ));
        return Ok(false);
    }

    let starting = DagsterEvent::new(DagsterEventType::RunStarting, &run.job_name);
    instance.report_event(&run.run_id, starting).await?;
    let run = run.with_status(RunStatus::Starting);
    let workspace = context.snapshot();
    let launch = LaunchContext { run: &run, workspace: &workspace, reporter: instance.as_ref() };
    let began = Instant::now();
    let launched = instance.launcher().launch(&launch).await;
    metrics::launch(began, launched.is_ok());
    match launched {
        Ok(()) => Ok(true),
        Err(error) => {
            let error = DaemonError::from(error);
            if error.is_of_database() {
                // Nothing can be said about the run, neither in its log nor here.
                return Err(error);
            }
            let info =
                context.report(&format!("Caught an error dequeuing run {}", run.run_id), &error);
            settle_failure(context, pauses, &run, error, info).await?;
            Ok(false)
        }
    }
}

async fn settle_failure(
    context: &Context,
    pauses: &Mutex<LocationPauses>,
    run: &DagsterRun,
    error: DaemonError,
    info: rondel_model::SerializableErrorInfo,
) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let run = instance.run(&run.run_id).await?;
    if !matches!(run.status, RunStatus::Queued | RunStatus::Starting) {
        context.log.info(format_args!(
            "Run {} failed while being dequeued, but has already advanced to DagsterRunStatus.{} - \
             moving on. Error: {}",
            run.run_id,
            run.status.as_str(),
            describe(&info)
        ));
        return Ok(());
    }
    let config = instance.config().concurrency.run_queue.as_ref();
    let max_retries = config.map_or(0, |queue| queue.max_user_code_failure_retries);
    let delay = config.map_or(60, |queue| queue.user_code_failure_retry_delay);
    let data = EngineEventData { error: Some(info), ..EngineEventData::default() };

    if max_retries == 0 || !error.is_unreachable() {
        let message = "Caught an unrecoverable error while dequeuing the run. Marking the run as \
                       failed and dropping it from the queue";
        instance.report_engine_event(&run, None, message, data, None).await?;
        instance.report_run_failed(&run, None, None).await?;
        return Ok(());
    }

    if let Some(location) = run.location_name() {
        lock(pauses).pause(location, context.now(), delay as f64);
    }
    let enqueued = instance.events_of(&run.run_id, &[DagsterEventType::RunEnqueued]).await?;
    let retries_so_far = i64::try_from(enqueued.len()).unwrap_or(i64::MAX) - 1;
    if retries_so_far < 0 {
        return Err(DaemonError::Check("Could not find enqueue event for run".to_owned()));
    }
    if retries_so_far >= max_retries {
        let message = format!(
            "Run dequeue failed to reach the user code server after {max_retries} attempts, failing run"
        );
        instance.report_engine_event(&run, None, &message, data, None).await?;
        instance.report_run_failed(&run, None, None).await?;
        return Ok(());
    }
    let left = max_retries - retries_so_far;
    let noun = if left == 1 { "retry" } else { "retries" };
    let message = format!(
        "Run dequeue failed to reach the user code server, re-submitting the run into the queue \
         ({left} {noun} remaining)"
    );
    instance.report_engine_event(&run, None, &message, data, None).await?;
    instance.report_event(&run.run_id, enqueued_event(&run)).await?;
    Ok(())
}

/// Dagster's `DagsterEvent.job_enqueue`.
fn enqueued_event(run: &DagsterRun) -> DagsterEvent {
    let event = DagsterEvent::new(DagsterEventType::RunEnqueued, &run.job_name);
    match &run.remote_job_origin {
        None => event,
        Some(origin) => event.with_data(RunEnqueuedData {
            code_location_name: origin.location_name().to_owned(),
            repository_name: origin.repository_origin.repository_name.clone(),
            partition_key: run.tag(PARTITION_NAME_TAG).map(str::to_owned),
            ..RunEnqueuedData::default()
        }),
    }
}
