//! What an asset's definition tells.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use rondel_asset_graph::Definition;
use rondel_model::ids::AssetKey as ModelAssetKey;

use super::{AssetNode, Scope, kinds, op_names, partitions::NodePartitions, state::NodeState};
use crate::{
    assets::{
        automation::{AutoMaterializePolicy, AutomationCondition, BackfillPolicy},
        checks::{AssetCheckOrError, AssetChecksOrError, check_or_error, checks_or_error},
        dependency::{AssetDependency, ChangeReason},
        owners::AssetOwner,
        storage_address::{StorageAddress, table_name},
    },
    common::{AssetKey, DefinitionTag, PipelineSelector},
    config::ConfigTypeField,
    context::ContextExt,
    instigation::Instigator,
    jobs::{DagsterType, Pipeline, ResourceRequirement, SolidDefinition},
    logs::{MetadataEntry, metadata_entries},
    partitions::PartitionMapping,
    permissions::Permission,
    schedules::Schedule,
    sensors::Sensor,
    workspace::{PreparedRepository, Repository},
};

#[Object]
impl AssetNode {
    #[graphql(flatten)]
    async fn of_partitions(&self) -> NodePartitions {
        NodePartitions(self.clone())
    }

    #[graphql(flatten)]
    async fn of_state(&self) -> NodeState {
        NodeState(self.clone())
    }

    async fn asset_key(&self) -> AssetKey {
        self.key().into()
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
            edges.find(|edge| edge.parent_asset_key == *key)?.partition_mapping.as_deref()
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

    async fn auto_materialize_policy(&self) -> Option<AutoMaterializePolicy> {
        self.snap().auto_materialize_policy.as_deref().map(AutoMaterializePolicy::from)
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

    async fn is_virtual(&self) -> bool {
        self.snap().is_virtual
    }

    async fn is_auto_created_stub(&self) -> bool {
        self.node().definition().is_stub()
    }

    async fn job_names(&self) -> &[String] {
        &self.snap().job_names
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

    async fn jobs(&self) -> Vec<Pipeline> {
        let listed = self.snap().job_names.iter().filter(|name| self.repository.has_job(name));
        listed.map(|name| Pipeline::of(&self.repository, name)).collect()
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
