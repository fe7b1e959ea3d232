//! News of workers: within two seconds, with the reason.

use std::time::Duration;

use futures::StreamExt;
use rondel_launcher::{RunLauncher, WorkerCondition, WorkerNotice};
use serde_json::{Value, json};

use crate::rig::Rig;

const SLEEP: &str = "exec sleep 600";

/// Ends when it is told to, by force.
const KILLED: &str = "sleep 2; kill -KILL $$";

/// Takes more memory than a worker may have.
pub const HUNGRY: &str =
    "exec python3 -c 'x = bytearray(200_000_000); import time; time.sleep(600)'";

/// How soon a run must hear of its worker.
const LIMIT: Duration = Duration::from_secs(2);

type Notices = futures::stream::BoxStream<'static, WorkerNotice>;

async fn next(notices: &mut Notices) -> WorkerNotice {
    tokio::time::timeout(LIMIT, notices.next()).await.expect("no notice in time").unwrap()
}

/// Launches a run and gives the first news of it.
async fn first_notice_of(script: &str, config: Value) -> WorkerNotice {
    let rig = Rig::with(script, config).await;
    let mut notices = rig.launcher.notices().unwrap();
    rig.launch().await.unwrap();
    let notice = next(&mut notices).await;
    assert_eq!(notice.run_id, rig.run_id());
    notice
}

/// Lets something happen to a running worker and gives the first news of it.
async fn notice_after(disturb: impl FnOnce(&Rig, &str)) -> WorkerNotice {
    let rig = Rig::new(SLEEP).await;
    let mut notices = rig.launcher.notices().unwrap();
    rig.launch().await.unwrap();
    let pod = rig.pod("Running").await;
    disturb(&rig, &pod);
    next(&mut notices).await
}

/// Waits for a worker to end by itself and gives the first news of it.
async fn notice_of_end(script: &str, config: Value) -> WorkerNotice {
    let rig = Rig::with(script, config).await;
    let mut notices = rig.launcher.notices().unwrap();
    rig.launch().await.unwrap();
    rig.pod("Failed").await;
    next(&mut notices).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_is_told() {
    let notice = notice_of_end(KILLED, json!({})).await;
    assert_eq!(notice.condition, WorkerCondition::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evicted_worker_is_told() {
    let evict = |rig: &Rig, pod: &str| rig.cluster.evict(rig.cluster.namespace(), pod).unwrap();
    assert_eq!(notice_after(evict).await.condition, WorkerCondition::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_pod_is_told() {
    let notice = notice_after(|rig, pod| {
        rig.cluster.delete("pods", rig.cluster.namespace(), pod, true).unwrap();
    })
    .await;
    assert_eq!(notice.condition, WorkerCondition::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_uses_too_much_memory_is_told() {
    let config = json!({"container_config": {"resources": {"limits": {"memory": "64Mi"}}}});
    let notice = notice_of_end(HUNGRY, config).await;
    assert_eq!(notice.condition, WorkerCondition::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_does_not_exist_will_never_start() {
    let config =
        json!({"container_config": {"image": "docker.io/library/rondel-does-not-exist:1"}});
    let notice = first_notice_of(SLEEP, config).await;
    assert_eq!(notice.condition, WorkerCondition::Stuck);
    assert!(notice.reason.contains("repository does not exist"), "{}", notice.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_that_no_node_takes_is_delayed() {
    let config = json!({"pod_spec_config": {"node_selector": {"disk": "fast"}}});
    let notice = first_notice_of(SLEEP, config).await;
    assert_eq!(notice.condition, WorkerCondition::Delayed);
    assert!(notice.reason.contains("0/1 nodes are available"), "{}", notice.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_cannot_be_mounted_is_a_delay() {
    let volume = json!({"name": "settings", "config_map": {"name": "absent"}});
    let config = json!({"pod_spec_config": {"volumes": [volume]}});
    let notice = first_notice_of(SLEEP, config).await;
    assert_eq!(notice.condition, WorkerCondition::Delayed);
    assert!(notice.reason.contains("FailedMount"), "{}", notice.reason);
    assert!(notice.reason.contains("\"absent\" not found"), "{}", notice.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret_is_a_delay() {
    let source = json!({"secret_ref": {"name": "absent"}});
    let config = json!({"container_config": {"env_from": [source]}});
    let notice = first_notice_of(SLEEP, config).await;
    assert_eq!(notice.condition, WorkerCondition::Delayed);
    assert!(notice.reason.contains("secret \"absent\" not found"), "{}", notice.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_in_another_namespace_are_watched_from_their_launch_on() {
    let rig = Rig::new(KILLED).await;
    let namespace = &rig.other_namespace;
    {
        let mut run = rig.reporter.run.lock().unwrap();
        let origin = &mut run.job_code_origin.as_mut().unwrap().repository_origin;
        let context = json!({"k8s": {"namespace": namespace}});
        origin.container_context =
            Some(rondel_model::serdes::from_text(&context.to_string()).unwrap());
    }
    let mut notices = rig.launcher.notices().unwrap();
    rig.launch().await.unwrap();
    rig.wait("end of the pod in the other namespace", || {
        let pods = rig.cluster.list("pods", namespace).unwrap();
        pods.iter().any(|pod| pod["status"]["phase"] == "Failed").then_some(())
    })
    .await;
    assert_eq!(next(&mut notices).await.condition, WorkerCondition::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_whose_history_is_gone_begins_anew() {
    let rig = Rig::on_simulator(SLEEP).await;
    let mut notices = rig.launcher.notices().unwrap();
    rig.launch().await.unwrap();
    let pod = rig.pod("Running").await;
    rig.simulated().store().compact();
    rig.simulated().kill(rig.cluster.namespace(), &pod);
    assert_eq!(next(&mut notices).await.condition, WorkerCondition::Ended);
}
