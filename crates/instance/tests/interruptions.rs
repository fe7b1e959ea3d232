//! What is left when something goes away in the middle: half-made runs are completed, a launch
//! outlives its caller, a run that cannot start says why.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use rondel_code_location::WorkspaceSnapshot;
use rondel_instance::compute_logs::{LogCursor, LogStream};
use rondel_instance::{
    CreateRun, IfRunExists, Instance, InstanceError, JobTarget, TerminateOutcome, TerminatePolicy,
};
use rondel_model::event::{DagsterEvent, DagsterEventType, EventLogEntry};
use rondel_model::ids::{AssetKey, RepositorySelector, RunId};
use rondel_model::run::{DagsterRun, RunStatus};
use support::{Database, PATIENCE, Rig};

const DEFAULT_COORDINATOR: &str =
    "run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}\n";

fn asset_run(run_id: Option<RunId>, if_exists: IfRunExists) -> CreateRun {
    let job = RepositorySelector::new("definitions.py", "__repository__").job("__ASSET_JOB");
    CreateRun {
        target: JobTarget::assets(job, [AssetKey::new(["upstream"])]),
        run_id,
        if_exists,
        ..CreateRun::default()
    }
}

fn job_run(job: &str) -> CreateRun {
    let job = RepositorySelector::new("definitions.py", "__repository__").job(job);
    CreateRun { target: JobTarget::whole(job), ..CreateRun::default() }
}

async fn types_of(instance: &Instance, run_id: &RunId) -> Vec<String> {
    let entries = instance.events_of(run_id, &[]).await.unwrap();
    let event_type = |entry: EventLogEntry| match entry.dagster_event {
        Some(event) => event.event_type_value,
        None => entry.user_message,
    };
    entries.into_iter().map(event_type).collect()
}

async fn wait_until_finished(instance: &Instance, run_id: &RunId) -> DagsterRun {
    let finished = async {
        loop {
            let run = instance.run(run_id).await.unwrap();
            if run.status.is_finished() {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, finished).await.expect("the run ends")
}

async fn a_half_created_run_is_completed_once(rig: &Rig) {
    let (instance, workspace) = (&rig.instance, rig.workspace.snapshot());
    let request = || asset_run(Some(RunId::random()), IfRunExists::Resume);
    // interrupted after the run, before its planned events
    let interrupted = request();
    let run_id = interrupted.run_id.clone().unwrap();
    let run = instance.create_run(interrupted.clone(), &workspace).await.unwrap();
    let planned = types_of(instance, &run_id).await;
    assert_eq!(planned.len(), 2, "{planned:?}");
    instance.storage().events().delete_events(run_id.as_str()).await.unwrap();
    for _ in 0..2 {
        let resumed = instance.create_run(interrupted.clone(), &workspace).await.unwrap();
        assert_eq!(resumed, run);
        assert_eq!(types_of(instance, &run_id).await, planned);
    }
    // the same id for something else is refused, and so is any id that was not reserved
    let refused = asset_run(Some(run_id.clone()), IfRunExists::Refuse);
    let error = instance.create_run(refused, &workspace).await.unwrap_err();
    assert!(matches!(error, InstanceError::RunExists(_)), "{error}");
    let other_job = CreateRun { run_id: Some(run_id), ..job_run("greeting") };
    let other_job = CreateRun { if_exists: IfRunExists::Resume, ..other_job };
    let error = instance.create_run(other_job, &workspace).await.unwrap_err();
    assert!(matches!(error, InstanceError::RunExists(_)), "{error}");
    let malformed = asset_run(Some("no-uuid".into()), IfRunExists::Refuse);
    let error = instance.create_run(malformed, &workspace).await.unwrap_err();
    assert!(matches!(error, InstanceError::InvalidRunId(_)), "{error}");
}

async fn a_half_enqueued_run_is_enqueued_once(rig: &Rig) {
    let (instance, workspace) = (&rig.instance, rig.workspace.snapshot());
    let run = instance.create_run(job_run("greeting"), &workspace).await.unwrap();
    // interrupted after the event, before the status
    let event = DagsterEvent::new(DagsterEventType::RunEnqueued, "greeting");
    let entry = EventLogEntry::for_run(run.run_id.clone(), instance.now().seconds(), event);
    instance.storage().events().store_events(&[entry]).await.unwrap();
    assert_eq!(instance.run(&run.run_id).await.unwrap().status, RunStatus::NotStarted);
    for _ in 0..2 {
        let submitted = instance.submit_run(&run.run_id, &workspace).await.unwrap();
        assert_eq!(submitted.status, RunStatus::Queued);
        assert_eq!(types_of(instance, &run.run_id).await, ["PIPELINE_ENQUEUED"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_half_done_is_completed_exactly_once() {
    let database = Database::create().await;
    let storage = format!("storage: {{postgres: {{postgres_url: '{}'}}}}\n", database.url);
    for dagster_yaml in ["", storage.as_str()] {
        let rig = Rig::start(dagster_yaml).await;
        a_half_created_run_is_completed_once(&rig).await;
        a_half_enqueued_run_is_enqueued_once(&rig).await;
        rig.stop().await;
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_launch_outlives_its_caller_and_shutdown_waits_for_it() {
    let rig = Rig::start(DEFAULT_COORDINATOR).await;
    let workspace = rig.workspace.snapshot();
    let run = rig.instance.create_run(job_run("greeting"), &workspace).await.unwrap();
    // the caller gives up in the middle of the launch; its future is dropped
    let begun = async {
        while rig.instance.run(&run.run_id).await.unwrap().status == RunStatus::NotStarted {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        outcome = rig.instance.submit_run(&run.run_id, &workspace) => drop(outcome.unwrap()),
        () = begun => {}
    }
    let home = rig.home.path().to_owned();
    rig.instance.shutdown().await;
    let refused = rig.instance.cancel_run(&run.run_id).await.unwrap_err();
    assert!(matches!(refused, InstanceError::ShuttingDown), "{refused}");

    let instance = Rig::open(&home).await;
    let finished = wait_until_finished(&instance, &run.run_id).await;
    assert_eq!(finished.status, RunStatus::Success);
    let starts = types_of(&instance, &run.run_id).await;
    assert_eq!(starts.iter().filter(|event| *event == "PIPELINE_START").count(), 1, "{starts:?}");
    instance.shutdown().await;
    rig.workspace.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_cannot_be_launched_says_why_and_fails() {
    let rig = Rig::start("run_retries: {enabled: true, max_retries: 1}\n").await;
    let workspace = rig.workspace.snapshot();
    let run = rig.instance.create_run(job_run("greeting"), &workspace).await.unwrap();
    let nowhere = WorkspaceSnapshot::default();
    let error = rig.instance.launch_run(&run.run_id, &nowhere).await.unwrap_err();
    assert!(error.to_string().contains("definitions.py is not loaded"), "{error}");
    assert!(error.is_unreachable());
    let recorded = types_of(&rig.instance, &run.run_id).await;
    assert_eq!(recorded, ["PIPELINE_STARTING", "ENGINE_EVENT", "PIPELINE_FAILURE"]);
    let failed = rig.instance.run(&run.run_id).await.unwrap();
    assert_eq!(failed.status, RunStatus::Failure);
    assert_eq!(failed.tag("dagster/will_retry"), Some("true"));

    let unknown = rig.instance.submit_run(&RunId::random(), &workspace).await.unwrap_err();
    assert!(matches!(unknown, InstanceError::RunNotFound(_)), "{unknown}");
    let missing = rig.instance.create_run(job_run("nothing"), &workspace).await.unwrap_err();
    assert!(matches!(missing, InstanceError::JobNotFound { .. }), "{missing}");
    rig.stop().await;
}

async fn started(instance: &Arc<Instance>, workspace: &WorkspaceSnapshot) -> RunId {
    let run = instance.create_run(job_run("sleeping"), workspace).await.unwrap();
    instance.submit_run(&run.run_id, workspace).await.unwrap();
    let running = async {
        while instance.run(&run.run_id).await.unwrap().status != RunStatus::Started {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, running).await.expect("the run starts");
    run.run_id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn captured_output_is_read_and_runs_are_terminated_safely_or_by_force() {
    let rig = Rig::start(DEFAULT_COORDINATOR).await;
    let (instance, workspace) = (&rig.instance, rig.workspace.snapshot());
    let request = asset_run(None, IfRunExists::Refuse);
    let run = instance.create_run(request, &workspace).await.unwrap();
    instance.submit_run(&run.run_id, &workspace).await.unwrap();
    assert_eq!(wait_until_finished(instance, &run.run_id).await.status, RunStatus::Success);
    let keys = instance.captured_log_keys(&run.run_id).await.unwrap();
    let logs = instance.compute_logs();
    let captured = logs.read_both(&keys[0], LogCursor::default(), None).await.unwrap();
    assert!(String::from_utf8(captured.stdout.unwrap()).unwrap().contains("captured line"));
    assert!(String::from_utf8(captured.stderr.unwrap()).unwrap().contains("captured error"));
    let below = logs.keys_below(&keys[0][..2], LogStream::Stdout).await.unwrap();
    assert!(below.contains(&keys[0]), "{below:?}");

    let ended = TerminatePolicy::SafeTerminate;
    let outcome = instance.terminate_run(&run.run_id, ended).await.unwrap();
    let TerminateOutcome::Failed { message, .. } = outcome else { panic!("{outcome:?}") };
    assert!(message.ends_with("could not be terminated due to having status SUCCESS."));

    let run_id = started(instance, &workspace).await;
    let outcome = instance.terminate_run(&run_id, TerminatePolicy::SafeTerminate).await.unwrap();
    assert!(matches!(outcome, TerminateOutcome::Terminated(_)), "{outcome:?}");
    assert_eq!(wait_until_finished(instance, &run_id).await.status, RunStatus::Canceled);

    let run_id = started(instance, &workspace).await;
    let forced = TerminatePolicy::MarkAsCanceledImmediately;
    let outcome = instance.terminate_run(&run_id, forced).await.unwrap();
    let TerminateOutcome::Terminated(run) = outcome else { panic!("{outcome:?}") };
    assert_eq!(run.status, RunStatus::Canceled);
    rig.stop().await;
}
