//! A parsed value beside the text it came from.

use std::sync::Arc;

use super::{Pack, SerdesError, Unpack, Writer, from_text, sha1_hex};

/// A value and its original text: the text is what gets hashed, stored and sent on, whatever this
/// version of the types understands of it.
#[derive(Debug, Clone)]
pub struct Raw<T> {
    value: Arc<T>,
    text: Arc<str>,
}

impl<T: Unpack> Raw<T> {
    /// Parses and keeps the text.
    ///
    /// # Errors
    /// As [`from_text`].
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, SerdesError> {
        let text = text.into();
        Ok(Self { value: Arc::new(from_text(&text)?), text })
    }
}

impl<T: Pack> Raw<T> {
    /// Serializes a value made here.
    pub fn new(value: T) -> Self {
        let text = super::to_text(&value).into();
        Self { value: Arc::new(value), text }
    }
}

impl<T> Raw<T> {
    /// The parsed value.
    pub fn value(&self) -> &Arc<T> {
        &self.value
    }

    /// The original text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The original text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// SHA-1 of the text: the snapshot id.
    pub fn id(&self) -> String {
        sha1_hex(&self.text)
    }
}

impl<T> std::ops::Deref for Raw<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> PartialEq for Raw<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Pack for Raw<T> {
    fn pack(&self, w: &mut Writer) {
        w.verbatim(&self.text);
    }
}

impl<T: Unpack> Unpack for Raw<T> {
    fn unpack(p: &mut super::Parser<'_>) -> Result<Self, SerdesError> {
        let mark = p.mark();
        let value = T::unpack(p)?;
        Ok(Self { value: Arc::new(value), text: p.text_since(mark).into() })
    }
}
