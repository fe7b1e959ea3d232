//! YAML as PyYAML reads and writes it.
//!
//! Dagster reads `dagster.yaml` and `workspace.yaml` with PyYAML, whose rules are those of YAML 1.1: `yes`, `no`, `on`
//! and `off` are booleans, `010` is eight, `1:30` is ninety. It also *writes* YAML: the serialized
//! instance reference handed to run workers embeds each component's config as `yaml.dump` text.
//! Both directions live here, on a tree whose nodes remember where they stood in the file, so that
//! a config error can name its line. Parsing proper is the `granit-parser` event stream.

mod dump;
mod load;
mod resolve;

pub use dump::{dump, dump_in_order};
pub use load::{ParseError, Stage, parse};

use serde_json::Value;

/// A position in the source text, both counted from one; zero for a node made in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Line of the node's first character.
    pub line: usize,
    /// Column of the node's first character.
    pub column: usize,
}

/// One YAML value and where it came from.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where the value starts.
    pub at: Position,
    /// The value.
    pub kind: Kind,
}

/// The value of a [`Node`], resolved by YAML 1.1's rules for plain scalars.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `~`, `null` or nothing at all.
    Null,
    /// `yes`, `no`, `true`, `off`, …
    Bool(bool),
    /// Decimal, octal (`010`), hexadecimal, binary or sexagesimal integer.
    Int(i128),
    /// A number with a decimal point, or `.inf`, `.nan`.
    Float(f64),
    /// Any other scalar, and every quoted one.
    Str(String),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping in source order; a repeated key has kept its last value, as in Python.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// A node without a place in any file.
    pub fn new(kind: Kind) -> Self {
        Self { at: Position::default(), kind }
    }

    /// A string node without a place in any file.
    pub fn str(text: impl Into<String>) -> Self {
        Self::new(Kind::Str(text.into()))
    }

    /// A mapping with string keys without a place in any file.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Self {
        Self::new(Kind::Map(entries.into_iter().map(|(k, v)| (Node::str(k), v)).collect()))
    }

    /// The value under a string key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(k, _)| k.as_str() == Some(key)).map(|(_, v)| v)
    }

    /// The text of a string node.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether Python would call the value false (`None`, `False`, `0`, empty).
    pub fn is_falsy(&self) -> bool {
        match &self.kind {
            Kind::Null => true,
            Kind::Bool(value) => !value,
            Kind::Int(value) => *value == 0,
            Kind::Float(value) => *value == 0.0,
            Kind::Str(text) => text.is_empty(),
            Kind::Seq(items) => items.is_empty(),
            Kind::Map(entries) => entries.is_empty(),
        }
    }

    /// What the value is, in the words of an error message.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(value) => format!("the boolean {value}"),
            Kind::Int(value) => format!("the integer {value}"),
            Kind::Float(value) => format!("the number {value}"),
            Kind::Str(text) => format!("the string {text:?}"),
            Kind::Seq(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        }
    }

    /// The key as it is shown in messages and used in JSON.
    pub fn key_text(&self) -> String {
        match &self.kind {
            Kind::Null => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Int(value) => value.to_string(),
            Kind::Float(value) => value.to_string(),
            Kind::Str(text) => text.clone(),
            Kind::Seq(_) => "[…]".to_owned(),
            Kind::Map(_) => "{…}".to_owned(),
        }
    }

    /// The same value as JSON; keys become strings.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Int(value) => i64::try_from(*value)
                .map(Value::from)
                .or_else(|_| u64::try_from(*value).map(Value::from))
                .unwrap_or_else(|_| Value::String(value.to_string())),
            Kind::Float(value) => {
                serde_json::Number::from_f64(*value).map_or(Value::Null, Value::Number)
            }
            Kind::Str(text) => Value::String(text.clone()),
            Kind::Seq(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|(k, v)| (k.key_text(), v.to_json())).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
