//! A cluster, a launcher that reaches it, and one run.

use std::time::{Duration, Instant};

use rondel_code_location::WorkspaceSnapshot;
use rondel_kubernetes_simulator::{Cluster, ClusterOptions};
use rondel_launcher::kubernetes::K8sRunLauncher;
use rondel_launcher::{LaunchContext, LaunchError, RunLauncher};
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::from_text;
use serde_json::{Value, json};

use crate::reporter::Reporter;

pub const NAMESPACE: &str = "default";

/// Another one in which the launcher may make runs.
pub const OTHER_NAMESPACE: &str = "tenant";

/// Generous: the machine may be busy. What must be quick is measured where it is tested.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Rig {
    pub cluster: Cluster,
    pub launcher: K8sRunLauncher,
    pub reporter: Reporter,
}

impl Rig {
    /// A run whose worker executes a shell script.
    pub async fn new(script: &str) -> Self {
        Self::with(script, json!({})).await
    }

    /// As [`Self::new`], with the tag `dagster-k8s/config`.
    pub async fn with(script: &str, config: Value) -> Self {
        let options =
            ClusterOptions { path: "/usr/bin:/bin".to_owned(), ..ClusterOptions::default() };
        let cluster = Cluster::start(options).await.unwrap();
        let launcher = K8sRunLauncher::new(&json!({
            "service_account_name": "runs",
            "instance_config_map": "instance",
            "job_image": "registry.test/user:1",
            "load_incluster_config": false,
            "kubeconfig_file": cluster
                .kubeconfig_with_roles(&["rondel-run-launcher"], &[NAMESPACE, OTHER_NAMESPACE])
                .unwrap(),
        }));
        Self { cluster, launcher, reporter: Reporter::new(run(script, &config)) }
    }

    pub fn run_id(&self) -> RunId {
        self.reporter.stored().run_id
    }

    pub fn job_name(&self) -> String {
        format!("dagster-run-{}", self.run_id())
    }

    pub async fn launch(&self) -> Result<(), LaunchError> {
        let (run, workspace) = (self.reporter.stored(), WorkspaceSnapshot::default());
        let context = LaunchContext { run: &run, workspace: &workspace, reporter: &self.reporter };
        self.launcher.launch(&context).await
    }

    pub async fn resume(&self, attempt: u32) -> Result<(), LaunchError> {
        let (run, workspace) = (self.reporter.stored(), WorkspaceSnapshot::default());
        let context = LaunchContext { run: &run, workspace: &workspace, reporter: &self.reporter };
        self.reporter.note_resumption();
        self.launcher.resume(&context, attempt).await
    }

    pub fn jobs(&self) -> Vec<Value> {
        self.cluster.store().list("jobs.batch", NAMESPACE)
    }

    pub fn pods(&self) -> Vec<Value> {
        self.cluster.store().list("pods", NAMESPACE)
    }

    /// Waits for a pod in this phase and gives its name.
    pub async fn pod(&self, phase: &str) -> String {
        self.wait(&format!("pod that is {phase}"), || {
            let pods = self.pods();
            let pod = pods.iter().find(|pod| pod["status"]["phase"] == phase)?;
            pod["metadata"]["name"].as_str().map(str::to_owned)
        })
        .await
    }

    pub async fn wait<T>(&self, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = probe() {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "no {what}; pods: {:?}", self.pods());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn run(script: &str, config: &Value) -> DagsterRun {
    let origin = json!({
        "__class__": "PipelinePythonOrigin",
        "pipeline_name": "nightly",
        "repository_origin": {
            "__class__": "RepositoryPythonOrigin",
            "executable_path": "/usr/bin/python3",
            "code_pointer": {
                "__class__": "FileCodePointer",
                "python_file": "/code/definitions.py",
                "fn_name": "defs",
                "working_directory": "/code",
            },
            "container_image": null,
            // the worker's own arguments follow; the script does not read them
            "entry_point": ["/bin/sh", "-c", script, "worker"],
            "container_context": {},
        },
    });
    let mut run = DagsterRun::new(RunId::random().as_str(), "nightly");
    run.job_code_origin = Some(from_text(&origin.to_string()).unwrap());
    run.tags.insert("dagster-k8s/config".to_owned(), config.to_string());
    run
}
