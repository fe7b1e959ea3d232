//! Runs for parts of assets: assets with the same partitions share runs, as their backfill policies say
//! (`build_run_requests_with_backfill_policies`).

use std::collections::BTreeMap;

use rondel_asset_graph::graph::CheckNode;
use rondel_model::automation::BackfillPolicy;
use rondel_model::ids::{AssetCheckKey, AssetKey, RepositorySelector};
use rondel_model::instigation::RunRequest;
use rondel_model::partition::PartitionKeyRange;
use rondel_model::run::tags::{ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG};
use rondel_model::serdes::Map;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};

use crate::error::Result;
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::subset::GraphSubset;

/// Assets of one repository with the same partitions and the same policy.
struct Group<'a> {
    partitions: Option<(&'a PartitionsDefinition, PartitionsSubset)>,
    policy: Option<&'a BackfillPolicy>,
    repository: &'a RepositorySelector,
    assets: Vec<AssetKey>,
}

/// The runs that materialize the parts.
pub fn run_requests(
    parts: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<Vec<RunRequest>> {
    let mut requests = Vec::new();
    for group in groups(parts, graph, context)? {
        match (&group.partitions, group.policy) {
            (None, _) => requests.push(RunRequest {
                asset_selection: Some(group.assets.clone()),
                asset_check_keys: Some(all_checks(graph, &group.assets)),
                ..RunRequest::default()
            }),
            (Some((definition, subset)), None) => {
                requests.extend(by_partition(&group, definition, subset, graph, context)?);
            }
            (Some((definition, subset)), Some(policy)) => {
                requests.extend(by_range(&group, definition, subset, policy, graph, context)?);
            }
        }
    }
    Ok(requests)
}

/// What run requests materialize (`_get_requested_asset_graph_subset_from_run_requests`).
///
/// The requests of a group name the same assets, partition by partition: what they are of is worked out once
/// for the group and not for each of its assets.
pub fn requested_by(
    requests: &[RunRequest],
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut requested = GraphSubset::default();
    let mut alike: Vec<Alike<'_>> = Vec::new();
    for request in requests {
        let tag = |name: &str| request.tags.get(name).filter(|value| !value.is_empty());
        let range = tag(ASSET_PARTITION_RANGE_START_TAG).zip(tag(ASSET_PARTITION_RANGE_END_TAG));
        let assets = request.asset_selection.as_deref().unwrap_or_default();
        if let (None, Some(partition)) = (range, &request.partition_key) {
            match alike.last_mut().filter(|last| last.assets == assets) {
                Some(last) => last.partitions.push(partition),
                None => alike.push(Alike { assets, partitions: vec![partition] }),
            }
            continue;
        }
        for key in assets {
            match (graph.partitions(key)?, range) {
                (Some(definition), Some((start, end))) => {
                    let range = PartitionKeyRange {
                        start: start.clone(),
                        end: end.clone(),
                        ..PartitionKeyRange::default()
                    };
                    let subset = PartitionsSubset::of_range(definition, &range, context)?;
                    requested.add(key, &Part::Partitions(subset), context)?;
                }
                (None, _) => requested.add(key, &Part::Whole(true), context)?,
                (Some(_), None) => {}
            }
        }
    }
    let mut by_asset: BTreeMap<&AssetKey, Vec<usize>> = BTreeMap::new();
    for (place, group) in alike.iter().enumerate() {
        for key in group.assets {
            by_asset.entry(key).or_default().push(place);
        }
    }
    let mut known: Vec<(Vec<usize>, &PartitionsDefinition, PartitionsSubset)> = Vec::new();
    for (key, places) in by_asset {
        let Some(definition) = graph.partitions(key)? else {
            requested.add(key, &Part::Whole(true), context)?;
            continue;
        };
        let same = known.iter().find(|(of, by, _)| *of == places && *by == definition);
        let subset = match same {
            Some((_, _, subset)) => subset.clone(),
            None => {
                let keys = places.iter().flat_map(|&place| &alike[place].partitions);
                let keys: Vec<&str> = keys.copied().collect();
                let subset = PartitionsSubset::of_keys(definition, &keys, context)?;
                known.push((places, definition, subset.clone()));
                subset
            }
        };
        requested.add(key, &Part::Partitions(subset), context)?;
    }
    Ok(requested)
}

/// Requests one after the other for the same assets.
struct Alike<'a> {
    assets: &'a [AssetKey],
    partitions: Vec<&'a str>,
}

fn groups<'a>(
    parts: &GraphSubset,
    graph: &'a BackfillGraph,
    context: &Context,
) -> Result<Vec<Group<'a>>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (key, part) in parts.parts() {
        let partitions = match (part, graph.partitions(key)?) {
            (Part::Partitions(subset), Some(definition)) => {
                let mut subset = subset.spelled_out(context)?;
                if matches!(definition, PartitionsDefinition::TimeWindow(windows)
                    if !windows.exclusions().is_empty())
                {
                    // The same windows can be held as different intervals, with or without excluded time.
                    let keys = subset.keys(context)?;
                    subset = PartitionsSubset::of_keys(definition, &keys, context)?;
                }
                Some((definition, subset))
            }
            _ => None,
        };
        let policy = graph.backfill_policy(key)?;
        let repository = graph.node(key)?.repository();
        let like = groups.iter_mut().find(|group| {
            group.policy == policy
                && group.repository == repository
                && group.partitions == partitions
        });
        match like {
            Some(group) => group.assets.push(key.clone()),
            None => {
                groups.push(Group { partitions, policy, repository, assets: vec![key.clone()] })
            }
        }
    }
    Ok(groups)
}

/// A run for each partition, sorted by key.
fn by_partition(
    group: &Group<'_>,
    definition: &PartitionsDefinition,
    subset: &PartitionsSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<Vec<RunRequest>> {
    let mut keys = subset.keys(context)?;
    keys.sort_unstable();
    let checks = checks_riding_along(graph, group);
    keys.into_iter()
        .map(|key| {
            Ok(RunRequest {
                asset_selection: Some(group.assets.clone()),
                asset_check_keys: checks.clone(),
                tags: ordered_tags(definition.tags_of_key(&key)?),
                partition_key: Some(key),
                ..RunRequest::default()
            })
        })
        .collect()
}

/// A run for each range of partitions, or several with no more partitions than allowed.
fn by_range(
    group: &Group<'_>,
    definition: &PartitionsDefinition,
    subset: &PartitionsSubset,
    policy: &BackfillPolicy,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<Vec<RunRequest>> {
    let mut ranges = subset.key_ranges(definition, context)?;
    if let Some(limit) = policy.max_partitions_per_run {
        let limit = usize::try_from(limit).unwrap_or(1).max(1);
        let mut chunks = Vec::new();
        for range in &ranges {
            chunks.extend(definition.ranges_of_at_most(limit, range, context)?);
        }
        ranges = chunks;
    }
    let checks = all_checks(graph, &group.assets);
    let requests = ranges.into_iter().map(|range| RunRequest {
        asset_selection: Some(group.assets.clone()),
        asset_check_keys: Some(checks.clone()),
        tags: [
            (ASSET_PARTITION_RANGE_START_TAG.to_owned(), range.start),
            (ASSET_PARTITION_RANGE_END_TAG.to_owned(), range.end),
        ]
        .into_iter()
        .collect(),
        ..RunRequest::default()
    });
    Ok(requests.collect())
}

fn ordered_tags(tags: BTreeMap<String, String>) -> Map<String> {
    tags.into_iter().collect()
}

fn checks_of<'g>(
    graph: &'g BackfillGraph,
    assets: &[AssetKey],
) -> impl Iterator<Item = &'g CheckNode> {
    assets.iter().flat_map(|key| graph.assets().checks_for(key)).collect::<Vec<_>>().into_iter()
}

/// Every check on the assets.
fn all_checks(graph: &BackfillGraph, assets: &[AssetKey]) -> Vec<AssetCheckKey> {
    checks_of(graph, assets).map(|check| check.key.clone()).collect()
}

/// The checks executed with the assets; none given means all of them. Checks with a condition of their own
/// are executed when that says so.
fn checks_riding_along(graph: &BackfillGraph, group: &Group<'_>) -> Option<Vec<AssetCheckKey>> {
    let has_condition = |check: &CheckNode| check.snap().automation_condition.is_some();
    if !checks_of(graph, &group.assets).any(has_condition) {
        return None;
    }
    let with_assets = checks_of(graph, &group.assets)
        .filter(|check| !has_condition(check) && *check.repository == *group.repository);
    Some(with_assets.map(|check| check.key.clone()).collect())
}
