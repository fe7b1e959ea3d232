//! One tick: every entity's condition by topological level, with what was requested on the way.

mod context;
pub(crate) mod neighbours;
mod operands;
mod operators;
mod requested;
mod result;
mod rules;
mod since;
#[cfg(test)]
mod tests;
mod text;
mod timing;

use std::collections::BTreeSet;
use std::sync::Arc;

use rondel_model::ids::AssetKey;
use rondel_model::partition::EntitySubset;

use context::Context;
pub(crate) use requested::Requested;
pub use result::NodeResult;
pub use text::EvaluationTexts;

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

/// So many entities are evaluated before what came of them is handed on: all trees of results together
/// take many times the memory of everything else.
const AT_ONCE: usize = 512;

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
    /// The evaluation of each entity in the order of evaluation; [`Memory::evaluate`] leaves none.
    pub results: Vec<NodeResult>,
    /// What is to be requested, without empty parts, in the order of request.
    pub requested: Vec<EntityPart>,
    /// What each entity remembers, those included that were passed over.
    cursors: Vec<(Arc<Key>, Arc<EntityCursor>)>,
}

/// What became of an entity.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Where it stands in the graph.
    pub(crate) place: usize,
    /// How it was come by.
    pub(crate) standing: Standing,
    /// What it remembers.
    pub(crate) cursor: Arc<EntityCursor>,
}

/// What became of an entity, with what is told of it at once.
struct Answered {
    answer: Answer,
    /// Its evaluation, where there is anything to tell.
    result: Option<NodeResult>,
    /// As of when the data of an asset with rules will be.
    expected: Option<Option<f64>>,
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
        let mut results = Vec::with_capacity(keys.len());
        let result = self.evaluate_all(keys, None, &mut |result| {
            results.push(result);
            Ok(())
        })?;
        Ok(TickResult { results, ..result })
    }

    /// `each` gets what there is to tell, in the order of evaluation.
    fn evaluate_all(
        &self,
        keys: &BTreeSet<Key>,
        memory: Option<&mut Memory>,
        each: &mut dyn FnMut(NodeResult) -> Result<()>,
    ) -> Result<TickResult> {
        let graph = self.graph;
        let mut asked = vec![false; graph.entities().len()];
        for key in keys {
            let place = graph.place(key).ok_or_else(|| AutomationError::NotInGraph(key.clone()))?;
            asked[place] = true;
        }
        let mut requested = Requested::new(graph);
        let mut answers = Vec::with_capacity(keys.len());
        for level in graph.levels()? {
            let level: Vec<usize> = level.iter().copied().filter(|&place| asked[place]).collect();
            // Entities of a level do not see what others of it request.
            let mut parts = Vec::new();
            for some in level.chunks(AT_ONCE) {
                for answered in self.evaluate_some(some, &requested, memory.as_deref())? {
                    let Answered { answer, result, expected } = answered;
                    if let Some(result) = result {
                        if !result.true_subset.is_empty() {
                            parts.push((answer.place, result.true_subset.clone()));
                        }
                        each(result)?;
                    }
                    if let Some(expected) = expected {
                        requested.expect(answer.place, expected);
                    }
                    answers.push(answer);
                }
            }
            let mut parts = parts.into_iter().peekable();
            for &place in &level {
                requested.note(place);
                if let Some((_, part)) = parts.next_if(|(of, _)| *of == place) {
                    let key = &graph.at(place).key;
                    self.request(&part, &mut requested).map_err(|error| of_entity(key, error))?;
                }
            }
        }
        let (places, requested) = requested.finish();
        if let Some(memory) = memory {
            memory.end(self, &mut answers, &places)?;
        }
        let cursors = answers
            .into_iter()
            .map(|answer| (Arc::clone(&graph.at(answer.place).key), answer.cursor))
            .collect();
        Ok(TickResult { results: Vec::new(), requested, cursors })
    }

    /// Entities of a level do not depend on each other: many of them are evaluated on all processors.
    fn evaluate_some(
        &self,
        some: &[usize],
        requested: &Requested<'_>,
        memory: Option<&Memory>,
    ) -> Result<Vec<Answered>> {
        let answer = |place: usize| -> Result<Answered> {
            let key = &self.graph.at(place).key;
            let before = self.cursor.of(key);
            let settled = memory.and_then(|it| it.settled(place, before, requested));
            if let Some(cursor) = settled {
                let answer = Answer { place, standing: Standing::PassedOver, cursor };
                return Ok(Answered { answer, result: None, expected: None });
            }
            let evaluate = || {
                let (result, expected) = self.evaluate_entity(key, before, requested)?;
                let cursor = Arc::new(result.to_cursor(self)?);
                let is_same = memory.is_some()
                    && result.true_subset.is_empty()
                    && before.is_some_and(|it| result.value_hash == *it.result_value_hash());
                let standing = match is_same && is_quiet(&result) {
                    true => Standing::Quiet,
                    false => Standing::Evaluated,
                };
                let answer = Answer { place, standing, cursor };
                // Trees of results are large, and of these nobody is told.
                Ok(Answered { answer, result: (!is_same).then_some(result), expected })
            };
            evaluate().map_err(|error| of_entity(key, error))
        };
        let answer = &|places: &[usize]| -> Result<Vec<Answered>> {
            places.iter().map(|&place| answer(place)).collect()
        };
        let workers = std::thread::available_parallelism().map_or(1, |count| count.get());
        if workers == 1 || some.len() < MANY {
            return answer(some);
        }
        std::thread::scope(|scope| {
            let chunks = some.chunks(some.len().div_ceil(workers));
            let workers: Vec<_> = chunks.map(|part| scope.spawn(move || answer(part))).collect();
            let mut answered = Vec::with_capacity(some.len());
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
        let mut already = Requested::new(self.graph);
        for stored in requested {
            if let Some(part) = self.view().of_stored(stored)? {
                already.add(&part, &self.observed.partitions)?;
            }
        }
        let (result, _) = self.evaluate_entity(key, self.cursor.of(key), &already)?;
        let cursor = Arc::new(result.to_cursor(self)?);
        let key = Arc::clone(&result.true_subset.key);
        Ok(TickResult {
            results: vec![result],
            requested: Vec::new(),
            cursors: vec![(key, cursor)],
        })
    }

    /// The evaluation, and of an asset with rules as of when its data will be.
    fn evaluate_entity(
        &self,
        key: &Key,
        before: Option<&Arc<EntityCursor>>,
        requested: &Requested<'_>,
    ) -> Result<(NodeResult, Option<Option<f64>>)> {
        let entity = self.graph.get(key)?;
        let condition =
            entity.condition.as_ref().ok_or_else(|| AutomationError::NoCondition(key.clone()))?;
        let context = Context {
            tick: *self,
            requested,
            root: &entity.key,
            cursor: before.map(|cursor| &**cursor),
            condition,
            unique_id: condition.node_id(None, None, None),
            indices: &[None],
            candidates: self.view().full(key)?,
            parent: None,
        };
        let result = operators::evaluate(&context)?;
        let facts = key.as_asset().and_then(|asset| self.observed.assets.get(asset));
        let has_data_times = facts.is_some_and(|facts| facts.data_times.is_some());
        let expected = match has_data_times && condition.has_rule() {
            true => {
                let is_requested = !result.true_subset.is_empty();
                Some(rules::expected_data_time(&context, is_requested)?)
            }
            false => None,
        };
        Ok((result, expected))
    }

    /// Requests what an evaluation asks for; what can only be executed together is requested together.
    fn request(&self, part: &EntityPart, requested: &mut Requested<'_>) -> Result<()> {
        let context = &self.observed.partitions;
        requested.add(part, context)?;
        let Some(asset) = part.key.as_asset() else { return Ok(()) };
        let set = self.graph.execution_set(asset);
        if set.len() < 2 || part.size(context)? == 0 {
            return Ok(());
        }
        let expected = requested.expected(&part.key);
        for neighbour in &set {
            let mapped = self.view().mapped(part, neighbour, Towards::Upstream)?;
            requested.add(&mapped, context)?;
            if let Some(place) = expected.and_then(|_| self.graph.place(neighbour)) {
                requested.expect(place, expected);
            }
        }
        Ok(())
    }
}

impl Memory {
    /// Evaluates the conditions of the entities as [`Tick::evaluate`] does, save for those of which the
    /// answer is known to be what it was. Evaluations are handed to `each` as they are made, in order, and
    /// without those that ask for nothing and came to what they came to last.
    ///
    /// # Errors
    /// The first condition that has no answer, with its entity; errors of `each`.
    pub fn evaluate(
        &mut self,
        graph: &Arc<AutomationGraph>,
        observed: &Arc<Observation>,
        cursor: &Arc<DaemonCursor>,
        (evaluation_id, timestamp): (i64, f64),
        keys: &BTreeSet<Key>,
        each: &mut dyn FnMut(NodeResult) -> Result<()>,
    ) -> Result<TickResult> {
        self.begin(graph, observed, cursor)?;
        let tick = Tick { graph, observed, cursor, evaluation_id, timestamp };
        let result = tick.evaluate_all(keys, Some(self), each);
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
