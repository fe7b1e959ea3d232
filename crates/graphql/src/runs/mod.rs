//! Runs: one, many, their groups, tags, statistics, and the feed of runs and backfills.

mod events;
mod feed;
mod filter;
mod loader;
mod query;
mod run;
mod stats;
mod tags;

use async_graphql::{Context, Interface, Object, SimpleObject, Union};
use rondel_model::{ids::RunId, run::RunsFilter};

pub(crate) use events::{
    EventConnection, EventConnectionOrError, event_connection, page_size, shown_events,
};
pub(crate) use feed::RunsFeedView;
pub(crate) use filter::RunsFilterInput;
pub(crate) use loader::{JobSnapshotKey, load_run, load_runs};
pub(crate) use query::RunsQuery;
pub(crate) use run::{PipelineRun, Run, RunStatus};
pub(crate) use stats::{PipelineRunStatsSnapshot, RunStatsSnapshot, RunStatsSnapshotOrError};

use crate::{
    context::ContextExt,
    direct::DirectList,
    errors::{
        InvalidPipelineRunsFilterError, PythonError, ResolverError, RunGroupNotFoundError,
        RunNotFoundError, capture, or_error,
    },
};

/// A run, if there is one.
#[derive(Union)]
pub(crate) enum RunOrError {
    Run(Run),
    RunNotFoundError(RunNotFoundError),
    PythonError(PythonError),
}
or_error!(RunOrError: RunNotFoundError);

/// The run of an id, through the request's loader.
pub(crate) async fn run_or_error(ctx: &Context<'_>, run_id: &RunId) -> RunOrError {
    capture(ctx, async {
        load_run(ctx, run_id).await?.ok_or_else(|| RunNotFoundError::new(run_id.as_str()).into())
    })
    .await
}

/// Runs which match a filter; the answer's parts are read when asked for.
pub(crate) struct Runs {
    filter: RunsFilter,
    cursor: Option<String>,
    limit: Option<i32>,
}

#[Object]
impl Runs {
    pub(crate) async fn results(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<DirectList<Run>> {
        let query = page(ctx, &self.filter, self.cursor.as_deref(), self.limit);
        let records = ctx.storage().runs().get_records(query).await.map_err(ResolverError::from)?;
        Ok(records.into_iter().map(Run::from).collect())
    }

    pub(crate) async fn count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let count = ctx.storage().runs().count(&self.filter).await.map_err(ResolverError::from)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// Older name of a list of runs.
#[derive(Interface)]
#[graphql(
    field(name = "results", ty = "DirectList<Run>"),
    field(name = "count", ty = "Option<i32>")
)]
pub(crate) enum PipelineRuns {
    Runs(Runs),
}

#[derive(Union)]
pub(crate) enum RunsOrError {
    Runs(Runs),
    InvalidPipelineRunsFilterError(InvalidPipelineRunsFilterError),
    PythonError(PythonError),
}
or_error!(RunsOrError: InvalidPipelineRunsFilterError);

/// Ids of runs.
#[derive(SimpleObject)]
pub(crate) struct RunIds {
    results: Vec<String>,
}

#[derive(Union)]
pub(crate) enum RunIdsOrError {
    RunIds(RunIds),
    InvalidPipelineRunsFilterError(InvalidPipelineRunsFilterError),
    PythonError(PythonError),
}
or_error!(RunIdsOrError: InvalidPipelineRunsFilterError);

/// A run with its re-executions.
#[derive(SimpleObject)]
pub(crate) struct RunGroup {
    root_run_id: String,
    runs: Option<Vec<Option<Run>>>,
}

#[derive(Union)]
pub(crate) enum RunGroupOrError {
    RunGroup(RunGroup),
    RunGroupNotFoundError(RunGroupNotFoundError),
    PythonError(PythonError),
}
or_error!(RunGroupOrError: RunGroupNotFoundError);

/// Groups of runs.
#[derive(SimpleObject)]
pub(crate) struct RunGroups {
    results: Vec<RunGroup>,
}

/// Runs which match a filter, newest first.
pub(crate) async fn fetch_runs(
    ctx: &Context<'_>,
    filter: &RunsFilter,
    cursor: Option<&str>,
    limit: Option<i32>,
) -> Result<Vec<Run>, ResolverError> {
    let records = ctx.storage().runs().get_records(page(ctx, filter, cursor, limit)).await?;
    Ok(records.into_iter().map(Run::from).collect())
}

/// A page of runs, newest first; where a client names neither a limit nor runs, as large as configured.
fn page(
    ctx: &Context<'_>,
    filter: &RunsFilter,
    cursor: Option<&str>,
    limit: Option<i32>,
) -> rondel_storage::RunsQuery {
    let default = ctx.request().app.limits.run_records.filter(|_| filter.run_ids.is_none());
    rondel_storage::RunsQuery {
        filter: filter.clone(),
        cursor: cursor.map(str::to_owned),
        limit: limit.map(|limit| usize::try_from(limit).unwrap_or(0)).or(default),
        ..Default::default()
    }
}
