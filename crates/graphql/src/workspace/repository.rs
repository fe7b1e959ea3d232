//! One repository: its jobs, schedules, sensors, assets, resources.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use indexmap::IndexMap;
use rondel_model::ids::AssetKey as ModelAssetKey;

use super::{
    PreparedRepository,
    location::RepositoryLocation,
    manifest::manifest,
    origin::{RepositoryMetadata, RepositoryOrigin, display_metadata},
};
use crate::{
    assets::AssetNode,
    common::AssetKey,
    context::ContextExt,
    errors::ResolverError,
    jobs::{Job, Pipeline, UsedSolid, used_solids},
    partitions::PartitionSet,
    resources::ResourceDetails,
    scalars::GenericScalar,
    schedules::Schedule,
    sensors::{Sensor, SensorType},
};

#[derive(SimpleObject)]
pub(crate) struct AssetGroup {
    id: String,
    group_name: String,
    asset_keys: Vec<AssetKey>,
}

#[derive(SimpleObject)]
pub(crate) struct AssetNodeConnection {
    nodes: Vec<AssetNode>,
    cursor: Option<String>,
    has_more: bool,
}

/// One repository of a code location.
#[derive(Clone)]
pub(crate) struct Repository(pub(crate) Arc<PreparedRepository>);

#[Object]
impl Repository {
    async fn id(&self) -> ID {
        self.0.selector_id.as_str().into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn location(&self) -> RepositoryLocation {
        RepositoryLocation(Arc::clone(&self.0.location))
    }

    async fn pipelines(&self) -> Vec<Pipeline> {
        sorted_jobs(&self.0).into_iter().map(|name| Pipeline::of(&self.0, name)).collect()
    }

    async fn jobs(&self) -> Vec<Job> {
        sorted_jobs(&self.0).into_iter().map(|name| Job(Pipeline::of(&self.0, name))).collect()
    }

    async fn used_solids(&self) -> Result<Vec<UsedSolid>> {
        Ok(used_solids(&self.0).await?.into_values().collect())
    }

    async fn used_solid(&self, name: String) -> Result<Option<UsedSolid>> {
        let found = used_solids(&self.0).await?.remove(&name);
        found.map(Some).ok_or_else(|| ResolverError::raised("KeyError", format!("'{name}'")).into())
    }

    async fn partition_sets(&self) -> Vec<PartitionSet> {
        PartitionSet::all_of(&self.0)
    }

    async fn origin(&self) -> RepositoryOrigin {
        RepositoryOrigin(self.0.origin.clone())
    }

    async fn schedules(&self) -> Vec<Schedule> {
        let mut order: Vec<usize> = (0..self.0.snap.schedules.len()).collect();
        order.sort_by(|&a, &b| self.0.snap.schedules[a].name.cmp(&self.0.snap.schedules[b].name));
        order.into_iter().map(|index| Schedule::new(&self.0, index)).collect()
    }

    async fn sensors(&self, sensor_type: Option<SensorType>) -> Vec<Sensor> {
        let mut order: Vec<usize> = (0..self.0.snap.sensors.len()).collect();
        order.sort_by(|&a, &b| self.0.snap.sensors[a].name.cmp(&self.0.snap.sensors[b].name));
        let sensors = order.into_iter().map(|index| Sensor::new(&self.0, index));
        sensors.filter(|sensor| sensor_type.is_none_or(|wanted| sensor.kind() == wanted)).collect()
    }

    async fn asset_nodes(&self) -> Vec<AssetNode> {
        AssetNode::all_of(&self.0)
    }

    /// Paginated view of asset nodes in this repository, sorted by asset key.
    async fn asset_nodes_connection(
        &self,
        ctx: &Context<'_>,
        cursor: Option<String>,
        limit: i32,
    ) -> Result<AssetNodeConnection> {
        let most = ctx.request().app.limits.asset_nodes_page;
        if limit <= 0 || limit > most {
            return Err(ResolverError::invariant(format!(
                "assetNodesConnection limit must be between 1 and {most} (got {limit}). The upper bound is \
                 configured via the DAGSTER_ASSET_NODES_CONNECTION_MAX_LIMIT environment variable."
            ))
            .into());
        }
        let limit = usize::try_from(limit).unwrap_or_default();
        let mut keyed: Vec<(String, AssetNode)> = AssetNode::all_of(&self.0)
            .into_iter()
            .map(|node| (node.key().to_db_string(), node))
            .collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        if let Some(cursor) = &cursor {
            keyed.retain(|(key, _)| key > cursor);
        }
        let has_more = keyed.len() > limit;
        keyed.truncate(limit);
        let cursor = keyed.last().map(|(key, _)| key.clone()).or(cursor);
        Ok(AssetNodeConnection {
            nodes: keyed.into_iter().map(|(_, node)| node).collect(),
            cursor,
            has_more,
        })
    }

    /// The assets as one value, for pages that need all of them.
    async fn asset_manifest(&self, ctx: &Context<'_>) -> Result<Option<GenericScalar>> {
        Ok(Some(GenericScalar(manifest(ctx, &self.0).await?)))
    }

    async fn display_metadata(&self) -> Vec<RepositoryMetadata> {
        let mut facts = display_metadata(&self.0.origin.code_location_origin);
        facts.extend(self.0.location.container_image.as_deref().map(RepositoryMetadata::image));
        facts
    }

    async fn all_top_level_resource_details(&self) -> Vec<ResourceDetails> {
        let mut resources = ResourceDetails::top_level_of(&self.0);
        resources.sort_by(|a, b| a.snap().name.cmp(&b.snap().name));
        resources
    }

    async fn asset_groups(&self) -> Vec<AssetGroup> {
        let mut groups: IndexMap<&str, Vec<&ModelAssetKey>> = IndexMap::new();
        for snap in &self.0.snap.asset_nodes {
            groups.entry(&snap.group_name).or_default().push(&snap.asset_key);
        }
        let group = |(name, keys): (&str, Vec<&ModelAssetKey>)| AssetGroup {
            id: format!("{}-{}-{name}", self.0.location.name, self.0.name),
            group_name: name.to_owned(),
            asset_keys: keys.into_iter().map(AssetKey::from).collect(),
        };
        groups.into_iter().map(group).collect()
    }
}

fn sorted_jobs(repository: &PreparedRepository) -> Vec<&str> {
    let mut names: Vec<&str> = repository.job_names().collect();
    names.sort_unstable();
    names
}
