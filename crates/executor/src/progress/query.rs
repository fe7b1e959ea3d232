//! What a run's progress is asked.

use indexmap::{IndexMap, IndexSet};
use rondel_model::event::{DagsterEvent, DagsterEventType};
use rondel_model::plan::KnownExecutionState;
use rondel_model::serdes::{PySet, SetKind};

use super::{Flight, Progress};
use crate::plan::Plan;
use crate::{events, inputs};

impl Progress {
    /// The plan, with the steps resolved so far.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The steps started and not ended.
    #[must_use]
    pub fn in_flight(&self) -> &IndexMap<String, Flight> {
        &self.in_flight
    }

    /// What a step's worker has to know (`ActiveExecution.get_known_state`).
    #[must_use]
    pub fn known_state(&self) -> KnownExecutionState {
        KnownExecutionState {
            previous_retry_attempts: self.attempts.clone(),
            dynamic_mappings: self.mappings.clone(),
            ready_outputs: PySet::new(SetKind::Set, self.outputs.values().cloned()),
            ..self.plan.known.clone()
        }
    }

    /// How often a step has been tried.
    #[must_use]
    pub fn attempt(&self, step: &str) -> i64 {
        self.attempts.get(step).copied().unwrap_or(0)
    }

    /// Whether the run has begun.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.is_started
    }

    pub(crate) fn is_announced(&self) -> bool {
        self.is_announced
    }

    /// Whether the run is to be ended.
    #[must_use]
    pub fn is_canceling(&self) -> bool {
        self.is_canceling
    }

    /// Whether the log says that the run's steps are being stopped.
    #[must_use]
    pub fn is_interruption_told(&self) -> bool {
        self.is_interruption_told
    }

    /// How the run has ended.
    #[must_use]
    pub fn ended(&self) -> Option<DagsterEventType> {
        self.ended
    }

    /// The event that was the first failure, and the steps that failed.
    #[must_use]
    pub fn failures(&self) -> (Option<&DagsterEvent>, &[String]) {
        (self.first_failure.as_deref(), &self.failures)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.pending.is_empty()
            && self.in_flight.is_empty()
            && self.executable.is_empty()
            && self.to_skip.is_empty()
            && self.waiting.is_empty()
    }

    pub(crate) fn next_retry(&self) -> Option<f64> {
        self.waiting.values().copied().reduce(f64::min)
    }

    pub(crate) fn blocked_said_at(&self, step: &str) -> Option<f64> {
        self.blocked_said_at.get(step).copied()
    }

    /// The steps that never will start and of which the log does not say so, with what it should say.
    pub(crate) fn untold(&self) -> Vec<(String, String)> {
        let untold = self.abandoned.iter().filter(|key| !self.told.contains(*key));
        untold.map(|key| (key.clone(), self.why_abandoned(key))).collect()
    }

    fn why_abandoned(&self, key: &str) -> String {
        let dependencies: Vec<&str> = self
            .plan
            .step(key)
            .map(|step| step.inputs().flat_map(inputs::step_keys).collect())
            .unwrap_or_default();
        let among = |steps: &IndexSet<String>| -> Vec<String> {
            let found = dependencies.iter().filter(|key| steps.contains(**key));
            found.map(|key| (*key).to_owned()).collect()
        };
        events::dependencies_text(key, &among(&self.failed), &among(&self.abandoned))
    }

    /// The steps with a pool that have been under way and are not any more.
    #[must_use]
    pub fn ended_in_pools(&self) -> Vec<String> {
        let ended = self.succeeded.iter().chain(&self.failed).chain(self.waiting.keys());
        let in_pool = |key: &&String| self.plan.step(key).is_some_and(|step| step.pool().is_some());
        ended.filter(in_pool).cloned().collect()
    }
}
