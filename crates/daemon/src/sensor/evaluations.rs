//! Evaluations of automation conditions, stored per tick.
//!
//! Evaluations are large, and writing one costs the database more than all the rest of its asset's tick: they are kept
//! back until it is known which runs are reserved for them, and written once. Only so many are: of a tick with more,
//! those before are written without runs, and get them when the runs are made.
//!
//! What is stored in the end is the runs that were made. Should some of the reserved ones not be, because the sensor was
//! stopped or a run could not be made, [`Evaluations::write_runs`] takes them out again.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rondel_model::automation::{
    AutomationConditionEvaluation, AutomationConditionEvaluationWithRunIds,
};
use rondel_model::ids::EntityKey;
use rondel_model::partition::{EntitySubset, PartitionsSubset, SubsetValue};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{Extra, PySet, from_text, to_text};
use rondel_storage::AssetEvaluation;

use crate::DaemonError;
use crate::context::Context;

/// So many evaluations are read again at once.
const BATCH: usize = 100;

/// Bytes of evaluations that are kept back.
const KEPT_BACK: usize = 32 << 20;

/// About how many bytes an evaluation has.
const TYPICAL_SIZE: usize = 48 << 10;

/// Runs by what was evaluated.
type Runs = BTreeMap<String, BTreeSet<String>>;

/// The evaluations of one tick, and which of them got runs.
#[derive(Debug, Default)]
pub(crate) struct Evaluations {
    tick_id: i64,
    /// What was evaluated, as in the database.
    keys: HashSet<String>,
    /// Not written yet, and their size in bytes.
    kept_back: Vec<AssetEvaluation>,
    size: usize,
    /// Keys of those; of an interrupted tick, of all.
    open: HashSet<String>,
    /// The runs stored with evaluations; of an interrupted tick, those it may have stored.
    stored: Runs,
    is_interrupted: bool,
    /// Stored by an earlier try of this evaluation, which made no run, and not told again.
    earlier: HashSet<String>,
    /// The runs made.
    made: Runs,
}

impl Evaluations {
    /// None so far.
    pub(crate) fn new(tick_id: i64) -> Self {
        Self { tick_id, ..Self::default() }
    }

    /// Those an interrupted tick stored, with or without the runs it expected.
    pub(crate) async fn stored(context: &Context, tick_id: i64) -> Result<Self, DaemonError> {
        let keys = context.storage().schedules().get_evaluated_keys(tick_id).await?;
        let keys: HashSet<String> = keys.into_iter().collect();
        Ok(Self { open: keys.clone(), keys, is_interrupted: true, ..Self::new(tick_id) })
    }

    /// None so far, of an evaluation that was tried before and ended before its runs were requested.
    pub(crate) async fn again(context: &Context, tick_id: i64) -> Result<Self, DaemonError> {
        let earlier = context.storage().schedules().get_evaluated_keys(tick_id).await?;
        Ok(Self { earlier: earlier.into_iter().collect(), ..Self::new(tick_id) })
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Takes one without runs. It is written now or by [`Self::write`].
    pub(crate) async fn add(
        &mut self,
        context: &Context,
        row: AssetEvaluation,
    ) -> Result<(), DaemonError> {
        self.earlier.remove(&row.key);
        self.keys.insert(row.key.clone());
        self.open.insert(row.key.clone());
        self.size += row.body.len();
        self.kept_back.push(row);
        if self.size > KEPT_BACK { self.write(context).await } else { Ok(()) }
    }

    /// Tells of a run that is going to be made for entities. It is written with those of their evaluations that are
    /// kept back.
    pub(crate) fn expect_run(&mut self, run_id: &str, entities: &[EntityKey]) {
        for key in entities.iter().map(EntityKey::to_db_string) {
            if self.open.contains(&key) {
                self.stored.entry(key).or_default().insert(run_id.to_owned());
            }
        }
    }

    /// Writes those that were kept back.
    pub(crate) async fn write(&mut self, context: &Context) -> Result<(), DaemonError> {
        let mut rows = std::mem::take(&mut self.kept_back);
        self.size = 0;
        self.open.clear();
        let without = end_of_body(&BTreeSet::new());
        for row in &mut rows {
            let Some(runs) = self.stored.get(&row.key) else { continue };
            let end = row.body.len() - without.len();
            row.body.truncate(end);
            row.body.push_str(&end_of_body(runs));
        }
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
                self.made.entry(key).or_default().insert(run_id.to_owned());
            }
        }
    }

    /// Writes the runs that were made where others are stored: as the end of what is stored where that is as this tick
    /// wrote it, else (a tick that was interrupted while it did this) by reading the evaluations again.
    pub(crate) async fn write_runs(&mut self, context: &Context) -> Result<(), DaemonError> {
        let store = context.storage().schedules();
        let none = BTreeSet::new();
        // Stored without runs as far as is known, and with others than were made.
        let (mut without, mut others) = (Vec::new(), Vec::new());
        let keys: BTreeSet<&String> = self.stored.keys().chain(self.made.keys()).collect();
        for key in keys {
            let stored = self.stored.get(key).unwrap_or(&none);
            let made = self.made.get(key).unwrap_or(&none);
            if stored == made && !self.is_interrupted {
                continue;
            }
            if stored.is_empty() || (self.is_interrupted && stored.is_subset(made)) {
                without.push((key.clone(), end_of_body(made)));
            } else {
                others.push(key.clone());
            }
        }
        if !without.is_empty() {
            let old = end_of_body(&none);
            let replaced = store.replace_evaluation_ends(self.tick_id, &old, &without).await?;
            if usize::try_from(replaced) != Ok(without.len()) {
                others.extend(without.into_iter().map(|(key, _)| key));
            }
        }
        let actual = |key: &str, mut ids: BTreeSet<String>| {
            let not_made = self.stored.get(key).unwrap_or(&none);
            ids.retain(|id| !not_made.contains(id));
            ids.extend(self.made.get(key).unwrap_or(&none).iter().cloned());
            ids
        };
        self.rewrite(context, &others, actual).await?;
        self.stored = self.made.clone();
        Ok(())
    }

    /// Takes the runs out of what an earlier try stored and this one has not told: none of them was made.
    pub(crate) async fn forget_earlier(&mut self, context: &Context) -> Result<(), DaemonError> {
        let earlier: Vec<String> = std::mem::take(&mut self.earlier).into_iter().collect();
        self.rewrite(context, &earlier, |_, _| BTreeSet::new()).await
    }

    /// Stores evaluations with other runs: `runs` gets a key with those that are stored.
    async fn rewrite(
        &self,
        context: &Context,
        keys: &[String],
        runs: impl Fn(&str, BTreeSet<String>) -> BTreeSet<String>,
    ) -> Result<(), DaemonError> {
        let store = context.storage().schedules();
        for batch in keys.chunks(BATCH) {
            let mut rows = Vec::with_capacity(batch.len());
            for record in store.get_evaluations_of_keys(self.tick_id, batch).await? {
                let read = from_text(&record.body).map_err(|error| {
                    let what = format!("the stored evaluation {} cannot be read", record.id);
                    DaemonError::Check(format!("{what}: {error}"))
                });
                let mut evaluation: AutomationConditionEvaluationWithRunIds = read?;
                let stored: BTreeSet<String> = evaluation.run_ids.iter().cloned().collect();
                let wanted = runs(&record.key, stored.clone());
                if wanted != stored {
                    evaluation.run_ids = PySet::frozen(wanted);
                    rows.push(row_of(&evaluation));
                }
            }
            store.add_asset_evaluations(self.tick_id, rows).await?;
        }
        Ok(())
    }
}

/// How the body of an evaluation with these runs ends.
fn end_of_body(run_ids: &BTreeSet<String>) -> String {
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

/// An evaluation that has led to no run yet: the serialized one is appended by `write`, and `subset` is where it is true.
pub(crate) fn row_of_text<E>(
    subset: &EntitySubset,
    write: impl FnOnce(&mut String) -> Result<(), E>,
) -> Result<AssetEvaluation, E> {
    let mut body = String::with_capacity(TYPICAL_SIZE);
    body.push_str("{\"__class__\": \"AssetConditionEvaluationWithRunIds\", \"evaluation\": ");
    write(&mut body)?;
    body.push_str(", ");
    body.push_str(&end_of_body(&BTreeSet::new()));
    Ok(AssetEvaluation { key: subset.key.to_db_string(), body, num_requested: size(&subset.value) })
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
