//! Materializations and observations of an asset.

use std::sync::Arc;

use async_graphql::Context;
use rondel_model::{
    event::{AssetRecordsFilter, DagsterEventType, EventLogEntry, EventRecord},
    ids::AssetKey,
};
use rondel_storage::Order;

use super::loaders::{AssetRecordKey, LatestObservationKey};
use crate::{
    context::ContextExt,
    errors::ResolverError,
    logs::{EventCore, MaterializationEvent, ObservationEvent},
};

/// Events per query when no limit is given; pages follow until there are no more.
const PAGE: usize = 1_000;

/// An event about an asset; none of its fields tells the job.
pub(super) fn core(entry: EventLogEntry) -> EventCore {
    EventCore::new(Arc::new(entry), Arc::from(""))
}

pub(super) fn materialization(entry: EventLogEntry) -> MaterializationEvent {
    MaterializationEvent(core(entry))
}

/// Which events of an asset.
#[derive(Default)]
pub(super) struct EventsFilter {
    partitions: Option<Vec<String>>,
    before: Option<f64>,
    after: Option<f64>,
    limit: Option<usize>,
}

impl EventsFilter {
    /// From what clients send; timestamps are milliseconds as text, ignored when they are no number.
    pub(super) fn new(
        partitions: Option<Vec<String>>,
        before_millis: Option<&str>,
        after_millis: Option<&str>,
        limit: Option<i32>,
    ) -> Self {
        let seconds = |text: Option<&str>| {
            text?.trim().parse::<i64>().ok().map(|millis| millis as f64 / 1_000.0)
        };
        Self {
            partitions,
            before: seconds(before_millis),
            after: seconds(after_millis),
            limit: limit.and_then(|limit| usize::try_from(limit).ok()),
        }
    }

    /// Whether it is about the latest event alone, which is fetched for many assets at once.
    fn is_latest_only(&self) -> bool {
        let any_partition = self.partitions.as_ref().is_none_or(Vec::is_empty);
        self.limit == Some(1) && any_partition && self.before.is_none() && self.after.is_none()
    }
}

/// Records of one type about an asset, newest first.
pub(super) async fn fetch_records(
    ctx: &Context<'_>,
    key: &AssetKey,
    event_type: DagsterEventType,
    filter: &EventsFilter,
    cursor: Option<&str>,
) -> Result<Vec<EventRecord>, ResolverError> {
    let which = AssetRecordsFilter {
        asset_key: key.clone(),
        asset_partitions: filter.partitions.clone(),
        before_timestamp: filter.before,
        after_timestamp: filter.after,
        ..AssetRecordsFilter::default()
    };
    let events = ctx.storage().events();
    let order = Order::Descending;
    if let Some(limit) = filter.limit {
        return Ok(events
            .fetch_asset_records(event_type, &which, limit, cursor, order)
            .await?
            .results);
    }
    let mut all = Vec::new();
    let mut cursor = cursor.map(str::to_owned);
    loop {
        let page =
            events.fetch_asset_records(event_type, &which, PAGE, cursor.as_deref(), order).await?;
        all.extend(page.results);
        if !page.has_more {
            return Ok(all);
        }
        cursor = Some(page.cursor);
    }
}

pub(super) async fn fetch_materializations(
    ctx: &Context<'_>,
    key: &AssetKey,
    filter: EventsFilter,
) -> Result<Vec<MaterializationEvent>, ResolverError> {
    if filter.is_latest_only() {
        let record = ctx.loader().load_one(AssetRecordKey(key.clone())).await?;
        let latest = record.and_then(|record| record.last_materialization.clone());
        return Ok(latest.into_iter().map(|record| materialization(record.entry)).collect());
    }
    let records =
        fetch_records(ctx, key, DagsterEventType::AssetMaterialization, &filter, None).await?;
    Ok(records.into_iter().map(|record| materialization(record.entry)).collect())
}

pub(super) async fn fetch_observations(
    ctx: &Context<'_>,
    key: &AssetKey,
    filter: EventsFilter,
) -> Result<Vec<ObservationEvent>, ResolverError> {
    if filter.is_latest_only() {
        let latest = ctx.loader().load_one(LatestObservationKey(key.clone())).await?;
        let event = |record: Arc<EventRecord>| ObservationEvent(core(record.entry.clone()));
        return Ok(latest.into_iter().map(event).collect());
    }
    let records =
        fetch_records(ctx, key, DagsterEventType::AssetObservation, &filter, None).await?;
    Ok(records.into_iter().map(|record| ObservationEvent(core(record.entry))).collect())
}
