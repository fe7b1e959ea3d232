//! Statistics of a run.

use async_graphql::{Interface, SimpleObject, Union};
use rondel_model::run::DagsterRunStatsSnapshot;

use crate::errors::{PythonError, or_error};

/// Counts and times of a run, from its events.
#[derive(SimpleObject)]
pub(crate) struct RunStatsSnapshot {
    #[graphql(owned)]
    pub(crate) id: String,
    #[graphql(owned)]
    pub(crate) run_id: String,
    pub(crate) steps_succeeded: i64,
    pub(crate) steps_failed: i64,
    pub(crate) materializations: i64,
    pub(crate) expectations: i64,
    #[graphql(owned)]
    pub(crate) enqueued_time: Option<f64>,
    #[graphql(owned)]
    pub(crate) launch_time: Option<f64>,
    #[graphql(owned)]
    pub(crate) start_time: Option<f64>,
    #[graphql(owned)]
    pub(crate) end_time: Option<f64>,
}

impl From<&DagsterRunStatsSnapshot> for RunStatsSnapshot {
    fn from(stats: &DagsterRunStatsSnapshot) -> Self {
        RunStatsSnapshot {
            id: format!("stats-{}", stats.run_id),
            run_id: stats.run_id.clone(),
            steps_succeeded: stats.steps_succeeded,
            steps_failed: stats.steps_failed,
            materializations: stats.materializations,
            expectations: stats.expectations,
            enqueued_time: stats.enqueued_time,
            launch_time: stats.launch_time,
            start_time: stats.start_time,
            end_time: stats.end_time,
        }
    }
}

/// Older name of a run's statistics.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "String"),
    field(name = "run_id", ty = "String"),
    field(name = "steps_succeeded", ty = "&i64"),
    field(name = "steps_failed", ty = "&i64"),
    field(name = "materializations", ty = "&i64"),
    field(name = "expectations", ty = "&i64"),
    field(name = "enqueued_time", ty = "Option<f64>"),
    field(name = "launch_time", ty = "Option<f64>"),
    field(name = "start_time", ty = "Option<f64>"),
    field(name = "end_time", ty = "Option<f64>")
)]
pub(crate) enum PipelineRunStatsSnapshot {
    RunStatsSnapshot(RunStatsSnapshot),
}

#[derive(Union)]
pub(crate) enum RunStatsSnapshotOrError {
    RunStatsSnapshot(RunStatsSnapshot),
    PythonError(PythonError),
}
or_error!(RunStatsSnapshotOrError:);
