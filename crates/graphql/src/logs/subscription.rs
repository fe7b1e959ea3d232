//! Events and captured output as they come.
//!
//! The first payload holds the backlog (in pages, `hasMorePastEvents` until the last); then each
//! payload holds what came since, pushed by the store's watch. The cursor `HEAD` leaves the backlog
//! out.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription, Union};
use futures::{Stream, stream};
use rondel_instance::{Instance, compute_logs::LogCursor};
use rondel_model::run::{DagsterRun, RunRecord};
use rondel_storage::{EventLogCursor, EventWatch, RunEventsQuery, StorageError};

use super::{captured::CapturedLogs, events::DagsterRunEvent};
use crate::{
    context::ContextExt,
    direct::DirectList,
    errors::ResolverError,
    runs::{Run, page_size, shown_events},
};

/// The cursor that stands for the present.
const HEAD: &str = "HEAD";

/// Subscriptions to events and captured output.
#[derive(Default)]
pub(crate) struct LogsSubscription;

/// Events of the run.
#[derive(SimpleObject)]
pub(crate) struct PipelineRunLogsSubscriptionSuccess {
    run: Run,
    messages: DirectList<DagsterRunEvent>,
    has_more_past_events: bool,
    cursor: String,
}

/// There is no such run.
#[derive(SimpleObject)]
pub(crate) struct PipelineRunLogsSubscriptionFailure {
    message: String,
    missing_run_id: Option<String>,
}

#[derive(Union)]
pub(crate) enum PipelineRunLogsSubscriptionPayload {
    PipelineRunLogsSubscriptionSuccess(PipelineRunLogsSubscriptionSuccess),
    PipelineRunLogsSubscriptionFailure(PipelineRunLogsSubscriptionFailure),
}

/// How far a subscription to a run's events has come.
enum Position {
    Backlog(Option<EventLogCursor>),
    Live(Box<EventWatch>),
}

struct Following {
    instance: Arc<Instance>,
    record: Arc<RunRecord>,
    job_name: Arc<str>,
    page_size: usize,
    /// Whether the backlog is passed over.
    from_head: bool,
    position: Position,
}

impl Following {
    fn run(&self) -> &DagsterRun {
        &self.record.run
    }

    /// The next payload.
    async fn next(&mut self) -> Result<PipelineRunLogsSubscriptionSuccess, StorageError> {
        loop {
            let events = self.instance.storage().events();
            let run_id = self.record.run.run_id.as_str();
            let (records, cursor, has_more) = match &mut self.position {
                Position::Backlog(cursor) => {
                    let query = RunEventsQuery {
                        cursor: *cursor,
                        limit: Some(self.page_size),
                        ..RunEventsQuery::default()
                    };
                    let page = events.get_records_for_run(run_id, &query).await?;
                    let reached = EventLogCursor::parse(&page.cursor)?;
                    self.position = if page.has_more {
                        Position::Backlog(Some(reached))
                    } else {
                        Position::Live(Box::new(events.watch(run_id, Some(reached))))
                    };
                    if self.from_head {
                        continue;
                    }
                    (page.results, page.cursor, page.has_more)
                }
                Position::Live(watch) => {
                    let records = watch.next().await?;
                    (records, watch.cursor().to_string(), false)
                }
            };
            // The run as it is after these events.
            if let Some(record) = self.instance.storage().runs().get_record(run_id).await? {
                self.record = Arc::new(record);
            }
            let entries = records.into_iter().map(|record| record.entry);
            return Ok(PipelineRunLogsSubscriptionSuccess {
                run: Run::new(Arc::clone(&self.record)),
                messages: shown_events(entries, &self.job_name),
                has_more_past_events: has_more,
                cursor,
            });
        }
    }
}

#[Subscription]
impl LogsSubscription {
    /// A run's events, from a cursor on.
    async fn pipeline_run_logs(
        &self,
        ctx: &Context<'_>,
        run_id: ID,
        #[graphql(desc = "A cursor from an earlier answer; 'HEAD' leaves out what has happened.")]
        cursor: Option<String>,
    ) -> Result<impl Stream<Item = Result<PipelineRunLogsSubscriptionPayload>> + use<>> {
        let instance = Arc::clone(ctx.instance());
        let record =
            instance.storage().runs().get_record(&run_id).await.map_err(ResolverError::from)?;
        let state = match record {
            None => Err(PipelineRunLogsSubscriptionFailure {
                message: format!("Could not load run with id {}", run_id.0),
                missing_run_id: Some(run_id.0),
            }),
            Some(record) => {
                let from_head = cursor.as_deref() == Some(HEAD);
                let start = cursor.filter(|_| !from_head);
                let start = start.as_deref().map(EventLogCursor::parse).transpose();
                Ok(Following {
                    instance,
                    job_name: record.run.job_name.as_str().into(),
                    record: Arc::new(record),
                    page_size: page_size(ctx),
                    from_head,
                    position: Position::Backlog(start.map_err(ResolverError::from)?),
                })
            }
        };
        Ok(stream::unfold(Some(state), |state| async move {
            match state? {
                Err(failure) => Some((Ok(failure.into()), None)),
                Ok(mut following) => match following.next().await {
                    Ok(success) => Some((Ok(success.into()), Some(Ok(following)))),
                    Err(error) => {
                        tracing::warn!(%error, run_id = %following.run().run_id, "event stream");
                        Some((Err(ResolverError::from(error).into()), None))
                    }
                },
            }
        }))
    }

    /// What is written to stdout and stderr, as it is written.
    async fn captured_logs(
        &self,
        ctx: &Context<'_>,
        log_key: Vec<String>,
        cursor: Option<String>,
    ) -> impl Stream<Item = Result<CapturedLogs>> + use<> {
        let state = Tail {
            instance: Arc::clone(ctx.instance()),
            cursor: LogCursor::parse(cursor.as_deref()),
            log_key,
            first: true,
        };
        stream::unfold(Some(state), |state| async move {
            let mut tail = state?;
            match tail.next().await {
                Ok((logs, complete)) => Some((Ok(logs), (!complete).then_some(tail))),
                Err(error) => Some((Err(error.into()), None)),
            }
        })
    }
}

/// How far a subscription to captured output has come.
struct Tail {
    instance: Arc<Instance>,
    log_key: Vec<String>,
    cursor: LogCursor,
    first: bool,
}

impl Tail {
    /// The next piece, and whether it is the last. The first comes at once, even when empty.
    async fn next(&mut self) -> Result<(CapturedLogs, bool), ResolverError> {
        loop {
            let logs = self.instance.compute_logs();
            // Asked before reading: what was complete then is whole in what is read.
            let complete = logs.is_complete(&self.log_key).await?;
            let read = logs.read_both(&self.log_key, self.cursor, None).await?;
            let news = read.cursor != self.cursor;
            if news || self.first || complete {
                self.first = false;
                self.cursor = read.cursor;
                return Ok((CapturedLogs::from_read(self.log_key.clone(), read), complete));
            }
            tokio::time::sleep(logs.poll_interval()).await;
        }
    }
}
