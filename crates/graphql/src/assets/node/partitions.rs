//! An asset's partitions and how they stand.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use rondel_partitions::Order;

use super::AssetNode;
use crate::{
    assets::{
        loaders::PlannedKey,
        partitioned::{
            DimensionPartitionKeys, PartitionKeyConnection, index_range, keys_by_dimension,
            latest_by_partition, partition_sets,
        },
    },
    context::ContextExt,
    errors::ResolverError,
    logs::MaterializationEvent,
    partitions::{
        AssetPartitionStatuses, PartitionDefinition, PartitionStats, Partitions, no_statuses,
        statuses,
    },
    runs::{Run, load_run},
};

/// The fields of an asset about its partitions.
pub(crate) struct NodePartitions(pub(super) AssetNode);

#[Object]
impl NodePartitions {
    async fn is_partitioned(&self) -> bool {
        self.0.snap().partitions.is_some()
    }

    async fn latest_run_for_partition(
        &self,
        ctx: &Context<'_>,
        partition: String,
    ) -> Result<Option<Run>> {
        let key = PlannedKey { asset: self.0.key().clone(), partition: Some(partition) };
        match ctx.loader().load_one(key).await? {
            Some(planned) => Ok(load_run(ctx, &planned.run_id.into()).await?),
            None => Ok(None),
        }
    }

    async fn partition_definition(&self) -> Option<PartitionDefinition> {
        PartitionDefinition::of(self.0.snap().partitions.as_deref()?)
    }

    async fn latest_materialization_by_partition(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
    ) -> Result<Vec<Option<MaterializationEvent>>> {
        let all = partitions.is_none();
        let partitions = match (partitions, &self.0.snap().partitions) {
            (Some(partitions), _) => partitions,
            (None, Some(snap)) => Partitions::load(ctx, snap).await?.keys()?,
            (None, None) => Vec::new(),
        };
        Ok(latest_by_partition(ctx, self.0.key(), partitions, all).await?)
    }

    async fn asset_partition_statuses(&self, ctx: &Context<'_>) -> Result<AssetPartitionStatuses> {
        let Some(snap) = &self.0.snap().partitions else { return Ok(no_statuses()) };
        let partitions = Arc::new(Partitions::load(ctx, snap).await?);
        let sets = partition_sets(ctx, self.0.key(), &partitions).await?;
        Ok(statuses(&sets, &partitions)?)
    }

    async fn partition_stats(&self, ctx: &Context<'_>) -> Result<Option<PartitionStats>> {
        let Some(snap) = &self.0.snap().partitions else { return Ok(None) };
        let partitions = Arc::new(Partitions::load(ctx, snap).await?);
        let sets = partition_sets(ctx, self.0.key(), &partitions).await?;
        Ok(Some(sets.stats(&partitions)?))
    }

    async fn partition_keys(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        match &self.0.snap().partitions {
            Some(snap) => Ok(Partitions::load(ctx, snap).await?.keys()?),
            None => Ok(Vec::new()),
        }
    }

    async fn partition_key_connection(
        &self,
        ctx: &Context<'_>,
        limit: i32,
        ascending: bool,
        cursor: Option<String>,
    ) -> Result<Option<PartitionKeyConnection>> {
        let Some(snap) = &self.0.snap().partitions else { return Ok(None) };
        let partitions = Partitions::load(ctx, snap).await?;
        let order = if ascending { Order::Ascending } else { Order::Descending };
        let limit = usize::try_from(limit).unwrap_or_default();
        let (definition, context) = (&partitions.definition, &partitions.context);
        let page = definition.page(context, limit, order, cursor.as_deref());
        let page = page.map_err(ResolverError::from)?;
        let (results, cursor, has_more) = (page.keys, page.cursor, page.has_more);
        Ok(Some(PartitionKeyConnection { results, cursor, has_more }))
    }

    async fn partition_keys_by_dimension(
        &self,
        ctx: &Context<'_>,
        start_idx: Option<i32>,
        end_idx: Option<i32>,
    ) -> Result<Vec<DimensionPartitionKeys>> {
        let Some(snap) = &self.0.snap().partitions else { return Ok(Vec::new()) };
        Ok(keys_by_dimension(ctx, snap, index_range(start_idx, end_idx)).await?)
    }
}
