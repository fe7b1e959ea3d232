//! Asset checks as nodes of the graph.

use std::sync::Arc;

use rondel_model::{
    ids::{AssetCheckKey, AssetKey, RepositorySelector},
    snap::{AssetCheckNodeSnap, RepositorySnap},
};

use super::node::ExecutionSet;

/// A check as the last repository that defines it describes it.
#[derive(Debug, Clone)]
pub struct CheckNode {
    /// The check.
    pub key: AssetCheckKey,
    /// The repository.
    pub repository: Arc<RepositorySelector>,
    pub(super) source: Arc<RepositorySnap>,
    /// Where the check stands among the repository's checks.
    pub(super) position: usize,
    /// What must be executed together with the check; the check alone when it stands for itself.
    pub execution_set: Arc<ExecutionSet>,
}

impl CheckNode {
    /// The repository's description of the check.
    #[must_use]
    pub fn snap(&self) -> &AssetCheckNodeSnap {
        &checks_of(&self.source)[self.position]
    }

    /// The asset checked and the other assets the check reads.
    pub fn parents(&self) -> impl Iterator<Item = &AssetKey> + '_ {
        std::iter::once(&self.key.asset_key).chain(self.snap().additional_asset_keys.iter())
    }
}

/// The checks of a repository; none when it comes from a Dagster that knew no checks.
pub(super) fn checks_of(repository: &RepositorySnap) -> &[AssetCheckNodeSnap] {
    repository.asset_check_nodes.as_deref().unwrap_or_default()
}
