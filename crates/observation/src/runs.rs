//! The runs behind events.

use std::collections::{BTreeSet, HashMap};

use rondel_automation::{Needs, Observation, RunFacts};
use rondel_model::event::DagsterEventType;
use rondel_model::run::RunsFilter;
use rondel_storage::{AssetEventsQuery, Order, Storage};

use crate::error::Result;

/// Runs per statement.
const BATCH: usize = 1_000;

/// Ids of runs conditions will look at.
#[derive(Default)]
pub(crate) struct WantedRuns(BTreeSet<String>);

impl WantedRuns {
    pub(crate) fn add(&mut self, run_id: &str) {
        if !run_id.is_empty() {
            self.0.insert(run_id.to_owned());
        }
    }

    pub(crate) async fn read(self, storage: &Storage) -> Result<HashMap<String, RunFacts>> {
        let ids: Vec<String> = self.0.into_iter().collect();
        let mut found = HashMap::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let run_ids = batch.iter().map(|id| id.as_str().into()).collect();
            let filter = RunsFilter { run_ids: Some(run_ids), ..RunsFilter::default() };
            for record in storage.runs().get_records(filter).await? {
                let create_timestamp = record.create_timestamp.0;
                let planned = BTreeSet::new();
                let facts = RunFacts { create_timestamp, run: record.run, planned };
                found.insert(facts.run.run_id.as_str().to_owned(), facts);
            }
        }
        Ok(found)
    }
}

/// What runs were to make which name no assets, of those that made parents of assets with legacy rules.
pub(crate) async fn observe_planned(
    storage: &Storage,
    needs: &Needs,
    observed: &mut Observation,
) -> Result<()> {
    let mut runs: BTreeSet<String> = BTreeSet::new();
    for facts in needs.planned_with.iter().filter_map(|key| observed.assets.get(key)) {
        let latest = [&facts.materialization, &facts.observation].into_iter().flatten();
        runs.extend(latest.map(|event| event.run_id.clone()));
        runs.extend(facts.event_runs.values().cloned());
    }
    for run_id in runs {
        let Some(facts) = observed.runs.get_mut(&run_id) else { continue };
        if facts.run.asset_selection.as_ref().is_some_and(|assets| !assets.is_empty()) {
            continue;
        }
        let query = AssetEventsQuery {
            event_type: DagsterEventType::AssetMaterializationPlanned,
            asset_key: None,
            run_id: Some(run_id),
            storage_ids: None,
            after_storage_id: None,
            before_storage_id: None,
            limit: None,
            order: Order::Ascending,
        };
        let planned = storage.assets().get_event_summaries(&query).await?;
        facts.planned = planned.into_iter().map(|event| event.asset_key).collect();
    }
    Ok(())
}
