//! The runs feed: runs and backfills as one list, newest first, with a cursor over both
//! (`dagster_graphql/implementation/fetch_runs.py`, `get_runs_feed_entries`).

use async_graphql::{Context, Enum, ID, Interface, SimpleObject, Union};
use rondel_model::{
    backfill::{BulkActionStatus, PartitionBackfill},
    ids::UnixTime,
    run::{RunRecord, RunStatus as ModelRunStatus, RunsFilter, TagValues, tags::BACKFILL_ID_TAG},
};
use rondel_storage::BackfillsFilter;

use super::{Run, RunStatus, RunsFilterInput};
use crate::{
    backfills::PartitionBackfill as BackfillNode,
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
    PartitionBackfill(BackfillNode),
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

/// What of the feed a view and a filter ask the stores for.
struct FeedQuery {
    runs: Option<RunsFilter>,
    backfills: Option<BackfillsFilter>,
}

impl FeedQuery {
    fn new(view: RunsFeedView, filter: Option<RunsFilter>, before: Option<UnixTime>) -> Self {
        let mut filter = filter.unwrap_or_default();
        filter.exclude_subruns = Some(view == RunsFeedView::Roots);
        filter.created_before = match (before, filter.created_before) {
            (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
            (a, b) => a.or(b),
        };
        let backfills = match view {
            RunsFeedView::Runs => None,
            RunsFeedView::Roots | RunsFeedView::Backfills => backfills_filter(&filter),
        };
        // Outside of the flat view the runs of a backfill do not appear.
        let runs = match view {
            RunsFeedView::Runs => Some(filter),
            RunsFeedView::Roots if filter.tags.contains_key(BACKFILL_ID_TAG) => None,
            RunsFeedView::Roots => Some(filter),
            RunsFeedView::Backfills => None,
        };
        FeedQuery { runs, backfills }
    }
}

/// The backfills which a filter of runs means; `None` when it can match none.
fn backfills_filter(filter: &RunsFilter) -> Option<BackfillsFilter> {
    let of_runs_only = filter.run_ids.as_ref().is_some_and(|ids| !ids.is_empty())
        || filter.updated_after.is_some()
        || filter.updated_before.is_some()
        || filter.snapshot_id.is_some();
    let statuses: Vec<_> =
        filter.statuses.iter().flat_map(|&s| bulk_statuses(s)).copied().collect();
    if of_runs_only || (!filter.statuses.is_empty() && statuses.is_empty()) {
        return None;
    }
    let mut tags = filter.tags.clone();
    let backfill_ids = tags.shift_remove(BACKFILL_ID_TAG).map(|ids| match ids {
        TagValues::One(id) => vec![id],
        TagValues::AnyOf(ids) => ids,
    });
    Some(BackfillsFilter {
        statuses,
        created_before: filter.created_before,
        created_after: filter.created_after,
        tags,
        job_name: filter.job_name.clone(),
        backfill_ids,
        selector_id: None,
    })
}

/// The statuses of backfills which the feed shows as a run's status.
fn bulk_statuses(status: ModelRunStatus) -> &'static [BulkActionStatus] {
    match status {
        ModelRunStatus::Success => &[BulkActionStatus::CompletedSuccess],
        ModelRunStatus::Failure => &[
            BulkActionStatus::Failed,
            BulkActionStatus::CompletedFailed,
            BulkActionStatus::Failing,
        ],
        ModelRunStatus::Canceled => &[BulkActionStatus::Canceled],
        ModelRunStatus::Canceling => &[BulkActionStatus::Canceling],
        ModelRunStatus::Started => &[BulkActionStatus::Requested],
        _ => &[],
    }
}

/// An entry while both lists are merged.
enum Entry {
    Run(Box<RunRecord>),
    Backfill(Box<PartitionBackfill>),
}

impl Entry {
    fn created(&self) -> f64 {
        match self {
            Entry::Run(record) => record.create_timestamp.seconds(),
            Entry::Backfill(backfill) => backfill.backfill_timestamp,
        }
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
    let filter = filter.map(RunsFilterInput::into_filter);
    let query = FeedQuery::new(view, filter, cursor.timestamp.map(UnixTime));
    // One more of each than shown tells whether there is more.
    let fetched = limit + 1;
    let (runs, backfills) = futures::try_join!(
        fetch_runs(ctx, query.runs, &cursor, fetched),
        fetch_backfills(ctx, query.backfills, &cursor, fetched)
    )?;
    let has_more = runs.len() == fetched || runs.len() + backfills.len() > limit;
    let (shown, next) = merge(runs, backfills, limit, cursor);
    let results = shown
        .into_iter()
        .map(|entry| match entry {
            Entry::Run(record) => RunsFeedEntry::from(Run::from(*record)),
            Entry::Backfill(backfill) => RunsFeedEntry::from(BackfillNode::new(*backfill)),
        })
        .collect();
    Ok(RunsFeedConnection { results, cursor: next.to_string(), has_more })
}

async fn fetch_runs(
    ctx: &Context<'_>,
    filter: Option<RunsFilter>,
    cursor: &FeedCursor,
    limit: usize,
) -> Result<Vec<RunRecord>, ResolverError> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let cursor = cursor.run.clone();
    let query =
        rondel_storage::RunsQuery { filter, cursor, limit: Some(limit), ..Default::default() };
    Ok(ctx.storage().runs().get_records(query).await?)
}

async fn fetch_backfills(
    ctx: &Context<'_>,
    filter: Option<BackfillsFilter>,
    cursor: &FeedCursor,
    limit: usize,
) -> Result<Vec<PartitionBackfill>, ResolverError> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let store = ctx.storage().backfills();
    Ok(store.get_backfills(&filter, cursor.backfill.as_deref(), Some(limit)).await?)
}

/// The newest entries of both lists, and the position after them. Of equal age, backfills come
/// first.
fn merge(
    runs: Vec<RunRecord>,
    backfills: Vec<PartitionBackfill>,
    limit: usize,
    cursor: FeedCursor,
) -> (Vec<Entry>, FeedCursor) {
    let backfills = backfills.into_iter().map(|backfill| Entry::Backfill(Box::new(backfill)));
    let runs = runs.into_iter().map(|record| Entry::Run(Box::new(record)));
    let mut entries: Vec<Entry> = backfills.chain(runs).collect();
    entries.sort_by(|a, b| b.created().total_cmp(&a.created()));
    entries.truncate(limit);
    let last_run = entries.iter().rev().find_map(|entry| match entry {
        Entry::Run(record) => Some(record.run.run_id.to_string()),
        Entry::Backfill(_) => None,
    });
    let last_backfill = entries.iter().rev().find_map(|entry| match entry {
        Entry::Backfill(backfill) => Some(backfill.backfill_id.clone()),
        Entry::Run(_) => None,
    });
    let next = FeedCursor {
        run: last_run.or(cursor.run),
        backfill: last_backfill.or(cursor.backfill),
        timestamp: entries.last().map(Entry::created).or(cursor.timestamp),
    };
    (entries, next)
}

/// How many entries the feed has.
pub(crate) async fn feed_count(
    ctx: &Context<'_>,
    view: RunsFeedView,
    filter: Option<RunsFilterInput>,
) -> Result<RunsFeedCount, ResolverError> {
    let query = FeedQuery::new(view, filter.map(RunsFilterInput::into_filter), None);
    let runs = match &query.runs {
        Some(filter) => ctx.storage().runs().count(filter).await?,
        None => 0,
    };
    let backfills = match &query.backfills {
        Some(filter) => ctx.storage().backfills().count(filter).await?,
        None => 0,
    };
    Ok(RunsFeedCount { count: runs + backfills })
}

#[cfg(test)]
mod tests {
    use rondel_model::{run::DagsterRun, serdes::from_text};

    use super::*;

    #[test]
    fn a_cursor_reads_back_what_it_wrote() {
        let cursor = FeedCursor { run: Some("r".into()), backfill: None, timestamp: Some(1.5) };
        assert_eq!(cursor.to_string(), "r::::1.5");
        assert_eq!(FeedCursor::parse(Some("r::::1.5")).unwrap(), cursor);
        assert_eq!(FeedCursor::parse(None).unwrap(), FeedCursor::default());
        assert!(FeedCursor::parse(Some("r")).is_err());
    }

    #[test]
    fn runs_and_backfills_are_merged_by_age() {
        let run = |id: &str, created| RunRecord {
            storage_id: 0,
            run: DagsterRun::new(id, "job"),
            create_timestamp: UnixTime(created),
            update_timestamp: UnixTime(created),
            start_time: None,
            end_time: None,
        };
        let backfill = |id: &str, created: f64| -> PartitionBackfill {
            let text = format!(
                r#"{{"__class__": "PartitionBackfill", "backfill_id": "{id}",
                "status": {{"__enum__": "BulkActionStatus.REQUESTED"}}, "from_failure": false,
                "backfill_timestamp": {created:?}}}"#
            );
            from_text(&text).unwrap()
        };
        let runs = vec![run("r2", 4.0), run("r1", 1.0)];
        let backfills = vec![backfill("b2", 3.0), backfill("b1", 2.0)];
        let (shown, next) = merge(runs, backfills, 3, FeedCursor::default());
        let created: Vec<_> = shown.iter().map(Entry::created).collect();
        assert_eq!(created, [4.0, 3.0, 2.0]);
        assert_eq!(next.to_string(), "r2::b1::2");
    }

    #[test]
    fn a_filter_that_only_runs_have_matches_no_backfill() {
        let by_status = |status| RunsFilter { statuses: vec![status], ..Default::default() };
        assert!(backfills_filter(&by_status(ModelRunStatus::Queued)).is_none());
        let canceled = backfills_filter(&by_status(ModelRunStatus::Canceled)).unwrap();
        assert_eq!(canceled.statuses, [BulkActionStatus::Canceled]);
        let of_backfill = RunsFilter::default().with_tag(BACKFILL_ID_TAG, "b".to_owned());
        let query = FeedQuery::new(RunsFeedView::Roots, Some(of_backfill), None);
        assert!(query.runs.is_none());
        assert_eq!(query.backfills.unwrap().backfill_ids, Some(vec!["b".to_owned()]));
    }
}
