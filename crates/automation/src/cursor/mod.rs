//! What is remembered between ticks.

mod entity;
mod packed;
mod text;

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rondel_model::automation::{
    AssetDaemonCursor, AutomationConditionCursor, AutomationConditionEvaluation,
    AutomationConditionEvaluationState, AutomationConditionNodeCursor,
};
use rondel_model::ids::AssetKey;
use rondel_model::serdes::{Extra, ItemsMap, Map, Value};

pub use entity::EntityCursor;
pub(crate) use entity::{Candidates, NodeCursor, Remembered, State};
pub use packed::{Packer, evaluation_id_of_old, unpack_cursor};

use crate::error::Result;
use crate::graph::AutomationGraph;
use crate::key::Key;

/// The cursor of the automation daemon with its entities looked up by key.
#[derive(Debug, Clone)]
pub struct DaemonCursor {
    /// All but the cursors of conditions.
    rest: AssetDaemonCursor,
    by_key: IndexMap<Arc<Key>, Arc<EntityCursor>>,
}

impl Default for DaemonCursor {
    fn default() -> Self {
        Self::empty(0)
    }
}

impl DaemonCursor {
    /// A cursor that remembers nothing but the evaluation id.
    pub fn empty(evaluation_id: i64) -> Self {
        Self::new(AssetDaemonCursor {
            evaluation_id,
            previous_condition_cursors: Some(Vec::new()),
            ..AssetDaemonCursor::default()
        })
    }

    /// Of the stored form, also the one before conditions had cursors.
    pub fn new(stored: AssetDaemonCursor) -> Self {
        let mut rest = stored;
        let states = rest.previous_evaluation_state.take();
        let cursors: Vec<AutomationConditionCursor> = match rest.previous_condition_cursors.take() {
            Some(cursors) => cursors,
            None => states.iter().flatten().map(cursor_of_old_state).collect(),
        };
        let keyed = cursors.into_iter().filter_map(|cursor| {
            let key = Key::from_stored(&cursor.previous_requested_subset.key).ok()?;
            Some((Arc::new(key), Arc::new(EntityCursor::read(cursor))))
        });
        Self { by_key: keyed.collect(), rest }
    }

    /// The stored form.
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn stored(&self) -> Result<AssetDaemonCursor> {
        let cursors = self.by_key.values().map(|cursor| cursor.to_stored());
        Ok(AssetDaemonCursor {
            previous_condition_cursors: Some(cursors.collect::<Result<_>>()?),
            ..self.stored_without_entities()
        })
    }

    fn stored_without_entities(&self) -> AssetDaemonCursor {
        AssetDaemonCursor {
            previous_evaluation_state: Some(Vec::new()),
            previous_condition_cursors: Some(Vec::new()),
            ..self.rest.clone()
        }
    }

    /// Whether nothing is remembered, not even an evaluation.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
            && self.rest.evaluation_id == 0
            && self.rest.last_observe_request_timestamp_by_asset_key.is_empty()
    }

    /// The cursor with the entities for which `keeps` only.
    #[must_use]
    pub fn restricted(&self, keeps: impl Fn(&Key) -> bool) -> Self {
        let kept = self.by_key.iter().filter(|(key, _)| keeps(key));
        let by_key = kept.map(|(key, cursor)| (key.clone(), Arc::clone(cursor))).collect();
        Self { rest: self.rest.clone(), by_key }
    }

    /// The id of the last evaluation.
    pub fn evaluation_id(&self) -> i64 {
        self.rest.evaluation_id
    }

    /// What an entity's condition remembers.
    pub fn of(&self, key: &Key) -> Option<&Arc<EntityCursor>> {
        self.by_key.get(key)
    }

    /// The cursor after a tick. Cursors of entities that are not materializable assets of the graph are
    /// carried on: their code location may only be away for a while (`AssetDaemonCursor.with_updates`).
    #[must_use]
    pub fn updated(
        &self,
        graph: &AutomationGraph,
        evaluation_id: i64,
        evaluation_time: f64,
        observed: &[AssetKey],
        cursors: impl IntoIterator<Item = (Arc<Key>, Arc<EntityCursor>)>,
    ) -> Self {
        let is_present = |key: &Key| {
            let node = key.as_asset().and_then(|key| graph.assets().get(key));
            node.is_some_and(|node| node.is_materializable())
        };
        let cursors: Vec<(Arc<Key>, Arc<EntityCursor>)> = cursors.into_iter().collect();
        let mut by_key = self.by_key.clone();
        // Nearly always all are there, in the same order.
        let is_same = cursors.len() == by_key.len()
            && cursors.iter().zip(by_key.keys()).all(|((one, _), other)| one == other);
        if is_same {
            by_key.values_mut().zip(cursors).for_each(|(known, (_, cursor))| *known = cursor);
        } else {
            by_key.retain(|key, _| !is_present(key));
            by_key.extend(cursors);
        }
        let mut requested: IndexMap<AssetKey, f64> =
            self.rest.last_observe_request_timestamp_by_asset_key.0.iter().cloned().collect();
        requested.extend(observed.iter().map(|key| (key.clone(), evaluation_time)));
        let rest = AssetDaemonCursor {
            evaluation_id,
            last_observe_request_timestamp_by_asset_key: ItemsMap(requested.into_iter().collect()),
            previous_evaluation_state: None,
            previous_condition_cursors: None,
            extra: self.rest.extra.clone(),
        };
        Self { rest, by_key }
    }
}

fn cursor_of_old_state(state: &AutomationConditionEvaluationState) -> AutomationConditionCursor {
    let mut nodes: Map<AutomationConditionNodeCursor> = Map::new();
    collect_nodes(&state.previous_evaluation, &state.extra_state_by_unique_id, &mut nodes);
    AutomationConditionCursor {
        previous_requested_subset: state.previous_evaluation.true_subset.clone(),
        effective_timestamp: state.previous_tick_evaluation_timestamp.unwrap_or(0.0),
        last_event_id: state.max_storage_id,
        node_cursors_by_unique_id: nodes,
        result_value_hash: String::new(),
        extra: Extra::default(),
    }
}

fn collect_nodes(
    evaluation: &AutomationConditionEvaluation,
    extra_state: &Map<Value>,
    nodes: &mut Map<AutomationConditionNodeCursor>,
) {
    let id = &evaluation.condition_snapshot.unique_id;
    let node = AutomationConditionNodeCursor {
        true_subset: evaluation.true_subset.clone(),
        candidate_subset: evaluation.candidate_subset.clone(),
        subsets_with_metadata: evaluation.subsets_with_metadata.clone(),
        extra_state: extra_state.get(id).cloned().unwrap_or_default(),
        metadata: None,
        extra: Extra::default(),
    };
    nodes.insert(id.clone(), node);
    for child in &evaluation.child_evaluations {
        collect_nodes(child, extra_state, nodes);
    }
}

impl DaemonCursor {
    /// When an automatic observation was requested last, in Unix seconds.
    pub fn observed_at(&self) -> HashMap<&AssetKey, f64> {
        let requested = &self.rest.last_observe_request_timestamp_by_asset_key;
        requested.iter().map(|(key, at)| (key, *at)).collect()
    }
}
