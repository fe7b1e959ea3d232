//! Which partitions of one asset belong to those of a neighbour.

use std::sync::Arc;

use rondel_model::partition::PartitionMapping;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsError};

use super::Partitions;
use crate::error::Result;

/// A mapping given by user code, or what Dagster infers without one.
pub(crate) struct Mapping<'a> {
    /// The mapping the downstream entity declares.
    pub(crate) declared: Option<&'a PartitionMapping>,
    /// Partitions of the upstream entity.
    pub(crate) upstream: &'a Arc<PartitionsDefinition>,
    /// Partitions of the downstream entity.
    pub(crate) downstream: &'a Arc<PartitionsDefinition>,
}

/// Partitions downstream which depend on the given ones.
pub(crate) fn map_downstream(
    mapping: &Mapping<'_>,
    part: &Partitions,
    context: &Context,
) -> Result<Partitions> {
    map_same_key(mapping, part, mapping.downstream, context)
}

/// Partitions upstream which the given ones depend on; the given entity may have no partitions.
pub(crate) fn map_upstream(
    mapping: &Mapping<'_>,
    part: &Partitions,
    context: &Context,
) -> Result<Partitions> {
    map_same_key(mapping, part, mapping.upstream, context)
}

fn map_same_key(
    mapping: &Mapping<'_>,
    part: &Partitions,
    to: &Arc<PartitionsDefinition>,
    context: &Context,
) -> Result<Partitions> {
    let of_windows = |definition: &PartitionsDefinition| {
        matches!(definition, PartitionsDefinition::TimeWindow(_))
    };
    let by_window = match mapping.declared {
        None if of_windows(mapping.upstream) && of_windows(mapping.downstream) => true,
        // One dimension of a product against the other side.
        None if mapping.upstream.class_name() != mapping.downstream.class_name() => {
            return Err(PartitionsError::InvalidMapping(format!(
                "mapping {} to {} is not evaluated by this version",
                mapping.upstream.class_name(),
                mapping.downstream.class_name()
            ))
            .into());
        }
        None | Some(PartitionMapping::Identity(_)) => false,
        Some(PartitionMapping::All(_)) => return Ok(Partitions::all(to)),
        Some(PartitionMapping::TimeWindow(m)) if m.start_offset == 0 && m.end_offset == 0 => true,
        Some(other) => return Err(unknown(other)),
    };
    let equal = mapping.upstream == mapping.downstream;
    if by_window && !equal {
        return Err(PartitionsError::InvalidMapping(
            "mapping between different time windows is not evaluated by this version".to_owned(),
        )
        .into());
    }
    if equal {
        // By time window "every partition" is taken apart, which shows in hashes.
        return if by_window { part.spelled_out(context) } else { Ok(part.clone()) };
    }
    let mut keys = Vec::new();
    for key in part.keys(context)?.iter() {
        if to.has_key(key, context)? {
            keys.push(key.clone());
        }
    }
    Ok(Partitions::of_keys(to, keys))
}

/// Partitions which an entity without partitions depends on.
pub(crate) fn map_upstream_of_whole(
    declared: Option<&PartitionMapping>,
    upstream: &Arc<PartitionsDefinition>,
    context: &Context,
) -> Result<Partitions> {
    match declared {
        None | Some(PartitionMapping::All(_)) => Ok(Partitions::all(upstream)),
        Some(PartitionMapping::Last(_)) => {
            Ok(Partitions::of_keys(upstream, upstream.last_key(context)?))
        }
        Some(other) => Err(unknown(other)),
    }
}

fn unknown(mapping: &PartitionMapping) -> crate::error::AutomationError {
    PartitionsError::InvalidMapping(format!(
        "the partition mapping {} is not evaluated by this version",
        mapping.class_name()
    ))
    .into()
}
