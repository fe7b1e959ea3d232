//! A JSON reader for the dialect of Python's `json.loads(…, strict=False)`.
//!
//! Works straight on the text: keys and strings are borrowed where they hold no escape, and the
//! class of an object can be looked up without consuming it, so that unions need no intermediate
//! tree.

use std::borrow::Cow;

use super::{Record, SerdesError, SerdesErrorKind, surrogates};

/// Deeper nesting is refused so that a hostile text cannot exhaust the stack.
const MAX_DEPTH: usize = 256;

/// A position in a JSON text.
#[derive(Debug)]
pub struct Parser<'t> {
    text: &'t str,
    pos: usize,
    depth: usize,
}

/// What kind of value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `None`
    Null,
    /// `bool`
    Bool,
    /// `int` or `float`
    Number,
    /// `str`
    String,
    /// `list`
    List,
    /// `dict` or anything tagged
    Map,
}

/// A number as it stands in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ParsedNumber<'t> {
    Int(i64),
    BigInt(&'t str),
    Float(f64),
}

impl<'t> Parser<'t> {
    /// A parser at the start of the text.
    pub fn new(text: &'t str) -> Self {
        Self { text, pos: 0, depth: 0 }
    }

    pub(crate) fn error(&self, kind: SerdesErrorKind) -> SerdesError {
        SerdesError::new(kind, self.pos)
    }

    pub(crate) fn expected(&self, what: &'static str) -> SerdesError {
        self.error(SerdesErrorKind::Expected(what))
    }

    /// A place to come back to with [`Parser::rewind`].
    pub(crate) fn mark(&self) -> (usize, usize) {
        (self.pos, self.depth)
    }

    pub(crate) fn rewind(&mut self, mark: (usize, usize)) {
        (self.pos, self.depth) = mark;
    }

    /// The text between a mark and here.
    pub(crate) fn text_since(&self, mark: (usize, usize)) -> &'t str {
        self.text[mark.0..self.pos].trim_start()
    }

    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.pos), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.pos += 1;
        }
    }

    fn peek_byte(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.as_bytes().get(self.pos).copied()
    }

    fn eat(&mut self, literal: &str) -> bool {
        let found = self.text[self.pos..].starts_with(literal);
        if found {
            self.pos += literal.len();
        }
        found
    }

    pub(crate) fn end(&mut self) -> Result<(), SerdesError> {
        match self.peek_byte() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    /// The kind of the value which comes next.
    pub fn kind(&mut self) -> Result<Kind, SerdesError> {
        match self.peek_byte() {
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'"') => Ok(Kind::String),
            Some(b'[') => Ok(Kind::List),
            Some(b'{') => Ok(Kind::Map),
            Some(b'-' | b'0'..=b'9' | b'N' | b'I') => Ok(Kind::Number),
            _ => Err(self.expected("a JSON value")),
        }
    }

    /// Consumes a `null` if one comes next.
    pub fn null(&mut self) -> bool {
        self.skip_space();
        self.eat("null")
    }

    /// Reads a boolean.
    pub fn bool(&mut self) -> Result<bool, SerdesError> {
        self.skip_space();
        if self.eat("true") {
            Ok(true)
        } else if self.eat("false") {
            Ok(false)
        } else {
            Err(self.expected("a boolean"))
        }
    }

    pub(crate) fn number(&mut self) -> Result<ParsedNumber<'t>, SerdesError> {
        self.skip_space();
        for (literal, value) in
            [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)]
        {
            if self.eat(literal) {
                return Ok(ParsedNumber::Float(value));
            }
        }
        let rest = &self.text[self.pos..];
        let len = rest
            .bytes()
            .position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .unwrap_or(rest.len());
        let literal = &rest[..len];
        let number = if literal.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) {
            literal.parse().ok().map(ParsedNumber::Float)
        } else if let Ok(int) = literal.parse() {
            Some(ParsedNumber::Int(int))
        } else {
            let digits = literal.strip_prefix('-').unwrap_or(literal);
            let valid = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            valid.then_some(ParsedNumber::BigInt(literal))
        };
        match number {
            Some(number) => {
                self.pos += len;
                Ok(number)
            }
            None => Err(self.expected("a number")),
        }
    }

    /// Reads a string, borrowing it where it holds no escape.
    pub fn string(&mut self) -> Result<Cow<'t, str>, SerdesError> {
        if self.peek_byte() != Some(b'"') {
            return Err(self.expected("a string"));
        }
        let start = self.pos + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            match bytes.get(at) {
                Some(b'"') => {
                    self.pos = at + 1;
                    return Ok(Cow::Borrowed(&self.text[start..at]));
                }
                Some(b'\\') => break,
                Some(_) => at += 1,
                None => return Err(self.expected("the end of a string")),
            }
        }
        let mut out = String::with_capacity(at - start + 32);
        let mut clean_from = start;
        loop {
            match bytes.get(at) {
                Some(b'"') => {
                    out.push_str(&self.text[clean_from..at]);
                    self.pos = at + 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => {
                    out.push_str(&self.text[clean_from..at]);
                    self.pos = at + 1;
                    out.push(self.escape()?);
                    at = self.pos;
                    clean_from = at;
                }
                Some(_) => at += 1,
                None => return Err(self.expected("the end of a string")),
            }
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<char, SerdesError> {
        let byte = self.text.as_bytes().get(self.pos).copied();
        self.pos += 1;
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.hex4()?;
                match self.low_surrogate_after(unit)? {
                    Some(low) => surrogates::pair(unit, low),
                    None => char::from_u32(unit).unwrap_or_else(|| surrogates::lone(unit)),
                }
            }
            _ => {
                self.pos -= 1;
                return Err(self.expected("an escape sequence"));
            }
        })
    }

    /// The second half of a pair, if `unit` is a first half and a second half follows.
    fn low_surrogate_after(&mut self, unit: u32) -> Result<Option<u32>, SerdesError> {
        let is_high = (0xd800..0xdc00).contains(&unit);
        if !is_high || !self.text[self.pos..].starts_with("\\u") {
            return Ok(None);
        }
        let after_high = self.pos;
        self.pos += 2;
        let low = self.hex4()?;
        if (0xdc00..0xe000).contains(&low) && !surrogates::is_taken(unit) {
            return Ok(Some(low));
        }
        self.pos = after_high;
        Ok(None)
    }

    fn hex4(&mut self) -> Result<u32, SerdesError> {
        let unit = self
            .text
            .get(self.pos..self.pos + 4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.pos += 4;
        Ok(unit)
    }

    fn open(&mut self, byte: u8, what: &'static str) -> Result<(), SerdesError> {
        if self.peek_byte() != Some(byte) {
            return Err(self.expected(what));
        }
        if self.depth == MAX_DEPTH {
            return Err(self.error(SerdesErrorKind::TooDeep(MAX_DEPTH)));
        }
        self.depth += 1;
        self.pos += 1;
        Ok(())
    }

    /// Enters a list; follow with [`Parser::next_item`] until it answers `false`.
    pub fn list_start(&mut self) -> Result<(), SerdesError> {
        self.open(b'[', "a list")
    }

    /// Moves to the next item, if there is one. `first` must start as `true`.
    pub fn next_item(&mut self, first: &mut bool) -> Result<bool, SerdesError> {
        self.more(first, b']', "`,` or `]`")
    }

    /// Enters a map; follow with [`Parser::next_key`] until it answers `None`.
    pub fn map_start(&mut self) -> Result<(), SerdesError> {
        self.open(b'{', "an object")
    }

    /// Moves to the next key and its value, if there is one. `first` must start as `true`.
    pub fn next_key(&mut self, first: &mut bool) -> Result<Option<Cow<'t, str>>, SerdesError> {
        if !self.more(first, b'}', "`,` or `}`")? {
            return Ok(None);
        }
        let key = self.string()?;
        if self.peek_byte() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.pos += 1;
        Ok(Some(key))
    }

    fn more(
        &mut self,
        first: &mut bool,
        close: u8,
        what: &'static str,
    ) -> Result<bool, SerdesError> {
        let byte = self.peek_byte();
        if byte == Some(close) {
            self.pos += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if std::mem::replace(first, false) {
            return Ok(true);
        }
        if byte != Some(b',') {
            return Err(self.expected(what));
        }
        self.pos += 1;
        Ok(true)
    }

    /// Steps over one value.
    pub fn skip(&mut self) -> Result<(), SerdesError> {
        match self.kind()? {
            Kind::Null if self.null() => Ok(()),
            Kind::Null => Err(self.expected("`null`")),
            Kind::Bool => self.bool().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::String => self.string().map(drop),
            Kind::List => {
                self.list_start()?;
                let mut first = true;
                while self.next_item(&mut first)? {
                    self.skip()?;
                }
                Ok(())
            }
            Kind::Map => {
                self.map_start()?;
                let mut first = true;
                while self.next_key(&mut first)?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
        }
    }

    /// The class of the object at this position, without consuming anything; `None` for
    /// anything else. Python sorts keys, so `__class__` comes first but for odd cases.
    pub fn peek_class(&mut self) -> Result<Option<Cow<'t, str>>, SerdesError> {
        if self.peek_byte() != Some(b'{') {
            return Ok(None);
        }
        let mark = self.mark();
        let class = self.find_class();
        self.rewind(mark);
        class
    }

    fn find_class(&mut self) -> Result<Option<Cow<'t, str>>, SerdesError> {
        self.map_start()?;
        let mut first = true;
        while let Some(key) = self.next_key(&mut first)? {
            if key == "__class__" {
                return self.string().map(Some);
            }
            self.skip()?;
        }
        Ok(None)
    }
}

/// What the declaring macros need.
impl Parser<'_> {
    /// Reads the value of a `__class__` key and compares it.
    pub fn check_class<R: Record>(&mut self) -> Result<(), SerdesError> {
        let found = self.string()?;
        if R::is_class(&found) {
            return Ok(());
        }
        let found = found.into_owned();
        Err(self.error(SerdesErrorKind::WrongClass { expected: R::CLASS, found }))
    }

    /// Tries to read a value; when that fails, goes back.
    pub fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SerdesError>,
    ) -> Option<T> {
        let mark = self.mark();
        let value = read(self).ok();
        if value.is_none() {
            self.rewind(mark);
        }
        value
    }

    /// The error of a missing field.
    pub fn missing(&self, class: &'static str, field: &'static str) -> SerdesError {
        self.error(SerdesErrorKind::MissingField { class, field })
    }

    /// Reads `{"__enum__": "Class.MEMBER"}`.
    pub fn enumeration<T>(
        &mut self,
        class: &'static str,
        old_classes: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SerdesError> {
        self.map_start()?;
        let mut first = true;
        let mut member = None;
        while let Some(key) = self.next_key(&mut first)? {
            if key != "__enum__" {
                return Err(self.expected("`__enum__`"));
            }
            member = Some(self.string()?);
        }
        let Some(member) = member else { return Err(self.expected("`__enum__`")) };
        let (found, name) = member.split_once('.').unwrap_or(("", &member));
        if found != class && !old_classes.contains(&found) {
            let found = found.to_owned();
            return Err(self.error(SerdesErrorKind::WrongClass { expected: class, found }));
        }
        parse(name).ok_or_else(|| {
            let member = name.to_owned();
            self.error(SerdesErrorKind::UnknownMember { enumeration: class, member })
        })
    }
}
