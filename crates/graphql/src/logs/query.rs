//! Queries for events and captured output.

use async_graphql::{Context, ID, Object, Result};

use super::captured::{CapturedLogs, CapturedLogsMetadata};
use crate::{
    context::ContextExt,
    errors::{RunNotFoundError, capture},
    runs::{EventConnectionOrError, event_connection},
};

/// Queries for events and captured output.
#[derive(Default)]
pub(crate) struct LogsQuery;

#[Object]
impl LogsQuery {
    /// A page of a run's events.
    async fn logs_for_run(
        &self,
        ctx: &Context<'_>,
        run_id: ID,
        after_cursor: Option<String>,
        limit: Option<i32>,
    ) -> EventConnectionOrError {
        capture(ctx, async {
            let Some(run) = ctx.storage().runs().get_run(&run_id).await? else {
                return Err(RunNotFoundError::new(run_id.0).into());
            };
            event_connection(ctx, &run, after_cursor.as_deref(), limit).await
        })
        .await
    }

    /// Where captured output can be found whole.
    async fn captured_logs_metadata(
        &self,
        ctx: &Context<'_>,
        log_key: Vec<String>,
    ) -> Result<CapturedLogsMetadata> {
        CapturedLogsMetadata::of(ctx, &log_key).await
    }

    /// What was written to stdout and stderr.
    async fn captured_logs(
        &self,
        ctx: &Context<'_>,
        log_key: Vec<String>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> Result<CapturedLogs> {
        CapturedLogs::read(ctx, log_key, cursor.as_deref(), limit).await
    }
}
