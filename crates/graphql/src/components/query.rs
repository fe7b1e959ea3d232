//! Queries for components.

use async_graphql::{Context, Object, Result};

use super::{
    instances::{
        AppManagedComponents, AppManagedComponentsOrError, Components, ComponentsOrError,
        components_of,
    },
    state,
    types::{ComponentTypeInfo, ComponentTypes, ComponentTypesOrError},
};
use crate::{
    context::ContextExt,
    errors::{PythonError, RepositoryLocationNotFound, capture},
    workspace::DefsStateInfo,
};

/// Queries for components.
#[derive(Default)]
pub(crate) struct ComponentQuery;

#[Object]
impl ComponentQuery {
    /// Retrieve the latest available DefsStateInfo for the current workspace.
    async fn latest_defs_state_info(&self, ctx: &Context<'_>) -> Result<Option<DefsStateInfo>> {
        Ok(state::latest(ctx).await?.as_ref().map(DefsStateInfo::from))
    }

    /// Retrieve the app-managed components persisted for a given code location.
    async fn app_managed_components_for_location_or_error(
        &self,
        ctx: &Context<'_>,
        location_name: String,
    ) -> AppManagedComponentsOrError {
        capture(ctx, async {
            let info = state::latest(ctx).await?;
            let components = state::managed_components(ctx, info.as_ref(), &location_name).await?;
            let components = components.into_iter().map(Into::into).collect();
            Ok(AppManagedComponents { location_name, components })
        })
        .await
    }

    /// List all components (file-based and app-managed) in a code location.
    async fn components_for_location_or_error(
        &self,
        ctx: &Context<'_>,
        location_name: String,
    ) -> ComponentsOrError {
        capture(ctx, async {
            let entry = ctx.workspace().location(&location_name);
            let components = match entry.and_then(|entry| entry.location()) {
                Some(location) => components_of(ctx, location).await?,
                None => Vec::new(),
            };
            Ok(Components { location_name, components })
        })
        .await
    }

    /// Retrieve the component types registered in a given code location.
    async fn component_types_for_location_or_error(
        &self,
        ctx: &Context<'_>,
        location_name: String,
    ) -> ComponentTypesOrError {
        let Some(entry) = ctx.workspace().location(&location_name) else {
            return RepositoryLocationNotFound::of(&location_name).into();
        };
        match (entry.location(), entry.error()) {
            (Some(location), _) => {
                let component_types = ComponentTypeInfo::all_of(location);
                ComponentTypes { location_name, component_types }.into()
            }
            (None, Some(error)) => PythonError::from(error).into(),
            (None, None) => RepositoryLocationNotFound::of(&location_name).into(),
        }
    }
}
