//! Executions of asset checks.

use std::collections::HashSet;

use indexmap::IndexMap;
use rondel_model::event::{DagsterEventType, EventLogEntry};
use rondel_model::ids::{AssetCheckKey, AssetKey};

use super::{AssetStore, EVENTS_WITH_WIPE};
use crate::body;
use crate::db::{Row, Sql, args};
use crate::error::{Result, StorageError};

/// How far a check's execution came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssetCheckExecutionStatus {
    /// A run intends to execute it.
    Planned,
    /// It passed.
    Succeeded,
    /// It did not pass.
    Failed,
}

impl AssetCheckExecutionStatus {
    /// The statuses of a finished execution.
    pub const COMPLETED: [Self; 2] = [Self::Succeeded, Self::Failed];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Planned, Self::Succeeded, Self::Failed].into_iter().find(|it| it.as_str() == text)
    }
}

/// Which partitions of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PartitionFilter {
    /// Any, or none.
    #[default]
    Any,
    /// Executions without a partition.
    Unpartitioned,
    /// Executions of this partition.
    Key(String),
}

/// An execution of a check (Dagster's `AssetCheckExecutionRecord`).
#[derive(Clone, Debug, PartialEq)]
pub struct AssetCheckExecutionRecord {
    /// The check.
    pub key: AssetCheckKey,
    /// The row's id.
    pub id: i64,
    /// The run.
    pub run_id: String,
    /// How far it came.
    pub status: AssetCheckExecutionStatus,
    /// The planned or the evaluation event; absent in rows of an old Dagster.
    pub event: Option<EventLogEntry>,
    /// When the row was created, in Unix seconds.
    pub create_timestamp: f64,
    /// The partition.
    pub partition: Option<String>,
}

/// The last execution of a check and the last completed one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssetCheckSummaryRecord {
    /// The last execution.
    pub last: Option<AssetCheckExecutionRecord>,
    /// The last one that passed or failed.
    pub last_completed: Option<AssetCheckExecutionRecord>,
}

/// The last execution of a check for a partition (Dagster's `AssetCheckPartitionInfo`).
#[derive(Clone, Debug, PartialEq)]
pub struct AssetCheckPartitionInfo {
    /// The check.
    pub check_key: AssetCheckKey,
    /// The partition; `None` for an unpartitioned execution.
    pub partition_key: Option<String>,
    /// How far the last execution came.
    pub latest_execution_status: AssetCheckExecutionStatus,
    /// Its run.
    pub latest_planned_run_id: String,
    /// Id of the last event (planned or evaluation) of the check.
    pub latest_check_event_storage_id: i64,
    /// Id of the latest materialization of the asset (partition), checked or not.
    pub latest_materialization_storage_id: Option<i64>,
    /// Id of the materialization the last execution was about.
    pub latest_target_materialization_storage_id: Option<i64>,
}

impl AssetCheckPartitionInfo {
    /// Whether the last execution was about the latest materialization.
    pub fn is_current(&self) -> bool {
        self.latest_materialization_storage_id.is_none()
            || self.latest_materialization_storage_id
                == self.latest_target_materialization_storage_id
    }
}

const COLUMNS: &str = "SELECT c.id, c.run_id, c.execution_status, c.evaluation_event, c.create_timestamp, c.partition, c.asset_key, c.check_name FROM asset_check_executions c";

impl AssetStore {
    /// Executions of a check, newest first, before row id `cursor`.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn check_execution_history(
        &self,
        key: &AssetCheckKey,
        limit: usize,
        cursor: Option<i64>,
        statuses: &[AssetCheckExecutionStatus],
        partition: &PartitionFilter,
    ) -> Result<Vec<AssetCheckExecutionRecord>> {
        let mut sql = self.db.sql(COLUMNS, []);
        sql.add(
            " WHERE c.asset_key = ? AND c.check_name = ?",
            args![key.asset_key.to_db_string(), &key.name],
        );
        append_partition(&mut sql, partition);
        if let Some(cursor) = cursor {
            sql.add(" AND c.id < ?", args![cursor]);
        }
        append_statuses(&mut sql, statuses);
        sql.add(" ORDER BY c.id DESC LIMIT ?", args![limit as i64]);
        self.db.fetch_all(sql).await?.iter().map(execution_from).collect()
    }

    /// The last execution of each check, in one query; of some statuses only when given.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn latest_check_executions(
        &self,
        keys: &[AssetCheckKey],
        statuses: &[AssetCheckExecutionStatus],
        partition: &PartitionFilter,
    ) -> Result<IndexMap<AssetCheckKey, AssetCheckExecutionRecord>> {
        let wanted: HashSet<&AssetCheckKey> = keys.iter().collect();
        let assets: HashSet<String> = keys.iter().map(|key| key.asset_key.to_db_string()).collect();
        let names: HashSet<String> = keys.iter().map(|key| key.name.clone()).collect();
        let mut sql = self.db.sql(COLUMNS, []);
        sql.add(
            " JOIN (SELECT MAX(c.id) AS id FROM asset_check_executions c
                    WHERE c.asset_key IN ? AND c.check_name IN ?",
            args![assets.into_iter().collect::<Vec<_>>(), names.into_iter().collect::<Vec<_>>()],
        );
        append_partition(&mut sql, partition);
        append_statuses(&mut sql, statuses);
        sql.push(" GROUP BY c.asset_key, c.check_name) latest ON latest.id = c.id ORDER BY c.id");
        let mut executions = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            // Assets times names may give more than was asked for.
            let key = key_from(&row)?;
            if wanted.contains(&key) {
                executions.insert(key, execution_from(&row)?);
            }
        }
        Ok(executions)
    }

    /// The last and the last completed execution of each check.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn check_summaries(
        &self,
        keys: &[AssetCheckKey],
    ) -> Result<IndexMap<AssetCheckKey, AssetCheckSummaryRecord>> {
        let any = PartitionFilter::Any;
        let mut last = self.latest_check_executions(keys, &[], &any).await?;
        let unfinished: Vec<AssetCheckKey> = last
            .iter()
            .filter(|(_, record)| record.status == AssetCheckExecutionStatus::Planned)
            .map(|(key, _)| key.clone())
            .collect();
        let mut completed = if unfinished.is_empty() {
            IndexMap::new()
        } else {
            let statuses = AssetCheckExecutionStatus::COMPLETED;
            self.latest_check_executions(&unfinished, &statuses, &any).await?
        };
        Ok(keys
            .iter()
            .map(|key| {
                let last = last.swap_remove(key);
                let last_completed = match &last {
                    Some(record) if record.status != AssetCheckExecutionStatus::Planned => {
                        last.clone()
                    }
                    _ => completed.swap_remove(key),
                };
                (key.clone(), AssetCheckSummaryRecord { last, last_completed })
            })
            .collect())
    }

    /// The last execution of checks for each partition. With `after`, only where the check or the
    /// asset has an event with a greater id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn check_partition_info(
        &self,
        keys: &[AssetCheckKey],
        after: Option<i64>,
        partitions: Option<&[String]>,
    ) -> Result<Vec<AssetCheckPartitionInfo>> {
        let mut assets: Vec<AssetKey> = keys.iter().map(|key| key.asset_key.clone()).collect();
        assets.sort();
        assets.dedup();
        let mut unpartitioned: IndexMap<AssetKey, i64> = IndexMap::new();
        for (key, record) in self.get_latest_materializations(&assets).await? {
            let event = record.entry.dagster_event.as_ref();
            if event.is_some_and(|event| event.partition().is_none()) {
                unpartitioned.insert(key, record.storage_id);
            }
        }
        let mut infos = Vec::new();
        for key in keys {
            let sql = self.partition_info_sql(key, after, partitions);
            for row in self.db.fetch_all(sql).await? {
                let of_partition = row.opt_int(5)?;
                let of_asset = unpartitioned.get(&key.asset_key).copied();
                infos.push(AssetCheckPartitionInfo {
                    check_key: key.clone(),
                    partition_key: row.opt_text(0)?,
                    latest_execution_status: status_from(&row.text(1)?, key)?,
                    latest_check_event_storage_id: row.int(2)?,
                    latest_target_materialization_storage_id: row.opt_int(3)?,
                    latest_planned_run_id: row.opt_text(4)?.unwrap_or_default(),
                    latest_materialization_storage_id: of_partition.max(of_asset),
                });
            }
        }
        Ok(infos)
    }

    fn partition_info_sql(
        &self,
        key: &AssetCheckKey,
        after: Option<i64>,
        partitions: Option<&[String]>,
    ) -> Sql {
        let asset = key.asset_key.to_db_string();
        let mut sql = self.db.sql(
            "SELECT c.partition, c.execution_status, c.evaluation_event_storage_id,
                c.materialization_event_storage_id, c.run_id, m.id
             FROM asset_check_executions c JOIN (
                SELECT MAX(id) AS id FROM asset_check_executions WHERE asset_key = ? AND check_name = ?
                AND evaluation_event_storage_id IS NOT NULL",
            args![asset.as_str(), &key.name],
        );
        if let Some(partitions) = partitions {
            sql.add(" AND partition IN ?", args![partitions]);
        }
        sql.push(" GROUP BY partition) latest ON latest.id = c.id LEFT JOIN (SELECT e.partition, MAX(e.id) AS id")
            .push(EVENTS_WITH_WIPE)
            .add(
                " AND e.asset_key = ? AND e.partition IS NOT NULL AND e.dagster_event_type = ?",
                args![asset, DagsterEventType::AssetMaterialization.as_str()],
            );
        if let Some(partitions) = partitions {
            sql.add(" AND e.partition IN ?", args![partitions]);
        }
        sql.push(" GROUP BY e.partition) m ON m.partition = c.partition");
        if let Some(after) = after {
            sql.add(" WHERE c.evaluation_event_storage_id > ? OR m.id > ?", args![after, after]);
        }
        sql.push(" ORDER BY c.id");
        sql
    }
}

fn append_partition(sql: &mut Sql, filter: &PartitionFilter) {
    match filter {
        PartitionFilter::Any => sql,
        PartitionFilter::Unpartitioned => sql.push(" AND c.partition IS NULL"),
        PartitionFilter::Key(key) => sql.add(" AND c.partition = ?", args![key]),
    };
}

fn append_statuses(sql: &mut Sql, statuses: &[AssetCheckExecutionStatus]) {
    if !statuses.is_empty() {
        let names: Vec<String> = statuses.iter().map(|status| status.as_str().to_owned()).collect();
        sql.add(" AND c.execution_status IN ?", args![names]);
    }
}

fn key_from(row: &Row) -> Result<AssetCheckKey> {
    let asset_key = AssetKey::from_db_string(&row.text(6)?).unwrap_or_default();
    Ok(AssetCheckKey::new(asset_key, row.text(7)?))
}

fn status_from(text: &str, row: &dyn ToString) -> Result<AssetCheckExecutionStatus> {
    AssetCheckExecutionStatus::parse(text).ok_or_else(|| StorageError::Corrupt {
        table: "asset_check_executions",
        column: "execution_status",
        row: row.to_string(),
        reason: format!("{text:?} is not a status of a check execution"),
    })
}

fn execution_from(row: &Row) -> Result<AssetCheckExecutionRecord> {
    let id = row.int(0)?;
    let event = row
        .opt_text(3)?
        .filter(|text| !text.is_empty())
        .map(|text| body::parse(&text, "asset_check_executions", "evaluation_event", &id))
        .transpose()?;
    Ok(AssetCheckExecutionRecord {
        key: key_from(row)?,
        id,
        run_id: row.opt_text(1)?.unwrap_or_default(),
        status: status_from(&row.text(2)?, &id)?,
        event,
        create_timestamp: row.time(4)?.unix_seconds(),
        partition: row.opt_text(5)?,
    })
}
