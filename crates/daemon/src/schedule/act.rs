//! Writing what the scheduler decided: states, ticks and runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use rondel_instance::config::TickRetention;
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{
    InstigatorData, InstigatorState, InstigatorStatus, InstigatorType, RunRequest,
    ScheduleInstigatorData, Tick, TickData, TickStatus,
};
use rondel_model::origin::RemoteInstigatorOrigin;
use rondel_model::run::tags::{
    RUN_KEY_TAG, SCHEDULE_NAME_TAG, SCHEDULED_EXECUTION_TIME_TAG, TICK_ID_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_model::serdes::{Extra, Map};
use rondel_storage::TicksQuery;

use super::checkpoint_jitter;
use super::decide::{self, CatchUpLimits, IterationTimes, LeftOut};
use super::observe::{self, Schedule};
use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::submit::{Made, RunOrder, create_run, submit};
use crate::ticks::{self, FailureCounts};
use crate::times::{in_zone, utc_isoformat};

/// Stores the first state of a schedule that its code declares running.
pub(crate) async fn declare(
    context: &Context,
    schedule: &Schedule,
    now: f64,
) -> Result<InstigatorState, DaemonError> {
    let data = ScheduleInstigatorData::new(schedule.snap.cron_schedule.clone(), Some(now));
    let state = InstigatorState::new(
        schedule.origin.clone(),
        InstigatorType::Schedule,
        InstigatorStatus::DeclaredInCode,
        Some(InstigatorData::Schedule(data)),
    );
    context.storage().schedules().add_state(&state, UnixTime(now)).await?;
    Ok(state)
}

/// Writes the last iteration down when it is time to; returns when it will be the next time.
pub(crate) async fn checkpoint(
    context: &Context,
    seen: &InstigatorState,
    now: f64,
) -> Result<f64, DaemonError> {
    let selector_id = seen.selector_id();
    let data = data_of(seen);
    let checkpoint = decide::checkpoint(&data, now, checkpoint_jitter(&selector_id));
    if let Some(at) = checkpoint.write {
        let store = context.storage().schedules();
        // Read again: someone may have switched the schedule meanwhile, which must stay.
        if let Some(mut state) = store.get_state(&selector_id).await? {
            let mut data = data_of(&state);
            data.last_iteration_timestamp = Some(at);
            state.instigator_data = Some(InstigatorData::Schedule(data));
            store.update_state(&state, UnixTime(now)).await?;
        }
    }
    Ok(checkpoint.next)
}

fn data_of(state: &InstigatorState) -> ScheduleInstigatorData {
    state.schedule_data().cloned().unwrap_or_else(|| {
        let none = rondel_model::instigation::OneOrMany::Many(Vec::new());
        ScheduleInstigatorData::new(none, None)
    })
}

/// What firing a schedule comes to.
#[derive(Debug)]
pub(crate) struct Fired {
    pub(crate) times: IterationTimes,
    /// Its code server did not answer: worth another attempt before long.
    pub(crate) was_unreachable: bool,
}

/// What became of one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Done,
    Failed,
    Unreachable,
}

/// Fires a schedule for all its due times.
pub(crate) async fn fire(
    context: Context,
    schedule: Arc<Schedule>,
    state: InstigatorState,
    latest: Option<Tick>,
    remembered: Option<f64>,
    limits: CatchUpLimits,
    now: f64,
) -> Result<Fired, DaemonError> {
    let data = data_of(&state);
    let latest = not_ahead(&context, &schedule, latest, now).await?;
    let latest_data = latest.as_ref().map(|tick| &tick.tick_data);
    let due = decide::due_times(&schedule.snap, &data, latest_data, remembered, limits, now)?;
    log_due(&context, &schedule, &due, limits);

    for time in due.ticks.iter().copied() {
        let tick = reserve(&context, &schedule, latest.as_ref(), time).await?;
        let result = fire_at(&context, &schedule, tick, time).await?;
        if result != Attempt::Done {
            // The same time is tried again at the next iteration.
            let times = IterationTimes {
                cron_schedule: schedule.snap.cron_schedule.clone(),
                next_iteration_timestamp: time as f64,
                last_iteration_timestamp: time as f64,
            };
            return Ok(Fired { times, was_unreachable: result == Attempt::Unreachable });
        }
    }

    let next_checkpoint = checkpoint(&context, &state, now).await?;
    let times = IterationTimes {
        cron_schedule: schedule.snap.cron_schedule.clone(),
        next_iteration_timestamp: due.next.min(next_checkpoint),
        last_iteration_timestamp: now,
    };
    Ok(Fired { times, was_unreachable: false })
}

/// The latest tick that is not in the future: one that is was made before the clock was set back. It is met
/// again when its time comes, and does not fire twice.
async fn not_ahead(
    context: &Context,
    schedule: &Schedule,
    latest: Option<Tick>,
    now: f64,
) -> Result<Option<Tick>, DaemonError> {
    if latest.as_ref().is_none_or(|tick| tick.tick_data.timestamp <= now) {
        return Ok(latest);
    }
    // `before` leaves its bound out
    let query = TicksQuery { before: Some(now + 1e-3), limit: Some(1), ..TicksQuery::default() };
    let store = context.storage().schedules();
    let ticks = store.get_ticks(&schedule.origin.id(), &schedule.selector_id, &query).await?;
    Ok(ticks.into_iter().next())
}

fn log_due(context: &Context, schedule: &Schedule, due: &decide::DueTimes, limits: CatchUpLimits) {
    let name = schedule.name();
    match due.left_out {
        Some(LeftOut::NotPartitioned) => context
            .log
            .warning(format_args!("{name} has no partition set, so not trying to catch up")),
        Some(LeftOut::FallenBehind) => context.log.warning(format_args!(
            "{name} has fallen behind, only launching {} runs",
            limits.max_catchup_runs
        )),
        None => {}
    }
    let times: Vec<String> =
        due.ticks.iter().map(|time| in_zone(*time, schedule.timezone())).collect();
    match times.as_slice() {
        [] => {}
        [time] => context.log.info(format_args!("Evaluating schedule `{name}` at {time}")),
        times => context.log.info(format_args!(
            "Evaluating schedule `{name}` at the following times: {}",
            times.join(", ")
        )),
    }
}

/// The tick of a time: the interrupted or failed one, else a new one.
async fn reserve(
    context: &Context,
    schedule: &Schedule,
    latest: Option<&Tick>,
    time: i64,
) -> Result<Tick, DaemonError> {
    if let Some(tick) = latest.filter(|tick| tick.tick_data.timestamp == time as f64) {
        let what = if tick.tick_data.status == TickStatus::Failure {
            "Retrying previously failed"
        } else {
            "Resuming previously interrupted"
        };
        let at = in_zone(time, schedule.timezone());
        context.log.info(format_args!("{what} schedule execution at {at}"));
        return Ok(tick.clone());
    }
    let mut data =
        TickData::new(&schedule.origin, InstigatorType::Schedule, TickStatus::Started, time as f64);
    data.consecutive_failure_count =
        ticks::consecutive_failures(latest.map(|tick| &tick.tick_data));
    let tick_id = context.storage().schedules().create_tick(&data).await?;
    context.faults.reach(schedule.name(), "TICK_CREATED")?;
    Ok(Tick { tick_id, tick_data: data, extra: Extra::default() })
}

/// Fires one time and writes the tick's end.
async fn fire_at(
    context: &Context,
    schedule: &Arc<Schedule>,
    mut tick: Tick,
    time: i64,
) -> Result<Attempt, DaemonError> {
    let attempt = async {
        context.faults.reach(schedule.name(), "TICK_HELD")?;
        request_runs(context, schedule, &mut tick, time).await
    };
    let result = attempt.await;
    let mut outcome = Attempt::Done;
    if let Err(error) = result {
        let headline = format!("Scheduler daemon caught an error for schedule {}", schedule.name());
        let before = ticks::consecutive_or_own(&tick.tick_data);
        let (counts, error) = if error.is_unreachable() {
            let message = format!(
                "Unable to reach the user code server for schedule {}. Schedule will resume \
                 execution once the server is available.",
                schedule.name()
            );
            let source = Box::new(error);
            outcome = Attempt::Unreachable;
            (FailureCounts::AsOutage, DaemonError::UserCodeUnreachable { message, source })
        } else {
            outcome = Attempt::Failed;
            (FailureCounts::AsAttempt, error)
        };
        let info = context.report(&headline, &error);
        ticks::fail(&mut tick.tick_data, info, counts, before, context.now());
    }
    context.save_tick(&tick).await?;
    let retention = context.instance.config().settings.retention.schedule;
    purge(context, &schedule.origin, retention).await?;
    Ok(outcome)
}

/// Deletes ticks that are older than their status is kept.
pub(crate) async fn purge(
    context: &Context,
    origin: &RemoteInstigatorOrigin,
    retention: TickRetention,
) -> Result<(), DaemonError> {
    let selector_id = origin.selector().selector_id();
    purge_ids(context, &origin.id(), &selector_id, retention).await
}

/// The same for ticks under these ids.
pub(crate) async fn purge_ids(
    context: &Context,
    origin_id: &str,
    selector_id: &str,
    retention: TickRetention,
) -> Result<(), DaemonError> {
    let mut by_days: BTreeMap<i64, Vec<TickStatus>> = BTreeMap::new();
    for (days, status) in [
        (retention.started, TickStatus::Started),
        (retention.skipped, TickStatus::Skipped),
        (retention.success, TickStatus::Success),
        (retention.failure, TickStatus::Failure),
    ] {
        if days > 0 {
            by_days.entry(days).or_default().push(status);
        }
    }
    for (days, statuses) in by_days {
        let before = context.now() - days as f64 * 86_400.0;
        let store = context.storage().schedules();
        store.purge_ticks(origin_id, selector_id, before, &statuses).await?;
    }
    Ok(())
}

async fn request_runs(
    context: &Context,
    schedule: &Arc<Schedule>,
    tick: &mut Tick,
    time: i64,
) -> Result<(), DaemonError> {
    let name = schedule.name();
    let log_key =
        vec![schedule.repository_name().to_owned(), name.to_owned(), tick.tick_id.to_string()];
    tick.tick_data.log_key = Some(log_key.clone());
    let answer = observe::evaluate(context, schedule, time, log_key).await?;
    if let Some(log_key) = answer.log_key.filter(|key| !key.is_empty()) {
        tick.tick_data.log_key = Some(log_key);
    }

    let requests = answer.run_requests.unwrap_or_default();
    if requests.is_empty() {
        match answer.skip_message.as_deref().filter(|message| !message.is_empty()) {
            Some(message) => context.log.info(format_args!("Schedule {name} skipped: {message}")),
            None => {
                context.log.info(format_args!("No run requests returned for {name}, skipping"));
            }
        }
        tick.tick_data.error = None;
        ticks::skip(&mut tick.tick_data, answer.skip_message, context.now());
        return Ok(());
    }

    let requests = prepare(context, schedule, requests, tick.tick_id).await?;
    let (at_once, stops_at_error) = match context.pace {
        Pace::Concurrent { submissions } => (submissions.max(1), false),
        Pace::OneByOne => (1, true),
    };
    let mut submissions = futures::stream::iter(requests.into_iter().map(|request| {
        let context = context.clone();
        let schedule = Arc::clone(schedule);
        async move { submit_request(&context, &schedule, request, time).await }
    }))
    .buffered(at_once);
    let mut first_error = None;
    while let Some(submitted) = submissions.next().await {
        match submitted {
            Ok(submitted) => {
                if submitted.is_new {
                    context.faults.reach(name, "RUN_LAUNCHED")?;
                }
                let key = submitted.run_key.as_deref();
                ticks::add_run(&mut tick.tick_data, Some(&submitted.run_id), key);
                if submitted.is_new {
                    context.faults.reach(name, "RUN_ADDED")?;
                }
            }
            Err(error) if stops_at_error => return Err(error),
            // What is being submitted must not be left half-way.
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    if let Some(error) = first_error {
        return Err(error);
    }
    context.faults.reach(name, "TICK_SUCCESS")?;
    tick.tick_data.error = None;
    ticks::set_status(&mut tick.tick_data, TickStatus::Success, context.now());
    Ok(())
}

/// Adds the tick to the tags of the requests.
async fn prepare(
    context: &Context,
    schedule: &Schedule,
    requests: Vec<RunRequest>,
    tick_id: i64,
) -> Result<Vec<RunRequest>, DaemonError> {
    let mut prepared = Vec::with_capacity(requests.len());
    for mut request in requests {
        request.tags.insert(TICK_ID_TAG.to_owned(), tick_id.to_string());
        if request.stale_assets_only {
            let stale = crate::stale::stale_or_missing(
                context,
                &request,
                &schedule.origin,
                Some(&schedule.snap.job_name),
            )
            .await?;
            if stale.is_empty() {
                continue;
            }
            request.asset_selection = Some(stale);
            request.stale_assets_only = false;
        }
        prepared.push(request);
    }
    Ok(prepared)
}

struct Submitted {
    run_id: String,
    run_key: Option<String>,
    is_new: bool,
}

async fn submit_request(
    context: &Context,
    schedule: &Schedule,
    request: RunRequest,
    time: i64,
) -> Result<Submitted, DaemonError> {
    let name = schedule.name();
    let run_key = request.run_key.clone().filter(|key| !key.is_empty());
    let existing = existing_run(context, schedule, time, run_key.as_deref()).await?;
    let (run, made) = match existing {
        Some(run) if run.status != RunStatus::NotStarted => {
            let run_id = run.run_id.to_string();
            context
                .log
                .info(format_args!("Run {run_id} already completed for this execution of {name}"));
            return Ok(Submitted { run_id, run_key, is_new: false });
        }
        Some(run) => {
            context.log.info(format_args!(
                "Run {} already created for this execution of {name}",
                run.run_id
            ));
            (run, Made::Before)
        }
        None => {
            let mut tags: Map<String> = request.tags.clone();
            tags.insert(SCHEDULED_EXECUTION_TIME_TAG.to_owned(), utc_isoformat(time));
            if let Some(key) = &run_key {
                tags.insert(RUN_KEY_TAG.to_owned(), key.clone());
            }
            let order = RunOrder {
                repository_origin: &schedule.origin.repository_origin,
                job_name: &schedule.snap.job_name,
                op_selection: schedule.snap.op_selection.as_deref(),
                request: &request,
                tags,
                run_id: None,
            };
            (create_run(context, order).await?, Made::Now)
        }
    };
    context.faults.reach(name, "RUN_CREATED")?;
    if run.status != RunStatus::Failure && submit(context, &run, made).await {
        context
            .log
            .info(format_args!("Completed scheduled launch of run {} for {name}", run.run_id));
    }
    Ok(Submitted { run_id: run.run_id.to_string(), run_key, is_new: true })
}

/// The run made for this time (and run key) before, by a schedule of the same repository.
async fn existing_run(
    context: &Context,
    schedule: &Schedule,
    time: i64,
    run_key: Option<&str>,
) -> Result<Option<DagsterRun>, DaemonError> {
    let mut filter = RunsFilter::default()
        .with_tag(SCHEDULE_NAME_TAG, schedule.name())
        .with_tag(SCHEDULED_EXECUTION_TIME_TAG, utc_isoformat(time));
    if let Some(key) = run_key {
        filter = filter.with_tag(RUN_KEY_TAG, key);
    }
    let own = schedule.origin.repository_origin.selector();
    let runs = context.storage().runs().get_runs(filter).await?;
    Ok(runs.into_iter().find(|run| {
        // A run without origin cannot be told apart.
        let origin = run.remote_job_origin.as_ref();
        origin.is_none_or(|origin| origin.repository_origin.selector() == own)
    }))
}
