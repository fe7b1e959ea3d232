//! What became of an asset: its history, whether it is up to date, what automation made of it.

use async_graphql::{Context, ID, Object, Result};
use futures::future::try_join_all;

use super::AssetNode;
use crate::{
    assets::{
        data_time::{self, AssetFreshnessInfo, MaterializationUpstreamDataVersion},
        evaluations::{AutoMaterializeAssetEvaluationRecord, latest_of},
        events::{EventsFilter, fetch_materializations, fetch_observations},
        freshness::{
            FreshnessPolicy, FreshnessStatusInfo, InternalFreshnessPolicy, freshness_status,
        },
        sensor_of::current_evaluation_id,
        stale::{self, StaleCause, StaleStatus},
    },
    context::ContextExt,
    errors::ResolverError,
    logs::{MaterializationEvent, ObservationEvent},
    partitions::Partitions,
};

/// The fields of an asset about its history and state.
pub(crate) struct NodeState(pub(super) AssetNode);

impl NodeState {
    /// The partitions a client names, or all of them.
    async fn partitions(
        &self,
        ctx: &Context<'_>,
        named: Option<Vec<String>>,
    ) -> std::result::Result<Vec<String>, ResolverError> {
        let snap = self.0.snap().partitions.as_deref().ok_or_else(stale::not_partitioned)?;
        match named {
            Some(named) => Ok(named),
            None => Partitions::load(ctx, snap).await?.keys(),
        }
    }
}

#[Object]
impl NodeState {
    async fn asset_materializations(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<MaterializationEvent>> {
        let filter = EventsFilter::new(partitions, before_timestamp_millis.as_deref(), None, limit);
        Ok(fetch_materializations(ctx, self.0.key(), filter).await?)
    }

    async fn asset_observations(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<ObservationEvent>> {
        let filter = EventsFilter::new(partitions, before_timestamp_millis.as_deref(), None, limit);
        Ok(fetch_observations(ctx, self.0.key(), filter).await?)
    }

    async fn freshness_policy(&self, ctx: &Context<'_>) -> Option<FreshnessPolicy> {
        Some(FreshnessPolicy::new(self.0.legacy_freshness()?, ctx.now()))
    }

    async fn freshness_status_info(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<FreshnessStatusInfo>> {
        match self.0.declared_freshness() {
            Some(_) => Ok(Some(freshness_status(ctx, self.0.key()).await?)),
            None => Ok(None),
        }
    }

    async fn internal_freshness_policy(&self) -> Option<InternalFreshnessPolicy> {
        InternalFreshnessPolicy::of(self.0.declared_freshness()?)
    }

    async fn data_version(
        &self,
        ctx: &Context<'_>,
        partition: Option<String>,
    ) -> Result<Option<String>> {
        Ok(stale::data_version(ctx, self.0.node(), partition.as_deref()).await?)
    }

    async fn stale_status(
        &self,
        ctx: &Context<'_>,
        partition: Option<String>,
    ) -> Result<Option<StaleStatus>> {
        Ok(Some(stale::status(ctx, self.0.node(), partition.as_deref()).await?))
    }

    async fn stale_causes(
        &self,
        ctx: &Context<'_>,
        partition: Option<String>,
    ) -> Result<Vec<StaleCause>> {
        Ok(stale::causes(ctx, self.0.node(), partition.as_deref()).await?)
    }

    async fn data_version_by_partition(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
    ) -> Result<Vec<Option<String>>> {
        let partitions = self.partitions(ctx, partitions).await?;
        let of_each = partitions.iter().map(|it| stale::data_version(ctx, self.0.node(), Some(it)));
        Ok(try_join_all(of_each).await?)
    }

    async fn stale_status_by_partition(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
    ) -> Result<Vec<StaleStatus>> {
        let partitions = self.partitions(ctx, partitions).await?;
        let of_each = partitions.iter().map(|it| stale::status(ctx, self.0.node(), Some(it)));
        Ok(try_join_all(of_each).await?)
    }

    async fn stale_causes_by_partition(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
    ) -> Result<Option<Vec<Vec<StaleCause>>>> {
        let partitions = self.partitions(ctx, partitions).await?;
        let of_each = partitions.iter().map(|it| stale::causes(ctx, self.0.node(), Some(it)));
        Ok(Some(try_join_all(of_each).await?))
    }

    /// The data of which assets a materialization was made of, and since when that data was there.
    async fn asset_materialization_used_data(
        &self,
        ctx: &Context<'_>,
        timestamp_millis: String,
    ) -> Result<Vec<MaterializationUpstreamDataVersion>> {
        Ok(data_time::used_data(ctx, self.0.key(), &timestamp_millis).await?)
    }

    async fn freshness_info(&self, ctx: &Context<'_>) -> Result<Option<AssetFreshnessInfo>> {
        match self.0.legacy_freshness() {
            Some(policy) => Ok(Some(data_time::freshness(ctx, self.0.key(), policy).await?)),
            None => Ok(None),
        }
    }

    async fn last_auto_materialization_evaluation_record(
        &self,
        ctx: &Context<'_>,
        as_of_evaluation_id: Option<ID>,
    ) -> Result<Option<AutoMaterializeAssetEvaluationRecord>> {
        let as_of = as_of_evaluation_id.filter(|id| !id.is_empty()).map(|id| {
            let text = || format!("invalid literal for int() with base 10: '{}'", *id);
            id.parse::<i64>().map_err(|_| ResolverError::raised("ValueError", text()))
        });
        Ok(latest_of(ctx, self.0.key(), as_of.transpose()?).await?)
    }

    async fn current_auto_materialize_evaluation_id(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<ID>> {
        let id = current_evaluation_id(ctx, self.0.prepared_repository(), self.0.key()).await?;
        Ok(id.map(ID::from))
    }
}
