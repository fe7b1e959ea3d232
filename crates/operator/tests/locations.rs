//! Code locations under apply, edit and delete: against the simulated cluster, or the real one that
//! `RONDEL_TEST_KUBECONFIG` names.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rondel_kubernetes::{Credentials, connect};
use rondel_kubernetes_simulator::{Cluster, ClusterOptions, Testbed};
use rondel_operator::{
    CodeServerDefaults, Loaded, LocationProbe, OperatorError, OperatorOptions, definition, run,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Real pods take their time.
const PATIENCE: Duration = Duration::from_secs(90);
const KIND: &str = "codelocations.rondel.dev";

const CODE: &str = r"
import dagster as dg

@dg.op
def nothing(): ...

@dg.job
def work():
    nothing()

defs = dg.Definitions(jobs=[work])
";

/// A code server's answer, as the test sets it.
struct Answer(Mutex<Loaded>);

#[async_trait]
impl LocationProbe for Answer {
    async fn ask(&self, _host: &str, _port: u16) -> Loaded {
        self.0.lock().unwrap().clone()
    }
}

struct Rig {
    cluster: Testbed,
    answer: Arc<Answer>,
    stop: CancellationToken,
}

impl Rig {
    async fn start() -> Self {
        let programs = tempfile::tempdir().unwrap().keep();
        let dagster = programs.join("dagster");
        std::fs::write(&dagster, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&dagster, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", programs.display());
        let options = ClusterOptions { path, ..ClusterOptions::default() };
        let cluster = Testbed::start(options).await.unwrap();
        cluster.define(&definition()).unwrap();
        let code = json!({"metadata": {"name": "code"}, "data": {"etl.py": CODE}});
        cluster.create("configmaps", cluster.namespace(), code).unwrap();
        let repositories = Loaded::Repositories(vec!["__repository__".to_owned()]);
        let answer = Arc::new(Answer(Mutex::new(repositories)));
        let rig = Self { cluster, answer, stop: CancellationToken::new() };
        let client = rig.client().await;
        let probe = rig.answer.clone();
        let defaults = CodeServerDefaults::default();
        // on a real cluster others look after their namespaces at the same time
        let is_shared = rig.cluster.simulated().is_none();
        let namespace = is_shared.then(|| rig.cluster.namespace().to_owned());
        let options = OperatorOptions { namespace, probe, defaults };
        tokio::spawn(run(client, options, rig.stop.clone()));
        rig
    }

    async fn client(&self) -> kube::Client {
        let everywhere: &[&str] = &[];
        let own = [self.cluster.namespace()];
        let namespaces = if self.cluster.simulated().is_some() { everywhere } else { &own };
        let file = self.cluster.kubeconfig_with_roles(&["rondel-operator"], namespaces).unwrap();
        connect(&Credentials::Kubeconfig(Some(file)), None).await.unwrap()
    }

    /// What every location here says: code that a real code server can load.
    fn apply(&self, name: &str, spec: Value) {
        let mut all = json!({
            "image": self.cluster.image().unwrap(),
            "codeServerArgs": ["-f", "/etl/etl.py"],
            "container": {"volumeMounts": [{"name": "code", "mountPath": "/etl"}]},
            "pod": {"volumes": [{"name": "code", "configMap": {"name": "code"}}]},
        });
        for (key, value) in spec.as_object().unwrap() {
            match (all[key].as_object_mut(), value.as_object()) {
                (Some(known), Some(more)) => known.extend(more.clone()),
                _ => all[key] = value.clone(),
            }
        }
        let object = json!({"metadata": {"name": name}, "spec": all});
        self.cluster.create(KIND, self.cluster.namespace(), object).unwrap();
    }

    fn edit(&self, name: &str, spec: Value) {
        let patch = json!({"spec": spec});
        self.cluster.patch(KIND, self.cluster.namespace(), name, None, &patch).unwrap();
    }

    fn get(&self, kind: &str, name: &str) -> Option<Value> {
        self.cluster.get(kind, self.cluster.namespace(), name)
    }

    fn delete(&self, kind: &str, name: &str) {
        self.cluster.delete(kind, self.cluster.namespace(), name, false).unwrap();
    }

    async fn wait<T>(&self, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = probe() {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "no {what}: {:?}", self.all(KIND));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn wait_for_phase(&self, name: &str, phase: &str) -> Value {
        self.wait(&format!("{name} that is {phase}"), || {
            let status = self.get(KIND, name)?["status"].clone();
            (status["phase"] == phase).then_some(status)
        })
        .await
    }

    fn all(&self, kind: &str) -> Vec<Value> {
        self.cluster.list(kind, self.cluster.namespace()).unwrap()
    }

    /// The versions that the labels of the pods tell, of those that are to stay.
    fn versions(&self) -> Vec<String> {
        let mut pods = self.all("pods");
        pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        let version =
            |pod: &Value| pod["metadata"]["labels"]["version"].as_str().map(str::to_owned);
        pods.iter().filter_map(version).collect()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_is_served_updated_and_cleaned_up() {
    let rig = Rig::start().await;
    rig.apply("etl", json!({"podLabels": {"version": "1"}}));
    let status = rig.wait_for_phase("etl", "Ready").await;
    assert_eq!(status["repositories"], json!(["__repository__"]));
    let service = rig.get("services", "etl").unwrap();
    assert_eq!(service["metadata"]["labels"]["rondel.dev/code-location"], "etl");
    assert_eq!(rig.versions(), ["1"]);

    rig.edit("etl", json!({"podLabels": {"version": "2"}}));
    rig.wait("pod of the new version", || (rig.versions() == ["2"]).then_some(())).await;
    rig.wait("status of the new version", || {
        let status = rig.get(KIND, "etl")?["status"].clone();
        (status["phase"] == "Ready" && status["observedGeneration"] == 2).then_some(())
    })
    .await;

    rig.delete(KIND, "etl");
    rig.wait("end of everything", || {
        let gone = rig.get("deployments.apps", "etl").is_none()
            && rig.get("services", "etl").is_none()
            && rig.versions().is_empty();
        gone.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_code_is_shown_in_the_status() {
    let rig = Rig::start().await;
    *rig.answer.0.lock().unwrap() = Loaded::Failed("ImportError: no module named etl".to_owned());
    rig.apply("etl", json!({}));
    let status = rig.wait_for_phase("etl", "Error").await;
    assert_eq!(status["message"], "ImportError: no module named etl");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_cannot_be_pulled_is_shown_in_the_status() {
    let rig = Rig::start().await;
    rig.apply("etl", json!({"image": "docker.io/library/rondel-does-not-exist:1"}));
    let status = rig.wait_for_phase("etl", "Error").await;
    assert!(status["message"].as_str().unwrap().contains("cannot be pulled"), "{status}");

    rig.edit("etl", json!({"image": rig.cluster.image().unwrap()}));
    rig.wait_for_phase("etl", "Ready").await;
    rig.edit("etl", json!({"image": "docker.io/library/rondel-does-not-exist:2"}));
    let status = rig.wait_for_phase("etl", "Error").await;
    let message = status["message"].as_str().unwrap();
    assert!(message.starts_with("the version before is served: The image"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cluster_refuses_is_shown_in_the_status() {
    let rig = Rig::start().await;
    let twice = json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]);
    rig.apply("etl", json!({"container": {"env": twice}}));
    let status = rig.wait_for_phase("etl", "Error").await;
    let message = status["message"].as_str().unwrap();
    assert!(message.contains("the Deployment was refused: failed to create"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_the_operator_sets_too_is_no_conflict() {
    let rig = Rig::start().await;
    let own = json!([{"name": "DAGSTER_CURRENT_IMAGE", "value": "mine"}]);
    rig.apply("etl", json!({"container": {"env": own}}));
    rig.wait_for_phase("etl", "Ready").await;
    let made = rig.get("deployments.apps", "etl").unwrap();
    let variables = &made["spec"]["template"]["spec"]["containers"][0]["env"];
    let image = rig.cluster.image().unwrap();
    assert_eq!(variables[0], json!({"name": "DAGSTER_CURRENT_IMAGE", "value": image}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_claim_to_a_name_is_reported_and_not_served() {
    let rig = Rig::start().await;
    rig.apply("a", json!({"locationName": "etl"}));
    rig.wait_for_phase("a", "Ready").await;
    rig.apply("b", json!({"locationName": "etl"}));
    let status = rig.wait_for_phase("b", "Conflict").await;
    let holder = format!("{}/a", rig.cluster.namespace());
    assert!(status["message"].as_str().unwrap().contains(&holder), "{status}");
    assert!(rig.get("deployments.apps", "b").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_of_somebody_else_is_left_alone() {
    let rig = Rig::start().await;
    let theirs = json!({
        "metadata": {"name": "etl", "labels": {"team": "them"}},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"app": "them"}},
            "template": {
                "metadata": {"labels": {"app": "them"}},
                "spec": {"containers": [{"name": "them", "image": "theirs:1"}]},
            },
        },
    });
    rig.cluster.create("deployments.apps", rig.cluster.namespace(), theirs).unwrap();
    let specified = rig.get("deployments.apps", "etl").unwrap()["spec"].clone();
    rig.apply("etl", json!({}));
    let status = rig.wait_for_phase("etl", "Conflict").await;
    let theirs = format!("Deployment {}/etl", rig.cluster.namespace());
    assert!(status["message"].as_str().unwrap().contains(&theirs), "{status}");
    let left = rig.get("deployments.apps", "etl").unwrap();
    assert_eq!(left["spec"], specified);
    assert!(left["metadata"]["ownerReferences"].is_null(), "{left}");

    rig.delete("deployments.apps", "etl");
    rig.wait_for_phase("etl", "Ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_goes_when_its_time_is_over() {
    let rig = Rig::start().await;
    rig.apply("pr-7", json!({"ttlSeconds": 2}));
    rig.wait("Service", || rig.get("services", "pr-7").map(drop)).await;
    rig.wait("end of the location", || {
        let gone = rig.get(KIND, "pr-7").is_none() && rig.get("services", "pr-7").is_none();
        gone.then_some(())
    })
    .await;
}

/// The simulated cluster: a real one may have the definition, and other tests need it there.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_without_the_definition_is_told_what_to_install() {
    let cluster = Cluster::start(ClusterOptions::default()).await.unwrap();
    let file = cluster.kubeconfig().unwrap();
    let client = connect(&Credentials::Kubeconfig(Some(file)), None).await.unwrap();
    let answer = Arc::new(Answer(Mutex::new(Loaded::Repositories(Vec::new()))));
    let defaults = CodeServerDefaults::default();
    let options = OperatorOptions { namespace: None, probe: answer, defaults };
    let error = run(client, options, CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, OperatorError::NoDefinition), "{error}");
}
