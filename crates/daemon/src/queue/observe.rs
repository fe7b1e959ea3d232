//! What the queue sees: runs in progress, queued runs page by page, and the pools that decide over them.

use std::collections::{BTreeMap, BTreeSet};

use rondel_instance::config::PoolGranularity;
use rondel_model::run::{DagsterRun, RunRecord, RunStatus, RunsFilter};
use rondel_storage::{Order, RunsQuery};

use super::pools::{PoolView, pools_of};
use crate::DaemonError;
use crate::context::Context;

/// Runs that hold a place.
pub(crate) async fn in_progress(context: &Context) -> Result<Vec<RunRecord>, DaemonError> {
    let filter = RunsFilter::by_statuses(RunStatus::ACTIVE.iter().copied());
    Ok(context.storage().runs().get_records(filter).await?)
}

/// Queued runs after a run, oldest first.
pub(crate) async fn queued_page(
    context: &Context,
    after: Option<String>,
    size: usize,
) -> Result<Vec<DagsterRun>, DaemonError> {
    let query = RunsQuery {
        filter: RunsFilter::by_statuses([RunStatus::Queued]),
        cursor: after,
        limit: Some(size),
        order: Order::Ascending,
        ..RunsQuery::default()
    };
    Ok(context.storage().runs().get_runs(query).await?)
}

/// Pools as seen during one iteration: each is asked for once.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    configured: Option<BTreeSet<String>>,
    limits: BTreeMap<String, (i64, bool)>,
    pub(crate) views: BTreeMap<String, PoolView>,
}

impl Pools {
    /// Reads the pools that decide over these runs, after giving those without a limit the default.
    pub(crate) async fn see<'a>(
        &mut self,
        context: &Context,
        runs: impl IntoIterator<Item = &'a DagsterRun>,
        granularity: PoolGranularity,
    ) -> Result<(), DaemonError> {
        let wanted = pools_of(runs, granularity);
        if wanted.is_empty() {
            return Ok(());
        }
        let store = context.storage().concurrency();
        let configured = match self.configured.take() {
            Some(configured) => configured,
            None => {
                let limits = store.pool_limits().await?;
                self.limits = limits
                    .into_iter()
                    .map(|limit| (limit.name, (limit.limit, limit.from_default)))
                    .collect();
                store.concurrency_keys().await?
            }
        };
        let default_limit = context.instance.config().concurrency.pools.default_limit;
        for pool in &wanted {
            let is_default_missing = match self.limits.get(pool) {
                None => default_limit.is_some_and(|limit| limit != 0),
                Some((limit, from_default)) => *from_default && Some(*limit) != default_limit,
            };
            if is_default_missing {
                store.initialize_to_default(pool, default_limit).await?;
            }
        }
        let unseen: Vec<String> = wanted
            .into_iter()
            .filter(|pool| configured.contains(pool) && !self.views.contains_key(pool))
            .collect();
        self.configured = Some(configured);
        if unseen.is_empty() {
            return Ok(());
        }
        for (name, info) in store.pool_infos(&unseen, default_limit).await? {
            let pending_step_runs =
                info.pending_steps.into_iter().map(|step| step.run_id).collect();
            self.views.insert(name, PoolView { slots: info.slot_count, pending_step_runs });
        }
        Ok(())
    }
}
