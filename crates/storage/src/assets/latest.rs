//! The latest events of assets, and slim listings of asset events.

use indexmap::IndexMap;
use rondel_model::automation::FreshnessState;
use rondel_model::event::{DagsterEventType, EventRecord, EventSpecificData};
use rondel_model::ids::AssetKey;

use super::{AssetStore, EVENTS_WITH_WIPE, db_strings};
use crate::body;
use crate::db::{Row, args};
use crate::error::Result;
use crate::paging::Order;

/// A materialization some run intends to make (Dagster's `PlannedMaterializationInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMaterialization {
    /// The planned event's id.
    pub storage_id: i64,
    /// The run.
    pub run_id: String,
}

/// An asset's freshness as last evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct FreshnessStateRecord {
    /// The asset.
    pub asset_key: AssetKey,
    /// Its state.
    pub state: FreshnessState,
    /// Since when, in Unix seconds.
    pub updated_at: f64,
}

/// Which asset events to list without their bodies.
#[derive(Clone, Debug)]
pub struct AssetEventsQuery {
    /// Of this type.
    pub event_type: DagsterEventType,
    /// About this asset; about any when `None`.
    pub asset_key: Option<AssetKey>,
    /// Of this run.
    pub run_id: Option<String>,
    /// With one of these ids.
    pub storage_ids: Option<Vec<i64>>,
    /// With a greater id.
    pub after_storage_id: Option<i64>,
    /// With a smaller id.
    pub before_storage_id: Option<i64>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Newest first by default.
    pub order: Order,
}

/// An asset event without its body (Dagster's `AssetEventSummaryRecord`).
#[derive(Clone, Debug, PartialEq)]
pub struct AssetEventSummary {
    /// The event's id.
    pub storage_id: i64,
    /// The run.
    pub run_id: Option<String>,
    /// The asset.
    pub asset_key: AssetKey,
    /// The partition.
    pub partition: Option<String>,
    /// When, in Unix seconds.
    pub timestamp: f64,
}

/// Latest event id of a type per asset since its last wipe: one descent of the index
/// `(asset_key, dagster_event_type, id)` for each asset.
const LATEST_ID: &str = r#"(SELECT e.id FROM event_logs e
    WHERE e.asset_key = k.asset_key AND e.dagster_event_type = ?
    AND (k.wipe_timestamp IS NULL OR e."timestamp" > k.wipe_timestamp)
    ORDER BY e.id DESC LIMIT 1)"#;

impl AssetStore {
    /// The latest event of a type for each asset that has one since its last wipe.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn latest_events(
        &self,
        keys: &[AssetKey],
        event_type: DagsterEventType,
    ) -> Result<IndexMap<AssetKey, EventRecord>> {
        let mut sql = self.db.sql(
            "SELECT events.asset_key, events.id, events.event FROM event_logs events JOIN (SELECT ",
            [],
        );
        sql.add(LATEST_ID, args![event_type.as_str()]).add(
            " AS id FROM asset_keys k WHERE k.asset_key IN ?) latest ON latest.id = events.id ORDER BY events.asset_key",
            args![db_strings(keys)],
        );
        self.keyed_events(self.db.fetch_all(sql).await?)
    }

    /// The latest planned materialization of each asset, and of one partition when given.
    ///
    /// # Errors
    /// Database errors.
    pub async fn latest_planned_materializations(
        &self,
        keys: &[AssetKey],
        partition: Option<&str>,
    ) -> Result<IndexMap<AssetKey, PlannedMaterialization>> {
        let planned = DagsterEventType::AssetMaterializationPlanned.as_str();
        let mut sql = self.db.sql(
            "SELECT events.asset_key, events.id, events.run_id FROM event_logs events JOIN (SELECT ",
            [],
        );
        match partition {
            None => sql.add(LATEST_ID, args![planned]),
            Some(partition) => sql.add(
                r#"(SELECT e.id FROM event_logs e WHERE e.asset_key = k.asset_key
                    AND e.dagster_event_type = ? AND e.partition = ?
                    AND (k.wipe_timestamp IS NULL OR e."timestamp" > k.wipe_timestamp)
                    ORDER BY e.id DESC LIMIT 1)"#,
                args![planned, partition],
            ),
        };
        sql.add(
            " AS id FROM asset_keys k WHERE k.asset_key IN ?) latest ON latest.id = events.id ORDER BY events.asset_key",
            args![db_strings(keys)],
        );
        let mut found = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            let Some(key) = AssetKey::from_db_string(&row.text(0)?) else { continue };
            let run_id = row.opt_text(2)?.unwrap_or_default();
            found.insert(key, PlannedMaterialization { storage_id: row.int(1)?, run_id });
        }
        Ok(found)
    }

    /// The freshness of assets as last evaluated; assets never evaluated are left out.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn get_freshness_states(
        &self,
        keys: &[AssetKey],
    ) -> Result<IndexMap<AssetKey, FreshnessStateRecord>> {
        let sql = self.db.sql(
            "SELECT events.asset_key, events.id, events.event FROM event_logs events JOIN (
                SELECT MAX(id) AS id FROM event_logs WHERE asset_key IN ? AND dagster_event_type = ?
                GROUP BY asset_key) latest ON latest.id = events.id",
            args![db_strings(keys), DagsterEventType::FreshnessStateChange.as_str()],
        );
        let events = self.keyed_events(self.db.fetch_all(sql).await?)?;
        Ok(events
            .into_iter()
            .filter_map(|(asset_key, record)| {
                let data = record.entry.dagster_event?.event_specific_data?;
                let EventSpecificData::FreshnessStateChange(change) = data else { return None };
                let record = FreshnessStateRecord {
                    asset_key: asset_key.clone(),
                    state: change.new_state,
                    updated_at: change.state_change_timestamp,
                };
                Some((asset_key, record))
            })
            .collect())
    }

    /// Asset events without their bodies.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_event_summaries(
        &self,
        query: &AssetEventsQuery,
    ) -> Result<Vec<AssetEventSummary>> {
        let mut sql =
            self.db.sql(r#"SELECT e.id, e.run_id, e.asset_key, e.partition, e."timestamp""#, []);
        match &query.asset_key {
            Some(key) => {
                sql.push(EVENTS_WITH_WIPE).add(" AND e.asset_key = ?", args![key.to_db_string()])
            }
            None => sql.push(" FROM event_logs e WHERE e.asset_key IS NOT NULL"),
        };
        sql.add(" AND e.dagster_event_type = ?", args![query.event_type.as_str()]);
        if let Some(run_id) = &query.run_id {
            sql.add(" AND e.run_id = ?", args![run_id]);
        }
        if let Some(ids) = &query.storage_ids {
            sql.add(" AND e.id IN ?", args![ids.clone()]);
        }
        if let Some(id) = query.after_storage_id {
            sql.add(" AND e.id > ?", args![id]);
        }
        if let Some(id) = query.before_storage_id {
            sql.add(" AND e.id < ?", args![id]);
        }
        sql.push(" ORDER BY e.id ").push(query.order.sql());
        if let Some(limit) = query.limit.filter(|limit| *limit > 0) {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
        let mut summaries = Vec::new();
        for row in self.db.fetch_all(sql).await? {
            let Some(asset_key) = AssetKey::from_db_string(&row.text(2)?) else { continue };
            summaries.push(AssetEventSummary {
                storage_id: row.int(0)?,
                run_id: row.opt_text(1)?,
                asset_key,
                partition: row.opt_text(3)?,
                timestamp: row.time(4)?.unix_seconds(),
            });
        }
        Ok(summaries)
    }

    /// Reads `asset_key, id, event`.
    fn keyed_events(&self, rows: Vec<Row>) -> Result<IndexMap<AssetKey, EventRecord>> {
        let mut events = IndexMap::with_capacity(rows.len());
        for row in rows {
            let Some(key) = AssetKey::from_db_string(&row.text(0)?) else { continue };
            let storage_id = row.int(1)?;
            let entry = body::parse(&row.text(2)?, "event_logs", "event", &storage_id)?;
            events.insert(key, EventRecord { storage_id, entry });
        }
        Ok(events)
    }
}
