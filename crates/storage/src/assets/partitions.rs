//! Partitions of assets as their events tell.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use rondel_model::event::DagsterEventType;
use rondel_model::ids::AssetKey;

use super::{AssetStore, EVENTS_WITH_WIPE, db_strings};
use crate::db::{Sql, args};
use crate::error::Result;

/// Which events of an asset's partitions.
#[derive(Clone, Debug, Default)]
pub struct PartitionEvents {
    /// Only these partitions; `None` means all.
    pub partitions: Option<Vec<String>>,
    /// With a greater storage id.
    pub after: Option<i64>,
    /// With a smaller storage id.
    pub before: Option<i64>,
}

impl PartitionEvents {
    fn append_to(&self, sql: &mut Sql) {
        if let Some(partitions) = &self.partitions {
            sql.add(" AND e.partition IN ?", args![partitions.clone()]);
        }
        if let Some(id) = self.after {
            sql.add(" AND e.id > ?", args![id]);
        }
        if let Some(id) = self.before {
            sql.add(" AND e.id < ?", args![id]);
        }
    }
}

impl AssetStore {
    /// Materialized partitions of assets since their last wipe; an asset without any has an empty set.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_materialized_partitions(
        &self,
        keys: &[AssetKey],
        events: &PartitionEvents,
    ) -> Result<IndexMap<AssetKey, BTreeSet<String>>> {
        let mut sql = self.db.sql("SELECT DISTINCT e.asset_key, e.partition", []);
        append_materializations(&mut sql, keys, events);
        let mut partitions: IndexMap<AssetKey, BTreeSet<String>> =
            keys.iter().map(|key| (key.clone(), BTreeSet::new())).collect();
        for row in self.db.fetch_all(sql).await? {
            let key = AssetKey::from_db_string(&row.text(0)?);
            if let Some(of_asset) = key.and_then(|key| partitions.get_mut(&key)) {
                of_asset.insert(row.text(1)?);
            }
        }
        Ok(partitions)
    }

    /// Partitions of assets materialized by events with a greater id than the one given, since their last
    /// wipe; assets without any are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn materialized_partitions_after(
        &self,
        after: &[(AssetKey, i64)],
    ) -> Result<HashMap<AssetKey, BTreeSet<String>>> {
        let mut sql = self.db.sql("SELECT DISTINCT e.asset_key, e.partition", []);
        append_later_events(&mut sql, after, &[DagsterEventType::AssetMaterialization]);
        let mut partitions: HashMap<AssetKey, BTreeSet<String>> = HashMap::new();
        for row in self.db.fetch_all(sql).await? {
            if let Some(key) = AssetKey::from_db_string(&row.text(0)?) {
                partitions.entry(key).or_default().insert(row.text(1)?);
            }
        }
        Ok(partitions)
    }

    /// How often each partition of assets was materialized since the last wipe.
    ///
    /// # Errors
    /// Database errors.
    pub async fn count_materializations_by_partition(
        &self,
        keys: &[AssetKey],
        events: &PartitionEvents,
    ) -> Result<IndexMap<AssetKey, IndexMap<String, i64>>> {
        let mut sql = self.db.sql("SELECT e.asset_key, e.partition, COUNT(*)", []);
        append_materializations(&mut sql, keys, events);
        sql.push(" GROUP BY e.asset_key, e.partition ORDER BY e.asset_key, e.partition");
        let mut counts: IndexMap<AssetKey, IndexMap<String, i64>> =
            keys.iter().map(|key| (key.clone(), IndexMap::new())).collect();
        for row in self.db.fetch_all(sql).await? {
            let key = AssetKey::from_db_string(&row.text(0)?);
            if let Some(of_asset) = key.and_then(|key| counts.get_mut(&key)) {
                of_asset.insert(row.text(1)?, row.int(2)?);
            }
        }
        Ok(counts)
    }

    /// Storage id of the latest event of a type per partition.
    ///
    /// # Errors
    /// Database errors.
    pub async fn latest_storage_id_by_partition(
        &self,
        key: &AssetKey,
        event_type: DagsterEventType,
        events: &PartitionEvents,
    ) -> Result<IndexMap<String, i64>> {
        let mut sql = self.db.sql("SELECT e.partition, MAX(e.id)", []);
        append_events(&mut sql, key, &[event_type], events);
        sql.push(" GROUP BY e.partition ORDER BY 2");
        let rows = self.db.fetch_all(sql).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
    }

    /// Values of indexed tags on the latest event of a type per partition.
    ///
    /// # Errors
    /// Database errors.
    pub async fn latest_tags_by_partition(
        &self,
        key: &AssetKey,
        event_type: DagsterEventType,
        tag_keys: &[String],
        events: &PartitionEvents,
    ) -> Result<IndexMap<String, HashMap<String, String>>> {
        let mut sql = self.db.sql(
            r#"SELECT latest.partition, t."key", t.value FROM (SELECT e.partition, MAX(e.id) AS id"#,
            [],
        );
        append_events(&mut sql, key, &[event_type], events);
        sql.add(
            r#" GROUP BY e.partition) latest JOIN asset_event_tags t ON t.event_id = latest.id
               WHERE t."key" IN ?"#,
            args![tag_keys],
        );
        let mut tags: IndexMap<String, HashMap<String, String>> = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            let value = row.opt_text(2)?.unwrap_or_default();
            tags.entry(row.text(0)?).or_default().insert(row.text(1)?, value);
        }
        Ok(tags)
    }

    /// Partitions whose latest planned materialization was not followed by a materialization, with
    /// that plan's run and event id: in progress or failed, as the run's status tells. Asked for many
    /// assets at once, each about events with a greater id than its own; assets without any are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn unfinished_partitions(
        &self,
        after: &[(AssetKey, i64)],
    ) -> Result<HashMap<AssetKey, UnfinishedPartitions>> {
        let mut sql = self.db.sql(
            "SELECT events.asset_key, events.partition, events.run_id, events.id, events.dagster_event_type
             FROM (SELECT MAX(e.id) AS id",
            [],
        );
        let types =
            [DagsterEventType::AssetMaterialization, DagsterEventType::AssetMaterializationPlanned];
        append_later_events(&mut sql, after, &types);
        sql.push(
            " GROUP BY e.asset_key, e.dagster_event_type, e.partition) latest
             JOIN event_logs events ON events.id = latest.id ORDER BY events.id",
        );
        let mut planned: HashMap<AssetKey, UnfinishedPartitions> = HashMap::new();
        // In the order of ids: a materialization finishes what was planned before it.
        for row in self.db.fetch_all(sql).await? {
            let Some(key) = AssetKey::from_db_string(&row.text(0)?) else { continue };
            let of_asset = planned.entry(key).or_default();
            let partition = row.text(1)?;
            if row.text(4)? == DagsterEventType::AssetMaterialization.as_str() {
                of_asset.shift_remove(&partition);
            } else {
                let run_id = row.opt_text(2)?.unwrap_or_default();
                of_asset.insert(partition, (run_id, row.int(3)?));
            }
        }
        planned.retain(|_, of_asset| !of_asset.is_empty());
        Ok(planned)
    }
}

/// By partition the run that is to materialize it, with the id of the event that says so.
pub type UnfinishedPartitions = IndexMap<String, (String, i64)>;

/// Events of partitions, each with a greater id than the one given for its asset.
fn append_later_events(sql: &mut Sql, after: &[(AssetKey, i64)], types: &[DagsterEventType]) {
    let keys = after.iter().map(|(key, _)| key.to_db_string()).collect();
    let ids: Vec<i64> = after.iter().map(|(_, id)| *id).collect();
    let types: Vec<String> = types.iter().map(|kind| kind.as_str().to_owned()).collect();
    sql.push(" FROM ").pairs("wanted", ("asset", keys), ("after", ids));
    sql.add(
        r#" JOIN event_logs e ON e.asset_key = wanted.asset AND e.id > wanted.after
           LEFT JOIN asset_keys k ON k.asset_key = e.asset_key
           WHERE (k.wipe_timestamp IS NULL OR e."timestamp" > k.wipe_timestamp)
           AND e.partition IS NOT NULL AND e.dagster_event_type IN ?"#,
        args![types],
    );
}

fn append_materializations(sql: &mut Sql, keys: &[AssetKey], events: &PartitionEvents) {
    sql.push(EVENTS_WITH_WIPE).add(
        " AND e.asset_key IN ? AND e.partition IS NOT NULL AND e.dagster_event_type = ?",
        args![db_strings(keys), DagsterEventType::AssetMaterialization.as_str()],
    );
    events.append_to(sql);
}

fn append_events(
    sql: &mut Sql,
    key: &AssetKey,
    event_types: &[DagsterEventType],
    events: &PartitionEvents,
) {
    let types: Vec<String> = event_types.iter().map(|kind| kind.as_str().to_owned()).collect();
    sql.push(EVENTS_WITH_WIPE).add(
        " AND e.asset_key = ? AND e.partition IS NOT NULL AND e.dagster_event_type IN ?",
        args![key.to_db_string(), types],
    );
    events.append_to(sql);
}
