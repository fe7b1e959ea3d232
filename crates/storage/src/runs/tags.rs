//! Tags of runs.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rondel_model::ids::UnixTime;
use rondel_model::run::tags;
use rondel_model::serdes::{Map, to_text};

use super::read::RunsByTag;
use super::{RunStore, run_from};
use crate::db::{Tx, args, like_prefix};
use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

impl RunStore {
    /// Values of tags (Dagster's `get_run_tags`), sorted by key.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_tags(
        &self,
        keys: &[String],
        value_prefix: Option<&str>,
        limit: Option<usize>,
    ) -> Result<Vec<(String, BTreeSet<String>)>> {
        let mut sql = self
            .db
            .sql(r#"SELECT DISTINCT "key", value FROM run_tags WHERE "key" IN ?"#, args![keys]);
        if let Some(prefix) = value_prefix.filter(|prefix| !prefix.is_empty()) {
            sql.add(r" AND value LIKE ? ESCAPE '\'", args![like_prefix(prefix)]);
        }
        sql.push(r#" ORDER BY "key", value"#);
        if let Some(limit) = limit {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
        let mut values: IndexMap<String, BTreeSet<String>> = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            let of_key = values.entry(row.text(0)?).or_default();
            of_key.extend(row.opt_text(1)?);
        }
        values.sort_keys();
        Ok(values.into_iter().collect())
    }

    /// All tag keys in use, sorted.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_tag_keys(&self) -> Result<Vec<String>> {
        let sql = self.db.sql(r#"SELECT DISTINCT "key" FROM run_tags ORDER BY "key""#, []);
        let mut keys: Vec<String> =
            self.db.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        keys.sort_unstable();
        Ok(keys)
    }

    /// Ids of the runs having any of `values` for tag `key`, by value, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_run_ids_by_tag(&self, key: &str, values: &[String]) -> Result<RunsByTag> {
        let sql = self.db.sql(
            r#"SELECT value, run_id FROM run_tags WHERE "key" = ? AND value IN ? ORDER BY id DESC"#,
            args![key, values],
        );
        let mut runs = RunsByTag::new();
        for row in self.db.fetch_all(sql).await? {
            runs.entry(row.text(0)?).or_default().push(row.text(1)?);
        }
        Ok(runs)
    }

    /// Adds tags to a run, replacing those of the same key.
    ///
    /// # Errors
    /// [`StorageError::RunNotFound`], an unreadable body, database errors.
    pub async fn add_tags(
        &self,
        run_id: &str,
        new_tags: &Map<String>,
        now: UnixTime,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let mut sql = tx.sql("SELECT run_body, status FROM runs WHERE run_id = ?", args![run_id]);
        sql.push(tx.for_update());
        let row = tx.fetch_optional(sql).await?;
        let row = row.ok_or_else(|| StorageError::RunNotFound(run_id.to_owned()))?;
        let mut run = run_from(&row, 0, 1)?;
        run.tags.extend(new_tags.clone());
        let sql = tx.sql(
            "UPDATE runs SET run_body = ?, partition = ?, partition_set = ?, update_timestamp = ? WHERE run_id = ?",
            args![
                to_text(&run),
                run.tag(tags::PARTITION_NAME_TAG),
                run.tag(tags::PARTITION_SET_TAG),
                Timestamp::from_unix_seconds(now.seconds()),
                run_id
            ],
        );
        tx.execute(sql).await?;
        put_tags(&mut tx, run_id, new_tags).await?;
        tx.commit().await
    }
}

/// Replaces the rows of the given keys.
pub(super) async fn put_tags(tx: &mut Tx, run_id: &str, new_tags: &Map<String>) -> Result<()> {
    if new_tags.is_empty() {
        return Ok(());
    }
    // Update what is there and insert the rest: a deleted and re-inserted row would change the
    // order in which Dagster lists tags.
    let keys: Vec<String> = new_tags.keys().cloned().collect();
    let sql = tx.sql(
        r#"SELECT DISTINCT "key" FROM run_tags WHERE run_id = ? AND "key" IN ?"#,
        args![run_id, keys],
    );
    let present: BTreeSet<String> =
        tx.fetch_all(sql).await?.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    for key in &present {
        let sql = tx.sql(
            r#"UPDATE run_tags SET value = ? WHERE run_id = ? AND "key" = ?"#,
            args![new_tags.get(key).cloned(), run_id, key],
        );
        tx.execute(sql).await?;
    }
    let absent: Vec<_> = new_tags
        .iter()
        .filter(|(key, _)| !present.contains(*key))
        .map(|(key, value)| args![run_id, key, value])
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    let mut sql = tx.sql(r#"INSERT INTO run_tags (run_id, "key", value)"#, []);
    sql.values(absent);
    tx.execute(sql).await.map(drop)
}
