//! The daemon process: one task per daemon, heartbeats beside them.
//!
//! Every task is expected to run until shutdown; one that ends earlier ends the process with an
//! error, so that a supervisor restarts it. On shutdown no new work begins; evaluations under way
//! get a moment to end and are then abandoned (what they reserved is taken up at the next start),
//! launches under way are finished.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use rondel_code_location::Workspace;
use rondel_instance::Instance;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::asset::{AssetDaemon, INTERVAL as ASSET_INTERVAL};
use crate::backfill::{BackfillDaemon, INTERVAL as BACKFILL_INTERVAL};
use crate::clock::wait_until;
use crate::context::{Context, Pace, SharedAssets};
use crate::freshness::Freshness;
use crate::heartbeat::Heartbeats;
use crate::metrics::timed;
use crate::monitoring::Monitoring;
use crate::queue::RunQueue;
use crate::retry::RunRetries;
use crate::schedule::Scheduler;
use crate::sensor::{INTERVAL as SENSOR_INTERVAL, SensorDaemon};
use crate::{DaemonError, DaemonKind, LogSink};

/// Pause after an iteration that failed as a whole.
const ERROR_PAUSE: Duration = Duration::from_secs(5);

/// What evaluations under way get to end at shutdown.
const EVALUATION_GRACE: Duration = Duration::from_secs(5);

/// What launches under way get to end at shutdown.
const LAUNCH_GRACE: Duration = Duration::from_secs(30);

/// How often the queue is looked at, at least: other processes enqueue runs and free places without
/// telling this one. A look at an empty queue is one indexed query.
const QUEUE_POLL: Duration = Duration::from_secs(1);

/// How often it is looked whether there is a new backfill: nobody tells, and one should start at once.
const BACKFILL_LOOK: Duration = Duration::from_secs(1);

/// How long the queue is looked at more often after news of any run: Dagster stores the event first, and
/// puts the run into the queue (or frees its place) shortly after, on a busy machine not so shortly.
const ALERT: Duration = Duration::from_millis(1500);

/// The least time between two looks because of news, of which busy instances have many.
const LOOK_SPACING: Duration = Duration::from_millis(15);

/// How long after the begin of a term launches of the leader before are taken for over, and how long after
/// the database failed those of its own.
const INTERRUPTED_PAUSE: Duration = Duration::from_secs(10);

/// News of workers that are looked at together.
const NOTICES: usize = 256;

/// Submissions of one evaluation at a time, unless `dagster.yaml` says otherwise.
const SUBMISSIONS: usize = 8;

/// Settings of the daemon process.
#[derive(Debug, Clone)]
pub struct DaemonOptions {
    /// Time between two heartbeats.
    pub heartbeat_interval: Duration,
    /// How long an error stays in the heartbeat.
    pub error_interval: Duration,
    /// Whether all writes of the instance need the lease of the leader: for a process in which nothing
    /// but the daemons writes.
    pub fenced: bool,
}

impl Default for DaemonOptions {
    fn default() -> Self {
        Self {
            heartbeat_interval: Duration::from_secs(30),
            error_interval: Duration::from_secs(300),
            fenced: true,
        }
    }
}

/// The daemons an instance needs (`get_required_daemon_types`), in Dagster's order.
#[must_use]
pub fn required_daemons(instance: &Instance) -> Vec<DaemonKind> {
    let config = instance.config();
    let settings = &config.settings;
    let mut kinds = vec![DaemonKind::Sensor, DaemonKind::Backfill, DaemonKind::Scheduler];
    if config.run_coordinator.queue().is_some() {
        kinds.push(DaemonKind::RunQueue);
    }
    if settings.run_monitoring.enabled {
        kinds.push(DaemonKind::Monitoring);
    }
    if settings.run_retries.enabled {
        kinds.push(DaemonKind::RunRetries);
    }
    if settings.auto_materialize.enabled || settings.auto_materialize.use_sensors {
        kinds.push(DaemonKind::Asset);
    }
    if settings.freshness_enabled {
        kinds.push(DaemonKind::Freshness);
    }
    kinds
}

/// Runs all daemons that the instance needs and this version has, until `shutdown`.
///
/// # Errors
/// When a daemon's task ends before it was told to.
pub(crate) async fn lead(
    options: &DaemonOptions,
    daemon_id: &str,
    instance: &Arc<Instance>,
    workspace: &Arc<Workspace>,
    shutdown: CancellationToken,
) -> Result<(), DaemonError> {
    let mut services = JoinSet::new();
    let mut sinks = Vec::new();
    let assets = SharedAssets::default();
    for kind in required_daemons(instance) {
        let pace = Pace::Concurrent { submissions: submissions(instance, kind) };
        let context =
            Context::new(kind, Arc::clone(instance), Arc::clone(workspace), LogSink::Tracing, pace)
                .sharing(&assets);
        sinks.push((kind, context.errors.clone()));
        let stop = shutdown.clone();
        match kind {
            DaemonKind::Scheduler => services.spawn(named(kind, schedule_loop(context, stop))),
            DaemonKind::Sensor => services.spawn(named(kind, sensor_loop(context, stop))),
            DaemonKind::RunQueue => services.spawn(named(kind, queue_loop(context, stop))),
            DaemonKind::Monitoring => services.spawn(named(kind, monitoring_loop(context, stop))),
            DaemonKind::RunRetries => services.spawn(named(kind, retry_loop(context, stop))),
            DaemonKind::Backfill => services.spawn(named(kind, backfill_loop(context, stop))),
            DaemonKind::Freshness => services.spawn(named(kind, freshness_loop(context, stop))),
            DaemonKind::Asset => services.spawn(named(kind, asset_loop(context, stop))),
        };
    }
    // It has no heartbeat of its own, which Dagster would not know; its errors are shown with the queue's.
    let kind = DaemonKind::RunQueue;
    let pace = Pace::Concurrent { submissions: 1 };
    let mut context =
        Context::new(kind, Arc::clone(instance), Arc::clone(workspace), LogSink::Tracing, pace);
    if let Some((_, errors)) = sinks.iter().find(|(known, _)| *known == kind) {
        context.errors = errors.clone();
    }
    let stop = shutdown.clone();
    services.spawn(async move {
        crate::executor::run(context, stop).await;
        "EXECUTOR"
    });
    let heartbeats = Heartbeats::new(
        Arc::clone(instance),
        daemon_id.to_owned(),
        options.heartbeat_interval,
        options.error_interval,
        sinks,
    );
    let stop = shutdown.clone();
    services.spawn(async move {
        heartbeats.run(stop).await;
        "HEARTBEATS"
    });

    let mut failure = None;
    while let Some(ended) = services.join_next().await {
        if shutdown.is_cancelled() && ended.is_ok() {
            continue;
        }
        let reason = match ended {
            Ok(name) => format!("{name} ended although it should run until shutdown"),
            Err(error) => error.to_string(),
        };
        tracing::error!(reason, "a daemon ended, the process stops");
        failure = failure.or(Some(DaemonError::Panicked(reason)));
        shutdown.cancel();
    }
    failure.map_or(Ok(()), Err)
}

fn submissions(instance: &Instance, kind: DaemonKind) -> usize {
    let settings = &instance.config().settings;
    let workers = match kind {
        DaemonKind::Scheduler => settings.schedules.num_submit_workers,
        DaemonKind::Sensor => settings.sensors.num_submit_workers,
        DaemonKind::Backfill => settings.backfills.num_submit_workers,
        _ => None,
    };
    workers.and_then(|n| usize::try_from(n).ok()).unwrap_or(SUBMISSIONS)
}

async fn named(kind: DaemonKind, service: impl Future<Output = ()>) -> &'static str {
    service.await;
    kind.daemon_type()
}

async fn schedule_loop(context: Context, shutdown: CancellationToken) {
    let mut changes = context.workspace.subscribe();
    let mut scheduler = Scheduler::new(context.clone());
    loop {
        let result = timed(DaemonKind::Scheduler, scheduler.iterate()).await;
        let now = context.now();
        let until = match result {
            // A little past the minute, to be sure that it has begun.
            Ok(()) => Scheduler::next_wakeup(now) + 0.001,
            Err(error) => {
                context.report("SchedulerDaemon caught an error", &error);
                now + ERROR_PAUSE.as_secs_f64()
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = wait_until(|| context.now(), until) => {}
            () = scheduler.has_to_try_again() => {}
            // A location came or changed: its schedules may be due.
            Ok(()) = changes.changed() => {}
        }
    }
    if timeout(EVALUATION_GRACE, scheduler.finish()).await.is_err() {
        scheduler.abandon().await;
    }
}

async fn sensor_loop(context: Context, shutdown: CancellationToken) {
    let mut changes = context.workspace.subscribe();
    let mut sensors = SensorDaemon::new(context.clone());
    loop {
        let began = Instant::now();
        if let Err(error) = timed(DaemonKind::Sensor, sensors.iterate()).await {
            context.report("SensorDaemon caught an error", &error);
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = sleep_until(began + Duration::from_secs_f64(SENSOR_INTERVAL)) => {}
            Ok(()) = changes.changed() => {}
        }
    }
    if timeout(EVALUATION_GRACE, sensors.finish()).await.is_err() {
        sensors.abandon().await;
    }
}

async fn queue_loop(context: Context, shutdown: CancellationToken) {
    let Some(settings) = context.instance.config().run_coordinator.queue() else {
        return;
    };
    let interval = Duration::from_secs(u64::try_from(settings.dequeue_interval()).unwrap_or(5));
    let interval = interval.min(QUEUE_POLL);
    let mut queue = RunQueue::new(context.clone());
    let mut news_at: Option<Instant> = None;
    let mut accident = context.now();
    let mut settled_at = Some(Instant::now() + INTERRUPTED_PAUSE);
    loop {
        if let Some(at) = queue.take_accident() {
            accident = at;
            settled_at = Some(Instant::now() + INTERRUPTED_PAUSE);
        }
        if settled_at.is_some_and(|at| at <= Instant::now()) {
            settled_at = None;
            if let Err(error) = Box::pin(queue.relaunch_interrupted(accident)).await {
                context.report("Caught error", &error);
                settled_at = Some(Instant::now() + INTERRUPTED_PAUSE);
            }
        }
        let looked_at = Instant::now();
        let failed = match timed(DaemonKind::RunQueue, Box::pin(queue.iterate())).await {
            Ok(()) => false,
            Err(error) => {
                context.report("Caught error", &error);
                true
            }
        };
        let pause = match news_at.map(|at| at.elapsed()).filter(|age| *age < ALERT) {
            _ if failed => ERROR_PAUSE,
            // Ever less often.
            Some(age) => LOOK_SPACING.max(age / 4).min(interval),
            None => interval,
        };
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = sleep(pause) => {}
            () = context.instance.run_enqueued(), if !failed => {}
            // Places may be free again, or a run be back in the queue.
            () = queue.launches_ended() => {}
            () = context.storage().events().any_news(), if !failed => {
                news_at = Some(Instant::now());
                sleep_until(looked_at + LOOK_SPACING).await;
            }
        }
    }
    queue.leave_waiting();
    if timeout(LAUNCH_GRACE, queue.finish()).await.is_err() {
        context.log.warning("runs were still being launched at shutdown");
    }
}

async fn backfill_loop(context: Context, shutdown: CancellationToken) {
    let mut changes = context.workspace.subscribe();
    let mut backfills = BackfillDaemon::new(context.clone());
    loop {
        let began = Instant::now();
        let newest = context.storage().backfills().newest().await.unwrap_or_default();
        if let Err(error) = timed(DaemonKind::Backfill, backfills.iterate()).await {
            context.report("BackfillDaemon caught an error", &error);
        }
        let rest = sleep_until(began + Duration::from_secs_f64(BACKFILL_INTERVAL));
        tokio::pin!(rest);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => {
                    if timeout(LAUNCH_GRACE, backfills.finish()).await.is_err() {
                        backfills.abandon().await;
                    }
                    return;
                }
                () = &mut rest => break,
                // A location came: its backfills may go on.
                Ok(()) = changes.changed() => break,
                () = new_backfill(&context, newest) => break,
                () = backfills.one_ended() => {}
            }
        }
    }
}

/// Waits for a backfill newer than the newest one seen. What keeps the database from telling is reported by
/// the next iteration.
async fn new_backfill(context: &Context, seen: Option<i64>) {
    loop {
        sleep(BACKFILL_LOOK).await;
        if context.storage().backfills().newest().await.is_ok_and(|newest| newest != seen) {
            return;
        }
    }
}

async fn monitoring_loop(context: Context, shutdown: CancellationToken) {
    let seconds = context.instance.config().settings.run_monitoring.poll_interval_seconds;
    let interval = Duration::from_secs(u64::try_from(seconds).unwrap_or(120));
    let mut monitoring = Monitoring::new(context.clone());
    let notices = context.instance.launcher().notices();
    let mut notices = notices.unwrap_or_else(|| stream::empty().boxed()).ready_chunks(NOTICES);
    loop {
        let began = Instant::now();
        if let Err(error) = timed(DaemonKind::Monitoring, monitoring.iterate()).await {
            context.report("Caught error", &error);
        }
        if let Err(error) = monitoring.free_slots().await {
            context.report("Caught error", &error);
        }
        loop {
            let reacted = tokio::select! {
                () = shutdown.cancelled() => return,
                () = sleep_until(began + interval) => break,
                Some(notices) = notices.next() => monitoring.react(notices).await,
            };
            if let Err(error) = reacted {
                context.report("Caught error", &error);
            }
        }
    }
}

async fn retry_loop(context: Context, shutdown: CancellationToken) {
    let interval = Duration::from_secs_f64(RunRetries::interval().max(0.1));
    let mut retries = RunRetries::new(context.clone());
    loop {
        let began = Instant::now();
        if let Err(error) = timed(DaemonKind::RunRetries, Box::pin(retries.iterate())).await {
            context.report("Caught error", &error);
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = sleep_until(began + interval) => {}
        }
    }
}

async fn freshness_loop(context: Context, shutdown: CancellationToken) {
    let interval = Duration::from_secs_f64(Freshness::interval().max(0.1));
    let mut freshness = Freshness::new(context.clone());
    loop {
        let began = Instant::now();
        if let Err(error) = timed(DaemonKind::Freshness, Box::pin(freshness.iterate())).await {
            context.report("FreshnessDaemon caught an error", &error);
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = sleep_until(began + interval) => {}
        }
    }
}

async fn asset_loop(context: Context, shutdown: CancellationToken) {
    let seconds = context.instance.config().settings.auto_materialize.minimum_interval_seconds;
    let interval = seconds.map(|seconds| seconds as f64);
    let mut assets = AssetDaemon::new(context.clone()).with_pre_sensor_interval(interval);
    loop {
        let began = Instant::now();
        if let Err(error) = timed(DaemonKind::Asset, assets.iterate()).await {
            context.report("AssetDaemon caught an error", &error);
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = sleep_until(began + Duration::from_secs_f64(ASSET_INTERVAL)) => {}
        }
    }
    if timeout(LAUNCH_GRACE, assets.finish()).await.is_err() {
        assets.abandon().await;
    }
}
