//! Pools and the run queue's limits.

use std::collections::BTreeSet;

use async_graphql::{Context, Object, Result, SimpleObject};
use rondel_instance::config::{self, TagLimitValue};
use rondel_storage::PoolInfo;
use rondel_yaml::{Kind, Node, dump};

use crate::{context::ContextExt, errors::ResolverError};

/// A pool may be closed.
pub(super) const MIN_POOL_LIMIT: i64 = 0;

/// How many slots a pool may have (`DAGSTER_MAX_GLOBAL_OP_CONCURRENCY_LIMIT`).
pub(super) fn max_pool_limit() -> i64 {
    std::env::var("DAGSTER_MAX_GLOBAL_OP_CONCURRENCY_LIMIT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000)
}

/// A slot in use.
#[derive(SimpleObject)]
pub(crate) struct ClaimedConcurrencySlot {
    run_id: String,
    step_key: String,
}

/// A step that waits for a slot, or has one assigned.
#[derive(SimpleObject)]
pub(crate) struct PendingConcurrencyStep {
    run_id: String,
    step_key: String,
    enqueued_timestamp: f64,
    assigned_timestamp: Option<f64>,
    priority: Option<i64>,
}

/// A pool with its slots and those who want them.
pub(crate) struct ConcurrencyKeyInfo(PoolInfo);

impl ConcurrencyKeyInfo {
    /// Several pools at once.
    pub(super) async fn load(ctx: &Context<'_>, names: Vec<String>) -> Result<Vec<Self>> {
        let default = ctx.instance().config().concurrency.pools.default_limit;
        let infos = ctx.storage().concurrency().pool_infos(&names, default).await;
        Ok(infos.map_err(ResolverError::from)?.into_values().map(ConcurrencyKeyInfo).collect())
    }

    /// Runs of the pending steps which have (not) got a slot assigned, each once.
    fn waiting_runs(&self, assigned: bool) -> Vec<String> {
        let steps = self.0.pending_steps.iter();
        let runs: BTreeSet<&String> = steps
            .filter(|step| step.assigned.is_some() == assigned)
            .map(|step| &step.run_id)
            .collect();
        runs.into_iter().cloned().collect()
    }

    fn count(&self, assigned: bool) -> usize {
        self.0.pending_steps.iter().filter(|step| step.assigned.is_some() == assigned).count()
    }
}

#[Object]
impl ConcurrencyKeyInfo {
    async fn concurrency_key(&self) -> &str {
        &self.0.name
    }

    async fn slot_count(&self) -> i64 {
        self.0.slot_count
    }

    async fn claimed_slots(&self) -> Vec<ClaimedConcurrencySlot> {
        let slots = self.0.claimed_slots.iter();
        slots
            .map(|slot| ClaimedConcurrencySlot {
                run_id: slot.run_id.clone(),
                step_key: slot.step_key.clone().unwrap_or_default(),
            })
            .collect()
    }

    async fn pending_steps(&self) -> Vec<PendingConcurrencyStep> {
        let steps = self.0.pending_steps.iter();
        steps
            .map(|step| PendingConcurrencyStep {
                run_id: step.run_id.clone(),
                step_key: step.step_key.clone(),
                enqueued_timestamp: step.enqueued.unix_seconds(),
                assigned_timestamp: step.assigned.map(|at| at.unix_seconds()),
                priority: step.priority,
            })
            .collect()
    }

    async fn active_slot_count(&self) -> usize {
        self.0.claimed_slots.len()
    }

    async fn active_run_ids(&self) -> Vec<String> {
        let runs: BTreeSet<&String> =
            self.0.claimed_slots.iter().map(|slot| &slot.run_id).collect();
        runs.into_iter().cloned().collect()
    }

    async fn pending_step_count(&self) -> usize {
        self.count(false)
    }

    async fn pending_step_run_ids(&self) -> Vec<String> {
        self.waiting_runs(false)
    }

    async fn assigned_step_count(&self) -> usize {
        self.count(true)
    }

    async fn assigned_step_run_ids(&self) -> Vec<String> {
        self.waiting_runs(true)
    }

    async fn limit(&self) -> Option<i64> {
        self.0.limit
    }

    async fn using_default_limit(&self) -> Option<bool> {
        Some(self.0.using_default_limit)
    }
}

/// Limits of pools in general.
#[derive(SimpleObject)]
pub(crate) struct PoolConfig {
    pub(super) pool_granularity: Option<&'static str>,
    pub(super) default_pool_limit: Option<i64>,
    pub(super) op_granularity_run_buffer: Option<i64>,
}

/// Limits of the run queue.
#[derive(SimpleObject)]
pub(crate) struct RunQueueConfig {
    max_concurrent_runs: i64,
    tag_concurrency_limits_yaml: Option<String>,
    is_op_concurrency_aware: Option<bool>,
    max_concurrent_runs_all_branch_deployments: Option<i64>,
}

impl From<&config::RunQueueConfig> for RunQueueConfig {
    fn from(queue: &config::RunQueueConfig) -> Self {
        let limits = &queue.tag_concurrency_limits;
        RunQueueConfig {
            max_concurrent_runs: queue.max_concurrent_runs,
            tag_concurrency_limits_yaml: (!limits.is_empty())
                .then(|| dump(&Node::new(Kind::Seq(limits.iter().map(tag_limit_node).collect())))),
            is_op_concurrency_aware: Some(queue.should_block_op_concurrency_limited_runs),
            max_concurrent_runs_all_branch_deployments: None,
        }
    }
}

fn tag_limit_node(limit: &config::TagConcurrencyLimit) -> Node {
    let int = |number: i64| Node::new(Kind::Int(i128::from(number)));
    let mut entries = vec![("key", Node::str(limit.key.as_str())), ("limit", int(limit.limit))];
    match &limit.value {
        Some(TagLimitValue::Exactly(value)) => entries.push(("value", Node::str(value.as_str()))),
        Some(TagLimitValue::PerUniqueValue { apply }) => {
            let apply = Node::new(Kind::Bool(*apply));
            entries.push(("value", Node::map([("applyLimitPerUniqueValue", apply)])));
        }
        None => {}
    }
    Node::map(entries)
}
