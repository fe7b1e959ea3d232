//! Queries on the deployment.

use async_graphql::{Context, Object, Result, SimpleObject};
use rondel_instance::config::PoolGranularity;

use super::{
    concurrency::{ConcurrencyKeyInfo, MIN_POOL_LIMIT, PoolConfig, RunQueueConfig, max_pool_limit},
    daemons::DaemonHealth,
    info,
    mutations::{AUTO_MATERIALIZE_PAUSED_KEY, nux_seen_file},
};
use crate::{
    context::ContextExt,
    errors::ResolverError,
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

    /// The deployment's configuration and state.
    async fn instance(&self) -> Instance {
        Instance
    }

    /// The viewer's rights in the whole deployment.
    async fn permissions(&self, ctx: &Context<'_>) -> Vec<PermissionState> {
        deployment_permissions(ctx.request().app.read_only)
    }

    /// Whether the viewer may terminate runs.
    async fn can_bulk_terminate(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::TerminatePipelineExecution)
    }

    /// Whether hints for first use are to be shown.
    async fn should_show_nux(&self, ctx: &Context<'_>) -> bool {
        let config = ctx.instance().config();
        config.settings.nux_enabled && !nux_seen_file(ctx).exists()
    }

    /// Fields to test clients with.
    async fn test(&self) -> Option<TestFields> {
        Some(TestFields)
    }
}

/// Fields to test clients with.
pub(crate) struct TestFields;

#[Object]
impl TestFields {
    /// Always fails.
    async fn always_exception(&self) -> Result<Option<String>> {
        Err(ResolverError::raised("Exception", "as advertised").into())
    }

    /// Answers after giving way once.
    async fn async_string(&self) -> Option<&'static str> {
        tokio::task::yield_now().await;
        Some("slept")
    }
}

/// What launches runs.
#[derive(SimpleObject)]
pub(crate) struct RunLauncher {
    name: String,
}

/// The deployment.
pub(crate) struct Instance;

#[Object]
impl Instance {
    async fn id(&self) -> &'static str {
        "Instance"
    }

    /// The configuration as YAML.
    async fn info(&self, ctx: &Context<'_>) -> Option<String> {
        Some(info::info(ctx.instance().instance_ref()))
    }

    async fn run_launcher(&self, ctx: &Context<'_>) -> Option<RunLauncher> {
        Some(RunLauncher { name: ctx.instance().config().run_launcher.class_name().to_owned() })
    }

    async fn run_queuing_supported(&self, ctx: &Context<'_>) -> bool {
        ctx.instance().config().run_coordinator.queue().is_some()
    }

    async fn run_queue_config(&self, ctx: &Context<'_>) -> Option<RunQueueConfig> {
        ctx.instance().config().concurrency.run_queue.as_ref().map(RunQueueConfig::from)
    }

    /// The server's executable.
    async fn executable_path(&self) -> String {
        std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_default()
    }

    async fn daemon_health(&self) -> DaemonHealth {
        DaemonHealth
    }

    async fn has_info(&self) -> bool {
        true
    }

    async fn auto_materialize_paused(&self, ctx: &Context<'_>) -> Result<bool> {
        let value = ctx.storage().kvs().get_cursor_value(AUTO_MATERIALIZE_PAUSED_KEY).await;
        Ok(value.map_err(ResolverError::from)?.as_deref() != Some("false"))
    }

    async fn supports_concurrency_limits(&self) -> bool {
        true
    }

    async fn min_concurrency_limit_value(&self) -> i64 {
        MIN_POOL_LIMIT
    }

    async fn max_concurrency_limit_value(&self) -> i64 {
        max_pool_limit()
    }

    /// All pools.
    async fn concurrency_limits(&self, ctx: &Context<'_>) -> Result<Vec<ConcurrencyKeyInfo>> {
        let names = ctx.storage().concurrency().concurrency_keys().await;
        let names: Vec<String> = names.map_err(ResolverError::from)?.into_iter().collect();
        ConcurrencyKeyInfo::load(ctx, names).await
    }

    /// One pool.
    async fn concurrency_limit(
        &self,
        ctx: &Context<'_>,
        concurrency_key: Option<String>,
    ) -> Result<ConcurrencyKeyInfo> {
        let name = concurrency_key.unwrap_or_default();
        let found = ConcurrencyKeyInfo::load(ctx, vec![name]).await?;
        found.into_iter().next().ok_or_else(|| "the pool was deleted meanwhile".into())
    }

    /// Whether sensors, not the daemon as a whole, decide what is materialized automatically.
    async fn use_auto_materialize_sensors(&self, ctx: &Context<'_>) -> bool {
        ctx.instance().config().settings.auto_materialize.use_sensors
    }

    async fn pool_config(&self, ctx: &Context<'_>) -> Option<PoolConfig> {
        let pools = &ctx.instance().config().concurrency.pools;
        Some(PoolConfig {
            pool_granularity: pools.granularity.map(|granularity| match granularity {
                PoolGranularity::Op => "op",
                PoolGranularity::Run => "run",
            }),
            default_pool_limit: pools.default_limit,
            op_granularity_run_buffer: pools.op_granularity_run_buffer,
        })
    }

    async fn freshness_evaluation_enabled(&self, ctx: &Context<'_>) -> bool {
        ctx.instance().config().settings.freshness_enabled
    }
}
