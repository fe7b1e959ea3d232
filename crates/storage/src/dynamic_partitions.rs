//! Keys of dynamic partitions definitions.

use std::collections::HashSet;

use crate::db::{Db, args};
use crate::error::{Result, StorageError};
use crate::paging::{Order, Page, StorageIdCursor};

/// Dagster's `dynamic_partitions` table.
#[derive(Clone)]
pub struct DynamicPartitionsStore {
    db: Db,
}

/// Rows per `INSERT`.
const BATCH: usize = 1_000;

impl DynamicPartitionsStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// All keys of a definition in the order they were added.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get(&self, partitions_def_name: &str) -> Result<Vec<String>> {
        let sql = self.db.sql(
            "SELECT partition FROM dynamic_partitions WHERE partitions_def_name = ? ORDER BY id",
            args![partitions_def_name],
        );
        self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
    }

    /// A page of keys.
    ///
    /// # Errors
    /// A malformed cursor, database errors.
    pub async fn get_page(
        &self,
        partitions_def_name: &str,
        limit: usize,
        order: Order,
        cursor: Option<&str>,
    ) -> Result<Page<String>> {
        let mut sql = self.db.sql(
            "SELECT id, partition FROM dynamic_partitions WHERE partitions_def_name = ?",
            args![partitions_def_name],
        );
        if let Some(cursor) = cursor {
            let id = StorageIdCursor::parse(cursor)?.storage_id;
            sql.push(" AND id ").push(order.after()).add(" ?", args![id]);
        }
        // One more than asked for tells whether there is a next page.
        sql.push(" ORDER BY id ").push(order.sql()).add(" LIMIT ?", args![limit as i64 + 1]);
        let rows = self.db.fetch_all(sql).await?;
        let has_more = rows.len() > limit;
        let shown = &rows[..rows.len().min(limit)];
        let next = match (shown.last(), cursor) {
            (Some(row), _) => StorageIdCursor { storage_id: row.int(0)? }.to_string(),
            (None, Some(cursor)) => cursor.to_owned(),
            (None, None) => StorageIdCursor { storage_id: -1 }.to_string(),
        };
        let results = shown.iter().map(|row| row.text(1)).collect::<Result<_>>()?;
        Ok(Page { results, cursor: next, has_more })
    }

    /// Whether a key exists.
    ///
    /// # Errors
    /// Database errors.
    pub async fn has(&self, partitions_def_name: &str, partition_key: &str) -> Result<bool> {
        let sql = self.db.sql(
            "SELECT 1 FROM dynamic_partitions WHERE partitions_def_name = ? AND partition = ?",
            args![partitions_def_name, partition_key],
        );
        Ok(self.db.fetch_optional(sql).await?.is_some())
    }

    /// Those of `partition_keys` that exist.
    ///
    /// # Errors
    /// Database errors.
    pub async fn existing(
        &self,
        partitions_def_name: &str,
        partition_keys: &[String],
    ) -> Result<HashSet<String>> {
        let sql = self.db.sql(
            "SELECT partition FROM dynamic_partitions WHERE partitions_def_name = ? AND partition IN ?",
            args![partitions_def_name, partition_keys],
        );
        self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
    }

    /// Adds keys; those present already are left as they are.
    ///
    /// # Errors
    /// An empty definition name, database errors.
    pub async fn add(&self, partitions_def_name: &str, partition_keys: &[String]) -> Result<()> {
        if partitions_def_name.is_empty() {
            return Err(StorageError::Invalid("a partitions definition needs a name".into()));
        }
        if partition_keys.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for batch in partition_keys.chunks(BATCH) {
            let mut sql =
                tx.sql("INSERT INTO dynamic_partitions (partitions_def_name, partition)", []);
            sql.values(batch.iter().map(|key| args![partitions_def_name, key]))
                .push(" ON CONFLICT (partitions_def_name, partition) DO NOTHING");
            tx.execute(sql).await?;
        }
        tx.commit().await
    }

    /// Deletes keys; absent ones are ignored.
    ///
    /// # Errors
    /// Database errors.
    pub async fn delete(&self, partitions_def_name: &str, partition_keys: &[String]) -> Result<()> {
        let sql = self.db.sql(
            "DELETE FROM dynamic_partitions WHERE partitions_def_name = ? AND partition IN ?",
            args![partitions_def_name, partition_keys],
        );
        self.db.execute(sql).await.map(drop)
    }
}
