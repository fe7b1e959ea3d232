//! Free-form values: run config, tags of user code, fields and classes this version does not know.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::parser::{Kind, ParsedNumber};
use super::{Pack, Parser, SerdesError, Unpack, Writer};

/// A string-keyed map in the order of its text.
pub type Map<V> = IndexMap<String, V>;

/// Any JSON value of Python's dialect; reading and writing it changes nothing but white space.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// `None`
    #[default]
    Null,
    /// `bool`
    Bool(bool),
    /// An `int` of ordinary size.
    Int(i64),
    /// An `int` beyond 64 bits, as its digits.
    BigInt(Box<str>),
    /// `float`, including not-a-number and the infinities.
    Float(f64),
    /// `str`
    String(String),
    /// `list`
    List(Vec<Value>),
    /// `dict`, or a tagged object, enum, set.
    Map(Map<Value>),
}

impl Value {
    /// An empty map.
    pub fn empty_map() -> Self {
        Self::Map(Map::new())
    }

    /// Reads plain JSON text.
    ///
    /// # Errors
    /// Malformed JSON.
    pub fn from_json_text(text: &str) -> Result<Self, SerdesError> {
        super::from_text(text)
    }

    /// Is it `null`?
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The number as a float, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::BigInt(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a map.
    pub fn as_map(&self) -> Option<&Map<Value>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The entries to change, if it is a map.
    pub fn as_map_mut(&mut self) -> Option<&mut Map<Value>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The stored class name of a tagged object.
    pub fn class_name(&self) -> Option<&str> {
        self.get("__class__")?.as_str()
    }

    /// Looks at a tagged object as one of our types.
    ///
    /// # Errors
    /// As [`super::from_text`].
    pub fn to_typed<T: Unpack>(&self) -> Result<T, SerdesError> {
        super::from_text(&super::to_text(self))
    }

    /// As `serde_json`'s value; what JSON cannot hold (not-a-number, infinities) becomes null,
    /// integers beyond 64 bits become floats.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::BigInt(digits) => digits
                .parse::<u64>()
                .map(Into::into)
                .unwrap_or_else(|_| digits.parse::<f64>().unwrap_or(f64::NAN).into()),
            Self::Float(value) => (*value).into(),
            Self::String(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect::<Vec<_>>().into(),
            Self::Map(map) => serde_json::Value::Object(
                map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
            ),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::to_text(self))
    }
}

impl Pack for Value {
    fn pack(&self, w: &mut Writer) {
        match self {
            Self::Null => w.null(),
            Self::Bool(value) => w.bool(*value),
            Self::Int(value) => w.int(*value),
            Self::BigInt(digits) => w.verbatim(digits),
            Self::Float(value) => w.float(*value),
            Self::String(text) => w.string(text),
            Self::List(items) => w.list(items),
            Self::Map(map) => map.pack(w),
        }
    }

    fn is_none(&self) -> bool {
        self.is_null()
    }

    fn is_empty_value(&self) -> bool {
        match self {
            Self::Null => true,
            Self::List(items) => items.is_empty(),
            Self::Map(map) => map.is_empty(),
            _ => false,
        }
    }
}

impl Unpack for Value {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        Ok(match p.kind()? {
            Kind::Null if p.null() => Self::Null,
            Kind::Null => return Err(p.expected("`null`")),
            Kind::Bool => Self::Bool(p.bool()?),
            Kind::Number => match p.number()? {
                ParsedNumber::Int(value) => Self::Int(value),
                ParsedNumber::BigInt(digits) => Self::BigInt(digits.into()),
                ParsedNumber::Float(value) => Self::Float(value),
            },
            Kind::String => Self::String(p.string()?.into_owned()),
            Kind::List => Self::List(Unpack::unpack(p)?),
            Kind::Map => Self::Map(Unpack::unpack(p)?),
        })
    }

    fn absent() -> Option<Self> {
        Some(Self::Null)
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => Self::Int(value),
                (None, Some(value)) => Self::BigInt(value.to_string().into()),
                (None, None) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => {
                Self::List(items.into_iter().map(Into::into).collect())
            }
            serde_json::Value::Object(map) => {
                Self::Map(map.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<Map<Value>> for Value {
    fn from(map: Map<Value>) -> Self {
        Self::Map(map)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::BigInt(_) => self.to_json().serialize(serializer),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(map) => {
                let mut out = serializer.serialize_map(Some(map.len()))?;
                for (key, value) in map {
                    out.serialize_entry(key, value)?;
                }
                out.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value)
            .map_or_else(|_| Value::BigInt(value.to_string().into()), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = access.next_entry()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}
