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
    let log = deployment.log_of(&run_id);
    assert!(log.contains("cannot be pulled"), "{log}");
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
}

fn a_run_that_no_node_takes_says_so_and_can_be_canceled(deployment: &Deployment) {
    let run_id = deployment.launch("homeless");
    wait_for("reason in the log", PATIENCE, || {
        deployment.log_of(&run_id).contains("The pod cannot be scheduled").then_some(())
    });
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
