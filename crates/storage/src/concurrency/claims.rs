//! Steps claiming and freeing slots.

use std::collections::{BTreeSet, HashMap};

use super::{ClaimStatus, ConcurrencyStore};
use crate::db::{Dialect, Tx, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

impl ConcurrencyStore {
    /// Enqueues a step for a pool and claims a slot if it is its turn.
    ///
    /// # Errors
    /// Database errors.
    pub async fn claim_slot(
        &self,
        name: &str,
        run_id: &str,
        step_key: &str,
        priority: i64,
    ) -> Result<ClaimStatus> {
        let mut tx = self.db.begin().await?;
        let assign_at = has_unassigned_slot(&mut tx, name).await?.then(Timestamp::now);
        let enqueue = tx.sql(
            "INSERT INTO pending_steps (concurrency_key, run_id, step_key, priority, assigned_timestamp)
             VALUES (?, ?, ?, ?, ?) ON CONFLICT (concurrency_key, run_id, step_key) DO NOTHING",
            args![name, run_id, step_key, priority, assign_at],
        );
        tx.execute(enqueue).await?;
        let mut status = claim_status(&mut tx, name, run_id, step_key).await?;
        if !status.claimed && status.assigned.is_some() {
            status.claimed = take_slot(&mut tx, name, run_id, step_key).await?;
        }
        tx.commit().await?;
        Ok(status)
    }

    /// Where a step stands without changing it.
    ///
    /// # Errors
    /// Database errors.
    pub async fn check_claim(
        &self,
        name: &str,
        run_id: &str,
        step_key: &str,
    ) -> Result<ClaimStatus> {
        let mut tx = self.db.begin().await?;
        let status = claim_status(&mut tx, name, run_id, step_key).await?;
        tx.commit().await?;
        Ok(status)
    }

    /// Runs with steps in any queue.
    ///
    /// # Errors
    /// Database errors.
    pub async fn run_ids(&self) -> Result<BTreeSet<String>> {
        let sql =
            self.db.sql("SELECT DISTINCT run_id FROM pending_steps WHERE run_id IS NOT NULL", []);
        self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
    }

    /// Frees all slots and queue places of a run and assigns what became free.
    ///
    /// # Errors
    /// Database errors.
    pub async fn free_slots_for_run(&self, run_id: &str) -> Result<()> {
        self.free(run_id, None).await
    }

    /// Frees the slot and queue place of one step and assigns what became free.
    ///
    /// # Errors
    /// Database errors.
    pub async fn free_slot_for_step(&self, run_id: &str, step_key: &str) -> Result<()> {
        self.free(run_id, Some(step_key)).await
    }

    async fn free(&self, run_id: &str, step_key: Option<&str>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let filter = match step_key {
            Some(_) => "run_id = ? AND step_key = ?",
            None => "run_id = ?",
        };
        let who = || {
            let mut args = vec![run_id.into()];
            args.extend(step_key.map(Into::into));
            args
        };
        // Slots removed while in use go now.
        let mut sweep = tx.sql("DELETE FROM concurrency_slots WHERE ", []);
        sweep.add(filter, who()).add(" AND deleted = ?", args![true]);
        tx.execute(sweep).await?;
        let mut release =
            tx.sql("UPDATE concurrency_slots SET run_id = NULL, step_key = NULL WHERE ", []);
        release.add(filter, who());
        tx.execute(release).await?;
        let mut dequeue = tx.sql("DELETE FROM pending_steps WHERE ", []);
        dequeue.add(filter, who()).push(" RETURNING concurrency_key, assigned_timestamp");
        let mut freed: HashMap<String, usize> = HashMap::new();
        for row in tx.fetch_all(dequeue).await? {
            if row.opt_time(1)?.is_some() {
                *freed.entry(row.text(0)?).or_default() += 1;
            }
        }
        for (name, count) in freed {
            assign_pending(&mut tx, &name, count).await?;
        }
        tx.commit().await
    }
}

/// Assigns up to `count` waiting steps of a pool, highest priority and longest waiting first.
pub(super) async fn assign_pending(tx: &mut Tx, name: &str, count: usize) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let sql = tx.sql(
        "UPDATE pending_steps SET assigned_timestamp = ? WHERE id IN (
            SELECT id FROM pending_steps WHERE concurrency_key = ? AND assigned_timestamp IS NULL
            ORDER BY priority DESC, create_timestamp ASC, id ASC LIMIT ?)",
        args![Timestamp::now(), name, count as i64],
    );
    tx.execute(sql).await.map(drop)
}

async fn has_unassigned_slot(tx: &mut Tx, name: &str) -> Result<bool> {
    let sql = tx.sql(
        "SELECT (SELECT COUNT(*) FROM concurrency_slots WHERE concurrency_key = ? AND deleted = ?)
              > (SELECT COUNT(*) FROM pending_steps WHERE concurrency_key = ? AND assigned_timestamp IS NOT NULL)",
        args![name, false, name],
    );
    Ok(tx.fetch_optional(sql).await?.map(|row| row.bool(0)).transpose()?.unwrap_or(false))
}

async fn claim_status(
    tx: &mut Tx,
    name: &str,
    run_id: &str,
    step_key: &str,
) -> Result<ClaimStatus> {
    let sql = tx.sql(
        "SELECT p.assigned_timestamp, p.priority, p.create_timestamp,
                EXISTS (SELECT 1 FROM concurrency_slots s WHERE s.concurrency_key = p.concurrency_key
                        AND s.run_id = p.run_id AND s.step_key = p.step_key)
         FROM pending_steps p WHERE p.concurrency_key = ? AND p.run_id = ? AND p.step_key = ?",
        args![name, run_id, step_key],
    );
    let Some(row) = tx.fetch_optional(sql).await? else {
        return Ok(ClaimStatus { claimed: false, priority: None, assigned: None, enqueued: None });
    };
    let assigned = row.opt_time(0)?;
    Ok(ClaimStatus {
        claimed: assigned.is_some() && row.bool(3)?,
        priority: row.opt_int(1)?.filter(|priority| *priority != 0),
        assigned,
        enqueued: row.opt_time(2)?,
    })
}

async fn take_slot(tx: &mut Tx, name: &str, run_id: &str, step_key: &str) -> Result<bool> {
    let mut sql = tx.sql(
        "SELECT id FROM concurrency_slots
         WHERE concurrency_key = ? AND step_key IS NULL AND deleted = ? LIMIT 1",
        args![name, false],
    );
    if tx.dialect() == Dialect::Postgres {
        sql.push(" FOR UPDATE SKIP LOCKED");
    }
    let Some(row) = tx.fetch_optional(sql).await? else {
        return Ok(false);
    };
    let take = tx.sql(
        "UPDATE concurrency_slots SET run_id = ?, step_key = ? WHERE id = ?",
        args![run_id, step_key, row.int(0)?],
    );
    Ok(tx.execute(take).await? == 1)
}
