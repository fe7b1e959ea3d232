//! How partitions of an asset depend on those of another (`dagster/_core/definitions/partitions/mapping`),
//! in both directions.
//!
//! Mappings come as the code server sent them; those of classes made by users never cross the wire, so that
//! like in Dagster the inferred one stands in for them. Results have the form (every partition, intervals,
//! keys) Dagster's have. Definitions that do not fit a mapping are errors.

mod identity;
mod inference;
mod multi;
mod time_window;

use std::collections::BTreeSet;

use rondel_model::partition::{PartitionMapping, StaticPartitionMapping};
use rondel_model::serdes::Value;

pub use inference::infer_mapping;

use crate::context::Context;
use crate::definition::{PartitionsDefinition, StaticPartitions};
use crate::error::{PartitionsError, Result};
use crate::subset::{KeySet, PartitionsSubset};

/// What partitions depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct UpstreamPartitions {
    /// The partitions that exist.
    pub existing: PartitionsSubset,
    /// Partitions depended on that do not exist; empty where the mapping allows for it.
    pub nonexistent: PartitionsSubset,
}

impl UpstreamPartitions {
    fn existing(subset: PartitionsSubset, definition: &PartitionsDefinition) -> Self {
        Self { existing: subset, nonexistent: PartitionsSubset::empty(definition) }
    }
}

/// Partitions with their definition.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The partitions.
    pub subset: &'a PartitionsSubset,
    /// Their definition.
    pub definition: &'a PartitionsDefinition,
}

/// Partitions upstream which the given ones depend on
/// (`get_upstream_mapped_partitions_result_for_partitions`). An asset without partitions has no part.
pub fn upstream_partitions(
    mapping: &PartitionMapping,
    downstream: Option<Of<'_>>,
    upstream: &PartitionsDefinition,
    context: &Context,
) -> Result<UpstreamPartitions> {
    let partitioned = || {
        downstream.ok_or_else(|| {
            PartitionsError::InvalidMapping(format!(
                "{} needs a partitioned downstream asset",
                mapping.class_name()
            ))
        })
    };
    match mapping {
        PartitionMapping::All(_) => {
            Ok(UpstreamPartitions::existing(PartitionsSubset::All(upstream.clone()), upstream))
        }
        PartitionMapping::Last(_) => {
            let last: Vec<String> = upstream.last_key(context)?.into_iter().collect();
            let subset = PartitionsSubset::of_keys(upstream, &last, context)?;
            Ok(UpstreamPartitions::existing(subset, upstream))
        }
        PartitionMapping::SpecificPartitions(specific) => {
            let subset = PartitionsSubset::of_keys(upstream, &specific.partition_keys, context)?;
            Ok(UpstreamPartitions::existing(subset, upstream))
        }
        PartitionMapping::Identity(_) => identity::upstream(partitioned()?, upstream, context),
        PartitionMapping::Static(table) => {
            let known = static_keys(upstream)?;
            let pairs = pairs(table)?;
            if let Some((key, _)) = pairs.iter().find(|(key, _)| !known.keys().contains(*key)) {
                return Err(PartitionsError::InvalidMapping(format!(
                    "the mapping's source `{key}` is no partition of the upstream asset"
                )));
            }
            let keys: BTreeSet<&str> = match downstream {
                None => BTreeSet::new(),
                Some(from) => {
                    let wanted = KeySet::of(from.subset.keys(context)?);
                    pairs.into_iter().filter(|(_, to)| wanted.contains(to)).map(|p| p.0).collect()
                }
            };
            let keys: Vec<&str> = keys.into_iter().collect();
            let subset = PartitionsSubset::of_keys(upstream, &keys, context)?;
            Ok(UpstreamPartitions::existing(subset, upstream))
        }
        PartitionMapping::TimeWindow(windows) => {
            time_window::upstream(windows, partitioned()?, upstream, context)
        }
        // Whether the definitions fit is not looked at.
        PartitionMapping::MultiToSingleDimension(_) | PartitionMapping::Multi(_)
            if matches!(partitioned()?.subset, PartitionsSubset::All(_)) =>
        {
            Ok(UpstreamPartitions {
                existing: PartitionsSubset::All(upstream.clone()),
                nonexistent: KeySet::default().into(),
            })
        }
        PartitionMapping::MultiToSingleDimension(_) => {
            let from = partitioned()?;
            let dimension = inference::single_dimension(upstream, from.definition)
                .map_err(PartitionsError::InvalidMapping)?;
            multi::upstream(&[dimension], from, upstream, context)
        }
        PartitionMapping::Multi(by_dimension) => {
            let from = partitioned()?;
            let dimensions = multi::dimensions(by_dimension, upstream, from.definition)?;
            multi::upstream(&dimensions, from, upstream, context)
        }
        PartitionMapping::Unknown(_) => Err(unknown(mapping)),
    }
}

/// Partitions downstream which depend on the given ones (`get_downstream_partitions_for_partitions`).
pub fn downstream_partitions(
    mapping: &PartitionMapping,
    upstream: Of<'_>,
    downstream: &PartitionsDefinition,
    context: &Context,
) -> Result<PartitionsSubset> {
    let all_if = |depends: bool| {
        if depends {
            PartitionsSubset::all(downstream, context)
        } else {
            Ok(PartitionsSubset::empty(downstream))
        }
    };
    match mapping {
        PartitionMapping::All(_) => all_if(upstream.subset.count(context)? > 0),
        PartitionMapping::Last(_) => match upstream.definition.last_key(context)? {
            Some(last) if !last.is_empty() => all_if(upstream.subset.contains(&last, context)?),
            _ => all_if(false),
        },
        PartitionMapping::SpecificPartitions(specific) => {
            for key in &specific.partition_keys {
                if upstream.subset.contains(key, context)? {
                    return all_if(true);
                }
            }
            all_if(false)
        }
        PartitionMapping::Identity(_) => identity::downstream(upstream, downstream, context),
        PartitionMapping::Static(table) => {
            let known = static_keys(downstream)?;
            let pairs = pairs(table)?;
            if let Some((_, key)) = pairs.iter().find(|(_, key)| !known.keys().contains(*key)) {
                return Err(PartitionsError::InvalidMapping(format!(
                    "the mapping's target `{key}` is no partition of the downstream asset"
                )));
            }
            let from = KeySet::of(upstream.subset.keys(context)?);
            let keys: BTreeSet<&str> =
                pairs.into_iter().filter(|(key, _)| from.contains(key)).map(|p| p.1).collect();
            let keys: Vec<&str> = keys.into_iter().collect();
            PartitionsSubset::of_keys(downstream, &keys, context)
        }
        PartitionMapping::TimeWindow(windows) => {
            time_window::downstream(windows, upstream, downstream, context)
        }
        PartitionMapping::MultiToSingleDimension(_) | PartitionMapping::Multi(_)
            if matches!(upstream.subset, PartitionsSubset::All(_)) =>
        {
            Ok(PartitionsSubset::All(downstream.clone()))
        }
        PartitionMapping::MultiToSingleDimension(_) => {
            let dimension = inference::single_dimension(upstream.definition, downstream)
                .map_err(PartitionsError::InvalidMapping)?;
            multi::downstream(&[dimension], upstream, downstream, context)
        }
        PartitionMapping::Multi(by_dimension) => {
            let dimensions = multi::dimensions(by_dimension, upstream.definition, downstream)?;
            multi::downstream(&dimensions, upstream, downstream, context)
        }
        PartitionMapping::Unknown(_) => Err(unknown(mapping)),
    }
}

fn unknown(mapping: &PartitionMapping) -> PartitionsError {
    PartitionsError::InvalidMapping(format!(
        "the partition mapping {} is not known to this version; the code server runs a newer Dagster",
        mapping.class_name()
    ))
}

fn static_keys(definition: &PartitionsDefinition) -> Result<&StaticPartitions> {
    match definition {
        PartitionsDefinition::Static(fixed) => Ok(fixed),
        other => Err(PartitionsError::InvalidMapping(format!(
            "StaticPartitionMapping can only be defined between two StaticPartitionsDefinitions, got {}",
            other.class_name()
        ))),
    }
}

/// The table's pairs of an upstream and a downstream key.
fn pairs(table: &StaticPartitionMapping) -> Result<Vec<(&str, &str)>> {
    let mut pairs = Vec::new();
    for (upstream, targets) in &table.downstream_partition_keys_by_upstream_partition_key {
        let list = match targets {
            Value::Map(set) => set.get("__set__").or_else(|| set.get("__frozenset__")),
            other => Some(other),
        };
        match list {
            Some(Value::String(key)) => pairs.push((upstream.as_str(), key.as_str())),
            Some(Value::List(keys)) => {
                for key in keys {
                    if let Value::String(key) = key {
                        pairs.push((upstream.as_str(), key.as_str()));
                    }
                }
            }
            _ => {
                return Err(PartitionsError::InvalidMapping(format!(
                    "the table of a StaticPartitionMapping has neither a key nor a list of keys at `{upstream}`"
                )));
            }
        }
    }
    Ok(pairs)
}
