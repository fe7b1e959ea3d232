//! Evaluations of automation conditions, by asset or check and by tick.

use super::ScheduleStore;
use crate::db::{Row, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// Evaluations per `INSERT`, of four arguments each.
const BATCH: usize = 250;

/// Bytes of bodies per `INSERT`: driver and server hold a statement several times over, and memory that is used again for
/// the next one costs neither anything.
const BATCH_SIZE: usize = 256 << 10;

/// An evaluation to be stored. The body is already serialized: evaluations are large, and whoever
/// made one knows its size.
#[derive(Clone, Debug)]
pub struct AssetEvaluation {
    /// The database form of the asset or check key (`EntityKey::to_db_string`).
    pub key: String,
    /// The serialized `AutomationConditionEvaluationWithRunIds`.
    pub body: String,
    /// How many partitions (or one whole) were requested.
    pub num_requested: i64,
}

/// A stored evaluation (Dagster's `AutoMaterializeAssetEvaluationRecord`).
#[derive(Clone, Debug, PartialEq)]
pub struct AssetEvaluationRecord {
    /// The row's id.
    pub id: i64,
    /// The serialized evaluation.
    pub body: String,
    /// Its tick's evaluation id.
    pub evaluation_id: i64,
    /// When it was stored, in Unix seconds.
    pub timestamp: f64,
    /// The database form of the asset or check key.
    pub key: String,
}

const COLUMNS: &str = "SELECT id, asset_evaluation_body, evaluation_id, create_timestamp, asset_key FROM asset_daemon_asset_evaluations";

impl ScheduleStore {
    /// Stores the evaluations of a tick, replacing those of the same keys.
    ///
    /// # Errors
    /// Database errors.
    pub async fn add_asset_evaluations(
        &self,
        evaluation_id: i64,
        evaluations: Vec<AssetEvaluation>,
    ) -> Result<()> {
        if evaluations.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let mut evaluations = evaluations.into_iter().peekable();
        while evaluations.peek().is_some() {
            let (mut rows, mut size) = (0, 0);
            let batch = std::iter::from_fn(|| {
                let next = evaluations.next_if(|_| rows < BATCH && size < BATCH_SIZE)?;
                (rows, size) = (rows + 1, size + next.body.len());
                Some(args![evaluation_id, next.key, next.body, next.num_requested])
            });
            let mut sql = tx.sql(
                "INSERT INTO asset_daemon_asset_evaluations (evaluation_id, asset_key, asset_evaluation_body, num_requested)",
                [],
            );
            sql.values(batch).push(
                " ON CONFLICT (asset_key, evaluation_id) DO UPDATE SET
                    asset_evaluation_body = excluded.asset_evaluation_body, num_requested = excluded.num_requested",
            );
            tx.execute(sql).await?;
        }
        tx.commit().await
    }

    /// Gives evaluations of a tick another end, where they end in `old`: `ends` are keys with what is put there
    /// instead. How many ended so. What stands before, most of an evaluation, does not leave the database.
    ///
    /// # Errors
    /// Database errors.
    pub async fn replace_evaluation_ends(
        &self,
        evaluation_id: i64,
        old: &str,
        ends: &[(String, String)],
    ) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let kept = format!("length(asset_evaluation_body) - {}", old.chars().count());
        let mut replaced = 0;
        for batch in ends.chunks(BATCH) {
            let (keys, new) = batch.iter().cloned().unzip::<_, _, Vec<String>, Vec<String>>();
            let mut sql =
                tx.sql("UPDATE asset_daemon_asset_evaluations SET asset_evaluation_body =", []);
            sql.push(&format!(" substr(asset_evaluation_body, 1, {kept}) || ended.new_end FROM "));
            sql.pairs("ended", ("evaluated", keys), ("new_end", new));
            sql.add(
                " WHERE asset_key = ended.evaluated AND evaluation_id = ?",
                args![evaluation_id],
            );
            sql.add(&format!(" AND substr(asset_evaluation_body, {kept} + 1) = ?"), args![old]);
            replaced += tx.execute(sql).await?;
        }
        tx.commit().await?;
        Ok(replaced)
    }

    /// Evaluations of a key, latest first, before evaluation `cursor`.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_asset_evaluations(
        &self,
        key: &str,
        limit: usize,
        cursor: Option<i64>,
    ) -> Result<Vec<AssetEvaluationRecord>> {
        let mut sql = self.db.sql(COLUMNS, []);
        sql.add(" WHERE asset_key = ?", args![key]);
        if let Some(cursor) = cursor {
            sql.add(" AND evaluation_id < ?", args![cursor]);
        }
        sql.add(" ORDER BY evaluation_id DESC LIMIT ?", args![limit as i64]);
        self.db.fetch_all(sql).await?.iter().map(record_from).collect()
    }

    /// All evaluations of a tick.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_evaluations_of_tick(
        &self,
        evaluation_id: i64,
    ) -> Result<Vec<AssetEvaluationRecord>> {
        let mut sql = self.db.sql(COLUMNS, []);
        sql.add(" WHERE evaluation_id = ? ORDER BY id", args![evaluation_id]);
        self.db.fetch_all(sql).await?.iter().map(record_from).collect()
    }

    /// The evaluations of some keys in a tick.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_evaluations_of_keys(
        &self,
        evaluation_id: i64,
        keys: &[String],
    ) -> Result<Vec<AssetEvaluationRecord>> {
        let mut sql = self.db.sql(COLUMNS, []);
        sql.add(" WHERE evaluation_id = ?", args![evaluation_id]);
        sql.add(" AND asset_key IN ? ORDER BY id", args![keys.to_vec()]);
        self.db.fetch_all(sql).await?.iter().map(record_from).collect()
    }

    /// The keys evaluated in a tick.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_evaluated_keys(&self, evaluation_id: i64) -> Result<Vec<String>> {
        let sql = self.db.sql(
            "SELECT asset_key FROM asset_daemon_asset_evaluations WHERE evaluation_id = ? ORDER BY id",
            args![evaluation_id],
        );
        self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect()
    }

    /// Deletes evaluations stored before a time.
    ///
    /// # Errors
    /// Database errors.
    pub async fn purge_asset_evaluations(&self, before: f64) -> Result<u64> {
        let sql = self.db.sql(
            "DELETE FROM asset_daemon_asset_evaluations WHERE create_timestamp < ?",
            args![Timestamp::from_unix_seconds(before)],
        );
        self.db.execute(sql).await
    }
}

fn record_from(row: &Row) -> Result<AssetEvaluationRecord> {
    Ok(AssetEvaluationRecord {
        id: row.int(0)?,
        body: row.text(1)?,
        evaluation_id: row.int(2)?,
        timestamp: row.time(3)?.unix_seconds(),
        key: row.text(4)?,
    })
}
