//! Cursors as Dagster hands them out: base64 over tagged JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rondel_model::serdes::{Pack, Unpack, from_text, to_text};

use crate::error::{PartitionsError, Result};

pub(crate) fn encode<T: Pack>(cursor: &T) -> String {
    STANDARD.encode(to_text(cursor))
}

pub(crate) fn decode<T: Unpack>(cursor: &str) -> Result<T> {
    decode_text(cursor)
        .and_then(|text| from_text(&text).ok())
        .ok_or_else(|| PartitionsError::InvalidCursor(cursor.to_owned()))
}

pub(crate) fn encode_text(text: &str) -> String {
    STANDARD.encode(text)
}

pub(crate) fn decode_text(cursor: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(cursor).ok()?).ok()
}
