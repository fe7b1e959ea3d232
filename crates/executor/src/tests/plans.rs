//! Plans for tests.

use rondel_model::plan::{
    FromDynamicCollect, FromMultipleSources, FromPendingDynamicStepOutput, FromStepOutput,
    FromUnresolvedStepOutput, NodeHandle, StepHandle, StepHandleKind, StepInputSource,
    StepOutputHandle, StepOutputProperties, UnresolvedStepHandle, UnresolvedStepOutputHandle,
};
use rondel_model::serdes::{Extra, Map};
use rondel_model::snap::{
    ExecutionPlanSnapshot, ExecutionStepInputSnap, ExecutionStepOutputSnap, ExecutionStepSnap,
    StepKind,
};

pub(super) fn handle(step: &str, output: &str) -> StepOutputHandle {
    StepOutputHandle {
        step_key: step.to_owned(),
        output_name: output.to_owned(),
        ..StepOutputHandle::default()
    }
}

pub(super) fn from(step: &str, output: &str) -> StepInputSource {
    StepInputSource::StepOutput(FromStepOutput {
        step_output_handle: handle(step, output),
        ..FromStepOutput::default()
    })
}

/// All of several outputs.
pub(super) fn fan_in(steps: &[&str]) -> StepInputSource {
    StepInputSource::MultipleSources(FromMultipleSources {
        sources: steps.iter().map(|step| from(step, "result")).collect(),
        ..FromMultipleSources::default()
    })
}

/// Each of a dynamic output.
pub(super) fn each_of(step: &str) -> StepInputSource {
    StepInputSource::PendingDynamicStepOutput(FromPendingDynamicStepOutput {
        step_output_handle: handle(step, "result"),
        ..FromPendingDynamicStepOutput::default()
    })
}

/// What was made of each of `dynamic` by the step `mapped`, together.
pub(super) fn collected(mapped: &str, dynamic: &str) -> StepInputSource {
    let source = StepInputSource::UnresolvedStepOutput(FromUnresolvedStepOutput {
        unresolved_step_output_handle: UnresolvedStepOutputHandle {
            unresolved_step_handle: UnresolvedStepHandle {
                node_handle: NodeHandle::top(mapped),
                ..UnresolvedStepHandle::default()
            },
            output_name: "result".to_owned(),
            resolved_by_step_key: dynamic.to_owned(),
            resolved_by_output_name: "result".to_owned(),
            ..UnresolvedStepOutputHandle::default()
        },
        ..FromUnresolvedStepOutput::default()
    });
    StepInputSource::DynamicCollect(FromDynamicCollect {
        source: Box::new(source),
        node_handle: NodeHandle::default(),
        input_name: String::new(),
        extra: Extra::default(),
    })
}

pub(super) fn step(key: &str, sources: Vec<StepInputSource>) -> ExecutionStepSnap {
    let node = NodeHandle::top(key.trim_end_matches("[?]"));
    let is_mapped = key.ends_with("[?]");
    let collects = sources.iter().any(|s| matches!(s, StepInputSource::DynamicCollect(_)));
    let (kind, step_handle) = if is_mapped {
        let handle =
            UnresolvedStepHandle { node_handle: node.clone(), ..UnresolvedStepHandle::default() };
        (StepKind::UnresolvedMapped, StepHandleKind::Unresolved(handle))
    } else {
        let handle =
            StepHandle { node_handle: node.clone(), key: key.to_owned(), ..StepHandle::default() };
        let kind = if collects { StepKind::UnresolvedCollect } else { StepKind::Compute };
        (kind, StepHandleKind::Resolved(handle))
    };
    let inputs = sources.into_iter().map(|source| ExecutionStepInputSnap {
        source: Some(source),
        ..ExecutionStepInputSnap::default()
    });
    let output = ExecutionStepOutputSnap {
        name: "result".to_owned(),
        properties: Some(StepOutputProperties {
            is_required: true,
            ..StepOutputProperties::default()
        }),
        ..ExecutionStepOutputSnap::default()
    };
    ExecutionStepSnap {
        key: key.to_owned(),
        inputs: inputs.collect(),
        outputs: vec![output],
        node_handle_id: node.to_string(),
        kind,
        metadata_items: Vec::new(),
        tags: None,
        step_handle: Some(step_handle),
        pool: None,
        extra: Extra::default(),
    }
}

pub(super) fn with_output(
    mut step: ExecutionStepSnap,
    change: fn(&mut StepOutputProperties),
) -> ExecutionStepSnap {
    step.outputs.iter_mut().filter_map(|output| output.properties.as_mut()).for_each(change);
    step
}

pub(super) fn tagged(mut step: ExecutionStepSnap, key: &str, value: &str) -> ExecutionStepSnap {
    step.tags.get_or_insert_with(Map::new).insert(key.to_owned(), value.to_owned());
    step
}

pub(super) fn plan_of(steps: Vec<ExecutionStepSnap>) -> ExecutionPlanSnapshot {
    ExecutionPlanSnapshot {
        step_keys_to_execute: steps.iter().map(|step| step.key.clone()).collect(),
        steps,
        snapshot_version: Some(1),
        ..ExecutionPlanSnapshot::default()
    }
}
