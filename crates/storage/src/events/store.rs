//! Storing events with everything that follows from them.
//!
//! What Dagster does in `store_event` of its SQL, SQLite and PostgreSQL storages, for many events
//! at once and (within one database) atomically.

use std::collections::{BTreeMap, HashSet};

use rondel_model::event::{DagsterEvent, DagsterEventType, EventLogEntry, EventSpecificData};
use rondel_model::ids::UnixTime;
use rondel_model::run::tags::MULTIDIMENSIONAL_PARTITION_PREFIX;

use super::rows::{BATCH, EventRow, append_insert};
use super::{EventDbs, EventStore, checks};
use crate::db::{Arg, Dialect, Tx, args};
use crate::error::Result;
use crate::runs::{RunStore, apply_event, changes_run};
use crate::timestamp::Timestamp;

/// The tag holding an asset's data version.
const DATA_VERSION_TAG: &str = "dagster/data_version";
/// PostgreSQL channel told of each new event, as Dagster's storage does.
pub(super) const NOTIFY_CHANNEL: &str = "run_events";

impl EventStore {
    /// Stores an event and returns its storage id within its run's log.
    ///
    /// # Errors
    /// Database errors.
    pub async fn store_event(&self, event: &EventLogEntry) -> Result<i64> {
        let ids = self.store_events(std::slice::from_ref(event)).await?;
        Ok(ids.first().copied().unwrap_or_default())
    }

    /// Stores events in order and returns their storage ids.
    ///
    /// In one database all are stored or none. In the default SQLite layout that holds per run and,
    /// separately, for the cross-run index.
    ///
    /// # Errors
    /// Database errors.
    pub async fn store_events(&self, events: &[EventLogEntry]) -> Result<Vec<i64>> {
        self.store(events, None).await
    }

    /// Stores events in order and applies those about runs to them ([`RunStore::handle_run_event`]).
    ///
    /// Where an event of one run is stored in the database of the runs, both happen or none. Otherwise events
    /// are stored first.
    ///
    /// # Errors
    /// As of both.
    pub async fn report_events(&self, events: &[EventLogEntry], runs: &RunStore) -> Result<()> {
        let changing: Vec<RunChange<'_>> = events.iter().filter_map(RunChange::of).collect();
        match (changing.as_slice(), &self.dbs) {
            ([only], EventDbs::Single(db)) if db.is_same(&self.runs_db) => {
                self.store(events, Some(only)).await.map(drop)
            }
            _ => {
                self.store(events, None).await?;
                for RunChange { entry, event } in changing {
                    let at = UnixTime(entry.timestamp);
                    runs.handle_run_event(entry.run_id.as_str(), event, at).await?;
                }
                Ok(())
            }
        }
    }

    /// Copies stored events of a run to where assets are looked up across runs, if they are not there: the default
    /// SQLite layout keeps these in another database, and a process may end between the two.
    ///
    /// # Errors
    /// Database errors.
    pub async fn complete(&self, run_id: &str, events: &[EventLogEntry]) -> Result<()> {
        if events.is_empty() || matches!(&self.dbs, EventDbs::Single(_)) {
            return Ok(());
        }
        let rows: Vec<EventRow<'_>> = events.iter().map(EventRow::new).collect();
        let mut tx = self.dbs.index().begin().await?;
        let known = tx.sql("SELECT event FROM event_logs WHERE run_id = ?", args![run_id]);
        let known: Vec<String> =
            tx.fetch_all(known).await?.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        let known: HashSet<String> = known.into_iter().collect();
        let is_missing = |row: &&EventRow<'_>| row.is_mirrored() && !known.contains(&row.text);
        let missing: Vec<&EventRow<'_>> = rows.iter().filter(is_missing).collect();
        if !missing.is_empty() {
            let ids = insert(&mut tx, &missing).await?;
            derive(&mut tx, &missing, &ids).await?;
        }
        tx.commit().await
    }

    async fn store(
        &self,
        events: &[EventLogEntry],
        applied: Option<&RunChange<'_>>,
    ) -> Result<Vec<i64>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<EventRow<'_>> = events.iter().map(EventRow::new).collect();
        let ids = match &self.dbs {
            EventDbs::Single(db) => {
                let mut tx = db.begin().await?;
                let all: Vec<&EventRow<'_>> = rows.iter().collect();
                let ids = insert(&mut tx, &all).await?;
                derive(&mut tx, &all, &ids).await?;
                notify(&mut tx, &all, &ids).await?;
                if let Some(RunChange { entry, event }) = applied {
                    let at = UnixTime(entry.timestamp);
                    apply_event(&mut tx, entry.run_id.as_str(), event, at).await?;
                }
                tx.commit().await?;
                ids
            }
            EventDbs::Sharded(_) => self.store_sharded(&rows).await?,
        };
        self.bus.announce(rows.iter().map(EventRow::run_id));
        Ok(ids)
    }

    async fn store_sharded(&self, rows: &[EventRow<'_>]) -> Result<Vec<i64>> {
        let mut by_run: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, row) in rows.iter().enumerate() {
            by_run.entry(row.run_id()).or_default().push(position);
        }
        let mut ids = vec![0; rows.len()];
        for (run_id, positions) in by_run {
            let db = self.dbs.run_for_write(run_id).await?;
            let mut tx = db.begin().await?;
            let of_run: Vec<&EventRow<'_>> = positions.iter().map(|at| &rows[*at]).collect();
            for (position, id) in positions.iter().zip(insert(&mut tx, &of_run).await?) {
                ids[*position] = id;
            }
            tx.commit().await?;
        }
        let mirrored: Vec<&EventRow<'_>> = rows.iter().filter(|row| row.is_mirrored()).collect();
        if !mirrored.is_empty() {
            let mut tx = self.dbs.index().begin().await?;
            let index_ids = insert(&mut tx, &mirrored).await?;
            derive(&mut tx, &mirrored, &index_ids).await?;
            tx.commit().await?;
        }
        Ok(ids)
    }
}

/// An event that has an effect on its run.
struct RunChange<'a> {
    entry: &'a EventLogEntry,
    event: &'a DagsterEvent,
}

impl<'a> RunChange<'a> {
    fn of(entry: &'a EventLogEntry) -> Option<Self> {
        let event = entry.dagster_event.as_ref().filter(|event| changes_run(event))?;
        Some(Self { entry, event })
    }
}

async fn insert(tx: &mut Tx, rows: &[&EventRow<'_>]) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let mut sql = tx.sql("", []);
        append_insert(&mut sql, batch.iter().copied());
        let returned = tx.fetch_all(sql).await?;
        let mut batch_ids: Vec<i64> =
            returned.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
        // Ids are given out in the order of the rows; the order of RETURNING is not promised.
        batch_ids.sort_unstable();
        ids.extend(batch_ids);
    }
    Ok(ids)
}

async fn derive(tx: &mut Tx, rows: &[&EventRow<'_>], ids: &[i64]) -> Result<()> {
    store_asset_event_tags(tx, rows, ids).await?;
    store_asset_keys(tx, rows, ids).await?;
    checks::store(tx, rows, ids).await
}

/// Tells listeners of PostgreSQL about the last event of each run. One notification per run is
/// enough: it is a hint to read on, and each costs a global lock at commit.
async fn notify(tx: &mut Tx, rows: &[&EventRow<'_>], ids: &[i64]) -> Result<()> {
    if tx.dialect() != Dialect::Postgres {
        return Ok(());
    }
    let last: BTreeMap<&str, i64> =
        rows.iter().zip(ids).map(|(row, id)| (row.run_id(), *id)).collect();
    let payloads: Vec<String> = last.iter().map(|(run_id, id)| format!("{run_id}_{id}")).collect();
    let sql = tx.sql(
        "SELECT COUNT(pg_notify(?, payload)) FROM pg_catalog.jsonb_array_elements_text(CAST(? AS jsonb)) AS payload",
        args![NOTIFY_CHANNEL, serde_json::Value::from(payloads).to_string()],
    );
    tx.fetch_all(sql).await.map(drop)
}

/// Tags worth an index: data version and partition dimensions.
async fn store_asset_event_tags(tx: &mut Tx, rows: &[&EventRow<'_>], ids: &[i64]) -> Result<()> {
    let mut values: Vec<[Arg; 5]> = Vec::new();
    for (row, id) in rows.iter().zip(ids) {
        let data = row.entry.dagster_event.as_ref().and_then(|e| e.event_specific_data.as_ref());
        let tags = match data {
            Some(EventSpecificData::StepMaterialization(data)) => {
                data.materialization.tags.as_ref()
            }
            Some(EventSpecificData::AssetObservation(data)) => Some(&data.asset_observation.tags),
            _ => None,
        };
        for (key, value) in tags.into_iter().flatten() {
            if key == DATA_VERSION_TAG || key.starts_with(MULTIDIMENSIONAL_PARTITION_PREFIX) {
                values.push(args![*id, row.asset_key.as_deref(), key, value, row.timestamp]);
            }
        }
    }
    for batch in values.chunks(BATCH) {
        let mut sql = tx.sql(
            r#"INSERT INTO asset_event_tags (event_id, asset_key, "key", value, event_timestamp)"#,
            [],
        );
        sql.values(batch.iter().cloned());
        tx.execute(sql).await?;
    }
    Ok(())
}

/// What the events leave in an asset's row; `None` leaves a column alone.
#[derive(Default)]
struct AssetColumns {
    last_materialization: Option<String>,
    last_run_id: Option<String>,
    last_event: Option<Timestamp>,
}

/// Upserts `asset_keys`. `last_materialization_timestamp` means "last event of any kind" there.
async fn store_asset_keys(tx: &mut Tx, rows: &[&EventRow<'_>], ids: &[i64]) -> Result<()> {
    // Sorted, so that concurrent writers lock rows in one order.
    let mut by_asset: BTreeMap<&str, AssetColumns> = BTreeMap::new();
    for (row, id) in rows.iter().zip(ids) {
        let (Some(asset_key), Some(event_type)) = (row.asset_key.as_deref(), row.event_type) else {
            continue;
        };
        if !event_type.is_asset_event() {
            continue;
        }
        let changes = match event_type {
            DagsterEventType::AssetMaterialization
            | DagsterEventType::AssetMaterializationPlanned
            | DagsterEventType::AssetObservation => true,
            // Other asset events make the asset known on PostgreSQL only, as in Dagster.
            _ => false,
        };
        if !changes && tx.dialect() == Dialect::Sqlite {
            continue;
        }
        let columns = by_asset.entry(asset_key).or_default();
        if !changes {
            continue;
        }
        columns.last_event = Some(row.timestamp);
        if event_type != DagsterEventType::AssetObservation {
            columns.last_run_id = Some(row.run_id().to_owned());
        }
        if event_type == DagsterEventType::AssetMaterialization {
            columns.last_materialization = Some(event_log_record(*id, &row.text));
        }
    }
    let by_asset: Vec<_> = by_asset.into_iter().collect();
    for batch in by_asset.chunks(BATCH) {
        let mut sql = tx.sql(
            "INSERT INTO asset_keys (asset_key, last_materialization, last_run_id, last_materialization_timestamp)",
            [],
        );
        sql.values(batch.iter().map(|(asset_key, columns)| {
            args![
                *asset_key,
                columns.last_materialization.clone(),
                columns.last_run_id.clone(),
                columns.last_event,
            ]
        }))
        .push(
            " ON CONFLICT (asset_key) DO UPDATE SET
                last_materialization = COALESCE(excluded.last_materialization, asset_keys.last_materialization),
                last_run_id = COALESCE(excluded.last_run_id, asset_keys.last_run_id),
                last_materialization_timestamp = COALESCE(excluded.last_materialization_timestamp, asset_keys.last_materialization_timestamp)",
        );
        tx.execute(sql).await?;
    }
    Ok(())
}

/// The serialized `EventLogRecord` around an already serialized event.
pub(super) fn event_log_record(storage_id: i64, event: &str) -> String {
    format!(
        r#"{{"__class__": "EventLogRecord", "event_log_entry": {event}, "storage_id": {storage_id}}}"#
    )
}
