//! A run's events, page by page.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject, Union};
use rondel_model::{
    event::{DagsterEventType, EventLogEntry},
    ids::RunId,
    run::DagsterRun,
};
use rondel_storage::{EventLogCursor, RunEventsQuery};

use super::loader::RunEventsKey;
use crate::{
    context::ContextExt,
    direct::DirectList,
    errors::{PythonError, ResolverError, RunNotFoundError, or_error},
    logs::DagsterRunEvent,
};

/// A page of a run's log.
#[derive(SimpleObject)]
pub(crate) struct EventConnection {
    #[graphql(owned)]
    pub(crate) events: DirectList<DagsterRunEvent>,
    #[graphql(owned)]
    pub(crate) cursor: String,
    pub(crate) has_more: bool,
}

#[derive(Union)]
pub(crate) enum EventConnectionOrError {
    EventConnection(EventConnection),
    RunNotFoundError(RunNotFoundError),
    PythonError(PythonError),
}
or_error!(EventConnectionOrError: RunNotFoundError);

/// How many events a page holds at most (`DAGSTER_UI_EVENT_LOAD_CHUNK_SIZE`).
pub(crate) fn page_size(ctx: &Context<'_>) -> usize {
    ctx.request().app.limits.event_page
}

/// The page after a cursor; a larger limit than allowed is cut.
pub(crate) async fn event_connection(
    ctx: &Context<'_>,
    run: &DagsterRun,
    after_cursor: Option<&str>,
    limit: Option<i32>,
) -> Result<EventConnection, ResolverError> {
    let most = page_size(ctx);
    let limit = limit.map_or(most, |limit| usize::try_from(limit).unwrap_or(0).min(most));
    let query = RunEventsQuery {
        cursor: after_cursor.map(EventLogCursor::parse).transpose()?,
        limit: Some(limit),
        ..RunEventsQuery::default()
    };
    let page = ctx.storage().events().get_records_for_run(run.run_id.as_str(), &query).await?;
    let job_name: Arc<str> = run.job_name.as_str().into();
    Ok(EventConnection {
        events: shown_events(page.results.into_iter().map(|record| record.entry), &job_name),
        cursor: page.cursor,
        has_more: page.has_more,
    })
}

/// Entries as events. Failures to materialize are recorded for assets, not shown in a run's log.
pub(crate) fn shown_events(
    entries: impl Iterator<Item = EventLogEntry>,
    job_name: &Arc<str>,
) -> DirectList<DagsterRunEvent> {
    entries
        .map(|entry| DagsterRunEvent::of(Arc::new(entry), job_name))
        .filter(|event| !matches!(event, DagsterRunEvent::FailedToMaterializeEvent(_)))
        .collect()
}

/// All events of a type; read at once for all runs of a page.
pub(super) async fn all_events(
    ctx: &Context<'_>,
    run_id: &RunId,
    kind: DagsterEventType,
) -> Result<Arc<[Arc<EventLogEntry>]>, ResolverError> {
    let events = ctx.loader().load_one(RunEventsKey(run_id.clone(), kind)).await?;
    Ok(events.unwrap_or_default())
}
