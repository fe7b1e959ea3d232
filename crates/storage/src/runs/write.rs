//! Creating, changing and deleting runs.

use std::collections::HashSet;

use rondel_model::event::{DagsterEvent, DagsterEventType, EventSpecificData, RunFailureReason};
use rondel_model::ids::UnixTime;
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::{Map, to_text};

use super::tags::put_tags;
use super::{RunStore, run_from};
use crate::db::{Tx, args};
use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

/// Runs per `INSERT`: ten arguments each.
const BATCH: usize = 500;

impl RunStore {
    /// Adds a run.
    ///
    /// # Errors
    /// [`StorageError::RunAlreadyExists`], [`StorageError::SnapshotNotFound`], database errors.
    pub async fn add_run(&self, run: &DagsterRun, created: UnixTime) -> Result<()> {
        self.add_runs(std::slice::from_ref(run), created).await
    }

    /// Adds runs: all or none.
    ///
    /// # Errors
    /// As [`Self::add_run`].
    pub async fn add_runs(&self, runs: &[DagsterRun], created: UnixTime) -> Result<()> {
        if runs.is_empty() {
            return Ok(());
        }
        let created = Timestamp::from_unix_seconds(created.seconds());
        let mut tx = self.db.begin().await?;
        check_snapshots(&mut tx, runs).await?;
        for batch in runs.chunks(BATCH) {
            insert_runs(&mut tx, batch, created).await?;
            insert_tags(&mut tx, batch).await?;
        }
        tx.commit().await
    }

    /// Applies an event to its run: status, times, failure reason (Dagster's `handle_run_event`).
    /// Events without effect on runs and events of unknown runs are ignored.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn handle_run_event(
        &self,
        run_id: &str,
        event: &DagsterEvent,
        at: UnixTime,
    ) -> Result<()> {
        if !changes_run(event) {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        apply_event(&mut tx, run_id, event, at).await?;
        tx.commit().await
    }

    /// Replaces the body of a run, e.g. after its origin changed. Status and tag rows stay.
    ///
    /// # Errors
    /// [`StorageError::RunNotFound`], database errors.
    pub async fn replace_body(&self, run: &DagsterRun) -> Result<()> {
        let sql = self.db.sql(
            "UPDATE runs SET run_body = ? WHERE run_id = ?",
            args![to_text(run), run.run_id.as_str()],
        );
        match self.db.execute(sql).await? {
            0 => Err(StorageError::RunNotFound(run.run_id.to_string())),
            _ => Ok(()),
        }
    }

    /// Deletes a run and its tags; an absent run is ignored.
    ///
    /// # Errors
    /// Database errors.
    pub async fn delete_run(&self, run_id: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let sql = tx.sql("DELETE FROM run_tags WHERE run_id = ?", args![run_id]);
        tx.execute(sql).await?;
        let sql = tx.sql("DELETE FROM runs WHERE run_id = ?", args![run_id]);
        tx.execute(sql).await?;
        tx.commit().await
    }
}

/// Whether an event has an effect on its run.
pub(crate) fn changes_run(event: &DagsterEvent) -> bool {
    event.event_type().and_then(DagsterEventType::run_status).is_some()
}

/// Applies an event to its run in a transaction, as [`RunStore::handle_run_event`] does.
pub(crate) async fn apply_event(
    tx: &mut Tx,
    run_id: &str,
    event: &DagsterEvent,
    at: UnixTime,
) -> Result<()> {
    let event_type = event.event_type();
    let Some(status) = event_type.and_then(DagsterEventType::run_status) else {
        return Ok(());
    };
    let mut sql = tx.sql("SELECT run_body, status FROM runs WHERE run_id = ?", args![run_id]);
    sql.push(tx.for_update());
    let Some(row) = tx.fetch_optional(sql).await? else {
        return Ok(());
    };
    let mut run = run_from(&row, 0, 1)?.with_status(status);
    if let Some(reason) = failure_reason(event) {
        let tag = Map::from([(tags::RUN_FAILURE_REASON_TAG.to_owned(), reason.to_owned())]);
        run.tags.extend(tag.clone());
        put_tags(tx, run_id, &tag).await?;
    }
    let updated = Timestamp::from_unix_seconds(at.seconds());
    let mut sql = tx.sql(
        "UPDATE runs SET run_body = ?, status = ?, update_timestamp = ?",
        args![to_text(&run), status.as_str(), updated],
    );
    if event_type == Some(DagsterEventType::RunStart) {
        sql.add(", start_time = ?", args![updated.unix_seconds()]);
    }
    if status.is_finished() {
        sql.add(", end_time = ?", args![updated.unix_seconds()]);
    }
    sql.add(" WHERE run_id = ?", args![run_id]);
    tx.execute(sql).await.map(drop)
}

fn failure_reason(event: &DagsterEvent) -> Option<&'static str> {
    match &event.event_specific_data {
        Some(EventSpecificData::JobFailure(data)) if event.is(DagsterEventType::RunFailure) => data
            .failure_reason
            .filter(|reason| *reason != RunFailureReason::Unknown)
            .map(RunFailureReason::as_str),
        _ => None,
    }
}

async fn check_snapshots(tx: &mut Tx, runs: &[DagsterRun]) -> Result<()> {
    let needed: HashSet<String> =
        runs.iter().filter_map(|run| run.job_snapshot_id.clone()).collect();
    if needed.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = needed.iter().cloned().collect();
    let sql = tx.sql("SELECT snapshot_id FROM snapshots WHERE snapshot_id IN ?", args![ids]);
    let present: HashSet<String> =
        tx.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    match needed.difference(&present).next() {
        Some(missing) => Err(StorageError::SnapshotNotFound(missing.clone())),
        None => Ok(()),
    }
}

async fn insert_runs(tx: &mut Tx, runs: &[DagsterRun], created: Timestamp) -> Result<()> {
    let mut sql = tx.sql(
        "INSERT INTO runs (run_id, snapshot_id, pipeline_name, status, run_body, partition, partition_set, create_timestamp, update_timestamp, backfill_id)",
        [],
    );
    // The update time is the database's default in Dagster, i.e. the time of insertion.
    let inserted = Timestamp::now();
    sql.values(runs.iter().map(|run| {
        args![
            run.run_id.as_str(),
            run.job_snapshot_id.as_deref(),
            run.job_name.as_str(),
            run.status.as_str(),
            to_text(run),
            run.tag(tags::PARTITION_NAME_TAG),
            run.tag(tags::PARTITION_SET_TAG),
            created,
            inserted,
            run.tag(tags::BACKFILL_ID_TAG),
        ]
    }));
    match tx.execute(sql).await {
        Err(error) if error.is_unique_violation() => {
            let first = runs.first().map(|run| run.run_id.to_string()).unwrap_or_default();
            Err(StorageError::RunAlreadyExists(first))
        }
        other => other.map(drop),
    }
}

async fn insert_tags(tx: &mut Tx, runs: &[DagsterRun]) -> Result<()> {
    let rows: Vec<_> = runs
        .iter()
        .flat_map(|run| {
            let run_id = run.run_id.as_str();
            run.tags_for_storage().into_iter().map(move |(key, value)| args![run_id, key, value])
        })
        .collect();
    for batch in rows.chunks(4_000) {
        let mut sql = tx.sql(r#"INSERT INTO run_tags (run_id, "key", value)"#, []);
        sql.values(batch.iter().cloned());
        tx.execute(sql).await?;
    }
    Ok(())
}
