//! Which runs, in which order.

use rondel_model::run::RunsFilter;

use crate::db::{Arg, Sql, args};
use crate::paging::Order;
use crate::timestamp::Timestamp;

/// The column a listing is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunOrderBy {
    /// Creation order.
    #[default]
    Id,
    /// Time of creation.
    CreateTimestamp,
    /// Time of the last change.
    UpdateTimestamp,
    /// Time execution began.
    StartTime,
    /// Time the run finished.
    EndTime,
}

impl RunOrderBy {
    fn column(self) -> &'static str {
        match self {
            Self::Id => "runs.id",
            Self::CreateTimestamp => "runs.create_timestamp",
            Self::UpdateTimestamp => "runs.update_timestamp",
            Self::StartTime => "runs.start_time",
            Self::EndTime => "runs.end_time",
        }
    }
}

/// A listing of runs.
#[derive(Clone, Debug, Default)]
pub struct RunsQuery {
    /// Which runs.
    pub filter: RunsFilter,
    /// A run id: continue after that run, in the order of creation.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Sorted by.
    pub order_by: RunOrderBy,
    /// Newest first by default.
    pub order: Order,
}

impl From<RunsFilter> for RunsQuery {
    fn from(filter: RunsFilter) -> Self {
        Self { filter, ..Self::default() }
    }
}

impl RunsQuery {
    /// Runs matching `filter`, newest first, at most `limit`.
    pub fn newest(filter: RunsFilter, limit: usize) -> Self {
        Self { filter, limit: Some(limit), ..Self::default() }
    }

    /// Appends `FROM … WHERE … ORDER BY … LIMIT …`.
    pub(super) fn append_to(&self, sql: &mut Sql) {
        append_source(sql, &self.filter);
        if let Some(cursor) = &self.cursor {
            sql.push(" AND runs.id ")
                .push(self.order.after())
                .add(" (SELECT id FROM runs WHERE run_id = ?)", args![cursor]);
        }
        sql.push(" ORDER BY ").push(self.order_by.column()).push(" ").push(self.order.sql());
        if let Some(limit) = self.limit {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
    }
}

/// Appends `FROM … WHERE …` for a filter. Tags are tested by uncorrelated subqueries: unlike
/// Dagster's joins they cannot multiply rows, PostgreSQL plans them as semi-joins, and SQLite
/// (which would walk all runs for `EXISTS`) reads each tag's runs once.
pub(super) fn append_source(sql: &mut Sql, filter: &RunsFilter) {
    sql.push(" FROM runs WHERE 1 = 1");
    if let Some(run_ids) = &filter.run_ids {
        let ids: Vec<String> = run_ids.iter().map(|id| id.0.clone()).collect();
        sql.add(" AND runs.run_id IN ?", args![ids]);
    }
    if let Some(job_name) = &filter.job_name {
        sql.add(" AND runs.pipeline_name = ?", args![job_name]);
    }
    if !filter.statuses.is_empty() {
        let statuses: Vec<String> =
            filter.statuses.iter().map(|status| status.as_str().to_owned()).collect();
        sql.add(" AND runs.status IN ?", args![statuses]);
    }
    if let Some(snapshot_id) = &filter.snapshot_id {
        sql.add(" AND runs.snapshot_id = ?", args![snapshot_id]);
    }
    let bounds = [
        (filter.updated_after, " AND runs.update_timestamp > ?"),
        (filter.updated_before, " AND runs.update_timestamp < ?"),
        (filter.created_after, " AND runs.create_timestamp > ?"),
        (filter.created_before, " AND runs.create_timestamp < ?"),
    ];
    for (bound, condition) in bounds {
        if let Some(time) = bound {
            sql.add(condition, args![Timestamp::from_unix_seconds(time.seconds())]);
        }
    }
    if filter.exclude_subruns == Some(true) {
        sql.push(" AND runs.backfill_id IS NULL");
    }
    for (key, values) in &filter.tags {
        sql.add(
            r#" AND runs.run_id IN (SELECT run_tags.run_id FROM run_tags WHERE run_tags."key" = ?"#,
            args![key],
        );
        match values.as_slice() {
            [value] => sql.add(" AND run_tags.value = ?)", args![value]),
            values => sql.add(" AND run_tags.value IN ?)", [Arg::Texts(values.to_vec())]),
        };
    }
}
