//! Which partitions of one asset belong to those of a neighbour.

use std::sync::Arc;

use rondel_model::partition::PartitionMapping;
use rondel_partitions::{
    Context, Of, PartitionsDefinition, downstream_partitions, infer_mapping, upstream_partitions,
};

use super::Partitions;
use crate::error::Result;

/// Partitions downstream which depend on the given ones. `declared` is the mapping the downstream entity
/// declares; without one it is inferred.
pub(crate) fn map_downstream(
    declared: Option<&PartitionMapping>,
    part: &Partitions,
    downstream: &Arc<PartitionsDefinition>,
    context: &Context,
) -> Result<Partitions> {
    let mapping = infer_mapping(declared, Some(downstream), Some(part.definition()));
    let of = Of { subset: part.members(), definition: part.definition() };
    let members = downstream_partitions(&mapping, of, downstream, context)?;
    Ok(Partitions::new(downstream, members))
}

/// Partitions upstream which the given ones depend on (none: an entity without partitions), and whether
/// all that are required exist.
pub(crate) fn map_upstream(
    declared: Option<&PartitionMapping>,
    part: Option<&Partitions>,
    upstream: &Arc<PartitionsDefinition>,
    context: &Context,
) -> Result<(Partitions, bool)> {
    let definition = part.map(|part| &**part.definition());
    let mapping = infer_mapping(declared, definition, Some(upstream));
    let of = part.map(|part| Of { subset: part.members(), definition: part.definition() });
    let mapped = upstream_partitions(&mapping, of, upstream, context)?;
    Ok((Partitions::new(upstream, mapped.existing), mapped.nonexistent.is_empty()))
}
