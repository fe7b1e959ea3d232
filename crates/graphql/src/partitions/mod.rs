//! Partitions: definitions, keys, partition sets of jobs, and keys added to and taken from dynamic
//! definitions.

mod definition;
mod mapping;

pub(crate) use definition::PartitionDefinition;
pub(crate) use mapping::PartitionMapping;
