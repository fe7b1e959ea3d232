//! Latest events of assets.

use std::collections::{BTreeSet, HashMap};

use rondel_automation::{
    AutomationGraph, LatestEvent, Needs, Observation, Planned, Update, latest_tick,
};
use rondel_model::event::{AssetRecordsFilter, DagsterEventType, EventRecord};
use rondel_model::ids::AssetKey;
use rondel_model::run::RunStatus;
use rondel_storage::{AssetEventsQuery, Order, Storage};

use crate::error::Result;
use crate::runs::WantedRuns;
use crate::status::Row;
use crate::versions::Versions;

pub(crate) async fn observe(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &mut Observation,
    wanted: &mut WantedRuns,
) -> Result<HashMap<AssetKey, Row>> {
    let mut rows = HashMap::new();
    let keys: Vec<AssetKey> = needs.events.union(&needs.partition_status).cloned().collect();
    if !keys.is_empty() {
        for record in storage.assets().get_asset_records(Some(&keys)).await? {
            let latest = record.last_materialization.as_ref().map(latest_event);
            if needs.partition_status.contains(&record.asset_key) {
                let materialized = latest.as_ref().map_or(0, |latest| latest.storage_id);
                let row = Row { materialized, cached: record.cached_status };
                rows.insert(record.asset_key.clone(), row);
            }
            let asks = needs.latest_runs.contains(&record.asset_key)
                || needs.planned_with.contains(&record.asset_key);
            if let Some(latest) = latest.as_ref().filter(|_| asks) {
                wanted.add(&latest.run_id);
            }
            observed.assets.entry(record.asset_key).or_default().materialization = latest;
        }
    }
    let observable: Vec<AssetKey> =
        keys.iter().filter(|key| is_observable(graph, key)).cloned().collect();
    if !observable.is_empty() {
        let events = storage.assets();
        let events = events.latest_events(&observable, DagsterEventType::AssetObservation).await?;
        for (key, event) in events {
            if needs.planned_with.contains(&key) {
                wanted.add(event.entry.run_id.as_str());
            }
            observed.assets.entry(key).or_default().observation = Some(latest_event(&event));
        }
    }
    let planned: Vec<AssetKey> = needs.planned.iter().cloned().collect();
    if !planned.is_empty() {
        let found = storage.assets().latest_planned_materializations(&planned, None).await?;
        for (key, plan) in found {
            wanted.add(&plan.run_id);
            let plan = Planned { storage_id: plan.storage_id, run_id: plan.run_id };
            observed.assets.entry(key).or_default().planned = Some(plan);
        }
    }
    let fresh: Vec<AssetKey> = needs.freshness.iter().cloned().collect();
    if !fresh.is_empty() {
        for (key, record) in storage.assets().get_freshness_states(&fresh).await? {
            observed.assets.entry(key).or_default().freshness = Some(record.state);
        }
    }
    observe_updates(storage, needs, observed, wanted).await?;
    observe_first_after(storage, graph, needs, observed).await?;
    Ok(rows)
}

pub(crate) fn is_observable(graph: &AutomationGraph, key: &AssetKey) -> bool {
    graph.assets().get(key).is_some_and(|node| node.is_observable())
}

pub(crate) fn latest_event(record: &EventRecord) -> LatestEvent {
    let event = record.entry.dagster_event.as_ref();
    LatestEvent {
        storage_id: record.storage_id,
        timestamp: record.entry.timestamp,
        run_id: record.entry.run_id.as_str().to_owned(),
        partition: event.and_then(|event| event.partition()).map(str::to_owned),
        data_version: Versions::recorded(&record.entry),
    }
}

/// The latest event of an asset, of whatever type counts for it.
pub(crate) fn latest_id(observed: &Observation, key: &AssetKey) -> i64 {
    let facts = observed.assets.get(key);
    let events = facts.into_iter().flat_map(|it| [&it.materialization, &it.observation]);
    events.flatten().map(|event| event.storage_id).max().unwrap_or(0)
}

pub(crate) fn was_updated(observed: &Observation, key: &AssetKey, after: i64) -> bool {
    latest_id(observed, key) > after
}

/// Materializations since the last tick, of assets that have any.
async fn observe_updates(
    storage: &Storage,
    needs: &Needs,
    observed: &mut Observation,
    wanted: &mut WantedRuns,
) -> Result<()> {
    for (key, after) in &needs.updates {
        if !was_updated(observed, key, *after) {
            continue;
        }
        let query = AssetEventsQuery {
            event_type: DagsterEventType::AssetMaterialization,
            asset_key: Some(key.clone()),
            run_id: None,
            storage_ids: None,
            after_storage_id: Some(*after),
            before_storage_id: None,
            limit: None,
            order: Order::Ascending,
        };
        let mut updates = Vec::new();
        for summary in storage.assets().get_event_summaries(&query).await? {
            wanted.add(summary.run_id.as_deref().unwrap_or_default());
            updates.push(Update {
                storage_id: summary.storage_id,
                partition: summary.partition,
                run_id: summary.run_id,
            });
        }
        observed.assets.entry(key.clone()).or_default().updates = updates;
    }
    Ok(())
}

/// The first events after the latest ticks of cron schedules, of assets that have any.
async fn observe_first_after(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &mut Observation,
) -> Result<()> {
    let time = observed.time();
    for (key, schedule, timezone) in &needs.first_after {
        let tick = latest_tick(schedule, timezone, time)?;
        let (observable, facts) = (is_observable(graph, key), observed.assets.get(key));
        let latest = match observable {
            true => facts.and_then(|facts| facts.observation.as_ref()),
            false => facts.and_then(|facts| facts.materialization.as_ref()),
        };
        if latest.is_none_or(|latest| latest.timestamp <= tick as f64) {
            continue;
        }
        let event_type = match observable {
            true => DagsterEventType::AssetObservation,
            false => DagsterEventType::AssetMaterialization,
        };
        let filter = AssetRecordsFilter {
            asset_key: key.clone(),
            after_timestamp: Some(tick as f64),
            ..AssetRecordsFilter::default()
        };
        let page = storage.events();
        let page = page.fetch_asset_records(event_type, &filter, 1, None, Order::Ascending).await?;
        if let Some(first) = page.results.first() {
            let facts = observed.assets.entry(key.clone()).or_default();
            facts.first_after.insert(tick, first.storage_id);
        }
    }
    Ok(())
}

/// Of assets with events after one that counts as the last: the latest up to that one.
pub(crate) async fn observe_earlier(
    storage: &Storage,
    graph: &AutomationGraph,
    observed: &mut Observation,
    until: i64,
) -> Result<()> {
    let mut later = Vec::new();
    for (key, facts) in &observed.assets {
        let events = [&facts.materialization, &facts.observation];
        if events.into_iter().flatten().any(|event| event.storage_id > until) {
            later.push(key.clone());
        }
    }
    for key in later {
        let mut types = vec![DagsterEventType::AssetMaterialization];
        types.extend(is_observable(graph, &key).then_some(DagsterEventType::AssetObservation));
        let mut latest: Option<i64> = None;
        for event_type in types {
            let filter = AssetRecordsFilter {
                before_storage_id: Some(until + 1),
                asset_key: key.clone(),
                ..AssetRecordsFilter::default()
            };
            let page = storage.events();
            let page =
                page.fetch_asset_records(event_type, &filter, 1, None, Order::Descending).await?;
            latest = latest.max(page.results.first().map(|event| event.storage_id));
        }
        let facts = observed.assets.entry(key).or_default();
        facts.latest_until = Some(latest.unwrap_or(0));
    }
    Ok(())
}

/// A run may fail after it has made the asset: asked only about assets whose latest run failed.
pub(crate) async fn observe_failures(
    storage: &Storage,
    needs: &Needs,
    observed: &mut Observation,
) -> Result<()> {
    let mut materialized = BTreeSet::new();
    for key in &needs.planned {
        let Some(facts) = observed.assets.get(key) else { continue };
        let Some(planned) = &facts.planned else { continue };
        let made_by = facts.materialization.as_ref().map(|made| &made.run_id);
        let failed = observed.runs.get(&planned.run_id).map(|run| run.run.status);
        if failed != Some(RunStatus::Failure) || made_by == Some(&planned.run_id) {
            continue;
        }
        let query = AssetEventsQuery {
            event_type: DagsterEventType::AssetMaterialization,
            asset_key: Some(key.clone()),
            run_id: Some(planned.run_id.clone()),
            storage_ids: None,
            after_storage_id: Some(planned.storage_id),
            before_storage_id: None,
            limit: Some(1),
            order: Order::Descending,
        };
        if !storage.assets().get_event_summaries(&query).await?.is_empty() {
            materialized.insert(key.clone());
        }
    }
    for key in materialized {
        observed.assets.entry(key).or_default().planned_is_materialized = true;
    }
    Ok(())
}
