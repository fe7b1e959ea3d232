//! Runs and what belongs to them, batched: a page that shows the run of each of its rows reads them at once.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, dataloader::Loader};
use rondel_model::{
    event::{DagsterEventType, EventLogEntry},
    ids::{AssetKey, RunId},
    run::{DagsterRunStatsSnapshot, RunRecord, RunsFilter},
    snap::{ExecutionPlanSnapshot, JobSnap},
};

use super::Run;
use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
};

/// A run to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RunKey(pub(crate) String);

impl Loader<RunKey> for StorageLoader {
    type Value = Arc<RunRecord>;
    type Error = ResolverError;

    async fn load(&self, keys: &[RunKey]) -> Result<HashMap<RunKey, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| RunId::from(key.0.clone()));
        let query =
            rondel_storage::RunsQuery { filter: RunsFilter::by_ids(ids), ..Default::default() };
        let records = self.storage.runs().get_records(query).await?;
        Ok(records
            .into_iter()
            .map(|record| (RunKey(record.run.run_id.as_str().to_owned()), Arc::new(record)))
            .collect())
    }
}

/// The run whose statistics to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RunStatsKey(pub(super) RunId);

impl Loader<RunStatsKey> for StorageLoader {
    type Value = Arc<DagsterRunStatsSnapshot>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[RunStatsKey],
    ) -> Result<HashMap<RunStatsKey, Self::Value>, Self::Error> {
        let ids: Vec<String> = keys.iter().map(|key| key.0.to_string()).collect();
        let stats = self.storage.events().get_stats_of_runs(&ids).await?;
        let found = stats.into_iter().map(|(id, stats)| (RunStatsKey(id.into()), Arc::new(stats)));
        Ok(found.collect())
    }
}

/// The run whose materialized and observed assets to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RunAssetsKey(pub(super) RunId);

impl Loader<RunAssetsKey> for StorageLoader {
    type Value = Vec<AssetKey>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[RunAssetsKey],
    ) -> Result<HashMap<RunAssetsKey, Self::Value>, Self::Error> {
        let types = [DagsterEventType::AssetMaterialization, DagsterEventType::AssetObservation];
        let ids: Vec<String> = keys.iter().map(|key| key.0.to_string()).collect();
        let found = self.storage.events().get_asset_keys_of_runs(&ids, &types).await?;
        Ok(found.into_iter().map(|(id, assets)| (RunAssetsKey(id.into()), assets)).collect())
    }
}

/// The run whose events of a type to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RunEventsKey(pub(super) RunId, pub(super) DagsterEventType);

impl Loader<RunEventsKey> for StorageLoader {
    type Value = Arc<[Arc<EventLogEntry>]>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[RunEventsKey],
    ) -> Result<HashMap<RunEventsKey, Self::Value>, Self::Error> {
        let mut by_type: BTreeMap<DagsterEventType, Vec<String>> = BTreeMap::new();
        for RunEventsKey(run_id, kind) in keys {
            by_type.entry(*kind).or_default().push(run_id.to_string());
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (kind, run_ids) in by_type {
            let events = self.storage.events().get_events_of_runs(&run_ids, &[kind]).await?;
            found.extend(events.into_iter().map(|(run_id, events)| {
                let events = events.into_iter().map(Arc::new).collect();
                (RunEventsKey(run_id.into(), kind), events)
            }));
        }
        Ok(found)
    }
}

/// The id of an execution plan to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PlanKey(pub(super) String);

impl Loader<PlanKey> for StorageLoader {
    type Value = Arc<ExecutionPlanSnapshot>;
    type Error = ResolverError;

    async fn load(&self, keys: &[PlanKey]) -> Result<HashMap<PlanKey, Self::Value>, Self::Error> {
        let ids: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let plans = self.storage.snapshots().get_execution_plan_snapshots(&ids).await?;
        Ok(plans.into_iter().map(|(id, plan)| (PlanKey(id), Arc::clone(plan.value()))).collect())
    }
}

/// The id of a recorded job to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobSnapshotKey(pub(crate) String);

impl Loader<JobSnapshotKey> for StorageLoader {
    type Value = Arc<JobSnap>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[JobSnapshotKey],
    ) -> Result<HashMap<JobSnapshotKey, Self::Value>, Self::Error> {
        let ids: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let jobs = self.storage.snapshots().get_job_snapshots(&ids).await?;
        Ok(jobs
            .into_iter()
            .map(|(id, job)| (JobSnapshotKey(id), Arc::clone(job.value())))
            .collect())
    }
}

/// The runs that hold slots of pools, or wait for them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SlotHolders;

impl Loader<SlotHolders> for StorageLoader {
    type Value = Arc<BTreeSet<String>>;
    type Error = ResolverError;

    async fn load(
        &self,
        _: &[SlotHolders],
    ) -> Result<HashMap<SlotHolders, Self::Value>, Self::Error> {
        let holders = self.storage.concurrency().run_ids().await?;
        Ok(HashMap::from([(SlotHolders, Arc::new(holders))]))
    }
}

/// One run.
pub(crate) async fn load_run(
    ctx: &Context<'_>,
    run_id: &RunId,
) -> Result<Option<Run>, ResolverError> {
    let record = ctx.loader().load_one(RunKey(run_id.as_str().to_owned())).await?;
    Ok(record.map(Run::new))
}

/// Several runs, by id; what does not exist is left out.
pub(crate) async fn load_runs(
    ctx: &Context<'_>,
    run_ids: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, Run>, ResolverError> {
    let records = ctx.loader().load_many(run_ids.into_iter().map(RunKey)).await?;
    Ok(records.into_iter().map(|(key, record)| (key.0, Run::new(record))).collect())
}
