//! Where a backfill begins: the targeted partitions that depend on no other targeted ones
//! (`get_target_root_asset_graph_subset`).

use std::collections::{BTreeMap, BTreeSet};

use rondel_asset_graph::graph::Direction;
use rondel_model::ids::AssetKey;
use rondel_partitions::{Context, Of, PartitionsSubset, downstream_partitions};

use crate::describe::describe;
use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::subset::GraphSubset;

/// The roots of the targeted parts.
pub(crate) fn roots(
    target: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut first = BTreeSet::new();
    for key in target.keys() {
        let mut parents = graph.node(key)?.parents().iter();
        if parents.all(|parent| parent == key || !target.contains(parent)) {
            first.insert(key);
        }
    }
    let mut roots = target.filter(|key| first.contains(key));
    let mut reached = with_downstream(&roots, target, graph, context)?;
    while reached != *target {
        // Mappings may leave out partitions of the first roots' children: then these begin on their own.
        let unreached = target.difference(&reached, context)?;
        let sources = sources(&unreached, graph);
        let more = unreached.filter(|key| sources.contains(key));
        roots.add_all(&more, context)?;
        let before = reached.clone();
        reached.add_all(&with_downstream(&more, target, graph, context)?, context)?;
        if reached == before {
            let unreached = describe(&target.difference(&reached, context)?, context)?;
            return Err(BackfillError::Invariant(format!(
                "Unable to determine root partitions for backfill. The following asset partitions are \
                 not targeted: \n\n{unreached} \n\n This is likely a system error."
            )));
        }
    }
    Ok(roots)
}

/// The assets of a subset that have no ancestor in it.
fn sources(subset: &GraphSubset, graph: &BackfillGraph) -> BTreeSet<AssetKey> {
    let assets = graph.assets();
    let mut members = assets.no_nodes();
    subset.keys().filter_map(|key| assets.index_of(key)).for_each(|index| members.insert(index));
    let ends = assets.ends_within(&members, Direction::Upstream);
    ends.iter().map(|index| assets.node(index).key.clone()).collect()
}

fn with_downstream(
    subset: &GraphSubset,
    target: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut found = subset.clone();
    for (key, part) in subset.parts() {
        let below = downstream(key, part, &|key| target.contains(key), graph, context)?;
        found.add_all(&below.intersection(target, context)?, context)?;
    }
    Ok(found)
}

/// A part of an asset and what depends on it, through assets for which `holds`
/// (`BaseAssetGraph.bfs_filter_subsets`).
pub(crate) fn downstream(
    key: &AssetKey,
    part: &Part,
    holds: &dyn Fn(&AssetKey) -> bool,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    // Parents first. Dagster takes assets in the order it comes upon them, which loses what a later
    // parent adds to an asset taken before it.
    let mut queue = BTreeSet::from([(graph.level(key), key.clone())]);
    let mut seen = BTreeSet::from([key.clone()]);
    let mut parts: BTreeMap<AssetKey, Part> = BTreeMap::from([(key.clone(), part.clone())]);
    let mut found = GraphSubset::default();
    while let Some((_, key)) = queue.pop_first() {
        let part = match parts.get(&key) {
            Some(part) => part.clone(),
            None => Part::Whole(true),
        };
        if !holds(&key) {
            continue;
        }
        found.add(&key, &part, context)?;
        for child in graph.node(&key)?.children() {
            // Assets that do not hold lead nowhere.
            if !holds(child) {
                continue;
            }
            match (&part, graph.partitions(&key)?, graph.partitions(child)?) {
                (_, _, None) => {
                    parts.insert(child.clone(), Part::Whole(true));
                }
                (Part::Partitions(subset), Some(definition), Some(below)) => {
                    let mapping = graph.mapping(child, &key)?;
                    let from = Of { subset, definition };
                    let mapped = downstream_partitions(&mapping, from, below, context)?;
                    let mapped = Part::Partitions(mapped);
                    let mapped = match parts.get(child) {
                        Some(prior) if !prior.is_empty() => mapped.union(prior, context)?,
                        _ => mapped,
                    };
                    parts.insert(child.clone(), mapped);
                }
                (_, _, Some(below)) => {
                    let all = PartitionsSubset::all(below, context)?;
                    parts.insert(child.clone(), Part::Partitions(all));
                }
            }
            if seen.insert(child.clone()) {
                queue.insert((graph.level(child), child.clone()));
            }
        }
    }
    Ok(found)
}
