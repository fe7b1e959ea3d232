//! The texts cursors are kept as.

use std::io::{Read as _, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rondel_model::automation::{AssetDaemonCursor, LegacyAssetDaemonCursorWrapper};
use rondel_model::serdes::{Map, Value, from_text, to_text};

use super::DaemonCursor;
use crate::error::{AutomationError, Result};

/// The version of the packed form that Dagster writes by default.
const PLAIN: char = '0';

/// The version with repeated objects in tables, which Dagster writes when
/// `DAGSTER_WRITE_COMPRESSED_ASSET_DAEMON_CURSOR` is set.
const TABLES: char = '1';

/// How the text of a cursor of before conditions begins.
const LEGACY: &str = "{\"__class__\": \"LegacyAssetDaemonCursorWrapper\"";

/// Where the cursors of conditions stand in the text of a cursor without any.
const CURSORS: &str = "\"previous_condition_cursors\": [";

impl DaemonCursor {
    /// The text kept in a sensor's state: a version digit, then base64 of zlib of the serialized cursor
    /// (`asset_daemon_cursor_to_instigator_serialized_cursor`).
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn packed(&self) -> Result<String> {
        // Most of the text repeats itself: the fastest level packs it nearly as well as the best.
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        self.write(&mut encoder)?;
        // Writing into memory does not fail.
        let packed = encoder.finish().unwrap_or_default();
        let mut text = String::with_capacity(1 + packed.len().div_ceil(3) * 4);
        text.push(PLAIN);
        STANDARD.encode_string(packed, &mut text);
        Ok(text)
    }

    /// The text kept where the instance does not use sensors: the serialized cursor.
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn plain(&self) -> Result<String> {
        let mut text = Vec::new();
        self.write(&mut text)?;
        Ok(String::from_utf8(text).unwrap_or_default())
    }

    /// Writes the serialized cursor entity by entity: whole it takes many times the memory of the cursor.
    fn write(&self, into: &mut impl Write) -> Result<()> {
        let around = to_text(&self.stored_without_entities());
        let at = around.find(CURSORS).map_or(around.len(), |at| at + CURSORS.len());
        let (before, after) = around.split_at(at);
        // Writing into memory does not fail.
        let _ = into.write_all(before.as_bytes());
        for (place, cursor) in self.by_key.values().enumerate() {
            let text = to_text(&cursor.to_stored()?);
            let _ = into.write_all(if place == 0 { b"" } else { b", " });
            let _ = into.write_all(text.as_bytes());
        }
        let _ = into.write_all(after.as_bytes());
        Ok(())
    }
}

/// Inverse of [`DaemonCursor::packed`], of all versions. A cursor of another sensor left by a past mistake
/// of Dagster is none.
///
/// # Errors
/// A form this version does not know: to go on without it would forget what was requested.
pub fn unpack_cursor(text: &str) -> Result<Option<AssetDaemonCursor>> {
    if text.is_empty() || text.starts_with('{') {
        return Ok(None);
    }
    let unknown = || AutomationError::UnknownCursor(text.chars().take(40).collect());
    let (in_tables, encoded) = match (text.strip_prefix(PLAIN), text.strip_prefix(TABLES)) {
        (Some(encoded), _) => (false, encoded),
        (_, Some(encoded)) => (true, encoded),
        _ => return Err(unknown()),
    };
    let packed = STANDARD.decode(encoded).map_err(|_| unknown())?;
    let mut plain = String::new();
    ZlibDecoder::new(packed.as_slice()).read_to_string(&mut plain).map_err(|_| unknown())?;
    if in_tables {
        let value = Value::from_json_text(&plain)?;
        let tables = value.get("tables").and_then(Value::as_list).ok_or_else(unknown)?;
        let cursor = value.get("value").and_then(|value| inlined(value, tables));
        return Ok(Some(cursor.ok_or_else(unknown)?.to_typed()?));
    }
    if !plain.starts_with(LEGACY) {
        return Ok(Some(from_text(&plain)?));
    }
    let wrapper: LegacyAssetDaemonCursorWrapper = from_text(&plain)?;
    let id = evaluation_id_of_old(&wrapper.serialized_cursor);
    DaemonCursor::empty(id).stored().map(Some)
}

/// A value with the objects in place of the references to rows of tables (`deserialize_deduped`); none
/// where a reference leads nowhere.
fn inlined(value: &Value, tables: &[Value]) -> Option<Value> {
    let fields = match value {
        Value::List(items) => {
            return items
                .iter()
                .map(|item| inlined(item, tables))
                .collect::<Option<_>>()
                .map(Value::List);
        }
        Value::Map(fields) => fields,
        other => return Some(other.clone()),
    };
    let Some(reference) = fields.get("__oid__") else {
        let fields =
            fields.iter().map(|(name, value)| Some((name.clone(), inlined(value, tables)?)));
        return fields.collect::<Option<Map<Value>>>().map(Value::Map);
    };
    let (table, row) = reference.as_str()?.rsplit_once(':')?;
    let table = tables.get(table.parse::<usize>().ok()?)?;
    let row = table.get("r")?.as_list()?.get(row.parse::<usize>().ok()?)?.as_list()?;
    let mut object = Map::from_iter([("__class__".to_owned(), table.get("c")?.clone())]);
    for (name, value) in table.get("f")?.as_list()?.iter().zip(row) {
        object.insert(name.as_str()?.to_owned(), inlined(value, tables)?);
    }
    Some(Value::Map(object))
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
