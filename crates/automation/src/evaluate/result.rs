//! What a node of a condition evaluated to.

use std::sync::Arc;

use rondel_model::automation::{AssetSubsetWithMetadata, AutomationConditionEvaluation};
use rondel_model::metadata::Metadata;
use rondel_model::partition::EntitySubset;
use rondel_model::serdes::Extra;

use super::Tick;
use super::context::Context;
use super::rules;
use super::timing::Timing;
use crate::condition::Condition;
use crate::cursor::{Candidates, EntityCursor, NodeCursor, Remembered, State};
use crate::digest::{Digest, Hasher};
use crate::error::Result;
use crate::subset::EntityPart;

/// A node's result with those of its children (Dagster's `AutomationResult`).
#[derive(Debug)]
pub struct NodeResult {
    /// The condition.
    pub condition: Arc<Condition>,
    /// Its id at its place.
    pub unique_id: Digest,
    /// Where it is true.
    pub true_subset: EntityPart,
    /// Where it was asked about.
    pub candidates: EntityPart,
    /// The children evaluated.
    pub children: Vec<NodeResult>,
    /// Equal for equal results; compared with the last tick's.
    pub value_hash: Digest,
    details: Option<Box<Details>>,
    pub(super) timing: Option<Timing>,
}

/// What few nodes have.
#[derive(Debug)]
struct Details {
    state: State,
    metadata: Metadata,
    reasons: Vec<Reason>,
}

/// Why a part is in the result; given by legacy rules only.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) metadata: Metadata,
    pub(super) part: EntityPart,
}

/// What a node's evaluation yields besides its children.
pub(super) struct Outcome {
    pub(super) true_subset: EntityPart,
    pub(super) children: Vec<NodeResult>,
    pub(super) state: State,
    pub(super) metadata: Metadata,
    pub(super) reasons: Vec<Reason>,
    pub(super) timing: Option<Timing>,
}

impl Outcome {
    pub(super) fn of(true_subset: EntityPart) -> Self {
        Self {
            true_subset,
            children: Vec::new(),
            state: State::None,
            metadata: Metadata::default(),
            reasons: Vec::new(),
            timing: None,
        }
    }

    pub(super) fn with_children(true_subset: EntityPart, children: Vec<NodeResult>) -> Self {
        Self { children, ..Self::of(true_subset) }
    }
}

impl NodeResult {
    pub(super) fn new(context: &Context<'_>, outcome: Outcome) -> Result<Self> {
        let mut hash = Hasher::default();
        hash.digest(context.unique_id);
        hash.text(&context.condition.description());
        outcome.true_subset.hash_into(&mut hash);
        context.candidates.hash_into(&mut hash);
        for reason in &outcome.reasons {
            reason.part.hash_into(&mut hash);
            hash.text(&rules::repr(&reason.metadata));
        }
        for child in &outcome.children {
            hash.digest(child.value_hash);
        }
        if !outcome.metadata.is_empty() {
            // Dagster hashes the labels only.
            let mut labels: Vec<&String> = outcome.metadata.keys().collect();
            labels.sort();
            let labels: Vec<String> = labels.iter().map(|label| format!("'{label}'")).collect();
            hash.text(&format!("[{}]", labels.join(", ")));
        }
        let Outcome { state, metadata, reasons, .. } = outcome;
        let has_details = state != State::None || !metadata.is_empty() || !reasons.is_empty();
        let details = has_details.then(|| Box::new(Details { state, metadata, reasons }));
        Ok(Self {
            condition: Arc::clone(context.condition),
            value_hash: hash.finish(),
            unique_id: context.unique_id,
            true_subset: outcome.true_subset,
            candidates: context.candidates.clone(),
            children: outcome.children,
            details,
            timing: outcome.timing,
        })
    }

    /// Whether there is anything to say about it besides the parts.
    pub(super) fn has_details(&self) -> bool {
        self.details.is_some()
    }

    pub(super) fn metadata(&self) -> Metadata {
        self.details.as_ref().map(|details| details.metadata.clone()).unwrap_or_default()
    }

    pub(super) fn subsets_with_metadata(
        &self,
        tick: &Tick<'_>,
    ) -> Result<Vec<AssetSubsetWithMetadata>> {
        let stored = |reason: &Reason| {
            Ok(AssetSubsetWithMetadata {
                subset: reason.part.to_stored(&tick.observed.partitions)?,
                metadata: reason.metadata.clone(),
                extra: Extra::default(),
            })
        };
        self.details.iter().flat_map(|details| &details.reasons).map(stored).collect()
    }

    /// The record of the evaluation.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn to_evaluation(&self, tick: &Tick<'_>) -> Result<AutomationConditionEvaluation> {
        let partitions = &tick.observed.partitions;
        Ok(AutomationConditionEvaluation {
            condition_snapshot: self.condition.snapshot(self.unique_id),
            start_timestamp: Some(tick.timestamp),
            end_timestamp: Some(tick.timestamp),
            true_subset: self.stored_true_subset(tick)?,
            candidate_subset: self.candidates.to_candidate(partitions)?,
            subsets_with_metadata: self.subsets_with_metadata(tick)?,
            child_evaluations: self
                .children
                .iter()
                .map(|child| child.to_evaluation(tick))
                .collect::<Result<_>>()?,
            metadata: Some(self.metadata()),
            extra: Extra::default(),
        })
    }

    /// The stored form of where it is true.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn stored_true_subset(&self, tick: &Tick<'_>) -> Result<EntitySubset> {
        self.true_subset.to_evaluation(&tick.observed.partitions)
    }

    /// What the next tick needs to know.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn to_cursor(&self, tick: &Tick<'_>) -> Result<EntityCursor> {
        let mut nodes = Vec::new();
        self.collect_node_cursors(tick, &mut nodes)?;
        Ok(EntityCursor::new(
            Remembered::of(&self.true_subset, &tick.observed.partitions)?,
            tick.observed.time(),
            tick.observed.last_event_id,
            nodes,
            self.value_hash,
        ))
    }

    fn collect_node_cursors(
        &self,
        tick: &Tick<'_>,
        nodes: &mut Vec<(Digest, NodeCursor)>,
    ) -> Result<()> {
        if self.condition.requires_cursor() {
            let partitions = &tick.observed.partitions;
            let cursor = NodeCursor::new(
                Remembered::of(&self.true_subset, partitions)?,
                Candidates::of(&self.candidates, partitions)?,
                self.details.as_ref().map(|details| details.state.clone()).unwrap_or_default(),
                self.subsets_with_metadata(tick)?,
                self.metadata(),
            );
            match nodes.iter_mut().find(|(id, _)| *id == self.unique_id) {
                Some((_, known)) => *known = cursor,
                None => nodes.push((self.unique_id, cursor)),
            }
        }
        self.children.iter().try_for_each(|child| child.collect_node_cursors(tick, nodes))
    }
}
