//! Partitions: definitions, keys, statuses, and keys added to and taken from dynamic definitions.

mod context;
mod definition;
mod describe;
mod dynamic;
mod mapping;
mod names;
mod of_job;
mod ranges;
mod sets;
mod statuses;
mod subset;

pub(crate) use context::{DynamicKeys, Partitions};
pub(crate) use definition::{PartitionDefinition, PartitionDefinitionType};
pub(crate) use dynamic::DynamicPartitionsMutation;
pub(crate) use mapping::PartitionMapping;
pub(crate) use names::{NamesPage, partition_names};
pub(crate) use of_job::{JobPartition, PartitionKeys, PartitionTagsAndConfig};
pub(crate) use ranges::{PrimaryRange, WindowRange, alike_by_primary, window_ranges};
pub(crate) use sets::{PartitionSet, PartitionSetQuery};
pub(crate) use statuses::{
    AssetPartitionStatuses, PartitionSets, PartitionStats, no_statuses, statuses,
};
pub(crate) use subset::{part_size, subset_keys, subset_size};
