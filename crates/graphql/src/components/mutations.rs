//! Refreshing the state of a component; editing components from the UI, which is refused.

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_code_location::CodeLocationError;

use super::instances::{AppManagedComponent, Component, component_with_state};
use crate::{
    context::ContextExt,
    errors::{PythonError, ResolverError, UnauthorizedError, capture, or_error},
    permissions::Permission,
};

#[derive(SimpleObject)]
pub(crate) struct SetAppManagedComponentSuccess {
    component: AppManagedComponent,
}

/// The submitted attributes failed validation and were not persisted.
#[derive(SimpleObject)]
pub(crate) struct AppManagedComponentValidationError {
    component_id: String,
    message: String,
    errors: Vec<String>,
}

#[derive(SimpleObject)]
pub(crate) struct DeleteAppManagedComponentSuccess {
    location_name: String,
    component_id: String,
}

#[derive(Union)]
pub(crate) enum SetAppManagedComponentResult {
    SetAppManagedComponentSuccess(SetAppManagedComponentSuccess),
    AppManagedComponentValidationError(AppManagedComponentValidationError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(SetAppManagedComponentResult: UnauthorizedError);

#[derive(Union)]
pub(crate) enum DeleteAppManagedComponentResult {
    DeleteAppManagedComponentSuccess(DeleteAppManagedComponentSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(DeleteAppManagedComponentResult: UnauthorizedError);

#[derive(SimpleObject)]
pub(crate) struct RefreshComponentStateSuccess {
    component: Component,
}

/// Sync-wait elapsed before gRPC reply: refresh is still running. Callers should poll
/// ``componentsForLocation`` and watch for the version on ``defsStateKey`` to change.
#[derive(SimpleObject)]
pub(crate) struct RefreshComponentStateAccepted {
    location_name: String,
    defs_state_key: String,
}

#[derive(SimpleObject)]
pub(crate) struct RefreshComponentStateError {
    location_name: String,
    defs_state_key: String,
    message: String,
}

#[derive(Union)]
pub(crate) enum RefreshComponentStateResult {
    RefreshComponentStateSuccess(RefreshComponentStateSuccess),
    RefreshComponentStateAccepted(RefreshComponentStateAccepted),
    RefreshComponentStateError(RefreshComponentStateError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(RefreshComponentStateResult: UnauthorizedError);

/// Mutations of components.
#[derive(Default)]
pub(crate) struct ComponentMutation;

#[Object]
impl ComponentMutation {
    /// Adds or replaces a app-managed component for a code location. Refused: components edited
    /// from the UI are not part of Dagster's open source edition.
    async fn set_app_managed_component(
        &self,
        attributes: String,
        component_id: String,
        component_type: String,
        location_name: String,
    ) -> SetAppManagedComponentResult {
        let _ = (attributes, component_id, component_type, location_name);
        UnauthorizedError::default().into()
    }

    /// Deletes an app-managed component from a code location. Refused like setting one.
    async fn delete_app_managed_component(
        &self,
        component_id: String,
        location_name: String,
    ) -> DeleteAppManagedComponentResult {
        let _ = (component_id, location_name);
        UnauthorizedError::default().into()
    }

    /// Refreshes the defs state for a single state-backed component at a code location.
    async fn refresh_component_state(
        &self,
        ctx: &Context<'_>,
        defs_state_key: String,
        location_name: String,
    ) -> RefreshComponentStateResult {
        let refreshed = refresh(ctx, location_name, defs_state_key).await;
        capture(ctx, std::future::ready(refreshed)).await
    }
}

async fn refresh(
    ctx: &Context<'_>,
    location_name: String,
    defs_state_key: String,
) -> Result<RefreshComponentStateResult, ResolverError> {
    ctx.require(Permission::RefreshComponentState)?;
    let entry = ctx.workspace().location(&location_name);
    let location = entry
        .and_then(|entry| entry.location())
        .ok_or_else(|| ResolverError::raised("KeyError", format!("'{location_name}'")))?;
    let keys = vec![defs_state_key.clone()];
    match location.client().refresh_component_state(keys).await {
        Ok(_) => {}
        Err(error) if error.is_timeout() => {
            return Ok(RefreshComponentStateAccepted { location_name, defs_state_key }.into());
        }
        Err(error) => {
            let message = match &error {
                CodeLocationError::UserCode(info) => format!(
                    "Failure refreshing component state for {location_name}: {}",
                    info.message
                ),
                other => other.to_string(),
            };
            let failed = RefreshComponentStateError { location_name, defs_state_key, message };
            return Ok(failed.into());
        }
    }
    let entry = ctx.live_workspace().reload(&location_name).await?;
    let location = entry.location().ok_or_else(|| {
        ResolverError::invariant(format!(
            "Code location '{location_name}' is not loaded after refresh."
        ))
    })?;
    let component = component_with_state(location, &defs_state_key).ok_or_else(|| {
        ResolverError::invariant(format!(
            "No component with defs state key '{defs_state_key}' found in location \
             '{location_name}' after refresh."
        ))
    })?;
    Ok(RefreshComponentStateSuccess { component }.into())
}
