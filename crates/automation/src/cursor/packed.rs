//! The texts cursors are kept as.

use std::io::Read as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress};
use rondel_model::automation::{AssetDaemonCursor, LegacyAssetDaemonCursorWrapper};
use rondel_model::serdes::{Map, Value, from_text, to_text};

use super::text::Text;
use super::{DaemonCursor, EntityCursor};
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

/// So many entities are packed together, and again when one of them changes.
const TOGETHER: usize = 64;

/// Packs the cursors of one daemon one after the other. What most entities remember is the same on the next
/// tick, and packing it takes longer than all the rest of the tick: what was packed last is kept.
#[derive(Debug, Clone, Default)]
pub struct Packer {
    segments: Vec<Segment>,
}

/// Entities packed together, independent of what stands before them.
#[derive(Debug, Clone)]
struct Segment {
    of: Vec<Arc<EntityCursor>>,
    packed: Vec<u8>,
    sum: Adler,
}

impl Packer {
    /// The text kept in a sensor's state: a version digit, then base64 of zlib of the serialized cursor
    /// (`asset_daemon_cursor_to_instigator_serialized_cursor`).
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn pack(&mut self, cursor: &DaemonCursor) -> Result<String> {
        let entities: Vec<&Arc<EntityCursor>> = cursor.by_key.values().collect();
        // One for all: its tables are larger than most of what is packed.
        let mut compress = Compress::new(Compression::fast(), false);
        let mut known = std::mem::take(&mut self.segments).into_iter();
        for (place, group) in entities.chunks(TOGETHER).enumerate() {
            let is_same = |known: &Segment| {
                known.of.len() == group.len()
                    && known.of.iter().zip(group).all(|(one, other)| Arc::ptr_eq(one, other))
            };
            let segment = match known.next().filter(is_same) {
                Some(segment) => segment,
                None => Segment::of(group, place == 0, &mut compress)?,
            };
            self.segments.push(segment);
        }
        let (before, after) = cursor.around();
        let mut packed = ZLIB_HEADER.to_vec();
        packed.extend(deflated(&mut compress, before.as_bytes()));
        let mut sum = Adler::of(before.as_bytes());
        for segment in &self.segments {
            packed.extend(&segment.packed);
            sum = sum.followed_by(segment.sum);
        }
        packed.extend(deflated(&mut compress, after.as_bytes()));
        packed.extend(LAST_BLOCK);
        packed.extend(sum.followed_by(Adler::of(after.as_bytes())).value().to_be_bytes());
        let mut text = String::with_capacity(1 + packed.len().div_ceil(3) * 4);
        text.push(PLAIN);
        STANDARD.encode_string(packed, &mut text);
        Ok(text)
    }
}

impl Segment {
    fn of(cursors: &[&Arc<EntityCursor>], is_first: bool, compress: &mut Compress) -> Result<Self> {
        let mut text = Text::default();
        for (place, cursor) in cursors.iter().enumerate() {
            text.out.push_str(if place == 0 && is_first { "" } else { ", " });
            text.entity(cursor)?;
        }
        Ok(Self {
            of: cursors.iter().map(|cursor| Arc::clone(cursor)).collect(),
            packed: deflated(compress, text.out.as_bytes()),
            sum: Adler::of(text.out.as_bytes()),
        })
    }
}

/// The header of zlib streams of the fastest level.
const ZLIB_HEADER: [u8; 2] = [0x78, 0x01];

/// A block without content that ends a stream.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Blocks of a deflate stream that can stand anywhere in one. Most of the text repeats itself: the fastest
/// level packs it nearly as well as the best.
fn deflated(compress: &mut Compress, text: &[u8]) -> Vec<u8> {
    compress.reset();
    let mut packed = Vec::with_capacity(text.len() / 8 + 64);
    loop {
        let done = usize::try_from(compress.total_in()).unwrap_or(text.len());
        // Compressing into memory does not fail; the flush is complete when room is left.
        let _ = compress.compress_vec(&text[done..], &mut packed, FlushCompress::Full);
        if packed.len() < packed.capacity() {
            return packed;
        }
        packed.reserve(packed.capacity());
    }
}

/// The checksum of zlib streams, with the length of what it is of.
#[derive(Debug, Clone, Copy)]
struct Adler {
    low: u32,
    high: u32,
    length: u64,
}

impl Adler {
    const MODULUS: u32 = 65_521;

    fn of(text: &[u8]) -> Self {
        let (mut low, mut high) = (1u32, 0u32);
        // As many bytes as cannot overflow the sums.
        for part in text.chunks(5_552) {
            for byte in part {
                low += u32::from(*byte);
                high += low;
            }
            low %= Self::MODULUS;
            high %= Self::MODULUS;
        }
        Self { low, high, length: text.len() as u64 }
    }

    /// Of one text after the other.
    fn followed_by(self, next: Self) -> Self {
        let modulus = u64::from(Self::MODULUS);
        let [low, high] = [self.low, self.high].map(u64::from);
        let [next_low, next_high] = [next.low, next.high].map(u64::from);
        // Every sum of the second text begins at the first one's low sum in place of one.
        let lead = (low + modulus - 1) % modulus;
        let high = high + next_high + lead * (next.length % modulus);
        Self {
            low: u32::try_from((lead + next_low) % modulus).unwrap_or_default(),
            high: u32::try_from(high % modulus).unwrap_or_default(),
            length: self.length + next.length,
        }
    }

    fn value(self) -> u32 {
        self.high << 16 | self.low
    }
}

impl DaemonCursor {
    /// As [`Packer::pack`], once.
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn packed(&self) -> Result<String> {
        Packer::default().pack(self)
    }

    /// The text kept where the instance does not use sensors: the serialized cursor.
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn plain(&self) -> Result<String> {
        let (before, after) = self.around();
        let mut text = Text::after(before);
        // Entity by entity: whole it takes many times the memory of the cursor.
        for (place, cursor) in self.by_key.values().enumerate() {
            text.out.push_str(if place == 0 { "" } else { ", " });
            text.entity(cursor)?;
        }
        Ok(text.out + &after)
    }

    /// The text before and after what the entities remember.
    fn around(&self) -> (String, String) {
        let mut before = to_text(&self.stored_without_entities());
        let at = before.find(CURSORS).map_or(before.len(), |at| at + CURSORS.len());
        let after = before.split_off(at);
        (before, after)
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
