//! Queries for assets, with or without a definition.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, InputObject, Object, Result, SimpleObject, Union};
use rondel_model::ids::AssetKey as ModelAssetKey;

use super::{
    asset::{Asset, AssetConnection},
    latest::{AssetLatestInfo, latest_infos},
    node::AssetNode,
    selection::AssetsOrError,
};
use crate::{
    common::{AssetKey, AssetKeyInput, PipelineSelector},
    context::ContextExt,
    errors::{AssetNotFoundError, PythonError, ResolverError, capture, or_error},
    workspace::{PreparedRepository, Repository},
};

/// A group of assets of a repository.
#[derive(InputObject)]
pub(crate) struct AssetGroupSelector {
    group_name: String,
    repository_name: String,
    repository_location_name: String,
}

#[derive(Union)]
pub(crate) enum AssetOrError {
    Asset(Asset),
    AssetNotFoundError(AssetNotFoundError),
}

#[derive(Union)]
pub(crate) enum AssetNodeOrError {
    AssetNode(AssetNode),
    AssetNotFoundError(AssetNotFoundError),
}

/// An asset that something is stored about.
#[derive(SimpleObject)]
pub(crate) struct AssetRecord {
    id: String,
    key: AssetKey,
}

#[derive(SimpleObject)]
pub(crate) struct AssetRecordConnection {
    assets: Vec<AssetRecord>,
    cursor: Option<String>,
}

#[derive(Union)]
pub(crate) enum AssetRecordsOrError {
    AssetRecordConnection(AssetRecordConnection),
    PythonError(PythonError),
}
or_error!(AssetRecordsOrError:);

/// An asset that several repositories define.
#[derive(SimpleObject)]
pub(crate) struct AssetNodeDefinitionCollision {
    asset_key: AssetKey,
    repositories: Vec<Repository>,
}

/// Cursors are keys in their database form; clients write the JSON with other white space.
fn normalized(cursor: Option<String>) -> Option<String> {
    let cursor = cursor.filter(|cursor| !cursor.is_empty())?;
    let path = serde_json::from_str::<Vec<String>>(&cursor);
    Some(path.map_or(cursor, |path| ModelAssetKey::from(path).to_db_string()))
}

fn limit_of(limit: Option<i32>) -> Option<usize> {
    limit.filter(|limit| *limit != 0).and_then(|limit| usize::try_from(limit).ok())
}

fn unique(keys: Vec<AssetKeyInput>) -> BTreeSet<ModelAssetKey> {
    keys.into_iter().map(ModelAssetKey::from).collect()
}

#[derive(Default)]
pub(crate) struct AssetQuery;

#[Object]
impl AssetQuery {
    /// Retrieve all assets (both with or without a definition) after providing a list of asset keys, applying a prefix filter, cursor, and limit.
    async fn assets_or_error(
        &self,
        ctx: &Context<'_>,
        prefix: Option<Vec<String>>,
        asset_keys: Option<Vec<AssetKeyInput>>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> AssetsOrError {
        capture(ctx, async {
            let limit = limit_of(limit);
            let mut keys: Vec<ModelAssetKey> = match (asset_keys, prefix) {
                (Some(_), Some(_)) => {
                    let text = "Cannot provide both asset_keys and prefix";
                    return Err(ResolverError::invariant(text));
                }
                (Some(keys), None) => keys.into_iter().map(ModelAssetKey::from).collect(),
                (None, prefix) => all_keys(ctx, prefix.unwrap_or_default(), cursor, limit).await?,
            };
            keys.truncate(limit.unwrap_or(usize::MAX));
            let cursor = keys.last().map(ModelAssetKey::to_db_string);
            Ok(AssetConnection { nodes: keys.into_iter().map(Asset::new).collect(), cursor })
        })
        .await
    }

    /// Retrieve materialized asset records after applying a prefix filter, cursor, and limit.
    async fn asset_records_or_error(
        &self,
        ctx: &Context<'_>,
        prefix: Option<Vec<String>>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> AssetRecordsOrError {
        capture(ctx, async {
            let prefix = prefix.unwrap_or_default();
            let (limit, cursor) = (limit_of(limit), normalized(cursor));
            let store = ctx.storage().assets();
            let keys = store.get_asset_keys(&prefix, limit, cursor.as_deref()).await?;
            let cursor = keys.last().map(ModelAssetKey::to_db_string);
            let record =
                |key: &ModelAssetKey| AssetRecord { id: key.to_db_string(), key: key.into() };
            Ok(AssetRecordConnection { assets: keys.iter().map(record).collect(), cursor })
        })
        .await
    }

    /// Retrieve an asset by asset key.
    async fn asset_or_error(&self, asset_key: AssetKeyInput) -> AssetOrError {
        Asset::new(asset_key.into()).into()
    }

    /// Retrieve asset nodes (assets with a definition) after applying a filter on asset group, job, and asset keys.
    async fn asset_nodes(
        &self,
        ctx: &Context<'_>,
        group: Option<AssetGroupSelector>,
        pipeline: Option<PipelineSelector>,
        asset_keys: Option<Vec<AssetKeyInput>>,
        #[graphql(default_with = "Some(false)")] load_materializations: Option<bool>,
    ) -> Vec<AssetNode> {
        // Materializations are loaded with whichever field asks for them.
        let _ = load_materializations;
        let wanted = asset_keys.map(unique);
        if wanted.as_ref().is_some_and(BTreeSet::is_empty) {
            return Vec::new();
        }
        let workspace = ctx.prepared();
        let mut nodes: Vec<AssetNode> = if let Some(group) = &group {
            let (location, name) = (&group.repository_location_name, &group.repository_name);
            let repository = workspace.repository(location, name);
            let nodes = repository.map(AssetNode::all_of).unwrap_or_default();
            nodes.into_iter().filter(|node| node.node().group_name() == group.group_name).collect()
        } else if let Some(pipeline) = &pipeline {
            let (location, name) = (&pipeline.repository_location_name, &pipeline.repository_name);
            let repository = workspace.repository(location, name);
            repository.map(|home| in_job(home, &pipeline.pipeline_name)).unwrap_or_default()
        } else {
            let graph = workspace.asset_graph();
            match &wanted {
                Some(keys) => {
                    keys.iter().filter_map(|key| AssetNode::find(workspace, key)).collect()
                }
                None => {
                    let indexes = 0..graph.nodes().len();
                    indexes.filter_map(|at| AssetNode::in_workspace(workspace, at)).collect()
                }
            }
        };
        if let Some(wanted) = &wanted {
            nodes.retain(|node| wanted.contains(node.key()));
        }
        nodes.sort_by_cached_key(AssetNode::unique_id);
        nodes
    }

    /// Retrieve an asset node by asset key.
    async fn asset_node_or_error(
        &self,
        ctx: &Context<'_>,
        asset_key: AssetKeyInput,
    ) -> AssetNodeOrError {
        let key = ModelAssetKey::from(asset_key);
        match AssetNode::find(ctx.prepared(), &key) {
            Some(node) => node.into(),
            None => AssetNotFoundError::of(&key.to_db_string()).into(),
        }
    }

    /// Retrieve a list of additional asset keys that must be materialized with the provided selection (due to @multi_assets with can_subset=False constraints.)
    async fn asset_node_additional_required_keys(
        &self,
        ctx: &Context<'_>,
        asset_keys: Vec<AssetKeyInput>,
    ) -> Result<Vec<AssetKey>> {
        let graph = ctx.prepared().asset_graph();
        let given = unique(asset_keys);
        let mut required = BTreeSet::new();
        for key in &given {
            required.extend(known(graph, key)?.execution_set_assets().iter().cloned());
        }
        Ok(required.difference(&given).map(AssetKey::from).collect())
    }

    /// Retrieve a list of asset keys where two or more repos provide an asset definition. Note: Assets should not be defined in more than one repository - this query is used to present warnings and errors in the Dagster UI.
    async fn asset_node_definition_collisions(
        &self,
        ctx: &Context<'_>,
        asset_keys: Vec<AssetKeyInput>,
    ) -> Result<Vec<AssetNodeDefinitionCollision>> {
        let workspace = ctx.prepared();
        let mut collisions = Vec::new();
        for key in unique(asset_keys) {
            let definitions = known(workspace.asset_graph(), &key)?.definitions().iter();
            let defined = definitions.filter(|definition| {
                let snap = definition.snap();
                let names = [&snap.node_definition_name, &snap.graph_name, &snap.op_name];
                names.iter().any(|name| name.as_ref().is_some_and(|name| !name.is_empty()))
            });
            let repositories: Vec<Repository> = defined
                .filter_map(|definition| workspace.repository_of(&definition.repository))
                .map(|repository| Repository(Arc::clone(repository)))
                .collect();
            if repositories.len() > 1 {
                collisions
                    .push(AssetNodeDefinitionCollision { asset_key: (&key).into(), repositories });
            }
        }
        Ok(collisions)
    }

    /// Retrieve the latest materializations for a set of assets by asset keys.
    async fn assets_latest_info(
        &self,
        ctx: &Context<'_>,
        asset_keys: Vec<AssetKeyInput>,
    ) -> Result<Vec<AssetLatestInfo>> {
        Ok(latest_infos(ctx, unique(asset_keys)).await?)
    }
}

/// Every key of the workspace or the store, sorted as text.
async fn all_keys(
    ctx: &Context<'_>,
    prefix: Vec<String>,
    cursor: Option<String>,
    limit: Option<usize>,
) -> std::result::Result<Vec<ModelAssetKey>, ResolverError> {
    let cursor = normalized(cursor);
    let stored = ctx.storage().assets().get_asset_keys(&prefix, limit, cursor.as_deref()).await?;
    let defined = ctx.prepared().asset_graph().nodes().iter().map(|node| &node.key);
    let defined = defined.filter(|key| key.path().starts_with(&prefix));
    let keyed = stored.iter().chain(defined).map(|key| (key.to_db_string(), key));
    let mut keyed: Vec<(String, &ModelAssetKey)> =
        keyed.filter(|(text, _)| cursor.as_ref().is_none_or(|cursor| text > cursor)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.dedup_by(|a, b| a.0 == b.0);
    Ok(keyed.into_iter().map(|(_, key)| key.clone()).collect())
}

/// The assets of a job, as its repository knows them.
pub(crate) fn in_job(repository: &Arc<PreparedRepository>, job_name: &str) -> Vec<AssetNode> {
    let graph = repository.asset_graph();
    let is_in_job = |node: &&AssetNode| node.snap().job_names.iter().any(|job| job == job_name);
    let nodes = (0..graph.nodes().len()).map(|at| AssetNode::in_repository(repository, at));
    let nodes: Vec<AssetNode> = nodes.collect();
    nodes.iter().filter(is_in_job).cloned().collect()
}

fn known<'a>(
    graph: &'a rondel_asset_graph::AssetGraph,
    key: &ModelAssetKey,
) -> std::result::Result<&'a rondel_asset_graph::AssetNode, ResolverError> {
    let unknown = || ResolverError::raised("KeyError", format!("AssetKey({:?})", key.path()));
    graph.get(key).ok_or_else(unknown)
}
