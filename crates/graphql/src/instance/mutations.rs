//! Mutations of the deployment.

use std::path::PathBuf;

use async_graphql::{Context, Object, Result, SimpleObject, Union};
use rondel_storage::StorageError;

use crate::{
    context::ContextExt,
    errors::{PythonError, ResolverError, capture, or_error},
    permissions::Permission,
};

/// Where Dagster keeps whether automatic materialization is paused.
pub(super) const AUTO_MATERIALIZE_PAUSED_KEY: &str = "ASSET_DAEMON_PAUSED";

/// The file whose existence says that hints for first use were seen.
pub(super) fn nux_seen_file(ctx: &Context<'_>) -> PathBuf {
    ctx.instance().config().home.join(".nux").join("nux.yaml")
}

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

/// Mutations of the deployment.
#[derive(Default)]
pub(crate) struct InstanceMutation;

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

    /// Remembers that hints for first use were seen.
    async fn set_nux_seen(&self, ctx: &Context<'_>) -> bool {
        let file = nux_seen_file(ctx);
        let written = match file.parent() {
            Some(folder) => tokio::fs::create_dir_all(folder).await,
            None => Ok(()),
        };
        let written = match written {
            Ok(()) => tokio::fs::write(&file, "seen: 1\n").await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(%error, file = %file.display(), "cannot remember that hints were seen");
        }
        file.exists()
    }

    /// Pauses or continues automatic materialization.
    async fn set_auto_materialize_paused(&self, ctx: &Context<'_>, paused: bool) -> Result<bool> {
        ctx.require(Permission::ToggleAutoMaterialize)?;
        let value = if paused { "true" } else { "false" };
        let pairs = [(AUTO_MATERIALIZE_PAUSED_KEY, value)];
        ctx.storage().kvs().set_cursor_values(pairs).await.map_err(ResolverError::from)?;
        Ok(paused)
    }

    /// Sets the number of slots of a pool.
    async fn set_concurrency_limit(
        &self,
        ctx: &Context<'_>,
        concurrency_key: String,
        limit: i64,
    ) -> Result<bool> {
        ctx.require(Permission::EditConcurrencyLimit)?;
        let set = ctx.storage().concurrency().set_slots(&concurrency_key, limit).await;
        set.map_err(|error| match error {
            StorageError::Invalid(reason) => {
                ResolverError::raised("dagster._core.errors.DagsterInvalidInvocationError", reason)
            }
            other => other.into(),
        })?;
        Ok(true)
    }

    /// Removes the limit of a pool.
    async fn delete_concurrency_limit(
        &self,
        ctx: &Context<'_>,
        concurrency_key: String,
    ) -> Result<bool> {
        ctx.require(Permission::EditConcurrencyLimit)?;
        let deleted = ctx.storage().concurrency().delete_limit(&concurrency_key).await;
        deleted.map_err(ResolverError::from)?;
        Ok(true)
    }

    /// Frees the slots which a run holds.
    async fn free_concurrency_slots_for_run(
        &self,
        ctx: &Context<'_>,
        run_id: String,
    ) -> Result<bool> {
        free_slots(ctx, &run_id, None).await
    }

    /// Frees the slots which a run, or one of its steps, holds.
    async fn free_concurrency_slots(
        &self,
        ctx: &Context<'_>,
        run_id: String,
        step_key: Option<String>,
    ) -> Result<bool> {
        free_slots(ctx, &run_id, step_key.as_deref()).await
    }
}

async fn free_slots(ctx: &Context<'_>, run_id: &str, step_key: Option<&str>) -> Result<bool> {
    ctx.require(Permission::EditConcurrencyLimit)?;
    let pools = ctx.storage().concurrency();
    let freed = match step_key.filter(|key| !key.is_empty()) {
        Some(step_key) => pools.free_slot_for_step(run_id, step_key).await,
        None => pools.free_slots_for_run(run_id).await,
    };
    freed.map_err(ResolverError::from)?;
    Ok(true)
}
