//! A loaded code location: its repositories, what its server told about itself, and a client.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rondel_model::grpc::{ExecutionPlanSnapshotArgs, ListRepositoriesResponse};
use rondel_model::ids::RepositorySelector;
use rondel_model::origin::{CodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin};
use rondel_model::serdes::{Raw, to_text};
use rondel_model::snap::{ExecutionPlanSnapshot, JobDataSnap, RepositorySnap};
use tokio::sync::OnceCell;

use crate::client::CodeServerClient;
use crate::error::CodeLocationError;
use crate::plans::PlanCache;

/// The definitions of one location as its server gave them, and the way to ask it more.
///
/// A `CodeLocation` never changes: a reload makes a new one. Job snapshots are fetched when first
/// asked for and kept ([`job`](Self::job)).
#[derive(Debug)]
pub struct CodeLocation {
    /// The location's name.
    pub name: String,
    /// Its identity, as the workspace gives it.
    pub origin: CodeLocationOrigin,
    /// The identity of the server process (or of its loaded code) these definitions came from.
    pub server_id: String,
    /// Repositories by name, in the order the server lists them.
    pub repositories: IndexMap<String, Arc<Repository>>,
    /// Image which runs of this location use in containers.
    pub container_image: Option<String>,
    /// Versions of the Dagster libraries on the server, exactly as reported.
    pub dagster_library_versions: Option<IndexMap<String, String>>,
    /// Everything the server told about itself (entry point, executable, code pointers, container context).
    pub listing: ListRepositoriesResponse,
    pub(crate) client: CodeServerClient,
    pub(crate) plans: PlanCache,
}

impl CodeLocation {
    /// The client of the server.
    pub fn client(&self) -> &CodeServerClient {
        &self.client
    }

    /// The repository of this name.
    pub fn repository(&self, name: &str) -> Result<&Arc<Repository>, CodeLocationError> {
        self.repositories.get(name).ok_or_else(|| {
            CodeLocationError::NotFound(format!(
                "repository `{name}` is not in location `{}` (it has: {})",
                self.name,
                self.repositories.keys().cloned().collect::<Vec<_>>().join(", ")
            ))
        })
    }

    /// A job with its snapshots, fetched from the server the first time. Callers asking for the same
    /// job at once share one call; a failure is not remembered.
    pub async fn job(
        &self,
        repository: &str,
        job: &str,
    ) -> Result<Arc<JobDataSnap>, CodeLocationError> {
        let repository = self.repository(repository)?;
        let cell = repository.jobs.get(job).ok_or_else(|| {
            CodeLocationError::NotFound(format!(
                "job `{job}` is not in repository `{}` of location `{}`",
                repository.name, self.name
            ))
        })?;
        let fetched = cell.get_or_try_init(|| self.client.job(&repository.origin, job)).await?;
        Ok(Arc::clone(fetched))
    }

    /// How a job would be executed. A plan asked for a moment ago is given again, unless it builds on
    /// an earlier run; a failure is not remembered.
    pub async fn execution_plan(
        &self,
        args: &ExecutionPlanSnapshotArgs,
    ) -> Result<Raw<ExecutionPlanSnapshot>, CodeLocationError> {
        if args.known_state.is_some() {
            return self.client.execution_plan_snapshot(args).await;
        }
        let ask = || self.client.execution_plan_snapshot(args);
        self.plans.get(&to_text(args), ask).await
    }

    /// What identifies this version of the definitions: server id and image as Dagster writes them.
    pub fn version_key(&self) -> String {
        let image = self.container_image.as_deref();
        let key = serde_json::json!([self.server_id, image]);
        let text = |value: &serde_json::Value| value.to_string();
        format!("[{}, {}]", text(&key[0]), text(&key[1]))
    }
}

/// One repository of a location.
#[derive(Debug)]
pub struct Repository {
    /// The repository's name (`__repository__` for plain `Definitions`).
    pub name: String,
    /// Its identity across processes.
    pub origin: RemoteRepositoryOrigin,
    /// Its selector.
    pub selector: RepositorySelector,
    /// Its definitions. The text they came as is not kept: no id is made of it, and it is megabytes.
    pub snap: Arc<RepositorySnap>,
    jobs: HashMap<String, OnceCell<Arc<JobDataSnap>>>,
}

impl Repository {
    pub(crate) fn new(
        location_name: &str,
        origin: RemoteRepositoryOrigin,
        snap: Arc<RepositorySnap>,
    ) -> Self {
        let name = origin.repository_name.clone();
        let selector = RepositorySelector::new(location_name, &name);
        let jobs = job_cells(&snap);
        Self { name, origin, selector, snap, jobs }
    }

    /// The serialized origin, as RPCs take it.
    pub fn origin_text(&self) -> String {
        to_text(&self.origin)
    }

    /// Names of the repository's jobs.
    pub fn has_job(&self, name: &str) -> bool {
        self.jobs.contains_key(name)
    }

    /// The identity of one of the repository's jobs.
    pub fn job_origin(&self, job_name: &str) -> RemoteJobOrigin {
        RemoteJobOrigin {
            repository_origin: self.origin.clone(),
            job_name: job_name.to_owned(),
            extra: Default::default(),
        }
    }
}

/// A place for every job: filled already where an old server sent whole jobs.
fn job_cells(snap: &RepositorySnap) -> HashMap<String, OnceCell<Arc<JobDataSnap>>> {
    let references = snap.job_refs.iter().flatten();
    let empty = references.map(|job| (job.name.clone(), OnceCell::new()));
    let whole = snap.job_datas.iter().flatten();
    let filled =
        whole.map(|job| (job.name.clone(), OnceCell::new_with(Some(Arc::new(job.clone())))));
    empty.chain(filled).collect()
}
