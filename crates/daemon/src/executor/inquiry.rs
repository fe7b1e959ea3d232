//! What becomes of a step whose worker died, or could not make its resources: the retry policy of its op
//! decides (`Executor.log_failure_or_retry_event_after_error`). Only user code knows it, so a worker beside the
//! code, the arbiter, is asked, which writes into the log that the step is tried again or has failed.
//!
//! While it is asked the step counts as under way. Who takes over finds the dead worker and asks again, which
//! finds the arbiter that there is. An arbiter that does not answer leaves the step failed, with that said.

use std::collections::HashSet;
use std::time::Duration;

use rondel_executor::events;
use rondel_launcher::{StepTask, WorkerCondition};
use rondel_model::SerializableErrorInfo;
use tokio::time::Instant;

use super::driver::Driver;
use crate::DaemonError;

/// How long an arbiter may take to answer: a cluster may have to make room for it.
const PATIENCE: Duration = Duration::from_secs(180);

const UNANSWERED: &str = " Whether the retry policy of its op would have it tried again could not be \
    found out, because the worker that was to tell has ended or cannot start.";

/// An arbiter at work.
#[derive(Debug)]
pub(super) struct Inquiry {
    attempt: i64,
    arbiter: String,
    error: SerializableErrorInfo,
    give_up_at: Instant,
}

impl Driver {
    /// Ends the attempt at a step that cannot end it itself.
    pub(super) async fn end_attempt(
        &mut self,
        step: &str,
        error: SerializableErrorInfo,
    ) -> Result<(), DaemonError> {
        if !self.config.retries {
            return self.write_failure(step, error).await;
        }
        let Some(attempt) = self.attempt_under_way(step) else { return Ok(()) };
        if self.inquiries.get(step).is_some_and(|inquiry| inquiry.attempt == attempt) {
            return Ok(());
        }
        let known_state = self.progress.known_state();
        if let Err(reason) = self.launch(step, StepTask::Arbitrate(&error), &known_state).await {
            tracing::warn!(run_id = %self.run.run_id, step, %reason, "the retry policy of a step is not known");
            return self.write_failure(step, unanswered(error)).await;
        }
        let arbiter = self.around.steps.arbiter_name(&self.run.run_id, step, attempt);
        let give_up_at = Instant::now() + PATIENCE;
        self.inquiries.insert(step.to_owned(), Inquiry { attempt, arbiter, error, give_up_at });
        Ok(())
    }

    fn attempt_under_way(&self, step: &str) -> Option<i64> {
        self.progress.in_flight().get(step).map(|flight| flight.attempt)
    }

    /// The steps whose policy is being asked for; forgets those of which the log has said what became of them.
    pub(super) fn asked(&mut self) -> HashSet<String> {
        let progress = &self.progress;
        self.inquiries.retain(|step, inquiry| {
            progress.in_flight().get(step).is_some_and(|flight| flight.attempt == inquiry.attempt)
        });
        self.inquiries.keys().cloned().collect()
    }

    /// When the first inquiry is given up.
    pub(super) fn inquiry_ends_at(&self) -> Option<Instant> {
        self.inquiries.values().map(|inquiry| inquiry.give_up_at).min()
    }

    /// Gives up the inquiries that have taken too long.
    pub(super) async fn end_inquiries(&mut self) -> Result<(), DaemonError> {
        let now = Instant::now();
        let late = self.inquiries.iter().filter(|(_, inquiry)| inquiry.give_up_at <= now);
        for step in late.map(|(step, _)| step.clone()).collect::<Vec<_>>() {
            self.give_up_asking(&step).await?;
        }
        Ok(())
    }

    /// Looks at an inquiry because there is news of its arbiter; of any other worker nothing is to be done.
    pub(super) async fn react_as_arbiter(
        &mut self,
        worker: &str,
        condition: WorkerCondition,
    ) -> Result<(), DaemonError> {
        let asked = self.inquiries.iter().find(|(_, inquiry)| inquiry.arbiter == worker);
        match asked.map(|(step, _)| step.clone()) {
            Some(step) if condition != WorkerCondition::Delayed => self.give_up_asking(&step).await,
            _ => Ok(()),
        }
    }

    /// What an arbiter said, it said before it ended: so the log is read once more.
    async fn give_up_asking(&mut self, step: &str) -> Result<(), DaemonError> {
        let Some(inquiry) = self.inquiries.remove(step) else { return Ok(()) };
        // first, so that it says nothing in between
        self.around.steps.delete(self.of(), &inquiry.arbiter).await?;
        self.read_again().await?;
        if self.attempt_under_way(step) != Some(inquiry.attempt) || self.progress.is_canceling() {
            return Ok(());
        }
        self.write_failure(step, unanswered(inquiry.error)).await
    }

    pub(super) async fn write_failure(
        &self,
        step: &str,
        error: SerializableErrorInfo,
    ) -> Result<(), DaemonError> {
        let Some(step) = self.progress.plan().step(step) else { return Ok(()) };
        let event = events::step_failure(&self.run, step, error);
        self.around.write(&self.run, vec![event]).await
    }
}

fn unanswered(mut error: SerializableErrorInfo) -> SerializableErrorInfo {
    error.message.push_str(UNANSWERED);
    error
}
