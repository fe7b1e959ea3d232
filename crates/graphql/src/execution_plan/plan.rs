//! A plan, as a view over its snapshot.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Enum, Object, SimpleObject};
use rondel_model::{
    ids::{self, AssetCheckKey},
    plan::StepInputSource,
    snap::{self, ExecutionPlanSnapshot, ExecutionStepSnap},
};

use crate::{
    common::{AssetCheckHandle, AssetKey},
    logs::MetadataItemDefinition,
};

/// What a step does.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "snap::StepKind")]
pub(crate) enum StepKind {
    /// Computes something the user wrote.
    Compute,
    /// Will be mapped over outputs that are not known yet.
    UnresolvedMapped,
    /// Will collect outputs that are not known yet.
    UnresolvedCollect,
}

/// The steps of a run.
#[derive(Clone)]
pub(crate) struct ExecutionPlan {
    snapshot: Arc<ExecutionPlanSnapshot>,
    /// Where each step stands in the snapshot.
    index: Arc<HashMap<String, usize>>,
}

impl ExecutionPlan {
    pub(crate) fn new(snapshot: Arc<ExecutionPlanSnapshot>) -> Self {
        let index =
            snapshot.steps.iter().enumerate().map(|(at, step)| (step.key.clone(), at)).collect();
        ExecutionPlan { snapshot, index: Arc::new(index) }
    }

    fn step(&self, key: &str) -> Option<ExecutionStep> {
        let at = *self.index.get(key)?;
        Some(ExecutionStep { plan: self.clone(), at })
    }
}

#[Object]
impl ExecutionPlan {
    /// The steps to execute.
    async fn steps(&self) -> Vec<ExecutionStep> {
        keys_in_plan(&self.snapshot).into_iter().filter_map(|key| self.step(key)).collect()
    }

    async fn artifacts_persisted(&self) -> bool {
        self.snapshot.artifacts_persisted
    }

    /// The assets as texts; `assetKeys` tells more.
    async fn asset_selection(&self) -> Vec<String> {
        planned_asset_keys(&self.snapshot)
            .iter()
            .map(|key| {
                let parts: Vec<_> = key.path().iter().map(|part| format!("'{part}'")).collect();
                format!("AssetKey([{}])", parts.join(", "))
            })
            .collect()
    }

    async fn asset_keys(&self) -> Vec<AssetKey> {
        planned_asset_keys(&self.snapshot).into_iter().map(AssetKey::from).collect()
    }

    async fn asset_check_keys(&self) -> Vec<AssetCheckHandle> {
        planned_check_keys(&self.snapshot).into_iter().map(AssetCheckHandle::from).collect()
    }
}

/// The assets that the plan's steps make, each once, in the plan's order.
pub(crate) fn planned_asset_keys(snapshot: &ExecutionPlanSnapshot) -> Vec<&ids::AssetKey> {
    let mut seen = HashSet::new();
    outputs(snapshot)
        .filter_map(|properties| properties.asset_key.as_ref())
        .filter(|key| seen.insert(*key))
        .collect()
}

/// The checks that the plan's steps evaluate, each once, in the plan's order.
pub(crate) fn planned_check_keys(snapshot: &ExecutionPlanSnapshot) -> Vec<&AssetCheckKey> {
    let mut seen = HashSet::new();
    outputs(snapshot)
        .filter_map(|properties| properties.asset_check_key.as_ref())
        .filter(|key| seen.insert(*key))
        .collect()
}

fn outputs(
    snapshot: &ExecutionPlanSnapshot,
) -> impl Iterator<Item = &rondel_model::plan::StepOutputProperties> {
    let executed: HashSet<&str> =
        snapshot.step_keys_to_execute.iter().map(String::as_str).collect();
    snapshot
        .steps
        .iter()
        .filter(move |step| executed.contains(step.key.as_str()))
        .flat_map(|step| &step.outputs)
        .filter_map(|output| output.properties.as_ref())
}

/// Keys of the steps in the plan: those to execute, or all where none are named.
fn keys_in_plan(snapshot: &ExecutionPlanSnapshot) -> Vec<&str> {
    if snapshot.step_keys_to_execute.is_empty() {
        snapshot.steps.iter().map(|step| step.key.as_str()).collect()
    } else {
        snapshot.step_keys_to_execute.iter().map(String::as_str).collect()
    }
}

/// Keys of the steps which an input waits for, sorted; once for each output of theirs.
fn input_step_keys(input: &snap::ExecutionStepInputSnap) -> Vec<String> {
    let mut keys: Vec<String> =
        input.upstream_output_handles.iter().map(|handle| handle.step_key.clone()).collect();
    if let Some(StepInputSource::LoadableAsset(source)) = &input.source {
        keys.extend(source.ordering_step_keys.as_slice().iter().cloned());
    }
    keys.sort();
    keys
}

/// One step.
pub(crate) struct ExecutionStep {
    plan: ExecutionPlan,
    at: usize,
}

impl ExecutionStep {
    fn snap(&self) -> &ExecutionStepSnap {
        &self.plan.snapshot.steps[self.at]
    }
}

#[Object]
impl ExecutionStep {
    async fn key(&self) -> &str {
        &self.snap().key
    }

    async fn inputs(&self) -> Vec<ExecutionStepInput> {
        (0..self.snap().inputs.len())
            .map(|input| ExecutionStepInput { plan: self.plan.clone(), step: self.at, input })
            .collect()
    }

    async fn outputs(&self) -> Vec<ExecutionStepOutput> {
        let outputs = self.snap().outputs.iter();
        outputs.map(|output| ExecutionStepOutput { name: output.name.clone() }).collect()
    }

    #[graphql(name = "solidHandleID")]
    async fn solid_handle_id(&self) -> &str {
        &self.snap().node_handle_id
    }

    async fn kind(&self) -> StepKind {
        self.snap().kind.into()
    }

    async fn metadata(&self) -> Vec<MetadataItemDefinition> {
        let items = self.snap().metadata_items.iter();
        items
            .map(|item| MetadataItemDefinition { key: item.key.clone(), value: item.value.clone() })
            .collect()
    }
}

/// An input of a step.
pub(crate) struct ExecutionStepInput {
    plan: ExecutionPlan,
    step: usize,
    input: usize,
}

impl ExecutionStepInput {
    fn snap(&self) -> &snap::ExecutionStepInputSnap {
        &self.plan.snapshot.steps[self.step].inputs[self.input]
    }
}

#[Object]
impl ExecutionStepInput {
    async fn name(&self) -> &str {
        &self.snap().name
    }

    /// The steps of the plan which the input comes from.
    async fn depends_on(&self) -> Vec<ExecutionStep> {
        let in_plan = keys_in_plan(&self.plan.snapshot);
        input_step_keys(self.snap())
            .iter()
            .filter(|key| in_plan.contains(&key.as_str()))
            .filter_map(|key| self.plan.step(key))
            .collect()
    }
}

/// An output of a step.
#[derive(SimpleObject)]
pub(crate) struct ExecutionStepOutput {
    name: String,
}

impl From<&AssetCheckKey> for AssetCheckHandle {
    fn from(key: &AssetCheckKey) -> Self {
        AssetCheckHandle { name: key.name.clone(), asset_key: AssetKey::from(&key.asset_key) }
    }
}
