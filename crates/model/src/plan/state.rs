//! What a run already knows when it starts: outputs of its parent, dynamic mappings, retries.

use crate::plan::StepOutputHandle;
use crate::serdes::{Map, PySet};
use crate::{py_enum, record};

record! {
    /// Outputs of the run this one re-executes.
    #[derive(Default)]
    pub struct PastExecutionState = "PastExecutionState" {
        run_id: String,
        produced_outputs: PySet<StepOutputHandle>,
        parent_state: Option<Box<PastExecutionState>>,
    }
}

record! {
    /// The version of a step's output (a stored form only; Dagster holds a dict).
    #[derive(Default)]
    pub struct StepOutputVersionData = "StepOutputVersionData" {
        step_output_handle: StepOutputHandle,
        version: String,
    }
}

record! {
    /// What a run knows before it starts: retries, dynamic mappings, outputs of its parent.
    #[derive(Default)]
    pub struct KnownExecutionState = "KnownExecutionState" {
        previous_retry_attempts: Map<i64>,
        dynamic_mappings: Map<Map<Option<Vec<String>>>>,
        step_output_versions: Vec<StepOutputVersionData>,
        ready_outputs: PySet<StepOutputHandle>,
        parent_state: Option<PastExecutionState>,
    }
}

py_enum! {
    /// Who retries failed steps.
    pub enum RetryMode = "RetryMode" {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
        Deferred = "DEFERRED",
    }
}
