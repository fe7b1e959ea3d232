//! What is remembered between ticks.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use indexmap::IndexMap;
use rondel_model::automation::{
    AssetDaemonCursor, AutomationConditionCursor, AutomationConditionEvaluation,
    AutomationConditionEvaluationState, AutomationConditionNodeCursor,
};
use rondel_model::ids::AssetKey;
use rondel_model::serdes::{Extra, ItemsMap, Map, Value, from_text, to_text};

use crate::error::{AutomationError, Result};
use crate::graph::AutomationGraph;
use crate::key::Key;

/// The version of the packed form that Dagster writes by default.
const PACKED_VERSION: char = '0';

/// The cursor of the automation daemon with its entities looked up by key.
#[derive(Debug, Clone)]
pub struct DaemonCursor {
    stored: AssetDaemonCursor,
    by_key: IndexMap<Key, AutomationConditionCursor>,
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
        let cursors: Vec<AutomationConditionCursor> = match &stored.previous_condition_cursors {
            Some(cursors) => cursors.clone(),
            None => {
                let states = stored.previous_evaluation_state.iter().flatten();
                states.map(cursor_of_old_state).collect()
            }
        };
        let keyed = cursors.into_iter().filter_map(|cursor| {
            Some((Key::from_stored(&cursor.previous_requested_subset.key).ok()?, cursor))
        });
        Self { by_key: keyed.collect(), stored }
    }

    /// The stored form.
    pub fn stored(&self) -> &AssetDaemonCursor {
        &self.stored
    }

    /// The id of the last evaluation.
    pub fn evaluation_id(&self) -> i64 {
        self.stored.evaluation_id
    }

    /// What an entity's condition remembers.
    pub fn of(&self, key: &Key) -> Option<&AutomationConditionCursor> {
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
        cursors: impl IntoIterator<Item = (Key, AutomationConditionCursor)>,
    ) -> Self {
        let is_present = |key: &Key| {
            let node = key.as_asset().and_then(|key| graph.assets().get(key));
            node.is_some_and(|node| node.is_materializable())
        };
        let mut by_key = self.by_key.clone();
        by_key.retain(|key, _| !is_present(key));
        by_key.extend(cursors);
        let mut requested: IndexMap<AssetKey, f64> =
            self.stored.last_observe_request_timestamp_by_asset_key.0.iter().cloned().collect();
        requested.extend(observed.iter().map(|key| (key.clone(), evaluation_time)));
        let stored = AssetDaemonCursor {
            evaluation_id,
            last_observe_request_timestamp_by_asset_key: ItemsMap(requested.into_iter().collect()),
            previous_evaluation_state: Some(Vec::new()),
            previous_condition_cursors: Some(by_key.values().cloned().collect()),
            extra: self.stored.extra.clone(),
        };
        Self { stored, by_key }
    }
}

/// The text kept in a sensor's state: a version digit, then base64 of zlib of the serialized cursor
/// (`asset_daemon_cursor_to_instigator_serialized_cursor`).
pub fn pack_cursor(cursor: &AssetDaemonCursor) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let packed = encoder.write_all(plain_cursor(cursor).as_bytes()).and_then(|()| encoder.finish());
    format!("{PACKED_VERSION}{}", STANDARD.encode(packed.unwrap_or_default()))
}

/// The text kept where the instance does not use sensors: the serialized cursor. Dagster leaves the
/// counts of partitions out of cursors.
pub fn plain_cursor(cursor: &AssetDaemonCursor) -> String {
    to_text(cursor)
}

/// Inverse of [`pack_cursor`]. A cursor of another sensor left by a past mistake of Dagster is none.
///
/// # Errors
/// A form this version does not know: to go on without it would forget what was requested.
pub fn unpack_cursor(text: &str) -> Result<Option<AssetDaemonCursor>> {
    if text.is_empty() || text.starts_with('{') {
        return Ok(None);
    }
    let unknown = || AutomationError::UnknownCursor(text.chars().take(40).collect());
    let encoded = text.strip_prefix(PACKED_VERSION).ok_or_else(unknown)?;
    let packed = STANDARD.decode(encoded).map_err(|_| unknown())?;
    let mut plain = String::new();
    ZlibDecoder::new(packed.as_slice()).read_to_string(&mut plain).map_err(|_| unknown())?;
    Ok(Some(from_text(&plain)?))
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
        let requested = &self.stored.last_observe_request_timestamp_by_asset_key;
        requested.iter().map(|(key, at)| (key, *at)).collect()
    }
}
