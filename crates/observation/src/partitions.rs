//! Partitions of assets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rondel_automation::{AutomationGraph, Needs, Observation, Since};
use rondel_model::event::DagsterEventType;
use rondel_model::ids::AssetKey;
use rondel_model::run::RunStatus;
use rondel_storage::{AssetEventsQuery, Order, PartitionEvents, Storage};

use crate::assets::was_updated;
use crate::error::Result;
use crate::runs::WantedRuns;

/// Times of more updated partitions are not looked up, as in Dagster.
const MAX_TIMED_PARTITIONS: usize = 100;

pub(crate) async fn observe(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &mut Observation,
    wanted: &mut WantedRuns,
) -> Result<()> {
    observe_status(storage, needs, observed).await?;
    observe_latest(storage, graph, needs, observed, wanted).await?;
    observe_data_versions(storage, graph, needs, observed).await
}

/// Which partitions are materialized, failed or in progress.
async fn observe_status(
    storage: &Storage,
    needs: &Needs,
    observed: &mut Observation,
) -> Result<()> {
    let keys: Vec<AssetKey> = needs.partition_status.iter().cloned().collect();
    if keys.is_empty() {
        return Ok(());
    }
    let all = PartitionEvents::default();
    for (key, partitions) in storage.assets().get_materialized_partitions(&keys, &all).await? {
        observed.assets.entry(key).or_default().materialized_partitions = partitions;
    }
    // Only assets for which something was ever planned can have partitions in between.
    let planned = storage.assets().latest_planned_materializations(&keys, None).await?;
    let mut unfinished = HashMap::new();
    for key in planned.keys() {
        let partitions = storage.assets().unfinished_partitions(key, None).await?;
        unfinished.insert(key.clone(), partitions);
    }
    let runs: BTreeSet<String> =
        unfinished.values().flat_map(|it| it.values()).map(|(run, _)| run.clone()).collect();
    let runs: Vec<String> = runs.into_iter().collect();
    let statuses = storage.runs().get_statuses(&runs).await?;
    for (key, partitions) in unfinished {
        let facts = observed.assets.entry(key).or_default();
        for (partition, (run, _)) in partitions {
            match statuses.get(&run) {
                Some(RunStatus::Failure) => {
                    facts.failed_partitions.insert(partition);
                }
                Some(status) if !status.is_finished() => {
                    facts.partitions_in_progress.insert(partition);
                }
                // Finished otherwise, or deleted.
                _ => {}
            }
        }
    }
    Ok(())
}

/// Latest events by partition, of assets updated since.
async fn observe_latest(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &mut Observation,
    wanted: &mut WantedRuns,
) -> Result<()> {
    for (key, since) in &needs.latest_by_partition {
        let after = match since {
            Since::Always => None,
            Since::Event(id) => Some(*id),
        };
        if !was_updated(observed, key, after.unwrap_or(0)) {
            continue;
        }
        let observable = graph.assets().get(key).is_some_and(|node| node.is_observable());
        let event_type = if observable {
            DagsterEventType::AssetObservation
        } else {
            DagsterEventType::AssetMaterialization
        };
        let events = PartitionEvents { after, ..PartitionEvents::default() };
        let latest =
            storage.assets().latest_storage_id_by_partition(key, event_type, &events).await?;
        let latest: BTreeMap<String, i64> = latest.into_iter().collect();
        let (mut times, mut runs) = (HashMap::new(), HashMap::new());
        if !latest.is_empty() && latest.len() <= MAX_TIMED_PARTITIONS {
            let query = AssetEventsQuery {
                event_type: DagsterEventType::AssetMaterialization,
                asset_key: Some(key.clone()),
                run_id: None,
                storage_ids: Some(latest.values().copied().collect()),
                after_storage_id: None,
                before_storage_id: None,
                limit: None,
                order: Order::Ascending,
            };
            let summaries = storage.assets().get_event_summaries(&query).await?;
            times.extend(summaries.iter().map(|event| (event.storage_id, event.timestamp)));
            if needs.planned_with.contains(key) {
                runs.extend(
                    summaries.into_iter().filter_map(|it| Some((it.storage_id, it.run_id?))),
                );
            }
        }
        runs.values().for_each(|run: &String| wanted.add(run));
        let facts = observed.assets.entry(key.clone()).or_default();
        facts.latest_by_partition = latest;
        facts.event_timestamps = times;
        facts.event_runs = runs;
    }
    Ok(())
}

/// Partitions with a new data version, among those updated since.
async fn observe_data_versions(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &mut Observation,
) -> Result<()> {
    for (key, cursor) in &needs.data_versions {
        if graph.partitions(&key.clone().into())?.is_none() {
            continue;
        }
        let facts = observed.assets.entry(key.clone()).or_default();
        let updated = facts.latest_by_partition.iter().filter(|(_, id)| *id > cursor);
        let updated: Vec<String> = updated.map(|(partition, _)| partition.clone()).collect();
        if updated.is_empty() {
            continue;
        }
        let changed =
            storage.assets().partitions_with_new_data_version(key, &updated, *cursor).await?;
        facts.new_data_versions.insert(*cursor, changed);
    }
    Ok(())
}
