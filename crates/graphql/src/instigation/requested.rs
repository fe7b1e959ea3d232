//! What a successful tick requested, by asset and by job (`InstigatorTick.requested_*`).

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
use rondel_model::{
    ids::AssetKey,
    instigation::{RunRequest, TickData, TickStatus},
    partition::AssetGraphSubset,
};

use crate::partitions::subset_keys;

fn requests(tick: &TickData) -> &[RunRequest] {
    match tick.status {
        TickStatus::Success => tick.run_requests.as_deref().unwrap_or_default(),
        _ => &[],
    }
}

/// The assets requested, each with its partitions (and, as in Dagster, the names of checks on it).
pub(super) fn assets(tick: &TickData) -> IndexMap<&AssetKey, IndexSet<String>> {
    let mut requested: IndexMap<&AssetKey, IndexSet<String>> = IndexMap::new();
    for request in requests(tick) {
        if let Some(subset) = &request.asset_graph_subset {
            for (key, partitions) in subset.partitions_subsets_by_asset_key.iter() {
                requested.entry(key).or_default().extend(subset_keys(partitions));
            }
            for key in subset.non_partitioned_asset_keys.iter() {
                requested.entry(key).or_default();
            }
            continue;
        }
        for key in request.asset_selection.iter().flatten() {
            requested.entry(key).or_default().extend(partition(request).map(str::to_owned));
        }
        for check in request.asset_check_keys.iter().flatten() {
            requested.entry(&check.asset_key).or_default().insert(check.name.clone());
        }
    }
    requested
}

/// How many asset partitions and checks were requested.
pub(super) fn materialization_count(tick: &TickData) -> usize {
    let mut single: BTreeSet<(&AssetKey, Option<&str>)> = BTreeSet::new();
    let mut checks = 0;
    let mut in_subsets = 0;
    for request in requests(tick) {
        if let Some(subset) = &request.asset_graph_subset {
            in_subsets += subset_size(subset);
            continue;
        }
        single
            .extend(request.asset_selection.iter().flatten().map(|key| (key, partition(request))));
        checks += request.asset_check_keys.iter().flatten().count();
    }
    single.len() + in_subsets + checks
}

/// Runs of whole jobs that were requested: job and partition.
pub(super) fn job_runs(tick: &TickData) -> impl Iterator<Item = (&str, Option<&str>)> {
    requests(tick).iter().filter_map(|request| {
        let names_assets = request.asset_selection.as_ref().is_some_and(|keys| !keys.is_empty());
        let job = request.job_name.as_deref().filter(|_| !names_assets)?;
        Some((job, partition(request)))
    })
}

fn partition(request: &RunRequest) -> Option<&str> {
    request
        .partition_key
        .as_deref()
        .or_else(|| {
            request.tags.get(rondel_model::run::tags::PARTITION_NAME_TAG).map(String::as_str)
        })
        .filter(|key| !key.is_empty())
}

fn subset_size(subset: &AssetGraphSubset) -> usize {
    let partitioned = subset.partitions_subsets_by_asset_key.iter();
    let partitions: usize =
        partitioned.map(|(_, partitions)| crate::partitions::subset_size(partitions)).sum();
    partitions + subset.non_partitioned_asset_keys.iter().count()
}
