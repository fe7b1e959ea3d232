//! Statistics of runs and steps, derived from events (`dagster/_core/execution/stats.py`).

use std::collections::HashMap;

use indexmap::IndexMap;
use rondel_model::event::{DagsterEventType as Type, EventLogEntry, EventSpecificData};
use rondel_model::run::{
    DagsterRunStatsSnapshot, RunStepKeyStatsSnapshot, RunStepMarker, StepEventStatus,
};
use rondel_model::serdes::Extra;

/// How many events of a type there are, and when the last one was.
#[derive(Default)]
pub(super) struct TypeCounts(HashMap<Type, (i64, Option<f64>)>);

impl TypeCounts {
    pub(super) fn insert(&mut self, event_type: Type, count: i64, last: Option<f64>) {
        self.0.insert(event_type, (count, last));
    }

    fn count(&self, event_type: Type) -> i64 {
        self.0.get(&event_type).map_or(0, |(count, _)| *count)
    }

    fn last(&self, event_type: Type) -> Option<f64> {
        self.0.get(&event_type).and_then(|(_, last)| *last)
    }
}

/// Whether events of this type enter the statistics of a run.
pub(super) fn counts_for_runs(event_type: Type) -> bool {
    event_type.is_run_event()
        || matches!(
            event_type,
            Type::StepFailure
                | Type::StepSuccess
                | Type::AssetMaterialization
                | Type::StepExpectationResult
        )
}

/// Whether events of this type enter the statistics of a step.
pub(super) fn counts_for_steps(event_type: Type) -> bool {
    event_type.is_marker_event()
        || matches!(
            event_type,
            Type::StepStart
                | Type::StepFailure
                | Type::StepRestarted
                | Type::StepSuccess
                | Type::StepSkipped
                | Type::AssetMaterialization
                | Type::StepExpectationResult
                | Type::StepUpForRetry
        )
}

pub(super) fn run_stats(run_id: &str, counts: &TypeCounts) -> DagsterRunStatsSnapshot {
    DagsterRunStatsSnapshot {
        run_id: run_id.to_owned(),
        steps_succeeded: counts.count(Type::StepSuccess),
        steps_failed: counts.count(Type::StepFailure),
        materializations: counts.count(Type::AssetMaterialization),
        expectations: counts.count(Type::StepExpectationResult),
        enqueued_time: counts.last(Type::RunEnqueued),
        launch_time: counts.last(Type::RunStarting),
        start_time: counts.last(Type::RunStart),
        end_time: counts
            .last(Type::RunSuccess)
            .or_else(|| counts.last(Type::RunFailure))
            .or_else(|| counts.last(Type::RunCanceled)),
        extra: Extra::default(),
    }
}

/// Statistics of steps, in the order their first event came.
pub(super) fn step_stats(
    run_id: &str,
    events: impl IntoIterator<Item = EventLogEntry>,
) -> Vec<RunStepKeyStatsSnapshot> {
    let mut steps: IndexMap<String, RunStepKeyStatsSnapshot> = IndexMap::new();
    let mut markers: HashMap<String, IndexMap<String, RunStepMarker>> = HashMap::new();
    for entry in events {
        let Some(event) = &entry.dagster_event else { continue };
        let (Some(step_key), Some(event_type)) = (&event.step_key, event.event_type()) else {
            continue;
        };
        if step_key.is_empty() || !counts_for_steps(event_type) {
            continue;
        }
        if event_type.is_marker_event() {
            if let Some(EventSpecificData::EngineEvent(data)) = &event.event_specific_data {
                let of_step = markers.entry(step_key.clone()).or_default();
                if let Some(key) = &data.marker_start {
                    marker(of_step, key).start_time = Some(entry.timestamp);
                }
                if let Some(key) = &data.marker_end {
                    marker(of_step, key).end_time = Some(entry.timestamp);
                }
            }
            continue;
        }
        let step = steps.entry(step_key.clone()).or_insert_with(|| RunStepKeyStatsSnapshot {
            run_id: run_id.to_owned(),
            step_key: step_key.clone(),
            ..Default::default()
        });
        apply(step, event_type, &entry);
    }
    for (step_key, step) in &mut steps {
        if let Some(of_step) = markers.remove(step_key) {
            step.markers = of_step.into_values().collect();
        }
    }
    steps.into_values().collect()
}

fn marker<'a>(
    markers: &'a mut IndexMap<String, RunStepMarker>,
    key: &str,
) -> &'a mut RunStepMarker {
    markers
        .entry(key.to_owned())
        .or_insert_with(|| RunStepMarker { key: Some(key.to_owned()), ..Default::default() })
}

fn apply(step: &mut RunStepKeyStatsSnapshot, event_type: Type, entry: &EventLogEntry) {
    let at = entry.timestamp;
    match event_type {
        Type::StepStart => {
            step.status = Some(StepEventStatus::InProgress);
            step.start_time = Some(at);
            open_attempt(step, at);
        }
        Type::StepRestarted => open_attempt(step, at),
        Type::StepUpForRetry => close_attempt(step, at),
        Type::StepFailure => finish(step, StepEventStatus::Failure, at),
        Type::StepSuccess => finish(step, StepEventStatus::Success, at),
        Type::StepSkipped => finish(step, StepEventStatus::Skipped, at),
        Type::AssetMaterialization => step.materialization_events.push(entry.clone()),
        Type::StepExpectationResult => {
            let data = entry.dagster_event.as_ref().and_then(|e| e.event_specific_data.as_ref());
            if let Some(EventSpecificData::StepExpectation(data)) = data {
                step.expectation_results.push(data.expectation_result.clone());
            }
        }
        _ => {}
    }
}

fn finish(step: &mut RunStepKeyStatsSnapshot, status: StepEventStatus, at: f64) {
    step.end_time = Some(at);
    step.status = Some(status);
    close_attempt(step, at);
}

fn open_attempt(step: &mut RunStepKeyStatsSnapshot, at: f64) {
    step.attempts = Some(step.attempts.unwrap_or(0) + 1);
    step.partial_attempt_start = Some(at);
}

fn close_attempt(step: &mut RunStepKeyStatsSnapshot, at: f64) {
    let started = step.partial_attempt_start.take().unwrap_or_else(|| {
        // A retry before any start still counts as an attempt.
        step.attempts = Some(step.attempts.unwrap_or(0) + 1);
        at
    });
    step.attempts_list.push(RunStepMarker {
        start_time: Some(started),
        end_time: Some(at),
        ..Default::default()
    });
}
