//! What becomes of runs: the good case, and each way in which a pod can let its run down.

use std::time::{Duration, Instant};

use crate::deployment::{Deployment, PATIENCE};
use crate::harness::wait_for;

/// How soon a run whose pod died must be over.
const LIMIT: Duration = Duration::from_secs(2);

#[test]
fn runs_live_and_die_with_their_pods() {
    let deployment = Deployment::start();
    a_run_goes_to_a_pod_and_back(&deployment);
    a_run_whose_pod_is_killed_fails_at_once(&deployment);
    a_run_without_an_image_fails_at_once(&deployment);
    a_run_that_eats_its_memory_fails_with_that_reason(&deployment);
    a_run_whose_pod_is_evicted_fails_with_that_reason(&deployment);
    a_run_whose_volume_cannot_be_mounted_says_so(&deployment);
    a_run_that_no_node_takes_says_so_and_can_be_canceled(&deployment);
}

fn a_run_goes_to_a_pod_and_back(deployment: &Deployment) {
    let run_id = deployment.launch("hello");
    deployment.wait_for_status(&run_id, "SUCCESS");
    let jobs = deployment.cluster.jobs_of(&run_id);
    assert_eq!(jobs.len(), 1);
    let log = deployment.log_of(&run_id);
    for part in [
        "[K8sRunLauncher] Creating Kubernetes run worker job",
        "[K8sRunLauncher] Kubernetes run worker job created",
        "greetings from a pod",
    ] {
        assert!(log.contains(part), "{part:?} is not in:\n{log}");
    }
}

fn a_run_whose_pod_is_killed_fails_at_once(deployment: &Deployment) {
    let run_id = deployment.launch("slow");
    deployment.wait_for_status(&run_id, "STARTED");
    deployment.cluster.kill_pod_of(&run_id);
    let killed = Instant::now();
    deployment.wait_for_status(&run_id, "FAILURE");
    let took = killed.elapsed();
    assert!(took < LIMIT, "{took:?}");
    let log = deployment.log_of(&run_id);
    assert!(log.contains("K8s job has no active pods"), "{log}");
}

fn a_run_without_an_image_fails_at_once(deployment: &Deployment) {
    let run_id = deployment.launch("unpullable");
    deployment.wait_for_status(&run_id, "FAILURE");
    assert_soon_after_the_start(deployment, &run_id, "cannot be pulled");
    wait_for("end of the pod", PATIENCE, || {
        deployment.cluster.has_no_pod_of(&run_id).then_some(())
    });
    assert!(deployment.cluster.jobs_of(&run_id).is_empty());
}

fn a_run_that_eats_its_memory_fails_with_that_reason(deployment: &Deployment) {
    let run_id = deployment.launch("hungry");
    deployment.wait_for_status(&run_id, "FAILURE");
    let log = deployment.log_of(&run_id);
    assert!(log.contains("OOMKilled"), "{log}");
    let ended = deployment.cluster.end_of_pod_of(&run_id).unwrap();
    let told = deployment.time_of(&run_id, "failed.").unwrap();
    // the cluster tells whole seconds
    assert!(told - ended < LIMIT.as_secs_f64() + 1.0, "{}", told - ended);
}

fn a_run_whose_pod_is_evicted_fails_with_that_reason(deployment: &Deployment) {
    let run_id = deployment.launch("slow");
    deployment.wait_for_status(&run_id, "STARTED");
    deployment.cluster.evict_pod_of(&run_id);
    let evicted = Instant::now();
    deployment.wait_for_status(&run_id, "FAILURE");
    let took = evicted.elapsed();
    assert!(took < LIMIT, "{took:?}");
    let log = deployment.log_of(&run_id);
    let reason = "The pod was evicted: The node was low on resource: memory.";
    assert!(log.contains(reason), "{log}");
}

fn a_run_whose_volume_cannot_be_mounted_says_so(deployment: &Deployment) {
    let run_id = deployment.launch("unmountable");
    assert_soon_after_the_start(deployment, &run_id, "The pod cannot be started (FailedMount)");
    assert_eq!(deployment.server.run_status(&run_id), "STARTING");
    deployment.server.succeed(&["run", "cancel", "--force", &run_id]);
}

/// The log says what is wrong with the pod, soon after its Job was made.
fn assert_soon_after_the_start(deployment: &Deployment, run_id: &str, what: &str) {
    let told = wait_for("reason in the log", PATIENCE, || deployment.time_of(run_id, what));
    let made = deployment.time_of(run_id, "Creating Kubernetes run worker job").unwrap();
    assert!(told - made < LIMIT.as_secs_f64(), "{what}: {}", told - made);
}

fn a_run_that_no_node_takes_says_so_and_can_be_canceled(deployment: &Deployment) {
    let run_id = deployment.launch("homeless");
    assert_soon_after_the_start(deployment, &run_id, "The pod cannot be scheduled");
    assert_eq!(deployment.server.run_status(&run_id), "STARTING");
    // without force, a run that is starting is refused, as in Dagster
    deployment.server.succeed(&["run", "cancel", "--force", &run_id]);
    wait_for("canceled run", PATIENCE, || {
        (deployment.server.run_status(&run_id) == "CANCELED").then_some(())
    });
    wait_for("end of the pod", PATIENCE, || {
        deployment.cluster.has_no_pod_of(&run_id).then_some(())
    });
    assert!(deployment.cluster.jobs_of(&run_id).is_empty());
}
