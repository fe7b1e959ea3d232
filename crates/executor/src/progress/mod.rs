//! How far the steps of a run are (`dagster/_core/execution/plan/active.py`), told by the run's events alone.
//!
//! [`Progress::apply`] takes events in the order of the log. An event about a step that has ended already is
//! without effect, so that one said twice does no harm. What follows from the events without being an event
//! itself (which steps can start, which never will) is settled by [`Progress::settle`].

use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use rondel_model::SerializableErrorInfo;
use rondel_model::event::{DagsterEvent, DagsterEventType, EventLogEntry, EventSpecificData};
use rondel_model::plan::{StepInputSource, StepOutputHandle};
use rondel_model::serdes::Map;

mod query;

use crate::events;
use crate::inputs;
use crate::plan::{Mappings, Plan, Step};

/// What the executor's configuration says about steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A step waits until all steps before it have ended, not only for the outputs that it needs.
    pub whole_steps: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { whole_steps: true }
    }
}

/// A step that has been started and has not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Flight {
    /// How often it had been tried before.
    pub attempt: i64,
    /// Its worker has said something.
    pub is_heard: bool,
    /// Why its worker could not make what it needs, told by the worker.
    pub failure: Option<Box<SerializableErrorInfo>>,
}

/// One output, for looking up.
type OutputKey = (String, String, Option<String>);

/// How far a run is.
#[derive(Debug, Clone)]
pub struct Progress {
    plan: Plan,
    rules: Rules,
    outputs: IndexMap<OutputKey, StepOutputHandle>,
    produced_before: HashSet<OutputKey>,
    pending: IndexMap<String, BTreeSet<String>>,
    gathering: HashMap<String, Map<Vec<String>>>,
    mappings: Mappings,
    has_new_mappings: bool,
    pub(crate) executable: IndexSet<String>,
    pub(crate) to_skip: IndexMap<String, Vec<String>>,
    waiting: IndexMap<String, f64>,
    in_flight: IndexMap<String, Flight>,
    succeeded: HashSet<String>,
    failed: IndexSet<String>,
    skipped: HashSet<String>,
    abandoned: IndexSet<String>,
    attempts: Map<i64>,
    first_failure: Option<Box<DagsterEvent>>,
    failures: Vec<String>,
    told: HashSet<String>,
    blocked_said_at: HashMap<String, f64>,
    is_started: bool,
    is_announced: bool,
    is_canceling: bool,
    is_interruption_told: bool,
    ended: Option<DagsterEventType>,
}

impl Progress {
    /// A run that has not begun.
    #[must_use]
    pub fn new(plan: Plan, rules: Rules) -> Self {
        let known = plan.known.clone();
        let mut produced_before = HashSet::new();
        let mut parent = known.parent_state.as_ref();
        while let Some(state) = parent {
            produced_before.extend(state.produced_outputs.as_slice().iter().map(output_key));
            parent = state.parent_state.as_deref();
        }
        let ready = known.ready_outputs.as_slice().iter();
        Self {
            outputs: ready.map(|handle| (output_key(handle), handle.clone())).collect(),
            produced_before,
            pending: plan.dependencies(),
            gathering: HashMap::new(),
            mappings: known.dynamic_mappings,
            has_new_mappings: false,
            executable: IndexSet::new(),
            to_skip: IndexMap::new(),
            waiting: IndexMap::new(),
            in_flight: IndexMap::new(),
            succeeded: HashSet::new(),
            failed: IndexSet::new(),
            skipped: HashSet::new(),
            abandoned: IndexSet::new(),
            attempts: known.previous_retry_attempts,
            first_failure: None,
            failures: Vec::new(),
            told: HashSet::new(),
            blocked_said_at: HashMap::new(),
            is_started: false,
            is_announced: false,
            is_canceling: false,
            is_interruption_told: false,
            ended: None,
            plan,
            rules,
        }
    }

    /// Takes the next entry of the run's log.
    pub fn apply(&mut self, entry: &EventLogEntry) {
        let Some(event) = &entry.dagster_event else {
            self.told.extend(
                entry
                    .step_key
                    .iter()
                    .filter(|key| events::is_about_dependencies(&entry.user_message, key))
                    .cloned(),
            );
            return;
        };
        let Some(event_type) = event.event_type() else { return };
        match event_type {
            DagsterEventType::RunStart => self.is_started = true,
            DagsterEventType::RunCanceling => self.is_canceling = true,
            DagsterEventType::RunSuccess
            | DagsterEventType::RunFailure
            | DagsterEventType::RunCanceled => self.ended = Some(event_type),
            _ => match event.step_key.as_deref().or(entry.step_key.as_deref()) {
                Some(step) => self.apply_to_step(&step.to_owned(), event_type, event, entry),
                None => self.apply_to_run(event),
            },
        }
    }

    fn apply_to_run(&mut self, event: &DagsterEvent) {
        let message = event.message.as_deref().unwrap_or_default();
        self.is_announced |= events::is_announcement(message);
        self.is_interruption_told |= message == events::INTERRUPTED;
    }

    fn apply_to_step(
        &mut self,
        step: &String,
        event_type: DagsterEventType,
        event: &DagsterEvent,
        entry: &EventLogEntry,
    ) {
        match (event_type, &event.event_specific_data) {
            (DagsterEventType::StepWorkerStarting, _) => self.start(step, entry.timestamp),
            (
                DagsterEventType::StepWorkerStarted
                | DagsterEventType::StepStart
                | DagsterEventType::StepRestarted,
                _,
            ) => {
                if let Some(flight) = self.in_flight.get_mut(step) {
                    flight.is_heard = true;
                }
            }
            (DagsterEventType::StepOutput, Some(EventSpecificData::StepOutput(data))) => {
                self.produce(step, &data.step_output_handle);
            }
            (DagsterEventType::ResourceInitFailure, Some(EventSpecificData::EngineEvent(data))) => {
                if let Some(flight) = self.in_flight.get_mut(step) {
                    flight.failure = data.error.clone().map(Box::new);
                }
            }
            (
                DagsterEventType::StepSuccess
                | DagsterEventType::StepFailure
                | DagsterEventType::StepUpForRetry,
                _,
            ) => self.end(step, event_type, event, entry.timestamp),
            (DagsterEventType::StepSkipped, _) => self.skip(step, entry.timestamp),
            (DagsterEventType::EngineEvent, _) => {
                let message = event.message.as_deref().unwrap_or_default();
                if events::is_about_pool(message) {
                    self.blocked_said_at.insert(step.clone(), entry.timestamp);
                }
            }
            _ => {}
        }
    }

    /// An attempt at a step has ended. What is said of a step that is not under way counts for nothing.
    fn end(&mut self, step: &str, event_type: DagsterEventType, event: &DagsterEvent, at: f64) {
        if self.in_flight.shift_remove(step).is_none() {
            return;
        }
        let key = step.to_owned();
        match event_type {
            DagsterEventType::StepSuccess => {
                self.succeeded.insert(key);
                self.complete_mappings(step);
            }
            DagsterEventType::StepUpForRetry => {
                *self.attempts.entry(key.clone()).or_default() += 1;
                let pause = match &event.event_specific_data {
                    Some(EventSpecificData::StepRetry(data)) => data.seconds_to_wait,
                    _ => None,
                };
                let pause = pause.map_or(0.0, rondel_model::serdes::Number::as_f64);
                self.waiting.insert(key, at + pause);
            }
            _ => {
                self.failed.insert(key.clone());
                self.failures.push(key);
                self.first_failure.get_or_insert_with(|| Box::new(event.clone()));
            }
        }
    }

    fn start(&mut self, key: &String, at: f64) {
        if self.has_ended(key) {
            return;
        }
        if !self.executable.contains(key) {
            self.settle(at);
        }
        let was_known = self.executable.shift_remove(key)
            | self.waiting.shift_remove(key).is_some()
            | self.pending.shift_remove(key).is_some();
        if !was_known {
            return;
        }
        let attempt = self.attempts.get(key).copied().unwrap_or(0);
        self.in_flight.insert(key.clone(), Flight { attempt, is_heard: false, failure: None });
        let Some(step) = self.plan.step(key) else { return };
        let gathered: Map<Vec<String>> =
            step.dynamic_outputs().map(|(name, _)| (name.to_owned(), Vec::new())).collect();
        if !gathered.is_empty() {
            self.gathering.insert(key.clone(), gathered);
        }
    }

    fn produce(&mut self, step: &str, handle: &StepOutputHandle) {
        self.outputs.insert(output_key(handle), handle.clone());
        if let Some(mapping_key) = &handle.mapping_key
            && let Some(outputs) = self.gathering.get_mut(step)
            && let Some(keys) = outputs.get_mut(&handle.output_name)
        {
            keys.push(mapping_key.clone());
        }
    }

    fn skip(&mut self, key: &String, at: f64) {
        if self.has_ended(key) {
            return;
        }
        if !self.to_skip.contains_key(key) {
            self.settle(at);
        }
        self.to_skip.shift_remove(key);
        self.pending.shift_remove(key);
        self.skipped.insert(key.clone());
        let Some(step) = self.plan.step(key) else { return };
        let outputs: Map<Option<Vec<String>>> =
            step.dynamic_outputs().map(|(name, _)| (name.to_owned(), None)).collect();
        if !outputs.is_empty() {
            self.mappings.insert(key.clone(), outputs);
            self.has_new_mappings = true;
        }
    }

    /// A dynamic output that need not be given and was not counts as skipped.
    fn complete_mappings(&mut self, key: &str) {
        let (Some(gathered), Some(step)) = (self.gathering.remove(key), self.plan.step(key)) else {
            return;
        };
        let required: HashMap<&str, bool> = step.dynamic_outputs().collect();
        let complete = gathered.into_iter().map(|(name, keys)| {
            let must_be = required.get(name.as_str()).copied().unwrap_or(true);
            let keys = (must_be || !keys.is_empty()).then_some(keys);
            (name, keys)
        });
        self.mappings.insert(key.to_owned(), complete.collect());
        self.has_new_mappings = true;
    }

    /// Settles what follows from the events: which steps can start, are to be skipped, or never will start.
    pub fn settle(&mut self, now: f64) {
        loop {
            if std::mem::take(&mut self.has_new_mappings) {
                let resolved = self.plan.resolve(&self.mappings);
                self.pending.extend(resolved);
            }
            let fates: Vec<(String, Fate)> = self
                .pending
                .iter()
                .filter_map(|(key, waits_for)| Some((key.clone(), self.fate(key, waits_for)?)))
                .collect();
            let mut abandons = false;
            for (key, fate) in fates {
                self.pending.shift_remove(&key);
                match fate {
                    Fate::Execute => drop(self.executable.insert(key)),
                    Fate::Skip(missing) => drop(self.to_skip.insert(key, missing)),
                    Fate::Abandon => {
                        self.abandoned.insert(key);
                        abandons = true;
                    }
                }
            }
            // what waits for an abandoned step is abandoned too
            if !abandons {
                break;
            }
        }
        let due: Vec<String> =
            self.waiting.iter().filter(|(_, at)| **at <= now).map(|(key, _)| key.clone()).collect();
        for key in due {
            self.waiting.shift_remove(&key);
            self.executable.insert(key);
        }
    }

    fn fate(&self, key: &str, waits_for: &BTreeSet<String>) -> Option<Fate> {
        let step = self.plan.step(key)?;
        let is_lost = |key: &str| self.failed.contains(key) || self.abandoned.contains(key);
        if self.rules.whole_steps {
            if !waits_for.iter().all(|key| self.has_ended(key)) {
                return None;
            }
            return Some(match self.missing_inputs(step) {
                Some(missing) => Fate::Skip(missing),
                None if waits_for.iter().any(|key| is_lost(key)) => Fate::Abandon,
                None => Fate::Execute,
            });
        }
        if let Some(missing) = self.missing_inputs(step) {
            return Some(Fate::Skip(missing));
        }
        let needed = || step.inputs().flat_map(inputs::outputs);
        if needed().any(|output| !self.has(output) && is_lost(&output.step_key)) {
            return Some(Fate::Abandon);
        }
        needed().all(|output| self.is_produced(output)).then_some(Fate::Execute)
    }

    /// The outputs for want of which a step is skipped. One of several sources may be missing.
    fn missing_inputs(&self, step: &Step) -> Option<Vec<String>> {
        let is_done = |key: &str| self.succeeded.contains(key) || self.skipped.contains(key);
        step.inputs().find_map(|source| {
            // an asset check that says nothing holds nobody up
            let gating: Vec<_> = inputs::outputs(source)
                .into_iter()
                .filter(|output| {
                    self.plan.output(output).is_none_or(|known| known.asset_check_key.is_none())
                })
                .collect();
            let missing: Vec<_> = gating
                .iter()
                .filter(|output| is_done(&output.step_key) && !self.has(output))
                .map(|output| format!("{}.{}", output.step_key, output.output_name))
                .collect();
            let is_fan_in = matches!(source, StepInputSource::MultipleSources(_));
            let is_skipped = !missing.is_empty() && (!is_fan_in || missing.len() == gating.len());
            is_skipped.then_some(missing)
        })
    }

    fn has(&self, output: &StepOutputHandle) -> bool {
        self.outputs.contains_key(&output_key(output))
    }

    /// Whether an output is there, made by this run or by one that it continues.
    fn is_produced(&self, output: &StepOutputHandle) -> bool {
        self.has(output)
            || (!self.plan.executes(&output.step_key)
                && self.produced_before.contains(&output_key(output)))
    }

    fn has_ended(&self, key: &str) -> bool {
        self.succeeded.contains(key)
            || self.failed.contains(key)
            || self.skipped.contains(key)
            || self.abandoned.contains(key)
    }
}

enum Fate {
    Execute,
    Skip(Vec<String>),
    Abandon,
}

fn output_key(handle: &StepOutputHandle) -> OutputKey {
    (handle.step_key.clone(), handle.output_name.clone(), handle.mapping_key.clone())
}
