//! The runs feed: runs and backfills as one list, newest first, with a cursor over both
//! (`dagster_graphql/implementation/fetch_runs.py`, `get_runs_feed_entries`).

use async_graphql::{Context, Enum, ID, Interface, SimpleObject, Union};
use rondel_model::{
    ids::UnixTime,
    run::{RunsFilter, tags::BACKFILL_ID_TAG},
};

use super::{Run, RunStatus, RunsFilterInput};
use crate::{
    backfills::PartitionBackfill,
    common::{AssetCheckHandle, AssetKey, PipelineTag},
    context::ContextExt,
    errors::{PythonError, ResolverError, or_error},
};

/// What the feed shows.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub(crate) enum RunsFeedView {
    /// Backfills, and runs outside of them.
    Roots,
    /// Runs, those of backfills included.
    Runs,
    /// Backfills only.
    Backfills,
}

/// A run or a backfill.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "run_status", ty = "Option<RunStatus>"),
    field(name = "creation_time", ty = "f64"),
    field(name = "start_time", ty = "Option<f64>"),
    field(name = "end_time", ty = "Option<f64>"),
    field(name = "tags", ty = "Vec<PipelineTag>"),
    field(name = "job_name", ty = "Option<String>"),
    field(name = "assetSelection", method = "whole_asset_selection", ty = "Option<Vec<AssetKey>>"),
    field(
        name = "assetCheckSelection",
        method = "whole_asset_check_selection",
        ty = "Option<Vec<AssetCheckHandle>>"
    )
)]
pub(crate) enum RunsFeedEntry {
    Run(Run),
    PartitionBackfill(PartitionBackfill),
}

/// A page of the feed.
#[derive(SimpleObject)]
pub(crate) struct RunsFeedConnection {
    results: Vec<RunsFeedEntry>,
    cursor: String,
    has_more: bool,
}

#[derive(Union)]
pub(crate) enum RunsFeedConnectionOrError {
    RunsFeedConnection(RunsFeedConnection),
    PythonError(PythonError),
}
or_error!(RunsFeedConnectionOrError:);

#[derive(SimpleObject)]
pub(crate) struct RunsFeedCount {
    pub(crate) count: usize,
}

#[derive(Union)]
pub(crate) enum RunsFeedCountOrError {
    RunsFeedCount(RunsFeedCount),
    PythonError(PythonError),
}
or_error!(RunsFeedCountOrError:);

/// A position in the feed: the oldest run and backfill shown, and the time of the oldest entry,
/// so that what is created meanwhile does not appear on a later page.
#[derive(Clone, Debug, Default, PartialEq)]
struct FeedCursor {
    run: Option<String>,
    backfill: Option<String>,
    timestamp: Option<f64>,
}

const DELIMITER: &str = "::";

impl FeedCursor {
    fn parse(text: Option<&str>) -> Result<Self, ResolverError> {
        let Some(text) = text else { return Ok(Self::default()) };
        let parts: Vec<_> = text.split(DELIMITER).collect();
        let [run, backfill, timestamp] = parts[..] else {
            return Err(ResolverError::invariant(format!(
                "Invalid cursor for querying runs: {text}"
            )));
        };
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let timestamp = match part(timestamp) {
            Some(text) => Some(text.parse().map_err(|_| {
                ResolverError::raised(
                    "ValueError",
                    format!("could not convert string to float: '{text}'"),
                )
            })?),
            None => None,
        };
        Ok(FeedCursor { run: part(run), backfill: part(backfill), timestamp })
    }
}

impl std::fmt::Display for FeedCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let run = self.run.as_deref().unwrap_or_default();
        let backfill = self.backfill.as_deref().unwrap_or_default();
        write!(f, "{run}{DELIMITER}{backfill}{DELIMITER}")?;
        match self.timestamp {
            Some(timestamp) => write!(f, "{timestamp}"),
            None => Ok(()),
        }
    }
}

/// Whether runs of the filter can appear: outside of the flat view those of backfills do not.
fn wants_runs(view: RunsFeedView, filter: &RunsFilter) -> bool {
    match view {
        RunsFeedView::Runs => true,
        RunsFeedView::Roots => !filter.tags.contains_key(BACKFILL_ID_TAG),
        RunsFeedView::Backfills => false,
    }
}

/// One page of the feed.
pub(crate) async fn feed(
    ctx: &Context<'_>,
    limit: i32,
    cursor: Option<&str>,
    view: RunsFeedView,
    filter: Option<RunsFilterInput>,
) -> Result<RunsFeedConnection, ResolverError> {
    let cursor = FeedCursor::parse(cursor)?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let mut filter = filter.map(RunsFilterInput::into_filter).unwrap_or_default();
    filter.exclude_subruns = Some(view == RunsFeedView::Roots);
    filter.created_before = match (cursor.timestamp.map(UnixTime), filter.created_before) {
        (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
        (a, b) => a.or(b),
    };
    // One more than shown tells whether there is more.
    let fetched = limit + 1;
    let runs = if wants_runs(view, &filter) {
        let query = rondel_storage::RunsQuery {
            filter: filter.clone(),
            cursor: cursor.run.clone(),
            limit: Some(fetched),
            ..Default::default()
        };
        ctx.storage().runs().get_records(query).await?
    } else {
        Vec::new()
    };
    let has_more = runs.len() == fetched;
    let shown: Vec<Run> = runs.into_iter().take(limit).map(Run::from).collect();
    let next = FeedCursor {
        run: shown.last().map(|run| run.record.run.run_id.to_string()).or(cursor.run),
        backfill: cursor.backfill,
        timestamp: shown
            .last()
            .map(|run| run.record.create_timestamp.seconds())
            .or(cursor.timestamp),
    };
    Ok(RunsFeedConnection {
        results: shown.into_iter().map(RunsFeedEntry::from).collect(),
        cursor: next.to_string(),
        has_more,
    })
}

/// How many entries the feed has.
pub(crate) async fn feed_count(
    ctx: &Context<'_>,
    view: RunsFeedView,
    filter: Option<RunsFilterInput>,
) -> Result<RunsFeedCount, ResolverError> {
    let mut filter = filter.map(RunsFilterInput::into_filter).unwrap_or_default();
    filter.exclude_subruns = Some(view == RunsFeedView::Roots);
    let runs = if view == RunsFeedView::Backfills {
        0
    } else {
        ctx.storage().runs().count(&filter).await?
    };
    Ok(RunsFeedCount { count: runs })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_what_it_wrote() {
        let cursor = FeedCursor { run: Some("r".into()), backfill: None, timestamp: Some(1.5) };
        assert_eq!(cursor.to_string(), "r::::1.5");
        assert_eq!(FeedCursor::parse(Some("r::::1.5")).unwrap(), cursor);
        assert_eq!(FeedCursor::parse(None).unwrap(), FeedCursor::default());
        assert!(FeedCursor::parse(Some("r")).is_err());
    }
}
