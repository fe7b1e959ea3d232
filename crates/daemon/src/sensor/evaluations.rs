//! Evaluations of automation conditions, stored per tick.
//!
//! Evaluations are large: they are held by nobody. Those that get runs are read again to be told of them.

use std::collections::{BTreeMap, HashSet};

use rondel_model::automation::{
    AutomationConditionEvaluation, AutomationConditionEvaluationWithRunIds,
};
use rondel_model::ids::EntityKey;
use rondel_model::partition::{PartitionsSubset, SubsetValue};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{Extra, PySet, from_text, to_text};
use rondel_storage::AssetEvaluation;

use crate::DaemonError;
use crate::context::Context;

/// So many evaluations are written, or read again, at once.
pub(crate) const BATCH: usize = 100;

/// The evaluations stored for one tick, and which of them got runs.
#[derive(Debug, Default)]
pub(crate) struct Evaluations {
    tick_id: i64,
    /// What was evaluated, as in the database.
    keys: HashSet<String>,
    /// The runs to be noted with evaluations.
    runs: BTreeMap<String, Vec<String>>,
}

impl Evaluations {
    /// None so far.
    pub(crate) fn new(tick_id: i64) -> Self {
        Self { tick_id, ..Self::default() }
    }

    /// Those an interrupted tick stored.
    pub(crate) async fn stored(context: &Context, tick_id: i64) -> Result<Self, DaemonError> {
        let keys = context.storage().schedules().get_evaluated_keys(tick_id).await?;
        Ok(Self { keys: keys.into_iter().collect(), ..Self::new(tick_id) })
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Writes some, without runs.
    pub(crate) async fn write(
        &mut self,
        context: &Context,
        rows: &[AssetEvaluation],
    ) -> Result<(), DaemonError> {
        self.keys.extend(rows.iter().map(|row| row.key.clone()));
        Ok(context.storage().schedules().add_asset_evaluations(self.tick_id, rows).await?)
    }

    /// Notes a run with the evaluations of its assets and checks.
    pub(crate) fn add_run(&mut self, run: &DagsterRun) {
        let assets = run.asset_selection.iter().flat_map(|keys| keys.iter());
        let checks = run.asset_check_selection.iter().flat_map(|keys| keys.iter());
        let assets = assets.cloned().map(EntityKey::Asset);
        let entities: Vec<EntityKey> =
            assets.chain(checks.cloned().map(EntityKey::Check)).collect();
        self.add_run_id(run.run_id.as_str(), &entities);
    }

    /// Notes a run or backfill with the evaluations of the entities it is for.
    pub(crate) fn add_run_id(&mut self, run_id: &str, entities: &[EntityKey]) {
        for entity in entities {
            let key = entity.to_db_string();
            if self.keys.contains(&key) {
                self.runs.entry(key).or_default().push(run_id.to_owned());
            }
        }
    }

    /// Writes those that got runs: as the end of what is stored where that is as this tick wrote it, else (a tick that
    /// was interrupted while it did this) by reading the evaluations again.
    pub(crate) async fn write_runs(&self, context: &Context) -> Result<(), DaemonError> {
        let store = context.storage().schedules();
        let old = end_of_body(&[]);
        let ends = self.runs.iter().map(|(key, runs)| (key.clone(), end_of_body(runs)));
        let ends: Vec<(String, String)> = ends.collect();
        if ends.is_empty() {
            return Ok(());
        }
        let replaced = store.replace_evaluation_ends(self.tick_id, &old, &ends).await?;
        if usize::try_from(replaced) == Ok(ends.len()) {
            return Ok(());
        }
        let keys: Vec<String> = self.runs.keys().cloned().collect();
        for batch in keys.chunks(BATCH) {
            let mut rows = Vec::with_capacity(batch.len());
            for record in store.get_evaluations_of_keys(self.tick_id, batch).await? {
                let read = from_text(&record.body).map_err(|error| {
                    let what = format!("the stored evaluation {} cannot be read", record.id);
                    DaemonError::Check(format!("{what}: {error}"))
                });
                let mut evaluation: AutomationConditionEvaluationWithRunIds = read?;
                let mut ids: Vec<String> = evaluation.run_ids.iter().cloned().collect();
                for id in self.runs.get(&record.key).into_iter().flatten() {
                    if !ids.contains(id) {
                        ids.push(id.clone());
                    }
                }
                evaluation.run_ids = PySet::frozen(ids);
                rows.push(row_of(&evaluation));
            }
            store.add_asset_evaluations(self.tick_id, &rows).await?;
        }
        Ok(())
    }
}

/// How the body of an evaluation with these runs ends.
fn end_of_body(run_ids: &[String]) -> String {
    let run_ids = PySet::frozen(run_ids.iter().cloned());
    format!("\"run_ids\": {}}}", to_text(&run_ids))
}

/// An evaluation that has led to no run yet.
pub(crate) fn row(evaluation: AutomationConditionEvaluation) -> AssetEvaluation {
    row_of(&AutomationConditionEvaluationWithRunIds {
        evaluation,
        run_ids: PySet::frozen(Vec::new()),
        extra: Extra::default(),
    })
}

fn row_of(evaluation: &AutomationConditionEvaluationWithRunIds) -> AssetEvaluation {
    AssetEvaluation {
        key: evaluation.evaluation.true_subset.key.to_db_string(),
        body: to_text(evaluation),
        num_requested: size(&evaluation.evaluation.true_subset.value),
    }
}

/// How many partitions (or whole assets) a subset holds; 0 where only the definition could tell.
fn size(value: &SubsetValue) -> i64 {
    let count = |len: usize| i64::try_from(len).unwrap_or(i64::MAX);
    match value {
        SubsetValue::Whole(is_in) => i64::from(*is_in),
        SubsetValue::Partitions(PartitionsSubset::TimeWindow(subset)) => {
            subset.num_partitions.unwrap_or(0)
        }
        SubsetValue::Partitions(PartitionsSubset::Keys(subset)) => count(subset.subset.len()),
        SubsetValue::Partitions(_) => 0,
    }
}
