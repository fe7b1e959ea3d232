//! Ticks.

use indexmap::IndexMap;
use rondel_model::instigation::{InstigatorTick, InstigatorType, TickData, TickStatus};
use rondel_model::serdes::{Extra, to_text};

use super::ScheduleStore;
use crate::body;
use crate::db::{Arg, Row, Sql, args};
use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

/// Ticks per `INSERT`: six arguments each.
const BATCH: usize = 1_000;

/// Which ticks of an instigator.
#[derive(Clone, Debug, Default)]
pub struct TicksQuery {
    /// Earlier than, in Unix seconds.
    pub before: Option<f64>,
    /// Later than, in Unix seconds.
    pub after: Option<f64>,
    /// At most so many, newest first.
    pub limit: Option<usize>,
    /// Only these; empty means all.
    pub statuses: Vec<TickStatus>,
}

/// A tick without its body (Dagster's `InstigatorTickSummary`).
#[derive(Clone, Debug, PartialEq)]
pub struct TickSummary {
    /// The row's id.
    pub tick_id: i64,
    /// The instigator's origin id.
    pub instigator_origin_id: String,
    /// Schedule or sensor.
    pub instigator_type: InstigatorType,
    /// Its state.
    pub status: TickStatus,
    /// When it was due or began, in Unix seconds.
    pub timestamp: f64,
}

impl ScheduleStore {
    /// Creates a tick and returns its id. Ticks that are created at the same time are written together.
    ///
    /// # Errors
    /// Database errors.
    pub async fn create_tick(&self, tick: &TickData) -> Result<i64> {
        let write = async |ticks: Vec<TickData>| self.create_ticks(&ticks).await;
        self.new_ticks.join(tick.clone(), write).await
    }

    /// Creates ticks and returns their ids in order.
    ///
    /// # Errors
    /// Database errors.
    pub async fn create_ticks(&self, ticks: &[TickData]) -> Result<Vec<i64>> {
        if ticks.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin().await?;
        let mut ids = Vec::with_capacity(ticks.len());
        for batch in ticks.chunks(BATCH) {
            let mut sql = tx.sql(
                r#"INSERT INTO job_ticks (job_origin_id, selector_id, status, type, "timestamp", tick_body)"#,
                [],
            );
            sql.values(batch.iter().map(tick_args)).push(" RETURNING id");
            let rows = tx.fetch_all(sql).await?;
            let mut batch_ids: Vec<i64> =
                rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
            batch_ids.sort_unstable();
            ids.extend(batch_ids);
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// Replaces ticks by id, all in one transaction.
    ///
    /// # Errors
    /// Database errors.
    pub async fn update_ticks(&self, ticks: &[InstigatorTick]) -> Result<()> {
        if ticks.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for tick in ticks {
            let data = &tick.tick_data;
            let mut sql = tx.sql(
                r#"UPDATE job_ticks SET status = ?, type = ?, "timestamp" = ?, tick_body = ?"#,
                args![
                    data.status.as_str(),
                    data.instigator_type.as_str(),
                    Timestamp::from_unix_seconds(data.timestamp),
                    to_text(data),
                ],
            );
            if let Some(selector_id) = &data.selector_id {
                sql.add(", selector_id = ?", args![selector_id]);
            }
            sql.add(" WHERE id = ?", args![tick.tick_id]);
            tx.execute(sql).await?;
        }
        tx.commit().await
    }

    /// Replaces one tick. Ticks that are replaced at the same time are written together.
    ///
    /// # Errors
    /// Database errors.
    pub async fn update_tick(&self, tick: &InstigatorTick) -> Result<()> {
        let write = async |ticks: Vec<InstigatorTick>| {
            self.update_ticks(&ticks).await?;
            Ok(vec![(); ticks.len()])
        };
        self.changed_ticks.join(tick.clone(), write).await
    }

    /// A tick.
    ///
    /// # Errors
    /// [`StorageError::NotPresent`], an unreadable body, database errors.
    pub async fn get_tick(&self, tick_id: i64) -> Result<InstigatorTick> {
        let ticks = self.get_ticks_by_ids(&[tick_id]).await?;
        ticks
            .into_iter()
            .next()
            .ok_or_else(|| StorageError::NotPresent { kind: "tick", id: tick_id.to_string() })
    }

    /// Ticks by id; absent ones are left out.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_ticks_by_ids(&self, tick_ids: &[i64]) -> Result<Vec<InstigatorTick>> {
        let sql = self
            .db
            .sql("SELECT id, tick_body FROM job_ticks WHERE id IN ? ORDER BY id", args![tick_ids]);
        self.db.fetch_all(sql).await?.iter().map(tick_from).collect()
    }

    /// Ticks of an instigator, newest first.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_ticks(
        &self,
        origin_id: &str,
        selector_id: &str,
        query: &TicksQuery,
    ) -> Result<Vec<InstigatorTick>> {
        let mut sql = self.db.sql("SELECT id, tick_body", []);
        append_query(&mut sql, origin_id, selector_id, query);
        self.db.fetch_all(sql).await?.iter().map(tick_from).collect()
    }

    /// Ticks of an instigator without their bodies, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_tick_summaries(
        &self,
        origin_id: &str,
        selector_id: &str,
        query: &TicksQuery,
    ) -> Result<Vec<TickSummary>> {
        let mut sql = self.db.sql(r#"SELECT id, job_origin_id, type, status, "timestamp""#, []);
        append_query(&mut sql, origin_id, selector_id, query);
        self.db.fetch_all(sql).await?.iter().map(summary_from).collect()
    }

    /// The newest `limit` ticks of each of many instigators, by selector id, in one query.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_batch_ticks(
        &self,
        selector_ids: &[String],
        limit: usize,
        statuses: &[TickStatus],
    ) -> Result<IndexMap<String, Vec<InstigatorTick>>> {
        let mut sql = self.db.sql(
            r#"SELECT id, tick_body, selector_id FROM (
                SELECT id, tick_body, selector_id,
                    RANK() OVER (PARTITION BY selector_id ORDER BY "timestamp" DESC) AS tick_rank
                FROM job_ticks WHERE selector_id IN ?"#,
            args![selector_ids],
        );
        if !statuses.is_empty() {
            sql.add(" AND status IN ?", args![status_names(statuses)]);
        }
        sql.add(
            ") AS ranked WHERE tick_rank <= ? ORDER BY tick_rank, id DESC",
            args![limit as i64],
        );
        let mut ticks: IndexMap<String, Vec<InstigatorTick>> = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            ticks.entry(row.text(2)?).or_default().push(tick_from(&row)?);
        }
        Ok(ticks)
    }

    /// Deletes an instigator's ticks from before a time, of some statuses or of all.
    ///
    /// # Errors
    /// Database errors.
    pub async fn purge_ticks(
        &self,
        origin_id: &str,
        selector_id: &str,
        before: f64,
        statuses: &[TickStatus],
    ) -> Result<u64> {
        let query = TicksQuery {
            before: Some(before),
            statuses: statuses.to_vec(),
            ..TicksQuery::default()
        };
        let mut sql = self.db.sql("DELETE", []);
        append_condition(&mut sql, origin_id, selector_id, &query);
        self.db.execute(sql).await
    }
}

fn tick_args(tick: &TickData) -> [Arg; 6] {
    args![
        tick.instigator_origin_id.as_str(),
        tick.selector_id.as_deref(),
        tick.status.as_str(),
        tick.instigator_type.as_str(),
        Timestamp::from_unix_seconds(tick.timestamp),
        to_text(tick),
    ]
}

fn append_query(sql: &mut Sql, origin_id: &str, selector_id: &str, query: &TicksQuery) {
    append_condition(sql, origin_id, selector_id, query);
    sql.push(r#" ORDER BY "timestamp" DESC, id DESC"#);
    if let Some(limit) = query.limit.filter(|limit| *limit > 0) {
        sql.add(" LIMIT ?", args![limit as i64]);
    }
}

fn append_condition(sql: &mut Sql, origin_id: &str, selector_id: &str, query: &TicksQuery) {
    sql.add(
        " FROM job_ticks WHERE (selector_id = ? OR (selector_id IS NULL AND job_origin_id = ?))",
        args![selector_id, origin_id],
    );
    if let Some(before) = query.before {
        sql.add(r#" AND "timestamp" < ?"#, args![Timestamp::from_unix_seconds(before)]);
    }
    if let Some(after) = query.after {
        sql.add(r#" AND "timestamp" > ?"#, args![Timestamp::from_unix_seconds(after)]);
    }
    if !query.statuses.is_empty() {
        sql.add(" AND status IN ?", args![status_names(&query.statuses)]);
    }
}

fn status_names(statuses: &[TickStatus]) -> Vec<String> {
    statuses.iter().map(|status| status.as_str().to_owned()).collect()
}

fn tick_from(row: &Row) -> Result<InstigatorTick> {
    let tick_id = row.int(0)?;
    let tick_data = body::parse(&row.text(1)?, "job_ticks", "tick_body", &tick_id)?;
    Ok(InstigatorTick { tick_id, tick_data, extra: Extra::default() })
}

fn summary_from(row: &Row) -> Result<TickSummary> {
    let tick_id = row.int(0)?;
    let corrupt = |column: &'static str, reason: String| StorageError::Corrupt {
        table: "job_ticks",
        column,
        row: tick_id.to_string(),
        reason,
    };
    let kind = row.text(2)?;
    let status = row.text(3)?;
    Ok(TickSummary {
        tick_id,
        instigator_origin_id: row.text(1)?,
        instigator_type: InstigatorType::parse(&kind)
            .ok_or_else(|| corrupt("type", format!("{kind:?} is not an instigator type")))?,
        status: TickStatus::parse(&status)
            .ok_or_else(|| corrupt("status", format!("{status:?} is not a tick status")))?,
        timestamp: row.time(4)?.unix_seconds(),
    })
}
