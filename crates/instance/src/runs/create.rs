//! Creating a run: snapshots first, then the run, then what it intends to do.
//!
//! Mirrors `RunDomain.create_run`. The run row is the reservation: it is unique by id and written
//! only after the snapshots it refers to. Asked again for an id whose run was created but perhaps
//! not completed, [`IfRunExists::Resume`] adds what is missing and returns the run.

use std::collections::HashMap;

use rondel_code_location::WorkspaceSnapshot;
use rondel_model::event::{DagsterEventType, EventLogEntry, level};
use rondel_model::ids::{AssetCheckKey, AssetKey, RunId};
use rondel_model::plan::KnownExecutionState;
use rondel_model::run::{DagsterRun, RunStatus, tags};
use rondel_model::serdes::{Map, PySet, Raw, Value};
use rondel_model::snap::{ExecutionPlanSnapshot, JobSnap};
use rondel_storage::StorageError;

use super::job::{JobTarget, ResolvedJob};
use super::partitions::{PlannedPartitions, RunPartitions};
use super::planned_events::planned_events;
use super::pools::run_op_concurrency;
use super::retry::tag_is_true;
use crate::error::InstanceError;
use crate::instance::Instance;

/// Which tags of the job the run begins with; those given override them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JobTags {
    /// Those of the job's definition, as a launch by hand does.
    #[default]
    OfDefinition,
    /// Those meant for its runs, as schedules and sensors do.
    ForRuns,
    /// None: the caller has put them in already.
    None,
}

/// What the run records as its step keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecordedStepKeys {
    /// The plan's, as a launch by hand does.
    #[default]
    OfPlan,
    /// Those asked for, so none for a whole job, as daemons do.
    AsRequested,
}

/// What to do if a run with the given id exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IfRunExists {
    /// Refuse.
    #[default]
    Refuse,
    /// It was reserved by an earlier, interrupted attempt: complete and return it.
    Resume,
}

/// A run to create.
#[derive(Debug, Clone, Default)]
pub struct CreateRun {
    /// The job, or part of one.
    pub target: JobTarget,
    /// Its id; a fresh one when missing.
    pub run_id: Option<RunId>,
    /// Its config.
    pub run_config: Map<Value>,
    /// Its tags besides those of the job.
    pub tags: Map<String>,
    /// Which tags of the job it begins with.
    pub job_tags: JobTags,
    /// The steps to execute; all when missing.
    pub step_keys: Option<Vec<String>>,
    /// What an earlier run has produced already.
    pub known_state: Option<KnownExecutionState>,
    /// What is recorded as step keys.
    pub recorded_step_keys: RecordedStepKeys,
    /// For a reexecution: the first run of the chain.
    pub root_run_id: Option<RunId>,
    /// For a reexecution: the run before.
    pub parent_run_id: Option<RunId>,
    /// What to do if the id is taken.
    pub if_exists: IfRunExists,
}

/// A run whose job and plan are known, to be recorded. Dagster's `create_run` arguments.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The job.
    pub job: ResolvedJob,
    /// The plan; none for a run that is recorded although planning failed.
    pub plan: Option<Raw<ExecutionPlanSnapshot>>,
    /// Its id; a fresh one when missing.
    pub run_id: Option<RunId>,
    /// Its status, usually not started.
    pub status: RunStatus,
    /// Its config.
    pub run_config: Map<Value>,
    /// All its tags but that of the code location.
    pub tags: Map<String>,
    /// The steps recorded.
    pub step_keys_to_execute: Option<Vec<String>>,
    /// The first run of a chain of reexecutions.
    pub root_run_id: Option<RunId>,
    /// The run before.
    pub parent_run_id: Option<RunId>,
    /// The assets recorded.
    pub asset_selection: Option<PySet<AssetKey>>,
    /// The checks recorded.
    pub asset_check_selection: Option<PySet<AssetCheckKey>>,
    /// The op selection recorded, as queries.
    pub op_selection: Option<Vec<String>>,
    /// The op selection recorded, resolved.
    pub resolved_op_selection: Option<PySet<String>>,
    /// What to do if the id is taken.
    pub if_exists: IfRunExists,
}

impl NewRun {
    /// A run of a planned job with nothing special about it.
    pub fn new(job: ResolvedJob, plan: Raw<ExecutionPlanSnapshot>) -> Self {
        Self {
            job,
            plan: Some(plan),
            run_id: None,
            status: RunStatus::NotStarted,
            run_config: Map::new(),
            tags: Map::new(),
            step_keys_to_execute: None,
            root_run_id: None,
            parent_run_id: None,
            asset_selection: None,
            asset_check_selection: None,
            op_selection: None,
            resolved_op_selection: None,
            if_exists: IfRunExists::default(),
        }
    }
}

impl Instance {
    /// Resolves the job, has the code server plan it and records the run.
    ///
    /// # Errors
    /// The job cannot be found or planned, the id is taken, or the database failed.
    pub async fn create_run(
        &self,
        request: CreateRun,
        workspace: &WorkspaceSnapshot,
    ) -> Result<DagsterRun, InstanceError> {
        let job = Box::pin(ResolvedJob::find(&request.target, workspace)).await?;
        let step_keys = request.step_keys.as_deref();
        let known_state = request.known_state.as_ref();
        let plan = Box::pin(self.execution_plan(&job, &request.run_config, step_keys, known_state))
            .await?;
        let mut run_tags = match request.job_tags {
            JobTags::OfDefinition => job.tags(),
            JobTags::ForRuns => job.run_tags(),
            JobTags::None => Map::new(),
        };
        run_tags.extend(request.tags);
        let step_keys_to_execute = match request.recorded_step_keys {
            RecordedStepKeys::OfPlan => Some(plan.step_keys_to_execute.clone()),
            RecordedStepKeys::AsRequested => request.step_keys,
        };
        let target = request.target;
        let not_empty = |items: &Vec<AssetKey>| !items.is_empty();
        let op_selection = target.op_selection;
        let new_run = NewRun {
            run_id: request.run_id,
            run_config: request.run_config,
            tags: run_tags,
            step_keys_to_execute,
            root_run_id: request.root_run_id,
            parent_run_id: request.parent_run_id,
            asset_selection: target.asset_selection.filter(not_empty).map(PySet::frozen),
            asset_check_selection: target.asset_check_selection.map(PySet::frozen),
            resolved_op_selection: op_selection
                .clone()
                .filter(|ops| !ops.is_empty())
                .map(PySet::frozen),
            op_selection,
            if_exists: request.if_exists,
            ..NewRun::new(job, plan)
        };
        Box::pin(self.record_run(new_run)).await
    }

    /// Records a run whose job and plan are known, and what it intends to do.
    ///
    /// # Errors
    /// The id is taken, the partition tags are wrong, or the database failed.
    pub async fn record_run(&self, new_run: NewRun) -> Result<DagsterRun, InstanceError> {
        let plan = new_run.plan.as_ref().map(|plan| with_execution_types(plan, &new_run.job));
        let partitions = RunPartitions::of(self, &new_run, plan.as_ref()).await?;
        let run = self.construct_run(&new_run, plan.as_ref(), &partitions).await?;
        let run = match self.add_run(&new_run, plan.as_ref(), &run).await {
            Ok(()) => run,
            Err(InstanceError::Storage(StorageError::RunAlreadyExists(_))) => {
                self.resume_creation(&new_run, run).await?
            }
            Err(error) => return Err(error),
        };
        if let Some(plan) = &plan
            && !run.tag(tags::EXTERNALLY_MANAGED_ASSETS_TAG).is_some_and(tag_is_true)
        {
            let planned = PlannedPartitions::new(&run, &new_run.job, &partitions);
            let events = planned_events(&run.job_name, plan, &planned)?;
            self.record_planned_events(&run, events, new_run.if_exists).await?;
        }
        Ok(run)
    }

    /// Stores the run, after its snapshots if they have gone since we knew them.
    async fn add_run(
        &self,
        new_run: &NewRun,
        plan: Option<&Raw<ExecutionPlanSnapshot>>,
        run: &DagsterRun,
    ) -> Result<(), InstanceError> {
        match self.storage().runs().add_run(run, self.now()).await {
            Err(StorageError::SnapshotNotFound(_)) => {
                self.known_snapshots.forget();
                self.ensure_job_snapshots(&new_run.job).await?;
                if let Some(plan) = plan {
                    self.ensure_plan_snapshot(plan).await?;
                }
                Ok(self.storage().runs().add_run(run, self.now()).await?)
            }
            added => Ok(added?),
        }
    }

    async fn construct_run(
        &self,
        new_run: &NewRun,
        plan: Option<&Raw<ExecutionPlanSnapshot>>,
        partitions: &RunPartitions,
    ) -> Result<DagsterRun, InstanceError> {
        let run_id = new_run.run_id.clone().unwrap_or_else(RunId::random);
        if uuid::Uuid::try_parse(run_id.as_str()).is_err() {
            return Err(InstanceError::InvalidRunId(run_id.to_string()));
        }
        let origin = new_run.job.remote_origin();
        let mut run_tags = new_run.tags.clone();
        let location_name = origin.location_name().to_owned();
        run_tags.insert(tags::CODE_LOCATION_TAG.to_owned(), location_name);
        let job_snapshot_id = self.ensure_job_snapshots(&new_run.job).await?;
        let execution_plan_snapshot_id = match plan {
            Some(plan) => Some(self.ensure_plan_snapshot(plan).await?),
            None => None,
        };
        let mut run = DagsterRun::new(run_id, new_run.job.name());
        run.run_config = new_run.run_config.clone();
        run.asset_selection = new_run.asset_selection.clone();
        run.asset_check_selection = new_run.asset_check_selection.clone();
        run.op_selection = new_run.op_selection.clone();
        run.resolved_op_selection = new_run.resolved_op_selection.clone();
        run.step_keys_to_execute = new_run.step_keys_to_execute.clone();
        run.status = new_run.status;
        run.tags = run_tags;
        run.root_run_id = new_run.root_run_id.as_ref().map(RunId::to_string);
        run.parent_run_id = new_run.parent_run_id.as_ref().map(RunId::to_string);
        run.job_snapshot_id = Some(job_snapshot_id);
        run.execution_plan_snapshot_id = execution_plan_snapshot_id;
        run.remote_job_origin = Some(origin);
        run.job_code_origin = Some(new_run.job.python_origin());
        run.has_repository_load_data = plan.is_some_and(|plan| plan.repository_load_data.is_some());
        run.run_op_concurrency = plan.and_then(|plan| run_op_concurrency(plan));
        run.partitions_subset = partitions.subset_of_run().cloned();
        Ok(run)
    }

    async fn ensure_job_snapshots(&self, job: &ResolvedJob) -> Result<String, InstanceError> {
        let mut id = job.snapshot_id();
        if self.known_snapshots.contains(&id) {
            return Ok(id);
        }
        let snapshots = self.storage().snapshots();
        if let (Some(parent), Some(lineage)) =
            (job.parent_snapshot(), &job.snapshot().lineage_snapshot)
            && !snapshots.has(&lineage.parent_snapshot_id).await?
        {
            snapshots.add_job_snapshot(&Raw::new(JobSnap::clone(parent))).await?;
        }
        if !snapshots.has(&id).await? {
            id = snapshots.add_job_snapshot(job.stored_snapshot()).await?;
        }
        self.known_snapshots.add(&id);
        Ok(id)
    }

    async fn ensure_plan_snapshot(
        &self,
        plan: &Raw<ExecutionPlanSnapshot>,
    ) -> Result<String, InstanceError> {
        let mut id = plan.id();
        if self.known_snapshots.contains(&id) {
            return Ok(id);
        }
        let snapshots = self.storage().snapshots();
        if !snapshots.has(&id).await? {
            id = snapshots.add_execution_plan_snapshot(plan).await?;
        }
        self.known_snapshots.add(&id);
        Ok(id)
    }

    /// The run that holds the id, if an earlier attempt at the same run left it.
    async fn resume_creation(
        &self,
        new_run: &NewRun,
        run: DagsterRun,
    ) -> Result<DagsterRun, InstanceError> {
        let existing = self.run(&run.run_id).await?;
        let same_job = existing.remote_job_origin == run.remote_job_origin;
        if new_run.if_exists == IfRunExists::Resume && same_job {
            Ok(existing)
        } else {
            Err(InstanceError::RunExists(run.run_id))
        }
    }

    async fn record_planned_events(
        &self,
        run: &DagsterRun,
        mut events: Vec<rondel_model::event::DagsterEvent>,
        if_exists: IfRunExists,
    ) -> Result<(), InstanceError> {
        if if_exists == IfRunExists::Resume && !events.is_empty() {
            let types = [
                DagsterEventType::AssetMaterializationPlanned,
                DagsterEventType::AssetCheckEvaluationPlanned,
            ];
            let mut recorded = self.events_of(&run.run_id, &types).await?;
            self.storage().events().complete(run.run_id.as_str(), &recorded).await?;
            events.retain(|event| {
                let position =
                    recorded.iter().position(|entry| entry.dagster_event.as_ref() == Some(event));
                position.is_none_or(|index| {
                    recorded.swap_remove(index);
                    false
                })
            });
        }
        let at = self.now().seconds();
        let entries: Vec<EventLogEntry> = events
            .into_iter()
            .map(|event| {
                EventLogEntry::for_run(run.run_id.clone(), at, event).with_level(level::DEBUG)
            })
            .collect();
        self.report_entries(&entries).await
    }
}

/// Fills in how assets are executed where an old code server did not say.
fn with_execution_types(
    plan: &Raw<ExecutionPlanSnapshot>,
    job: &ResolvedJob,
) -> Raw<ExecutionPlanSnapshot> {
    let is_silent = |plan: &ExecutionPlanSnapshot| {
        plan.steps.iter().flat_map(|step| &step.outputs).any(|output| {
            output
                .properties
                .as_ref()
                .is_some_and(|p| p.asset_key.is_some() && p.asset_execution_type.is_none())
        })
    };
    if !is_silent(plan) {
        return plan.clone();
    }
    let types: HashMap<&AssetKey, _> = job
        .repository()
        .snap
        .asset_nodes
        .iter()
        .map(|node| (&node.asset_key, node.execution_type))
        .collect();
    let mut adjusted = ExecutionPlanSnapshot::clone(plan);
    let outputs = adjusted.steps.iter_mut().flat_map(|step| &mut step.outputs);
    for properties in outputs.filter_map(|output| output.properties.as_mut()) {
        if let Some(key) = &properties.asset_key
            && properties.asset_execution_type.is_none()
        {
            properties.asset_execution_type = types.get(key).copied();
        }
    }
    Raw::new(adjusted)
}
