//! The mapping that holds where user code gives none (`infer_partition_mapping`).

use std::borrow::Cow;

use rondel_model::partition::{
    AllPartitionMapping, IdentityPartitionMapping, MultiToSingleDimensionPartitionMapping,
    PartitionMapping, TimeWindowPartitionMapping,
};

use super::multi::Dimension;
use crate::definition::PartitionsDefinition;

/// The declared mapping, or what Dagster infers from the definitions of both sides.
pub fn infer_mapping<'m>(
    declared: Option<&'m PartitionMapping>,
    downstream: Option<&PartitionsDefinition>,
    upstream: Option<&PartitionsDefinition>,
) -> Cow<'m, PartitionMapping> {
    use PartitionsDefinition::TimeWindow;
    Cow::Owned(match (declared, upstream, downstream) {
        (Some(declared), ..) => return Cow::Borrowed(declared),
        (None, Some(upstream), Some(downstream)) => {
            if single_dimension(upstream, downstream).is_ok() {
                let any = MultiToSingleDimensionPartitionMapping::default();
                PartitionMapping::MultiToSingleDimension(any)
            } else if matches!((upstream, downstream), (TimeWindow(_), TimeWindow(_))) {
                PartitionMapping::TimeWindow(TimeWindowPartitionMapping::default())
            } else {
                PartitionMapping::Identity(IdentityPartitionMapping::default())
            }
        }
        _ => PartitionMapping::All(AllPartitionMapping::default()),
    })
}

/// The dimension of a product that corresponds to the other side, or why there is none
/// (`get_infer_single_to_multi_dimension_deps_result`).
pub(super) fn single_dimension(
    upstream: &PartitionsDefinition,
    downstream: &PartitionsDefinition,
) -> Result<Dimension<'static>, String> {
    use PartitionsDefinition::{Multi, TimeWindow};
    let (multi, single, is_upstream) = match (upstream, downstream) {
        (Multi(_), Multi(_)) => return Err(needs_one_product(2)),
        (Multi(multi), single) => (multi, single, true),
        (single, Multi(multi)) => (multi, single, false),
        _ => return Err(needs_one_product(0)),
    };
    let named = |name: &str, mapping: PartitionMapping| {
        let name = Some(name.to_owned());
        let (upstream, downstream) = if is_upstream { (name, None) } else { (None, name) };
        Dimension { mapping: Cow::Owned(mapping), upstream, downstream }
    };
    let equal: Vec<&str> = multi
        .dimensions()
        .iter()
        .filter(|(_, inner)| inner == single)
        .map(|(name, _)| name.as_str())
        .collect();
    match (equal.as_slice(), multi.time_dimension(), single) {
        ([name], ..) => {
            Ok(named(name, PartitionMapping::Identity(IdentityPartitionMapping::default())))
        }
        ([_, ..], ..) => {
            Err("partition dimension name must be specified when multiple dimensions of the \
             MultiPartitionsDefinition match the single dimension partitions def"
                .into())
        }
        ([], Some((name, _)), TimeWindow(_)) => {
            Ok(named(name, PartitionMapping::TimeWindow(TimeWindowPartitionMapping::default())))
        }
        _ => Err(
            "MultiToSingleDimensionPartitionMapping needs the single definition to be a dimension \
             of the product, or both to have one time dimension"
                .into(),
        ),
    }
}

fn needs_one_product(found: u8) -> String {
    format!(
        "MultiToSingleDimensionPartitionMapping needs a product on exactly one side, got {found} \
         multi-partitioned assets"
    )
}
