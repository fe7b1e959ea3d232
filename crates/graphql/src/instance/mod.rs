//! The deployment itself: version, configuration, daemons, pools, permissions, first-use hints.

mod concurrency;
mod daemons;
mod info;
mod mutations;
mod query;

pub(crate) use mutations::InstanceMutation;
pub(crate) use query::InstanceQuery;
