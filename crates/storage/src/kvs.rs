//! Daemon cursors: Dagster's `kvs` table.

use indexmap::IndexMap;

use crate::db::{Db, args};
use crate::error::Result;

/// Key/value pairs of the run database (Dagster's `DaemonCursorStorage`).
#[derive(Clone)]
pub struct KvsStore {
    db: Db,
}

impl KvsStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Values of those `keys` that are set.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_cursor_values<K: AsRef<str>>(
        &self,
        keys: &[K],
    ) -> Result<IndexMap<String, String>> {
        let keys: Vec<String> = keys.iter().map(|key| key.as_ref().to_owned()).collect();
        let sql = self.db.sql(r#"SELECT "key", value FROM kvs WHERE "key" IN ?"#, args![keys]);
        let rows = self.db.fetch_all(sql).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.opt_text(1)?.unwrap_or_default()))).collect()
    }

    /// The value of one key.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_cursor_value(&self, key: &str) -> Result<Option<String>> {
        Ok(self.get_cursor_values(&[key]).await?.swap_remove(key))
    }

    /// Sets all `pairs` in one statement.
    ///
    /// # Errors
    /// Database errors.
    pub async fn set_cursor_values<K, V>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<()>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let rows: Vec<_> =
            pairs.into_iter().map(|(key, value)| args![key.as_ref(), value.as_ref()]).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let mut sql = self.db.sql(r#"INSERT INTO kvs ("key", value)"#, []);
        sql.values(rows).push(r#" ON CONFLICT ("key") DO UPDATE SET value = excluded.value"#);
        self.db.execute(sql).await.map(drop)
    }
}
