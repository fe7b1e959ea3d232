//! Job and execution plan snapshots.
//!
//! A snapshot's id is the SHA-1 of its serialized text, so a stored one never changes. Bodies are
//! zlib streams, as Dagster writes them.

use std::collections::{HashMap, HashSet};
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
        Ok(self.get_many(&[id.to_owned()]).await?.remove(id))
    }

    /// Job snapshots by id; those that are not stored are left out.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_job_snapshots(&self, ids: &[String]) -> Result<HashMap<String, Raw<JobSnap>>> {
        self.get_many(ids).await
    }

    /// An execution plan snapshot.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_execution_plan_snapshot(
        &self,
        id: &str,
    ) -> Result<Option<Raw<ExecutionPlanSnapshot>>> {
        Ok(self.get_many(&[id.to_owned()]).await?.remove(id))
    }

    /// Execution plan snapshots by id; those that are not stored are left out.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_execution_plan_snapshots(
        &self,
        ids: &[String],
    ) -> Result<HashMap<String, Raw<ExecutionPlanSnapshot>>> {
        self.get_many(ids).await
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

    async fn get_many<T: Unpack>(&self, ids: &[String]) -> Result<HashMap<String, Raw<T>>> {
        let sql = self.db.sql(
            "SELECT snapshot_id, snapshot_body FROM snapshots WHERE snapshot_id IN ?",
            args![ids],
        );
        let rows = self.db.fetch_all(sql).await?;
        rows.iter()
            .map(|row| {
                let id = row.text(0)?;
                let snapshot = decompress(&row.bytes(1)?).map_err(|reason| {
                    let row = id.clone();
                    StorageError::Corrupt {
                        table: "snapshots",
                        column: "snapshot_body",
                        row,
                        reason,
                    }
                })?;
                Ok((id, snapshot))
            })
            .collect()
    }
}

fn decompress<T: Unpack>(body: &[u8]) -> std::result::Result<Raw<T>, String> {
    let mut text = String::new();
    ZlibDecoder::new(body).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Raw::parse(text).map_err(|error| error.to_string())
}

fn compress(text: &str) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        StorageError::Invalid(format!("cannot compress a snapshot: {error}"))
    };
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).map_err(failed)?;
    encoder.finish().map_err(failed)
}
