//! `DockerRunLauncher` against an Engine: what it asks for, what it finds again, what it is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;
#[path = "../kubernetes_cluster/reporter.rs"]
mod reporter;

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use engine::Engine;
use futures::StreamExt;
use futures::stream::BoxStream;
use reporter::Reporter;
use rondel_code_location::WorkspaceSnapshot;
use rondel_launcher::docker::DockerRunLauncher;
use rondel_launcher::{
    LaunchContext, LaunchError, RunLauncher, WorkerCondition, WorkerNotice, WorkerPresence,
    WorkerStatus,
};
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::from_text;
use serde_json::{Value, json};

struct Rig {
    engine: Engine,
    launcher: DockerRunLauncher,
    reporter: Reporter,
}

impl Rig {
    async fn new(config: Value) -> Self {
        let engine = Engine::start().await;
        engine.state.lock().unwrap().images.push("etl:1".to_owned());
        let variables = [
            ("DOCKER_HOST", format!("unix://{}", engine.socket.display())),
            ("TOKEN", "t0k3n".to_owned()),
        ];
        let variables: HashMap<_, _> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let launcher = DockerRunLauncher::with_environment(&config, variables);
        Self { engine, launcher, reporter: Reporter::new(run()) }
    }

    async fn launch(&self) -> Result<(), LaunchError> {
        let (run, workspace) = (self.reporter.stored(), WorkspaceSnapshot::default());
        let context = LaunchContext { run: &run, workspace: &workspace, reporter: &self.reporter };
        self.launcher.launch(&context).await
    }

    fn containers(&self) -> Vec<Value> {
        self.engine.state.lock().unwrap().containers.values().cloned().collect()
    }
}

fn run() -> DagsterRun {
    let origin = json!({
        "__class__": "PipelinePythonOrigin",
        "pipeline_name": "nightly",
        "repository_origin": {
            "__class__": "RepositoryPythonOrigin",
            "executable_path": "/usr/bin/python3",
            "code_pointer": {
                "__class__": "FileCodePointer",
                "python_file": "/code/definitions.py",
                "fn_name": "defs",
                "working_directory": "/code",
            },
            "container_image": null,
            "entry_point": ["dagster"],
            "container_context": {"docker": {"networks": ["outer"], "env_vars": ["B=2"]}},
        },
    });
    let mut run = DagsterRun::new(RunId::random().as_str(), "nightly");
    run.job_code_origin = Some(from_text(&origin.to_string()).unwrap());
    run
}

fn config() -> Value {
    json!({
        "image": "etl:1",
        "network": "inner",
        "env_vars": ["A=1", "TOKEN"],
        "container_kwargs": {"auto_remove": true, "stop_timeout": 20, "labels": ["team"]},
    })
}

#[tokio::test]
async fn a_run_gets_a_container_with_the_settings_of_all_layers() {
    let rig = Rig::new(config()).await;
    rig.launch().await.unwrap();
    let [container] = &rig.containers()[..] else { panic!("{:?}", rig.containers()) };
    let run = rig.reporter.stored();
    assert_eq!(container["status"], "running");
    assert_eq!(container["Image"], "etl:1");
    assert_eq!(
        container["Env"],
        json!(["A=1", "B=2", "DAGSTER_RUN_JOB_NAME=nightly", "TOKEN=t0k3n"])
    );
    assert_eq!(container["HostConfig"], json!({"AutoRemove": true, "NetworkMode": "inner"}));
    assert_eq!(container["joined"], "outer");
    let labels = json!({
        "team": "",
        "dagster/run_id": run.run_id.as_str(),
        "dagster/job_name": "nightly",
        "rondel.dev/attempt": "0",
    });
    assert_eq!(container["Labels"], labels);
    let command = container["Cmd"].as_array().unwrap();
    assert_eq!(command[..3], ["dagster", "api", "execute_run"]);
    assert!(command[3].as_str().unwrap().contains(run.run_id.as_str()));
    assert_eq!(run.tags["docker/container_id"], "c1");
    assert_eq!(run.tags["dagster/image"], "etl:1");
    let events = rig.reporter.events();
    let told = "[DockerRunLauncher] Launching run in a new container c1 with image etl:1";
    assert_eq!(events, [told]);
}

#[tokio::test]
async fn a_launch_interrupted_anywhere_and_repeated_makes_one_container() {
    let whole = Rig::new(config()).await;
    whole.launch().await.unwrap();
    let calls = whole.engine.state.lock().unwrap().calls.len();
    for done in 0..calls {
        let rig = Rig::new(config()).await;
        rig.engine.state.lock().unwrap().fails_after = Some(done);
        rig.launch().await.unwrap_err();
        rig.engine.state.lock().unwrap().fails_after = None;
        let run = rig.reporter.stored();
        let presence = rig.launcher.presence(&run, &rig.reporter).await.unwrap();
        assert_eq!(presence, WorkerPresence::Absent, "after {done} calls");
        rig.launch().await.unwrap();
        assert_eq!(rig.engine.statuses(), ["running"], "after {done} calls");
        let presence = rig.launcher.presence(&run, &rig.reporter).await.unwrap();
        assert_eq!(presence, WorkerPresence::Present);
    }
}

#[tokio::test]
async fn an_image_that_is_not_there_is_pulled_with_the_registrys_credentials() {
    let mut config = config();
    config["image"] = "registry.test/etl:2".into();
    let registry = json!({"url": "registry.test", "username": "u", "password": {"env": "TOKEN"}});
    config["registry"] = registry;
    let rig = Rig::new(config).await;
    let error = rig.launch().await.unwrap_err().to_string();
    assert!(error.contains("could not pull the image: manifest unknown"), "{error}");
    rig.engine.state.lock().unwrap().registry.push("registry.test/etl:2".to_owned());
    rig.launch().await.unwrap();
    assert_eq!(rig.engine.statuses(), ["running"]);
    let sent = rig.engine.state.lock().unwrap().credentials.clone().unwrap();
    let sent = base64::engine::general_purpose::URL_SAFE.decode(sent).unwrap();
    let sent: Value = serde_json::from_slice(&sent).unwrap();
    assert_eq!(
        sent,
        json!({"username": "u", "password": "t0k3n", "serveraddress": "registry.test"})
    );
}

#[tokio::test]
async fn a_worker_is_well_while_its_container_runs() {
    let rig = Rig::new(config()).await;
    let health = async || {
        let run = rig.reporter.stored();
        rig.launcher.check_health(&run, &rig.reporter).await.unwrap()
    };
    let before = health().await;
    assert_eq!(before.to_string(), "NOT_FOUND: 'No container ID tag for run.'");
    rig.launch().await.unwrap();
    assert_eq!(health().await.status, WorkerStatus::Running);
    rig.engine.set_status("exited");
    let ended = health().await;
    assert_eq!(ended.status, WorkerStatus::Failed);
    let message = ended.message.unwrap();
    assert!(message.starts_with("Container status is exited. Container state: {"), "{message}");
    rig.engine.state.lock().unwrap().containers.clear();
    let gone = health().await;
    assert_eq!(gone.to_string(), "NOT_FOUND: 'Could not find container with ID c1.'");
}

#[tokio::test]
async fn the_end_of_a_container_is_told_at_once_and_after_the_engine_was_away() {
    let rig = Rig::new(config()).await;
    let mut notices = rig.launcher.notices().unwrap();
    rig.launch().await.unwrap();
    let next = async |notices: &mut BoxStream<'static, WorkerNotice>| {
        tokio::time::timeout(Duration::from_secs(5), notices.next()).await.unwrap().unwrap()
    };
    let (told, ()) = tokio::join!(next(&mut notices), async {
        while rig.engine.state.lock().unwrap().listeners.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        rig.engine.end("c1");
    });
    assert_eq!(told.run_id, rig.reporter.stored().run_id);
    assert_eq!(told.condition, WorkerCondition::Ended);

    // what happens while nobody listens is told by the next stream
    rig.engine.hang_up();
    rig.engine.end("c1");
    assert_eq!(next(&mut notices).await.condition, WorkerCondition::Ended);
}

#[tokio::test]
async fn a_canceled_run_has_its_container_stopped() {
    let rig = Rig::new(config()).await;
    rig.launch().await.unwrap();
    let run = rig.reporter.stored();
    assert!(rig.launcher.terminate(&run.run_id, &rig.reporter).await.unwrap());
    assert_eq!(rig.containers()[0]["stopped_with"], "20");
    assert_eq!(rig.reporter.stored().status, RunStatus::Canceling);
    rig.reporter.forget_events();
    rig.launcher.discard(&run, &rig.reporter).await.unwrap();
    assert!(!rig.launcher.terminate(&run.run_id, &rig.reporter).await.unwrap());
    let told = "[DockerRunLauncher] Unable to get docker container to send termination request to.";
    assert_eq!(rig.reporter.events(), [told]);
}

#[tokio::test]
async fn another_worker_is_another_container() {
    let rig = Rig::new(config()).await;
    rig.launch().await.unwrap();
    rig.engine.set_status("exited");
    let (run, workspace) = (rig.reporter.stored(), WorkspaceSnapshot::default());
    rig.reporter.note_resumption();
    let context = LaunchContext { run: &run, workspace: &workspace, reporter: &rig.reporter };
    rig.launcher.resume(&context, 1).await.unwrap();
    assert_eq!(rig.engine.statuses(), ["exited", "running"]);
    assert_eq!(rig.containers()[1]["Cmd"][2], "resume_run");
    assert_eq!(rig.reporter.stored().tags["docker/container_id"], "c2");
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_told_with_its_address() {
    let variables = [("DOCKER_HOST".to_owned(), "unix:///nowhere/docker.sock".to_owned())].into();
    let launcher = DockerRunLauncher::with_environment(&config(), variables);
    let reporter = Reporter::new(run());
    let run = reporter.stored();
    let error = launcher.presence(&run, &reporter).await.unwrap_err().to_string();
    assert!(error.contains("unix:///nowhere/docker.sock"), "{error}");
}
