//! Making, finding, stopping and examining workers.

use rondel_kubernetes_simulator::{Fault, Moment};
use rondel_launcher::kubernetes::K8sRunLauncher;
use rondel_launcher::{LaunchError, RunLauncher, WorkerLogs, WorkerPresence, WorkerStatus};
use rondel_model::run::RunStatus;
use serde_json::json;

use crate::notices::HUNGRY;
use crate::rig::Rig;

const SLEEP: &str = "echo at work; exec sleep 600";

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_makes_a_job_tags_the_run_and_tells_its_log() {
    let rig = Rig::new(SLEEP).await;
    rig.launch().await.unwrap();
    let jobs = rig.jobs();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0]["metadata"]["name"], rig.job_name().as_str());
    assert_eq!(jobs[0]["metadata"]["labels"]["dagster/run-id"], rig.run_id().as_str());
    assert_eq!(rig.reporter.stored().tag("dagster/image"), Some(rig.image.as_str()));
    assert_eq!(
        rig.reporter.events(),
        [
            "[K8sRunLauncher] Creating Kubernetes run worker job",
            "[K8sRunLauncher] Kubernetes run worker job created",
        ]
    );
    rig.pod("Running").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn launching_again_after_a_crash_finds_the_job() {
    let rig = Rig::new(SLEEP).await;
    rig.launch().await.unwrap();
    rig.launch().await.unwrap();
    assert_eq!(rig.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_launch_has_a_worker_exactly_if_there_is_its_job() {
    let rig = Rig::new(SLEEP).await;
    let run = rig.reporter.stored();
    let presence = rig.launcher.presence(&run, &rig.reporter).await.unwrap();
    assert_eq!(presence, WorkerPresence::Absent);
    rig.launch().await.unwrap();
    let presence = rig.launcher.presence(&run, &rig.reporter).await.unwrap();
    assert_eq!(presence, WorkerPresence::Present);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_creation_was_answered_by_an_error_is_not_made_twice() {
    let rig = Rig::on_simulator(SLEEP).await;
    rig.simulated().fail(Fault {
        method: "POST",
        plural: "jobs",
        code: 500,
        moment: Moment::After,
        times: 1,
    });
    rig.launch().await.unwrap();
    assert_eq!(rig.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_fails_the_launch_with_what_the_server_said() {
    let rig = Rig::on_simulator(SLEEP).await;
    rig.simulated().fail(Fault {
        method: "POST",
        plural: "jobs",
        code: 403,
        moment: Moment::Before,
        times: 1,
    });
    let error = rig.launch().await.unwrap_err();
    assert!(error.to_string().contains("HTTP 403"), "{error}");
    assert!(rig.jobs().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_that_name_for_something_else_is_not_taken_for_the_runs() {
    let rig = Rig::new(SLEEP).await;
    let container = json!({"name": "theirs", "image": rig.image});
    let pod = json!({"spec": {"restartPolicy": "Never", "containers": [container]}});
    let spec = json!({"suspend": true, "template": pod});
    let foreign = json!({"metadata": {"name": rig.job_name()}, "spec": spec});
    rig.cluster.create("jobs.batch", rig.cluster.namespace(), foreign).unwrap();
    let error = rig.launch().await.unwrap_err();
    assert!(matches!(error, LaunchError::ForeignJob { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_fails_launches_with_its_reason() {
    let rig = Rig::new(SLEEP).await;
    let launcher = K8sRunLauncher::new(&json!({"job_imag": "x"}));
    let error = launcher.terminate(&rig.run_id(), &rig.reporter).await.unwrap_err();
    assert!(error.to_string().contains("job_imag"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_healthy_until_it_ends_and_then_tells_why() {
    let config = json!({"container_config": {"resources": {"limits": {"memory": "64Mi"}}}});
    let rig = Rig::with(&format!("sleep 4; {HUNGRY}"), config).await;
    rig.launch().await.unwrap();
    rig.pod("Running").await;
    rig.reporter.set_status(RunStatus::Started);
    let run = rig.reporter.stored();
    let health = rig.launcher.check_health(&run, &rig.reporter).await.unwrap();
    assert_eq!(health.status, WorkerStatus::Running);

    rig.wait("failed Job", || {
        let jobs = rig.jobs();
        let mut conditions = jobs[0]["status"]["conditions"].as_array()?.iter();
        conditions.any(|condition| condition["type"] == "Failed").then_some(())
    })
    .await;
    let health = rig.launcher.check_health(&run, &rig.reporter).await.unwrap();
    assert_eq!(health.status, WorkerStatus::Failed);
    let message = health.message.unwrap();
    assert!(
        message.starts_with("Run has not completed but K8s job has no active pods"),
        "{message}"
    );
    assert!(message.contains("OOMKilled"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_a_job_is_unknown() {
    let rig = Rig::new(SLEEP).await;
    let run = rig.reporter.stored();
    let health = rig.launcher.check_health(&run, &rig.reporter).await.unwrap();
    assert_eq!(health.status, WorkerStatus::Unknown);
    assert_eq!(health.message.unwrap(), format!("Job {} could not be found", rig.job_name()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_refuses_to_tell_is_an_error_not_a_sick_worker() {
    let rig = Rig::on_simulator(SLEEP).await;
    rig.simulated().fail(Fault {
        method: "GET",
        plural: "jobs",
        code: 403,
        moment: Moment::Before,
        times: 1,
    });
    let run = rig.reporter.stored();
    assert!(rig.launcher.check_health(&run, &rig.reporter).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn terminating_takes_job_and_pod_away() {
    let rig = Rig::new(SLEEP).await;
    rig.launch().await.unwrap();
    rig.pod("Running").await;
    rig.reporter.forget_events();
    assert!(rig.launcher.terminate(&rig.run_id(), &rig.reporter).await.unwrap());
    assert_eq!(rig.reporter.stored().status, RunStatus::Canceling);
    assert_eq!(rig.reporter.events(), ["[K8sRunLauncher] Run was terminated successfully."]);
    rig.wait("empty cluster", || (rig.jobs().is_empty() && rig.pods().is_empty()).then_some(()))
        .await;

    rig.reporter.forget_events();
    assert!(!rig.launcher.terminate(&rig.run_id(), &rig.reporter).await.unwrap());
    assert_eq!(
        rig.reporter.events(),
        ["[K8sRunLauncher] Run was not terminated successfully; delete_job returned False"]
    );
    rig.reporter.set_status(RunStatus::Canceled);
    assert!(!rig.launcher.terminate(&rig.run_id(), &rig.reporter).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_has_a_second_job_which_is_the_one_examined_and_stopped() {
    let rig = Rig::new(SLEEP).await;
    rig.launch().await.unwrap();
    rig.resume(1).await.unwrap();
    let second = format!("{}-1", rig.job_name());
    let names: Vec<_> = rig.jobs().iter().map(|job| job["metadata"]["name"].clone()).collect();
    assert_eq!(names, [json!(rig.job_name()), json!(second)]);
    assert!(rig.launcher.terminate(&rig.run_id(), &rig.reporter).await.unwrap());
    let names: Vec<_> = rig.jobs().iter().map(|job| job["metadata"]["name"].clone()).collect();
    assert_eq!(names, [json!(rig.job_name())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_info_tells_about_the_pod_and_its_log() {
    let rig = Rig::new("echo first; echo last words; exit 3").await;
    rig.launch().await.unwrap();
    let pod = rig.pod("Failed").await;
    let run = rig.reporter.stored();
    let told = rig.launcher.debug_info(&run, WorkerLogs::Include, &rig.reporter).await.unwrap();
    let told = told.unwrap();
    for part in [
        format!("Debug information for pod {pod}:"),
        "Pod status: Failed\nContainer 'dagster' status: Terminated with exit code 3: Error"
            .to_owned(),
        "Last 25 log lines for container 'dagster':".to_owned(),
        "last words".to_owned(),
        "No warning events for pod.".to_owned(),
        format!("`kubectl describe pod {pod}`"),
    ] {
        assert!(told.contains(&part), "{part:?} is not in:\n{told}");
    }
    let brief = rig.launcher.debug_info(&run, WorkerLogs::LeaveOut, &rig.reporter).await.unwrap();
    assert!(!brief.unwrap().contains("last words"));
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_info_tells_about_the_job_when_there_is_no_pod() {
    let rig = Rig::with(SLEEP, json!({"job_spec_config": {"suspend": true}})).await;
    rig.launch().await.unwrap();
    rig.wait("status", || rig.jobs()[0]["status"]["conditions"].is_array().then_some(())).await;
    let run = rig.reporter.stored();
    let told = rig.launcher.debug_info(&run, WorkerLogs::Include, &rig.reporter).await.unwrap();
    let told = told.unwrap();
    assert!(told.contains(&format!("Debug information for job {}:", rig.job_name())), "{told}");
    assert!(told.contains("Job status:\n - start_time: None"), "{told}");
    assert!(told.contains("\n - active=None"), "{told}");
}
