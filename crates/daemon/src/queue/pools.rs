//! Pools: whether a run could make progress if it were started now
//! (Dagster's `GlobalOpConcurrencyLimitsCounter`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rondel_instance::config::PoolGranularity;
use rondel_model::run::{DagsterRun, RunOpConcurrency, RunRecord, RunStatus};
use serde_json::json;

/// For so many seconds a started run may not have claimed its slots yet.
pub(crate) const DEFAULT_SECONDS_TO_CLAIM: f64 = 5.0;

/// What the store knows of a pool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PoolView {
    pub(crate) slots: i64,
    /// Runs of the steps that wait for or hold a slot, one entry per step.
    pub(crate) pending_step_runs: Vec<String>,
}

/// How pools are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolRules {
    pub(crate) granularity: PoolGranularity,
    /// So many runs more than slots are let through.
    pub(crate) buffer: i64,
    pub(crate) seconds_to_claim: f64,
}

/// Counts runs against pools.
#[derive(Debug, Clone)]
pub(crate) struct PoolCounter<'a> {
    rules: PoolRules,
    pools: &'a BTreeMap<String, PoolView>,
    in_progress: HashMap<String, i64>,
    launched: HashMap<String, i64>,
}

/// Pools whose state decides over these runs.
pub(crate) fn pools_of<'a>(
    runs: impl IntoIterator<Item = &'a DagsterRun>,
    granularity: PoolGranularity,
) -> BTreeSet<String> {
    runs.into_iter()
        .filter_map(|run| run.run_op_concurrency.as_ref())
        .flat_map(|needs| deciding_pools(needs, granularity))
        .map(str::to_owned)
        .collect()
}

fn deciding_pools(needs: &RunOpConcurrency, granularity: PoolGranularity) -> Vec<&str> {
    match granularity {
        PoolGranularity::Op => needs.root_key_counts.keys().map(String::as_str).collect(),
        PoolGranularity::Run => {
            needs.all_pools.iter().flat_map(|pools| pools.iter()).map(String::as_str).collect()
        }
    }
}

fn slots_taken(needs: &RunOpConcurrency, granularity: PoolGranularity) -> Vec<(&str, i64)> {
    match granularity {
        PoolGranularity::Op => {
            needs.root_key_counts.iter().map(|(pool, count)| (pool.as_str(), *count)).collect()
        }
        PoolGranularity::Run => {
            deciding_pools(needs, granularity).into_iter().map(|pool| (pool, 1)).collect()
        }
    }
}

impl<'a> PoolCounter<'a> {
    pub(crate) fn new(
        rules: PoolRules,
        pools: &'a BTreeMap<String, PoolView>,
        in_progress: &[RunRecord],
        now: f64,
    ) -> Self {
        let mut counts: HashMap<String, i64> = HashMap::new();
        for record in in_progress {
            if !holds_slots_unseen(record, rules, now) {
                continue;
            }
            let Some(needs) = &record.run.run_op_concurrency else { continue };
            for (pool, count) in slots_taken(needs, rules.granularity) {
                *counts.entry(pool.to_owned()).or_default() += count;
            }
        }
        Self { rules, pools, in_progress: counts, launched: HashMap::new() }
    }

    fn taken(&self, pool: &str) -> i64 {
        self.launched.get(pool).copied().unwrap_or(0)
            + self.in_progress.get(pool).copied().unwrap_or(0)
    }

    /// Whether starting the run would be of no use now.
    pub(crate) fn is_blocked(&self, run: &DagsterRun) -> bool {
        let Some(needs) = &run.run_op_concurrency else { return false };
        let mut pools = deciding_pools(needs, self.rules.granularity).into_iter();
        match self.rules.granularity {
            // One root step that can go on is enough.
            PoolGranularity::Op => {
                !needs.has_unconstrained_root_nodes
                    && pools.all(|pool| {
                        self.pools.get(pool).is_some_and(|view| {
                            let pending =
                                i64::try_from(view.pending_step_runs.len()).unwrap_or(i64::MAX);
                            view.slots - pending - self.taken(pool) + self.rules.buffer <= 0
                        })
                    })
            }
            // Every pool must have room.
            PoolGranularity::Run => pools.any(|pool| {
                self.pools
                    .get(pool)
                    .is_some_and(|view| view.slots - self.taken(pool) + self.rules.buffer <= 0)
            }),
        }
    }

    /// Counts a run as started.
    pub(crate) fn add(&mut self, run: &DagsterRun) {
        let Some(needs) = &run.run_op_concurrency else { return };
        for (pool, count) in slots_taken(needs, self.rules.granularity) {
            *self.launched.entry(pool.to_owned()).or_default() += count;
        }
    }

    /// What keeps the run back, for the log.
    pub(crate) fn explain(&self, run: &DagsterRun) -> serde_json::Value {
        let mut explained = serde_json::Map::new();
        let Some(needs) = &run.run_op_concurrency else { return explained.into() };
        for pool in needs.root_key_counts.keys() {
            let Some(view) = self.pools.get(pool) else { continue };
            let run_ids: BTreeSet<&String> = view.pending_step_runs.iter().collect();
            let granularity = match self.rules.granularity {
                PoolGranularity::Op => "op",
                PoolGranularity::Run => "run",
            };
            explained.insert(
                pool.clone(),
                json!({
                    "granularity": granularity,
                    "slot_count": view.slots,
                    "pending_step_count": view.pending_step_runs.len(),
                    "pending_step_run_ids": run_ids,
                    "launched_count": self.launched.get(pool).copied().unwrap_or(0),
                    "in_progress_count": self.in_progress.get(pool).copied().unwrap_or(0),
                }),
            );
        }
        explained.into()
    }
}

/// Whether a run in progress takes slots that the store does not show yet.
fn holds_slots_unseen(record: &RunRecord, rules: PoolRules, now: f64) -> bool {
    if !record.run.status.is_active() {
        return false;
    }
    if rules.granularity == PoolGranularity::Run || record.run.status == RunStatus::Starting {
        return true;
    }
    record.run.status == RunStatus::Started
        && record
            .start_time
            .is_some_and(|start| start != 0.0 && (now - start).abs() < rules.seconds_to_claim)
}
