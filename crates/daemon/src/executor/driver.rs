//! The driver of one run: reads what is new, decides, acts, and waits for more.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use rondel_executor::{
    Claims, ExecutorConfig, ExecutorError, Plan, Progress, Situation, decide, events,
};
use rondel_launcher::{
    LaunchError, RunReporter, StepNotice, StepTask, StepWork, StepWorkerState, StepsOf,
    WorkerCondition,
};
use rondel_model::SerializableErrorInfo;
use rondel_model::ids::RunId;
use rondel_model::plan::{KnownExecutionState, RetryMode};
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::snap::ExecutionPlanSnapshot;
use rondel_storage::EventWatch;
use tokio::time::{Instant, sleep};

use super::Surroundings;
use super::inbox::Inbox;
use super::inquiry::Inquiry;
use crate::DaemonError;

/// How often workers and the run itself are looked at although there is no news of them.
const CHECK: Duration = Duration::from_secs(60);

/// Pause before a worker that could not be made is tried again.
const LAUNCH_PAUSE: Duration = Duration::from_secs(5);

/// How often it is tried: an API server may be away for some minutes.
const LAUNCHES: u32 = 100;

/// Workers of one run that are made at the same time.
const LAUNCHES_AT_ONCE: usize = 16;

/// Whether a run needs its driver any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    GoesOn,
    IsOver,
}

/// A run whose steps are being executed.
pub(super) struct Driver {
    pub(super) around: Surroundings,
    pub(super) run: DagsterRun,
    pub(super) config: ExecutorConfig,
    snapshot: Arc<ExecutionPlanSnapshot>,
    pub(super) progress: Progress,
    watch: EventWatch,
    pub(super) claims: Claims,
    /// Steps under way that may have a pool slot.
    pub(super) holders: HashSet<String>,
    /// Workers that are known to have been made.
    workers: HashSet<String>,
    /// Workers that could not be made: how often, and when they are tried again.
    troubles: HashMap<String, (u32, Instant)>,
    /// What was told about workers that do not start.
    delays: HashSet<String>,
    /// Steps whose retry policy is being asked for.
    pub(super) inquiries: HashMap<String, Inquiry>,
}

impl Driver {
    /// Takes a run up where it is; `None` when there is nothing to drive.
    pub(super) async fn begin(
        around: Surroundings,
        run_id: &RunId,
    ) -> Result<Option<Self>, DaemonError> {
        let instance = Arc::clone(&around.context.instance);
        let Some(run) = instance.storage().runs().get_run(run_id.as_str()).await? else {
            return Ok(None);
        };
        let failed = |error| DaemonError::Launch(LaunchError::Instance(error));
        let snapshot = instance.recorded_plan(&run).await.map_err(failed)?;
        let job = instance.recorded_job(&run).await.map_err(failed)?;
        let variable = |name: &str| std::env::var(name).ok();
        let known = match (snapshot, job) {
            (Some(snapshot), Some(job)) => Plan::from_snapshot(&snapshot)
                .and_then(|plan| Ok((plan, ExecutorConfig::of_run(&job, &run, variable)?)))
                .map(|(plan, config)| (snapshot, plan, config)),
            _ => Err(ExecutorError::OldPlan),
        };
        let (snapshot, plan, config) = match known {
            Ok(known) => known,
            Err(error) => {
                let info = exception(&error.to_string());
                around.write(&run, vec![events::run_exception(&run, info)]).await?;
                return Ok(None);
            }
        };
        let mut driver = Self {
            progress: Progress::new(plan, config.rules),
            watch: instance.storage().events().watch(run_id.as_str(), None),
            around,
            run,
            config,
            snapshot,
            claims: Claims::default(),
            holders: HashSet::new(),
            workers: HashSet::new(),
            troubles: HashMap::new(),
            delays: HashSet::new(),
            inquiries: HashMap::new(),
        };
        driver.read().await?;
        driver.complete_interrupted().await?;
        driver.free_stale_slots().await?;
        if !driver.progress.in_flight().is_empty() {
            driver.workers = driver.around.steps.workers(driver.of()).await?.into_keys().collect();
        }
        driver.check_workers().await?;
        Ok(Some(driver))
    }

    /// Applies an event about the run that was written and not applied when a process ended.
    async fn complete_interrupted(&self) -> Result<(), DaemonError> {
        use rondel_model::event::DagsterEventType::{RunCanceling, RunStart};
        let status = self.run.status;
        let missed = match self.progress.ended() {
            Some(ended) if !status.is_finished() => Some(ended),
            None if self.progress.is_canceling() && status != RunStatus::Canceling => {
                Some(RunCanceling)
            }
            None if self.progress.is_started() && status == RunStatus::Starting => Some(RunStart),
            _ => None,
        };
        if let Some(event_type) = missed {
            let event = rondel_model::event::DagsterEvent::new(event_type, &self.run.job_name);
            let instance = &self.around.context.instance;
            instance.report_event_once(&self.run.run_id, event_type, event).await?;
        }
        Ok(())
    }

    /// Drives until the run has ended.
    pub(super) async fn drive(&mut self, inbox: &Inbox) -> Result<(), DaemonError> {
        loop {
            self.read().await?;
            self.end_inquiries().await?;
            let now = self.now();
            self.progress.settle(now);
            self.free_slots().await?;
            if self.make_workers().await? == Course::IsOver {
                return Ok(());
            }
            let undecided = self.asked();
            let situation = Situation {
                now,
                max_concurrent: self.config.max_concurrent,
                limits: &self.config.limits,
                claims: &self.claims,
                undecided: &undecided,
            };
            let decision = decide(&self.progress, &situation);
            if !decision.actions.is_empty() {
                if self.act(decision.actions).await? == Course::IsOver {
                    return Ok(());
                }
                continue;
            }
            let retry = self.troubles.values().map(|(_, at)| *at).min();
            let own = [retry, self.inquiry_ends_at()].into_iter().flatten().min();
            let due = pause(decision.wake_at, self.now(), own, Instant::now());
            if self.wait(due, inbox).await? == Course::IsOver {
                return Ok(());
            }
        }
    }

    /// Waits for news, or until something falls due.
    async fn wait(&mut self, due: Duration, inbox: &Inbox) -> Result<Course, DaemonError> {
        let slot_freed = Arc::clone(&self.around.slot_freed);
        tokio::select! {
            news = self.watch.next() => {
                news?.iter().for_each(|record| self.progress.apply(&record.entry));
            }
            notice = inbox.next() => self.react(notice).await?,
            () = slot_freed.notified(), if !self.claims.blocked.is_empty() => self.ask_again(),
            () = sleep(due) => {
                if due == CHECK {
                    return self.check().await;
                }
            }
        }
        Ok(Course::GoesOn)
    }

    pub(super) fn now(&self) -> f64 {
        self.around.context.now()
    }

    pub(super) fn of(&self) -> StepsOf<'_> {
        StepsOf { run: &self.run, config: &self.config.raw }
    }

    /// Takes what is new in the log.
    pub(super) async fn read(&mut self) -> Result<(), DaemonError> {
        loop {
            let news = self.watch.ready().await?;
            if news.is_empty() {
                return Ok(());
            }
            news.iter().for_each(|record| self.progress.apply(&record.entry));
        }
    }

    /// Reads the whole log again. Ids of events are given before they can be seen, so one of several writers
    /// may be seen late, below what has been read.
    pub(super) async fn read_again(&mut self) -> Result<(), DaemonError> {
        let plan = Plan::from_snapshot(&self.snapshot)
            .map_err(|error| DaemonError::Check(error.to_string()))?;
        self.progress = Progress::new(plan, self.config.rules);
        let events = self.around.context.storage().events();
        self.watch = events.watch(self.run.run_id.as_str(), None);
        self.read().await
    }

    pub(super) fn worker_of(&self, step: &str) -> String {
        let attempt = self.progress.in_flight().get(step).map_or(0, |flight| flight.attempt);
        self.around.steps.worker_name(&self.run.run_id, step, attempt)
    }

    /// Makes the workers of steps that the log says are started and that have none yet.
    async fn make_workers(&mut self) -> Result<Course, DaemonError> {
        if self.progress.is_canceling() || self.progress.ended().is_some() {
            return Ok(Course::GoesOn);
        }
        let now = Instant::now();
        let missing: Vec<(String, String)> = self
            .progress
            .in_flight()
            .iter()
            .filter(|(_, flight)| !flight.is_heard)
            .map(|(step, _)| (step.clone(), self.worker_of(step)))
            .filter(|(_, worker)| !self.workers.contains(worker))
            .filter(|(_, worker)| self.troubles.get(worker).is_none_or(|(_, at)| *at <= now))
            .collect();
        if missing.is_empty() {
            return Ok(Course::GoesOn);
        }
        let known_state = self.progress.known_state();
        let launches: Vec<_> = missing
            .iter()
            .map(|(step, _)| self.launch(step, StepTask::Execute, &known_state))
            .collect();
        let launched: Vec<_> = stream::iter(launches).buffered(LAUNCHES_AT_ONCE).collect().await;
        for ((step, worker), launched) in missing.into_iter().zip(launched) {
            match launched {
                Ok(()) => {
                    self.troubles.remove(&worker);
                    self.workers.insert(worker);
                }
                Err(error) => {
                    let count = self.troubles.get(&worker).map_or(1, |(count, _)| count + 1);
                    let is_final = match &error {
                        LaunchError::Kubernetes(_) | LaunchError::ForeignJob { .. } => true,
                        _ => count >= LAUNCHES,
                    };
                    if is_final {
                        return self.give_up(error.to_error_info()).await;
                    }
                    if count == 1 {
                        let text = format!("The worker of the step could not be started: {error}");
                        self.tell(&step, format!("{text}. Trying again.")).await?;
                    }
                    self.troubles.insert(worker, (count, now + LAUNCH_PAUSE));
                }
            }
        }
        Ok(Course::GoesOn)
    }

    /// Starts a worker for a step.
    pub(super) async fn launch(
        &self,
        key: &str,
        task: StepTask<'_>,
        known_state: &KnownExecutionState,
    ) -> Result<(), LaunchError> {
        let Some(step) = self.progress.plan().step(key) else { return Ok(()) };
        let retry_mode =
            if self.config.retries { RetryMode::Deferred } else { RetryMode::Disabled };
        let work = StepWork {
            task,
            key,
            op_name: step.op_name(),
            tags: &step.tags,
            attempt: self.progress.in_flight().get(key).map_or(0, |flight| flight.attempt),
            retry_mode,
            known_state,
        };
        let instance_ref = self.around.context.instance.instance_ref();
        self.around.steps.launch(self.of(), work, instance_ref).await
    }

    fn step_with(&self, worker: &str) -> Option<String> {
        let in_flight = self.progress.in_flight().keys();
        in_flight.into_iter().find(|step| self.worker_of(step) == worker).cloned()
    }

    /// Looks at a step because there is news of its worker.
    async fn react(&mut self, notice: StepNotice) -> Result<(), DaemonError> {
        let Some(step) = self.step_with(&notice.worker) else {
            return self.react_as_arbiter(&notice.worker, notice.condition).await;
        };
        match notice.condition {
            WorkerCondition::Ended => self.check_worker(&step, &notice.worker).await,
            WorkerCondition::Stuck => {
                // first, so that it cannot start in between
                self.around.steps.delete(self.of(), &notice.worker).await?;
                if !self.is_unheard(&notice.worker).await? {
                    return Ok(());
                }
                // an arbiter could not be started either
                let message = format!("The step's worker cannot be started. {}", notice.reason);
                let error = SerializableErrorInfo { message, ..SerializableErrorInfo::default() };
                self.write_failure(&step, error).await
            }
            WorkerCondition::Delayed if self.delays.insert(notice.reason.clone()) => {
                self.tell(&step, notice.reason).await
            }
            WorkerCondition::Delayed => Ok(()),
        }
    }

    /// Writes something about a step into the log.
    async fn tell(&self, step: &str, message: String) -> Result<(), DaemonError> {
        let known = self.progress.plan().step(step);
        let event = known.map(|step| events::step_engine_event(&self.run, step, message));
        self.around.write(&self.run, event.into_iter().collect()).await
    }

    /// Ends the attempt at a step whose worker has ended without a word.
    async fn check_worker(&mut self, step: &str, worker: &str) -> Result<(), DaemonError> {
        let state = self.around.steps.worker(self.of(), worker).await?;
        let reason = match state {
            Some(StepWorkerState::Active) => return Ok(()),
            None if !self.workers.contains(worker) => return Ok(()), // it is still to be made
            None => format!("Kubernetes job {worker} for step {step} could not be found."),
            Some(StepWorkerState::Failed(why)) => {
                let why = why.map(|why| format!(" {why}.")).unwrap_or_default();
                format!("Discovered failed Kubernetes job {worker} for step {step}.{why}")
            }
            Some(StepWorkerState::Succeeded) => format!(
                "Kubernetes job {worker} for step {step} has ended without telling how the step ended."
            ),
        };
        if !self.is_unheard(worker).await? {
            return Ok(());
        }
        let told = self.progress.in_flight().get(step).and_then(|flight| flight.failure.as_deref());
        let error = told.cloned().unwrap_or_else(|| SerializableErrorInfo {
            message: format!("Step {step} failed health check: {reason}"),
            ..SerializableErrorInfo::default()
        });
        self.end_attempt(step, error).await
    }

    /// Whether a worker that has ended did not say how its step did. What it said, it said before it ended:
    /// so the log is read once more.
    async fn is_unheard(&mut self, worker: &str) -> Result<bool, DaemonError> {
        self.read_again().await?;
        Ok(self.step_with(worker).is_some() && !self.progress.is_canceling())
    }

    /// Looks at everything although there is no news.
    async fn check(&mut self) -> Result<Course, DaemonError> {
        let runs = self.around.context.storage().runs();
        if !runs.has_run(self.run.run_id.as_str()).await? {
            // it was deleted
            self.stop_workers().await?;
            self.free_all_slots().await?;
            return Ok(Course::IsOver);
        }
        self.read_again().await?;
        self.check_workers().await?;
        Ok(Course::GoesOn)
    }

    async fn check_workers(&mut self) -> Result<(), DaemonError> {
        if self.progress.in_flight().is_empty() || self.progress.ended().is_some() {
            return Ok(());
        }
        let states = self.around.steps.workers(self.of()).await?;
        let doubtful: Vec<(String, String)> = self
            .progress
            .in_flight()
            .iter()
            .map(|(step, flight)| (step.clone(), self.worker_of(step), flight.is_heard))
            .filter(|(_, worker, is_heard)| match states.get(worker) {
                Some(state) => *state != StepWorkerState::Active,
                None => *is_heard || self.workers.contains(worker),
            })
            .map(|(step, worker, _)| (step, worker))
            .collect();
        for (step, worker) in doubtful {
            // it was there, or it would not have been heard
            self.workers.insert(worker.clone());
            self.check_worker(&step, &worker).await?;
        }
        Ok(())
    }
}

/// An error as Dagster would serialize one that its executor raised.
pub(super) fn exception(message: &str) -> SerializableErrorInfo {
    SerializableErrorInfo {
        message: format!("Exception: {message}\n"),
        cls_name: Some("Exception".to_owned()),
        ..SerializableErrorInfo::default()
    }
}

/// How long to wait for what falls due by the clock, which the log goes by and which may be set, and for what we
/// wait for ourselves, which nobody's setting a clock makes earlier or later.
fn pause(wake_at: Option<f64>, now: f64, own: Option<Instant>, at: Instant) -> Duration {
    let by_clock = wake_at.map(|wake_at| (wake_at - now).clamp(0.0, CHECK.as_secs_f64()));
    let own = own.map(|own| own.saturating_duration_since(at));
    let due = by_clock.map(Duration::from_secs_f64).into_iter().chain(own).min().unwrap_or(CHECK);
    due.clamp(Duration::from_millis(1), CHECK)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_falls_due(None, None, 60_000)]
    #[case::the_clock_says_when(Some(1_002.0), None, 2_000)]
    #[case::something_of_ours_comes_first(Some(1_002.0), Some(1_000), 1_000)]
    #[case::the_clock_was_set_back(Some(4_600.0), Some(3_000), 3_000)]
    #[case::the_clock_was_set_forward(Some(-2_600.0), Some(3_000), 1)]
    #[case::ours_is_late(None, Some(0), 1)]
    fn a_driver_waits_for_the_clock_and_for_its_own_pauses(
        #[case] wake_at: Option<f64>,
        #[case] own: Option<u64>,
        #[case] wanted: u64,
    ) {
        let at = Instant::now();
        let own = own.map(|millis| at + Duration::from_millis(millis));
        assert_eq!(pause(wake_at, 1_000.0, own, at), Duration::from_millis(wanted));
    }
}
