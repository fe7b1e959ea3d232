//! Dagster's tagged JSON ("serdes"), read and written exactly.
//!
//! [`to_text`] writes what Python's `serialize_value` writes, byte for byte: keys sorted by code
//! point, `", "` and `": "` as separators, ASCII only, Python's float repr. The text is an
//! identity: snapshot, origin and selector ids are its SHA-1. [`from_text`] reads it back into
//! typed structs declared by [`record!`](crate::record), [`union!`](crate::union) and
//! [`py_enum!`](crate::py_enum); unknown fields are kept in each record's `extra`, unknown classes
//! in a union become its `Unknown` variant. The parser is our own because Python's JSON has
//! `NaN`, `Infinity`, integers of any size and control characters in strings.

mod collections;
mod error;
mod float;
mod macros;
mod parser;
mod raw;
mod scalars;
mod surrogates;
mod value;
mod writer;

#[cfg(test)]
mod tests;

pub use collections::{ItemsMap, PySet, SetKind, SortKey};
pub use error::{SerdesError, SerdesErrorKind};
pub use float::float_repr;
pub use macros::Extra;
pub use parser::{Kind, Parser};
pub use raw::Raw;
pub use scalars::Number;
pub use value::{Map, Value};
pub use writer::{MapWriter, Writer};

use sha1::{Digest, Sha1};

/// A value which can be written as Dagster's tagged JSON.
pub trait Pack {
    /// Appends the value.
    fn pack(&self, w: &mut Writer);
    /// Is this Python's `None`? Decides `skip_when_none_fields`.
    fn is_none(&self) -> bool {
        false
    }
    /// Is this `None` or an empty collection? Decides `skip_when_empty_fields`.
    fn is_empty_value(&self) -> bool {
        self.is_none()
    }
}

/// A value which can be read from Dagster's tagged JSON.
pub trait Unpack: Sized {
    /// Reads one value at the parser's position.
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError>;
    /// The value standing for a missing field or a `null`, where there is one.
    fn absent() -> Option<Self> {
        None
    }
}

/// A class known to Dagster's serializer.
pub trait Record: Pack + Unpack {
    /// The stored class name (the `__class__` tag).
    const CLASS: &'static str;
    /// Is this a current or former stored name of the class?
    fn is_class(name: &str) -> bool;
}

/// Writes a value as Python's `serialize_value` would.
pub fn to_text<T: Pack + ?Sized>(value: &T) -> String {
    let mut writer = Writer::new();
    value.pack(&mut writer);
    writer.finish()
}

/// Reads one value; the whole text must be consumed.
///
/// # Errors
/// Malformed JSON, a class other than expected, a missing required field.
pub fn from_text<T: Unpack>(text: &str) -> Result<T, SerdesError> {
    let mut parser = Parser::new(text);
    let value = T::unpack(&mut parser)?;
    parser.end()?;
    Ok(value)
}

/// SHA-1 in lower-case hex, as Dagster's `hash_str`.
pub fn sha1_hex(text: &str) -> String {
    use std::fmt::Write as _;
    Sha1::digest(text.as_bytes()).iter().fold(String::with_capacity(40), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// SHA-1 of the serialized text, as Dagster's `create_snapshot_id`.
pub fn snapshot_id<T: Pack + ?Sized>(value: &T) -> String {
    sha1_hex(&to_text(value))
}
