//! A cluster (simulated, or the real one that `RONDEL_TEST_KUBECONFIG` names), a launcher that reaches it, and one run.

use std::time::{Duration, Instant};

use rondel_code_location::WorkspaceSnapshot;
use rondel_kubernetes_simulator::{Cluster, ClusterOptions, Testbed};
use rondel_launcher::kubernetes::K8sRunLauncher;
use rondel_launcher::{LaunchContext, LaunchError, RunLauncher};
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::from_text;
use serde_json::{Value, json};

use crate::reporter::Reporter;

/// Generous: the machine may be busy. What must be quick is measured where it is tested.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Rig {
    pub cluster: Testbed,
    pub image: String,
    /// Another namespace in which the launcher may make runs.
    pub other_namespace: String,
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
        let cluster = Testbed::start(options()).await.unwrap();
        Self::on(cluster, script, config)
    }

    /// As [`Self::new`], on a cluster whose API server can be made to fail.
    pub async fn on_simulator(script: &str) -> Self {
        let cluster = Testbed::start_simulated(options()).await.unwrap();
        Self::on(cluster, script, json!({}))
    }

    fn on(cluster: Testbed, script: &str, config: Value) -> Self {
        let image = cluster.image().unwrap();
        let other_namespace = cluster.create_namespace("tenant").unwrap();
        for namespace in [cluster.namespace(), &other_namespace] {
            let account = json!({"metadata": {"name": "runs"}});
            cluster.create("serviceaccounts", namespace, account).unwrap();
        }
        let namespaces = [cluster.namespace(), other_namespace.as_str()];
        let launcher = K8sRunLauncher::new(&json!({
            "service_account_name": "runs",
            "instance_config_map": "instance",
            "job_image": image,
            "job_namespace": cluster.namespace(),
            "load_incluster_config": false,
            "kubeconfig_file":
                cluster.kubeconfig_with_roles(&["rondel-run-launcher"], &namespaces).unwrap(),
        }));
        let reporter = Reporter::new(run(script, &config));
        Self { cluster, image, other_namespace, launcher, reporter }
    }

    /// The cluster of [`Self::on_simulator`].
    pub fn simulated(&self) -> &Cluster {
        self.cluster.simulated().unwrap()
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
        self.cluster.list("jobs.batch", self.cluster.namespace()).unwrap()
    }

    pub fn pods(&self) -> Vec<Value> {
        self.cluster.list("pods", self.cluster.namespace()).unwrap()
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
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub fn options() -> ClusterOptions {
    ClusterOptions { path: "/usr/bin:/bin".to_owned(), ..ClusterOptions::default() }
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
