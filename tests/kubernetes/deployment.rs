//! `rondel dev` that launches its runs as Jobs of the cluster under test.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cluster::TestCluster;
use crate::daemons::Home;
use crate::harness::{Server, wait_for};

/// Generous: a run worker is a Python process, and the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(180);

const DEFINITIONS: &str = r#"
import time
import dagster as dg

@dg.op
def greet(context):
    context.log.info("greetings from a pod")

@dg.job
def hello():
    greet()

@dg.op
def wait():
    time.sleep(600)

@dg.job
def slow():
    wait()

@dg.op
def eat():
    hoard = bytearray(2 * 1024 ** 3)
    for i in range(0, len(hoard), 4096):
        hoard[i] = 1
    time.sleep(600)

@dg.job(tags={"dagster-k8s/config": {"container_config": {"resources": {"limits": {"memory": "700Mi"}}}}})
def hungry():
    eat()

@dg.job(tags={"dagster-k8s/config": {"container_config": {"image": "docker.io/library/rondel-does-not-exist:1"}}})
def unpullable():
    greet()

@dg.job(tags={"dagster-k8s/config": {"pod_spec_config": {"volumes": [{"name": "v", "config_map": {"name": "absent"}}]}}})
def unmountable():
    greet()

@dg.job(tags={"dagster-k8s/config": {"pod_spec_config": {"node_selector": {"no-node-has": "this-label"}}}})
def homeless():
    greet()

defs = dg.Definitions(jobs=[hello, slow, hungry, unpullable, unmountable, homeless])
"#;

pub struct Deployment {
    pub cluster: TestCluster,
    pub server: Server,
    _home: Home,
}

impl Deployment {
    pub fn start() -> Self {
        let cluster = TestCluster::start();
        let home = Home::new("");
        let file = home.path().join("definitions.py");
        std::fs::write(&file, DEFINITIONS).unwrap();
        let code = cluster.mount("definitions", home.path(), &["definitions.py"]);
        let launcher = json!({
            "module": "dagster_k8s",
            "class": "K8sRunLauncher",
            "config": {
                "service_account_name": "default",
                "instance_config_map": "rondel-test-instance",
                "dagster_home": home.path(),
                "job_image": cluster.image,
                "job_namespace": cluster.namespace,
                "load_incluster_config": false,
                "kubeconfig_file": cluster.kubeconfig,
                "run_k8s_config": code,
            },
        });
        // nothing is found out by polling here
        let monitoring = json!({"enabled": true, "poll_interval_seconds": 3600});
        home.add(&format!("run_launcher: {launcher}\nrun_monitoring: {monitoring}\n"));
        let args = ["dev", "-f", file.to_str().unwrap()];
        let server = Server::start(Some(home.path()), "", &args);
        server.wait_until_loaded();
        Self { cluster, server, _home: home }
    }

    pub fn launch(&self, job: &str) -> String {
        self.server.succeed(&["job", "launch", job]).trim().to_owned()
    }

    pub fn wait_for_status(&self, run_id: &str, status: &str) {
        wait_for(&format!("run that is {status}"), PATIENCE, || {
            let now = self.server.run_status(run_id);
            assert!(
                now == status || !matches!(now.as_str(), "FAILURE" | "SUCCESS" | "CANCELED"),
                "the run is {now}:\n{}",
                self.log_of(run_id)
            );
            (now == status).then_some(())
        });
    }

    /// The messages of a run's log, with their times.
    fn events_of(&self, run_id: &str) -> Vec<(f64, String)> {
        let data = self.server.graphql(
            "query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events { \
             ... on MessageEvent { message timestamp } } } } }",
            json!({ "id": run_id }),
        );
        let events = data["logsForRun"]["events"].as_array().cloned().unwrap_or_default();
        let parse = |event: &Value| {
            let millis: f64 = event["timestamp"].as_str()?.parse().ok()?;
            Some((millis / 1000.0, event["message"].as_str()?.to_owned()))
        };
        events.iter().filter_map(parse).collect()
    }

    /// The messages of a run's log.
    pub fn log_of(&self, run_id: &str) -> String {
        let events = self.events_of(run_id);
        events.into_iter().map(|(_, message)| message).collect::<Vec<_>>().join("\n")
    }

    /// When the log first said so, in seconds.
    pub fn time_of(&self, run_id: &str, part: &str) -> Option<f64> {
        let events = self.events_of(run_id);
        events.iter().find(|(_, message)| message.contains(part)).map(|(time, _)| *time)
    }
}
