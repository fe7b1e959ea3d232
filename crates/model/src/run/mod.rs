//! Runs.

mod debug;
mod filter;
mod stats;
pub mod tags;

pub use debug::*;
pub use filter::*;
pub use stats::*;

use crate::ids::{AssetCheckKey, AssetKey, RunId};
use crate::origin::{JobPythonOrigin, RemoteJobOrigin};
use crate::partition::PartitionsSubset;
use crate::serdes::{Map, PySet, Value};
use crate::{py_enum, record};

py_enum! {
    /// How far a run has come (Dagster's `DagsterRunStatus`).
    #[derive(Default)]
    pub enum RunStatus = "PipelineRunStatus" | "DagsterRunStatus" {
        Queued = "QUEUED",
        #[default]
        NotStarted = "NOT_STARTED",
        Managed = "MANAGED",
        Starting = "STARTING",
        Started = "STARTED",
        Suspended = "SUSPENDED",
        Success = "SUCCESS",
        Failure = "FAILURE",
        Canceling = "CANCELING",
        Canceled = "CANCELED",
    }
}

record! {
    /// Which pools the first steps of a run will need.
    #[derive(Default)]
    pub struct RunOpConcurrency = "RunOpConcurrency" {
        root_key_counts: Map<i64>,
        has_unconstrained_root_nodes: bool,
        all_pools: Option<PySet<String>>,
    }
}

record! {
    /// A run: which job, with which config, tags and selection, and how far it has come.
    #[derive(Default)]
    pub struct DagsterRun = "PipelineRun" {
        job_name as "pipeline_name": String,
        run_id: RunId,
        run_config as "run_config" | "environment_dict": Map<Value>,
        asset_selection: Option<PySet<AssetKey>>,
        asset_check_selection: Option<PySet<AssetCheckKey>>,
        op_selection as "solid_selection": Option<Vec<String>>,
        resolved_op_selection as "solids_to_execute" | "solid_subset": Option<PySet<String>>,
        step_keys_to_execute: Option<Vec<String>>,
        status: RunStatus = RunStatus::NotStarted,
        tags: Map<String>,
        root_run_id: Option<String>,
        parent_run_id: Option<String>,
        job_snapshot_id as "pipeline_snapshot_id": Option<String>,
        execution_plan_snapshot_id: Option<String>,
        remote_job_origin as "external_pipeline_origin": Option<RemoteJobOrigin>,
        job_code_origin as "pipeline_code_origin": Option<JobPythonOrigin>,
        has_repository_load_data: bool = false,
        run_op_concurrency: Option<RunOpConcurrency>,
        partitions_subset: Option<PartitionsSubset>,
    }
    old { "mode": Null }
    finish = read_old_fields;
}

record! {
    /// Counts of a run. Times are in seconds since the epoch.
    #[derive(Default)]
    pub struct DagsterRunStatsSnapshot = "PipelineRunStatsSnapshot" {
        run_id: String,
        steps_succeeded: i64,
        steps_failed: i64,
        materializations: i64,
        expectations: i64,
        enqueued_time: Option<f64>,
        launch_time: Option<f64>,
        start_time: Option<f64>,
        end_time: Option<f64>,
    }
}

impl RunStatus {
    /// Statuses in which a run has a worker, or is getting one, and holds a concurrency slot.
    pub const ACTIVE: &'static [Self] = &[Self::Starting, Self::Started, Self::Canceling];
    /// Statuses in which a run has started and not finished.
    pub const IN_PROGRESS: &'static [Self] =
        &[Self::Starting, Self::Started, Self::Canceling, Self::Suspended];
    /// Statuses a run never leaves.
    pub const FINISHED: &'static [Self] = &[Self::Success, Self::Failure, Self::Canceled];
    /// Statuses a run will leave.
    pub const NOT_FINISHED: &'static [Self] = &[
        Self::Starting,
        Self::Started,
        Self::Suspended,
        Self::Canceling,
        Self::Queued,
        Self::NotStarted,
    ];
    /// Statuses in which a run can be cancelled safely.
    pub const CANCELABLE: &'static [Self] = &[Self::Started, Self::Queued];

    /// Has the run ended?
    pub fn is_finished(self) -> bool {
        Self::FINISHED.contains(&self)
    }

    /// Does the run hold a concurrency slot?
    pub fn is_active(self) -> bool {
        Self::ACTIVE.contains(&self)
    }

    /// Can the run be cancelled safely?
    pub fn is_cancelable(self) -> bool {
        Self::CANCELABLE.contains(&self)
    }
}

/// Reads fields written before 0.13: `previous_run_id` for both parent and root.
fn read_old_fields(run: &mut DagsterRun) {
    let previous = run.extra.remove("previous_run_id");
    if let Some(crate::serdes::Value::String(id)) = previous
        && run.parent_run_id.is_none()
        && run.root_run_id.is_none()
    {
        run.parent_run_id = Some(id.clone());
        run.root_run_id = Some(id);
    }
}

impl DagsterRun {
    /// A run of a job with everything else at its default; set the public fields from there.
    pub fn new(run_id: impl Into<RunId>, job_name: impl Into<String>) -> Self {
        Self { run_id: run_id.into(), job_name: job_name.into(), ..Self::default() }
    }

    /// The same run in another status.
    #[must_use]
    pub fn with_status(mut self, status: RunStatus) -> Self {
        self.status = status;
        self
    }

    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.get(key).map(String::as_str)
    }

    /// The name of the code location the run belongs to, if the run knows it.
    pub fn location_name(&self) -> Option<&str> {
        Some(self.remote_job_origin.as_ref()?.location_name())
    }

    /// The tags as they are stored for searching (Dagster's `tags_for_storage`): the label of
    /// the repository, one tag for each pool, and those of the run, which prevail.
    pub fn tags_for_storage(&self) -> Map<String> {
        let mut stored = Map::new();
        if let Some(origin) = &self.remote_job_origin {
            let label = origin.repository_origin.label();
            stored.insert(tags::REPOSITORY_LABEL_TAG.to_owned(), label);
        }
        let pools = self.run_op_concurrency.iter().filter_map(|usage| usage.all_pools.as_ref());
        for pool in pools.flatten() {
            stored.insert(format!("{}{pool}", tags::POOL_TAG_PREFIX), "true".to_owned());
        }
        stored.extend(self.tags.clone());
        stored
    }

    /// Is this a resumption of a failed run from the point of failure?
    pub fn is_resume_retry(&self) -> bool {
        self.tag(tags::RESUME_RETRY_TAG) == Some("true")
    }

    /// Does the run target one partition, a range or a subset?
    pub fn is_partitioned(&self) -> bool {
        self.partitions_subset.is_some()
            || [
                tags::PARTITION_NAME_TAG,
                tags::ASSET_PARTITION_RANGE_START_TAG,
                tags::ASSET_PARTITION_RANGE_END_TAG,
            ]
            .iter()
            .any(|tag| self.tags.contains_key(*tag))
    }
}
