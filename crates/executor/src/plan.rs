//! The steps of a run (`dagster/_core/execution/plan/plan.py`, `ExecutionPlan.rebuild_from_snapshot`).
//!
//! A plan grows: when the mapping keys of a dynamic output are known, [`Plan::resolve`] adds the steps that
//! were waiting for them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use rondel_model::plan::{
    KnownExecutionState, NodeHandle, ResolvedFromDynamicStepHandle, StepHandleKind,
    StepInputSource, StepOutputHandle, StepOutputProperties,
};
use rondel_model::run::tags::{GLOBAL_CONCURRENCY_TAG, PRIORITY_TAG};
use rondel_model::serdes::Map;
use rondel_model::snap::{ExecutionPlanSnapshot, ExecutionStepSnap, StepKind};

use crate::error::ExecutorError;
use crate::inputs;

/// Mapping keys by step and output; `None` for an output that was skipped.
pub(crate) type Mappings = Map<Map<Option<Vec<String>>>>;

/// The steps of a run.
#[derive(Debug, Clone)]
pub struct Plan {
    steps: HashMap<String, Arc<Step>>,
    to_execute: HashSet<String>,
    /// Steps that can be executed, in the order of the selection.
    executable: IndexSet<String>,
    /// Steps that wait for the dynamic outputs of these steps.
    resolvable: Vec<(BTreeSet<String>, Vec<String>)>,
    /// What was known before the run began.
    pub known: KnownExecutionState,
}

/// A step, resolved or not.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its key.
    pub key: String,
    /// Its handle.
    pub handle: StepHandleKind,
    /// The node it executes.
    pub node: NodeHandle,
    /// Its tags.
    pub tags: Map<String>,
    kind: StepKind,
    pool: Option<String>,
    inputs: Vec<Option<StepInputSource>>,
    outputs: IndexMap<String, StepOutputProperties>,
}

impl Step {
    fn from_snapshot(snap: &ExecutionStepSnap) -> Result<Self, ExecutorError> {
        let handle = snap.step_handle.clone().ok_or(ExecutorError::OldPlan)?;
        let node = match &handle {
            StepHandleKind::Resolved(handle) => &handle.node_handle,
            StepHandleKind::Unresolved(handle) => &handle.node_handle,
            StepHandleKind::FromDynamic(handle) => &handle.node_handle,
            StepHandleKind::Unknown(_) => {
                let text = format!("the handle of step {} is of an unknown kind", snap.key);
                return Err(ExecutorError::BadPlan(text));
            }
        };
        let outputs = snap.outputs.iter().map(|output| {
            let properties = output.properties.clone().ok_or(ExecutorError::OldPlan)?;
            Ok((output.name.clone(), properties))
        });
        Ok(Self {
            key: snap.key.clone(),
            node: node.clone(),
            tags: snap.tags.clone().unwrap_or_default(),
            kind: snap.kind,
            pool: snap.pool.clone().filter(|pool| !pool.is_empty()),
            inputs: snap.inputs.iter().map(|input| input.source.clone()).collect(),
            outputs: outputs.collect::<Result<_, ExecutorError>>()?,
            handle,
        })
    }

    /// The name of the op, without the graphs around it.
    #[must_use]
    pub fn op_name(&self) -> &str {
        &self.node.name
    }

    /// The pool that the step needs a slot of.
    #[must_use]
    pub fn pool(&self) -> Option<&str> {
        self.pool.as_deref().or_else(|| self.tags.get(GLOBAL_CONCURRENCY_TAG).map(String::as_str))
    }

    /// Steps of a higher priority are started first.
    #[must_use]
    pub fn priority(&self) -> i64 {
        self.tags.get(PRIORITY_TAG).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }

    pub(crate) fn inputs(&self) -> impl Iterator<Item = &StepInputSource> {
        self.inputs.iter().flatten()
    }

    pub(crate) fn output(&self, name: &str) -> Option<&StepOutputProperties> {
        self.outputs.get(name)
    }

    /// The names of the dynamic outputs, and whether each must be given.
    pub(crate) fn dynamic_outputs(&self) -> impl Iterator<Item = (&str, bool)> {
        let dynamic = self.outputs.iter().filter(|(_, properties)| properties.is_dynamic);
        dynamic.map(|(name, properties)| (name.as_str(), properties.is_required))
    }

    fn dependencies(&self) -> IndexSet<&str> {
        self.inputs().flat_map(inputs::step_keys).collect()
    }

    fn resolved_by(&self) -> BTreeSet<String> {
        let sources = self.inputs().filter_map(inputs::resolved_by);
        sources.map(|(step_key, _)| step_key.to_owned()).collect()
    }

    /// One step for each mapping key.
    fn mapped(&self, mappings: &Mappings) -> Vec<Self> {
        let by = self.inputs().find_map(inputs::resolved_by);
        let keys = by.and_then(|(step, output)| mappings.get(step)?.get(output)?.as_ref());
        let one = |mapping_key: &String| {
            let key = format!("{}[{mapping_key}]", self.node);
            let handle = ResolvedFromDynamicStepHandle {
                node_handle: self.node.clone(),
                mapping_key: mapping_key.clone(),
                key: key.clone(),
                ..ResolvedFromDynamicStepHandle::default()
            };
            let resolve = |source: &Option<StepInputSource>| {
                source.as_ref().map(|source| inputs::for_mapping_key(source, mapping_key))
            };
            Self {
                key,
                handle: StepHandleKind::FromDynamic(handle),
                kind: StepKind::Compute,
                inputs: self.inputs.iter().map(resolve).collect(),
                ..self.clone()
            }
        };
        keys.into_iter().flatten().map(one).collect()
    }

    /// The step that collects all mapping keys.
    fn collecting(&self, mappings: &Mappings) -> Self {
        let resolve = |source: &StepInputSource| match inputs::resolved_by(source) {
            None => source.clone(),
            Some((step, output)) => {
                let keys = mappings.get(step).and_then(|outputs| outputs.get(output)?.as_deref());
                inputs::for_all_keys(source, keys)
            }
        };
        Self {
            kind: StepKind::Compute,
            inputs: self.inputs.iter().map(|source| source.as_ref().map(resolve)).collect(),
            ..self.clone()
        }
    }
}

impl Plan {
    /// Rebuilds the plan of a run.
    ///
    /// # Errors
    /// The snapshot is too old or contradicts itself.
    pub fn from_snapshot(snapshot: &ExecutionPlanSnapshot) -> Result<Self, ExecutorError> {
        if snapshot.snapshot_version.is_none() {
            return Err(ExecutorError::OldPlan);
        }
        let steps = snapshot.steps.iter().map(|snap| {
            let step = Step::from_snapshot(snap)?;
            Ok((step.key.clone(), Arc::new(step)))
        });
        let mut plan = Self {
            steps: steps.collect::<Result<_, ExecutorError>>()?,
            to_execute: snapshot.step_keys_to_execute.iter().cloned().collect(),
            executable: IndexSet::new(),
            resolvable: Vec::new(),
            known: snapshot.initial_known_state.clone().unwrap_or_default(),
        };
        for key in &snapshot.step_keys_to_execute {
            let Some(step) = plan.steps.get(key).cloned() else {
                return Err(ExecutorError::BadPlan(format!("it has no step {key}")));
            };
            if step.kind == StepKind::Compute {
                plan.executable.insert(key.clone());
                continue;
            }
            let required = step.resolved_by();
            let known = &plan.known.dynamic_mappings;
            let stranger = required
                .iter()
                .find(|key| !plan.to_execute.contains(*key) && !known.contains_key(*key));
            if let Some(stranger) = stranger {
                let text = format!("step {key} waits for {stranger}, which is not executed");
                return Err(ExecutorError::BadPlan(text));
            }
            match plan.resolvable.iter_mut().find(|(keys, _)| *keys == required) {
                Some((_, steps)) => steps.push(key.clone()),
                None => plan.resolvable.push((required, vec![key.clone()])),
            }
        }
        let known = plan.known.dynamic_mappings.clone();
        if !known.is_empty() {
            plan.add_resolved(&known);
        }
        Ok(plan)
    }

    /// The step of this key.
    #[must_use]
    pub fn step(&self, key: &str) -> Option<&Arc<Step>> {
        self.steps.get(key)
    }

    pub(crate) fn executes(&self, key: &str) -> bool {
        self.to_execute.contains(key)
    }

    /// The properties of the output that a handle is about.
    pub(crate) fn output(&self, handle: &StepOutputHandle) -> Option<&StepOutputProperties> {
        self.step(&handle.step_key)?.output(&handle.output_name)
    }

    /// The steps that can be executed, with the steps each waits for. Those that wait for a step not yet
    /// resolved are left out.
    pub(crate) fn dependencies(&self) -> IndexMap<String, BTreeSet<String>> {
        let mut dependencies = IndexMap::new();
        let mut unresolved: HashSet<&str> = HashSet::new();
        for key in &self.executable {
            let Some(step) = self.steps.get(key) else { continue };
            let mut waits_for = BTreeSet::new();
            let mut is_resolved = true;
            for dependency in step.dependencies() {
                if self.executable.contains(dependency) {
                    if unresolved.contains(dependency) {
                        is_resolved = false;
                    } else {
                        waits_for.insert(dependency.to_owned());
                    }
                } else if self.to_execute.contains(dependency) {
                    is_resolved = false;
                }
            }
            if is_resolved {
                dependencies.insert(key.clone(), waits_for);
            } else {
                unresolved.insert(key);
            }
        }
        dependencies
    }

    /// Adds the steps whose dynamic outputs are now known; returns what has become executable.
    pub(crate) fn resolve(&mut self, mappings: &Mappings) -> IndexMap<String, BTreeSet<String>> {
        let before = self.dependencies();
        self.add_resolved(mappings);
        let mut after = self.dependencies();
        after.retain(|key, _| !before.contains_key(key));
        after
    }

    fn add_resolved(&mut self, mappings: &Mappings) {
        let is_known = |keys: &BTreeSet<String>| keys.iter().all(|key| mappings.contains_key(key));
        let (known, unknown) = std::mem::take(&mut self.resolvable)
            .into_iter()
            .partition(|(required, _): &(BTreeSet<String>, _)| is_known(required));
        self.resolvable = unknown;
        for key in Vec::into_iter(known).flat_map(|(_, keys)| keys) {
            let Some(step) = self.steps.get(&key).cloned() else { continue };
            let resolved = match step.kind {
                StepKind::UnresolvedMapped => step.mapped(mappings),
                StepKind::UnresolvedCollect => vec![step.collecting(mappings)],
                StepKind::Compute => continue,
            };
            for step in resolved {
                self.executable.insert(step.key.clone());
                self.steps.insert(step.key.clone(), Arc::new(step));
            }
        }
    }
}
