//! The cluster under test: simulated, or real.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rondel_kubernetes_simulator::{ClusterOptions, Testbed};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::harness::{python, wait_for};

pub struct TestCluster {
    bed: Testbed,
    /// What the program under test reaches the cluster with: an account that has the chart's role.
    pub kubeconfig: PathBuf,
    pub namespace: String,
    pub image: String,
    _runtime: Runtime,
}

impl TestCluster {
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let bed = runtime.block_on(Testbed::start(options())).unwrap();
        let namespace = bed.namespace().to_owned();
        let kubeconfig = bed.kubeconfig_with_roles(&["rondel-run-launcher"], &[&namespace]);
        let (kubeconfig, image) = (kubeconfig.unwrap(), bed.image().unwrap());
        Self { bed, kubeconfig, namespace, image, _runtime: runtime }
    }

    /// Puts files into a ConfigMap, and gives what a pod's configuration needs to find them in this folder.
    pub fn mount(&self, name: &str, folder: &Path, files: &[&str]) -> Value {
        let read = |name: &&str| {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            ((*name).to_owned(), Value::from(text))
        };
        let data: serde_json::Map<String, Value> = files.iter().map(read).collect();
        let object = json!({"metadata": {"name": name}, "data": data});
        self.bed.create("configmaps", &self.namespace, object).unwrap();
        let mount =
            |file: &&str| json!({"name": name, "mount_path": folder.join(file), "sub_path": file});
        let mounts: Vec<Value> = files.iter().map(mount).collect();
        json!({
            "container_config": {"volume_mounts": mounts},
            "pod_spec_config": {"volumes": [{"name": name, "config_map": {"name": name}}]},
        })
    }

    fn of_run(&self, kind: &str, run_id: &str) -> Vec<Value> {
        let mut found = self.bed.list(kind, &self.namespace).unwrap();
        found.retain(|object| object["metadata"]["labels"]["dagster/run-id"] == run_id);
        found
    }

    pub fn jobs_of(&self, run_id: &str) -> Vec<Value> {
        self.of_run("jobs.batch", run_id)
    }

    fn pods_of(&self, run_id: &str) -> Vec<Value> {
        self.of_run("pods", run_id)
    }

    fn pod_of(&self, run_id: &str) -> String {
        wait_for("pod of the run", Duration::from_secs(60), || {
            self.pods_of(run_id).first()?["metadata"]["name"].as_str().map(str::to_owned)
        })
    }

    /// Kills the pod of a run without letting it say anything.
    pub fn kill_pod_of(&self, run_id: &str) {
        self.bed.delete("pods", &self.namespace, &self.pod_of(run_id), true).unwrap();
    }

    /// Has the node be short of memory, and the pod of a run be the first to go.
    pub fn evict_pod_of(&self, run_id: &str) {
        self.bed.evict(&self.namespace, &self.pod_of(run_id)).unwrap();
    }

    /// When the container of a run ended, in seconds.
    pub fn end_of_pod_of(&self, run_id: &str) -> Option<f64> {
        let pods = self.pods_of(run_id);
        let ended = &pods.first()?["status"]["containerStatuses"][0]["state"]["terminated"];
        let ended: jiff::Timestamp = ended["finishedAt"].as_str()?.parse().ok()?;
        Some(ended.as_millisecond() as f64 / 1000.0)
    }

    pub fn has_no_pod_of(&self, run_id: &str) -> bool {
        self.pods_of(run_id).is_empty()
    }
}

fn options() -> ClusterOptions {
    let bin = python().parent().unwrap().display().to_string();
    ClusterOptions {
        path: format!("{bin}:/usr/bin:/bin"),
        environment: vec![
            ("HOME".to_owned(), "/tmp".to_owned()),
            ("DAGSTER_DISABLE_TELEMETRY".to_owned(), "yes".to_owned()),
        ],
        ..ClusterOptions::default()
    }
}

/// `run_launcher` for Jobs whose pods wait for a node that there is not, with the rights that the chart grants.
pub fn launcher(cluster: &Testbed) -> Value {
    let namespace = cluster.namespace();
    let kubeconfig = cluster.kubeconfig_with_roles(&["rondel-run-launcher"], &[namespace]);
    json!({
        "module": "dagster_k8s",
        "class": "K8sRunLauncher",
        "config": {
            "service_account_name": "default",
            "instance_config_map": "instance",
            "dagster_home": "/opt/dagster",
            "job_image": "nothing:1",
            "job_namespace": namespace,
            "load_incluster_config": false,
            "kubeconfig_file": kubeconfig.unwrap(),
            "run_k8s_config": {"pod_spec_config": {"node_selector": {"no-node-has": "this-label"}}},
        },
    })
}
