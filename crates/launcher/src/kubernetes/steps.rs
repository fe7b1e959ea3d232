//! Steps as Jobs, for runs whose steps the control plane executes itself.
//!
//! They are made with the connection, the namespaces and the configuration of the run launcher. Listing and
//! watching go by the label `rondel.dev/executor`, so that steps of executors in run workers are left alone.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use k8s_openapi::api::batch::v1::Job;
use kube::ResourceExt;
use rondel_kubernetes::{Diagnosis, diagnose};
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::RunId;
use tokio::sync::Notify;

use super::cluster::{Cluster, RUN_LABEL};
use super::diagnosis;
use super::job::DAGSTER_VERSION;
use super::launcher::Shared;
use super::step_job::{
    HOST_LABEL, arbiter_job_name, render_step_job, step_job_name, steps_context,
};
use super::watch;
use crate::error::LaunchError;
use crate::steps::{StepLauncher, StepNotice, StepWork, StepWorkerState, StepsOf};

/// Makes and watches the Jobs of steps.
pub(super) struct KubernetesSteps {
    shared: Arc<Shared>,
    handed_over: Arc<Notify>,
}

impl KubernetesSteps {
    pub(super) fn new(shared: Arc<Shared>, handed_over: Arc<Notify>) -> Self {
        Self { shared, handed_over }
    }

    /// Where the steps of a run are made; from now on that namespace is watched.
    fn namespace(&self, of: StepsOf<'_>) -> Result<String, LaunchError> {
        let (context, _) = steps_context(of, self.shared.config()?, &self.shared.environment)?;
        let namespace = context.namespace.unwrap_or_else(|| "default".to_owned());
        self.shared.watch_namespace(&namespace);
        Ok(namespace)
    }
}

#[async_trait]
impl StepLauncher for KubernetesSteps {
    fn handler_name(&self) -> &'static str {
        "K8sStepHandler"
    }

    fn worker_name(&self, run_id: &RunId, step: &str, attempt: i64) -> String {
        step_job_name(run_id.as_str(), step, attempt)
    }

    fn arbiter_name(&self, run_id: &RunId, step: &str, attempt: i64) -> String {
        arbiter_job_name(run_id.as_str(), step, attempt)
    }

    async fn launch(
        &self,
        of: StepsOf<'_>,
        work: StepWork<'_>,
        instance_ref: &InstanceRef,
    ) -> Result<(), LaunchError> {
        let (config, environment) = (self.shared.config()?, &self.shared.environment);
        let job = render_step_job(of, &work, config, instance_ref, DAGSTER_VERSION, environment)?;
        self.shared.watch_namespace(&job.namespace);
        let cluster = self.shared.cluster().await?;
        cluster.create_job(&job.namespace, &job.name, job.manifest).await.map(drop)
    }

    async fn workers(
        &self,
        of: StepsOf<'_>,
    ) -> Result<HashMap<String, StepWorkerState>, LaunchError> {
        let namespace = self.namespace(of)?;
        let cluster = self.shared.cluster().await?;
        let labels = format!("{},{RUN_LABEL}={}", host_label(), of.run.run_id);
        let mut states = HashMap::new();
        for job in cluster.jobs(&namespace, &labels).await? {
            states.insert(job.name_any(), state(cluster, &namespace, &job).await?);
        }
        Ok(states)
    }

    async fn worker(
        &self,
        of: StepsOf<'_>,
        name: &str,
    ) -> Result<Option<StepWorkerState>, LaunchError> {
        let namespace = self.namespace(of)?;
        let cluster = self.shared.cluster().await?;
        match cluster.job(&namespace, name).await? {
            Some(job) => state(cluster, &namespace, &job).await.map(Some),
            None => Ok(None),
        }
    }

    async fn delete(&self, of: StepsOf<'_>, name: &str) -> Result<bool, LaunchError> {
        let namespace = self.namespace(of)?;
        self.shared.cluster().await?.delete_job(&namespace, name).await
    }

    async fn runs_with_workers(&self) -> Result<Vec<RunId>, LaunchError> {
        let cluster = self.shared.cluster().await?;
        let namespaces = self.shared.namespaces().borrow().clone();
        let mut runs = Vec::new();
        for namespace in namespaces {
            let jobs = cluster.jobs(&namespace, &host_label()).await?;
            let active = jobs.iter().filter(|job| !diagnosis::is_over(job));
            runs.extend(
                active.filter_map(|job| Some(RunId::from(job.labels().get(RUN_LABEL)?.as_str()))),
            );
        }
        runs.sort_unstable();
        runs.dedup();
        Ok(runs)
    }

    fn notices(&self) -> BoxStream<'static, StepNotice> {
        let shared = Arc::clone(&self.shared);
        let watching = async move {
            match shared.cluster().await {
                Ok(cluster) => {
                    let client = cluster.client().clone();
                    watch::step_notices(client, shared.namespaces()).boxed()
                }
                Err(error) => {
                    tracing::error!(%error, "the Jobs of steps are not watched");
                    stream::pending().boxed()
                }
            }
        };
        stream::once(watching).flatten().boxed()
    }

    async fn run_handed_over(&self) {
        self.handed_over.notified().await;
    }
}

fn host_label() -> String {
    format!("{}={}", HOST_LABEL.0, HOST_LABEL.1)
}

async fn state(
    cluster: &Cluster,
    namespace: &str,
    job: &Job,
) -> Result<StepWorkerState, LaunchError> {
    if !diagnosis::is_over(job) {
        return Ok(StepWorkerState::Active);
    }
    let failed = job.status.as_ref().and_then(|status| status.failed).unwrap_or_default() > 0;
    let reason = diagnosis::job_failure(job);
    if !failed && reason.is_none() {
        return Ok(StepWorkerState::Succeeded);
    }
    if reason.is_some() {
        return Ok(StepWorkerState::Failed(reason));
    }
    let pods = cluster.pods_of(namespace, &job.name_any()).await?;
    let reason = pods.iter().rev().find_map(|pod| match diagnose(pod) {
        Diagnosis::Ended(reason) => reason,
        _ => None,
    });
    Ok(StepWorkerState::Failed(reason))
}
