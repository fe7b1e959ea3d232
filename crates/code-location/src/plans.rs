//! Execution plans of one version of a location, kept for a moment.
//!
//! A plan depends on the loaded definitions and the arguments alone, so a thousand schedules of one job
//! need it once. It is kept shortly nevertheless, since user code (a config mapping, say) takes part
//! in it; never across versions of the definitions, because it lives in a [`CodeLocation`](crate::CodeLocation).
//! Errors are not kept. Callers asking for the same plan at once share one call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rondel_model::serdes::{Raw, sha1_hex};
use rondel_model::snap::ExecutionPlanSnapshot;
use tokio::sync::OnceCell;

use crate::error::CodeLocationError;

/// How long a plan is given again.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// How many plans are kept, and how long their texts may be: those of large jobs have megabytes.
const MOST_PLANS: usize = 64;
const LONGEST_TEXT: usize = 256 * 1024;

type Cell = Arc<OnceCell<Raw<ExecutionPlanSnapshot>>>;

/// Plans by the arguments they were asked for with.
#[derive(Debug, Default)]
pub(crate) struct PlanCache {
    /// Oldest first.
    plans: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    arguments: String,
    asked_at: Instant,
    cell: Cell,
}

impl PlanCache {
    /// The plan for serialized arguments, asked for with `ask` unless it is known.
    pub(crate) async fn get<F>(
        &self,
        arguments: &str,
        ask: impl FnOnce() -> F,
    ) -> Result<Raw<ExecutionPlanSnapshot>, CodeLocationError>
    where
        F: Future<Output = Result<Raw<ExecutionPlanSnapshot>, CodeLocationError>>,
    {
        let arguments = sha1_hex(arguments);
        let cell = self.cell(&arguments, Instant::now());
        let plan = cell.get_or_try_init(ask).await?.clone();
        if plan.text().len() > LONGEST_TEXT {
            self.drop_cell(&cell);
        }
        Ok(plan)
    }

    fn cell(&self, arguments: &str, now: Instant) -> Cell {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        while plans.front().is_some_and(|kept| now - kept.asked_at > KEPT_FOR) {
            plans.pop_front();
        }
        if let Some(kept) = plans.iter().find(|kept| kept.arguments == arguments) {
            return Arc::clone(&kept.cell);
        }
        if plans.len() >= MOST_PLANS {
            plans.pop_front();
        }
        let cell = Cell::default();
        let kept = Kept { arguments: arguments.to_owned(), asked_at: now, cell: Arc::clone(&cell) };
        plans.push_back(kept);
        cell
    }

    fn drop_cell(&self, cell: &Cell) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|kept| !Arc::ptr_eq(&kept.cell, cell));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn plan(name: &str) -> Raw<ExecutionPlanSnapshot> {
        let plan = ExecutionPlanSnapshot { job_snapshot_id: name.to_owned(), ..Default::default() };
        Raw::new(plan)
    }

    #[tokio::test]
    async fn many_callers_share_one_call() {
        let cache = PlanCache::default();
        let calls = AtomicUsize::new(0);
        let ask = || async {
            calls.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(plan("a"))
        };
        let both = tokio::join!(cache.get("{}", ask), cache.get("{}", ask));
        assert_eq!(both.0.unwrap().text(), both.1.unwrap().text());
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        cache.get("other", ask).await.unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_plan_is_kept_for_a_moment_only() {
        let (cache, now) = (PlanCache::default(), Instant::now());
        let first = cache.cell("{}", now);
        assert!(Arc::ptr_eq(&first, &cache.cell("{}", now + KEPT_FOR)));
        assert!(!Arc::ptr_eq(&first, &cache.cell("{}", now + KEPT_FOR * 2)));
    }

    #[tokio::test]
    async fn errors_and_very_long_plans_are_not_kept() {
        let cache = PlanCache::default();
        let failed = cache.get("{}", || async { Err(CodeLocationError::unreachable("away")) });
        assert!(failed.await.is_err());
        let long = "x".repeat(LONGEST_TEXT);
        cache.get("{}", || async { Ok(plan(&long)) }).await.unwrap();
        let next = cache.get("{}", || async { Ok(plan("b")) }).await.unwrap();
        assert_eq!(next.job_snapshot_id, "b");
        assert_eq!(cache.plans.lock().unwrap().len(), 1);
    }
}
