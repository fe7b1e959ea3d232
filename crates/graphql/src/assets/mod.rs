//! Assets: their definitions, what is stored about them, their checks, automation and freshness.

mod asset;
mod automation;
mod check_partitions;
mod checks;
mod computed;
mod data_time;
mod dependency;
mod evaluations;
mod events;
mod freshness;
mod health;
mod latest;
mod layout;
mod loaders;
mod mutations;
mod node;
mod owners;
mod partitioned;
mod query;
mod selection;
mod selectors;
mod sensor_of;
mod stale;
mod storage_address;

pub(crate) use asset::Asset;
pub(crate) use automation::AutomationCondition;
pub(crate) use checks::AssetCheckQuery;
pub(crate) use evaluations::EvaluationQuery;
pub(crate) use layout::AssetLayoutQuery;
pub(crate) use mutations::AssetMutation;
pub(crate) use node::AssetNode;
pub(crate) use query::{AssetQuery, in_job};
pub(crate) use selection::AssetSelection;
pub(crate) use selectors::{PartitionRangeSelector, PartitionsByAssetSelector, PartitionsSelector};
