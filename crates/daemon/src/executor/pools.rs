//! Slots of pools for the steps of one run (`InstanceConcurrencyContext`). The database knows who has which;
//! what is kept here only saves asking.

use rondel_executor::Blocked;
use rondel_instance::config::PoolGranularity;
use rondel_model::run::tags::PRIORITY_TAG;
use rondel_storage::PoolLimit;

use super::driver::Driver;
use crate::DaemonError;

impl Driver {
    /// Asks for a slot.
    pub(super) async fn claim(
        &mut self,
        step: &str,
        pool: &str,
        priority: i64,
    ) -> Result<(), DaemonError> {
        let context = &self.around.context;
        let config = context.instance.config().concurrency.pools;
        let concurrency = context.storage().concurrency();
        // with slots for whole runs, the run has its slots already
        let mut is_granted = config.granularity == Some(PoolGranularity::Run);
        if !is_granted {
            let find = |limits: Vec<PoolLimit>| limits.into_iter().find(|limit| limit.name == pool);
            let mut limit = find(concurrency.pool_limits().await?);
            let is_outdated = match &limit {
                None => config.default_limit.is_some(),
                Some(known) => known.from_default && Some(known.limit) != config.default_limit,
            };
            if is_outdated {
                concurrency.initialize_to_default(pool, config.default_limit).await?;
                limit = find(concurrency.pool_limits().await?);
            }
            is_granted = match limit {
                None => true,
                Some(_) => {
                    let of_run = self.run.tag(PRIORITY_TAG).and_then(|tag| tag.trim().parse().ok());
                    let priority = priority.saturating_add(of_run.unwrap_or(0));
                    let run_id = self.run.run_id.as_str();
                    concurrency.claim_slot(pool, run_id, step, priority).await?.claimed
                }
            };
        }
        if is_granted {
            self.claims.blocked.remove(step);
            self.claims.granted.insert(step.to_owned());
        } else {
            let before = self.claims.blocked.get(step).copied();
            let blocked = Blocked::again(self.now(), before);
            self.claims.blocked.insert(step.to_owned(), blocked);
        }
        Ok(())
    }

    /// Asks for all slots again at the next decision.
    pub(super) fn ask_again(&mut self) {
        let now = self.now();
        self.claims.blocked.values_mut().for_each(|blocked| blocked.ask_at = now);
    }

    /// Gives back the slots of steps that are no longer under way.
    pub(super) async fn free_slots(&mut self) -> Result<(), DaemonError> {
        let in_flight = self.progress.in_flight();
        let plan = self.progress.plan();
        let in_pools =
            in_flight.keys().filter(|key| plan.step(key).is_some_and(|step| step.pool().is_some()));
        self.holders.extend(in_pools.cloned());
        let done: Vec<String> =
            self.holders.iter().filter(|key| !in_flight.contains_key(*key)).cloned().collect();
        for step in done {
            self.free_slot(&step).await?;
            self.holders.remove(&step);
        }
        Ok(())
    }

    /// Gives back the slots of steps that ended under a driver which could not do so any more.
    pub(super) async fn free_stale_slots(&mut self) -> Result<(), DaemonError> {
        for step in self.progress.ended_in_pools() {
            self.free_slot(&step).await?;
        }
        Ok(())
    }

    async fn free_slot(&mut self, step: &str) -> Result<(), DaemonError> {
        let concurrency = self.around.context.storage().concurrency();
        concurrency.free_slot_for_step(self.run.run_id.as_str(), step).await?;
        self.claims.granted.remove(step);
        self.around.slot_freed.notify_waiters();
        Ok(())
    }

    /// Gives back everything, of a run that is over.
    pub(super) async fn free_all_slots(&mut self) -> Result<(), DaemonError> {
        let concurrency = self.around.context.storage().concurrency();
        concurrency.free_slots_for_run(self.run.run_id.as_str()).await?;
        self.around.slot_freed.notify_waiters();
        Ok(())
    }
}
