//! How old the data is that an asset was made of (`CachingDataTimeResolver`).
//!
//! A materialization records which events of its parents it was made of. Followed up to the assets
//! without materializable parents, this tells as of when their data is part of the asset. An asset
//! partitioned by time has its data up to the end of its first filled stretch.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{Context, SimpleObject};
use futures::{FutureExt, future::BoxFuture};
use rondel_asset_graph::{AssetNode as GraphNode, Direction};
use rondel_model::{
    automation::LegacyFreshnessPolicy,
    event::{AssetRecordsFilter, DagsterEventType, EventRecord, EventSpecificData},
    ids::AssetKey as ModelAssetKey,
    metadata::MetadataValue,
    serdes::Value,
};
use rondel_observation::versions::{INPUT_POINTER_PREFIX, Versions, event_tags};
use rondel_partitions::{PartitionsDefinition, TimeWindow};
use rondel_storage::{Order, PartitionEvents};

use super::freshness::evaluation_tick;
use crate::{common::AssetKey, context::ContextExt, errors::ResolverError, partitions::Partitions};

/// With which an observation tells as of when the source's data is.
const DATA_TIME_METADATA: &str = "dagster/data_time";

#[derive(SimpleObject)]
pub(crate) struct MaterializationUpstreamDataVersion {
    asset_key: AssetKey,
    downstream_asset_key: AssetKey,
    timestamp: String,
}

#[derive(SimpleObject)]
pub(crate) struct AssetFreshnessInfo {
    current_lag_minutes: Option<f64>,
    current_minutes_late: Option<f64>,
    latest_materialization_minutes_late: Option<f64>,
}

/// As of when the data of each source is included; none where some of it is missing.
type DataTimes = BTreeMap<ModelAssetKey, Option<f64>>;

/// What a question needs more than once.
struct DataTimeResolver<'a, 'c> {
    ctx: &'a Context<'c>,
    now: f64,
    known: HashMap<(ModelAssetKey, i64), DataTimes>,
}

/// Times are told in whole milliseconds, so that they equal those of events.
fn whole_millis(seconds: f64) -> f64 {
    (seconds * 1_000.0).floor() / 1_000.0
}

fn has_materializable_parents(ctx: &Context<'_>, node: &GraphNode) -> bool {
    let graph = ctx.prepared().asset_graph();
    let is_materializable =
        |key: &ModelAssetKey| graph.get(key).is_some_and(GraphNode::is_materializable);
    !node.is_external()
        && node.parents().iter().any(|key| *key != node.key && is_materializable(key))
}

impl<'a, 'c> DataTimeResolver<'a, 'c> {
    fn new(ctx: &'a Context<'c>) -> Self {
        Self { ctx, now: ctx.now(), known: HashMap::new() }
    }

    fn node(&self, key: &ModelAssetKey) -> Option<&'a GraphNode> {
        self.ctx.prepared().asset_graph().get(key)
    }

    fn of_record<'s>(
        &'s mut self,
        key: &'s ModelAssetKey,
        record: EventRecord,
    ) -> BoxFuture<'s, Result<DataTimes, ResolverError>> {
        async move {
            let at = (key.clone(), record.storage_id);
            if let Some(known) = self.known.get(&at) {
                return Ok(known.clone());
            }
            let Some(node) = self.node(key) else { return Ok(DataTimes::new()) };
            let definition = match &node.snap().partitions {
                Some(snap) => Some(Partitions::load(self.ctx, snap).await?),
                None => None,
            };
            let times = match definition {
                Some(partitions)
                    if matches!(partitions.definition, PartitionsDefinition::TimeWindow(_)) =>
                {
                    let time = self.of_windows(key, record.storage_id, &partitions).await?;
                    self.sources_of(key).into_iter().map(|source| (source, time)).collect()
                }
                _ if node.is_observable() => self.of_observation(key, &record).await?,
                _ => self.of_inputs(node, &record).await?,
            };
            self.known.insert(at, times.clone());
            Ok(times)
        }
        .boxed()
    }

    /// The assets without parents which the asset is made of in the end.
    fn sources_of(&self, key: &ModelAssetKey) -> Vec<ModelAssetKey> {
        let graph = self.ctx.prepared().asset_graph();
        let mut upstream = graph.no_nodes();
        let keys = graph.ancestors(key).into_iter().chain([key]);
        for index in keys.filter_map(|key| graph.index_of(key)) {
            upstream.insert(index);
        }
        let sources = graph.ends_within(&upstream, Direction::Upstream);
        sources.iter().map(|index| graph.node(index).key.clone()).collect()
    }

    async fn of_windows(
        &self,
        key: &ModelAssetKey,
        up_to: i64,
        partitions: &Partitions,
    ) -> Result<Option<f64>, ResolverError> {
        let PartitionsDefinition::TimeWindow(windows) = &partitions.definition else {
            return Ok(None);
        };
        let store = self.ctx.storage().assets();
        let keys = [key.clone()];
        let any = PartitionEvents::default();
        let mut materialized = store.get_materialized_partitions(&keys, &any).await?;
        let materialized = materialized.swap_remove(key).unwrap_or_default();
        let names = materialized.iter().filter(|name| {
            // A key in another format is none of the definition's.
            partitions.definition.has_key(name, &partitions.context).unwrap_or(false)
        });
        let names: Vec<&String> = names.collect();
        let mut filled = windows.windows_of_keys(&names, None)?;
        filled.sort_by_key(|window| window.start);
        let Some(first) = filled.into_iter().reduce(|first, next| {
            if next.start <= first.end { TimeWindow::new(first.start, next.end) } else { first }
        }) else {
            return Ok(None);
        };
        let Some(earliest) = windows.first_window(partitions.context.now)? else {
            return Ok(None);
        };
        if earliest.start < first.start {
            return Ok(None);
        }
        let before = PartitionEvents { before: Some(up_to + 1), ..PartitionEvents::default() };
        let before = store.get_materialized_partitions(&keys, &before).await?;
        let before = before.get(key);
        let mut newly_filled = Vec::new();
        for name in names {
            if !before.is_some_and(|before| before.contains(name)) {
                newly_filled.push(windows.window_of_key(name)?.start);
            }
        }
        let until = newly_filled.into_iter().min().map_or(first.end, |new| new.min(first.end));
        Ok(Some(until as f64))
    }

    /// An observed version is the source's data until another version is observed.
    async fn of_observation(
        &self,
        key: &ModelAssetKey,
        record: &EventRecord,
    ) -> Result<DataTimes, ResolverError> {
        let tags = event_tags(&record.entry);
        let version = tags.and_then(|tags| tags.get("dagster/data_version"));
        let Some(version) = version else { return Ok(DataTimes::from([(key.clone(), None)])) };
        let filter = AssetRecordsFilter {
            asset_key: key.clone(),
            after_storage_id: Some(record.storage_id),
            ..AssetRecordsFilter::default()
        };
        let mut cursor: Option<String> = None;
        loop {
            let events = self.ctx.storage().events();
            let kind = DagsterEventType::AssetObservation;
            let page = events
                .fetch_asset_records(kind, &filter, 1_000, cursor.as_deref(), Order::Ascending)
                .await?;
            let changed = page.results.iter().find(|record| {
                Versions::recorded(&record.entry).is_some_and(|other| other != *version)
            });
            if let Some(changed) = changed {
                let time = whole_millis(changed.entry.timestamp);
                return Ok(DataTimes::from([(key.clone(), Some(time))]));
            }
            if !page.has_more {
                return Ok(DataTimes::from([(key.clone(), Some(self.now))]));
            }
            cursor = Some(page.cursor);
        }
    }

    async fn of_inputs(
        &mut self,
        node: &'a GraphNode,
        record: &EventRecord,
    ) -> Result<DataTimes, ResolverError> {
        let tags = event_tags(&record.entry);
        let mut inputs: Vec<(&'a ModelAssetKey, EventRecord)> = Vec::new();
        for parent in node.parents() {
            if !self.node(parent).is_some_and(GraphNode::is_executable) {
                continue;
            }
            let pointer = format!("{INPUT_POINTER_PREFIX}{}", parent.to_user_string());
            let before = match tags.and_then(|tags| tags.get(&pointer)).map(String::as_str) {
                // Not recorded by old versions: the latest event before this one.
                None => Some(record.storage_id),
                Some("NULL") => None,
                Some(id) => id.parse::<i64>().ok().map(|id| id + 1),
            };
            if let Some(before) = before
                && let Some(input) = self.latest(parent, Some(before)).await?
            {
                inputs.push((parent, input));
            }
        }
        if inputs.is_empty() {
            if has_materializable_parents(self.ctx, node) {
                return Ok(DataTimes::new());
            }
            let time = whole_millis(record.entry.timestamp);
            return Ok(DataTimes::from([(node.key.clone(), Some(time))]));
        }
        let mut times = DataTimes::new();
        for (parent, input) in inputs {
            for (source, time) in self.of_record(parent, input).await? {
                let known = times.entry(source).or_insert(time);
                *known = known.zip(time).map(|(known, time)| known.min(time));
            }
        }
        Ok(times)
    }

    /// The latest materialization of an asset, or observation of one that is observed.
    async fn latest(
        &self,
        key: &ModelAssetKey,
        before: Option<i64>,
    ) -> Result<Option<EventRecord>, ResolverError> {
        let observed = self.node(key).is_some_and(GraphNode::is_observable);
        let kind = if observed {
            DagsterEventType::AssetObservation
        } else {
            DagsterEventType::AssetMaterialization
        };
        let filter = AssetRecordsFilter {
            asset_key: key.clone(),
            before_storage_id: before,
            ..AssetRecordsFilter::default()
        };
        let events = self.ctx.storage().events();
        let found = events.fetch_asset_records(kind, &filter, 1, None, Order::Descending).await?;
        Ok(found.results.into_iter().next())
    }

    /// As of when all data of the sources is part of the asset.
    async fn current(&mut self, key: &ModelAssetKey) -> Result<Option<f64>, ResolverError> {
        let Some(latest) = self.latest(key, None).await? else { return Ok(None) };
        if self.node(key).is_some_and(GraphNode::is_observable) {
            return Ok(told_data_time(&latest));
        }
        let times = self.of_record(key, latest).await?;
        let all: Option<Vec<f64>> = times.into_values().collect();
        Ok(all.and_then(|times| times.into_iter().reduce(f64::min)))
    }
}

fn told_data_time(observation: &EventRecord) -> Option<f64> {
    let event = observation.entry.dagster_event.as_ref()?;
    let EventSpecificData::AssetObservation(data) = event.event_specific_data.as_ref()? else {
        return None;
    };
    match data.asset_observation.metadata.get(DATA_TIME_METADATA)? {
        MetadataValue::Float(value) => value.value.as_ref().map(|value| value.as_f64()),
        MetadataValue::Timestamp(value) => Some(value.value.as_f64()),
        MetadataValue::Int(value) => match value.value {
            Value::Int(seconds) => Some(seconds as f64),
            _ => None,
        },
        _ => None,
    }
}

/// What the materialization at a time was made of.
pub(super) async fn used_data(
    ctx: &Context<'_>,
    key: &ModelAssetKey,
    millis: &str,
) -> Result<Vec<MaterializationUpstreamDataVersion>, ResolverError> {
    if millis.is_empty() {
        return Ok(Vec::new());
    }
    let text = || format!("invalid literal for int() with base 10: '{millis}'");
    let at: i64 = millis.trim().parse().map_err(|_| ResolverError::raised("ValueError", text()))?;
    let seconds = at as f64 / 1_000.0;
    let filter = AssetRecordsFilter {
        asset_key: key.clone(),
        before_timestamp: Some(seconds + 1.0),
        after_timestamp: Some(seconds - 1.0),
        ..AssetRecordsFilter::default()
    };
    let kind = DagsterEventType::AssetMaterialization;
    let events = ctx.storage().events();
    let found = events.fetch_asset_records(kind, &filter, 1, None, Order::Descending).await?;
    let Some(record) = found.results.into_iter().next() else { return Ok(Vec::new()) };
    let node = ctx.prepared().asset_graph().get(key);
    if !node.is_some_and(|node| has_materializable_parents(ctx, node)) {
        return Ok(Vec::new());
    }
    let times = DataTimeResolver::new(ctx).of_record(key, record).await?;
    let used = times.into_iter().filter_map(|(source, time)| {
        Some(MaterializationUpstreamDataVersion {
            asset_key: (&source).into(),
            downstream_asset_key: key.into(),
            timestamp: ((time? * 1_000.0).round() as i64).to_string(),
        })
    });
    Ok(used.collect())
}

/// How late an asset is by a policy of earlier versions.
pub(super) async fn freshness(
    ctx: &Context<'_>,
    key: &ModelAssetKey,
    policy: &LegacyFreshnessPolicy,
) -> Result<AssetFreshnessInfo, ResolverError> {
    let mut resolver = DataTimeResolver::new(ctx);
    let data_time = resolver.current(key).await?;
    let tick = evaluation_tick(policy, resolver.now);
    let minutes = data_time.zip(tick).map(|(data_time, tick)| {
        let lag = (tick - data_time) / 60.0;
        (lag.max(0.0), (lag - policy.maximum_lag_minutes).max(0.0))
    });
    Ok(AssetFreshnessInfo {
        current_lag_minutes: minutes.map(|(lag, _)| lag),
        current_minutes_late: minutes.map(|(_, late)| late),
        latest_materialization_minutes_late: None,
    })
}
