//! What can go wrong while reading tagged JSON, with the path to the place.

use std::fmt;

/// A failure to read a text, with the path of fields leading to it.
#[derive(Debug, Clone, PartialEq)]
pub struct SerdesError(Box<Inner>);

#[derive(Debug, Clone, PartialEq)]
struct Inner {
    kind: SerdesErrorKind,
    /// Innermost first.
    path: Vec<String>,
    offset: usize,
}

/// The fact behind a [`SerdesError`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SerdesErrorKind {
    /// The text is not JSON, or another kind of value stands there.
    #[error("expected {0}")]
    Expected(&'static str),
    /// Another class than the expected one.
    #[error("expected an object of class `{expected}`, found `{found}`")]
    WrongClass {
        /// The stored class name expected.
        expected: &'static str,
        /// The class name found.
        found: String,
    },
    /// A required field is missing.
    #[error("`{class}` lacks the field `{field}`")]
    MissingField {
        /// The stored class name.
        class: &'static str,
        /// The stored field name.
        field: &'static str,
    },
    /// An enum member which this version does not know.
    #[error("`{member}` is no member of `{enumeration}`; the text may come from a newer Dagster")]
    UnknownMember {
        /// The stored enum name.
        enumeration: &'static str,
        /// The member found.
        member: String,
    },
    /// Nested deeper than any real value.
    #[error("nested deeper than {0} levels")]
    TooDeep(usize),
}

impl SerdesError {
    pub(crate) fn new(kind: SerdesErrorKind, offset: usize) -> Self {
        Self(Box::new(Inner { kind, path: Vec::new(), offset }))
    }

    /// Adds one step (a field or an index) to the path, from the inside outwards.
    #[must_use]
    pub fn within(mut self, step: impl Into<String>) -> Self {
        self.0.path.push(step.into());
        self
    }

    /// The fact.
    pub fn kind(&self) -> &SerdesErrorKind {
        &self.0.kind
    }

    /// Byte offset in the text.
    pub fn offset(&self) -> usize {
        self.0.offset
    }
}

impl fmt::Display for SerdesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.0.kind, self.0.offset)?;
        if !self.0.path.is_empty() {
            write!(f, " in ")?;
            for (i, step) in self.0.path.iter().rev().enumerate() {
                let dot = if i > 0 && !step.starts_with('[') { "." } else { "" };
                write!(f, "{dot}{step}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for SerdesError {}
