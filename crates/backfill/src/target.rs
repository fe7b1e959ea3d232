//! What a new backfill is to materialize.

use std::collections::BTreeSet;

use rondel_asset_graph::graph::Direction;
use rondel_model::ids::AssetKey;
use rondel_model::partition::PartitionKeyRange;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};

use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::roots;
use crate::subset::GraphSubset;

/// Which partitions of the selected assets.
#[derive(Debug, Clone, Copy)]
pub enum Selected<'a> {
    /// All there are.
    All,
    /// These of the most upstream partitioned assets, and what depends on them.
    Keys(&'a [String]),
}

/// The target of a backfill of some assets (`AssetBackfillData.from_asset_partitions`).
pub fn target_of_keys(
    assets: &[AssetKey],
    selected: Selected<'_>,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut partitioned = BTreeSet::new();
    let mut target = GraphSubset::default();
    for key in assets {
        match (graph.partitions(key)?, selected) {
            (None, _) => target.add(key, &Part::Whole(true), context)?,
            (Some(definition), Selected::All) => {
                let all = PartitionsSubset::all(definition, context)?;
                target.add(key, &Part::Partitions(all), context)?;
            }
            (Some(_), Selected::Keys(_)) => {
                partitioned.insert(key.clone());
            }
        }
    }
    let Selected::Keys(keys) = selected else { return Ok(target) };
    let (roots, definition) = partitioned_roots(&partitioned, graph)?;
    let subset = PartitionsSubset::of_keys(definition, keys, context)?;
    let part = Part::Partitions(subset);
    for root in &roots {
        let holds = |key: &AssetKey| partitioned.contains(key);
        target.add_all(&roots::downstream(root, &part, &holds, graph, context)?, context)?;
    }
    Ok(target)
}

/// The most upstream of the assets, and the definition all of them must have.
fn partitioned_roots<'g>(
    partitioned: &BTreeSet<AssetKey>,
    graph: &'g BackfillGraph,
) -> Result<(Vec<AssetKey>, &'g PartitionsDefinition)> {
    let assets = graph.assets();
    let mut members = assets.no_nodes();
    partitioned.iter().filter_map(|key| assets.index_of(key)).for_each(|at| members.insert(at));
    let ends = assets.ends_within(&members, Direction::Upstream);
    let roots: Vec<AssetKey> = ends.iter().map(|at| assets.node(at).key.clone()).collect();
    let mut definition = None;
    for root in &roots {
        let of_root = graph.partitions(root)?;
        if definition.is_some() && definition != of_root {
            return Err(BackfillError::Failed(
                "All the assets at the root of the backfill must have the same PartitionsDefinition"
                    .into(),
            ));
        }
        definition = of_root;
    }
    let definition = definition.ok_or_else(|| {
        BackfillError::Failed(
            "If assets within the backfill have different partitionings, then root assets must be \
             partitioned"
                .into(),
        )
    })?;
    Ok((roots, definition))
}

/// The target of a backfill that names ranges of partitions asset by asset; an asset without ranges is
/// targeted whole (`AssetBackfillData.from_partitions_by_assets`).
pub fn target_of_ranges(
    selected: &[(AssetKey, Option<Vec<PartitionKeyRange>>)],
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let parts = selected.iter().map(|(key, ranges)| {
        let part = match (graph.partitions(key)?, ranges) {
            (None, _) => Part::Whole(true),
            (Some(definition), None) => {
                Part::Partitions(PartitionsSubset::all(definition, context)?)
            }
            (Some(definition), Some(ranges)) => {
                let mut subset = PartitionsSubset::empty(definition);
                for range in ranges {
                    let range = PartitionsSubset::of_range(definition, range, context)?;
                    subset = subset.union(&range, context)?;
                }
                Part::Partitions(subset)
            }
        };
        Ok((key.clone(), part))
    });
    parts.collect()
}
