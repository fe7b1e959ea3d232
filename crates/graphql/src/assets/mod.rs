//! Assets: their definitions, what is stored about them, their checks, automation and freshness.

mod asset;
mod automation;
mod checks;
mod events;
mod freshness;
mod health;
mod latest;
mod loaders;
mod node;
mod owners;
mod query;
mod selection;
mod storage_address;

pub(crate) use asset::{Asset, AssetConnection};
pub(crate) use automation::AutomationCondition;
pub(crate) use checks::AssetCheckQuery;
pub(crate) use node::AssetNode;
pub(crate) use query::{AssetQuery, in_job};
pub(crate) use selection::{AssetSelection, AssetsOrError};
