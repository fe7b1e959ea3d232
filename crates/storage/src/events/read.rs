//! Reading events of a run, of many runs, and their statistics.

use rondel_model::event::{AssetRecordsFilter, DagsterEventType, EventRecord};
use rondel_model::ids::{AssetKey, UnixTime};

use super::EventStore;
use super::rows::{is_mirrored, record_from, records_from, type_names};
use crate::db::{Db, Sql, args};
use crate::error::{Result, StorageError};
use crate::paging::{EventLogCursor, Order, Page};
use crate::timestamp::Timestamp;

/// A page of a run's log.
#[derive(Clone, Debug)]
pub struct RunEventsQuery {
    /// Continue after this position.
    pub cursor: Option<EventLogCursor>,
    /// Only these types; empty means all.
    pub types: Vec<DagsterEventType>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Oldest first by default.
    pub order: Order,
}

impl Default for RunEventsQuery {
    fn default() -> Self {
        Self { cursor: None, types: Vec::new(), limit: None, order: Order::Ascending }
    }
}

/// Which events of all runs (Dagster's `EventRecordsFilter`).
#[derive(Clone, Debug)]
pub struct EventRecordsFilter {
    /// Of this type.
    pub event_type: DagsterEventType,
    /// About this asset; events before its last wipe are left out.
    pub asset_key: Option<AssetKey>,
    /// About one of these partitions.
    pub asset_partitions: Option<Vec<String>>,
    /// With a greater storage id.
    pub after_cursor: Option<i64>,
    /// With a smaller storage id.
    pub before_cursor: Option<i64>,
    /// Later than.
    pub after_timestamp: Option<f64>,
    /// Earlier than.
    pub before_timestamp: Option<f64>,
    /// With one of these storage ids.
    pub storage_ids: Option<Vec<i64>>,
    /// Of runs updated after this time; only used by the layout with a file per run, for types
    /// that are not in its index.
    pub run_updated_after: Option<UnixTime>,
}

impl EventRecordsFilter {
    /// All events of a type.
    pub fn of_type(event_type: DagsterEventType) -> Self {
        Self {
            event_type,
            asset_key: None,
            asset_partitions: None,
            after_cursor: None,
            before_cursor: None,
            after_timestamp: None,
            before_timestamp: None,
            storage_ids: None,
            run_updated_after: None,
        }
    }

    /// Events about an asset, continuing at a cursor given to a client.
    fn of_asset(
        event_type: DagsterEventType,
        filter: &AssetRecordsFilter,
        cursor: Option<&str>,
        order: Order,
    ) -> Result<Self> {
        let mut records = Self {
            asset_key: Some(filter.asset_key.clone()),
            asset_partitions: filter.asset_partitions.clone(),
            after_cursor: filter.after_storage_id,
            before_cursor: filter.before_storage_id,
            after_timestamp: filter.after_timestamp,
            before_timestamp: filter.before_timestamp,
            storage_ids: filter.storage_ids.clone(),
            ..Self::of_type(event_type)
        };
        records.continue_at(cursor, order)?;
        Ok(records)
    }

    fn continue_at(&mut self, cursor: Option<&str>, order: Order) -> Result<()> {
        let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else {
            return Ok(());
        };
        let EventLogCursor::StorageId(id) = EventLogCursor::parse(cursor)? else {
            return Err(StorageError::Invalid(format!("{cursor:?} is not a cursor by storage id")));
        };
        match order {
            Order::Ascending => {
                self.after_cursor = Some(self.after_cursor.map_or(id, |after| after.max(id)));
            }
            Order::Descending => {
                self.before_cursor = Some(self.before_cursor.map_or(id, |before| before.min(id)));
            }
        }
        Ok(())
    }
}

impl EventStore {
    /// A page of a run's log.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn get_records_for_run(
        &self,
        run_id: &str,
        query: &RunEventsQuery,
    ) -> Result<Page<EventRecord>> {
        let rows = match self.dbs.run(run_id).await? {
            Some(db) => {
                let mut sql =
                    db.sql("SELECT id, event FROM event_logs WHERE run_id = ?", args![run_id]);
                if !query.types.is_empty() {
                    sql.add(" AND dagster_event_type IN ?", args![type_names(&query.types)]);
                }
                if let Some(EventLogCursor::StorageId(id)) = query.cursor {
                    sql.push(" AND id ").push(query.order.after()).add(" ?", args![id]);
                }
                sql.push(" ORDER BY id ").push(query.order.sql());
                append_limit(&db, &mut sql, query);
                db.fetch_all(sql).await?
            }
            None => Vec::new(),
        };
        let results: Vec<EventRecord> = rows.iter().map(record_from).collect::<Result<_>>()?;
        let cursor = match (results.last(), query.cursor) {
            (Some(last), _) => EventLogCursor::StorageId(last.storage_id),
            (None, Some(cursor)) => cursor,
            (None, None) => EventLogCursor::StorageId(-1),
        };
        let has_more = query.limit.is_some_and(|limit| limit > 0 && results.len() == limit);
        Ok(Page { results, cursor: cursor.to_string(), has_more })
    }

    /// Events of all runs. Those that cannot be read are left out with a warning.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_event_records(
        &self,
        filter: &EventRecordsFilter,
        limit: Option<usize>,
        order: Order,
    ) -> Result<Vec<EventRecord>> {
        if self.dbs.is_sharded() && !is_mirrored(filter.event_type) {
            return self.get_sharded_records(filter, limit, order).await;
        }
        let db = self.dbs.index();
        let mut sql = db.sql("SELECT e.id, e.event", []);
        append_filter(&mut sql, filter, IdCursors::Apply);
        sql.push(" ORDER BY e.id ").push(order.sql());
        if let Some(limit) = limit {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
        records_from(&db.fetch_all(sql).await?)
    }

    /// Materializations, observations or planned materializations of an asset.
    ///
    /// # Errors
    /// A malformed cursor, database errors.
    pub async fn fetch_asset_records(
        &self,
        event_type: DagsterEventType,
        filter: &AssetRecordsFilter,
        limit: usize,
        cursor: Option<&str>,
        order: Order,
    ) -> Result<Page<EventRecord>> {
        let records = EventRecordsFilter::of_asset(event_type, filter, cursor, order)?;
        self.fetch_page(&records, limit, cursor, order).await
    }

    /// Events which changed the status of runs.
    ///
    /// # Errors
    /// An event type that changes no status, a malformed cursor, database errors.
    pub async fn fetch_run_status_changes(
        &self,
        filter: &EventRecordsFilter,
        limit: usize,
        cursor: Option<&str>,
        order: Order,
    ) -> Result<Page<EventRecord>> {
        if filter.event_type.run_status().is_none() {
            return Err(StorageError::Invalid(format!(
                "{} does not change the status of a run",
                filter.event_type
            )));
        }
        let mut filter = filter.clone();
        filter.continue_at(cursor, order)?;
        self.fetch_page(&filter, limit, cursor, order).await
    }

    async fn fetch_page(
        &self,
        filter: &EventRecordsFilter,
        limit: usize,
        cursor: Option<&str>,
        order: Order,
    ) -> Result<Page<EventRecord>> {
        let results = self.get_event_records(filter, Some(limit), order).await?;
        let next = match (results.last(), cursor) {
            (Some(last), _) => EventLogCursor::StorageId(last.storage_id).to_string(),
            (None, Some(cursor)) => cursor.to_owned(),
            (None, None) => EventLogCursor::StorageId(-1).to_string(),
        };
        let has_more = results.len() == limit;
        Ok(Page { results, cursor: next, has_more })
    }

    /// The greatest storage id of the cross-run log.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_maximum_record_id(&self) -> Result<Option<i64>> {
        let db = self.dbs.index();
        let row = db.fetch_optional(db.sql("SELECT MAX(id) FROM event_logs", [])).await?;
        row.map(|row| row.opt_int(0)).transpose().map(Option::flatten)
    }

    /// Events of any run after a storage id, oldest first (Dagster's
    /// `get_logs_for_all_runs_by_log_id`).
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_records_after(
        &self,
        after: i64,
        types: &[DagsterEventType],
        limit: Option<usize>,
    ) -> Result<Vec<EventRecord>> {
        let db = self.dbs.index();
        let mut sql = db.sql("SELECT id, event FROM event_logs WHERE id > ?", args![after]);
        if !types.is_empty() {
            sql.add(" AND dagster_event_type IN ?", args![type_names(types)]);
        }
        sql.push(" ORDER BY id");
        if let Some(limit) = limit {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
        records_from(&db.fetch_all(sql).await?)
    }

    /// Deletes a run's events and frees its places in pools.
    ///
    /// # Errors
    /// Database errors.
    pub async fn delete_events(&self, run_id: &str) -> Result<()> {
        if self.dbs.is_sharded()
            && let Some(db) = self.dbs.run(run_id).await?
        {
            delete_from(&db, run_id).await?;
        }
        delete_from(self.dbs.index(), run_id).await?;
        crate::ConcurrencyStore::new(self.dbs.index().clone()).free_slots_for_run(run_id).await
    }

    /// Cross-run query over the files of all runs, latest first by run: storage ids of different
    /// files cannot be compared, so id cursors do not apply, as in Dagster.
    async fn get_sharded_records(
        &self,
        filter: &EventRecordsFilter,
        limit: Option<usize>,
        order: Order,
    ) -> Result<Vec<EventRecord>> {
        let mut sql = self.runs_db.sql("SELECT run_id FROM runs", []);
        if let Some(after) = filter.run_updated_after {
            let after = Timestamp::from_unix_seconds(after.seconds());
            sql.add(" WHERE update_timestamp > ?", args![after]);
        }
        sql.push(" ORDER BY update_timestamp ").push(order.sql());
        let rows = self.runs_db.fetch_all(sql).await?;
        let mut run_ids: Vec<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        // Events outside of runs.
        run_ids.push(String::new());
        let limit = limit.unwrap_or(usize::MAX);
        let mut records = Vec::new();
        for run_id in run_ids {
            let Some(db) = self.dbs.run(&run_id).await? else { continue };
            let mut sql = db.sql("SELECT e.id, e.event", []);
            append_filter(&mut sql, filter, IdCursors::Ignore);
            sql.push(r#" ORDER BY e."timestamp" "#).push(order.sql());
            let left = (limit - records.len()).min(i64::MAX as usize);
            sql.add(" LIMIT ?", args![left as i64]);
            records.extend(records_from(&db.fetch_all(sql).await?)?);
            if records.len() >= limit {
                break;
            }
        }
        Ok(records)
    }
}

async fn delete_from(db: &Db, run_id: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let tags = tx.sql(
        "DELETE FROM asset_event_tags WHERE event_id IN (
            SELECT id FROM event_logs WHERE run_id = ? AND dagster_event_type IN ?)",
        args![
            run_id,
            type_names(&[
                DagsterEventType::AssetMaterialization,
                DagsterEventType::AssetObservation
            ])
        ],
    );
    tx.execute(tags).await?;
    let events = tx.sql("DELETE FROM event_logs WHERE run_id = ?", args![run_id]);
    tx.execute(events).await?;
    tx.commit().await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum IdCursors {
    Apply,
    Ignore,
}

/// Appends `FROM event_logs e … WHERE …`.
fn append_filter(sql: &mut Sql, filter: &EventRecordsFilter, cursors: IdCursors) {
    sql.push(" FROM event_logs e");
    if filter.asset_key.is_some() {
        sql.push(" LEFT JOIN asset_keys k ON k.asset_key = e.asset_key");
    }
    sql.add(" WHERE e.dagster_event_type = ?", args![filter.event_type.as_str()]);
    if let Some(asset_key) = &filter.asset_key {
        sql.add(" AND e.asset_key = ?", args![asset_key.to_db_string()])
            .push(r#" AND (k.wipe_timestamp IS NULL OR e."timestamp" > k.wipe_timestamp)"#);
    }
    if let Some(partitions) = filter.asset_partitions.as_ref().filter(|list| !list.is_empty()) {
        sql.add(" AND e.partition IN ?", args![partitions.clone()]);
    }
    if cursors == IdCursors::Apply {
        if let Some(id) = filter.after_cursor {
            sql.add(" AND e.id > ?", args![id]);
        }
        if let Some(id) = filter.before_cursor {
            sql.add(" AND e.id < ?", args![id]);
        }
    }
    if let Some(time) = filter.after_timestamp {
        sql.add(r#" AND e."timestamp" > ?"#, args![Timestamp::from_unix_seconds(time)]);
    }
    if let Some(time) = filter.before_timestamp {
        sql.add(r#" AND e."timestamp" < ?"#, args![Timestamp::from_unix_seconds(time)]);
    }
    if let Some(ids) = filter.storage_ids.as_ref().filter(|ids| !ids.is_empty()) {
        sql.add(" AND e.id IN ?", args![ids.clone()]);
    }
}

fn append_limit(db: &Db, sql: &mut Sql, query: &RunEventsQuery) {
    let limit = query.limit.filter(|limit| *limit > 0);
    let offset = match query.cursor {
        Some(EventLogCursor::Offset(offset)) if offset > 0 => Some(offset),
        _ => None,
    };
    match (limit, offset) {
        (Some(limit), _) => sql.add(" LIMIT ?", args![limit as i64]),
        // SQLite knows OFFSET only after LIMIT.
        (None, Some(_)) if db.dialect() == crate::db::Dialect::Sqlite => sql.push(" LIMIT -1"),
        (None, _) => sql,
    };
    if let Some(offset) = offset {
        sql.add(" OFFSET ?", args![offset]);
    }
}
