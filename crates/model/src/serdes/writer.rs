//! Writes JSON as Python's `json.dumps(…, sort_keys=True)` does.
//!
//! Python sorts keys *before* turning them into strings, so a dict with integer keys is ordered by
//! number. A map is therefore left as it is when its keys are already in code-point order or are
//! numbers in numeric order, and sorted by code point otherwise.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Pack, float_repr, surrogates};

/// Collects the text.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text written.
    pub fn finish(self) -> String {
        self.out
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.out.push_str("null");
    }

    /// Writes a boolean.
    pub fn bool(&mut self, value: bool) {
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// Writes an integer.
    pub fn int(&mut self, value: i64) {
        let _ = write!(self.out, "{value}");
    }

    /// Appends JSON text as it is.
    pub(crate) fn verbatim(&mut self, json: &str) {
        self.out.push_str(json);
    }

    /// Writes a float in Python's repr.
    pub fn float(&mut self, value: f64) {
        self.out.push_str(&float_repr(value));
    }

    /// Writes a string, escaping everything outside printable ASCII.
    pub fn string(&mut self, value: &str) {
        let is_clean = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        self.out.push('"');
        let mut rest = value;
        while let Some(at) = rest.bytes().position(|byte| !is_clean(byte)) {
            // All before is ASCII.
            let (clean, from) = rest.split_at(at);
            self.out.push_str(clean);
            let mut chars = from.chars();
            chars.next().into_iter().for_each(|c| self.escape(c));
            rest = chars.as_str();
        }
        self.out.push_str(rest);
        self.out.push('"');
    }

    fn escape(&mut self, c: char) {
        match c {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\u{8}' => self.out.push_str("\\b"),
            '\u{c}' => self.out.push_str("\\f"),
            _ => match surrogates::half(c) {
                Some(half) => {
                    let _ = write!(self.out, "\\u{half:04x}");
                }
                None => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(self.out, "\\u{unit:04x}");
                    }
                }
            },
        }
    }

    /// Writes `{"__enum__": "Class.MEMBER"}`.
    pub fn enumeration(&mut self, class: &str, member: &str) {
        self.out.push_str("{\"__enum__\": \"");
        self.out.push_str(class);
        self.out.push('.');
        self.out.push_str(member);
        self.out.push_str("\"}");
    }

    /// Writes a list.
    pub fn list<'a, T: Pack + 'a>(&mut self, items: impl IntoIterator<Item = &'a T>) {
        self.out.push('[');
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            item.pack(self);
        }
        self.out.push(']');
    }

    /// Writes a map; `fill` adds the entries in any order.
    pub fn map<'k>(&mut self, fill: impl FnOnce(&mut MapWriter<'_, 'k>)) {
        self.out.push('{');
        let start = self.out.len();
        let mut map = MapWriter { writer: self, start, entries: Vec::new(), sorted: true };
        fill(&mut map);
        map.end();
    }
}

/// Adds entries to a map, see [`Writer::map`].
#[derive(Debug)]
pub struct MapWriter<'w, 'k> {
    writer: &'w mut Writer,
    start: usize,
    /// Key, and where its entry begins and ends in the output.
    entries: Vec<(Cow<'k, str>, usize, usize)>,
    sorted: bool,
}

impl<'k> MapWriter<'_, 'k> {
    /// Adds an entry.
    pub fn entry<T: Pack + ?Sized>(&mut self, key: &'k str, value: &T) {
        self.entry_with(key, |w| value.pack(w));
    }

    /// Adds an entry whose value `write` writes.
    pub fn entry_with(&mut self, key: &'k str, write: impl FnOnce(&mut Writer)) {
        if let Some((last, ..)) = self.entries.last() {
            self.sorted &= last.as_ref() <= key;
            self.writer.out.push_str(", ");
        }
        let begin = self.writer.out.len();
        self.writer.string(key);
        self.writer.out.push_str(": ");
        write(self.writer);
        self.entries.push((Cow::Borrowed(key), begin, self.writer.out.len()));
    }

    fn end(mut self) {
        if !self.sorted && !self.in_numeric_order() {
            self.entries.sort_by(|a, b| a.0.cmp(&b.0));
            let written = self.writer.out.split_off(self.start);
            for (i, (_, begin, end)) in self.entries.iter().enumerate() {
                if i > 0 {
                    self.writer.out.push_str(", ");
                }
                self.writer.out.push_str(&written[begin - self.start..end - self.start]);
            }
        }
        self.writer.out.push('}');
    }

    fn in_numeric_order(&self) -> bool {
        let mut last = f64::NEG_INFINITY;
        self.entries.iter().all(|(key, ..)| match key.parse::<f64>() {
            Ok(number) if number >= last => {
                last = number;
                true
            }
            _ => false,
        })
    }
}
