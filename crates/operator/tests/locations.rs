//! Code locations under apply, edit and delete, against an API server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rondel_kubernetes::{Credentials, connect};
use rondel_kubernetes_simulator::{Cluster, ClusterOptions, Propagation};
use rondel_operator::{
    CodeServerDefaults, Loaded, LocationProbe, OperatorError, OperatorOptions, definition, run,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(20);
const KIND: &str = "codelocations.rondel.dev";

/// A code server's answer, as the test sets it.
struct Answer(Mutex<Loaded>);

#[async_trait]
impl LocationProbe for Answer {
    async fn ask(&self, _host: &str, _port: u16) -> Loaded {
        self.0.lock().unwrap().clone()
    }
}

struct Rig {
    cluster: Cluster,
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
        let cluster =
            Cluster::start(ClusterOptions { path, ..ClusterOptions::default() }).await.unwrap();
        cluster.create("customresourcedefinitions.apiextensions.k8s.io", "", definition()).unwrap();
        let repositories = Loaded::Repositories(vec!["__repository__".to_owned()]);
        let answer = Arc::new(Answer(Mutex::new(repositories)));
        let rig = Self { cluster, answer, stop: CancellationToken::new() };
        let client = rig.client().await;
        let probe = rig.answer.clone();
        let defaults = CodeServerDefaults::default();
        let options = OperatorOptions { namespace: None, probe, defaults };
        tokio::spawn(run(client, options, rig.stop.clone()));
        rig
    }

    async fn client(&self) -> kube::Client {
        let file = self.cluster.kubeconfig_with_roles(&["rondel-operator"], &[]).unwrap();
        connect(&Credentials::Kubeconfig(Some(file)), None).await.unwrap()
    }

    fn apply(&self, name: &str, spec: Value) {
        let mut all = json!({"image": "etl:1", "codeServerArgs": ["-m", "etl"]});
        all.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        let object = json!({"metadata": {"name": name}, "spec": all});
        self.cluster.create(KIND, "default", object).unwrap();
    }

    fn get(&self, kind: &str, name: &str) -> Option<Value> {
        self.cluster.store().get(kind, "default", name)
    }

    async fn wait<T>(&self, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = probe() {
                return found;
            }
            let all = self.cluster.store().list(KIND, "default");
            assert!(start.elapsed() < PATIENCE, "no {what}; code locations: {all:?}");
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

    fn images(&self) -> Vec<String> {
        let pods = self.cluster.store().list("pods", "default");
        pods.iter()
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            .filter_map(|pod| Some(pod["spec"]["containers"][0]["image"].as_str()?.to_owned()))
            .collect()
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
    rig.apply("etl", json!({}));
    let status = rig.wait_for_phase("etl", "Ready").await;
    assert_eq!(status["repositories"], json!(["__repository__"]));
    let service = rig.get("services", "etl").unwrap();
    assert_eq!(service["metadata"]["labels"]["rondel.dev/code-location"], "etl");
    assert_eq!(rig.images(), ["etl:1"]);

    rig.cluster
        .store()
        .edit(KIND, "default", "etl", |object| object["spec"]["image"] = "etl:2".into());
    rig.wait("pod of the new version", || (rig.images() == ["etl:2"]).then_some(())).await;
    rig.wait("status of the new version", || {
        let status = rig.get(KIND, "etl")?["status"].clone();
        (status["phase"] == "Ready" && status["observedGeneration"] == 2).then_some(())
    })
    .await;

    rig.cluster.store().delete(KIND, "default", "etl", Propagation::Background, None).unwrap();
    rig.wait("end of everything", || {
        let gone = rig.get("deployments.apps", "etl").is_none()
            && rig.get("services", "etl").is_none()
            && rig.images().is_empty();
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
    rig.apply("etl", json!({"image": "does-not-exist:1"}));
    let status = rig.wait_for_phase("etl", "Error").await;
    assert!(status["message"].as_str().unwrap().contains("cannot be pulled"), "{status}");

    rig.cluster
        .store()
        .edit(KIND, "default", "etl", |object| object["spec"]["image"] = "etl:2".into());
    rig.wait_for_phase("etl", "Ready").await;
    rig.cluster
        .store()
        .edit(KIND, "default", "etl", |object| object["spec"]["image"] = "does-not-exist:2".into());
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
    assert_eq!(variables[0], json!({"name": "DAGSTER_CURRENT_IMAGE", "value": "etl:1"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_claim_to_a_name_is_reported_and_not_served() {
    let rig = Rig::start().await;
    rig.apply("a", json!({"locationName": "etl"}));
    rig.wait_for_phase("a", "Ready").await;
    rig.apply("b", json!({"locationName": "etl"}));
    let status = rig.wait_for_phase("b", "Conflict").await;
    assert!(status["message"].as_str().unwrap().contains("default/a"), "{status}");
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
    rig.cluster.create("deployments.apps", "default", theirs).unwrap();
    let specified = rig.get("deployments.apps", "etl").unwrap()["spec"].clone();
    rig.apply("etl", json!({}));
    let status = rig.wait_for_phase("etl", "Conflict").await;
    assert!(status["message"].as_str().unwrap().contains("Deployment default/etl"), "{status}");
    let left = rig.get("deployments.apps", "etl").unwrap();
    assert_eq!(left["spec"], specified);
    assert!(left["metadata"]["ownerReferences"].is_null(), "{left}");

    rig.cluster
        .store()
        .delete("deployments.apps", "default", "etl", Propagation::Background, None)
        .unwrap();
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
