//! An asset with a definition: one node of the workspace's graph, or of one repository's.

mod fields;
mod partitions;
mod state;

use std::sync::Arc;

use async_graphql::Result;
use rondel_asset_graph::{AssetGraph, AssetNode as GraphNode};
use rondel_model::{
    automation::{FreshnessPolicy as ModelFreshness, LegacyFreshnessPolicy},
    ids::AssetKey as ModelAssetKey,
    snap::AssetNodeSnap,
};

use super::computed::Computed;
use crate::workspace::{PreparedRepository, PreparedWorkspace};

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
        self.node().by_preference().find_map(|found| found.snap().freshness_policy.as_deref())
    }

    /// The freshness policy in the form of earlier versions, unless those are switched off.
    fn legacy_freshness(&self) -> Option<&LegacyFreshnessPolicy> {
        let mut definitions = self.node().by_preference();
        let policy = definitions.find_map(|found| found.snap().legacy_freshness_policy.as_ref());
        policy.filter(|_| !is_switched_on(std::env::var(LEGACY_FRESHNESS_OFF).ok().as_deref()))
    }
}

/// With which freshness policies in the form of earlier versions are left out.
const LEGACY_FRESHNESS_OFF: &str = "DAGSTER_LEGACY_FRESHNESS_POLICY_KILLSWITCH";

fn is_switched_on(variable: Option<&str>) -> bool {
    variable.is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true"))
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
