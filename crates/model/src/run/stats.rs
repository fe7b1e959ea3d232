//! Statistics of a run's steps.

use crate::event::{EventLogEntry, ExpectationResult};
use crate::serdes::Map;
use crate::{py_enum, record};

py_enum! {
    /// How a step ended.
    pub enum StepEventStatus = "StepEventStatus" {
        Skipped = "SKIPPED",
        Success = "SUCCESS",
        Failure = "FAILURE",
        InProgress = "IN_PROGRESS",
    }
}

record! {
    /// A span in a step's timeline, in seconds since the epoch.
    #[derive(Default)]
    pub struct RunStepMarker = "RunStepMarker" {
        start_time: Option<f64>,
        end_time: Option<f64>,
        key: Option<String>,
    }
}

record! {
    /// When a step ran and what it reported.
    #[derive(Default)]
    pub struct RunStepKeyStatsSnapshot = "RunStepKeyStatsSnapshot" {
        run_id: String,
        step_key: String,
        status: Option<StepEventStatus>,
        start_time: Option<f64>,
        end_time: Option<f64>,
        materialization_events: Vec<EventLogEntry>,
        expectation_results: Vec<ExpectationResult>,
        attempts: Option<i64>,
        attempts_list: Vec<RunStepMarker>,
        markers: Vec<RunStepMarker>,
        partial_attempt_start: Option<f64>,
    }
}

record! {
    /// Statistics of a run's steps.
    #[derive(Default)]
    pub struct RunStepStatsSnapshot = "RunStepStatsSnapshot" {
        run_id: String,
        step_key_stats: Vec<RunStepKeyStatsSnapshot>,
        partial_markers: Option<Map<Vec<RunStepMarker>>>,
    }
}
