//! Which pools a run's first steps need: what the queue looks at before it lets a run go.

use std::collections::HashSet;

use rondel_model::run::{RunOpConcurrency, tags};
use rondel_model::serdes::{Map, PySet};
use rondel_model::snap::{ExecutionPlanSnapshot, ExecutionStepSnap};

/// Mirrors `compute_run_op_concurrency_info_for_snapshot`. `None` when no step uses a pool.
pub(super) fn run_op_concurrency(plan: &ExecutionPlanSnapshot) -> Option<RunOpConcurrency> {
    let to_execute: HashSet<&str> = plan.step_keys_to_execute.iter().map(String::as_str).collect();
    let mut root_key_counts: Map<i64> = Map::new();
    let mut pools: Vec<String> = Vec::new();
    let mut has_unconstrained_root_nodes = false;
    for step in plan.steps.iter().filter(|step| to_execute.contains(step.key.as_str())) {
        let is_root = !depends_on(step, &to_execute);
        let Some(pool) = pool_of(step) else {
            has_unconstrained_root_nodes |= is_root;
            continue;
        };
        if is_root {
            *root_key_counts.entry(pool.to_owned()).or_default() += 1;
        }
        pools.push(pool.to_owned());
    }
    if pools.is_empty() {
        return None;
    }
    Some(RunOpConcurrency {
        root_key_counts,
        has_unconstrained_root_nodes,
        all_pools: Some(pools.into_iter().collect::<PySet<String>>()),
        ..RunOpConcurrency::default()
    })
}

fn depends_on(step: &ExecutionStepSnap, keys: &HashSet<&str>) -> bool {
    step.inputs
        .iter()
        .flat_map(|input| &input.upstream_output_handles)
        .any(|handle| keys.contains(handle.step_key.as_str()))
}

fn pool_of(step: &ExecutionStepSnap) -> Option<&str> {
    let from_tags = || step.tags.as_ref()?.get(tags::GLOBAL_CONCURRENCY_TAG);
    step.pool.as_deref().or_else(|| from_tags().map(String::as_str))
}
