//! What a new run intends to do, told before it starts: one event per asset and check.
//!
//! Pure. Mirrors `_log_asset_planned_events`.

use std::collections::HashSet;

use rondel_model::event::{
    AssetCheckEvaluationPlanned, AssetMaterializationPlannedData, DagsterEvent, DagsterEventType,
};
use rondel_model::ids::{AssetCheckKey, AssetKey};
use rondel_model::partition::{DefaultPartitionsSubset, PartitionsSubset};
use rondel_model::snap::ExecutionPlanSnapshot;

use super::partitions::{PlannedPartitions, PlannedSubset};
use crate::error::InstanceError;

/// The planned events of a run, in the order Dagster stores them.
pub(super) fn planned_events(
    job_name: &str,
    plan: &ExecutionPlanSnapshot,
    partitions: &PlannedPartitions<'_>,
) -> Result<Vec<DagsterEvent>, InstanceError> {
    let to_execute: HashSet<&str> = plan.step_keys_to_execute.iter().map(String::as_str).collect();
    let mut events: Vec<(String, DagsterEvent)> = Vec::new();
    for step in plan.steps.iter().filter(|step| to_execute.contains(step.key.as_str())) {
        for properties in step.outputs.iter().filter_map(|output| output.properties.as_ref()) {
            if let Some(asset_key) = &properties.asset_key {
                let order = asset_key.to_db_string();
                let subset = partitions.of_asset(asset_key)?;
                for event in materializations(job_name, asset_key, subset) {
                    events.push((order.clone(), event.with_step_key(&step.key)));
                }
            }
            if let Some(check_key) = &properties.asset_check_key {
                let subset = partitions.of_check(check_key)?;
                let event = check_evaluation(job_name, check_key, subset).with_step_key(&step.key);
                events.push((check_key.to_db_string(), event));
            }
        }
    }
    // stable, so that several events of one asset keep the order of the plan
    events.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

fn materializations(
    job_name: &str,
    asset_key: &AssetKey,
    subset: Option<PlannedSubset>,
) -> Vec<DagsterEvent> {
    let planned = |partition: Option<String>| {
        let data = AssetMaterializationPlannedData {
            asset_key: asset_key.clone(),
            partition,
            ..AssetMaterializationPlannedData::default()
        };
        DagsterEvent::new(DagsterEventType::AssetMaterializationPlanned, job_name)
            .with_message(format!("{job_name} intends to materialize asset {}", shown(asset_key)))
            .with_data(data)
    };
    match subset {
        None => vec![planned(None)],
        Some(subset) => subset.keys.into_iter().map(|key| planned(Some(key))).collect(),
    }
}

fn check_evaluation(
    job_name: &str,
    key: &AssetCheckKey,
    subset: Option<PlannedSubset>,
) -> DagsterEvent {
    let data = AssetCheckEvaluationPlanned {
        asset_key: key.asset_key.clone(),
        check_name: key.name.clone(),
        // as a set of keys: the store keeps one row per partition and cannot expand time windows
        partitions_subset: subset.map(|subset| keys_subset(subset.keys)),
        ..AssetCheckEvaluationPlanned::default()
    };
    let asset = shown(&key.asset_key);
    DagsterEvent::new(DagsterEventType::AssetCheckEvaluationPlanned, job_name)
        .with_message(format!(
            "{job_name} intends to execute asset check {} on asset {asset}",
            key.name
        ))
        .with_data(data)
}

fn keys_subset(keys: Vec<String>) -> PartitionsSubset {
    let subset = keys.into_iter().collect();
    DefaultPartitionsSubset { subset, ..DefaultPartitionsSubset::default() }.into()
}

/// `AssetKey.to_string()`
fn shown(asset_key: &AssetKey) -> String {
    asset_key.to_db_string()
}
