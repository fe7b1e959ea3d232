//! Evaluations of automation conditions that a sensor brings along, stored per tick.

use std::collections::BTreeSet;

use rondel_model::automation::{
    AutomationConditionEvaluation, AutomationConditionEvaluationWithRunIds,
};
use rondel_model::ids::EntityKey;
use rondel_model::partition::{PartitionsSubset, SubsetValue};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{PySet, from_text, to_text};
use rondel_storage::AssetEvaluation;

use crate::DaemonError;
use crate::context::Context;

/// The evaluations of one tick, and which of them got runs.
#[derive(Debug, Default)]
pub(crate) struct Evaluations {
    tick_id: i64,
    evaluations: Vec<AutomationConditionEvaluationWithRunIds>,
    changed: BTreeSet<usize>,
}

impl Evaluations {
    /// Fresh, without runs.
    pub(crate) fn new(tick_id: i64, evaluations: Vec<AutomationConditionEvaluation>) -> Self {
        let evaluations = evaluations
            .into_iter()
            .map(|evaluation| AutomationConditionEvaluationWithRunIds {
                evaluation,
                run_ids: PySet::frozen(Vec::new()),
                extra: Default::default(),
            })
            .collect();
        Self { tick_id, evaluations, changed: BTreeSet::new() }
    }

    /// Those an interrupted tick stored.
    pub(crate) async fn stored(context: &Context, tick_id: i64) -> Result<Self, DaemonError> {
        let store = context.storage().schedules();
        let mut evaluations = Vec::new();
        for record in store.get_evaluations_of_tick(tick_id).await? {
            let parsed = from_text(&record.body).map_err(|error| {
                DaemonError::Check(format!(
                    "the stored evaluation {} cannot be read: {error}",
                    record.id
                ))
            })?;
            evaluations.push(parsed);
        }
        Ok(Self { tick_id, evaluations, changed: BTreeSet::new() })
    }

    pub(crate) fn len(&self) -> usize {
        self.evaluations.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.evaluations.is_empty()
    }

    /// Notes a run with the evaluations of its assets and checks.
    pub(crate) fn add_run(&mut self, run: &DagsterRun) {
        let selects = |key: &EntityKey| match key {
            EntityKey::Asset(key) => {
                run.asset_selection.as_ref().is_some_and(|keys| keys.iter().any(|k| k == key))
            }
            EntityKey::Check(key) => {
                run.asset_check_selection.as_ref().is_some_and(|keys| keys.iter().any(|k| k == key))
            }
            _ => false,
        };
        self.add_run_id(run.run_id.as_str(), selects);
    }

    /// Notes a run or backfill with the evaluations of the entities it is for.
    pub(crate) fn add_run_id(&mut self, run_id: &str, is_for: impl Fn(&EntityKey) -> bool) {
        for (index, evaluation) in self.evaluations.iter_mut().enumerate() {
            if is_for(&evaluation.evaluation.true_subset.key) {
                let mut ids: Vec<String> = evaluation.run_ids.iter().cloned().collect();
                ids.push(run_id.to_owned());
                evaluation.run_ids = PySet::frozen(ids);
                self.changed.insert(index);
            }
        }
    }

    /// Writes all of them.
    pub(crate) async fn write_all(&self, context: &Context) -> Result<(), DaemonError> {
        self.write(context, self.evaluations.iter()).await
    }

    /// Writes those that got runs.
    pub(crate) async fn write_changed(&self, context: &Context) -> Result<(), DaemonError> {
        let changed = self.changed.iter().filter_map(|index| self.evaluations.get(*index));
        self.write(context, changed).await
    }

    async fn write(
        &self,
        context: &Context,
        evaluations: impl Iterator<Item = &AutomationConditionEvaluationWithRunIds>,
    ) -> Result<(), DaemonError> {
        let rows: Vec<AssetEvaluation> = evaluations
            .map(|evaluation| AssetEvaluation {
                key: evaluation.evaluation.true_subset.key.to_db_string(),
                body: to_text(evaluation),
                num_requested: size(&evaluation.evaluation.true_subset.value),
            })
            .collect();
        let store = context.storage().schedules();
        Ok(store.add_asset_evaluations(self.tick_id, &rows).await?)
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
