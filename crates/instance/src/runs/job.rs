//! Finding a job, whole or restricted to a selection, and everything a run of it refers to.

use std::sync::{Arc, OnceLock};

use rondel_code_location::{CodeLocation, CodeLocationError, Repository, WorkspaceSnapshot};
use rondel_model::grpc::{ExecutionPlanSnapshotArgs, JobSubsetSnapshotArgs};
use rondel_model::ids::{AssetCheckKey, AssetKey, JobSelector};
use rondel_model::origin::{JobPythonOrigin, RemoteJobOrigin, RepositoryPythonOrigin};
use rondel_model::plan::KnownExecutionState;
use rondel_model::serdes::{Extra, Map, PySet, Raw, Value};
use rondel_model::snap::{ExecutionPlanSnapshot, JobDataSnap, JobLineageSnap, JobSnap};

use crate::error::InstanceError;
use crate::instance::Instance;

/// A job, or the part of one that a selection names. Dagster's `JobSubsetSelector`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobTarget {
    /// The job.
    pub job: JobSelector,
    /// Ops, as the user's selection queries.
    pub op_selection: Option<Vec<String>>,
    /// Assets.
    pub asset_selection: Option<Vec<AssetKey>>,
    /// Checks; an empty list means none, no list means those of the selected assets.
    pub asset_check_selection: Option<Vec<AssetCheckKey>>,
}

impl JobTarget {
    /// A whole job.
    pub fn whole(job: JobSelector) -> Self {
        Self { job, ..Self::default() }
    }

    /// Some assets of a job.
    pub fn assets(job: JobSelector, assets: impl IntoIterator<Item = AssetKey>) -> Self {
        Self { asset_selection: Some(assets.into_iter().collect()), ..Self::whole(job) }
    }

    fn is_subset(&self) -> bool {
        fn given<T>(selection: Option<&Vec<T>>) -> bool {
            selection.is_some_and(|items| !items.is_empty())
        }
        given(self.op_selection.as_ref())
            || given(self.asset_selection.as_ref())
            || given(self.asset_check_selection.as_ref())
    }
}

/// A job as its code location describes it now.
#[derive(Debug, Clone)]
pub struct ResolvedJob {
    location: Arc<CodeLocation>,
    repository: Arc<Repository>,
    job_name: String,
    data: Arc<JobDataSnap>,
    /// The whole job, where `data` is a part of it.
    whole: Option<Arc<JobDataSnap>>,
    python_origin: RepositoryPythonOrigin,
    /// The snapshot of a part with its id, once asked for: to serialize that of a large job takes long.
    serialized: OnceLock<Arc<(String, Raw<JobSnap>)>>,
}

impl ResolvedJob {
    /// Finds a job in the workspace and restricts it to the selection.
    ///
    /// # Errors
    /// The location is not loaded, the job does not exist, the selection is impossible, or the code
    /// server cannot be asked.
    pub async fn find(
        target: &JobTarget,
        workspace: &WorkspaceSnapshot,
    ) -> Result<Self, InstanceError> {
        let selector = &target.job;
        let location = loaded_location(workspace, &selector.location_name)?;
        let not_found = || InstanceError::JobNotFound {
            location_name: selector.location_name.clone(),
            repository_name: selector.repository_name.clone(),
            job_name: selector.job_name.clone(),
        };
        let repository =
            location.repositories.get(&selector.repository_name).ok_or_else(not_found)?;
        if !repository.has_job(&selector.job_name) {
            return Err(not_found());
        }
        let whole = location.job(&repository.name, &selector.job_name).await?;
        let python_origin = python_origin(location, &repository.name).ok_or_else(not_found)?;
        let mut job = Self {
            location: Arc::clone(location),
            repository: Arc::clone(repository),
            job_name: selector.job_name.clone(),
            data: whole,
            whole: None,
            python_origin,
            serialized: OnceLock::new(),
        };
        if target.is_subset() {
            job.restrict(target).await?;
        }
        Ok(job)
    }

    async fn restrict(&mut self, target: &JobTarget) -> Result<(), InstanceError> {
        let args = JobSubsetSnapshotArgs {
            job_origin: self.remote_origin(),
            op_selection: target.op_selection.clone(),
            asset_selection: target.asset_selection.clone().filter(|assets| !assets.is_empty()),
            asset_check_selection: target
                .asset_check_selection
                .as_ref()
                .map(|checks| PySet::frozen(checks.iter().cloned())),
            include_parent_snapshot: false,
            extra: Extra::default(),
        };
        let subset = match self.location.client().job_subset_snapshot(&args).await {
            Err(CodeLocationError::UserCode(error)) => {
                return Err(InstanceError::InvalidSubset(error));
            }
            other => other?,
        };
        let data = subset.job_data_snap.ok_or_else(|| InstanceError::JobNotFound {
            location_name: target.job.location_name.clone(),
            repository_name: target.job.repository_name.clone(),
            job_name: target.job.job_name.clone(),
        })?;
        let whole = std::mem::replace(&mut self.data, Arc::new(data));
        self.whole = Some(whole);
        if let Some(origin) = subset.repository_python_origin {
            self.python_origin = origin;
        }
        Ok(())
    }

    /// The job's name.
    pub fn name(&self) -> &str {
        &self.job_name
    }

    /// The code location.
    pub fn location(&self) -> &Arc<CodeLocation> {
        &self.location
    }

    /// The repository.
    pub fn repository(&self) -> &Arc<Repository> {
        &self.repository
    }

    /// The job with its presets and parent, as the code server gave it.
    pub fn data(&self) -> &Arc<JobDataSnap> {
        &self.data
    }

    /// The job's snapshot.
    pub fn snapshot(&self) -> &JobSnap {
        &self.data.job
    }

    /// The snapshot of the whole job, where this is a part of it.
    pub fn parent_snapshot(&self) -> Option<&JobSnap> {
        self.whole.as_ref().map(|whole| &whole.job)
    }

    fn lineage(&self) -> Option<&JobLineageSnap> {
        self.snapshot().lineage_snapshot.as_ref()
    }

    /// The assets selected, if this is a part of a job.
    pub fn asset_selection(&self) -> Option<&PySet<AssetKey>> {
        self.lineage()?.asset_selection.as_ref()
    }

    /// The checks selected, if this is a part of a job.
    pub fn asset_check_selection(&self) -> Option<&PySet<AssetCheckKey>> {
        self.lineage()?.asset_check_selection.as_ref()
    }

    /// The ops selected, if this is a part of a job.
    pub fn op_selection(&self) -> Option<&[String]> {
        self.lineage()?.op_selection.as_deref()
    }

    /// The tags of the job's definition.
    pub fn tags(&self) -> Map<String> {
        text_tags(&self.snapshot().tags)
    }

    /// The tags every run of the job gets; those of the definition where an old code server does
    /// not tell them apart.
    pub fn run_tags(&self) -> Map<String> {
        self.snapshot().run_tags.as_ref().map_or_else(|| self.tags(), text_tags)
    }

    /// The job's identity for the control plane.
    pub fn remote_origin(&self) -> RemoteJobOrigin {
        self.repository.job_origin(&self.job_name)
    }

    /// What a worker needs to load the job.
    pub fn python_origin(&self) -> JobPythonOrigin {
        JobPythonOrigin {
            job_name: self.job_name.clone(),
            repository_origin: self.python_origin.clone(),
            extra: Extra::default(),
        }
    }

    /// SHA-1 of the job's serialized snapshot.
    pub fn snapshot_id(&self) -> String {
        let refs = self.repository.snap.job_refs.as_deref().unwrap_or_default();
        match refs.iter().find(|job| self.whole.is_none() && job.name == self.job_name) {
            Some(job) => job.snapshot_id.clone(),
            None => self.serialized().0.clone(),
        }
    }

    /// The job's snapshot as it is stored.
    pub(crate) fn stored_snapshot(&self) -> &Raw<JobSnap> {
        &self.serialized().1
    }

    fn serialized(&self) -> &(String, Raw<JobSnap>) {
        self.serialized.get_or_init(|| {
            let snapshot = Raw::new(self.snapshot().clone());
            Arc::new((snapshot.id(), snapshot))
        })
    }
}

fn text_tags(tags: &Map<Value>) -> Map<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    tags.iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

fn loaded_location<'a>(
    workspace: &'a WorkspaceSnapshot,
    name: &str,
) -> Result<&'a Arc<CodeLocation>, InstanceError> {
    let entry = workspace.location(name);
    entry.and_then(|entry| entry.location()).ok_or_else(|| {
        let error = entry.and_then(|entry| entry.error());
        InstanceError::LocationNotLoaded {
            name: name.to_owned(),
            reason: match (entry, error) {
                (None, _) => "it is not in the workspace".to_owned(),
                (_, None) => "it is still loading".to_owned(),
                (_, Some(error)) => error.message.clone(),
            },
            error: error.cloned().map(Box::new),
        }
    })
}

fn python_origin(location: &CodeLocation, repository: &str) -> Option<RepositoryPythonOrigin> {
    let listing = &location.listing;
    Some(RepositoryPythonOrigin {
        // a server always tells its interpreter; the fallback only keeps the origin well-formed
        executable_path: listing.executable_path.clone().unwrap_or_else(|| "python".to_owned()),
        code_pointer: listing.repository_code_pointer_dict.get(repository)?.clone(),
        container_image: listing.container_image.clone(),
        entry_point: listing.entry_point.clone(),
        container_context: listing.container_context.clone(),
        extra: Extra::default(),
    })
}

impl Instance {
    /// Asks the code server how a job would be executed.
    ///
    /// # Errors
    /// The code server cannot be asked, or user code raised an error (a wrong config, …).
    pub async fn execution_plan(
        &self,
        job: &ResolvedJob,
        run_config: &Map<Value>,
        step_keys: Option<&[String]>,
        known_state: Option<&KnownExecutionState>,
    ) -> Result<Raw<ExecutionPlanSnapshot>, InstanceError> {
        let frozen = |set: &PySet<AssetKey>| PySet::frozen(set.iter().cloned());
        let frozen_checks = |set: &PySet<AssetCheckKey>| PySet::frozen(set.iter().cloned());
        let args = ExecutionPlanSnapshotArgs {
            job_origin: job.remote_origin(),
            op_selection: job.op_selection().unwrap_or_default().to_vec(),
            run_config: run_config.clone(),
            step_keys_to_execute: step_keys.map(<[String]>::to_vec),
            job_snapshot_id: job.snapshot_id(),
            known_state: known_state.cloned(),
            instance_ref: Some(self.evaluation_ref().clone()),
            asset_selection: job.asset_selection().map(frozen),
            asset_check_selection: job.asset_check_selection().map(frozen_checks),
            mode: "default".to_owned(),
            extra: Extra::default(),
        };
        Ok(job.location.execution_plan(&args).await?)
    }
}
