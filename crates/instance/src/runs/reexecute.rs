//! Running a run again: all of it, or what is missing.
//!
//! Mirrors `RunDomain.create_reexecuted_run`.

use std::collections::HashSet;

use rondel_code_location::WorkspaceSnapshot;
use rondel_model::backfill::BulkActionStatus;
use rondel_model::event::{DagsterEventType, EventSpecificData};
use rondel_model::ids::{AssetCheckKey, AssetKey, RunId};
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::{Map, Value};
use rondel_model::snap::ExecutionPlanSnapshot;

use super::create::{IfRunExists, NewRun};
use super::job::{JobTarget, ResolvedJob};
use crate::error::InstanceError;
use crate::instance::Instance;

/// Which part of a run is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReexecutionStrategy {
    /// Everything.
    AllSteps,
    /// The steps that failed, were interrupted or never ran.
    FromFailure,
    /// The assets that were not materialized.
    FromAssetFailure,
}

impl ReexecutionStrategy {
    /// The name of Python's enum member.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllSteps => "ALL_STEPS",
            Self::FromFailure => "FROM_FAILURE",
            Self::FromAssetFailure => "FROM_ASSET_FAILURE",
        }
    }

    /// The strategy of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::AllSteps, Self::FromFailure, Self::FromAssetFailure]
            .into_iter()
            .find(|strategy| strategy.as_str() == name)
    }
}

/// A run to run again.
#[derive(Debug, Clone)]
pub struct Reexecution {
    /// The run.
    pub parent_run_id: RunId,
    /// Which part of it.
    pub strategy: ReexecutionStrategy,
    /// The job, where the caller knows it; else that of the run, which a run made in a Python process does
    /// not name.
    pub target: Option<JobTarget>,
    /// Tags besides those inherited.
    pub extra_tags: Map<String>,
    /// Another config than the run's own.
    pub run_config: Option<Map<Value>>,
    /// Whether the run's own tags are inherited, besides those of the job.
    pub use_parent_run_tags: bool,
    /// The new run's id; a fresh one when missing.
    pub run_id: Option<RunId>,
    /// What to do if that id is taken.
    pub if_exists: IfRunExists,
}

impl Reexecution {
    /// A reexecution as the UI asks for it.
    pub fn new(parent_run_id: RunId, strategy: ReexecutionStrategy) -> Self {
        Self {
            parent_run_id,
            strategy,
            target: None,
            extra_tags: Map::new(),
            run_config: None,
            use_parent_run_tags: true,
            run_id: None,
            if_exists: IfRunExists::default(),
        }
    }
}

impl Instance {
    /// Creates a run that repeats another one, without submitting it.
    ///
    /// # Errors
    /// The run does not exist, has nothing to repeat, its job cannot be found or planned, or the
    /// database failed.
    pub async fn reexecute(
        &self,
        request: Reexecution,
        workspace: &WorkspaceSnapshot,
    ) -> Result<DagsterRun, InstanceError> {
        let parent = self.run(&request.parent_run_id).await?;
        let mut target = match request.target {
            Some(target) => target,
            None => target_of(&parent)?,
        };
        let mut job = Box::pin(ResolvedJob::find(&target, workspace)).await?;
        let root_run_id = parent.root_run_id.clone().unwrap_or_else(|| parent.run_id.to_string());
        let mut run_tags = job.tags();
        if request.use_parent_run_tags {
            run_tags.extend(self.inherited_tags(&parent).await?);
        }
        run_tags.extend(request.extra_tags);
        run_tags.insert(tags::PARENT_RUN_ID_TAG.to_owned(), parent.run_id.to_string());
        run_tags.insert(tags::ROOT_RUN_ID_TAG.to_owned(), root_run_id.clone());
        let run_config = request.run_config.unwrap_or_else(|| parent.run_config.clone());

        let (mut step_keys, mut known_state) = (None, None);
        match request.strategy {
            ReexecutionStrategy::AllSteps => {}
            ReexecutionStrategy::FromFailure => {
                let retry = Box::pin(self.steps_to_retry(&parent)).await?;
                if retry.step_keys.is_empty() {
                    let nothing = "No steps needed to be retried in the failed run.";
                    return Err(InstanceError::NothingToRetry(nothing));
                }
                run_tags.insert(tags::RESUME_RETRY_TAG.to_owned(), "true".to_owned());
                step_keys = Some(retry.step_keys);
                known_state = Some(retry.known_state);
            }
            ReexecutionStrategy::FromAssetFailure => {
                let (assets, checks) = Box::pin(self.keys_to_reexecute(&parent)).await?;
                if assets.is_empty() && checks.is_empty() {
                    let nothing =
                        "No assets or asset checks needed to be retried in the failed run.";
                    return Err(InstanceError::NothingToRetry(nothing));
                }
                target.op_selection = job.op_selection().map(<[String]>::to_vec);
                target.asset_selection = Some(assets);
                target.asset_check_selection = Some(checks);
                job = Box::pin(ResolvedJob::find(&target, workspace)).await?;
                run_tags.insert(tags::ASSET_RESUME_RETRY_TAG.to_owned(), "true".to_owned());
            }
        }
        let planning =
            self.execution_plan(&job, &run_config, step_keys.as_deref(), known_state.as_ref());
        let plan = Box::pin(planning).await?;
        let new_run = NewRun {
            run_id: request.run_id,
            run_config,
            tags: run_tags,
            step_keys_to_execute: step_keys,
            root_run_id: Some(root_run_id.into()),
            parent_run_id: Some(parent.run_id.clone()),
            asset_selection: job.asset_selection().cloned(),
            asset_check_selection: job.asset_check_selection().cloned(),
            op_selection: parent.op_selection.clone(),
            resolved_op_selection: parent.resolved_op_selection.clone(),
            if_exists: request.if_exists,
            ..NewRun::new(job, plan)
        };
        Box::pin(self.record_run(new_run)).await
    }

    /// The tags a reexecution takes over: all but those about the attempt itself, and those of a
    /// backfill only while it is still requesting runs.
    async fn inherited_tags(&self, parent: &DagsterRun) -> Result<Map<String>, InstanceError> {
        let omitted = |key: &String| tags::TAGS_TO_MAYBE_OMIT_ON_RETRY.contains(&key.as_str());
        let mut inherited: Map<String> = parent
            .tags
            .iter()
            .filter(|(key, _)| !omitted(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if let Some(backfill_id) = parent.tag(tags::BACKFILL_ID_TAG) {
            let backfill = self.storage().backfills().get_backfill(backfill_id).await?;
            if backfill.is_some_and(|backfill| backfill.status == BulkActionStatus::Requested) {
                for key in tags::BACKFILL_TAGS {
                    let value = parent.tag(key).map(str::to_owned);
                    inherited.extend(value.map(|value| ((*key).to_owned(), value)));
                }
            }
        }
        Ok(inherited)
    }

    /// Assets planned but not materialized, and checks planned but not executed or blocking and
    /// failed, with everything their steps require. Mirrors `get_keys_to_reexecute`.
    async fn keys_to_reexecute(
        &self,
        parent: &DagsterRun,
    ) -> Result<(Vec<AssetKey>, Vec<AssetCheckKey>), InstanceError> {
        let plan = self.plan_of(parent).await?;
        let types =
            [DagsterEventType::AssetMaterialization, DagsterEventType::AssetCheckEvaluation];
        let mut executed: HashSet<AssetKey> = HashSet::new();
        let mut checked: HashSet<AssetCheckKey> = HashSet::new();
        let mut blocked: HashSet<AssetKey> = HashSet::new();
        for entry in self.events_of(&parent.run_id, &types).await? {
            let Some(data) = entry.dagster_event.and_then(|event| event.event_specific_data) else {
                continue;
            };
            match data {
                EventSpecificData::StepMaterialization(data) => {
                    executed.insert(data.materialization.asset_key);
                }
                EventSpecificData::AssetCheckEvaluation(data) => {
                    if data.blocking == Some(true) && !data.passed {
                        blocked.insert(data.asset_key);
                    } else {
                        checked.insert(AssetCheckKey::new(data.asset_key, data.check_name));
                    }
                }
                _ => {}
            }
        }
        executed.retain(|key| !blocked.contains(key));
        Ok(select_keys(&plan, &executed, &checked, &blocked))
    }

    /// The execution plan a run was created with.
    pub(super) async fn plan_of(
        &self,
        run: &DagsterRun,
    ) -> Result<std::sync::Arc<ExecutionPlanSnapshot>, InstanceError> {
        let missing = || InstanceError::Incomplete {
            run_id: run.run_id.clone(),
            action: "reexecuted",
            missing: "stored execution plan",
        };
        let id = run.execution_plan_snapshot_id.as_deref().ok_or_else(missing)?;
        let plan = self.storage().snapshots().get_execution_plan_snapshot(id).await?;
        plan.map(|plan| plan.value().clone()).ok_or_else(missing)
    }
}

fn select_keys(
    plan: &ExecutionPlanSnapshot,
    executed: &HashSet<AssetKey>,
    checked: &HashSet<AssetCheckKey>,
    blocked: &HashSet<AssetKey>,
) -> (Vec<AssetKey>, Vec<AssetCheckKey>) {
    let (mut assets, mut checks) = (Vec::new(), Vec::new());
    for step in &plan.steps {
        if !plan.step_keys_to_execute.contains(&step.key) {
            continue;
        }
        let outputs = || step.outputs.iter().filter_map(|output| output.properties.as_ref());
        let missing_asset = |key: &AssetKey| !executed.contains(key);
        let missing_check =
            |key: &AssetCheckKey| !checked.contains(key) || blocked.contains(&key.asset_key);
        let any_missing = outputs().any(|properties| {
            properties.asset_key.as_ref().is_some_and(missing_asset)
                || properties.asset_check_key.as_ref().is_some_and(missing_check)
        });
        if !any_missing {
            continue;
        }
        for properties in outputs() {
            if let Some(key) = &properties.asset_key
                && (properties.is_required || missing_asset(key))
                && !assets.contains(key)
            {
                assets.push(key.clone());
            }
            if let Some(key) = &properties.asset_check_key
                && (properties.is_required || missing_check(key))
                && !checks.contains(key)
            {
                checks.push(key.clone());
            }
        }
    }
    (assets, checks)
}

/// The job and selection of a run, for another run of the same.
fn target_of(run: &DagsterRun) -> Result<JobTarget, InstanceError> {
    let origin = run.remote_job_origin.as_ref().ok_or_else(|| InstanceError::Incomplete {
        run_id: run.run_id.clone(),
        action: "reexecuted",
        missing: "remote job origin",
    })?;
    Ok(JobTarget {
        job: origin.repository_origin.selector().job(&run.job_name),
        op_selection: None,
        asset_selection: run.asset_selection.as_ref().map(|set| set.as_slice().to_vec()),
        asset_check_selection: run
            .asset_check_selection
            .as_ref()
            .map(|set| set.as_slice().to_vec()),
    })
}
