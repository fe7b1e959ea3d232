//! The components in use at a code location.

use async_graphql::{Context, SimpleObject, Union};
use rondel_code_location::CodeLocation;
use rondel_model::snap::{ComponentInstanceSnap, DefsStateInfo};

use super::state::{self, ManagedComponent};
use crate::{
    errors::{PythonError, ResolverError, or_error},
    workspace::{DefsKeyStateInfo, DefsStateManagementType, loaded_state},
};

/// A single app-managed component, persisted in defs state storage.
#[derive(SimpleObject)]
pub(crate) struct AppManagedComponent {
    component_id: String,
    component_type: String,
    attributes: String,
}

impl From<ManagedComponent> for AppManagedComponent {
    fn from(component: ManagedComponent) -> Self {
        Self {
            component_id: component.id,
            component_type: component.component_type,
            attributes: component.attributes,
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct AppManagedComponents {
    pub(super) location_name: String,
    pub(super) components: Vec<AppManagedComponent>,
}

#[derive(Union)]
pub(crate) enum AppManagedComponentsOrError {
    AppManagedComponents(AppManagedComponents),
    PythonError(PythonError),
}
or_error!(AppManagedComponentsOrError:);

/// A component of a code location.
#[derive(SimpleObject)]
pub(crate) struct Component {
    component_id: String,
    component_type: String,
    is_app_managed: bool,
    /// YAML source for the component's attributes (app-managed components only).
    attributes: Option<String>,
    /// Defs state key for state-backed components (omitted otherwise).
    defs_state_key: Option<String>,
    /// How the component's state is kept, whether or not any is recorded yet.
    defs_state_management_type: Option<DefsStateManagementType>,
    /// Current state version + age for state-backed components.
    defs_state_info: Option<DefsKeyStateInfo>,
}

#[derive(SimpleObject)]
pub(crate) struct Components {
    pub(super) location_name: String,
    pub(super) components: Vec<Component>,
}

#[derive(Union)]
pub(crate) enum ComponentsOrError {
    Components(Components),
    PythonError(PythonError),
}
or_error!(ComponentsOrError:);

impl Component {
    fn new(snap: &ComponentInstanceSnap, attributes: Option<String>, info: &DefsStateInfo) -> Self {
        let key = snap.defs_state_key.as_ref().filter(|key| !key.is_empty());
        let recorded = key.and_then(|key| info.info_mapping.get(key)?.as_ref());
        Self {
            component_id: snap.key.clone(),
            component_type: snap.full_type_name.clone(),
            is_app_managed: snap.app_managed,
            attributes,
            defs_state_key: snap.defs_state_key.clone(),
            defs_state_management_type: snap.defs_state_management_type.map(Into::into),
            defs_state_info: recorded.map(DefsKeyStateInfo::from),
        }
    }
}

fn snaps(location: &CodeLocation) -> impl Iterator<Item = &ComponentInstanceSnap> {
    let repositories = location.repositories.values();
    let trees = repositories.filter_map(|found| found.snap.component_tree.as_ref());
    trees.flat_map(|tree| &tree.leaf_instances)
}

/// What the location loaded with, overlaid by what was recorded since, so that a refresh shows
/// before the location is loaded again.
fn overlay(location: &CodeLocation, live: Option<&DefsStateInfo>) -> DefsStateInfo {
    let mut info = loaded_state(location).unwrap_or_default();
    if let Some(live) = live {
        let live = live.info_mapping.iter().map(|(key, state)| (key.clone(), state.clone()));
        info.info_mapping.extend(live);
    }
    info
}

/// Every component of a location.
pub(super) async fn components_of(
    ctx: &Context<'_>,
    location: &CodeLocation,
) -> Result<Vec<Component>, ResolverError> {
    let live = state::latest(ctx).await?;
    let managed = state::managed_components(ctx, live.as_ref(), &location.name).await?;
    let info = overlay(location, live.as_ref());
    let attributes = |snap: &ComponentInstanceSnap| {
        let own = managed.iter().find(|component| component.id == snap.key)?;
        snap.app_managed.then(|| own.attributes.clone())
    };
    Ok(snaps(location).map(|snap| Component::new(snap, attributes(snap), &info)).collect())
}

/// The component whose state has a key, as the location has just been loaded.
pub(super) fn component_with_state(location: &CodeLocation, state_key: &str) -> Option<Component> {
    let info = loaded_state(location).unwrap_or_default();
    let snap = snaps(location).find(|snap| snap.defs_state_key.as_deref() == Some(state_key))?;
    Some(Component::new(snap, None, &info))
}
