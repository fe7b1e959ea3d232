//! YAML as Dagster reads it: PyYAML's safe loader (YAML 1.1 scalars), with the line of every node.
//!
//! Dagster loads `workspace.yaml`, `dagster.yaml` and run config with PyYAML minus its timestamp
//! resolver (`dagster_shared/yaml_utils`). YAML 1.1 differs from the 1.2 most Rust crates speak:
//! `yes`/`no`/`on`/`off` are booleans, `010` is eight, `1:30` is ninety, `1e5` is a string, and a
//! repeated key silently wins over the earlier one. [`parse`] builds a tree of [`Node`]s by exactly
//! those rules; [`Node::line`] lets a caller point at the place to mend.

use std::collections::HashMap;
use std::fmt;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

/// One YAML node with the place it was written at.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What the node is.
    pub value: Value,
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
}

/// The kinds of value PyYAML's safe loader makes.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on`, …
    Bool(bool),
    /// Decimal, octal, hexadecimal, binary or sexagesimal.
    Int(i64),
    /// A number with a point.
    Float(f64),
    /// Anything else, and everything quoted.
    String(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in written order; a repeated key keeps its first place and its last value.
    Map(Vec<(Node, Node)>),
}

/// Text that is not YAML, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct YamlError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// More nodes than any configuration file has; stops alias bombs.
const MAX_NODES: usize = 1_000_000;

/// Parses the first document of `text`; empty text is [`Value::Null`].
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let mut builder =
        Builder { parser: Parser::new_from_str(text), anchors: HashMap::new(), nodes: 0 };
    builder.document()
}

impl Node {
    /// The text, when the node is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entries, when the node is a mapping.
    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under `key`, when the node is a mapping which has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(k, _)| k.as_str() == Some(key)).map(|(_, value)| value)
    }

    /// Whether the node is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The same data as JSON, as Python's `json.dumps` of PyYAML's result would have it: scalar
    /// keys become text (`true`, `1`, `null`).
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Int(number) => Json::from(*number),
            Value::Float(number) => Json::from(*number),
            Value::String(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(entries) => Json::Object(
                entries.iter().map(|(key, value)| (key.key_text(), value.to_json())).collect(),
            ),
        }
    }

    /// A one-word name of the node's kind, for error messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    fn key_text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::String(text) => write!(f, "{text:?}"),
            Self::List(_) => f.write_str("[…]"),
            Self::Map(_) => f.write_str("{…}"),
        }
    }
}

struct Builder<'t> {
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

/// A node, or the end of the collection being read.
enum Item {
    Node(Node),
    End,
}

impl Builder<'_> {
    fn document(&mut self) -> Result<Node, YamlError> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..) | Event::Comment(..), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, _) => {
                    return Ok(Node { value: Value::Null, line: 1, column: 1 });
                }
                (event, place) => {
                    return match self.item(event, place)? {
                        Item::Node(node) => Ok(node),
                        Item::End => Err(place.error("unbalanced end of a collection")),
                    };
                }
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'static>, Place), YamlError> {
        match self.parser.next() {
            Some(Ok((event, span))) => {
                let place = Place { line: span.start.line(), column: span.start.col() + 1 };
                Ok((own(event), place))
            }
            Some(Err(error)) => {
                let marker = error.marker();
                Err(YamlError {
                    line: marker.line(),
                    column: marker.col() + 1,
                    message: error.info(),
                })
            }
            None => Ok((Event::StreamEnd, Place { line: 1, column: 1 })),
        }
    }

    fn item(&mut self, event: Event<'static>, place: Place) -> Result<Item, YamlError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(place.error("more than a million nodes"));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_deref(), place)?, anchor)
            }
            Event::SequenceStart(_, anchor, _) => (Value::List(self.list()?), anchor),
            Event::MappingStart(_, anchor, _) => (Value::Map(self.map()?), anchor),
            Event::Alias(id) => {
                let node = self.anchors.get(&id).cloned();
                let node = node.ok_or_else(|| place.error("an alias inside its own anchor"))?;
                self.nodes += count(&node);
                return Ok(Item::Node(node));
            }
            Event::SequenceEnd | Event::MappingEnd => return Ok(Item::End),
            other => return Err(place.error(format!("unexpected {other:?}"))),
        };
        let node = Node { value, line: place.line, column: place.column };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(Item::Node(node))
    }

    fn next_item(&mut self) -> Result<Item, YamlError> {
        loop {
            let (event, place) = self.next()?;
            if !matches!(event, Event::Comment(..)) {
                return self.item(event, place);
            }
        }
    }

    fn list(&mut self) -> Result<Vec<Node>, YamlError> {
        let mut items = Vec::new();
        while let Item::Node(node) = self.next_item()? {
            items.push(node);
        }
        Ok(items)
    }

    fn map(&mut self) -> Result<Vec<(Node, Node)>, YamlError> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut merged: Vec<(Node, Node)> = Vec::new();
        while let Item::Node(key) = self.next_item()? {
            let place = Place { line: key.line, column: key.column };
            let Item::Node(value) = self.next_item()? else {
                return Err(place.error("a key without a value"));
            };
            if key.as_str() == Some("<<") {
                merge(&mut merged, value, place)?;
            } else {
                put(&mut entries, key, value);
            }
        }
        // PyYAML puts merged pairs first, so that the mapping's own keys win over them.
        if !merged.is_empty() {
            let own = std::mem::replace(&mut entries, merged);
            for (key, value) in own {
                put(&mut entries, key, value);
            }
        }
        Ok(entries)
    }
}

#[derive(Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    fn error(self, message: impl Into<String>) -> YamlError {
        YamlError { line: self.line, column: self.column, message: message.into() }
    }
}

fn own(event: Event<'_>) -> Event<'static> {
    use std::borrow::Cow;
    match event {
        Event::Scalar(text, style, anchor, tag) => Event::Scalar(
            Cow::Owned(text.into_owned()),
            style,
            anchor,
            tag.map(|tag| Cow::Owned(tag.into_owned())),
        ),
        Event::SequenceStart(style, anchor, _) => Event::SequenceStart(style, anchor, None),
        Event::MappingStart(style, anchor, _) => Event::MappingStart(style, anchor, None),
        Event::StreamStart => Event::StreamStart,
        Event::DocumentStart(explicit, _) => Event::DocumentStart(explicit, None),
        Event::DocumentEnd => Event::DocumentEnd,
        Event::Alias(id) => Event::Alias(id),
        Event::SequenceEnd => Event::SequenceEnd,
        Event::MappingEnd => Event::MappingEnd,
        Event::Comment(_, placement) => Event::Comment(Cow::Borrowed(""), placement),
        _ => Event::StreamEnd,
    }
}

fn count(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| 1 + count(value)).sum::<usize>(),
        _ => 1,
    }
}

fn put(entries: &mut Vec<(Node, Node)>, key: Node, value: Node) {
    match entries.iter_mut().find(|(known, _)| known.value == key.value) {
        Some(entry) => *entry = (key, value),
        None => entries.push((key, value)),
    }
}

fn merge(into: &mut Vec<(Node, Node)>, value: Node, place: Place) -> Result<(), YamlError> {
    match value.value {
        Value::Map(entries) => entries.into_iter().for_each(|(key, value)| put(into, key, value)),
        Value::List(items) => {
            for item in items.into_iter().rev() {
                merge(into, item, place)?;
            }
        }
        _ => return Err(place.error("`<<` takes a mapping or a list of mappings")),
    }
    Ok(())
}

fn scalar(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    place: Place,
) -> Result<Value, YamlError> {
    if let Some(tag) = tag {
        let suffix = tag.suffix();
        return match suffix.rsplit(':').next().unwrap_or(suffix) {
            "str" | "!" | "" => Ok(Value::String(text.to_owned())),
            "null" => Ok(Value::Null),
            "bool" => bool_of(text)
                .map(Value::Bool)
                .ok_or_else(|| place.error(format!("{text:?} is not a boolean"))),
            "int" => int_of(text)
                .map(Value::Int)
                .ok_or_else(|| place.error(format!("{text:?} is not an integer"))),
            "float" => float_of(text)
                .or_else(|| text.parse().ok())
                .map(Value::Float)
                .ok_or_else(|| place.error(format!("{text:?} is not a number"))),
            other => Err(place.error(format!("unsupported tag !{other}"))),
        };
    }
    if style != ScalarStyle::Plain {
        return Ok(Value::String(text.to_owned()));
    }
    Ok(plain(text))
}

/// PyYAML's implicit resolvers in the order of `yaml/resolver.py`, without timestamps.
fn plain(text: &str) -> Value {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    if let Some(flag) = bool_of(text) {
        return Value::Bool(flag);
    }
    if let Some(number) = float_of(text) {
        return Value::Float(number);
    }
    match int_of(text) {
        Some(number) => Value::Int(number),
        None => Value::String(text.to_owned()),
    }
}

fn bool_of(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn signed(text: &str) -> (f64, i64, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (-1.0, -1, &text[1..]),
        Some(b'+') => (1.0, 1, &text[1..]),
        _ => (1.0, 1, text),
    }
}

fn all(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

fn is_sexagesimal_tail<'a>(mut parts: impl Iterator<Item = &'a str>) -> bool {
    parts.all(|part| match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => (b'0'..=b'5').contains(tens) && digit.is_ascii_digit(),
        _ => false,
    })
}

fn int_of(text: &str) -> Option<i64> {
    let (_, sign, digits) = signed(text);
    let clean = |part: &str| part.replace('_', "");
    let radix = |part: &str, base| i64::from_str_radix(&clean(part), base).ok();
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        all(binary, |c| matches!(c, '0' | '1' | '_')).then(|| radix(binary, 2))??
    } else if let Some(hex) = digits.strip_prefix("0x") {
        all(hex, |c| c.is_ascii_hexdigit() || c == '_').then(|| radix(hex, 16))??
    } else if digits == "0" {
        0
    } else if digits.starts_with('0') {
        all(digits, |c| matches!(c, '0'..='7' | '_')).then(|| radix(digits, 8))??
    } else if digits.starts_with(|c: char| c.is_ascii_digit()) {
        let mut parts = digits.split(':');
        let head = parts.next()?;
        if !all(head, |c| c.is_ascii_digit() || c == '_') || !is_sexagesimal_tail(parts.clone()) {
            return None;
        }
        let first = radix(head, 10)?;
        parts.try_fold(first, |total, part| {
            total.checked_mul(60)?.checked_add(part.parse::<i64>().ok()?)
        })?
    } else {
        return None;
    };
    Some(sign * magnitude)
}

fn float_of(text: &str) -> Option<f64> {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN);
    }
    let (sign, _, digits) = signed(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    // YAML 1.1 wants a point, and a sign in the exponent.
    let (whole, fraction) = mantissa.split_once('.')?;
    if let Some(exponent) = exponent {
        let unsigned = exponent.strip_prefix(['-', '+'])?;
        if !all(unsigned, |c| c.is_ascii_digit()) {
            return None;
        }
    }
    if !fraction.chars().all(|c| c.is_ascii_digit() || c == '_') {
        return None;
    }
    if whole.is_empty() {
        // `.5` without a sign, the first digit a digit.
        if text.len() != digits.len() || !fraction.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        return digits.replace('_', "").parse().ok();
    }
    let mut parts = whole.split(':');
    let head = parts.next()?;
    let is_digits = all(head, |c| c.is_ascii_digit() || c == '_') && !head.starts_with('_');
    if !is_digits || !is_sexagesimal_tail(parts.clone()) {
        return None;
    }
    if !whole.contains(':') {
        return digits.replace('_', "").parse::<f64>().ok().map(|number| sign * number);
    }
    if exponent.is_some() {
        return None;
    }
    let mut total: f64 = head.replace('_', "").parse().ok()?;
    let tail: Vec<&str> = parts.collect();
    for (at, part) in tail.iter().enumerate() {
        let digits =
            if at + 1 == tail.len() { format!("{part}.{fraction}") } else { (*part).into() };
        total = total * 60.0 + digits.replace('_', "").parse::<f64>().ok()?;
    }
    Some(sign * total)
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
