//! Partitions of assets.

use std::collections::{BTreeMap, HashMap};

use rondel_automation::{AutomationGraph, Needs, Observation, Since};
use rondel_model::event::DagsterEventType;
use rondel_storage::{AssetEventsQuery, Order, PartitionEvents, Storage};

use crate::assets::{is_observable, was_updated};
use crate::error::Result;
use crate::runs::WantedRuns;

/// Events per statement.
const BATCH: usize = 1_000;

const MATERIALIZATION: DagsterEventType = DagsterEventType::AssetMaterialization;

/// Times of more updated partitions are not looked up, as in Dagster.
const MAX_TIMED_PARTITIONS: usize = 100;

/// Latest events by partition, of assets updated since.
pub(crate) async fn observe(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    until: Option<i64>,
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
        let observable = is_observable(graph, key);
        let event_type = if observable {
            DagsterEventType::AssetObservation
        } else {
            DagsterEventType::AssetMaterialization
        };
        let before = until.map(|until| until + 1);
        let events = PartitionEvents { after, before, ..PartitionEvents::default() };
        let latest =
            storage.assets().latest_storage_id_by_partition(key, event_type, &events).await?;
        let latest: BTreeMap<String, i64> = latest.into_iter().collect();
        let (mut times, mut runs) = (HashMap::new(), HashMap::new());
        let is_timed = latest.len() <= MAX_TIMED_PARTITIONS;
        let asks_runs = needs.planned_with.contains(key);
        let ids: Vec<i64> = match is_timed || asks_runs {
            true => latest.values().copied().collect(),
            false => Vec::new(),
        };
        for ids in ids.chunks(BATCH) {
            let query = AssetEventsQuery {
                event_type: if asks_runs { event_type } else { MATERIALIZATION },
                asset_key: Some(key.clone()),
                run_id: None,
                storage_ids: Some(ids.to_vec()),
                after_storage_id: None,
                before_storage_id: None,
                limit: None,
                order: Order::Ascending,
            };
            for event in storage.assets().get_event_summaries(&query).await? {
                if is_timed && query.event_type == MATERIALIZATION {
                    times.insert(event.storage_id, event.timestamp);
                }
                if let Some(run_id) = event.run_id.filter(|_| asks_runs) {
                    runs.insert(event.storage_id, run_id);
                }
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
