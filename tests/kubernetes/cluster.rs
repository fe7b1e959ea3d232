//! The cluster under test: simulated, or real.

use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, Client, ResourceExt};
use rondel_kubernetes::Credentials;
use rondel_kubernetes_simulator::{Cluster, ClusterOptions};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::harness::{python, required, wait_for};

pub struct TestCluster {
    runtime: Runtime,
    client: Client,
    /// What the program under test reaches the cluster with: of the simulated one, as an account that has the
    /// chart's role.
    pub kubeconfig: PathBuf,
    pub namespace: String,
    pub image: String,
    /// A PostgreSQL server that pods reach; where pods are processes of this machine, SQLite will do.
    pub postgres: Option<String>,
    _simulator: Option<Cluster>,
}

impl TestCluster {
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let _inside = runtime.enter();
        let real = std::env::var_os("RONDEL_TEST_KUBECONFIG").map(PathBuf::from);
        let simulator = real.is_none().then(|| runtime.block_on(simulator()));
        let namespace = std::env::var("RONDEL_TEST_KUBERNETES_NAMESPACE");
        let namespace = namespace.unwrap_or_else(|_| "default".to_owned());
        let (own, kubeconfig) = match (&simulator, real) {
            (Some(simulator), _) => {
                let role = ["rondel-run-launcher"];
                let restricted = simulator.kubeconfig_with_roles(&role, &[&namespace]);
                (simulator.kubeconfig().unwrap(), restricted.unwrap())
            }
            (None, real) => (real.clone().unwrap(), real.unwrap()),
        };
        let credentials = Credentials::Kubeconfig(Some(own));
        let client = runtime.block_on(rondel_kubernetes::connect(&credentials, None)).unwrap();
        let (image, postgres) = match simulator {
            Some(_) => ("simulated:1".to_owned(), None),
            None => (
                required("RONDEL_TEST_KUBERNETES_IMAGE", "an image that runs user code"),
                Some(required("RONDEL_TEST_KUBERNETES_POSTGRES_URL", "a server that pods reach")),
            ),
        };
        Self { client, kubeconfig, namespace, image, postgres, _simulator: simulator, runtime }
    }

    pub fn jobs_of(&self, run_id: &str) -> Vec<Job> {
        let jobs: Api<Job> = Api::namespaced(self.client.clone(), &self.namespace);
        let of_run = ListParams::default().labels(&format!("dagster/run-id={run_id}"));
        self.runtime.block_on(jobs.list(&of_run)).unwrap().items
    }

    fn pods_of(&self, run_id: &str) -> Vec<Pod> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        let of_run = ListParams::default().labels(&format!("dagster/run-id={run_id}"));
        self.runtime.block_on(pods.list(&of_run)).unwrap().items
    }

    /// Kills the pod of a run without letting it say anything.
    pub fn kill_pod_of(&self, run_id: &str) {
        let pod = wait_for("pod of the run", Duration::from_secs(60), || {
            self.pods_of(run_id).first().map(ResourceExt::name_any)
        });
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        let at_once = DeleteParams::default().grace_period(0);
        self.runtime.block_on(pods.delete(&pod, &at_once)).unwrap();
    }

    /// Marks the pod of a run as a node does that is short of memory.
    pub fn evict_pod_of(&self, run_id: &str) {
        let pod = self.pods_of(run_id).first().map(ResourceExt::name_any).unwrap();
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        let status = json!({"status": {
            "phase": "Failed",
            "reason": "Evicted",
            "message": "The node was low on resource: memory.",
        }});
        let (params, patch) = (PatchParams::default(), Patch::Merge(status));
        self.runtime.block_on(pods.patch_status(&pod, &params, &patch)).unwrap();
    }

    /// When the container of a run ended, in seconds.
    pub fn end_of_pod_of(&self, run_id: &str) -> Option<f64> {
        let pods = self.pods_of(run_id);
        let statuses = pods.first()?.status.as_ref()?.container_statuses.as_ref()?;
        let ended = statuses.first()?.state.as_ref()?.terminated.as_ref()?.finished_at.as_ref()?;
        Some(ended.0.as_millisecond() as f64 / 1000.0)
    }

    pub fn has_no_pod_of(&self, run_id: &str) -> bool {
        self.pods_of(run_id).is_empty()
    }
}

async fn simulator() -> Cluster {
    let bin = python().parent().unwrap().display().to_string();
    let options = ClusterOptions {
        path: format!("{bin}:/usr/bin:/bin"),
        environment: vec![
            ("HOME".to_owned(), "/tmp".to_owned()),
            ("DAGSTER_DISABLE_TELEMETRY".to_owned(), "yes".to_owned()),
        ],
        ..ClusterOptions::default()
    };
    Cluster::start(options).await.unwrap()
}

/// `run_launcher` for a simulated cluster whose Jobs nobody runs, with the rights that the chart grants.
pub fn launcher(cluster: &Cluster) -> Value {
    let kubeconfig = cluster.kubeconfig_with_roles(&["rondel-run-launcher"], &["default"]);
    json!({
        "module": "dagster_k8s",
        "class": "K8sRunLauncher",
        "config": {
            "service_account_name": "default",
            "instance_config_map": "instance",
            "dagster_home": "/opt/dagster",
            "job_image": "simulated:1",
            "job_namespace": "default",
            "load_incluster_config": false,
            "kubeconfig_file": kubeconfig.unwrap(),
        },
    })
}
