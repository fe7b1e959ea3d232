//! Ticks.

use crate::error::SerializableErrorInfo;
use crate::instigation::{InstigatorType, RunRequest};
use crate::origin::RemoteInstigatorOrigin;
use crate::serdes::Extra;
use crate::{py_enum, record};

py_enum! {
    /// How far a tick has come.
    pub enum TickStatus = "TickStatus" | "JobTickStatus" {
        Started = "STARTED",
        Skipped = "SKIPPED",
        Success = "SUCCESS",
        Failure = "FAILURE",
    }
}

record! {
    /// What became of a change of dynamic partitions.
    #[derive(Default)]
    pub struct DynamicPartitionsRequestResult = "DynamicPartitionsRequestResult" {
        partitions_def_name: String,
        added_partitions: Option<Vec<String>>,
        deleted_partitions: Option<Vec<String>>,
        skipped_partitions: Vec<String>,
    }
}

record! {
    /// One evaluation of an instigator. Timestamps are in seconds since the epoch.
    pub struct TickData = "TickData" | "JobTickData" {
        instigator_origin_id as "job_origin_id": String,
        instigator_name as "job_name": String,
        instigator_type as "job_type": InstigatorType,
        status: TickStatus,
        timestamp: f64,
        run_ids: Vec<String>,
        run_keys: Vec<String>,
        error: Option<SerializableErrorInfo>,
        skip_reason: Option<String>,
        cursor: Option<String>,
        origin_run_ids: Vec<String>,
        failure_count: i64 = 0,
        selector_id: Option<String>,
        log_key: Option<Vec<String>>,
        dynamic_partitions_request_results: Vec<DynamicPartitionsRequestResult>,
        end_timestamp: Option<f64>,
        run_requests: Option<Vec<RunRequest>>,
        auto_materialize_evaluation_id: Option<i64>,
        reserved_run_ids: Option<Vec<String>>,
        consecutive_failure_count: i64 = 0,
        user_interrupted: bool = false,
    }
}

record! {
    /// A tick with the id of its row.
    pub struct InstigatorTick = "InstigatorTick" | "JobTick" {
        tick_id: i64,
        tick_data as "job_tick_data": TickData,
    }
}

/// The id of a tick's row.
pub type TickId = i64;

/// A tick as a store returns it. Dagster's `InstigatorTick`.
pub type Tick = InstigatorTick;

impl TickStatus {
    /// Has the tick ended?
    pub fn is_finished(self) -> bool {
        self != Self::Started
    }
}

impl TickData {
    /// A tick with everything else empty; set the public fields from there.
    pub fn new(
        origin: &RemoteInstigatorOrigin,
        instigator_type: InstigatorType,
        status: TickStatus,
        timestamp: f64,
    ) -> Self {
        Self {
            instigator_origin_id: origin.id(),
            instigator_name: origin.instigator_name.clone(),
            instigator_type,
            status,
            timestamp,
            run_ids: Vec::new(),
            run_keys: Vec::new(),
            error: None,
            skip_reason: None,
            cursor: None,
            origin_run_ids: Vec::new(),
            failure_count: 0,
            selector_id: Some(origin.selector().selector_id()),
            log_key: None,
            dynamic_partitions_request_results: Vec::new(),
            end_timestamp: None,
            run_requests: None,
            auto_materialize_evaluation_id: None,
            reserved_run_ids: None,
            consecutive_failure_count: 0,
            user_interrupted: false,
            extra: Extra::default(),
        }
    }
}
