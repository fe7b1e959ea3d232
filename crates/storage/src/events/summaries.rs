//! What the events of runs add up to: statistics of runs and steps, and the assets concerned.

use std::collections::HashMap;

use indexmap::IndexMap;
use rondel_model::event::{DagsterEventType, EventRecord};
use rondel_model::ids::AssetKey;
use rondel_model::run::{DagsterRunStatsSnapshot, RunStepKeyStatsSnapshot};

use super::rows::{record_from, type_names};
use super::{EventDbs, EventStore, stats};
use crate::db::{Db, args};
use crate::error::Result;

impl EventStore {
    /// The assets that runs' events of some types are about, by run, in one query where one database
    /// holds them. A run without such an event is left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_asset_keys_of_runs(
        &self,
        run_ids: &[String],
        types: &[DagsterEventType],
    ) -> Result<HashMap<String, Vec<AssetKey>>> {
        let mut found = HashMap::new();
        match &self.dbs {
            EventDbs::Single(db) => asset_keys_in(db, run_ids, types, &mut found).await?,
            EventDbs::Sharded(_) => {
                for run_id in run_ids {
                    if let Some(db) = self.dbs.run(run_id).await? {
                        let one = std::slice::from_ref(run_id);
                        asset_keys_in(&db, one, types, &mut found).await?;
                    }
                }
            }
        }
        Ok(found)
    }

    /// Statistics of a run.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_run_stats(&self, run_id: &str) -> Result<DagsterRunStatsSnapshot> {
        let mut stats = self.get_stats_of_runs(&[run_id.to_owned()]).await?;
        Ok(stats.swap_remove(run_id).unwrap_or_default())
    }

    /// Statistics of runs, in one query where one database holds them.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_stats_of_runs(
        &self,
        run_ids: &[String],
    ) -> Result<IndexMap<String, DagsterRunStatsSnapshot>> {
        let mut counts: HashMap<String, stats::TypeCounts> = HashMap::new();
        match &self.dbs {
            EventDbs::Single(db) => count_types(db, run_ids, &mut counts).await?,
            EventDbs::Sharded(_) => {
                for run_id in run_ids {
                    if let Some(db) = self.dbs.run(run_id).await? {
                        let one = std::slice::from_ref(run_id);
                        count_types(&db, one, &mut counts).await?;
                    }
                }
            }
        }
        Ok(run_ids
            .iter()
            .map(|run_id| {
                let counts = counts.remove(run_id).unwrap_or_default();
                (run_id.clone(), stats::run_stats(run_id, &counts))
            })
            .collect())
    }

    /// Statistics of a run's steps, all or those given.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn get_step_stats(
        &self,
        run_id: &str,
        step_keys: Option<&[String]>,
    ) -> Result<Vec<RunStepKeyStatsSnapshot>> {
        let Some(db) = self.dbs.run(run_id).await? else {
            return Ok(Vec::new());
        };
        let types = types_with(stats::counts_for_steps);
        let mut sql = db.sql(
            "SELECT id, event FROM event_logs
             WHERE run_id = ? AND step_key IS NOT NULL AND dagster_event_type IN ?",
            args![run_id, type_names(&types)],
        );
        if let Some(step_keys) = step_keys {
            sql.add(" AND step_key IN ?", args![step_keys]);
        }
        sql.push(" ORDER BY id");
        let records: Vec<EventRecord> =
            db.fetch_all(sql).await?.iter().map(record_from).collect::<Result<_>>()?;
        Ok(stats::step_stats(run_id, records.into_iter().map(|record| record.entry)))
    }
}

/// Adds the assets that events of some types of runs in one database are about.
async fn asset_keys_in(
    db: &Db,
    run_ids: &[String],
    types: &[DagsterEventType],
    found: &mut HashMap<String, Vec<AssetKey>>,
) -> Result<()> {
    let sql = db.sql(
        "SELECT DISTINCT run_id, asset_key FROM event_logs
         WHERE run_id IN ? AND asset_key IS NOT NULL AND dagster_event_type IN ?
         ORDER BY run_id, asset_key",
        args![run_ids, type_names(types)],
    );
    for row in db.fetch_all(sql).await? {
        if let Some(asset_key) = AssetKey::from_db_string(&row.text(1)?) {
            found.entry(row.text(0)?).or_default().push(asset_key);
        }
    }
    Ok(())
}

/// Counts the events of runs held by one database.
async fn count_types(
    db: &Db,
    run_ids: &[String],
    counts: &mut HashMap<String, stats::TypeCounts>,
) -> Result<()> {
    let types = types_with(stats::counts_for_runs);
    let sql = db.sql(
        r#"SELECT run_id, dagster_event_type, COUNT(*), MAX("timestamp") FROM event_logs
           WHERE run_id IN ? AND dagster_event_type IN ? GROUP BY run_id, dagster_event_type"#,
        args![run_ids, type_names(&types)],
    );
    for row in db.fetch_all(sql).await? {
        let Some(event_type) = DagsterEventType::parse(&row.text(1)?) else { continue };
        let last = row.opt_time(3)?.map(|time| time.unix_seconds());
        counts.entry(row.text(0)?).or_default().insert(event_type, row.int(2)?, last);
    }
    Ok(())
}

fn types_with(counts: fn(DagsterEventType) -> bool) -> Vec<DagsterEventType> {
    DagsterEventType::ALL.iter().copied().filter(|event_type| counts(*event_type)).collect()
}
