//! Declarative automation: the conditions of assets, checks and jobs, evaluated as Dagster does.
//!
//! Mirrors `dagster/_core/definitions/declarative_automation` and `asset_graph_view`. Three steps, each
//! a value of its own: [`Needs::of`] says which facts the conditions will ask for, the caller reads them
//! in batches into an [`Observation`], and [`Tick::evaluate`] decides. Nothing here does I/O or knows a
//! clock; the same inputs give the same results, hashes and cursors, which Python can continue from.
//!
//! Invariants: entities are evaluated by topological level, so that what an upstream entity requests in
//! this tick is visible downstream; ids and hashes of nodes equal those of Dagster 1.13, because they are
//! compared with those of earlier ticks whichever of the two made them.

mod condition;
mod cursor;
mod digest;
mod error;
mod evaluate;
mod graph;
mod key;
mod memory;
mod needs;
mod observation;
mod requests;
mod subset;
mod text;
mod view;

pub use condition::{Condition, Kind};
pub use cursor::{DaemonCursor, EntityCursor, Packer, evaluation_id_of_old, unpack_cursor};
pub use digest::Digest;
pub use error::{AutomationError, Result};
pub use evaluate::{EvaluationTexts, NodeResult, Tick, TickResult};
pub use graph::{AutomationGraph, Entity};
pub use key::Key;
pub use memory::Memory;
pub use needs::{Needs, Since};
pub use observation::{
    AssetFacts, CheckExecution, CheckOutcome, CheckPartition, DataTimes, LatestEvent, Observation,
    PartitionStatus, Planned, RunFacts, Update,
};
pub use requests::{ManyPartitions, observe_requests, run_requests};
pub use subset::{EntityPart, PartValue, Partitions};
pub use view::{View, latest_tick};
