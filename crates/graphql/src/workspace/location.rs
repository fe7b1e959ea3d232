//! Code locations: entries of the workspace, their load status and errors.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject, Union};
use rondel_code_location::{CodeLocation, LocationEntry, LocationState};
use rondel_model::snap as model;

use super::{origin::RepositoryMetadata, repository::Repository};
use crate::{
    context::ContextExt,
    errors::PythonError,
    permissions::{PermissionState, location_permissions},
};

/// Whether a code location has been loaded (or has failed to) since the server started.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum RepositoryLocationLoadStatus {
    #[graphql(name = "LOADING")]
    Loading,
    #[graphql(name = "LOADED")]
    Loaded,
}

impl RepositoryLocationLoadStatus {
    pub(crate) fn of(entry: &LocationEntry) -> Self {
        if matches!(entry.state, LocationState::Loading) { Self::Loading } else { Self::Loaded }
    }
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum DefinitionsSource {
    #[graphql(name = "CODE_SERVER")]
    CodeServer,
    #[graphql(name = "CONNECTION")]
    Connection,
}

#[derive(SimpleObject)]
pub(crate) struct FeatureFlag {
    name: &'static str,
    enabled: bool,
}

#[derive(SimpleObject)]
pub(crate) struct DagsterLibraryVersion {
    name: String,
    version: String,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DefsStateManagementType {
    VersionedStateStorage,
    LocalFilesystem,
    LegacyCodeServerSnapshots,
}

impl From<model::DefsStateManagementType> for DefsStateManagementType {
    fn from(kind: model::DefsStateManagementType) -> Self {
        match kind {
            model::DefsStateManagementType::VersionedStateStorage => Self::VersionedStateStorage,
            model::DefsStateManagementType::LocalFilesystem => Self::LocalFilesystem,
            model::DefsStateManagementType::LegacyCodeServerSnapshots => {
                Self::LegacyCodeServerSnapshots
            }
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct DefsKeyStateInfo {
    version: String,
    create_timestamp: f64,
    management_type: DefsStateManagementType,
}

/// Versions which say that the state is not kept in a storage.
const LOCAL_STATE_VERSION: &str = "__local__";
const CODE_SERVER_STATE_VERSION: &str = "__code_server__";

impl From<&model::DefsKeyStateInfo> for DefsKeyStateInfo {
    fn from(info: &model::DefsKeyStateInfo) -> Self {
        Self {
            version: info.version.clone(),
            create_timestamp: info.create_timestamp,
            management_type: match info.version.as_str() {
                LOCAL_STATE_VERSION => DefsStateManagementType::LocalFilesystem,
                CODE_SERVER_STATE_VERSION => DefsStateManagementType::LegacyCodeServerSnapshots,
                _ => DefsStateManagementType::VersionedStateStorage,
            },
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct DefsStateInfoEntry {
    name: String,
    info: Option<DefsKeyStateInfo>,
}

#[derive(SimpleObject)]
pub(crate) struct DefsStateInfo {
    key_state_info: Vec<DefsStateInfoEntry>,
}

impl From<&model::DefsStateInfo> for DefsStateInfo {
    fn from(info: &model::DefsStateInfo) -> Self {
        let entry =
            |(name, info): (&String, &Option<model::DefsKeyStateInfo>)| DefsStateInfoEntry {
                name: name.clone(),
                info: info.as_ref().map(DefsKeyStateInfo::from),
            };
        Self { key_state_info: info.info_mapping.iter().map(entry).collect() }
    }
}

/// The state that the repositories of a location were loaded with.
pub(crate) fn loaded_state(location: &CodeLocation) -> Option<model::DefsStateInfo> {
    let repositories = location.repositories.values();
    let mut infos = repositories.filter_map(|repository| repository.snap.defs_state_info.as_ref());
    let mut merged = infos.next()?.clone();
    for info in infos {
        let states = info.info_mapping.iter();
        merged.info_mapping.extend(states.map(|(key, state)| (key.clone(), state.clone())));
    }
    Some(merged)
}

/// A loaded code location.
pub(crate) struct RepositoryLocation(pub(crate) Arc<CodeLocation>);

#[Object]
impl RepositoryLocation {
    async fn id(&self) -> ID {
        self.0.name.as_str().into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn is_reload_supported(&self) -> bool {
        true
    }

    async fn environment_path(&self) -> Option<String> {
        None
    }

    async fn repositories(&self, ctx: &Context<'_>) -> Vec<Repository> {
        let workspace = ctx.prepared();
        let own =
            workspace.repositories().filter(|repository| repository.location.name == self.0.name);
        own.map(|repository| Repository(Arc::clone(repository))).collect()
    }

    async fn server_id(&self) -> Option<&str> {
        Some(&self.0.server_id)
    }

    async fn dagster_library_versions(&self) -> Option<Vec<DagsterLibraryVersion>> {
        let versions = self.0.dagster_library_versions.as_ref()?;
        let version = |(name, version): (&String, &String)| DagsterLibraryVersion {
            name: name.clone(),
            version: version.clone(),
        };
        Some(versions.iter().map(version).collect())
    }
}

#[derive(Union)]
pub(crate) enum RepositoryLocationOrLoadError {
    RepositoryLocation(RepositoryLocation),
    PythonError(PythonError),
}

/// A code location as the workspace knows it, loaded or not.
pub(crate) struct WorkspaceLocationEntry(pub(crate) Arc<LocationEntry>);

#[Object]
impl WorkspaceLocationEntry {
    async fn id(&self) -> ID {
        self.0.name.as_str().into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn location_or_load_error(&self) -> Option<RepositoryLocationOrLoadError> {
        if let Some(location) = self.0.location() {
            return Some(RepositoryLocation(Arc::clone(location)).into());
        }
        self.0.error().map(|error| PythonError::from(error).into())
    }

    async fn load_status(&self) -> RepositoryLocationLoadStatus {
        RepositoryLocationLoadStatus::of(&self.0)
    }

    async fn display_metadata(&self) -> Vec<RepositoryMetadata> {
        RepositoryMetadata::list(&self.0.display_metadata)
    }

    async fn updated_timestamp(&self) -> f64 {
        self.0.updated_at
    }

    async fn version_key(&self) -> String {
        self.0.version_key.clone()
    }

    async fn defs_state_info(&self) -> Option<DefsStateInfo> {
        loaded_state(self.0.location()?).as_ref().map(DefsStateInfo::from)
    }

    async fn permissions(&self, ctx: &Context<'_>) -> Vec<PermissionState> {
        location_permissions(ctx.request().app.read_only)
    }

    async fn feature_flags(&self) -> Vec<FeatureFlag> {
        vec![FeatureFlag {
            name: "SHOW_SINGLE_RUN_BACKFILL_TOGGLE",
            enabled: shows_backfill_toggle(&self.0),
        }]
    }

    async fn definitions_source(&self) -> DefinitionsSource {
        DefinitionsSource::CodeServer
    }
}

/// Code before Dagster 1.5 chose single-run backfills in the UI, later code in its definitions.
fn shows_backfill_toggle(entry: &LocationEntry) -> bool {
    let Some(location) = entry.location() else { return false };
    let Some(version) =
        location.dagster_library_versions.as_ref().and_then(|all| all.get("dagster"))
    else {
        return true;
    };
    let mut numbers = version.split('.').map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) => (major, minor) < (1, 5),
        _ => false,
    }
}

/// What a client polls to learn that a location changed.
pub(crate) struct WorkspaceLocationStatusEntry(pub(crate) Arc<LocationEntry>);

#[Object]
impl WorkspaceLocationStatusEntry {
    async fn id(&self) -> ID {
        format!("location_status:{}", self.0.name).into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn load_status(&self) -> RepositoryLocationLoadStatus {
        RepositoryLocationLoadStatus::of(&self.0)
    }

    async fn update_timestamp(&self) -> f64 {
        self.0.updated_at
    }

    async fn version_key(&self) -> String {
        self.0.version_key.clone()
    }

    async fn permissions(&self, ctx: &Context<'_>) -> Vec<PermissionState> {
        location_permissions(ctx.request().app.read_only)
    }
}
