//! The assets that a schedule or sensor targets.

use std::sync::Arc;

use async_graphql::{Object, Result, Union};
use rondel_asset_graph::{Missing, Selection};
use rondel_model::{ids::AssetKey as ModelAssetKey, selection::AssetSelection as Stored};

use super::asset::{Asset, AssetConnection};
use crate::{
    common::{AssetCheckHandle, AssetKey},
    errors::{PythonError, ResolverError, capture, or_error},
    workspace::PreparedRepository,
};

#[derive(Union)]
pub(crate) enum AssetsOrError {
    AssetConnection(AssetConnection),
    PythonError(PythonError),
}
or_error!(AssetsOrError:);

/// The assets that a schedule or sensor targets, resolved within its repository.
pub(crate) struct AssetSelection {
    repository: Arc<PreparedRepository>,
    selection: Selection,
}

impl AssetSelection {
    /// None for a selection of a class that this version does not know.
    pub(crate) fn of(repository: &Arc<PreparedRepository>, stored: &Stored) -> Option<Self> {
        let selection = Selection::from_stored(stored)?;
        Some(Self { repository: Arc::clone(repository), selection })
    }

    /// The keys, in the order of their text form.
    fn keys(&self) -> std::result::Result<Vec<ModelAssetKey>, ResolverError> {
        let graph = self.repository.asset_graph();
        let mut keys = self.selection.resolve(graph, Missing::Refuse)?;
        keys.sort_by_cached_key(ModelAssetKey::to_db_string);
        Ok(keys)
    }

    fn connection(&self) -> std::result::Result<AssetConnection, ResolverError> {
        Ok(AssetConnection {
            nodes: self.keys()?.into_iter().map(Asset::new).collect(),
            cursor: None,
        })
    }
}

#[Object]
impl AssetSelection {
    async fn asset_selection_string(&self) -> Option<String> {
        let here = Selection::CodeLocation(Some(self.repository.location.name.clone()));
        self.selection.clone().and(here).to_text()
    }

    async fn asset_keys(&self) -> Result<Vec<AssetKey>> {
        Ok(self.keys()?.iter().map(AssetKey::from).collect())
    }

    async fn asset_checks(&self) -> Result<Vec<AssetCheckHandle>> {
        let checks = self.selection.resolve_checks(self.repository.asset_graph(), Missing::Refuse);
        Ok(checks.map_err(ResolverError::from)?.iter().map(AssetCheckHandle::from).collect())
    }

    async fn assets(&self) -> Result<Vec<Asset>> {
        Ok(self.connection()?.nodes)
    }

    async fn assets_or_error(&self, ctx: &async_graphql::Context<'_>) -> AssetsOrError {
        capture(ctx, async { self.connection() }).await
    }
}
