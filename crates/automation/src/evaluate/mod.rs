//! One tick: every entity's condition by topological level, with what was requested on the way.

mod context;
pub(crate) mod neighbours;
mod operands;
mod operators;
mod result;
mod rules;
mod since;
#[cfg(test)]
mod tests;
mod timing;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rondel_model::partition::EntitySubset;

use context::{Context, Requested};
pub use result::NodeResult;

use crate::cursor::DaemonCursor;
use crate::error::{AutomationError, Result};
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::observation::Observation;
use crate::subset::EntityPart;
use crate::view::{Towards, View};

/// From how many entities on a level is shared between threads.
const MANY: usize = 64;

fn of_entity(key: &Key, source: AutomationError) -> AutomationError {
    AutomationError::Entity { key: key.clone(), source: Box::new(source) }
}

/// The inputs of a tick.
#[derive(Debug, Clone, Copy)]
pub struct Tick<'a> {
    /// The entities.
    pub graph: &'a AutomationGraph,
    /// What is known about them.
    pub observed: &'a Observation,
    /// What the last tick left.
    pub cursor: &'a DaemonCursor,
    /// The id of this tick's evaluations.
    pub evaluation_id: i64,
    /// When the evaluation takes place, in Unix seconds, as evaluations report it.
    pub timestamp: f64,
}

/// What a tick decided.
#[derive(Debug)]
pub struct TickResult {
    /// The evaluation of each entity, in the order of evaluation.
    pub results: Vec<NodeResult>,
    /// What is to be requested, without empty parts, in the order of request.
    pub requested: Vec<EntityPart>,
}

impl<'a> Tick<'a> {
    /// The view conditions are evaluated over.
    pub fn view(&self) -> View<'a> {
        View { graph: self.graph, observed: self.observed }
    }

    /// Evaluates the conditions of the entities.
    ///
    /// # Errors
    /// The first condition that has no answer, with its entity.
    pub fn evaluate(&self, keys: &BTreeSet<Key>) -> Result<TickResult> {
        let missing = keys.iter().find(|key| !self.graph.contains(key));
        if let Some(key) = missing {
            return Err(AutomationError::NotInGraph(key.clone()));
        }
        let mut requested = Requested::new();
        let mut results = Vec::new();
        for level in self.graph.levels() {
            let level: Vec<&Key> = level.iter().filter(|key| keys.contains(key)).collect();
            for result in self.evaluate_level(&level, &requested)? {
                request(&mut requested, &result.true_subset, &self.observed.partitions)?;
                self.request_execution_set(&result, &mut requested)
                    .map_err(|error| of_entity(&result.true_subset.key, error))?;
                results.push(result);
            }
        }
        let requested = requested.into_values().filter(|part| !part.is_empty()).collect();
        Ok(TickResult { results, requested })
    }

    /// Entities of a level do not depend on each other: many of them are evaluated on all processors.
    fn evaluate_level(&self, level: &[&Key], requested: &Requested) -> Result<Vec<NodeResult>> {
        let evaluate = &|keys: &[&Key]| -> Result<Vec<NodeResult>> {
            let evaluated = keys.iter().map(|key| {
                self.evaluate_entity(key, requested).map_err(|error| of_entity(key, error))
            });
            evaluated.collect()
        };
        let workers = std::thread::available_parallelism().map_or(1, |count| count.get());
        if workers == 1 || level.len() < MANY {
            return evaluate(level);
        }
        std::thread::scope(|scope| {
            let chunks = level.chunks(level.len().div_ceil(workers));
            let workers: Vec<_> = chunks.map(|keys| scope.spawn(move || evaluate(keys))).collect();
            let mut results = Vec::with_capacity(level.len());
            for worker in workers {
                match worker.join() {
                    Ok(evaluated) => results.extend(evaluated?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(results)
        })
    }

    /// Evaluates one entity's condition with the given parts already requested in this tick.
    ///
    /// # Errors
    /// A condition that has no answer.
    pub fn evaluate_one(&self, key: &Key, requested: &[EntitySubset]) -> Result<NodeResult> {
        let mut already = Requested::new();
        for stored in requested {
            if let Some(part) = self.view().of_stored(stored)? {
                request(&mut already, &part, &self.observed.partitions)?;
            }
        }
        self.evaluate_entity(key, &already)
    }

    fn evaluate_entity(&self, key: &Key, requested: &Requested) -> Result<NodeResult> {
        let entity = self.graph.get(key)?;
        let condition =
            entity.condition.as_ref().ok_or_else(|| AutomationError::NoCondition(key.clone()))?;
        let context = Context {
            tick: *self,
            requested,
            root: &entity.key,
            cursor: self.cursor.of(key),
            condition,
            unique_ids: condition.node_ids(&[None], &[None], None),
            candidates: self.view().full(key)?,
            parent: None,
        };
        operators::evaluate(&context)
    }

    /// What can only be executed together is requested together.
    fn request_execution_set(&self, result: &NodeResult, requested: &mut Requested) -> Result<()> {
        let part = &result.true_subset;
        let Some(asset) = part.key.as_asset() else { return Ok(()) };
        let set = self.graph.execution_set(asset);
        if set.len() < 2 || part.size(&self.observed.partitions)? == 0 {
            return Ok(());
        }
        for neighbour in &set {
            let mapped = self.view().mapped(part, neighbour, Towards::Upstream)?;
            request(requested, &mapped, &self.observed.partitions)?;
        }
        Ok(())
    }
}

fn request(
    requested: &mut Requested,
    part: &EntityPart,
    context: &rondel_partitions::Context,
) -> Result<()> {
    let key: &Key = &part.key;
    let so_far = match requested.get(key) {
        Some(earlier) => earlier.union(part, context)?,
        None => part.clone(),
    };
    requested.insert(key.clone(), so_far);
    Ok(())
}

/// Results by entity, for cursors.
impl TickResult {
    /// The cursor after the tick.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn cursor(
        &self,
        tick: &Tick<'_>,
        evaluation_id: i64,
        observed_assets: &[rondel_model::ids::AssetKey],
        time: f64,
    ) -> Result<DaemonCursor> {
        let mut cursors = IndexMap::new();
        for result in &self.results {
            cursors.insert((*result.true_subset.key).clone(), result.to_cursor(tick)?);
        }
        Ok(tick.cursor.updated(tick.graph, evaluation_id, time, observed_assets, cursors))
    }
}
