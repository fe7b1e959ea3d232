//! What a node of a condition evaluated to.

use std::sync::Arc;

use rondel_model::automation::{
    AssetSubsetWithMetadata, AutomationConditionCursor, AutomationConditionEvaluation,
    AutomationConditionNodeCursor,
};
use rondel_model::metadata::Metadata;
use rondel_model::serdes::{Extra, Map, Value};

use super::Tick;
use super::context::Context;
use super::rules;
use super::timing::Timing;
use crate::condition::{Condition, md5_hex};
use crate::error::Result;
use crate::subset::EntityPart;

/// A node's result with those of its children (Dagster's `AutomationResult`).
#[derive(Debug)]
pub struct NodeResult {
    /// The condition.
    pub condition: Arc<Condition>,
    /// Its id at its place.
    pub unique_id: String,
    /// Where it is true.
    pub true_subset: EntityPart,
    /// Where it was asked about.
    pub candidates: EntityPart,
    /// The children evaluated.
    pub children: Vec<NodeResult>,
    /// Equal for equal results; compared with the last tick's.
    pub value_hash: String,
    extra_state: Value,
    metadata: Metadata,
    reasons: Vec<Reason>,
    pub(super) timing: Option<Timing>,
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
    pub(super) extra_state: Value,
    pub(super) metadata: Metadata,
    pub(super) reasons: Vec<Reason>,
    pub(super) timing: Option<Timing>,
}

impl Outcome {
    pub(super) fn of(true_subset: EntityPart) -> Self {
        Self {
            true_subset,
            children: Vec::new(),
            extra_state: Value::Null,
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
        let unique_id = context.unique_ids.first().cloned().unwrap_or_default();
        let mut hashed = format!(
            "{unique_id}{}{}{}",
            context.condition.description(),
            outcome.true_subset.hash_text(),
            context.candidates.hash_text(),
        );
        for reason in &outcome.reasons {
            hashed.push_str(&reason.part.hash_text());
            hashed.push_str(&rules::repr(&reason.metadata));
        }
        for child in &outcome.children {
            hashed.push_str(&child.value_hash);
        }
        if !outcome.metadata.is_empty() {
            // Dagster hashes the labels only.
            let mut labels: Vec<&String> = outcome.metadata.keys().collect();
            labels.sort();
            let labels: Vec<String> = labels.iter().map(|label| format!("'{label}'")).collect();
            hashed.push_str(&format!("[{}]", labels.join(", ")));
        }
        Ok(Self {
            condition: Arc::clone(context.condition),
            value_hash: md5_hex(&hashed),
            unique_id,
            true_subset: outcome.true_subset,
            candidates: context.candidates.clone(),
            children: outcome.children,
            extra_state: outcome.extra_state,
            metadata: outcome.metadata,
            reasons: outcome.reasons,
            timing: outcome.timing,
        })
    }

    fn subsets_with_metadata(&self, tick: &Tick<'_>) -> Result<Vec<AssetSubsetWithMetadata>> {
        let stored = |reason: &Reason| {
            Ok(AssetSubsetWithMetadata {
                subset: reason.part.to_stored(&tick.observed.partitions)?,
                metadata: reason.metadata.clone(),
                extra: Extra::default(),
            })
        };
        self.reasons.iter().map(stored).collect()
    }

    /// The record of the evaluation.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn to_evaluation(&self, tick: &Tick<'_>) -> Result<AutomationConditionEvaluation> {
        let partitions = &tick.observed.partitions;
        Ok(AutomationConditionEvaluation {
            condition_snapshot: self.condition.snapshot(&self.unique_id),
            start_timestamp: Some(tick.timestamp),
            end_timestamp: Some(tick.timestamp),
            true_subset: self.true_subset.to_evaluation(partitions)?,
            candidate_subset: self.candidates.to_candidate(partitions)?,
            subsets_with_metadata: self.subsets_with_metadata(tick)?,
            child_evaluations: self
                .children
                .iter()
                .map(|child| child.to_evaluation(tick))
                .collect::<Result<_>>()?,
            metadata: Some(self.metadata.clone()),
            extra: Extra::default(),
        })
    }

    /// What the next tick needs to know.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn to_cursor(&self, tick: &Tick<'_>) -> Result<AutomationConditionCursor> {
        let mut nodes = Map::new();
        self.collect_node_cursors(tick, &mut nodes)?;
        Ok(AutomationConditionCursor {
            previous_requested_subset: self.true_subset.to_evaluation(&tick.observed.partitions)?,
            effective_timestamp: tick.observed.time(),
            last_event_id: tick.observed.last_event_id,
            node_cursors_by_unique_id: nodes,
            result_value_hash: self.value_hash.clone(),
            extra: Extra::default(),
        })
    }

    fn collect_node_cursors(
        &self,
        tick: &Tick<'_>,
        nodes: &mut Map<AutomationConditionNodeCursor>,
    ) -> Result<()> {
        if self.condition.requires_cursor() {
            let partitions = &tick.observed.partitions;
            let cursor = AutomationConditionNodeCursor {
                true_subset: self.true_subset.to_evaluation(partitions)?,
                candidate_subset: self.candidates.to_candidate(partitions)?,
                subsets_with_metadata: self.subsets_with_metadata(tick)?,
                extra_state: self.extra_state.clone(),
                metadata: Some(self.metadata.clone()),
                extra: Extra::default(),
            };
            nodes.insert(self.unique_id.clone(), cursor);
        }
        self.children.iter().try_for_each(|child| child.collect_node_cursors(tick, nodes))
    }
}
