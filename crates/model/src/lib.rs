//! Domain types and Dagster's tagged-JSON serialization.
//!
//! Plain data, no I/O. Types carry Dagster's present class and attribute names; the stored names
//! (often older: `PipelineRun`, `solid_handle`) stand in the declarations, see
//! [`record!`](crate::record). Start at [`serdes`].

pub mod automation;
pub mod backfill;
pub mod code_pointer;
pub mod error;
pub mod event;
pub mod grpc;
pub mod heartbeat;
pub mod ids;
pub mod instigation;
pub mod metadata;
pub mod origin;
pub mod partition;
pub mod plan;
pub mod run;
pub mod selection;
pub mod serdes;
pub mod snap;

pub use error::SerializableErrorInfo;
