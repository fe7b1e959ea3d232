//! Making and submitting the runs of a job backfill (`submit_backfill_runs`, `create_backfill_run`).

use std::sync::Arc;

use rondel_code_location::WorkspaceSnapshot;
use rondel_model::backfill::PartitionBackfill;
use rondel_model::ids::{JobSelector, RunId};
use rondel_model::partition::PartitionKeyRange;
use rondel_model::run::tags::{
    ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG, BACKFILL_ID_TAG,
    PARENT_RUN_ID_TAG, PARTITION_NAME_TAG, PARTITION_SET_TAG, ROOT_RUN_ID_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_model::serdes::{Map, PySet, Value};
use rondel_model::snap::PartitionSetSnap;
use rondel_storage::RunsQuery;

use crate::{
    IfRunExists, Instance, InstanceError, JobTarget, NewRun, Reexecution, ReexecutionStrategy,
    ResolvedJob,
};

/// What one run of a job backfill is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A partition.
    Key(String),
    /// Partitions from one to another.
    Range(PartitionKeyRange),
}

impl Piece {
    /// The partition asked for its config and tags.
    pub fn first_key(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Range(range) => &range.start,
        }
    }
}

/// A run of a job backfill. Its id is the caller's: with an id that follows from backfill and piece, an
/// interrupted submission goes on with the same run.
#[derive(Debug, Clone)]
pub struct BackfillRun {
    /// The id.
    pub run_id: RunId,
    /// What it is for.
    pub piece: Piece,
    /// What the partition says of tags.
    pub tags: Map<String>,
    /// Its config.
    pub run_config: Map<Value>,
}

/// The job, or the part of it, that a backfill is for.
pub fn target_of(backfill: &PartitionBackfill, job: JobSelector) -> JobTarget {
    match &backfill.asset_selection {
        Some(assets) if !assets.is_empty() => JobTarget::assets(job, assets.iter().cloned()),
        _ => JobTarget::whole(job),
    }
}

impl Instance {
    /// Makes a run of a job backfill and submits it. A run from failure is made only if the last one of
    /// the partition failed.
    ///
    /// # Errors
    /// As of creating and submitting runs.
    pub async fn submit_backfill_run(
        self: &Arc<Self>,
        backfill: &PartitionBackfill,
        partition_set: &PartitionSetSnap,
        job: &ResolvedJob,
        run: BackfillRun,
        workspace: &WorkspaceSnapshot,
    ) -> Result<Option<RunId>, InstanceError> {
        let mut tags = job.tags();
        tags.extend(run.tags);
        tags.insert(BACKFILL_ID_TAG.to_owned(), backfill.backfill_id.clone());
        tags.extend(backfill.tags.clone());
        let run = BackfillRun { tags, ..run };
        let created = if backfill.from_failure {
            let selector = job.repository().origin.selector().job(&partition_set.job_name);
            let target = target_of(backfill, selector);
            match Box::pin(self.from_failure(partition_set, target, run, workspace)).await? {
                Some(created) => created,
                // It succeeded, or was not run: nothing to do.
                None => return Ok(None),
            }
        } else {
            Box::pin(self.of_piece(backfill, partition_set, job, run)).await?
        };
        self.submit_run(&created.run_id, workspace).await?;
        Ok(Some(created.run_id))
    }

    async fn from_failure(
        self: &Arc<Self>,
        partition_set: &PartitionSetSnap,
        target: JobTarget,
        run: BackfillRun,
        workspace: &WorkspaceSnapshot,
    ) -> Result<Option<DagsterRun>, InstanceError> {
        let last = self.last_run_of(partition_set, &run).await?;
        let Some(last) = last.filter(|run| run.status == RunStatus::Failure) else {
            return Ok(None);
        };
        let reexecution = Reexecution {
            extra_tags: run.tags,
            run_config: Some(run.run_config),
            use_parent_run_tags: false,
            target: Some(target),
            run_id: Some(run.run_id),
            if_exists: IfRunExists::Resume,
            ..Reexecution::new(last.run_id, ReexecutionStrategy::FromFailure)
        };
        Ok(Some(self.reexecute(reexecution, workspace).await?))
    }

    async fn of_piece(
        self: &Arc<Self>,
        backfill: &PartitionBackfill,
        partition_set: &PartitionSetSnap,
        job: &ResolvedJob,
        run: BackfillRun,
    ) -> Result<DagsterRun, InstanceError> {
        let mut tags = run.tags.clone();
        let step_keys = backfill.reexecution_steps.clone().filter(|steps| !steps.is_empty());
        let (mut parent, mut root, mut known_state) = (None, None, None);
        if let Some(step_keys) = &step_keys
            && let Some(last) = self.last_run_of(partition_set, &run).await?
        {
            let root_run_id = last.root_run_id.clone().unwrap_or_else(|| last.run_id.to_string());
            tags.insert(PARENT_RUN_ID_TAG.to_owned(), last.run_id.to_string());
            tags.insert(ROOT_RUN_ID_TAG.to_owned(), root_run_id.clone());
            if last.status == RunStatus::Success {
                let mut state = Box::pin(self.known_state_for_reexecution(&last)).await?;
                state.dynamic_mappings.retain(|step, _| !step_keys.contains(step));
                known_state = Some(state);
            }
            parent = Some(last.run_id);
            root = Some(root_run_id.into());
        }
        let plan = Box::pin(self.execution_plan(
            job,
            &run.run_config,
            step_keys.as_deref(),
            known_state.as_ref(),
        ))
        .await?;
        let op_selection = partition_set.op_selection.clone().filter(|ops| !ops.is_empty());
        let assets = backfill.asset_selection.clone().filter(|assets| !assets.is_empty());
        let new_run = NewRun {
            run_id: Some(run.run_id),
            run_config: run.run_config,
            tags,
            step_keys_to_execute: step_keys,
            root_run_id: root,
            parent_run_id: parent,
            asset_selection: assets.map(PySet::frozen),
            resolved_op_selection: op_selection.clone().map(PySet::frozen),
            op_selection,
            if_exists: IfRunExists::Resume,
            ..NewRun::new(job.clone(), plan)
        };
        Box::pin(self.record_run(new_run)).await
    }

    /// The latest run of the partitions before this backfill's own.
    async fn last_run_of(
        &self,
        partition_set: &PartitionSetSnap,
        run: &BackfillRun,
    ) -> Result<Option<DagsterRun>, InstanceError> {
        let filter =
            RunsFilter { job_name: Some(partition_set.job_name.clone()), ..RunsFilter::default() }
                .with_tag(PARTITION_SET_TAG, partition_set.name.as_str());
        let filter = match &run.piece {
            Piece::Key(key) => filter.with_tag(PARTITION_NAME_TAG, key.as_str()),
            Piece::Range(range) => filter
                .with_tag(ASSET_PARTITION_RANGE_START_TAG, range.start.as_str())
                .with_tag(ASSET_PARTITION_RANGE_END_TAG, range.end.as_str()),
        };
        // Two, since the newest one is our own when a crash interrupted its submission.
        let runs = self.storage().runs().get_runs(RunsQuery::newest(filter, 2)).await?;
        Ok(runs.into_iter().find(|found| found.run_id != run.run_id))
    }
}
