//! What staleness is told from: the stores, read once for many assets or as a caller batches it.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use rondel_asset_graph::{AssetGraph, AssetNode};
use rondel_model::event::{AssetRecordsFilter, DagsterEventType, EventRecord};
use rondel_model::ids::AssetKey;
use rondel_partitions::PartitionsError;
use rondel_storage::{Order, PartitionEvents, Storage};

use super::{Part, StaleStatus, Staleness};
use crate::error::{ObservationError, Result};
use crate::versions::Versions;

/// Where the events come from that staleness is told from.
pub trait StaleSource: Sync {
    /// What a read fails with.
    type Error: From<PartitionsError> + Send;

    /// The latest observation of a part, or its latest materialization.
    fn latest<'a>(
        &'a self,
        part: &'a Part,
        observed: bool,
    ) -> BoxFuture<'a, std::result::Result<Option<Arc<EventRecord>>, Self::Error>>;

    /// The keys of a dynamic partitions definition.
    fn dynamic_keys<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, std::result::Result<Arc<Vec<String>>, Self::Error>>;

    /// The version that the latest event of a part before an id tells ([`version_before`]).
    fn version_before<'a>(
        &'a self,
        part: &'a Part,
        event_type: DagsterEventType,
        before: Option<i64>,
    ) -> BoxFuture<'a, std::result::Result<Option<String>, Self::Error>>;
}

/// The latest event of each partition that tells its version, in two statements.
///
/// # Errors
/// Database errors, an unreadable event.
pub async fn latest_by_partition(
    storage: &Storage,
    asset: &AssetKey,
    partitions: Vec<String>,
    observed: bool,
) -> Result<HashMap<String, EventRecord>> {
    let event_type = event_type(observed);
    let wanted = PartitionEvents { partitions: Some(partitions), ..PartitionEvents::default() };
    let latest =
        storage.assets().latest_storage_id_by_partition(asset, event_type, &wanted).await?;
    if latest.is_empty() {
        return Ok(HashMap::new());
    }
    let filter = AssetRecordsFilter {
        asset_key: asset.clone(),
        storage_ids: Some(latest.values().copied().collect()),
        ..AssetRecordsFilter::default()
    };
    let (events, limit) = (storage.events(), latest.len());
    let page =
        events.fetch_asset_records(event_type, &filter, limit, None, Order::Descending).await?;
    let mut by_id: HashMap<i64, String> = latest.into_iter().map(|(k, id)| (id, k)).collect();
    let keyed = |record: EventRecord| Some((by_id.remove(&record.storage_id)?, record));
    Ok(page.results.into_iter().filter_map(keyed).collect())
}

/// The version that the latest event of a part before an id tells.
///
/// # Errors
/// Database errors, an unreadable event.
pub async fn version_before(
    storage: &Storage,
    part: &Part,
    event_type: DagsterEventType,
    before: Option<i64>,
) -> Result<Option<String>> {
    let filter = AssetRecordsFilter {
        asset_key: part.key.clone(),
        asset_partitions: part.partition.clone().map(|partition| vec![partition]),
        before_storage_id: before,
        ..AssetRecordsFilter::default()
    };
    let events = storage.events();
    let page = events.fetch_asset_records(event_type, &filter, 1, None, Order::Descending).await?;
    Ok(page.results.first().and_then(|record| Versions::recorded(&record.entry)))
}

fn event_type(observed: bool) -> DagsterEventType {
    if observed {
        DagsterEventType::AssetObservation
    } else {
        DagsterEventType::AssetMaterialization
    }
}

/// The stores, with the events of some assets and of what they are made of read beforehand.
pub struct Stored<'a> {
    storage: &'a Storage,
    materialized: HashMap<AssetKey, Arc<EventRecord>>,
    observed: HashMap<AssetKey, Arc<EventRecord>>,
}

impl<'a> Stored<'a> {
    /// Reads what the staleness of these assets as a whole depends on, in two statements.
    ///
    /// # Errors
    /// Database errors, an unreadable event.
    pub async fn read(storage: &'a Storage, graph: &AssetGraph, keys: &[AssetKey]) -> Result<Self> {
        let mut wanted: Vec<AssetKey> = Vec::new();
        for node in keys.iter().filter_map(|key| graph.get(key)) {
            wanted.push(node.key.clone());
            for key in node.parents() {
                wanted.push(key.clone());
                wanted.extend(super::behind_views(graph, key));
            }
        }
        wanted.sort();
        wanted.dedup();
        let is_observable = |key: &AssetKey| graph.get(key).is_some_and(AssetNode::is_observable);
        let observable: Vec<AssetKey> =
            wanted.iter().filter(|key| is_observable(key)).cloned().collect();
        let assets = storage.assets();
        let (mut materialized, mut observed) = (HashMap::new(), HashMap::new());
        if !wanted.is_empty() {
            for record in assets.get_asset_records(Some(&wanted)).await? {
                let latest = record.last_materialization.map(Arc::new);
                materialized.extend(latest.map(|latest| (record.asset_key, latest)));
            }
        }
        if !observable.is_empty() {
            let kind = DagsterEventType::AssetObservation;
            let found = assets.latest_events(&observable, kind).await?;
            observed.extend(found.into_iter().map(|(key, record)| (key, Arc::new(record))));
        }
        Ok(Self { storage, materialized, observed })
    }
}

impl StaleSource for Stored<'_> {
    type Error = ObservationError;

    fn latest<'a>(
        &'a self,
        part: &'a Part,
        observed: bool,
    ) -> BoxFuture<'a, Result<Option<Arc<EventRecord>>>> {
        Box::pin(async move {
            let Some(partition) = &part.partition else {
                let known = if observed { &self.observed } else { &self.materialized };
                return Ok(known.get(&part.key).cloned());
            };
            let partitions = vec![partition.clone()];
            let mut found =
                latest_by_partition(self.storage, &part.key, partitions, observed).await?;
            Ok(found.remove(partition).map(Arc::new))
        })
    }

    fn dynamic_keys<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Arc<Vec<String>>>> {
        Box::pin(async move { Ok(Arc::new(self.storage.dynamic_partitions().get(name).await?)) })
    }

    fn version_before<'a>(
        &'a self,
        part: &'a Part,
        event_type: DagsterEventType,
        before: Option<i64>,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(version_before(self.storage, part, event_type, before))
    }
}

/// The assets that are stale or were never made, in the order given; those that the graph does not know
/// are none (`resolve_stale_or_missing_assets`). A partitioned asset as a whole counts as fresh.
///
/// # Errors
/// Database errors, an unreadable event or partitions definition.
pub async fn stale_or_missing(
    storage: &Storage,
    graph: &AssetGraph,
    keys: &[AssetKey],
    now: f64,
) -> Result<Vec<AssetKey>> {
    let source = Stored::read(storage, graph, keys).await?;
    let staleness = Staleness::new(graph, &source, now);
    let mut found = Vec::new();
    for node in keys.iter().filter_map(|key| graph.get(key)) {
        if staleness.status(node, None).await? != StaleStatus::Fresh {
            found.push(node.key.clone());
        }
    }
    Ok(found)
}
