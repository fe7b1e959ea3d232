//! What events tell about given runs: the events themselves, statistics of runs and steps, the assets concerned.
//!
//! One query where one database holds all runs; one per run where each has its own file.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use rondel_model::event::{DagsterEventType, EventLogEntry};
use rondel_model::ids::AssetKey;
use rondel_model::run::{DagsterRunStatsSnapshot, RunStepKeyStatsSnapshot};

use super::rows::{record_from, type_names};
use super::{EventDbs, EventStore, stats};
use crate::db::{Db, args};
use crate::error::Result;

impl EventStore {
    /// Runs' events of some types, by run, oldest first. A run without such an event is left out.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn get_events_of_runs(
        &self,
        run_ids: &[String],
        types: &[DagsterEventType],
    ) -> Result<HashMap<String, Vec<EventLogEntry>>> {
        let mut found = HashMap::new();
        for run_ids in self.groups_of(run_ids) {
            let Some(db) = self.database_of(&run_ids).await? else { continue };
            events_in(&db, &run_ids, types, None, &mut found).await?;
        }
        Ok(found)
    }

    /// The assets that runs' events of some types are about, by run. A run without such an event is left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_asset_keys_of_runs(
        &self,
        run_ids: &[String],
        types: &[DagsterEventType],
    ) -> Result<HashMap<String, Vec<AssetKey>>> {
        let mut found = HashMap::new();
        for run_ids in self.groups_of(run_ids) {
            let Some(db) = self.database_of(&run_ids).await? else { continue };
            asset_keys_in(&db, &run_ids, types, &mut found).await?;
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

    /// Statistics of runs.
    ///
    /// # Errors
    /// Database errors.
    pub async fn get_stats_of_runs(
        &self,
        run_ids: &[String],
    ) -> Result<IndexMap<String, DagsterRunStatsSnapshot>> {
        let mut counts: HashMap<String, stats::TypeCounts> = HashMap::new();
        for run_ids in self.groups_of(run_ids) {
            let Some(db) = self.database_of(&run_ids).await? else { continue };
            count_types(&db, &run_ids, &mut counts).await?;
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
        let mut stats = self.get_step_stats_of_runs(&[run_id.to_owned()], step_keys).await?;
        Ok(stats.remove(run_id).unwrap_or_default())
    }

    /// Statistics of runs' steps, all or those given, by run. A run without events of steps is left out.
    ///
    /// # Errors
    /// An unreadable event, database errors.
    pub async fn get_step_stats_of_runs(
        &self,
        run_ids: &[String],
        step_keys: Option<&[String]>,
    ) -> Result<HashMap<String, Vec<RunStepKeyStatsSnapshot>>> {
        let types = types_with(stats::counts_for_steps);
        let mut found = HashMap::new();
        for run_ids in self.groups_of(run_ids) {
            let Some(db) = self.database_of(&run_ids).await? else { continue };
            events_in(&db, &run_ids, &types, Some(OfSteps(step_keys)), &mut found).await?;
        }
        let stats = found.into_iter().map(|(run_id, events)| {
            let stats = stats::step_stats(&run_id, events);
            (run_id, stats)
        });
        Ok(stats.collect())
    }

    /// The runs in groups whose events are in one database each. A run is named once.
    fn groups_of(&self, run_ids: &[String]) -> Vec<Vec<String>> {
        let run_ids: BTreeSet<&String> = run_ids.iter().collect();
        let run_ids = run_ids.into_iter().cloned();
        match &self.dbs {
            EventDbs::Single(_) => vec![run_ids.collect()],
            EventDbs::Sharded(_) => run_ids.map(|run_id| vec![run_id]).collect(),
        }
    }

    /// The database that holds the events of a group; none if there are no runs or no file.
    async fn database_of(&self, group: &[String]) -> Result<Option<Db>> {
        match group.first() {
            Some(run_id) => self.dbs.run(run_id).await,
            None => Ok(None),
        }
    }
}

/// Only events of steps: all, or those given.
#[derive(Clone, Copy)]
struct OfSteps<'k>(Option<&'k [String]>);

/// Adds the events of some types of runs in one database.
async fn events_in(
    db: &Db,
    run_ids: &[String],
    types: &[DagsterEventType],
    of_steps: Option<OfSteps<'_>>,
    found: &mut HashMap<String, Vec<EventLogEntry>>,
) -> Result<()> {
    let mut sql = db.sql(
        "SELECT id, event, run_id FROM event_logs WHERE run_id IN ? AND dagster_event_type IN ?",
        args![run_ids, type_names(types)],
    );
    if let Some(OfSteps(step_keys)) = of_steps {
        sql.push(" AND step_key IS NOT NULL");
        if let Some(step_keys) = step_keys {
            sql.add(" AND step_key IN ?", args![step_keys]);
        }
    }
    sql.push(" ORDER BY id");
    for row in db.fetch_all(sql).await? {
        found.entry(row.text(2)?).or_default().push(record_from(&row)?.entry);
    }
    Ok(())
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
