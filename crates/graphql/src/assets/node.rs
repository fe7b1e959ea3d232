//! An asset with a definition: one node of the workspace's graph, or of one repository's.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use rondel_asset_graph::{AssetGraph, AssetNode as GraphNode, Definition};
use rondel_model::{
    automation::FreshnessPolicy as ModelFreshness, ids::AssetKey as ModelAssetKey,
    snap::AssetNodeSnap,
};

use rondel_partitions::Order;

use super::{
    automation::{AutoMaterializePolicy, AutomationCondition, BackfillPolicy},
    checks::{AssetCheckOrError, AssetChecksOrError, check_or_error, checks_or_error},
    computed::Computed,
    dependency::{AssetDependency, ChangeReason},
    events::{EventsFilter, fetch_materializations, fetch_observations},
    freshness::{FreshnessPolicy, FreshnessStatusInfo, InternalFreshnessPolicy, freshness_status},
    loaders::PlannedKey,
    owners::AssetOwner,
    partitioned::{
        DimensionPartitionKeys, PartitionKeyConnection, keys_by_dimension, latest_by_partition,
        partition_sets,
    },
    stale::{self, StaleCause, StaleStatus},
    storage_address::{StorageAddress, table_name},
};
use crate::{
    common::{AssetKey, DefinitionTag, PipelineSelector},
    config::ConfigTypeField,
    context::ContextExt,
    errors::ResolverError,
    instigation::Instigator,
    jobs::{DagsterType, Pipeline, ResourceRequirement, SolidDefinition},
    logs::{MaterializationEvent, MetadataEntry, ObservationEvent, metadata_entries},
    partitions::{
        AssetPartitionStatuses, PartitionDefinition, PartitionMapping, PartitionStats, Partitions,
        no_statuses, statuses,
    },
    permissions::Permission,
    runs::{Run, load_run},
    schedules::Schedule,
    sensors::Sensor,
    workspace::{PreparedRepository, PreparedWorkspace, Repository},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Workspace,
    Repository,
}

/// An asset with a definition.
#[derive(Clone)]
pub(crate) struct AssetNode {
    graph: Arc<AssetGraph>,
    index: usize,
    repository: Arc<PreparedRepository>,
    scope: Scope,
}

impl AssetNode {
    /// The node at a position of the workspace's graph.
    pub(crate) fn in_workspace(workspace: &PreparedWorkspace, index: usize) -> Option<Self> {
        let graph = workspace.asset_graph();
        let repository = workspace.repository_of(graph.node(index).repository())?;
        Some(Self {
            graph: Arc::clone(graph),
            index,
            repository: Arc::clone(repository),
            scope: Scope::Workspace,
        })
    }

    /// The node of a key in the workspace's graph.
    pub(crate) fn find(workspace: &PreparedWorkspace, key: &ModelAssetKey) -> Option<Self> {
        Self::in_workspace(workspace, workspace.asset_graph().index_of(key)?)
    }

    /// The node at a position of a repository's own graph.
    pub(crate) fn in_repository(repository: &Arc<PreparedRepository>, index: usize) -> Self {
        Self {
            graph: Arc::clone(repository.asset_graph()),
            index,
            repository: Arc::clone(repository),
            scope: Scope::Repository,
        }
    }

    /// Every asset of a repository.
    pub(crate) fn all_of(repository: &Arc<PreparedRepository>) -> Vec<Self> {
        let count = repository.asset_graph().nodes().len();
        (0..count).map(|index| Self::in_repository(repository, index)).collect()
    }

    pub(crate) fn node(&self) -> &GraphNode {
        self.graph.node(self.index)
    }

    pub(crate) fn key(&self) -> &ModelAssetKey {
        &self.node().key
    }

    pub(crate) fn snap(&self) -> &AssetNodeSnap {
        self.node().snap()
    }

    pub(crate) fn prepared_repository(&self) -> &Arc<PreparedRepository> {
        &self.repository
    }

    /// The id by which lists are sorted and clients cache.
    pub(crate) fn unique_id(&self) -> String {
        let key = self.key().to_escaped_user_string();
        match self.scope {
            Scope::Workspace => format!("w.{key}"),
            Scope::Repository => {
                format!("r.{}.{}.{key}", self.repository.location.name, self.repository.name)
            }
        }
    }

    /// What computes the asset, if anything does.
    async fn computed(&self) -> Result<Option<Computed>> {
        Ok(Computed::of(&self.repository, self.snap()).await?)
    }

    /// As [`Self::computed`], of an asset that Dagster executes.
    async fn executed(&self) -> Result<Option<Computed>> {
        if self.node().definition().is_executable() { self.computed().await } else { Ok(None) }
    }

    /// The freshness policy declared by any definition, the most telling first.
    fn declared_freshness(&self) -> Option<&ModelFreshness> {
        self.node().by_preference().find_map(|found| found.snap().freshness_policy.as_ref())
    }
}

#[Object]
impl AssetNode {
    async fn asset_key(&self) -> AssetKey {
        self.key().into()
    }

    async fn asset_materializations(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<MaterializationEvent>> {
        let filter = EventsFilter::new(partitions, before_timestamp_millis.as_deref(), None, limit);
        Ok(fetch_materializations(ctx, self.key(), filter).await?)
    }

    async fn asset_observations(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
        before_timestamp_millis: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<ObservationEvent>> {
        let filter = EventsFilter::new(partitions, before_timestamp_millis.as_deref(), None, limit);
        Ok(fetch_observations(ctx, self.key(), filter).await?)
    }

    /// Other assets stored in the same table.
    async fn assets_for_same_storage_address(&self, ctx: &Context<'_>) -> Vec<AssetNode> {
        let Some(own) = table_name(&self.snap().metadata) else { return Vec::new() };
        let workspace = ctx.prepared();
        let same = workspace.asset_graph().select(|node| {
            node.key != *self.key() && table_name(&node.snap().metadata).as_ref() == Some(&own)
        });
        same.iter().filter_map(|index| AssetNode::in_workspace(workspace, index)).collect()
    }

    async fn backfill_policy(&self) -> Option<BackfillPolicy> {
        self.snap().backfill_policy.as_ref().map(BackfillPolicy::from)
    }

    async fn changed_reasons(&self) -> Vec<ChangeReason> {
        Vec::new()
    }

    async fn compute_kind(&self) -> Option<&str> {
        self.snap().compute_kind.as_deref()
    }

    async fn depended_by(&self) -> Vec<AssetDependency> {
        let dependency = |key: &ModelAssetKey| AssetDependency { key: key.clone(), mapping: None };
        self.node().children().iter().map(dependency).collect()
    }

    async fn depended_by_keys(&self) -> Vec<AssetKey> {
        self.node().children().iter().map(AssetKey::from).collect()
    }

    async fn dependencies(&self) -> Vec<AssetDependency> {
        let mapped_by = match self.scope {
            Scope::Workspace => self.node().materializable_definition().map(Definition::snap),
            Scope::Repository => Some(self.snap()),
        };
        let mapping = |key: &ModelAssetKey| {
            let mut edges = mapped_by?.parent_edges.iter();
            edges.find(|edge| edge.parent_asset_key == *key)?.partition_mapping.as_ref()
        };
        let dependency = |key: &ModelAssetKey| AssetDependency {
            key: key.clone(),
            mapping: mapping(key).map(PartitionMapping::from),
        };
        self.node().parents().iter().map(dependency).collect()
    }

    async fn dependency_keys(&self) -> Vec<AssetKey> {
        self.snap().parent_edges.iter().map(|edge| (&edge.parent_asset_key).into()).collect()
    }

    async fn description(&self, character_limit: Option<i32>) -> Option<String> {
        let description = self.snap().description.as_deref()?;
        Some(match character_limit.and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit) => description.chars().take(limit).collect(),
            None => description.to_owned(),
        })
    }

    async fn freshness_policy(&self, ctx: &Context<'_>) -> Option<FreshnessPolicy> {
        let mut definitions = self.node().by_preference();
        let policy = definitions.find_map(|found| found.snap().legacy_freshness_policy.as_ref())?;
        Some(FreshnessPolicy::new(policy, ctx.now()))
    }

    async fn freshness_status_info(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<FreshnessStatusInfo>> {
        match self.declared_freshness() {
            Some(_) => Ok(Some(freshness_status(ctx, self.key()).await?)),
            None => Ok(None),
        }
    }

    async fn internal_freshness_policy(&self) -> Option<InternalFreshnessPolicy> {
        InternalFreshnessPolicy::of(self.declared_freshness()?)
    }

    async fn auto_materialize_policy(&self) -> Option<AutoMaterializePolicy> {
        self.snap().auto_materialize_policy.as_ref().map(AutoMaterializePolicy::from)
    }

    async fn automation_condition(&self) -> Option<AutomationCondition> {
        AutomationCondition::of_asset(self.snap())
    }

    async fn graph_name(&self) -> Option<&str> {
        self.snap().graph_name.as_deref()
    }

    async fn group_name(&self) -> &str {
        &self.snap().group_name
    }

    async fn owners(&self) -> Vec<AssetOwner> {
        AssetOwner::list(self.snap().owners.as_deref())
    }

    async fn id(&self) -> ID {
        self.unique_id().into()
    }

    async fn is_executable(&self) -> bool {
        self.node().definition().is_executable()
    }

    async fn is_observable(&self) -> bool {
        self.snap().is_observable
    }

    async fn is_materializable(&self) -> bool {
        self.node().definition().is_materializable()
    }

    async fn is_partitioned(&self) -> bool {
        self.snap().partitions.is_some()
    }

    async fn is_virtual(&self) -> bool {
        self.snap().is_virtual
    }

    async fn is_auto_created_stub(&self) -> bool {
        self.node().definition().is_stub()
    }

    async fn job_names(&self) -> &[String] {
        &self.snap().job_names
    }

    async fn latest_run_for_partition(
        &self,
        ctx: &Context<'_>,
        partition: String,
    ) -> Result<Option<Run>> {
        let key = PlannedKey { asset: self.key().clone(), partition: Some(partition) };
        match ctx.loader().load_one(key).await? {
            Some(planned) => Ok(load_run(ctx, &planned.run_id.into()).await?),
            None => Ok(None),
        }
    }

    async fn metadata_entries(&self) -> Vec<MetadataEntry> {
        metadata_entries(&self.snap().metadata)
    }

    async fn storage_address(&self) -> Option<StorageAddress> {
        StorageAddress::of(&self.snap().metadata)
    }

    async fn tags(&self) -> Vec<DefinitionTag> {
        self.snap().tags.iter().flatten().map(DefinitionTag::from).collect()
    }

    async fn kinds(&self) -> Vec<String> {
        kinds(self.node())
    }

    async fn op_name(&self) -> Option<&str> {
        self.snap().op_name.as_deref()
    }

    async fn op_names(&self) -> Vec<String> {
        op_names(self.snap())
    }

    async fn op_version(&self) -> Option<&str> {
        self.snap().code_version.as_deref()
    }

    async fn partition_definition(&self) -> Option<PartitionDefinition> {
        PartitionDefinition::of(self.snap().partitions.as_ref()?)
    }

    async fn pools(&self) -> Vec<String> {
        let mut pools: Vec<String> = self.snap().pools.iter().cloned().collect();
        pools.sort();
        pools
    }

    async fn repository(&self) -> Repository {
        Repository(Arc::clone(&self.repository))
    }

    async fn has_materialize_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::LaunchPipelineExecution)
    }

    async fn has_wipe_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::WipeAssets)
    }

    async fn has_report_runless_asset_event_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::ReportRunlessAssetEvents)
    }

    async fn has_asset_checks(&self) -> bool {
        !self.node().checks().is_empty()
    }

    async fn asset_check_or_error(
        &self,
        ctx: &Context<'_>,
        check_name: String,
    ) -> AssetCheckOrError {
        check_or_error(ctx, self, &check_name)
    }

    async fn asset_checks_or_error(
        &self,
        ctx: &Context<'_>,
        limit: Option<i32>,
        pipeline: Option<PipelineSelector>,
    ) -> AssetChecksOrError {
        checks_or_error(ctx, self, limit, pipeline.as_ref())
    }

    async fn config_field(&self) -> Result<Option<ConfigTypeField>> {
        Ok(self.computed().await?.and_then(|computed| computed.config_field()))
    }

    async fn data_version(
        &self,
        ctx: &Context<'_>,
        partition: Option<String>,
    ) -> Result<Option<String>> {
        Ok(stale::data_version(ctx, self.node(), partition.as_deref()).await?)
    }

    async fn jobs(&self) -> Vec<Pipeline> {
        let listed = self.snap().job_names.iter().filter(|name| self.repository.has_job(name));
        listed.map(|name| Pipeline::of(&self.repository, name)).collect()
    }

    async fn latest_materialization_by_partition(
        &self,
        ctx: &Context<'_>,
        partitions: Option<Vec<String>>,
    ) -> Result<Vec<Option<MaterializationEvent>>> {
        let all = partitions.is_none();
        let partitions = match (partitions, &self.snap().partitions) {
            (Some(partitions), _) => partitions,
            (None, Some(snap)) => Partitions::load(ctx, snap).await?.keys()?,
            (None, None) => Vec::new(),
        };
        Ok(latest_by_partition(ctx, self.key(), partitions, all).await?)
    }

    async fn asset_partition_statuses(&self, ctx: &Context<'_>) -> Result<AssetPartitionStatuses> {
        let Some(snap) = &self.snap().partitions else { return Ok(no_statuses()) };
        let partitions = Partitions::load(ctx, snap).await?;
        let sets = partition_sets(ctx, self.key(), &partitions).await?;
        Ok(statuses(&sets, &partitions)?)
    }

    async fn partition_stats(&self, ctx: &Context<'_>) -> Result<Option<PartitionStats>> {
        let Some(snap) = &self.snap().partitions else { return Ok(None) };
        let partitions = Partitions::load(ctx, snap).await?;
        let sets = partition_sets(ctx, self.key(), &partitions).await?;
        Ok(Some(sets.stats(&partitions)?))
    }

    async fn partition_keys(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        match &self.snap().partitions {
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
        let Some(snap) = &self.snap().partitions else { return Ok(None) };
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
        let Some(snap) = &self.snap().partitions else { return Ok(Vec::new()) };
        // Zero counts as not given, as in Dagster.
        let given = |index: Option<i32>| index.filter(|index| *index != 0);
        Ok(keys_by_dimension(ctx, snap, given(start_idx).zip(given(end_idx))).await?)
    }

    async fn op(&self) -> Result<Option<SolidDefinition>> {
        Ok(self.executed().await?.and_then(|computed| computed.op()))
    }

    async fn op_tags(&self) -> Result<Vec<DefinitionTag>> {
        Ok(self.executed().await?.map(|computed| computed.tags()).unwrap_or_default())
    }

    async fn required_resources(&self) -> Result<Vec<ResourceRequirement>> {
        let computed = self.executed().await?;
        Ok(computed.map(|computed| computed.required_resources()).unwrap_or_default())
    }

    #[graphql(name = "type")]
    async fn dagster_type(&self) -> Result<Option<DagsterType>> {
        let Some(output) = self.snap().output_name.as_deref() else { return Ok(None) };
        match self.computed().await? {
            Some(computed) => Ok(computed.output_type(output)?),
            None => Ok(None),
        }
    }

    async fn stale_status(
        &self,
        ctx: &Context<'_>,
        partition: Option<String>,
    ) -> Result<Option<StaleStatus>> {
        Ok(Some(stale::status(ctx, self.node(), partition.as_deref()).await?))
    }

    async fn stale_causes(
        &self,
        ctx: &Context<'_>,
        partition: Option<String>,
    ) -> Result<Vec<StaleCause>> {
        Ok(stale::causes(ctx, self.node(), partition.as_deref()).await?)
    }

    async fn targeting_instigators(&self, ctx: &Context<'_>) -> Vec<Instigator> {
        let workspace = ctx.prepared();
        let definitions: Vec<&Definition> = match self.scope {
            Scope::Workspace => self.node().definitions().iter().collect(),
            // A repository's own graph does not know who targets its assets; the workspace's does.
            Scope::Repository => {
                let node = workspace.asset_graph().get(self.key());
                let own = node.and_then(|node| node.definition_in(&self.repository.selector));
                own.into_iter().collect()
            }
        };
        let homes = definitions.into_iter().filter_map(|definition| {
            Some((definition, workspace.repository_of(&definition.repository)?))
        });
        let homes: Vec<(&Definition, &Arc<PreparedRepository>)> = homes.collect();
        let sensors = homes.iter().flat_map(|(definition, repository)| {
            definition.sensors.iter().filter_map(|name| Sensor::find(repository, name))
        });
        let schedules = homes.iter().flat_map(|(definition, repository)| {
            definition.schedules.iter().filter_map(|name| Schedule::find(repository, name))
        });
        sensors.map(Instigator::from).chain(schedules.map(Instigator::from)).collect()
    }
}

/// The technologies shown on an asset.
pub(super) fn kinds(node: &GraphNode) -> Vec<String> {
    match &node.snap().compute_kind {
        Some(kind) if !kind.is_empty() => vec![kind.clone()],
        _ => node.kinds().map(str::to_owned).collect(),
    }
}

/// The ops behind an asset; an old Dagster tells one name only.
pub(super) fn op_names(snap: &AssetNodeSnap) -> Vec<String> {
    if snap.op_names.is_empty() {
        snap.op_name.iter().cloned().collect()
    } else {
        snap.op_names.clone()
    }
}
