//! How old the data is that an asset was made of.

use async_graphql::{Context, SimpleObject};
use rondel_asset_graph::AssetNode as GraphNode;
use rondel_model::{
    automation::LegacyFreshnessPolicy,
    event::{AssetRecordsFilter, DagsterEventType, EventRecord, EventSpecificData},
    ids::AssetKey as ModelAssetKey,
    metadata::MetadataValue,
    serdes::Value,
};
use rondel_observation::data_time::{DataTimeResolver, has_materializable_parents};
use rondel_storage::Order;

use super::freshness::evaluation_tick;
use crate::{common::AssetKey, context::ContextExt, errors::ResolverError};

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
    let prepared = ctx.prepared();
    let graph = prepared.asset_graph();
    if !graph.get(key).is_some_and(|node| has_materializable_parents(graph, node)) {
        return Ok(Vec::new());
    }
    let mut resolver = DataTimeResolver::new(ctx.storage(), graph, ctx.now());
    let times = resolver.of_record(key, record).await?;
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
    let prepared = ctx.prepared();
    let graph = prepared.asset_graph();
    let mut resolver = DataTimeResolver::new(ctx.storage(), graph, ctx.now());
    let data_time = if graph.get(key).is_some_and(GraphNode::is_observable) {
        resolver.latest(key, None).await?.as_ref().and_then(told_data_time)
    } else {
        resolver.current(key).await?
    };
    let tick = evaluation_tick(policy, ctx.now());
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
