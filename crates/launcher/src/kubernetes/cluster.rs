//! The calls to the API server that launching needs. Passing failures are retried; every call has a
//! deadline, because a run's launch must not hang on a dead connection.

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, ListParams, LogParams, PostParams};
use kube::{Client, ResourceExt};
use rondel_kubernetes::{Attempts, describe, with_retries};
use serde_json::Value;

use super::debug_info::{self, LOG_LINES, Log};
use crate::error::LaunchError;
use crate::launcher::WorkerLogs;

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// The label by which a pod names the Job it belongs to.
pub(super) const JOB_LABEL: &str = "job-name";

/// The label that says which run a Job is for.
pub(super) const RUN_LABEL: &str = "dagster/run-id";

/// What became of a Job that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Creation {
    /// It was made.
    Made,
    /// It was there.
    Found,
}

/// A cluster, seen by a launcher.
#[derive(Clone)]
pub(super) struct Cluster {
    client: Client,
    attempts: Attempts,
}

impl Cluster {
    pub(super) fn new(client: Client) -> Self {
        Self { client, attempts: Attempts::default() }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    async fn call<T, Call>(
        &self,
        action: String,
        mut call: impl FnMut() -> Call,
    ) -> Result<T, LaunchError>
    where
        Call: Future<Output = Result<T, kube::Error>>,
    {
        with_retries(&action, &self.attempts, || within_deadline(call()))
            .await
            .map_err(|error| LaunchError::Cluster { action, reason: describe(&error) })
    }

    /// Makes a Job of a run. One that is there already with that name and for that run is the one that
    /// was wanted: an earlier attempt made it, and only its answer was lost.
    pub(super) async fn create_job(
        &self,
        namespace: &str,
        name: &str,
        manifest: Value,
    ) -> Result<Creation, LaunchError> {
        let action = || format!("create Job {namespace}/{name}");
        let failed = |reason: String| LaunchError::Cluster { action: action(), reason };
        let wanted: DynamicObject =
            serde_json::from_value(manifest).map_err(|error| failed(error.to_string()))?;
        // untyped, so that fields which this version does not know reach the cluster
        let jobs: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), namespace, &ApiResource::erase::<Job>(&()));
        let params = PostParams::default();
        let create = || within_deadline(jobs.create(&params, &wanted));
        let created = with_retries(&action(), &self.attempts, create).await;
        match created {
            Ok(_) => Ok(Creation::Made),
            Err(kube::Error::Api(status)) if status.is_already_exists() => {
                let found = self.job(namespace, name).await?;
                let run_of = |labels: &std::collections::BTreeMap<String, String>| {
                    labels.get(RUN_LABEL).cloned()
                };
                match found {
                    Some(found) if run_of(found.labels()) == run_of(wanted.labels()) => {
                        Ok(Creation::Found)
                    }
                    Some(_) => Err(LaunchError::ForeignJob {
                        namespace: namespace.to_owned(),
                        name: name.to_owned(),
                    }),
                    None => Err(failed("it existed, and was deleted at once".to_owned())),
                }
            }
            Err(error) => Err(failed(describe(&error))),
        }
    }

    /// A Job; `None` when there is none.
    pub(super) async fn job(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Job>, LaunchError> {
        let jobs: Api<Job> = Api::namespaced(self.client.clone(), namespace);
        self.call(format!("read Job {namespace}/{name}"), || jobs.get_opt(name)).await
    }

    /// The Jobs with these labels.
    pub(super) async fn jobs(
        &self,
        namespace: &str,
        labels: &str,
    ) -> Result<Vec<Job>, LaunchError> {
        let jobs: Api<Job> = Api::namespaced(self.client.clone(), namespace);
        let labelled = ListParams::default().labels(labels);
        let action = format!("list the Jobs of namespace {namespace} with {labels}");
        Ok(self.call(action, || jobs.list(&labelled)).await?.items)
    }

    /// The pods that a Job has made.
    pub(super) async fn pods_of(
        &self,
        namespace: &str,
        job: &str,
    ) -> Result<Vec<Pod>, LaunchError> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let of_job = ListParams::default().labels(&format!("{JOB_LABEL}={job}"));
        let action = format!("list the pods of Job {namespace}/{job}");
        Ok(self.call(action, || pods.list(&of_job)).await?.items)
    }

    /// Deletes a Job and its pods; `false` when there is no Job.
    pub(super) async fn delete_job(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<bool, LaunchError> {
        let running = self.pods_of(namespace, name).await?;
        let jobs: Api<Job> = Api::namespaced(self.client.clone(), namespace);
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let params = DeleteParams::background();
        let action = format!("delete Job {namespace}/{name}");
        let was_there =
            self.call(action, || async { found(jobs.delete(name, &params).await) }).await?;
        // not left to the garbage collector: some clusters take their time
        for pod in running.iter().map(ResourceExt::name_any) {
            let action = format!("delete pod {namespace}/{pod}");
            self.call(action, || async { found(pods.delete(&pod, &params).await) }).await?;
        }
        Ok(was_there)
    }

    async fn events_about(&self, namespace: &str, name: &str) -> Result<Vec<Event>, LaunchError> {
        let events: Api<Event> = Api::namespaced(self.client.clone(), namespace);
        let about = ListParams::default().fields(&format!("involvedObject.name={name}"));
        let action = format!("list the events about {namespace}/{name}");
        Ok(self.call(action, || events.list(&about)).await?.items)
    }

    async fn log_of(&self, namespace: &str, pod: &str, container: &str) -> Log {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let params = LogParams {
            container: Some(container.to_owned()),
            tail_lines: Some(LOG_LINES),
            timestamps: true,
            ..LogParams::default()
        };
        within_deadline(pods.logs(pod, &params)).await.map_err(|error| describe(&error))
    }

    /// Tells about a pod and, if wanted, the end of its logs.
    pub(super) async fn pod_info(&self, namespace: &str, pod: &Pod, logs: WorkerLogs) -> String {
        let name = pod.name_any();
        let logs = match logs {
            WorkerLogs::LeaveOut => None,
            WorkerLogs::Include => {
                let mut logs = Vec::new();
                for container in debug_info::containers_with_logs(pod) {
                    let log = self.log_of(namespace, &name, &container).await;
                    logs.push((container, log));
                }
                Some(logs)
            }
        };
        let events = self.events_about(namespace, &name).await.map_err(|error| error.to_string());
        debug_info::pod_info(&name, Some(pod), logs.as_deref(), &events)
    }

    /// Tells about a Job.
    pub(super) async fn job_info(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<String, LaunchError> {
        let job = self.job(namespace, name).await?;
        let events = match &job {
            Some(_) => self.events_about(namespace, name).await?,
            None => Vec::new(),
        };
        Ok(debug_info::job_info(name, job.as_ref(), &events))
    }
}

/// A call that takes longer counts as one that was not answered.
async fn within_deadline<T>(
    call: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, kube::Error> {
    match tokio::time::timeout(DEADLINE, call).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(kube::Error::Service(Box::new(elapsed))),
    }
}

/// Whether there was something to delete.
fn found<T>(answer: Result<T, kube::Error>) -> Result<bool, kube::Error> {
    match answer {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}
