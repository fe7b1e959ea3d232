//! Small types that several areas take or give: keys, tags, selectors.

mod keys;
mod selectors;

pub(crate) use keys::*;
pub(crate) use selectors::*;
