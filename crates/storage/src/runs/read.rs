//! Finding runs.

use indexmap::IndexMap;
use rondel_model::ids::UnixTime;
use rondel_model::partition::RunPartitionData;
use rondel_model::run::{DagsterRun, RunRecord, RunStatus, RunsFilter, tags};

use super::filter::{RunsQuery, append_source};
use super::{RunStore, run_from};
use crate::db::{Row, args};
use crate::error::{Result, StorageError};

/// A run with its re-executions (Dagster's run group).
#[derive(Clone, Debug)]
pub struct RunGroup {
    /// The first run.
    pub root_run_id: String,
    /// The root and all runs derived from it, the root first.
    pub runs: Vec<DagsterRun>,
}

/// Run ids by the value of a tag.
pub type RunsByTag = IndexMap<String, Vec<String>>;

const RECORD_COLUMNS: &str = "SELECT runs.id, runs.run_body, runs.status, runs.create_timestamp, runs.update_timestamp, runs.start_time, runs.end_time";

impl RunStore {
    /// A run.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_run(&self, run_id: &str) -> Result<Option<DagsterRun>> {
        let sql = self.db.sql("SELECT run_body, status FROM runs WHERE run_id = ?", args![run_id]);
        self.db.fetch_optional(sql).await?.map(|row| run_from(&row, 0, 1)).transpose()
    }

    /// Whether a run exists.
    ///
    /// # Errors
    /// Database errors.
    pub async fn has_run(&self, run_id: &str) -> Result<bool> {
        let sql = self.db.sql("SELECT 1 FROM runs WHERE run_id = ?", args![run_id]);
        Ok(self.db.fetch_optional(sql).await?.is_some())
    }

    /// Runs of a listing.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_runs(&self, query: impl Into<RunsQuery>) -> Result<Vec<DagsterRun>> {
        let mut sql = self.db.sql("SELECT runs.run_body, runs.status", []);
        query.into().append_to(&mut sql);
        self.db.fetch_all(sql).await?.iter().map(|row| run_from(row, 0, 1)).collect()
    }

    /// A run with its times.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_record(&self, run_id: &str) -> Result<Option<RunRecord>> {
        let mut sql = self.db.sql(RECORD_COLUMNS, []);
        sql.add(" FROM runs WHERE run_id = ?", args![run_id]);
        self.db.fetch_optional(sql).await?.map(|row| record_from(&row)).transpose()
    }

    /// Runs of a listing with their times.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_records(&self, query: impl Into<RunsQuery>) -> Result<Vec<RunRecord>> {
        let mut sql = self.db.sql(RECORD_COLUMNS, []);
        query.into().append_to(&mut sql);
        self.db.fetch_all(sql).await?.iter().map(record_from).collect()
    }

    /// Ids of a listing.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_run_ids(&self, query: impl Into<RunsQuery>) -> Result<Vec<String>> {
        let mut sql = self.db.sql("SELECT runs.run_id", []);
        query.into().append_to(&mut sql);
        self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
    }

    /// How many runs match.
    ///
    /// # Errors
    /// Database errors.
    pub async fn count(&self, filter: &RunsFilter) -> Result<usize> {
        let mut sql = self.db.sql("SELECT COUNT(*)", []);
        append_source(&mut sql, filter);
        let row = self.db.fetch_optional(sql).await?;
        Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0) as usize)
    }

    /// Statuses of runs by id; absent runs are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_statuses(&self, run_ids: &[String]) -> Result<IndexMap<String, RunStatus>> {
        let sql = self.db.sql("SELECT run_id, status FROM runs WHERE run_id IN ?", args![run_ids]);
        let rows = self.db.fetch_all(sql).await?;
        let mut statuses = IndexMap::with_capacity(rows.len());
        for row in rows {
            if let Some(status) = RunStatus::parse(&row.text(1)?) {
                statuses.insert(row.text(0)?, status);
            }
        }
        Ok(statuses)
    }

    /// A run's group.
    ///
    /// # Errors
    /// [`StorageError::RunNotFound`] when the run or its root is missing.
    pub async fn get_run_group(&self, run_id: &str) -> Result<RunGroup> {
        let groups = self.get_run_groups(&[run_id.to_owned()]).await?;
        groups
            .into_iter()
            .next()
            .map(|(_, group)| group)
            .ok_or_else(|| StorageError::RunNotFound(run_id.to_owned()))
    }

    /// Groups of several runs, by the run id asked for, in two queries.
    ///
    /// # Errors
    /// [`StorageError::RunNotFound`] when a run or its root is missing.
    pub async fn get_run_groups(&self, run_ids: &[String]) -> Result<IndexMap<String, RunGroup>> {
        let sql =
            self.db.sql("SELECT run_body, status FROM runs WHERE run_id IN ?", args![run_ids]);
        let rows = self.db.fetch_all(sql).await?;
        let mut root_of: IndexMap<String, String> = IndexMap::new();
        for row in &rows {
            let run = run_from(row, 0, 1)?;
            let root = run.root_run_id.clone().unwrap_or_else(|| run.run_id.0.clone());
            root_of.insert(run.run_id.0, root);
        }
        if let Some(missing) = run_ids.iter().find(|id| !root_of.contains_key(*id)) {
            return Err(StorageError::RunNotFound(missing.clone()));
        }
        let roots: Vec<String> = root_of.values().cloned().collect();
        let sql = self.db.sql(
            r#"SELECT runs.run_id, runs.run_body, runs.status, runs.id FROM runs WHERE runs.run_id IN ?
               UNION ALL
               SELECT run_tags.value, runs.run_body, runs.status, runs.id FROM run_tags
               JOIN runs ON runs.run_id = run_tags.run_id
               WHERE run_tags."key" = ? AND run_tags.value IN ?
               ORDER BY 4"#,
            args![roots.clone(), tags::ROOT_RUN_ID_TAG, roots],
        );
        let mut members: IndexMap<String, Vec<DagsterRun>> = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            members.entry(row.text(0)?).or_default().push(run_from(&row, 1, 2)?);
        }
        root_of
            .into_iter()
            .map(|(run_id, root_run_id)| {
                let mut runs = members.get(&root_run_id).cloned().unwrap_or_default();
                let root = runs.iter().position(|run| run.run_id.0 == root_run_id);
                let root = root.ok_or_else(|| StorageError::RunNotFound(root_run_id.clone()))?;
                let root = runs.remove(root);
                runs.insert(0, root);
                Ok((run_id, RunGroup { root_run_id, runs }))
            })
            .collect()
    }

    /// The latest run of each partition among those matching (Dagster's `get_run_partition_data`).
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_partition_data(&self, filter: &RunsFilter) -> Result<Vec<RunPartitionData>> {
        let mut sql = self.db.sql(
            "SELECT runs.partition, runs.run_id, runs.status, runs.start_time, runs.end_time",
            [],
        );
        RunsQuery::from(filter.clone()).append_to(&mut sql);
        let mut latest: IndexMap<String, RunPartitionData> = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            let Some(partition) = row.opt_text(0)?.filter(|partition| !partition.is_empty()) else {
                continue;
            };
            let Some(status) = RunStatus::parse(&row.text(2)?) else { continue };
            if latest.contains_key(&partition) {
                continue;
            }
            let data = RunPartitionData {
                run_id: row.text(1)?,
                partition: partition.clone(),
                status,
                start_time: row.opt_float(3)?,
                end_time: row.opt_float(4)?,
                extra: Default::default(),
            };
            latest.insert(partition, data);
        }
        Ok(latest.into_values().collect())
    }
}

fn record_from(row: &Row) -> Result<RunRecord> {
    Ok(RunRecord {
        storage_id: row.int(0)?,
        run: run_from(row, 1, 2)?,
        create_timestamp: UnixTime(row.time(3)?.unix_seconds()),
        update_timestamp: UnixTime(row.time(4)?.unix_seconds()),
        start_time: row.opt_float(5)?,
        end_time: row.opt_float(6)?,
    })
}
