//! What this project takes for granted of Kubernetes: it holds of the simulated cluster and of a real one.

use rondel_kubernetes_simulator::Testbed;
use serde_json::{Value, json};

use crate::rig::{PATIENCE, options};

fn job(cluster: &Testbed, name: &str, program: &str, suspend: bool) {
    let container = json!({"name": "it", "image": cluster.image().unwrap(), "command": [program]});
    let pod = json!({"spec": {"restartPolicy": "Never", "containers": [container]}});
    let spec = json!({"backoffLimit": 0, "suspend": suspend, "template": pod});
    let object = json!({"metadata": {"name": name}, "spec": spec});
    cluster.create("jobs.batch", cluster.namespace(), object).unwrap();
}

/// The conditions of a Job, once there are that many, and its status.
async fn conditions(cluster: &Testbed, name: &str, count: usize) -> (Vec<Value>, Value) {
    let found = async {
        loop {
            let job = cluster.get("jobs.batch", cluster.namespace(), name).unwrap();
            let status = job["status"].clone();
            let all = status["conditions"].as_array().cloned().unwrap_or_default();
            if all.len() >= count {
                return (all.iter().map(|one| one["type"].clone()).collect(), status);
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("no such conditions in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_succeeds_is_complete_and_has_a_time_of_completion() {
    let cluster = Testbed::start(options()).await.unwrap();
    job(&cluster, "good", "true", false);
    let (told, status) = conditions(&cluster, "good", 2).await;
    assert_eq!(told, ["SuccessCriteriaMet", "Complete"]);
    assert!(status["completionTime"].is_string(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_has_no_time_of_completion() {
    let cluster = Testbed::start(options()).await.unwrap();
    job(&cluster, "bad", "false", false);
    let (told, status) = conditions(&cluster, "bad", 2).await;
    assert_eq!(told, ["FailureTarget", "Failed"]);
    assert!(status["completionTime"].is_null(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_job_has_not_started() {
    let cluster = Testbed::start(options()).await.unwrap();
    job(&cluster, "waiting", "true", true);
    let (told, status) = conditions(&cluster, "waiting", 1).await;
    assert_eq!(told, ["Suspended"]);
    assert!(status["startTime"].is_null(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_for_an_owner_that_is_gone_goes_too() {
    let cluster = Testbed::start(options()).await.unwrap();
    let owner = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "name": "gone",
        "uid": "6f1f7a0e-6f1c-4d6e-9d5e-0a1f0d2f3c4b",
    });
    let object = json!({"metadata": {"name": "late", "ownerReferences": [owner]}});
    cluster.create("configmaps", cluster.namespace(), object).unwrap();
    let gone = async {
        while cluster.get("configmaps", cluster.namespace(), "late").is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is still there");
}
