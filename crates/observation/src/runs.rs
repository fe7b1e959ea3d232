//! The runs behind events.

use std::collections::{BTreeSet, HashMap};

use rondel_automation::RunFacts;
use rondel_model::run::RunsFilter;
use rondel_storage::Storage;

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
                let facts = RunFacts { create_timestamp, run: record.run };
                found.insert(facts.run.run_id.as_str().to_owned(), facts);
            }
        }
        Ok(found)
    }
}
