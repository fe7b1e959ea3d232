//! What steps wrote to stdout and stderr.

use async_graphql::{Context, Result, SimpleObject};
use rondel_instance::compute_logs::LogCursor;

use crate::{context::ContextExt, errors::ResolverError};

/// A piece of captured output.
#[derive(SimpleObject, Clone)]
pub(crate) struct CapturedLogs {
    #[graphql(owned)]
    pub(crate) log_key: Vec<String>,
    #[graphql(owned)]
    pub(crate) stdout: Option<String>,
    #[graphql(owned)]
    pub(crate) stderr: Option<String>,
    #[graphql(owned)]
    pub(crate) cursor: Option<String>,
}

/// Where captured output can be found whole.
#[derive(SimpleObject)]
pub(crate) struct CapturedLogsMetadata {
    stdout_download_url: Option<String>,
    stdout_location: Option<String>,
    stderr_download_url: Option<String>,
    stderr_location: Option<String>,
}

impl CapturedLogs {
    /// Reads on from a cursor. What is not UTF-8 is replaced, so that logs can always be seen.
    pub(crate) async fn read(
        ctx: &Context<'_>,
        log_key: Vec<String>,
        cursor: Option<&str>,
        limit: Option<i32>,
    ) -> Result<Self> {
        let max_bytes = limit.and_then(|limit| u64::try_from(limit).ok());
        let read = ctx
            .instance()
            .compute_logs()
            .read_both(&log_key, LogCursor::parse(cursor), max_bytes)
            .await
            .map_err(ResolverError::from)?;
        Ok(Self::from_read(log_key, read))
    }

    pub(crate) fn from_read(
        log_key: Vec<String>,
        read: rondel_instance::compute_logs::CapturedLogs,
    ) -> Self {
        let text = |bytes: Option<Vec<u8>>| {
            // Nothing captured and nothing new are the same to Dagster's clients.
            bytes.filter(|b| !b.is_empty()).map(|b| String::from_utf8_lossy(&b).into_owned())
        };
        CapturedLogs {
            log_key,
            stdout: text(read.stdout),
            stderr: text(read.stderr),
            cursor: Some(read.cursor.to_string()),
        }
    }
}

impl CapturedLogsMetadata {
    pub(crate) async fn of(ctx: &Context<'_>, log_key: &[String]) -> Result<Self> {
        let logs = ctx.instance().compute_logs();
        let found = logs.locations(log_key).await.map_err(ResolverError::from)?;
        Ok(CapturedLogsMetadata {
            stdout_download_url: found.stdout_download_url,
            stdout_location: found.stdout_location,
            stderr_download_url: found.stderr_download_url,
            stderr_location: found.stderr_location,
        })
    }
}
