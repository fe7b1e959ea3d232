//! Small types that several areas take or give: keys, tags, selectors, and how a selector finds
//! its job.

mod job;
mod keys;
mod owners;
mod selectors;

pub(crate) use job::*;
pub(crate) use keys::*;
pub(crate) use owners::*;
pub(crate) use selectors::*;
