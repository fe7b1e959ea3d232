//! Partitions: which there are, what their keys mean, sets of them, and how those of one asset depend on
//! those of another.
//!
//! Mirrors `dagster/_core/definitions/partitions` exactly, clock changes and end offsets included, and is
//! pure: time and the keys of dynamic definitions come in with a [`Context`]. A definition is made from
//! the snapshot a code server sends ([`PartitionsDefinition::from_snap`]); questions about it are cheap
//! where the form of the definition allows, and never list keys to count or find one.

mod context;
mod cursor;
mod definition;
mod error;
mod format;
mod mapping;
mod multi;
mod page;
mod subset;
mod time_window;

pub use context::Context;
pub use definition::{PartitionsDefinition, StaticPartitions};
pub use error::{PartitionsError, Result};
pub use format::KeyFormat;
pub use mapping::{
    Of, UpstreamPartitions, downstream_partitions, infer_mapping, upstream_partitions,
};
pub use multi::{DELIMITER, MultiPartitions};
pub use page::{Order, Page, ValueIndexCursor};
pub use subset::{KeySet, PartitionsSubset, TimeWindowSubset, can_read, flatten};
pub use time_window::{TimeWindow, TimeWindowPartitions, Windows};
