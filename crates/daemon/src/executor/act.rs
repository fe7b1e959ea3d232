//! Doing what was decided. What is written comes in one go, in the order of the decision.

use rondel_executor::{Action, Outcome, events};
use rondel_launcher::StepWorkerState;
use rondel_model::SerializableErrorInfo;
use rondel_model::event::{DagsterEvent, EventLogEntry, level};
use rondel_model::run::{DagsterRun, RunStatus};

use super::Surroundings;
use super::driver::{Course, Driver};
use crate::DaemonError;

const CLEANED_UP: &str =
    "Computational resources were cleaned up after the run was forcibly marked as canceled.";

impl Surroundings {
    /// Writes events of a run and applies those about the run itself.
    pub(super) async fn write(
        &self,
        run: &DagsterRun,
        events: Vec<DagsterEvent>,
    ) -> Result<(), DaemonError> {
        let now = self.context.now();
        let entries: Vec<EventLogEntry> =
            events.into_iter().map(|event| events::entry(&run.run_id, now, event)).collect();
        self.write_entries(&entries).await
    }

    async fn write_entries(&self, entries: &[EventLogEntry]) -> Result<(), DaemonError> {
        Ok(self.context.instance.report_entries(entries).await?)
    }
}

impl Driver {
    pub(super) async fn act(&mut self, actions: Vec<Action>) -> Result<Course, DaemonError> {
        let mut entries = Vec::new();
        let mut lost = Vec::new();
        let mut then = None;
        for action in actions {
            match action {
                Action::Claim { .. } | Action::Finish(_) | Action::Cancel | Action::CleanUp => {
                    then = Some(action)
                }
                Action::Fail { step } => lost.push(step),
                written => self.entries_of(written, &mut entries),
            }
        }
        if !entries.is_empty() {
            self.around.write_entries(&entries).await?;
        }
        for step in lost {
            let flight = self.progress.in_flight().get(&step);
            let error = flight.and_then(|flight| flight.failure.as_deref()).cloned();
            self.end_attempt(&step, error.unwrap_or_default()).await?;
        }
        match then {
            Some(Action::Claim { step, pool, priority }) => {
                self.claim(&step, &pool, priority).await?;
                Ok(Course::GoesOn)
            }
            Some(Action::Finish(outcome)) => self.finish(outcome).await,
            Some(Action::Cancel) => self.cancel().await,
            Some(_) => self.clean_up().await,
            None => Ok(Course::GoesOn),
        }
    }

    fn entries_of(&self, action: Action, entries: &mut Vec<EventLogEntry>) {
        let run = &self.run;
        let now = self.now();
        let step_of = |step: &str| self.progress.plan().step(step);
        let mut add = |event| entries.push(events::entry(&run.run_id, now, event));
        match action {
            Action::Start => add(events::run_start(run)),
            Action::Announce => {
                add(events::announcement(run, self.around.steps.handler_name()));
            }
            Action::Launch { step } => {
                let attempt = self.progress.attempt(&step);
                let worker = self.around.steps.worker_name(&run.run_id, &step, attempt);
                if let Some(step) = step_of(&step) {
                    add(events::step_worker_starting(run, step, &worker));
                }
            }
            Action::SayBlocked { step, pool, is_first } => {
                if let Some(step) = step_of(&step) {
                    add(events::step_blocked(run, step, &pool, is_first));
                }
            }
            Action::Skip { step, missing } => {
                let missing = events::python_list(&missing);
                let text = format!("Skipping step {step} due to skipped dependencies: {missing}.");
                entries.push(events::message(run, &step, level::INFO, text, now));
                if let Some(step) = step_of(&step) {
                    entries.push(events::entry(&run.run_id, now, events::step_skipped(run, step)));
                }
            }
            Action::Tell { step, text } => {
                entries.push(events::message(run, &step, level::ERROR, text, now));
            }
            Action::Fail { .. }
            | Action::Claim { .. }
            | Action::Finish(_)
            | Action::Cancel
            | Action::CleanUp => {}
        }
    }

    async fn finish(&mut self, outcome: Outcome) -> Result<Course, DaemonError> {
        let event = match outcome {
            Outcome::Success => events::run_success(&self.run),
            Outcome::StepsFailed => {
                let (first, failed) = self.progress.failures();
                events::steps_failed(&self.run, first, failed)
            }
        };
        self.around.write(&self.run, vec![event]).await?;
        self.free_all_slots().await?;
        Ok(Course::IsOver)
    }

    fn in_flight(&self) -> Vec<String> {
        self.progress.in_flight().keys().cloned().collect()
    }

    async fn cancel(&mut self) -> Result<Course, DaemonError> {
        let in_flight = self.in_flight();
        if !self.progress.is_interruption_told() {
            let mut told = vec![events::interrupted(&self.run, &in_flight)];
            told.extend(in_flight.iter().filter_map(|key| {
                let step = self.progress.plan().step(key)?;
                Some(events::step_worker_deleted(&self.run, step, &self.worker_of(key)))
            }));
            self.around.write(&self.run, told).await?;
        }
        self.stop_workers().await?;
        // it may have been marked as canceled meanwhile
        self.read().await?;
        if self.progress.ended().is_some() {
            return self.settle_canceled(1).await;
        }
        let event = events::run_canceled(&self.run, &in_flight);
        self.around.write(&self.run, vec![event]).await?;
        self.free_all_slots().await?;
        Ok(Course::IsOver)
    }

    async fn clean_up(&mut self) -> Result<Course, DaemonError> {
        let stopped = self.stop_workers().await?;
        self.settle_canceled(stopped).await
    }

    async fn settle_canceled(&mut self, stopped: usize) -> Result<Course, DaemonError> {
        self.free_all_slots().await?;
        let instance = &self.around.context.instance;
        let run = instance.storage().runs().get_run(self.run.run_id.as_str()).await?;
        if stopped > 0
            && let Some(run) = run.filter(|run| run.status == RunStatus::Canceled)
        {
            let data = Default::default();
            instance.report_engine_event(&run, None, CLEANED_UP, data, None).await?;
        }
        Ok(Course::IsOver)
    }

    /// Takes all workers away that have not ended; tells how many there were.
    pub(super) async fn stop_workers(&self) -> Result<usize, DaemonError> {
        let mut stopped = 0;
        for (worker, state) in self.around.steps.workers(self.of()).await? {
            if state == StepWorkerState::Active {
                self.around.steps.delete(self.of(), &worker).await?;
                stopped += 1;
            }
        }
        Ok(stopped)
    }

    /// Fails a run whose steps cannot be started.
    pub(super) async fn give_up(
        &mut self,
        error: SerializableErrorInfo,
    ) -> Result<Course, DaemonError> {
        self.stop_workers().await.ok();
        let event = events::run_exception(&self.run, error);
        self.around.write(&self.run, vec![event]).await?;
        self.free_all_slots().await?;
        Ok(Course::IsOver)
    }
}
