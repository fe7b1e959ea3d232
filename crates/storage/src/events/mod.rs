//! Events of runs and what is derived from them.

mod shards;

pub(crate) use shards::{EventDbs, Shards};
