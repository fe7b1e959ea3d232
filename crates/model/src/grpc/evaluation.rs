//! What a code server found when evaluating a schedule or sensor.

use crate::automation::AutomationConditionEvaluation;
use crate::event::{AssetCheckEvaluation, AssetMaterialization, AssetObservation};
use crate::instigation::{DagsterRunReaction, DynamicPartitionsRequest, RunRequest};
use crate::{record, union};

record! {
    /// What evaluating a schedule gave: run requests or a reason to skip.
    #[derive(Default)]
    pub struct ScheduleExecutionData = "ScheduleExecutionData" {
        run_requests: Option<Vec<RunRequest>>,
        skip_message: Option<String>,
        log_key as "captured_log_key": Option<Vec<String>>,
    }
}

union! {
    /// An asset event reported by a sensor.
    pub enum AssetEvent {
        /// `AssetMaterialization`
        Materialization(AssetMaterialization),
        /// `AssetObservation`
        Observation(AssetObservation),
        /// `AssetCheckEvaluation`
        CheckEvaluation(AssetCheckEvaluation),
    }
}

record! {
    /// What evaluating a sensor gave: run requests or a reason to skip, reactions, a new cursor.
    #[derive(Default)]
    pub struct SensorExecutionData = "SensorExecutionData" {
        run_requests: Option<Vec<RunRequest>>,
        skip_message: Option<String>,
        cursor: Option<String>,
        dagster_run_reactions as "pipeline_run_reactions": Option<Vec<DagsterRunReaction>>,
        log_key as "captured_log_key": Option<Vec<String>>,
        dynamic_partitions_requests: Option<Vec<DynamicPartitionsRequest>>,
        asset_events: Vec<AssetEvent>,
        automation_condition_evaluations: Vec<AutomationConditionEvaluation>,
    }
}
