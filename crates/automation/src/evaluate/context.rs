//! Where in the tree of conditions an evaluation is, and what it remembers from the last tick.

use std::sync::Arc;

use indexmap::IndexMap;

use super::result::NodeResult;
use super::{Tick, operators};
use crate::condition::Condition;
use crate::cursor::{EntityCursor, NodeCursor};
use crate::error::Result;
use crate::key::Key;
use crate::subset::EntityPart;
use crate::view::View;

/// What was requested so far in the tick.
pub(super) type Requested = IndexMap<Arc<Key>, EntityPart>;

/// Dagster's `AutomationContext`.
pub(super) struct Context<'a> {
    pub(super) tick: Tick<'a>,
    pub(super) requested: &'a Requested,
    /// The entity whose condition this is part of.
    pub(super) root: &'a Arc<Key>,
    /// What the root's condition remembers.
    pub(super) cursor: Option<&'a EntityCursor>,
    pub(super) condition: &'a Arc<Condition>,
    /// The node's id first, then ids it may have had.
    pub(super) unique_ids: Vec<String>,
    /// What the condition is asked about.
    pub(super) candidates: EntityPart,
    pub(super) parent: Option<&'a Context<'a>>,
}

impl<'a> Context<'a> {
    pub(super) fn view(&self) -> View<'a> {
        self.tick.view()
    }

    /// The time, with the keys of dynamic partitions.
    pub(super) fn partitions(&self) -> &'a rondel_partitions::Context {
        &self.tick.observed.partitions
    }

    pub(super) fn key(&self) -> &Key {
        &self.candidates.key
    }

    pub(super) fn empty(&self) -> Result<EntityPart> {
        self.view().empty(self.key())
    }

    /// Evaluates a child at the given places among its siblings.
    pub(super) fn child(
        &self,
        condition: &Arc<Condition>,
        indices: &[Option<usize>],
        candidates: EntityPart,
    ) -> Result<NodeResult> {
        let target = (*candidates.key != **self.root).then_some(&*candidates.key);
        let parents: Vec<Option<&str>> =
            self.unique_ids.iter().map(|id| Some(id.as_str())).collect();
        let unique_ids = condition.node_ids(&parents, indices, target);
        let context = Context {
            tick: self.tick,
            requested: self.requested,
            root: self.root,
            cursor: self.cursor,
            condition,
            unique_ids,
            candidates,
            parent: Some(self),
        };
        operators::evaluate(&context)
    }

    /// What this node left on the last tick.
    pub(super) fn node_cursor(&self) -> Option<&'a NodeCursor> {
        let cursor = self.cursor?;
        self.unique_ids.iter().find_map(|id| cursor.node(id))
    }

    /// Where this node was true on the last tick.
    pub(super) fn previous_true(&self) -> Result<Option<EntityPart>> {
        match self.node_cursor() {
            Some(cursor) => self.view().of_remembered(&cursor.true_subset),
            None => Ok(None),
        }
    }

    /// The time of the root's last tick, in Unix seconds.
    pub(super) fn previous_time(&self) -> Option<f64> {
        self.cursor.map(|cursor| cursor.effective_timestamp)
    }

    /// Whether a condition of this identity is this one or stands above it.
    pub(super) fn is_within(&self, identity: &str) -> bool {
        self.condition.identity == identity
            || self.parent.is_some_and(|parent| parent.is_within(identity))
    }

    /// The condition at the root.
    pub(super) fn root_condition(&self) -> &Condition {
        self.parent.map_or(self.condition, |parent| parent.root_condition())
    }
}
