//! What a tick has requested so far, by place in the graph.

use rondel_partitions::Context;

use crate::error::Result;
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::subset::EntityPart;

/// What was requested so far, and of which places anything.
#[derive(Debug)]
pub(crate) struct Requested<'a> {
    graph: &'a AutomationGraph,
    parts: Vec<Option<EntityPart>>,
    /// What was decided about, in that order, whether something of it is requested or not.
    order: Vec<usize>,
    is_known: Vec<bool>,
    /// As of when data is expected to be once what is requested is made, of assets with legacy rules.
    expected: Vec<(usize, Option<f64>)>,
}

impl<'a> Requested<'a> {
    pub(crate) fn new(graph: &'a AutomationGraph) -> Self {
        let count = graph.entities().len();
        Self {
            graph,
            parts: vec![None; count],
            order: Vec::new(),
            is_known: vec![false; count],
            expected: Vec::new(),
        }
    }

    /// What is requested of an entity; none where that is nothing.
    pub(crate) fn get(&self, key: &Key) -> Option<&EntityPart> {
        self.parts[self.graph.place(key)?].as_ref()
    }

    /// Whether the entity was decided about.
    pub(crate) fn knows(&self, key: &Key) -> bool {
        self.graph.place(key).is_some_and(|place| self.is_known[place])
    }

    /// Whether anything is requested of what is at a place.
    pub(crate) fn is_requested(&self, place: usize) -> bool {
        self.parts[place].is_some()
    }

    /// Takes note that an entity was decided about.
    pub(crate) fn note(&mut self, place: usize) {
        if !std::mem::replace(&mut self.is_known[place], true) {
            self.order.push(place);
        }
    }

    pub(crate) fn add(&mut self, part: &EntityPart, context: &Context) -> Result<()> {
        let Some(place) = self.graph.place(&part.key) else { return Ok(()) };
        self.note(place);
        if part.is_empty() {
            return Ok(());
        }
        let requested = match &self.parts[place] {
            Some(earlier) => earlier.union(part, context)?,
            None => part.clone(),
        };
        self.parts[place] = Some(requested);
        Ok(())
    }

    /// Takes note of when the data of an asset is expected to be of.
    pub(crate) fn expect(&mut self, place: usize, time: Option<f64>) {
        self.expected.push((place, time));
    }

    pub(crate) fn expected(&self, key: &Key) -> Option<f64> {
        let place = self.graph.place(key)?;
        self.expected.iter().rev().find(|(known, _)| *known == place)?.1
    }

    /// The places something is requested of, and the parts in the order of request.
    pub(crate) fn finish(mut self) -> (Vec<bool>, Vec<EntityPart>) {
        let places = self.parts.iter().map(Option::is_some).collect();
        let parts = self.order.iter().filter_map(|&place| self.parts[place].take()).collect();
        (places, parts)
    }
}
