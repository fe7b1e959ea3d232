//! Job and execution plan snapshots.
//!
//! A snapshot's id is the SHA-1 of its serialized text, so a stored one never changes. Bodies are
//! zlib streams, as Dagster writes them.

use std::collections::HashSet;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rondel_model::serdes::{Raw, Unpack};
use rondel_model::snap::{ExecutionPlanSnapshot, JobSnap};

use crate::db::{Db, args};
use crate::error::{Result, StorageError};

/// Dagster's `snapshots` table.
#[derive(Clone)]
pub struct SnapshotStore {
    db: Db,
}

impl SnapshotStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Stores a job snapshot and returns its id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn add_job_snapshot(&self, snapshot: &Raw<JobSnap>) -> Result<String> {
        self.add(snapshot.id(), snapshot.text(), "PIPELINE").await
    }

    /// Stores an execution plan snapshot and returns its id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn add_execution_plan_snapshot(
        &self,
        snapshot: &Raw<ExecutionPlanSnapshot>,
    ) -> Result<String> {
        self.add(snapshot.id(), snapshot.text(), "EXECUTION_PLAN").await
    }

    /// A job snapshot.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_job_snapshot(&self, id: &str) -> Result<Option<Raw<JobSnap>>> {
        self.get(id).await
    }

    /// An execution plan snapshot.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_execution_plan_snapshot(
        &self,
        id: &str,
    ) -> Result<Option<Raw<ExecutionPlanSnapshot>>> {
        self.get(id).await
    }

    /// Whether a snapshot is stored.
    ///
    /// # Errors
    /// Database errors.
    pub async fn has(&self, id: &str) -> Result<bool> {
        Ok(!self.existing(&[id.to_owned()]).await?.is_empty())
    }

    /// Those of `ids` that are stored.
    ///
    /// # Errors
    /// Database errors.
    pub async fn existing(&self, ids: &[String]) -> Result<HashSet<String>> {
        let sql =
            self.db.sql("SELECT snapshot_id FROM snapshots WHERE snapshot_id IN ?", args![ids]);
        self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
    }

    async fn add(&self, id: String, text: &str, kind: &str) -> Result<String> {
        if self.has(&id).await? {
            return Ok(id);
        }
        let sql = self.db.sql(
            "INSERT INTO snapshots (snapshot_id, snapshot_body, snapshot_type) VALUES (?, ?, ?)
             ON CONFLICT (snapshot_id) DO NOTHING",
            args![&id, compress(text)?, kind],
        );
        self.db.execute(sql).await?;
        Ok(id)
    }

    async fn get<T: Unpack>(&self, id: &str) -> Result<Option<Raw<T>>> {
        let sql =
            self.db.sql("SELECT snapshot_body FROM snapshots WHERE snapshot_id = ?", args![id]);
        let Some(row) = self.db.fetch_optional(sql).await? else {
            return Ok(None);
        };
        let corrupt = |reason: String| StorageError::Corrupt {
            table: "snapshots",
            column: "snapshot_body",
            row: id.to_owned(),
            reason,
        };
        let mut text = String::new();
        ZlibDecoder::new(row.bytes(0)?.as_slice())
            .read_to_string(&mut text)
            .map_err(|error| corrupt(error.to_string()))?;
        Raw::parse(text).map(Some).map_err(|error| corrupt(error.to_string()))
    }
}

fn compress(text: &str) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        StorageError::Invalid(format!("cannot compress a snapshot: {error}"))
    };
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).map_err(failed)?;
    encoder.finish().map_err(failed)
}
