//! Partitions of assets.

use std::collections::{BTreeMap, HashMap};

use rondel_automation::{AutomationGraph, Needs, Observation, Since};
use rondel_model::event::DagsterEventType;
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
    observe_latest(storage, graph, needs, observed, wanted).await?;
    observe_data_versions(storage, graph, needs, observed).await
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
