//! `K8sRunLauncher` itself (`dagster_k8s/launcher.py`).
//!
//! The connection is made when it is first needed, so that an instance which only reads history opens
//! outside of a cluster. A wrong configuration is told at start and fails every launch with its reason.
//! Unlike in Dagster, an API server that cannot be asked about a worker's health is an error, not an
//! unhealthy worker: runs do not fail because Kubernetes is being upgraded.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use rondel_kubernetes::{Diagnosis, diagnose};
use rondel_model::event::EngineEventData;
use rondel_model::ids::RunId;
use rondel_model::metadata::{MetadataValue, TextMetadataValue};
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::Map;
use serde_json::Value;
use tokio::sync::{OnceCell, watch};

use super::cluster::{Cluster, Creation};
use super::config::{Environment, LauncherConfig};
use super::context::ContainerContext;
use super::debug_info;
use super::diagnosis;
use super::error::KubernetesError;
use super::health;
use super::job::{
    Attempt, DAGSTER_VERSION, container_context, job_name, render_run_job, worker_args,
};
use super::watch as notices;
use crate::error::LaunchError;
use crate::launcher::{
    LaunchContext, RunLauncher, RunReporter, WorkerHealth, WorkerLogs, WorkerNotice,
    WorkerPresence, WorkerStatus,
};

const CLASS_NAME: &str = "K8sRunLauncher";

/// Runs each worker as a Kubernetes Job.
pub struct K8sRunLauncher {
    shared: Arc<Shared>,
}

/// What launching runs and launching steps have in common.
pub(super) struct Shared {
    config: Result<LauncherConfig, KubernetesError>,
    pub(super) environment: Environment,
    cluster: OnceCell<Cluster>,
    /// Where workers are made, as far as is known.
    namespaces: watch::Sender<BTreeSet<String>>,
}

/// A worker, as the cluster knows it.
struct Worker {
    namespace: String,
    job: String,
}

impl K8sRunLauncher {
    /// The launcher with the `config` of `dagster.yaml`.
    pub fn new(config: &Value) -> Self {
        let environment = Environment::current();
        let config = LauncherConfig::parse(config, &environment);
        let mut namespaces = BTreeSet::new();
        match &config {
            Ok(config) => namespaces.extend(config.text("job_namespace").map(str::to_owned)),
            Err(error) => tracing::warn!(%error, "runs cannot be launched"),
        }
        let shared = Shared {
            config,
            environment,
            cluster: OnceCell::new(),
            namespaces: watch::Sender::new(namespaces),
        };
        Self { shared: Arc::new(shared) }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Shared {
    pub(super) fn config(&self) -> Result<&LauncherConfig, KubernetesError> {
        self.config.as_ref().map_err(Clone::clone)
    }

    pub(super) async fn cluster(&self) -> Result<&Cluster, LaunchError> {
        let connect = || async {
            let config = self.config()?;
            let ca_file = config.text("k8s_api_ssl_ca_cert_file").map(PathBuf::from);
            let client = rondel_kubernetes::connect(&config.credentials()?, ca_file).await?;
            Ok::<_, LaunchError>(Cluster::new(client))
        };
        self.cluster.get_or_try_init(connect).await
    }

    /// Where a run's workers are; from now on that namespace is watched.
    fn namespace_of(&self, run: &DagsterRun) -> Result<String, LaunchError> {
        let context: ContainerContext = container_context(run, self.config()?, &self.environment)?;
        let namespace = context.namespace.unwrap_or_else(|| "default".to_owned());
        self.watch_namespace(&namespace);
        Ok(namespace)
    }

    /// The namespaces in which workers are made, as far as is known, now and later.
    pub(super) fn namespaces(&self) -> watch::Receiver<BTreeSet<String>> {
        self.namespaces.subscribe()
    }

    pub(super) fn watch_namespace(&self, namespace: &str) {
        self.namespaces.send_if_modified(|known| known.insert(namespace.to_owned()));
    }

    /// The run's latest worker.
    async fn worker_of(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<Worker, LaunchError> {
        let namespace = self.namespace_of(run)?;
        let attempts =
            reporter.count_resume_attempts(&run.run_id).await.map_err(LaunchError::Instance)?;
        Ok(Worker { namespace, job: job_name(run.run_id.as_str(), Attempt::Resume(attempts)) })
    }

    async fn start(
        &self,
        context: &LaunchContext<'_>,
        attempt: Attempt,
    ) -> Result<(), LaunchError> {
        let (run, reporter) = (context.run, context.reporter);
        let config = self.config()?;
        let args = worker_args(run, config, reporter.instance_ref().clone(), attempt)?;
        let job = render_run_job(run, config, &args, attempt, DAGSTER_VERSION, &self.environment)?;
        self.watch_namespace(&job.namespace);

        let image = Map::from_iter([(tags::DOCKER_IMAGE_TAG.to_owned(), job.image)]);
        reporter.add_run_tags(&run.run_id, &image).await.map_err(LaunchError::Instance)?;
        let metadata = [
            ("Kubernetes Job name", job.name.as_str()),
            ("Kubernetes Namespace", job.namespace.as_str()),
            ("Run ID", run.run_id.as_str()),
        ];
        let data = EngineEventData {
            metadata: metadata.into_iter().map(|(label, value)| (label, text(value))).collect(),
            ..EngineEventData::default()
        };
        tell(reporter, run, "Creating Kubernetes run worker job", data).await?;
        let cluster = self.cluster().await?;
        let message = match cluster.create_job(&job.namespace, &job.name, job.manifest).await? {
            Creation::Made => "Kubernetes run worker job created",
            Creation::Found => "Kubernetes run worker job was created by an earlier attempt",
        };
        tell(reporter, run, message, EngineEventData::default()).await
    }
}

#[async_trait]
impl RunLauncher for K8sRunLauncher {
    fn class_name(&self) -> &'static str {
        CLASS_NAME
    }

    async fn launch(&self, context: &LaunchContext<'_>) -> Result<(), LaunchError> {
        self.shared.start(context, Attempt::Launch).await
    }

    /// A Job of the run's name is its worker; where there is none, a launch cannot have happened.
    async fn presence(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<WorkerPresence, LaunchError> {
        let worker = self.shared.worker_of(run, reporter).await?;
        let job = self.shared.cluster().await?.job(&worker.namespace, &worker.job).await?;
        Ok(if job.is_some() { WorkerPresence::Present } else { WorkerPresence::Absent })
    }

    fn supports_resume(&self) -> bool {
        true
    }

    async fn resume(&self, context: &LaunchContext<'_>, attempt: u32) -> Result<(), LaunchError> {
        self.shared.start(context, Attempt::Resume(attempt)).await
    }

    async fn terminate(
        &self,
        run_id: &RunId,
        reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError> {
        let run = reporter.run(run_id).await.map_err(LaunchError::Instance)?;
        let Some(run) = run.filter(|run| !run.status.is_finished()) else { return Ok(false) };
        reporter.run_canceling(&run).await.map_err(LaunchError::Instance)?;
        let worker = self.shared.worker_of(&run, reporter).await?;
        let deleted =
            async { self.shared.cluster().await?.delete_job(&worker.namespace, &worker.job).await };
        let (message, data, terminated) = match deleted.await {
            Ok(true) => ("Run was terminated successfully.", EngineEventData::default(), true),
            Ok(false) => (
                "Run was not terminated successfully; delete_job returned False",
                EngineEventData::default(),
                false,
            ),
            Err(error) => (
                "Run was not terminated successfully; encountered error in delete_job",
                EngineEventData {
                    error: Some(error.to_error_info()),
                    ..EngineEventData::default()
                },
                false,
            ),
        };
        tell(reporter, &run, message, data).await?;
        Ok(terminated)
    }

    fn supports_health_checks(&self) -> bool {
        true
    }

    async fn check_health(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<WorkerHealth, LaunchError> {
        let worker = self.shared.worker_of(run, reporter).await?;
        let cluster = self.shared.cluster().await?;
        let Some(job) = cluster.job(&worker.namespace, &worker.job).await? else {
            return Ok(health::without_job(&worker.job));
        };
        let mut health = health::health(run.status, &job.status.clone().unwrap_or_default());
        if health.status == WorkerStatus::Failed {
            let reason = match diagnosis::job_failure(&job) {
                Some(reason) => Some(reason),
                None => {
                    let pods = cluster.pods_of(&worker.namespace, &worker.job).await?;
                    pods.iter().rev().find_map(|pod| match diagnose(pod) {
                        Diagnosis::Ended(reason) => reason,
                        _ => None,
                    })
                }
            };
            if let (Some(message), Some(reason)) = (&mut health.message, reason) {
                message.push_str(": ");
                message.push_str(&reason);
            }
        }
        Ok(health)
    }

    async fn debug_info(
        &self,
        run: &DagsterRun,
        logs: WorkerLogs,
        reporter: &dyn RunReporter,
    ) -> Result<Option<String>, LaunchError> {
        let Worker { namespace, job } = self.shared.worker_of(run, reporter).await?;
        let cluster = self.shared.cluster().await?;
        let pods = cluster.pods_of(&namespace, &job).await?;
        let Some(first) = pods.first() else {
            let about = cluster.job_info(&namespace, &job).await?;
            return Ok(Some(debug_info::advice(&about, &job, None)));
        };
        let mut about = Vec::new();
        for pod in &pods {
            about.push(cluster.pod_info(&namespace, pod, logs).await);
        }
        let name = first.metadata.name.as_deref();
        Ok(Some(debug_info::advice(&about.join("\n"), &job, name)))
    }

    fn notices(&self) -> Option<BoxStream<'static, WorkerNotice>> {
        let shared = Arc::clone(&self.shared);
        let watching = async move {
            match shared.cluster().await {
                Ok(cluster) => {
                    let namespaces = shared.namespaces();
                    notices::notices(cluster.client().clone(), namespaces).boxed()
                }
                Err(error) => {
                    tracing::error!(%error, "Jobs and pods are not watched");
                    stream::empty().boxed()
                }
            }
        };
        Some(stream::once(watching).flatten().boxed())
    }

    async fn discard(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<(), LaunchError> {
        let worker = self.shared.worker_of(run, reporter).await?;
        let cluster = self.shared.cluster().await?;
        cluster.delete_job(&worker.namespace, &worker.job).await.map(drop)
    }
}

async fn tell(
    reporter: &dyn RunReporter,
    run: &DagsterRun,
    message: &str,
    data: EngineEventData,
) -> Result<(), LaunchError> {
    let told = reporter.engine_event(run, CLASS_NAME, message, data).await;
    told.map_err(LaunchError::Instance)
}

fn text(value: &str) -> MetadataValue {
    MetadataValue::Text(TextMetadataValue {
        text: Some(value.to_owned()),
        ..TextMetadataValue::default()
    })
}
