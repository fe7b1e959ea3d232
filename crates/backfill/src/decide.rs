//! One iteration of an asset backfill (`_execute_asset_backfill_iteration_inner`).

use std::collections::{BTreeMap, BTreeSet};

use rondel_model::ids::AssetKey;
use rondel_model::instigation::RunRequest;
use rondel_model::partition::PartitionKeyRange;
use rondel_model::serdes::{Map, Value};
use rondel_partitions::{Context, PartitionsSubset};

use crate::describe::describe;
use crate::eligible::Judge;
use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::progress::Progress;
use crate::requests::run_requests;
use crate::roots::roots;
use crate::subset::GraphSubset;
use crate::validity::with_current_definitions;
use crate::walk::{SelfDependencies, Unit, Verdict, Walk};

/// A materialization by a run of the backfill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Materialization {
    /// What was materialized.
    pub asset_key: AssetKey,
    /// Which partition of it.
    pub partition: Option<String>,
    /// The run.
    pub run_id: String,
}

/// A run of the backfill that failed or was canceled.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedRun {
    /// What it was to materialize and, as far as that is known, did not.
    pub assets: Vec<AssetKey>,
    /// The partition it had.
    pub partition: Option<String>,
    /// The range of partitions it had.
    pub range: Option<PartitionKeyRange>,
}

/// What an iteration starts from.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// The latest event there was before the others were read.
    pub latest_storage_id: i64,
    /// Since the last iteration, for targeted assets.
    pub materializations: Vec<Materialization>,
    /// All of the backfill's so far.
    pub failed_runs: Vec<FailedRun>,
}

/// What an iteration leads to.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Up to date with the observation; what is requested now is not in it.
    pub progress: Progress,
    /// Runs to submit.
    pub requests: Vec<RunRequest>,
    /// What was found, in order, for the backfill's log.
    pub log: Vec<String>,
}

/// The runs to request next. The context is as of the start of the backfill.
pub fn decide(
    progress: &Progress,
    observed: &Observation,
    run_config: Option<&Map<Value>>,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<Decision> {
    let mut progress = current(progress, graph, context)?;
    let mut log = Vec::new();
    let is_first = !progress.requested_roots;
    let candidates = if is_first {
        log.push(
            "Not all root assets (assets in backfill that do not have parents in the backill) have \
             been requested, finding root assets."
                .to_owned(),
        );
        let roots = roots(&progress.target, graph, context)?;
        log.push(format!(
            "Root assets that have not yet been requested:\n{}",
            describe(&roots, context)?
        ));
        progress.materialized = GraphSubset::default();
        progress.failed_and_downstream = GraphSubset::default();
        roots
    } else {
        let before = progress.materialized.clone();
        progress.materialized = materialized(&progress, observed, graph, context)?;
        let new = progress.materialized.difference(&before, context)?;
        log.push(if new.is_empty() {
            "No relevant assets materialized since last tick.".to_owned()
        } else {
            format!("Assets materialized since last tick:\n{}", describe(&new, context)?)
        });
        let failed = failed(&progress, observed, graph, context)?;
        let candidates = children_of(&progress, &failed, graph, context)?;
        progress.failed_and_downstream =
            failed_and_downstream(&failed, &progress.target, graph, context)?;
        candidates
    };
    progress.latest_storage_id = Some(observed.latest_storage_id);
    log.push(if candidates.is_empty() {
        "Candidate subset is empty.".to_owned()
    } else {
        format!("Considering the following candidate subset:\n{}", describe(&candidates, context)?)
    });
    let walk = Walk {
        graph,
        context,
        unit: Unit::ExecutionSet,
        // All that is targeted of such an asset is a candidate already.
        self_dependencies: SelfDependencies::Ignore,
        within: &progress.target,
    };
    let judge = Judge { graph, context, progress: &progress };
    let (requested, excluded) =
        walk.run(&candidates, |candidate, passed| judge.judge(candidate, passed))?;
    log.push(if requested.is_empty() {
        "No asset partitions to request.".to_owned()
    } else {
        format!("Asset partitions to request:\n{}", describe(&requested, context)?)
    });
    if !excluded.is_empty() {
        let reasons = excluded.iter().map(|exclusion| {
            Ok(format!("{}\nReason: {}", describe(&exclusion.subset, context)?, exclusion.reason))
        });
        log.push(format!(
            "The following assets were considered for materialization but not requested:\n\n{}",
            reasons.collect::<Result<Vec<String>>>()?.join("\n\n")
        ));
    }
    let mut requests = run_requests(&requested, graph, context)?;
    if let Some(config) = run_config {
        requests.iter_mut().for_each(|request| request.run_config.clone_from(config));
    }
    if is_first && requests.is_empty() {
        return Err(BackfillError::Check(
            "At least one run should be requested on first backfill iteration".into(),
        ));
    }
    progress.requested_roots = true;
    Ok(Decision { progress, requests, log })
}

/// The progress of a backfill whose runs are being canceled
/// (`get_canceling_asset_backfill_iteration_data`).
pub fn canceled_progress(
    progress: &Progress,
    observed: &Observation,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<Progress> {
    let mut progress = current(progress, graph, context)?;
    progress.materialized = materialized(&progress, observed, graph, context)?;
    let failed = failed(&progress, observed, graph, context)?;
    // A retry may have materialized what had failed.
    progress.failed_and_downstream = progress
        .failed_and_downstream
        .union(&failed, context)?
        .difference(&progress.materialized, context)?;
    Ok(progress)
}

fn current(progress: &Progress, graph: &BackfillGraph, context: &Context) -> Result<Progress> {
    let current = |subset| with_current_definitions(subset, graph, context);
    Ok(Progress {
        target: current(&progress.target)?,
        materialized: current(&progress.materialized)?,
        requested: current(&progress.requested)?,
        failed_and_downstream: current(&progress.failed_and_downstream)?,
        ..progress.clone()
    })
}

/// What runs of the backfill have materialized
/// (`get_asset_backfill_iteration_materialized_subset`).
pub fn materialized(
    progress: &Progress,
    observed: &Observation,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut materialized = progress.materialized.clone();
    let mut keys: BTreeMap<&AssetKey, Vec<&str>> = Default::default();
    for Materialization { asset_key, partition, run_id } in &observed.materializations {
        let name = asset_key.to_user_string();
        match (progress.target.get(asset_key), partition) {
            (None, _) => {}
            (Some(Part::Partitions(_)), Some(key)) => keys.entry(asset_key).or_default().push(key),
            (Some(Part::Whole(_)), None) => {
                materialized.add(asset_key, &Part::Whole(true), context)?;
            }
            (Some(Part::Partitions(_)), None) => {
                return Err(BackfillError::Failed(format!(
                    "Asset {name} is partitioned in the backfill target subset, but received an \
                     unpartitioned materialization from run {run_id}. All materializations for this \
                     asset in this backfill must be partitioned."
                )));
            }
            (Some(Part::Whole(_)), Some(key)) => {
                return Err(BackfillError::Failed(format!(
                    "Asset {name} is unpartitioned in the backfill target subset, but received a \
                     partitioned materialization (partition_key={key}) from run {run_id}. All \
                     materializations for this asset in this backfill must be unpartitioned."
                )));
            }
        }
    }
    for (key, partitions) in keys {
        if let Some(definition) = graph.partitions(key)? {
            let new = PartitionsSubset::of_keys(definition, &partitions, context)?;
            materialized.add(key, &Part::Partitions(new), context)?;
        }
    }
    Ok(materialized)
}

/// What failed runs were to materialize and no run has (`_get_failed_asset_graph_subset`).
pub fn failed(
    progress: &Progress,
    observed: &Observation,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut keys: BTreeMap<&AssetKey, Vec<&str>> = Default::default();
    let mut failed = GraphSubset::default();
    for FailedRun { assets, partition, range } in &observed.failed_runs {
        for key in assets {
            match (range, partition, graph.partitions(key)?) {
                (Some(range), _, Some(definition)) => {
                    let range = PartitionsSubset::of_range(definition, range, context)?;
                    failed.add(key, &Part::Partitions(range), context)?;
                }
                (_, Some(partition), Some(_)) => keys.entry(key).or_default().push(partition),
                (_, _, None) => failed.add(key, &Part::Whole(true), context)?,
                (None, None, Some(_)) => {}
            }
        }
    }
    for (key, partitions) in keys {
        if let Some(definition) = graph.partitions(key)? {
            let partitions = PartitionsSubset::of_keys(definition, &partitions, context)?;
            failed.add(key, &Part::Partitions(partitions), context)?;
        }
    }
    failed.difference(&progress.materialized, context)
}

/// What failed and the targeted partitions below it
/// (`_get_failed_and_downstream_asset_graph_subset`).
pub fn failed_and_downstream(
    failed: &GraphSubset,
    target: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let walk = Walk {
        graph,
        context,
        unit: Unit::Asset,
        self_dependencies: SelfDependencies::Follow,
        within: target,
    };
    let (found, _) = walk.run(failed, |candidate, _| {
        let passed = candidate.intersection(target, context)?;
        Ok(Verdict { passed, excluded: Vec::new() })
    })?;
    Ok(found)
}

/// The targeted partitions, not requested yet, of children of what was materialized or failed.
fn children_of(
    progress: &Progress,
    failed: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let mut children = BTreeSet::new();
    for key in progress.materialized.keys().chain(failed.keys()) {
        children.extend(graph.node(key)?.children());
    }
    progress.target.filter(|key| children.contains(key)).difference(&progress.requested, context)
}
