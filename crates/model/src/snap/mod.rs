//! Snapshots of user code's definitions, as code servers send them and the database keeps them.

mod asset;
mod config;
mod dagster_type;
mod deps;
mod execution_plan;
mod instigator;
mod job;
mod mode;
mod node;
mod partition_set;
mod repository;
mod resource;

pub use asset::*;
pub use config::*;
pub use dagster_type::*;
pub use deps::*;
pub use execution_plan::*;
pub use instigator::*;
pub use job::*;
pub use mode::*;
pub use node::*;
pub use partition_set::*;
pub use repository::*;
pub use resource::*;
