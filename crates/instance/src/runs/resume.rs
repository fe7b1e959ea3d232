//! What a failed run left undone, derived from its log and those of the runs before it.
//!
//! Mirrors `KnownExecutionState.build_resume_retry_reexecution` and `_derive_state_of_past_run`
//! (`dagster/_core/execution/plan/state.py`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::{IndexMap, IndexSet};
use rondel_model::event::{DagsterEventType, EventLogEntry, EventSpecificData};
use rondel_model::plan::{KnownExecutionState, PastExecutionState, StepOutputHandle};
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::{Map, PySet};
use rondel_model::snap::{ExecutionPlanSnapshot, ExecutionStepSnap};

use crate::error::InstanceError;
use crate::instance::Instance;

/// The steps to run again and what they can build on.
#[derive(Debug, Clone, PartialEq)]
pub struct StepsToRetry {
    /// Keys of the steps.
    pub step_keys: Vec<String>,
    /// What earlier runs have produced.
    pub known_state: KnownExecutionState,
}

impl Instance {
    /// The steps of a failed or canceled run that must run again, and what is known from before.
    ///
    /// # Errors
    /// The run did not fail, an ancestor is gone, or the database failed.
    pub async fn steps_to_retry(&self, run: &DagsterRun) -> Result<StepsToRetry, InstanceError> {
        if !matches!(run.status, RunStatus::Failure | RunStatus::Canceled) {
            return Err(InstanceError::NotRetryable {
                run_id: run.run_id.clone(),
                status: run.status,
            });
        }
        let StepsToRetry { step_keys, mut known_state } = self.state_from_logs(run).await?;
        known_state.dynamic_mappings.retain(|step, _| !step_keys.contains(step));
        Ok(StepsToRetry { step_keys, known_state })
    }

    /// What a run and those before it have produced, for a reexecution of chosen steps.
    ///
    /// # Errors
    /// An ancestor is gone, or the database failed.
    pub async fn known_state_for_reexecution(
        &self,
        run: &DagsterRun,
    ) -> Result<KnownExecutionState, InstanceError> {
        Ok(self.state_from_logs(run).await?.known_state)
    }

    async fn state_from_logs(&self, run: &DagsterRun) -> Result<StepsToRetry, InstanceError> {
        // the run itself, its parent, the parent's parent, …
        let mut chain = vec![self.past_run(run).await?];
        let mut parent = run.parent_run_id.clone();
        let mut seen: IndexSet<String> = IndexSet::from([run.run_id.to_string()]);
        while let Some(run_id) = parent.filter(|run_id| seen.insert(run_id.clone())) {
            let ancestor = self.run(&run_id.as_str().into()).await?;
            chain.push(self.past_run(&ancestor).await?);
            parent = ancestor.parent_run_id;
        }
        let step_keys = chain.first().map(|past| past.to_retry.clone()).unwrap_or_default();
        let mut dynamic_mappings: DynamicMappings = Map::new();
        let mut parent_state: Option<PastExecutionState> = None;
        for past in chain.into_iter().rev() {
            dynamic_mappings.extend(past.dynamic_mappings);
            parent_state = Some(PastExecutionState {
                run_id: past.run_id,
                produced_outputs: past.outputs,
                parent_state: parent_state.map(Box::new),
                ..PastExecutionState::default()
            });
        }
        let known_state = KnownExecutionState {
            dynamic_mappings,
            parent_state,
            ready_outputs: PySet::frozen([]),
            ..KnownExecutionState::default()
        };
        Ok(StepsToRetry { step_keys, known_state })
    }

    async fn past_run(&self, run: &DagsterRun) -> Result<PastRun, InstanceError> {
        let plan = self.plan_of(run).await?;
        let types = [
            DagsterEventType::StepStart,
            DagsterEventType::StepFailure,
            DagsterEventType::StepSuccess,
            DagsterEventType::StepOutput,
            DagsterEventType::StepSkipped,
            DagsterEventType::ResourceInitFailure,
        ];
        let log = self.events_of(&run.run_id, &types).await?;
        Ok(derive(run, &plan, &log))
    }
}

type DynamicMappings = Map<Map<Option<Vec<String>>>>;

/// What one run left behind.
struct PastRun {
    run_id: String,
    to_retry: Vec<String>,
    dynamic_mappings: DynamicMappings,
    outputs: PySet<StepOutputHandle>,
}

/// Steps by the key they have in the plan: a step resolved from a dynamic output (`step[key]`) is
/// kept under its unresolved key (`step[?]`).
#[derive(Default)]
struct Tracking(IndexMap<String, IndexSet<String>>);

impl Tracking {
    fn add(&mut self, step_key: &str) {
        self.0.entry(plan_key(step_key)).or_default().insert(step_key.to_owned());
    }

    fn has_key(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Whether a step is tracked; for a resolved one, exactly that one.
    fn has(&self, step_key: &str) -> bool {
        let tracked = self.0.get(&plan_key(step_key));
        tracked.is_some_and(|steps| !is_resolved(step_key) || steps.contains(step_key))
    }

    fn copy_into(&self, other: &mut Self, step_key: &str) {
        let key = plan_key(step_key);
        if let Some(steps) = self.0.get(&key) {
            other.0.entry(key).or_default().extend(steps.iter().cloned());
        }
    }
}

/// `step[key]` as `step[?]`.
fn plan_key(step_key: &str) -> String {
    match mapping_key(step_key) {
        Some((step, _)) => format!("{step}[?]"),
        None => step_key.to_owned(),
    }
}

fn mapping_key(step_key: &str) -> Option<(&str, &str)> {
    step_key.strip_suffix(']')?.rsplit_once('[')
}

fn is_resolved(step_key: &str) -> bool {
    mapping_key(step_key).is_some_and(|(_, key)| key != "?")
}

fn is_unresolved(step_key: &str) -> bool {
    mapping_key(step_key).is_some_and(|(_, key)| key == "?")
}

fn derive(run: &DagsterRun, plan: &ExecutionPlanSnapshot, log: &[EventLogEntry]) -> PastRun {
    let mut seen = Tracking::default();
    let mut failed = Tracking::default();
    let mut succeeded = Tracking::default();
    let mut skipped = Tracking::default();
    let mut outputs: Vec<StepOutputHandle> = Vec::new();
    let mut dynamic: DynamicMappings = Map::new();
    for entry in log {
        let Some(event) = &entry.dagster_event else { continue };
        let (Some(_), Some(step_key)) = (&event.step_handle, &event.step_key) else { continue };
        seen.add(step_key);
        match event.event_type() {
            Some(DagsterEventType::StepFailure | DagsterEventType::ResourceInitFailure) => {
                failed.add(step_key);
            }
            Some(DagsterEventType::StepSuccess) => succeeded.add(step_key),
            Some(DagsterEventType::StepSkipped) => skipped.add(step_key),
            _ => {}
        }
        if let Some(EventSpecificData::StepOutput(data)) = &event.event_specific_data {
            let handle = &data.step_output_handle;
            if let Some(mapping_key) = &handle.mapping_key {
                let by_output = dynamic.entry(step_key.clone()).or_default();
                let keys = by_output.entry(handle.output_name.clone()).or_insert(Some(Vec::new()));
                keys.get_or_insert_default().push(mapping_key.clone());
            }
            if !outputs.contains(handle) {
                outputs.push(handle.clone());
            }
        }
    }
    let mut interrupted = Tracking::default();
    for step_key in seen.0.values().flatten() {
        if !failed.has(step_key) && !succeeded.has(step_key) && !skipped.has(step_key) {
            interrupted.add(step_key);
        }
    }

    let mut to_retry = Tracking::default();
    for (step, deps) in topological_steps(plan) {
        let key = step.key.as_str();
        let selected = run.step_keys_to_execute.as_ref().filter(|keys| !keys.is_empty());
        if selected.is_some_and(|keys| !keys.iter().any(|selected| selected == key)) {
            continue;
        }
        if skipped.has(key) {
            continue;
        }
        fill_in_dynamic_outputs(&mut dynamic, step, &succeeded, &skipped);
        if failed.has(key) {
            failed.copy_into(&mut to_retry, key);
        }
        if interrupted.has(key) {
            interrupted.copy_into(&mut to_retry, key);
        }
        let reached =
            |dep: &&String| skipped.has_key(dep.as_str()) || succeeded.has_key(dep.as_str());
        let resolved_to_nothing = is_unresolved(key) && deps.iter().any(|dep| reached(&dep));
        if !seen.has(key) && !resolved_to_nothing {
            to_retry.add(key);
        }
        for dep in &deps {
            let Some(retrying) = to_retry.0.get(dep).cloned() else { continue };
            if is_unresolved(key) && retrying.iter().all(|step| is_resolved(step)) {
                for mapping in retrying.iter().filter_map(|step| mapping_key(step)) {
                    to_retry.add(&key.replacen("[?]", &format!("[{}]", mapping.1), 1));
                }
            } else {
                to_retry.add(key);
            }
        }
    }
    PastRun {
        run_id: run.run_id.to_string(),
        to_retry: to_retry.0.into_values().flatten().collect(),
        dynamic_mappings: dynamic,
        outputs: outputs.into_iter().collect(),
    }
}

/// Dynamic outputs that produced nothing are known too: as empty, or as skipped.
fn fill_in_dynamic_outputs(
    dynamic: &mut DynamicMappings,
    step: &ExecutionStepSnap,
    succeeded: &Tracking,
    skipped: &Tracking,
) {
    for output in &step.outputs {
        let Some(properties) = output.properties.as_ref().filter(|p| p.is_dynamic) else {
            continue;
        };
        if dynamic.get(&step.key).is_some_and(|outputs| outputs.contains_key(&output.name)) {
            continue;
        }
        let keys = if succeeded.has_key(&step.key) {
            if properties.is_required { Some(Vec::new()) } else { None }
        } else if skipped.has_key(&step.key) {
            None
        } else {
            continue;
        };
        dynamic.entry(step.key.clone()).or_default().insert(output.name.clone(), keys);
    }
}

/// The steps to execute, level by level, each level sorted, with the steps each depends on.
fn topological_steps(plan: &ExecutionPlanSnapshot) -> Vec<(&ExecutionStepSnap, BTreeSet<String>)> {
    let selected: Option<BTreeSet<&str>> = (!plan.step_keys_to_execute.is_empty())
        .then(|| plan.step_keys_to_execute.iter().map(String::as_str).collect());
    let in_plan = |key: &str| selected.as_ref().is_none_or(|selected| selected.contains(key));
    let by_key: HashMap<&str, &ExecutionStepSnap> = plan
        .steps
        .iter()
        .filter(|step| in_plan(&step.key))
        .map(|step| (step.key.as_str(), step))
        .collect();
    let mut waiting: BTreeMap<&str, BTreeSet<String>> = by_key
        .values()
        .map(|step| {
            let handles = step.inputs.iter().flat_map(|input| &input.upstream_output_handles);
            let deps = handles.map(|handle| handle.step_key.clone());
            (step.key.as_str(), deps.filter(|dep| by_key.contains_key(dep.as_str())).collect())
        })
        .collect();
    let mut ordered = Vec::with_capacity(by_key.len());
    while !waiting.is_empty() {
        let ready: Vec<&str> = waiting
            .iter()
            .filter(|(_, deps)| !deps.iter().any(|dep| waiting.contains_key(dep.as_str())))
            .map(|(key, _)| *key)
            .collect();
        if ready.is_empty() {
            break; // a cycle cannot come from Dagster
        }
        for key in ready {
            if let (Some(deps), Some(step)) = (waiting.remove(key), by_key.get(key)) {
                ordered.push((*step, deps));
            }
        }
    }
    ordered
}
