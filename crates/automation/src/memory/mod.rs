//! What earlier evaluations looked at, so that those which cannot come out differently are not made again.
//!
//! An evaluation depends on what its conditions look at (the facts and requests of some entities, and how
//! they are partitioned), on what it remembers, and on the time. It is *settled* when it found nothing that
//! is new since the last tick, asks for nothing, and left behind what it had remembered before. Made again
//! over the same facts it would come to the same, as long as no window ends and no cron schedule ticks:
//! everything that is compared with the last tick (updates, ticks, requests) was over before, and stays so
//! for any later tick. Such an entity is passed over, and what it remembers is carried on as it is, its
//! time included; the evaluation that follows looks back that far.
//!
//! Nothing here is stored: a daemon that starts evaluates everything once or twice. When in doubt (another
//! graph, a cursor this process did not write, a clock set back) everything is evaluated.

mod changes;
mod reach;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rondel_partitions::PartitionsDefinition;

use crate::condition::Kind;
use crate::cursor::{DaemonCursor, EntityCursor};
use crate::error::{AutomationError, Result};
use crate::evaluate::{Answer, NodeResult, Requested, Standing, Tick};
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::needs::{EntityNeeds, Needs, Total};
use crate::observation::Observation;

use reach::Reach;

/// What a process remembers of its evaluations, beside the cursor.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    graph: Option<Arc<AutomationGraph>>,
    last: Option<Last>,
    // All by place in the graph.
    settled: Vec<Option<Settled>>,
    reach: Vec<Option<Arc<Reach>>>,
    /// With the ids of the last events remembered that they are for.
    needs: Vec<Option<(LastEvent, EntityNeeds)>>,
    /// What the entities at some places need together.
    total: Option<(Vec<usize>, Arc<Needs>)>,
}

/// The id of the last event an entity remembers; the outer `None` where it remembers nothing.
type LastEvent = Option<Option<i64>>;

/// The inputs of the last evaluation.
#[derive(Debug, Clone)]
struct Last {
    observed: Arc<Observation>,
    cursor: Arc<DaemonCursor>,
}

/// An evaluation that need not be made again.
#[derive(Debug, Clone)]
struct Settled {
    cursor: Arc<EntityCursor>,
    /// Until when, in Unix seconds, it holds.
    until: f64,
}

impl Memory {
    /// What evaluating the entities with the cursor takes, as [`Needs::of`].
    ///
    /// # Errors
    /// Entities without condition or outside of the graph, selections that cannot be resolved.
    pub fn needs(
        &mut self,
        graph: &Arc<AutomationGraph>,
        keys: &BTreeSet<Key>,
        cursor: &DaemonCursor,
    ) -> Result<Arc<Needs>> {
        self.turn_to(graph);
        let mut places = Vec::with_capacity(keys.len());
        let mut is_same = true;
        for key in keys {
            let place = graph.place(key).ok_or_else(|| AutomationError::NotInGraph(key.clone()))?;
            places.push(place);
            let previous = cursor.of(key).map(|cursor| cursor.last_event_id);
            if self.needs[place].as_ref().is_some_and(|(of, _)| *of == previous) {
                continue;
            }
            is_same = false;
            let needs = EntityNeeds::of(graph, graph.at(place), previous)?;
            self.needs[place] = Some((previous, needs));
        }
        if let Some((of, total)) = &self.total
            && is_same
            && *of == places
        {
            return Ok(Arc::clone(total));
        }
        let mut total = Total::new(graph);
        for &place in &places {
            self.needs[place].iter().for_each(|(_, needs)| total.add(needs));
        }
        let total = Arc::new(total.finish());
        self.total = Some((places, Arc::clone(&total)));
        Ok(total)
    }

    /// Forgets everything about another graph.
    fn turn_to(&mut self, graph: &Arc<AutomationGraph>) {
        if self.graph.as_ref().is_some_and(|known| Arc::ptr_eq(known, graph)) {
            return;
        }
        let count = graph.entities().len();
        *self = Self {
            graph: Some(Arc::clone(graph)),
            last: None,
            settled: vec![None; count],
            reach: vec![None; count],
            needs: vec![None; count],
            total: None,
        };
    }

    /// Forgets what does not hold for these inputs any more.
    pub(crate) fn begin(
        &mut self,
        graph: &Arc<AutomationGraph>,
        observed: &Arc<Observation>,
        cursor: &Arc<DaemonCursor>,
    ) -> Result<()> {
        self.turn_to(graph);
        let last = Last { observed: Arc::clone(observed), cursor: Arc::clone(cursor) };
        let before = self.last.replace(last);
        let before = before.filter(|before| before.observed.time() <= observed.time());
        let Some(before) = before else {
            self.settled.fill(None);
            return Ok(());
        };
        let changed =
            changes::between(graph, (&before.observed, &before.cursor), (observed, cursor))?;
        let now = observed.time();
        for (settled, reach) in self.settled.iter_mut().zip(&self.reach) {
            let holds = settled.as_ref().zip(reach.as_ref()).is_some_and(|(settled, reach)| {
                now < settled.until && !reach.places.iter().any(|&place| changed[place])
            });
            if !holds {
                *settled = None;
            }
        }
        Ok(())
    }

    /// Forgets everything, for the case that an evaluation was not finished.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What an entity remembers, if it need not be evaluated: `requested` tells of what something is
    /// requested in this tick.
    pub(crate) fn settled(
        &self,
        place: usize,
        cursor: Option<&Arc<EntityCursor>>,
        requested: &Requested<'_>,
    ) -> Option<Arc<EntityCursor>> {
        let settled = self.settled.get(place)?.as_ref()?;
        let reach = self.reach.get(place)?.as_ref()?;
        let holds = Arc::ptr_eq(cursor?, &settled.cursor)
            && !reach.places.iter().any(|&place| requested.is_requested(place));
        holds.then(|| Arc::clone(&settled.cursor))
    }

    /// Takes notice of what a tick came to: evaluations that came to what was remembered are settled, and
    /// keep what was remembered as it was.
    pub(crate) fn end(
        &mut self,
        tick: &Tick<'_>,
        answers: &mut [Answer],
        requested: &[bool],
    ) -> Result<()> {
        let mut boundaries = Boundaries::default();
        for Answer { place, standing, cursor, .. } in answers {
            if *standing == Standing::PassedOver {
                let reach = self.reach[*place].as_ref();
                if reach.is_some_and(|reach| reach.places.iter().any(|&place| requested[place])) {
                    // Requested after it was passed over: when that was is asked on the next tick.
                    let (time, last) = (tick.observed.time(), tick.observed.last_event_id);
                    *cursor = Arc::new(cursor.as_of(time, last));
                    self.settled[*place] = None;
                }
                continue;
            }
            let before = tick.cursor.of(&tick.graph.at(*place).key);
            let Some(before) =
                before.filter(|it| *standing == Standing::Quiet && it.is_same_but_for_time(cursor))
            else {
                continue;
            };
            if let Some(until) = self.until(*place, tick, requested, &mut boundaries)? {
                *cursor = Arc::clone(before);
                self.settled[*place] = Some(Settled { cursor: Arc::clone(before), until });
            }
        }
        Ok(())
    }

    /// Until when a quiet evaluation holds; none where it may not hold on the next tick already.
    fn until(
        &mut self,
        place: usize,
        tick: &Tick<'_>,
        requested: &[bool],
        boundaries: &mut Boundaries,
    ) -> Result<Option<f64>> {
        let (graph, observed) = (tick.graph, tick.observed);
        let reach = match &self.reach[place] {
            Some(reach) => Arc::clone(reach),
            None => {
                let reach = Arc::new(Reach::of(graph, graph.at(place))?);
                self.reach[place] = Some(Arc::clone(&reach));
                reach
            }
        };
        let counts_updates = |place: usize| {
            let asset = graph.at(place).key.as_asset();
            let facts = asset.and_then(|asset| observed.assets.get(asset));
            facts.is_some_and(|facts| !facts.updates.is_empty())
        };
        let is_open = !reach.is_complete
            || reach.places.iter().any(|&place| requested[place])
            || (reach.reads_updates && reach.places.iter().any(|&place| counts_updates(place)));
        if is_open {
            return Ok(None);
        }
        let mut until = f64::INFINITY;
        for &place in &reach.places {
            if let Some(definition) = graph.at(place).definition() {
                until = until.min(boundaries.of_definition(definition, observed.time())?);
            }
        }
        for (schedule, timezone) in &reach.crons {
            until = until.min(boundaries.of_cron(schedule, timezone, observed.time())?);
        }
        Ok(Some(until))
    }
}

/// Whether nothing that is compared with the last tick was true.
pub(crate) fn is_quiet(result: &NodeResult) -> bool {
    let looks_back = matches!(
        result.condition.kind,
        Kind::NewlyUpdated
            | Kind::NewlyRequested
            | Kind::NewlyTrue
            | Kind::DataVersionChanged
            | Kind::CodeVersionChanged
            | Kind::InitialEvaluation
            | Kind::CronTickPassed { .. }
            | Kind::NewUpdatesHaveRunTags(..)
            | Kind::WillBeRequested
    );
    (!looks_back || result.true_subset.is_empty()) && result.children.iter().all(is_quiet)
}

/// When windows end and schedules tick next, looked up once per tick.
#[derive(Debug, Default)]
struct Boundaries {
    definitions: HashMap<usize, f64>,
    crons: HashMap<(String, String), f64>,
}

impl Boundaries {
    fn of_definition(&mut self, definition: &Arc<PartitionsDefinition>, now: f64) -> Result<f64> {
        let Some(windows) = definition.time_window() else { return Ok(f64::INFINITY) };
        let address = Arc::as_ptr(definition) as usize;
        if let Some(at) = self.definitions.get(&address) {
            return Ok(*at);
        }
        let at = windows.next_change(now)?;
        self.definitions.insert(address, at);
        Ok(at)
    }

    fn of_cron(&mut self, schedule: &str, timezone: &str, now: f64) -> Result<f64> {
        let id = (schedule.to_owned(), timezone.to_owned());
        if let Some(at) = self.crons.get(&id) {
            return Ok(*at);
        }
        let zone = rondel_cron::Zone::named(Some(timezone))?;
        let schedule = rondel_cron::CronSchedule::parse(schedule)?;
        let at = schedule.next_from(&zone, now.floor() + 1.0)? as f64;
        self.crons.insert(id, at);
        Ok(at)
    }
}
