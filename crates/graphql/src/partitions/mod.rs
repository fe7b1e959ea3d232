//! Partitions: definitions, keys, statuses, and keys added to and taken from dynamic definitions.

mod context;
mod definition;
mod describe;
mod dynamic;
mod mapping;
mod statuses;

pub(crate) use context::Partitions;
pub(crate) use definition::{PartitionDefinition, PartitionDefinitionType};
pub(crate) use dynamic::DynamicPartitionsMutation;
pub(crate) use mapping::PartitionMapping;
pub(crate) use statuses::{
    AssetPartitionStatuses, PartitionSets, PartitionStats, no_statuses, statuses,
};
