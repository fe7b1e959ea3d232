//! A run coordinator class of somebody else's, driven in its own Python process.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rondel_instance::{
    CreateRun, InstanceOptions, JobTarget, TerminateOutcome, TerminatePolicy, on_behalf_of,
};
use rondel_model::ids::RepositorySelector;
use rondel_model::run::RunStatus;
use support::Rig;

const COORDINATORS: &str = r#"
from dagster import DagsterRunStatus
from dagster._core.run_coordinator import QueuedRunCoordinator, RunCoordinator
from dagster._serdes import ConfigurableClass

class Attributing(QueuedRunCoordinator):
    """Puts runs into the queue and says who wanted them."""

    def submit_run(self, context):
        run = context.dagster_run
        who = context.get_request_header("X-User") or "somebody"
        assert context.workspace.source is None or context.workspace.source.headers.get("x-user") == who
        self._instance.add_run_tags(run.run_id, {"wanted_by": who})
        return super().submit_run(context)

class Waiting(RunCoordinator, ConfigurableClass):
    """Keeps runs until somebody else starts them."""

    def __init__(self, inst_data=None):
        self._inst_data = inst_data
        super().__init__()

    @property
    def inst_data(self):
        return self._inst_data

    @classmethod
    def config_type(cls):
        return {}

    @classmethod
    def from_config_value(cls, inst_data, config_value):
        return cls(inst_data=inst_data)

    def submit_run(self, context):
        assert hasattr(context.workspace, "get_code_location")
        if context.dagster_run.tags.get("refuse"):
            raise Exception("not today")
        self._instance.add_run_tags(context.dagster_run.run_id, {"waits": "yes"})
        return context.dagster_run

    def cancel_run(self, run_id):
        run = self._instance.get_run_by_id(run_id)
        if run.status != DagsterRunStatus.NOT_STARTED:
            return False
        self._instance.report_run_canceled(run)
        return True
"#;

/// An interpreter that finds the coordinators.
fn interpreter(home: &Path) -> PathBuf {
    std::fs::write(home.join("coordinators_of_this_test.py"), COORDINATORS).unwrap();
    let script = home.join("python");
    let (folder, python) = (home.display(), support::python());
    let text = format!("#!/bin/sh\nPYTHONPATH='{folder}' exec '{}' \"$@\"\n", python.display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

async fn rig(class: &str, config: &str) -> Rig {
    let home = tempfile::tempdir().unwrap();
    let launcher_python = Some(interpreter(home.path()));
    let options = InstanceOptions { launcher_python, ..InstanceOptions::default() };
    let yaml = format!(
        "run_coordinator: {{module: coordinators_of_this_test, class: {class}, config: {config}}}\n\
         telemetry: {{enabled: false}}\n"
    );
    Rig::start_in(home, &yaml, options).await
}

fn order() -> CreateRun {
    let job = RepositorySelector::new("definitions.py", "__repository__").job("greeting");
    CreateRun { target: JobTarget::whole(job), ..CreateRun::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_of_queue_puts_runs_into_the_queue_with_its_own_limits() {
    let config = "{max_concurrent_runs: 3, dequeue_interval_seconds: 7, \
                  tag_concurrency_limits: [{key: team, limit: 2, value: {applyLimitPerUniqueValue: true}}]}";
    let rig = rig("Attributing", config).await;
    let coordinator = &rig.instance.config().run_coordinator;
    assert_eq!(coordinator.class_name(), "Attributing");
    assert_eq!(coordinator.queue().unwrap().dequeue_interval(), 7);
    let queue = rig.instance.config().concurrency.run_queue.clone().unwrap();
    assert_eq!(queue.max_concurrent_runs, 3);
    assert_eq!(queue.tag_concurrency_limits.len(), 1);
    assert!(queue.should_block_op_concurrency_limited_runs);

    let workspace = rig.workspace.snapshot();
    let run = rig.instance.create_run(order(), &workspace).await.unwrap();
    let run = rig.instance.submit_run(&run.run_id, &workspace).await.unwrap();
    assert_eq!(run.status, RunStatus::Queued);
    assert_eq!(run.tag("wanted_by"), Some("somebody"));

    let wanted = rig.instance.create_run(order(), &workspace).await.unwrap();
    let headers = [("host", "here"), ("x-user", "ada")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let submission = rig.instance.submit_run(&wanted.run_id, &workspace);
    let wanted = on_behalf_of(Arc::new(headers), submission).await.unwrap();
    assert_eq!(wanted.tag("wanted_by"), Some("ada"));

    let policy = TerminatePolicy::SafeTerminate;
    let outcome = rig.instance.terminate_run(&run.run_id, policy).await.unwrap();
    assert!(matches!(outcome, TerminateOutcome::Terminated(_)), "{outcome:?}");
    assert_eq!(rig.instance.run(&run.run_id).await.unwrap().status, RunStatus::Canceled);
    rig.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coordinator_without_a_queue_does_what_it_wants() {
    let rig = rig("Waiting", "{}").await;
    assert!(rig.instance.config().run_coordinator.queue().is_none());
    assert!(rig.instance.config().concurrency.run_queue.is_none());
    let workspace = rig.workspace.snapshot();
    let run = rig.instance.create_run(order(), &workspace).await.unwrap();
    let run = rig.instance.submit_run(&run.run_id, &workspace).await.unwrap();
    assert_eq!((run.status, run.tag("waits")), (RunStatus::NotStarted, Some("yes")));
    assert!(rig.instance.cancel_run(&run.run_id).await.unwrap());
    assert!(!rig.instance.cancel_run(&run.run_id).await.unwrap());

    let refused = CreateRun { tags: [("refuse".to_owned(), "1".to_owned())].into(), ..order() };
    let run = rig.instance.create_run(refused, &workspace).await.unwrap();
    let error = rig.instance.submit_run(&run.run_id, &workspace).await.unwrap_err();
    assert!(error.to_string().contains("not today"), "{error}");
    rig.stop().await;
}
