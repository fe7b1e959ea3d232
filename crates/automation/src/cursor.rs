//! What is remembered between ticks.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use indexmap::IndexMap;
use rondel_model::automation::{
    AssetDaemonCursor, AutomationConditionCursor, AutomationConditionEvaluation,
    AutomationConditionEvaluationState, AutomationConditionNodeCursor,
    LegacyAssetDaemonCursorWrapper,
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
    /// All but the cursors of conditions.
    rest: AssetDaemonCursor,
    by_key: IndexMap<Key, Arc<AutomationConditionCursor>>,
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
            Some((key, Arc::new(cursor)))
        });
        Self { by_key: keyed.collect(), rest }
    }

    /// The stored form.
    pub fn stored(&self) -> AssetDaemonCursor {
        let cursors = self.by_key.values().map(|cursor| AutomationConditionCursor::clone(cursor));
        AssetDaemonCursor {
            previous_evaluation_state: Some(Vec::new()),
            previous_condition_cursors: Some(cursors.collect()),
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
    pub fn of(&self, key: &Key) -> Option<&AutomationConditionCursor> {
        self.by_key.get(key).map(|cursor| &**cursor)
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
        by_key.extend(cursors.into_iter().map(|(key, cursor)| (key, Arc::new(cursor))));
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

/// The text kept in a sensor's state: a version digit, then base64 of zlib of the serialized cursor
/// (`asset_daemon_cursor_to_instigator_serialized_cursor`).
pub fn pack_cursor(cursor: &AssetDaemonCursor) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let packed = encoder.write_all(plain_cursor(cursor).as_bytes()).and_then(|()| encoder.finish());
    format!("{PACKED_VERSION}{}", STANDARD.encode(packed.unwrap_or_default()))
}

/// The text kept where the instance does not use sensors: the serialized cursor.
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
    let value: Value = from_text(&plain)?;
    if value.class_name() == Some("LegacyAssetDaemonCursorWrapper") {
        let wrapper: LegacyAssetDaemonCursorWrapper = value.to_typed()?;
        let id = evaluation_id_of_old(&wrapper.serialized_cursor);
        return Ok(Some(DaemonCursor::empty(id).stored()));
    }
    Ok(Some(from_text(&plain)?))
}

/// The evaluation id in a cursor of before conditions, the only part of it that is of use: the head of a
/// list, or a field (`backcompat_deserialize_asset_daemon_cursor_str`).
pub fn evaluation_id_of_old(text: &str) -> i64 {
    let id = match Value::from_json_text(text) {
        Ok(Value::List(items)) => items.first().and_then(Value::as_i64),
        Ok(Value::Map(fields)) => fields.get("evaluation_id").and_then(Value::as_i64),
        _ => None,
    };
    id.unwrap_or(0)
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
