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
use std::sync::Arc;

use rondel_model::ids::AssetKey;
use rondel_model::partition::EntitySubset;

use context::{Context, Requested};
pub use result::NodeResult;

use crate::cursor::{DaemonCursor, EntityCursor};
use crate::error::{AutomationError, Result};
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::memory::{Memory, is_quiet};
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
    /// The evaluation of each entity in the order of evaluation; of [`Memory::evaluate`] without those that
    /// ask for nothing and came to what they came to last.
    pub results: Vec<NodeResult>,
    /// What is to be requested, without empty parts, in the order of request.
    pub requested: Vec<EntityPart>,
    /// What each entity remembers, those included that were passed over.
    cursors: Vec<(Arc<Key>, Arc<EntityCursor>)>,
}

/// What was requested so far, and of which places anything.
#[derive(Debug)]
struct Requests {
    parts: Requested,
    places: Vec<bool>,
}

impl Requests {
    fn new(graph: &AutomationGraph) -> Self {
        Self { parts: Requested::new(), places: vec![false; graph.entities().len()] }
    }

    fn add(
        &mut self,
        graph: &AutomationGraph,
        part: &EntityPart,
        context: &rondel_partitions::Context,
    ) -> Result<()> {
        if let Some(place) = graph.place(&part.key).filter(|_| !part.is_empty()) {
            self.places[place] = true;
        }
        match self.parts.get_mut(&*part.key) {
            Some(earlier) => *earlier = earlier.union(part, context)?,
            None => {
                self.parts.insert(Arc::clone(&part.key), part.clone());
            }
        }
        Ok(())
    }
}

/// What became of an entity.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Where it stands in the graph.
    pub(crate) place: usize,
    /// How it was come by.
    pub(crate) standing: Standing,
    /// Its evaluation, where there is anything to tell.
    pub(crate) result: Option<NodeResult>,
    /// What it remembers.
    pub(crate) cursor: Arc<EntityCursor>,
}

/// How an answer was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is known to be what it was.
    PassedOver,
    /// By an evaluation that came to the same as the last and found nothing new.
    Quiet,
    /// By an evaluation.
    Evaluated,
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
        self.evaluate_all(keys, None)
    }

    fn evaluate_all(
        &self,
        keys: &BTreeSet<Key>,
        memory: Option<&mut Memory>,
    ) -> Result<TickResult> {
        let graph = self.graph;
        let mut asked = vec![false; graph.entities().len()];
        for key in keys {
            let place = graph.place(key).ok_or_else(|| AutomationError::NotInGraph(key.clone()))?;
            asked[place] = true;
        }
        let mut requested = Requests::new(graph);
        let mut answers = Vec::with_capacity(keys.len());
        for level in graph.levels() {
            let level: Vec<usize> = level.iter().copied().filter(|&place| asked[place]).collect();
            for answer in self.evaluate_level(&level, &requested, memory.as_deref())? {
                let key = &graph.at(answer.place).key;
                match &answer.result {
                    Some(result) => self.request(result, &mut requested),
                    None => self.pass_over(key, &mut requested),
                }
                .map_err(|error| of_entity(key, error))?;
                answers.push(answer);
            }
        }
        if let Some(memory) = memory {
            memory.end(self, &mut answers, &requested.places)?;
        }
        let mut cursors = Vec::with_capacity(answers.len());
        let mut results = Vec::new();
        for answer in answers {
            cursors.push((Arc::clone(&graph.at(answer.place).key), answer.cursor));
            results.extend(answer.result);
        }
        let requested = requested.parts.into_values().filter(|part| !part.is_empty()).collect();
        Ok(TickResult { results, requested, cursors })
    }

    /// Entities of a level do not depend on each other: many of them are evaluated on all processors.
    fn evaluate_level(
        &self,
        level: &[usize],
        requested: &Requests,
        memory: Option<&Memory>,
    ) -> Result<Vec<Answer>> {
        let answer = |place: usize| -> Result<Answer> {
            let key = &self.graph.at(place).key;
            let before = self.cursor.of(key);
            let settled = memory.and_then(|it| it.settled(place, before, &requested.places));
            if let Some(cursor) = settled {
                return Ok(Answer { place, standing: Standing::PassedOver, result: None, cursor });
            }
            let evaluate = || {
                let result = self.evaluate_entity(key, &requested.parts)?;
                let cursor = Arc::new(result.to_cursor(self)?);
                let is_same = memory.is_some()
                    && result.true_subset.is_empty()
                    && before.is_some_and(|it| it.result_value_hash() == result.value_hash);
                let standing = match is_same && is_quiet(&result) {
                    true => Standing::Quiet,
                    false => Standing::Evaluated,
                };
                // Trees of results are large, and of these nobody is told.
                Ok(Answer { place, standing, result: (!is_same).then_some(result), cursor })
            };
            evaluate().map_err(|error| of_entity(key, error))
        };
        let answer = &|places: &[usize]| -> Result<Vec<Answer>> {
            places.iter().map(|&place| answer(place)).collect()
        };
        let workers = std::thread::available_parallelism().map_or(1, |count| count.get());
        if workers == 1 || level.len() < MANY {
            return answer(level);
        }
        std::thread::scope(|scope| {
            let chunks = level.chunks(level.len().div_ceil(workers));
            let workers: Vec<_> = chunks.map(|part| scope.spawn(move || answer(part))).collect();
            let mut answered = Vec::with_capacity(level.len());
            for worker in workers {
                match worker.join() {
                    Ok(part) => answered.extend(part?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(answered)
        })
    }

    /// Evaluates one entity's condition with the given parts already requested in this tick.
    ///
    /// # Errors
    /// A condition that has no answer.
    pub fn evaluate_one(&self, key: &Key, requested: &[EntitySubset]) -> Result<TickResult> {
        let mut already = Requests::new(self.graph);
        for stored in requested {
            if let Some(part) = self.view().of_stored(stored)? {
                already.add(self.graph, &part, &self.observed.partitions)?;
            }
        }
        let result = self.evaluate_entity(key, &already.parts)?;
        let cursor = Arc::new(result.to_cursor(self)?);
        let key = Arc::clone(&result.true_subset.key);
        Ok(TickResult {
            results: vec![result],
            requested: Vec::new(),
            cursors: vec![(key, cursor)],
        })
    }

    fn evaluate_entity(&self, key: &Key, requested: &Requested) -> Result<NodeResult> {
        let entity = self.graph.get(key)?;
        let condition =
            entity.condition.as_ref().ok_or_else(|| AutomationError::NoCondition(key.clone()))?;
        let context = Context {
            tick: *self,
            requested,
            root: &entity.key,
            cursor: self.cursor.of(key).map(|cursor| &**cursor),
            condition,
            unique_ids: condition.node_ids(&[None], &[None], None),
            candidates: self.view().full(key)?,
            parent: None,
        };
        operators::evaluate(&context)
    }

    /// Takes note that nothing is requested of an entity.
    fn pass_over(&self, key: &Key, requested: &mut Requests) -> Result<()> {
        requested.add(self.graph, &self.view().empty(key)?, &self.observed.partitions)
    }

    /// Requests what an evaluation asks for; what can only be executed together is requested together.
    fn request(&self, result: &NodeResult, requested: &mut Requests) -> Result<()> {
        let (part, context) = (&result.true_subset, &self.observed.partitions);
        requested.add(self.graph, part, context)?;
        let Some(asset) = part.key.as_asset().filter(|_| !part.is_empty()) else { return Ok(()) };
        let set = self.graph.execution_set(asset);
        if set.len() < 2 || part.size(context)? == 0 {
            return Ok(());
        }
        for neighbour in &set {
            let mapped = self.view().mapped(part, neighbour, Towards::Upstream)?;
            requested.add(self.graph, &mapped, context)?;
        }
        Ok(())
    }
}

impl Memory {
    /// Evaluates the conditions of the entities as [`Tick::evaluate`] does, save for those of which the
    /// answer is known to be what it was.
    ///
    /// # Errors
    /// The first condition that has no answer, with its entity.
    pub fn evaluate(
        &mut self,
        graph: &Arc<AutomationGraph>,
        observed: &Arc<Observation>,
        cursor: &Arc<DaemonCursor>,
        (evaluation_id, timestamp): (i64, f64),
        keys: &BTreeSet<Key>,
    ) -> Result<TickResult> {
        self.begin(graph, observed, cursor)?;
        let tick = Tick { graph, observed, cursor, evaluation_id, timestamp };
        let result = tick.evaluate_all(keys, Some(self));
        if result.is_err() {
            self.clear();
        }
        result
    }
}

impl TickResult {
    /// The cursor after the tick.
    #[must_use]
    pub fn cursor(
        &self,
        tick: &Tick<'_>,
        evaluation_id: i64,
        observed_assets: &[AssetKey],
        time: f64,
    ) -> DaemonCursor {
        let cursors = self.cursors.iter().cloned();
        tick.cursor.updated(tick.graph, evaluation_id, time, observed_assets, cursors)
    }
}
