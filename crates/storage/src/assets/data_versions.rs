//! Tags of asset events, data versions among them.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use rondel_model::event::DagsterEventType;
use rondel_model::ids::AssetKey;
use rondel_model::run::TagValues;
use rondel_model::serdes::Map;

use super::AssetStore;
use crate::db::{Arg, args};
use crate::error::Result;

const DATA_VERSION_TAG: &str = "dagster/data_version";

impl AssetStore {
    /// Indexed tags of an asset's events since the last wipe: one map per event, of all events or
    /// of those having all `filter` tags or of one event.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_event_tags(
        &self,
        key: &AssetKey,
        filter: &Map<TagValues>,
        event_id: Option<i64>,
    ) -> Result<IndexMap<i64, HashMap<String, String>>> {
        let mut sql = self.db.sql(
            r#"SELECT t.event_id, t."key", t.value FROM asset_event_tags t
               LEFT JOIN asset_keys k ON k.asset_key = t.asset_key
               WHERE t.asset_key = ? AND (k.wipe_timestamp IS NULL OR t.event_timestamp > k.wipe_timestamp)"#,
            args![key.to_db_string()],
        );
        for (tag, values) in filter {
            sql.add(
                r#" AND t.event_id IN (SELECT f.event_id FROM asset_event_tags f
                    WHERE f.asset_key = ? AND f."key" = ? AND f.value IN ?)"#,
                [
                    Arg::from(key.to_db_string()),
                    Arg::from(tag),
                    Arg::Texts(values.as_slice().to_vec()),
                ],
            );
        }
        if let Some(id) = event_id {
            sql.add(" AND t.event_id = ?", args![id]);
        }
        sql.push(" ORDER BY t.id");
        let mut tags: IndexMap<i64, HashMap<String, String>> = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            let value = row.opt_text(2)?.unwrap_or_default();
            tags.entry(row.int(0)?).or_default().insert(row.text(1)?, value);
        }
        Ok(tags)
    }

    /// Those of `partitions` whose data version changed after an event id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn partitions_with_new_data_version(
        &self,
        key: &AssetKey,
        partitions: &[String],
        since: i64,
    ) -> Result<BTreeSet<String>> {
        let sql = self.db.sql(
            r#"SELECT e.partition, t.value, e.id FROM event_logs e
               JOIN asset_event_tags t ON t.event_id = e.id AND t.asset_key = e.asset_key AND t."key" = ?
               WHERE e.asset_key = ? AND e.partition IN ? AND e.dagster_event_type IN ?
               ORDER BY e.id"#,
            args![
                DATA_VERSION_TAG,
                key.to_db_string(),
                partitions,
                vec![
                    DagsterEventType::AssetMaterialization.as_str().to_owned(),
                    DagsterEventType::AssetObservation.as_str().to_owned(),
                ],
            ],
        );
        let mut before: HashMap<String, String> = HashMap::new();
        let mut after: HashMap<String, String> = HashMap::new();
        for row in self.db.fetch_all(sql).await? {
            let versions = if row.int(2)? > since { &mut after } else { &mut before };
            versions.insert(row.text(0)?, row.opt_text(1)?.unwrap_or_default());
        }
        Ok(after
            .into_iter()
            .filter(|(partition, version)| {
                !version.is_empty() && before.get(partition) != Some(version)
            })
            .map(|(partition, _)| partition)
            .collect())
    }
}
