//! Things to store.

use rondel_model::event::{
    AssetCheckEvaluation, AssetCheckEvaluationPlanned, AssetCheckSeverity, AssetMaterialization,
    AssetMaterializationPlannedData, AssetObservation, AssetObservationData, DagsterEvent,
    DagsterEventType, EventLogEntry, EventSpecificData, StepMaterializationData,
};
use rondel_model::ids::AssetKey;
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::Map;

pub fn run(run_id: &str, status: RunStatus, tags: &[(&str, &str)]) -> DagsterRun {
    let mut run = DagsterRun::new(run_id, "job").with_status(status);
    run.tags = map(tags);
    run
}

pub fn map(pairs: &[(&str, &str)]) -> Map<String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub fn key(text: &str) -> AssetKey {
    AssetKey::from_user_string(text)
}

pub fn entry(run_id: &str, at: f64, event: DagsterEvent) -> EventLogEntry {
    EventLogEntry::for_run(run_id, at, event)
}

pub fn log_entry(run_id: &str, at: f64) -> EventLogEntry {
    let event = DagsterEvent::new(DagsterEventType::EngineEvent, "job").with_message("hello");
    entry(run_id, at, event)
}

pub fn of_type(run_id: &str, at: f64, event_type: DagsterEventType) -> EventLogEntry {
    entry(run_id, at, DagsterEvent::new(event_type, "job"))
}

pub fn step(run_id: &str, at: f64, event_type: DagsterEventType, step: &str) -> EventLogEntry {
    entry(run_id, at, DagsterEvent::new(event_type, "job").with_step_key(step))
}

pub fn materialization(
    run_id: &str,
    at: f64,
    asset: &str,
    partition: Option<&str>,
    tags: &[(&str, &str)],
) -> EventLogEntry {
    let data = StepMaterializationData {
        materialization: AssetMaterialization {
            asset_key: key(asset),
            partition: partition.map(str::to_owned),
            tags: Some(map(tags)),
            ..Default::default()
        },
        ..Default::default()
    };
    let data = EventSpecificData::StepMaterialization(data);
    let event = DagsterEvent::new(DagsterEventType::AssetMaterialization, "job");
    entry(run_id, at, event.with_data(data).with_step_key("step"))
}

pub fn observation(run_id: &str, at: f64, asset: &str) -> EventLogEntry {
    let data = AssetObservationData {
        asset_observation: AssetObservation { asset_key: key(asset), ..Default::default() },
        ..Default::default()
    };
    let data = EventSpecificData::AssetObservation(data);
    entry(run_id, at, DagsterEvent::new(DagsterEventType::AssetObservation, "job").with_data(data))
}

pub fn planned(run_id: &str, at: f64, asset: &str, partition: Option<&str>) -> EventLogEntry {
    let data = AssetMaterializationPlannedData {
        asset_key: key(asset),
        partition: partition.map(str::to_owned),
        ..Default::default()
    };
    let data = EventSpecificData::AssetMaterializationPlanned(data);
    let event = DagsterEvent::new(DagsterEventType::AssetMaterializationPlanned, "job");
    entry(run_id, at, event.with_data(data))
}

pub fn check_planned(run_id: &str, at: f64, asset: &str, check: &str) -> EventLogEntry {
    let data = AssetCheckEvaluationPlanned {
        asset_key: key(asset),
        check_name: check.to_owned(),
        ..Default::default()
    };
    let data = EventSpecificData::AssetCheckEvaluationPlanned(data);
    let event = DagsterEvent::new(DagsterEventType::AssetCheckEvaluationPlanned, "job");
    entry(run_id, at, event.with_data(data))
}

pub fn check_evaluation(
    run_id: &str,
    at: f64,
    asset: &str,
    check: &str,
    passed: bool,
) -> EventLogEntry {
    let data = AssetCheckEvaluation {
        asset_key: key(asset),
        check_name: check.to_owned(),
        passed,
        metadata: Default::default(),
        target_materialization_data: None,
        severity: AssetCheckSeverity::Error,
        description: None,
        blocking: None,
        partition: None,
        extra: Default::default(),
    };
    let data = EventSpecificData::AssetCheckEvaluation(data);
    let event = DagsterEvent::new(DagsterEventType::AssetCheckEvaluation, "job");
    entry(run_id, at, event.with_data(data))
}
