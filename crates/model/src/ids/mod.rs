//! Names of things: run ids, asset and check keys, selectors.

mod keys;
mod selectors;

pub use keys::python_repr;
pub use keys::*;
pub use selectors::*;

use std::borrow::Borrow;
use std::fmt;

use crate::serdes::{Pack, Parser, SerdesError, Unpack, Writer};

/// The id of a run: a UUID in its usual text form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RunId(pub String);

impl RunId {
    /// A fresh random id, as Dagster's `make_new_run_id`.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for RunId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<String> for RunId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl AsRef<str> for RunId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RunId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Pack for RunId {
    fn pack(&self, w: &mut Writer) {
        w.string(&self.0);
    }
}

impl Unpack for RunId {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        String::unpack(p).map(Self)
    }
}

/// Seconds since the Unix epoch, as Dagster's `float` timestamps.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct UnixTime(pub f64);

impl UnixTime {
    /// The seconds.
    pub fn seconds(self) -> f64 {
        self.0
    }
}

impl From<f64> for UnixTime {
    fn from(seconds: f64) -> Self {
        Self(seconds)
    }
}

impl Pack for UnixTime {
    fn pack(&self, w: &mut Writer) {
        w.float(self.0);
    }
}

impl Unpack for UnixTime {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        f64::unpack(p).map(Self)
    }
}
