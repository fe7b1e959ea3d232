//! Which assets exist, and forgetting them.

use rondel_model::event::AssetDetails;
use rondel_model::ids::{AssetKey, UnixTime};
use rondel_model::partition::AssetStatusCacheValue;
use rondel_model::serdes::to_text;

use super::{AssetStore, IS_VISIBLE, db_strings};
use crate::db::{args, like_prefix};
use crate::error::Result;
use crate::timestamp::Timestamp;

impl AssetStore {
    /// Keys of all assets with events, sorted.
    ///
    /// # Errors
    /// Database errors.
    pub async fn all_asset_keys(&self) -> Result<Vec<AssetKey>> {
        self.get_asset_keys(&[], None, None).await
    }

    /// Keys beginning with `prefix`, after the database form `cursor`, sorted.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_asset_keys(
        &self,
        prefix: &[String],
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<Vec<AssetKey>> {
        let mut sql = self.db.sql("SELECT k.asset_key FROM asset_keys k WHERE ", []);
        sql.push(IS_VISIBLE);
        if !prefix.is_empty() {
            // `["a", "b"` without the closing bracket matches at component boundaries.
            let mut text = to_text(&prefix.to_vec());
            text.pop();
            sql.add(r" AND k.asset_key LIKE ? ESCAPE '\'", args![like_prefix(&text)]);
        }
        if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
            sql.add(" AND k.asset_key > ?", args![cursor]);
        }
        sql.push(" ORDER BY k.asset_key");
        if let Some(limit) = limit.filter(|limit| *limit > 0) {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
        let rows = self.db.fetch_all(sql).await?;
        let mut texts: Vec<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        // The database's collation decides the pages, code points the order within one.
        texts.sort_unstable();
        Ok(texts.iter().filter_map(|text| AssetKey::from_db_string(text)).collect())
    }

    /// Those of `keys` that exist.
    ///
    /// # Errors
    /// Database errors.
    pub async fn existing(&self, keys: &[AssetKey]) -> Result<Vec<AssetKey>> {
        let mut sql = self.db.sql(
            "SELECT k.asset_key FROM asset_keys k WHERE k.asset_key IN ? AND ",
            args![db_strings(keys)],
        );
        sql.push(IS_VISIBLE);
        let rows = self.db.fetch_all(sql).await?;
        let texts: Vec<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        Ok(texts.iter().filter_map(|text| AssetKey::from_db_string(text)).collect())
    }

    /// Whether an asset has events since its last wipe.
    ///
    /// # Errors
    /// Database errors.
    pub async fn has_asset_key(&self, key: &AssetKey) -> Result<bool> {
        Ok(!self.existing(std::slice::from_ref(key)).await?.is_empty())
    }

    /// Hides all history of assets up to `now` and deletes their check executions. In the layout
    /// with a file per run their copies in the cross-run index go, as in Dagster.
    ///
    /// # Errors
    /// Database errors.
    pub async fn wipe_assets(&self, keys: &[AssetKey], now: UnixTime) -> Result<()> {
        let details =
            AssetDetails { last_wipe_timestamp: Some(now.seconds()), ..Default::default() };
        let keys = db_strings(keys);
        let mut tx = self.db.begin().await?;
        let sql = tx.sql(
            "UPDATE asset_keys SET asset_details = ?, wipe_timestamp = ?, last_materialization = NULL,
                last_run_id = NULL, cached_status_data = NULL WHERE asset_key IN ?",
            args![to_text(&details), Timestamp::from_unix_seconds(now.seconds()), keys.clone()],
        );
        tx.execute(sql).await?;
        let sql =
            tx.sql("DELETE FROM asset_check_executions WHERE asset_key IN ?", args![keys.clone()]);
        tx.execute(sql).await?;
        if self.index_holds_copies {
            let sql = tx.sql("DELETE FROM event_logs WHERE asset_key IN ?", args![keys]);
            tx.execute(sql).await?;
        }
        tx.commit().await
    }

    /// Sets the cached partition status of assets, in one statement. A row that somebody else is writing
    /// keeps the cache it has: waiting for several rows might end in a deadlock, and the next reader
    /// brings the cache up to date.
    ///
    /// # Errors
    /// Database errors.
    pub async fn update_cached_statuses(
        &self,
        statuses: &[(AssetKey, AssetStatusCacheValue)],
    ) -> Result<()> {
        if statuses.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = statuses.iter().map(|(key, _)| key.to_db_string()).collect();
        let texts: Vec<String> = statuses.iter().map(|(_, status)| to_text(status)).collect();
        let mut sql = self.db.sql(
            "WITH free AS (SELECT id, asset_key FROM asset_keys WHERE asset_key IN ?",
            args![keys.clone()],
        );
        sql.push(self.db.skip_locked());
        sql.push(") UPDATE asset_keys SET cached_status_data = new.status FROM free JOIN ");
        sql.pairs("new", ("asset", keys), ("status", texts));
        sql.push(" ON new.asset = free.asset_key WHERE asset_keys.id = free.id");
        self.db.execute(sql).await.map(drop)
    }

    /// Forgets the cached partition status of an asset.
    ///
    /// # Errors
    /// Database errors.
    pub async fn wipe_cached_status(&self, key: &AssetKey) -> Result<()> {
        let sql = self.db.sql(
            "UPDATE asset_keys SET cached_status_data = NULL WHERE asset_key = ?",
            args![key.to_db_string()],
        );
        self.db.execute(sql).await.map(drop)
    }
}
