//! Where in the tree of conditions an evaluation is, and what it remembers from the last tick.

use std::sync::Arc;

use super::requested::Requested;
use super::result::NodeResult;
use super::{Tick, operators};
use crate::condition::{ChildIndex, Condition};
use crate::cursor::{EntityCursor, NodeCursor};
use crate::digest::Digest;
use crate::error::Result;
use crate::key::Key;
use crate::subset::EntityPart;
use crate::view::View;

/// Dagster's `AutomationContext`.
pub(super) struct Context<'a> {
    pub(super) tick: Tick<'a>,
    pub(super) requested: &'a Requested<'a>,
    /// The entity whose condition this is part of.
    pub(super) root: &'a Arc<Key>,
    /// What the root's condition remembers.
    pub(super) cursor: Option<&'a EntityCursor>,
    pub(super) condition: &'a Arc<Condition>,
    /// The node's id.
    pub(super) unique_id: Digest,
    /// Its places among its siblings, the present one first, then others its id may have been made with.
    pub(super) indices: &'a [ChildIndex],
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

    /// Nothing of the entity.
    pub(super) fn empty(&self) -> EntityPart {
        self.candidates.emptied()
    }

    /// All of the entity.
    pub(super) fn full(&self) -> EntityPart {
        self.candidates.filled()
    }

    /// Evaluates a child at the given places among its siblings.
    pub(super) fn child(
        &self,
        condition: &Arc<Condition>,
        indices: &[ChildIndex],
        candidates: EntityPart,
    ) -> Result<NodeResult> {
        let target = self.target(&candidates);
        let index = indices.first().copied().flatten();
        let unique_id = condition.node_id(Some(self.unique_id), index, target);
        let context = Context {
            tick: self.tick,
            requested: self.requested,
            root: self.root,
            cursor: self.cursor,
            condition,
            unique_id,
            indices,
            candidates,
            parent: Some(self),
        };
        operators::evaluate(&context)
    }

    /// What this node left on the last tick.
    pub(super) fn node_cursor(&self) -> Option<&'a NodeCursor> {
        let cursor = self.cursor?;
        cursor.node(self.unique_id).or_else(|| {
            if self.has_one_id() {
                return None;
            }
            self.ids().into_iter().find_map(|id| cursor.node(id))
        })
    }

    /// The entity where it is another than that of the root.
    fn target<'p>(&self, candidates: &'p EntityPart) -> Option<&'p Key> {
        let is_root = Arc::ptr_eq(&candidates.key, self.root) || *candidates.key == **self.root;
        (!is_root).then_some(&*candidates.key)
    }

    fn has_one_id(&self) -> bool {
        self.indices.len() == 1 && self.parent.is_none_or(|parent| parent.has_one_id())
    }

    /// Ids under every combination of places, the present one first (`get_node_unique_ids`).
    fn ids(&self) -> Vec<Digest> {
        let parents: Vec<Option<Digest>> = match self.parent {
            Some(parent) => parent.ids().into_iter().map(Some).collect(),
            None => vec![None],
        };
        let target = self.target(&self.candidates);
        let id = |parent, index: &ChildIndex| self.condition.node_id(parent, *index, target);
        parents
            .into_iter()
            .flat_map(|parent| self.indices.iter().map(move |index| id(parent, index)))
            .collect()
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
