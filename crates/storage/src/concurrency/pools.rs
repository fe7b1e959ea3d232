//! Limits and slots of pools.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::{ClaimedSlot, ConcurrencyStore, PendingStep, PoolInfo, PoolLimit};
use crate::db::{Tx, args};
use crate::error::{Result, StorageError};

/// Greatest number of slots of a pool unless `DAGSTER_MAX_GLOBAL_OP_CONCURRENCY_LIMIT` says otherwise.
const DEFAULT_MAX_SLOTS: i64 = 1_000;

impl ConcurrencyStore {
    /// Limits of all pools.
    ///
    /// # Errors
    /// Database errors.
    pub async fn pool_limits(&self) -> Result<Vec<PoolLimit>> {
        self.reconcile_limits().await?;
        let sql = self.db.sql(
            r#"SELECT concurrency_key, "limit", using_default_limit FROM concurrency_limits ORDER BY id"#,
            [],
        );
        let rows = self.db.fetch_all(sql).await?;
        rows.iter()
            .map(|row| {
                Ok(PoolLimit { name: row.text(0)?, limit: row.int(1)?, from_default: row.bool(2)? })
            })
            .collect()
    }

    /// Names of all limited pools.
    ///
    /// # Errors
    /// Database errors.
    pub async fn concurrency_keys(&self) -> Result<BTreeSet<String>> {
        Ok(self.pool_limits().await?.into_iter().map(|pool| pool.name).collect())
    }

    /// State of pools, in the order asked for. A pool without limit and slots has `default_limit`.
    ///
    /// # Errors
    /// Database errors.
    pub async fn pool_infos(
        &self,
        names: &[String],
        default_limit: Option<i64>,
    ) -> Result<IndexMap<String, PoolInfo>> {
        let mut infos: IndexMap<String, PoolInfo> =
            names.iter().map(|name| (name.clone(), PoolInfo::empty(name))).collect();
        let slots = self.db.sql(
            "SELECT concurrency_key, run_id, step_key, deleted FROM concurrency_slots
             WHERE concurrency_key IN ? ORDER BY id",
            args![names],
        );
        for row in self.db.fetch_all(slots).await? {
            let Some(info) = infos.get_mut(&row.text(0)?) else { continue };
            if !row.bool(3)? {
                info.slot_count += 1;
            }
            if let Some(run_id) = row.opt_text(1)? {
                info.claimed_slots.push(ClaimedSlot { run_id, step_key: row.opt_text(2)? });
            }
        }
        let pending = self.db.sql(
            "SELECT concurrency_key, run_id, step_key, create_timestamp, assigned_timestamp, priority
             FROM pending_steps WHERE concurrency_key IN ? ORDER BY id",
            args![names],
        );
        for row in self.db.fetch_all(pending).await? {
            let Some(info) = infos.get_mut(&row.text(0)?) else { continue };
            info.pending_steps.push(PendingStep {
                run_id: row.opt_text(1)?.unwrap_or_default(),
                step_key: row.opt_text(2)?.unwrap_or_default(),
                enqueued: row.time(3)?,
                assigned: row.opt_time(4)?,
                priority: row.opt_int(5)?,
            });
        }
        let limits: HashMap<String, PoolLimit> =
            self.pool_limits().await?.into_iter().map(|pool| (pool.name.clone(), pool)).collect();
        for (name, info) in &mut infos {
            (info.limit, info.using_default_limit) = match limits.get(name) {
                Some(pool) => (Some(pool.limit), pool.from_default),
                None if info.slot_count > 0 => (Some(info.slot_count), false),
                None => (default_limit, true),
            };
        }
        Ok(infos)
    }

    /// Sets a pool's limit and gives free slots to waiting steps.
    ///
    /// # Errors
    /// A limit that is negative or above the greatest allowed, database errors.
    pub async fn set_slots(&self, name: &str, limit: i64) -> Result<()> {
        let greatest = max_slots();
        if !(0..=greatest).contains(&limit) {
            return Err(StorageError::Invalid(format!(
                "a pool has between 0 and {greatest} slots, not {limit}"
            )));
        }
        self.reconcile_limits().await?;
        let mut tx = self.db.begin().await?;
        let sql = tx.sql(
            r#"INSERT INTO concurrency_limits (concurrency_key, "limit", using_default_limit)
               VALUES (?, ?, ?)
               ON CONFLICT (concurrency_key) DO UPDATE SET "limit" = excluded."limit", using_default_limit = excluded.using_default_limit"#,
            args![name, limit, false],
        );
        tx.execute(sql).await?;
        let added = allocate_slots(&mut tx, name, limit).await?;
        super::claims::assign_pending(&mut tx, name, added).await?;
        tx.commit().await
    }

    /// Brings a pool to the instance's default limit; without one, the pool becomes unlimited.
    ///
    /// # Errors
    /// Database errors.
    pub async fn initialize_to_default(
        &self,
        name: &str,
        default_limit: Option<i64>,
    ) -> Result<()> {
        self.reconcile_limits().await?;
        let mut tx = self.db.begin().await?;
        let sql = match default_limit {
            None => tx.sql("DELETE FROM concurrency_limits WHERE concurrency_key = ?", args![name]),
            Some(limit) => tx.sql(
                r#"INSERT INTO concurrency_limits (concurrency_key, "limit", using_default_limit)
                   VALUES (?, ?, ?)
                   ON CONFLICT (concurrency_key) DO UPDATE SET "limit" = excluded."limit""#,
                args![name, limit, true],
            ),
        };
        tx.execute(sql).await?;
        allocate_slots(&mut tx, name, default_limit.unwrap_or(0)).await?;
        tx.commit().await
    }

    /// Removes a pool's limit and its free slots.
    ///
    /// # Errors
    /// Database errors.
    pub async fn delete_limit(&self, name: &str) -> Result<()> {
        self.reconcile_limits().await?;
        let mut tx = self.db.begin().await?;
        let sql = tx.sql("DELETE FROM concurrency_limits WHERE concurrency_key = ?", args![name]);
        tx.execute(sql).await?;
        allocate_slots(&mut tx, name, 0).await?;
        tx.commit().await
    }

    /// Slots of an early Dagster have no row in the limits table: derive them once.
    async fn reconcile_limits(&self) -> Result<()> {
        let needed = self.db.sql(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM concurrency_slots)
             AND NOT EXISTS (SELECT 1 FROM concurrency_limits)",
            [],
        );
        if self.db.fetch_optional(needed).await?.is_none() {
            return Ok(());
        }
        let sql = self.db.sql(
            r#"INSERT INTO concurrency_limits (concurrency_key, "limit", using_default_limit)
               SELECT concurrency_key, COUNT(*), ? FROM concurrency_slots WHERE deleted = ?
               GROUP BY concurrency_key
               ON CONFLICT (concurrency_key) DO NOTHING"#,
            args![false, false],
        );
        self.db.execute(sql).await.map(drop)
    }
}

impl PoolInfo {
    fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            slot_count: 0,
            claimed_slots: Vec::new(),
            pending_steps: Vec::new(),
            limit: None,
            using_default_limit: false,
        }
    }
}

fn max_slots() -> i64 {
    std::env::var("DAGSTER_MAX_GLOBAL_OP_CONCURRENCY_LIMIT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_MAX_SLOTS)
}

/// Adds or removes slots until `limit` exist and returns how many were added. Slots in use are
/// only marked as deleted; they go when freed.
async fn allocate_slots(tx: &mut Tx, name: &str, limit: i64) -> Result<usize> {
    let sql = tx.sql(
        "SELECT COUNT(*) FROM concurrency_slots WHERE concurrency_key = ? AND deleted = ?",
        args![name, false],
    );
    let existing = match tx.fetch_optional(sql).await? {
        Some(row) => row.int(0)?,
        None => 0,
    };
    if existing < limit {
        let added = (limit - existing) as usize;
        let mut sql = tx.sql("INSERT INTO concurrency_slots (concurrency_key, deleted)", []);
        sql.values((0..added).map(|_| args![name, false]));
        tx.execute(sql).await?;
        return Ok(added);
    }
    if existing > limit {
        let mark = tx.sql(
            "UPDATE concurrency_slots SET deleted = ? WHERE id IN (
                SELECT id FROM concurrency_slots WHERE concurrency_key = ? AND deleted = ?
                ORDER BY CASE WHEN run_id IS NULL THEN 1 ELSE 0 END DESC, id DESC LIMIT ?)",
            args![true, name, false, existing - limit],
        );
        tx.execute(mark).await?;
        let sweep = tx
            .sql("DELETE FROM concurrency_slots WHERE deleted = ? AND run_id IS NULL", args![true]);
        tx.execute(sweep).await?;
    }
    Ok(0)
}
