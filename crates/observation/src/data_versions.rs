//! Which data versions have changed since an event: since the last tick, or since a child was made.

use std::collections::BTreeSet;

use rondel_automation::{AutomationGraph, LatestEvent, Needs, Observation};
use rondel_model::event::{AssetRecordsFilter, DagsterEventType};
use rondel_model::ids::AssetKey;
use rondel_partitions::PartitionsDefinition;
use rondel_storage::{Order, Storage};

use crate::assets::{is_observable, latest_event, latest_id, was_updated};
use crate::error::Result;

/// Reads, of what was updated since: versions as of an event, and which partitions have another one now. After
/// the latest events and those of partitions.
pub(crate) async fn observe(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &mut Observation,
) -> Result<()> {
    for (key, cursor) in asked(graph, needs, observed)? {
        match graph.partitions(&key.clone().into())? {
            None => observe_asset(storage, graph, &key, cursor, observed).await?,
            Some(_) => observe_partitions(storage, &key, cursor, observed).await?,
        }
    }
    Ok(())
}

/// The events since which versions of an asset count.
fn asked(
    graph: &AutomationGraph,
    needs: &Needs,
    observed: &Observation,
) -> Result<BTreeSet<(AssetKey, i64)>> {
    let mut asked = needs.data_versions.clone();
    for (key, facts) in observed.assets.iter().filter(|(key, _)| is_observable(graph, key)) {
        asked.extend(facts.first_after.values().map(|first| (key.clone(), first - 1)));
    }
    for (child, parent) in &needs.versioned_parents {
        let made = made(graph, observed, child, parent)?;
        asked.extend(made.into_iter().map(|made| (parent.clone(), made)));
    }
    asked.retain(|(key, cursor)| was_updated(observed, key, *cursor));
    Ok(asked)
}

/// The events with which a child was made; of partitions each its own.
fn made(
    graph: &AutomationGraph,
    observed: &Observation,
    child: &AssetKey,
    parent: &AssetKey,
) -> Result<BTreeSet<i64>> {
    let Some(definition) = graph.partitions(&child.clone().into())? else {
        return Ok(Some(latest_id(observed, child)).filter(|id| *id > 0).into_iter().collect());
    };
    let Some(facts) = observed.assets.get(child) else { return Ok(BTreeSet::new()) };
    let latest = &facts.latest_by_partition;
    if let PartitionsDefinition::TimeWindow(windows) = &**definition
        && graph.partitions(&parent.clone().into())?.is_none()
    {
        // Of those before the last one a parent without partitions is not looked at.
        let last = windows.last_key(observed.time())?;
        return Ok(last.and_then(|key| latest.get(&key)).copied().into_iter().collect());
    }
    Ok(latest.values().copied().collect())
}

/// The version as of an event, of an asset without partitions.
async fn observe_asset(
    storage: &Storage,
    graph: &AutomationGraph,
    key: &AssetKey,
    cursor: i64,
    observed: &mut Observation,
) -> Result<()> {
    let mut latest: Option<LatestEvent> = None;
    let mut types = vec![DagsterEventType::AssetMaterialization];
    types.extend(is_observable(graph, key).then_some(DagsterEventType::AssetObservation));
    for event_type in types {
        let filter = AssetRecordsFilter {
            before_storage_id: Some(cursor + 1),
            asset_key: key.clone(),
            ..AssetRecordsFilter::default()
        };
        let order = Order::Descending;
        let page =
            storage.events().fetch_asset_records(event_type, &filter, 1, None, order).await?;
        let event = page.results.first().map(latest_event);
        let later = event.filter(|event| {
            latest.as_ref().is_none_or(|latest| event.timestamp > latest.timestamp)
        });
        latest = later.or(latest);
    }
    let version = latest.and_then(|event| event.data_version);
    observed.assets.entry(key.clone()).or_default().data_version_at.insert(cursor, version);
    Ok(())
}

/// Partitions with a new data version, among those updated since.
async fn observe_partitions(
    storage: &Storage,
    key: &AssetKey,
    cursor: i64,
    observed: &mut Observation,
) -> Result<()> {
    let facts = observed.assets.entry(key.clone()).or_default();
    let updated = facts.latest_by_partition.iter().filter(|(_, id)| **id > cursor);
    let updated: Vec<String> = updated.map(|(partition, _)| partition.clone()).collect();
    if !updated.is_empty() {
        let changed = storage.assets();
        let changed = changed.partitions_with_new_data_version(key, &updated, cursor).await?;
        facts.new_data_versions.insert(cursor, changed);
    }
    Ok(())
}
