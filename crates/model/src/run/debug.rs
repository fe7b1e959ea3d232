//! A run with everything known about it, as exported for debugging.

use crate::event::EventLogEntry;
use crate::record;
use crate::run::DagsterRun;
use crate::snap::{ExecutionPlanSnapshot, JobSnap};

record! {
    /// What `/download_debug/<run id>` answers, gzipped.
    pub struct DebugRunPayload = "DebugRunPayload" {
        version: String,
        dagster_run as "pipeline_run": DagsterRun,
        event_list: Vec<EventLogEntry>,
        job_snapshot as "pipeline_snapshot": JobSnap,
        execution_plan_snapshot: ExecutionPlanSnapshot,
    }
}
