//! The deployment itself: version, permissions.

use async_graphql::{Context, Object, SimpleObject, Union};

use crate::{
    context::ContextExt,
    errors::{PythonError, capture, or_error},
    permissions::{Permission, PermissionState, deployment_permissions},
};

/// Queries on the deployment.
#[derive(Default)]
pub(crate) struct InstanceQuery;

#[Object]
impl InstanceQuery {
    /// The version of Dagster which the API stands for.
    async fn version(&self, ctx: &Context<'_>) -> String {
        ctx.request().app.version.clone()
    }

    /// The viewer's rights in the whole deployment.
    async fn permissions(&self, ctx: &Context<'_>) -> Vec<PermissionState> {
        deployment_permissions(ctx.request().app.read_only)
    }

    /// Whether the viewer may terminate runs.
    async fn can_bulk_terminate(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::TerminatePipelineExecution)
    }
}

/// Mutations of the deployment.
#[derive(Default)]
pub(crate) struct InstanceMutation;

/// An action noted for telemetry.
#[derive(SimpleObject)]
pub(crate) struct LogTelemetrySuccess {
    action: String,
}

#[derive(Union)]
pub(crate) enum LogTelemetryMutationResult {
    LogTelemetrySuccess(LogTelemetrySuccess),
    PythonError(PythonError),
}
or_error!(LogTelemetryMutationResult:);

#[Object]
impl InstanceMutation {
    /// Accepts an action which a client reports for telemetry; Rondel keeps and sends nothing.
    async fn log_telemetry(
        &self,
        ctx: &Context<'_>,
        action: String,
        client_id: String,
        client_time: String,
        metadata: String,
    ) -> LogTelemetryMutationResult {
        let _ = (client_id, client_time, metadata);
        capture(ctx, async { Ok(LogTelemetrySuccess { action }) }).await
    }
}
