//! An asset's row with its latest materialization.

use std::collections::HashMap;

use indexmap::IndexMap;
use rondel_model::event::{AssetDetails, DagsterEventType, EventLogEntry, EventRecord};
use rondel_model::ids::AssetKey;
use rondel_model::partition::AssetStatusCacheValue;
use rondel_model::record;
use rondel_model::serdes::from_text;

use super::{AssetStore, IS_VISIBLE, db_strings};
use crate::db::args;
use crate::error::Result;

/// An asset as the stores know it (Dagster's `AssetRecord` and `AssetEntry`).
#[derive(Clone, Debug, PartialEq)]
pub struct AssetRecord {
    /// The row's id.
    pub storage_id: i64,
    /// The asset.
    pub asset_key: AssetKey,
    /// Its latest materialization since the last wipe.
    pub last_materialization: Option<EventRecord>,
    /// The last run which materialized it or planned to.
    pub last_run_id: Option<String>,
    /// When it was wiped last, in Unix seconds.
    pub last_wipe_timestamp: Option<f64>,
    /// The cached status of its partitions.
    pub cached_status: Option<AssetStatusCacheValue>,
}

record! {
    /// Dagster's `EventLogRecord`, as `asset_keys.last_materialization` holds it.
    pub struct StoredEventRecord = "EventLogRecord" {
        storage_id: i64,
        event_log_entry: EventLogEntry,
    }
}

impl AssetStore {
    /// Records of all assets or of those given, sorted by key; absent and wiped ones are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_asset_records(&self, keys: Option<&[AssetKey]>) -> Result<Vec<AssetRecord>> {
        let mut sql = self.db.sql(
            "SELECT k.id, k.asset_key, k.last_materialization, k.last_run_id, k.asset_details, k.cached_status_data
             FROM asset_keys k WHERE ",
            [],
        );
        sql.push(IS_VISIBLE);
        if let Some(keys) = keys {
            sql.add(" AND k.asset_key IN ?", args![db_strings(keys)]);
        }
        sql.push(" ORDER BY k.asset_key");
        let rows = self.db.fetch_all(sql).await?;
        let mut records = Vec::with_capacity(rows.len());
        let mut unresolved: HashMap<AssetKey, usize> = HashMap::new();
        for row in rows {
            let Some(asset_key) = AssetKey::from_db_string(&row.text(1)?) else { continue };
            let details = row.opt_text(4)?.and_then(|text| from_text::<AssetDetails>(&text).ok());
            let last_wipe_timestamp = details.and_then(|details| details.last_wipe_timestamp);
            let last_materialization = row
                .opt_text(2)?
                .and_then(|text| from_text::<StoredEventRecord>(&text).ok())
                .map(|stored| EventRecord {
                    storage_id: stored.storage_id,
                    entry: stored.event_log_entry,
                })
                .filter(|record| {
                    last_wipe_timestamp.is_none_or(|wiped| record.entry.timestamp > wiped)
                });
            if last_materialization.is_none() {
                // Never materialized, materialized before the wipe only, or stored in the form of
                // an old Dagster: the event log knows.
                unresolved.insert(asset_key.clone(), records.len());
            }
            let cached = row.opt_text(5)?.filter(|text| !text.is_empty());
            records.push(AssetRecord {
                storage_id: row.int(0)?,
                asset_key,
                last_materialization,
                last_run_id: row.opt_text(3)?,
                last_wipe_timestamp,
                cached_status: cached.and_then(|text| from_text(&text).ok()),
            });
        }
        if !unresolved.is_empty() {
            let keys: Vec<AssetKey> = unresolved.keys().cloned().collect();
            let found = self.latest_events(&keys, DagsterEventType::AssetMaterialization).await?;
            for (key, event) in found {
                if let Some(position) = unresolved.get(&key) {
                    records[*position].last_materialization = Some(event);
                }
            }
        }
        Ok(records)
    }

    /// The latest materializations by asset.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_latest_materializations(
        &self,
        keys: &[AssetKey],
    ) -> Result<IndexMap<AssetKey, EventRecord>> {
        let records = self.get_asset_records(Some(keys)).await?;
        Ok(records
            .into_iter()
            .filter_map(|record| Some((record.asset_key, record.last_materialization?)))
            .collect())
    }
}
