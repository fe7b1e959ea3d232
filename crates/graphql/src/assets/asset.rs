//! Assets by key, with or without a definition, and their history.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use rondel_model::{event::DagsterEventType, ids::AssetKey as ModelAssetKey};
use rondel_storage::EventLogCursor;

use super::{
    events::{
        EventsFilter, core, fetch_materializations, fetch_observations, fetch_records,
        materialization,
    },
    health::AssetHealth,
    loaders::{AssetRecordKey, FreshnessKey},
    node::AssetNode,
};
use crate::{
    common::AssetKey,
    context::ContextExt,
    logs::{FailedToMaterializeEvent, MaterializationEvent, ObservationEvent},
};

/// Clients take times in milliseconds.
const MILLIS: f64 = 1_000.0;

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetEventHistoryEventTypeSelector {
    Materialization,
    FailedToMaterialize,
    Observation,
}

#[derive(Union)]
pub(crate) enum AssetResultEventType {
    FailedToMaterializeEvent(FailedToMaterializeEvent),
    MaterializationEvent(MaterializationEvent),
    ObservationEvent(ObservationEvent),
}

#[derive(SimpleObject)]
pub(crate) struct AssetResultEventHistoryConnection {
    results: Vec<AssetResultEventType>,
    cursor: String,
}

#[derive(SimpleObject)]
pub(crate) struct AssetConnection {
    pub(crate) nodes: Vec<Asset>,
    pub(crate) cursor: Option<String>,
}

/// An asset by its key, known from a definition or from its events.
#[derive(Clone)]
pub(crate) struct Asset {
    key: ModelAssetKey,
}

impl Asset {
    pub(crate) fn new(key: ModelAssetKey) -> Self {
        Self { key }
    }
}

#[Object]
impl Asset {
    async fn id(&self) -> String {
        self.key.to_db_string()
    }

    async fn key(&self) -> AssetKey {
        (&self.key).into()
    }

    async fn asset_materializations(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        after_timestamp_millis: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<MaterializationEvent>> {
        let (before, after) =
            (before_timestamp_millis.as_deref(), after_timestamp_millis.as_deref());
        let filter = EventsFilter::new(partitions, before, after, limit);
        Ok(fetch_materializations(ctx, &self.key, filter).await?)
    }

    async fn asset_observations(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        after_timestamp_millis: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<ObservationEvent>> {
        let (before, after) =
            (before_timestamp_millis.as_deref(), after_timestamp_millis.as_deref());
        let filter = EventsFilter::new(partitions, before, after, limit);
        Ok(fetch_observations(ctx, &self.key, filter).await?)
    }

    /// Events of the types asked for as one list, newest first.
    #[allow(clippy::too_many_arguments)]
    async fn asset_event_history(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        after_timestamp_millis: Option<String>,
        limit: i32,
        event_type_selectors: Vec<AssetEventHistoryEventTypeSelector>,
        cursor: Option<String>,
    ) -> Result<AssetResultEventHistoryConnection> {
        use AssetEventHistoryEventTypeSelector as Wanted;
        let (before, after) =
            (before_timestamp_millis.as_deref(), after_timestamp_millis.as_deref());
        let filter = EventsFilter::new(partitions, before, after, Some(limit));
        let kinds = [
            (Wanted::FailedToMaterialize, DagsterEventType::AssetFailedToMaterialize),
            (Wanted::Materialization, DagsterEventType::AssetMaterialization),
            (Wanted::Observation, DagsterEventType::AssetObservation),
        ];
        let mut found: Vec<(i64, AssetResultEventType)> = Vec::new();
        for (kind, event_type) in kinds {
            if !event_type_selectors.contains(&kind) {
                continue;
            }
            let records =
                fetch_records(ctx, &self.key, event_type, &filter, cursor.as_deref()).await?;
            found.extend(records.into_iter().map(|record| {
                let event = match kind {
                    Wanted::FailedToMaterialize => {
                        FailedToMaterializeEvent(core(record.entry)).into()
                    }
                    Wanted::Materialization => materialization(record.entry).into(),
                    Wanted::Observation => ObservationEvent(core(record.entry)).into(),
                };
                (record.storage_id, event)
            }));
        }
        found.sort_by_key(|(storage_id, _)| std::cmp::Reverse(*storage_id));
        found.truncate(usize::try_from(limit).unwrap_or_default());
        let last = found.last().map_or(-1, |(storage_id, _)| *storage_id);
        Ok(AssetResultEventHistoryConnection {
            results: found.into_iter().map(|(_, event)| event).collect(),
            cursor: EventLogCursor::StorageId(last).to_string(),
        })
    }

    async fn definition(&self, ctx: &Context<'_>) -> Option<AssetNode> {
        AssetNode::find(ctx.prepared(), &self.key)
    }

    async fn latest_event_sort_key(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        let record = ctx.loader().load_one(AssetRecordKey(self.key.clone())).await?;
        let latest =
            record.and_then(|record| Some(record.last_materialization.as_ref()?.storage_id));
        Ok(latest.map(ID::from))
    }

    /// Computed in Dagster+ only.
    async fn asset_health(&self) -> Option<AssetHealth> {
        None
    }

    async fn latest_materialization_timestamp(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        let record = ctx.loader().load_one(AssetRecordKey(self.key.clone())).await?;
        let latest =
            record.and_then(|record| Some(record.last_materialization.as_ref()?.entry.timestamp));
        Ok(latest.map(|time| time * MILLIS))
    }

    /// The stores of the open source edition do not keep it with the asset.
    async fn latest_observation_timestamp(&self) -> Option<f64> {
        None
    }

    async fn has_definition_or_record(&self, ctx: &Context<'_>) -> Result<bool> {
        if ctx.prepared().asset_graph().contains(&self.key) {
            return Ok(true);
        }
        Ok(ctx.loader().load_one(AssetRecordKey(self.key.clone())).await?.is_some())
    }

    /// The stores of the open source edition do not keep it with the asset.
    async fn latest_failed_to_materialize_timestamp(&self) -> Option<f64> {
        None
    }

    async fn freshness_status_changed_timestamp(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        let evaluated = ctx.loader().load_one(FreshnessKey(self.key.clone())).await?;
        Ok(evaluated.map(|record| to_microsecond(record.updated_at) * MILLIS))
    }
}

/// A time as Python's `datetime` holds it.
fn to_microsecond(seconds: f64) -> f64 {
    const MICROS: f64 = 1_000_000.0;
    (seconds.trunc() * MICROS + (seconds.fract() * MICROS).round_ties_even()) / MICROS
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_as_exact_as_pythons() {
        assert_eq!(super::to_microsecond(1_795_228_630.590_696_3) * 1_000.0, 1_795_228_630_590.696);
    }
}
