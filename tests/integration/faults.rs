//! What breaks around Rondel: code servers that go and come, processes that are stopped, databases.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::harness::{Server, free_port, python, quickstart, required, rondel, wait_for};
use crate::judge::{self, Judge};

/// A code server of somebody else's, on a TCP port.
struct CodeServer(Child);

impl CodeServer {
    fn start(file: &Path, port: u16) -> Self {
        let child = Command::new(python())
            .args(["-m", "dagster", "api", "grpc", "--lazy-load-user-code", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string(), "-f", file.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for CodeServer {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn definitions(home: &Path, job: &str) -> std::path::PathBuf {
    let file = home.join(format!("{job}.py"));
    let text = format!(
        "import dagster as dg\n\n@dg.op\ndef work(): ...\n\n@dg.job\ndef {job}():\n    work()\n\ndefs = dg.Definitions(jobs=[{job}])\n"
    );
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn a_code_server_that_returns_on_its_port_with_other_code_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let port = free_port();
    let before = CodeServer::start(&definitions(home.path(), "before"), port);
    let port_text = port.to_string();
    let server = Server::start(Some(home.path()), "", &["webserver", "--grpc-port", &port_text]);
    let has_job = |name: &str| {
        let listed = server.command(&["job", "list"]);
        String::from_utf8_lossy(&listed.stdout).contains(name).then_some(())
    };
    wait_for("the first code", Duration::from_secs(180), || has_job("before"));
    drop(before);
    std::thread::sleep(Duration::from_secs(1));
    has_job("before").expect("the last good snapshot is served while the server is away");
    let _after = CodeServer::start(&definitions(home.path(), "after"), port);
    wait_for("the other code", Duration::from_secs(180), || has_job("after"));
}

#[test]
fn a_server_stopped_in_the_middle_of_launching_loses_no_run() {
    let home = tempfile::tempdir().unwrap();
    let yaml = "code_servers:\n  wait_for_local_processes_on_shutdown: true\n";
    let file = quickstart();
    let args = ["dev", "-f", file.to_str().unwrap()];
    let mut server = Server::start(Some(home.path()), yaml, &args);
    server.wait_until_loaded();
    server.succeed(&["schedule", "stop", "every_minute"]);
    let runs: Vec<String> =
        (0..3).map(|_| server.succeed(&["job", "launch", "heartbeat"]).trim().to_owned()).collect();
    let children = server.descendants();
    server.terminate();
    wait_for("end of every child", Duration::from_secs(180), || {
        children.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists()).then_some(())
    });

    let server = Server::start(Some(home.path()), yaml, &args);
    for run in &runs {
        wait_for("the run's success", Duration::from_secs(240), || {
            let status = server.run_status(run);
            assert!(!matches!(status.as_str(), "FAILURE" | "CANCELED"), "{run} is {status}");
            (status == "SUCCESS").then_some(())
        });
        let log = server.succeed(&["run", "logs", run]);
        assert_eq!(log.matches("RUN_START ").count(), 1, "{log}");
    }
}

#[test]
fn a_project_runs_on_postgresql() {
    let url = required("RONDEL_TEST_POSTGRES_URL", "a PostgreSQL superuser's URL");
    let home = tempfile::tempdir().unwrap();
    let yaml = format!(
        "storage:\n  postgres:\n    postgres_url: {}\n",
        url.replace("postgresql://", "postgresql+psycopg2://")
    );
    let file = definitions(home.path(), "on_postgres");
    let server = Server::start(Some(home.path()), &yaml, &["dev", "-f", file.to_str().unwrap()]);
    server.wait_until_loaded();
    let log = server.succeed(&["job", "launch", "on_postgres", "--wait"]);
    assert!(log.contains("RUN_SUCCESS"), "{log}");
    let info = rondel(&server.home).args(["instance", "info"]).output().unwrap();
    let info = String::from_utf8(info.stdout).unwrap();
    assert!(info.contains("postgresql://") && !info.contains("history"), "{info}");
}

#[test]
fn a_read_only_server_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = definitions(home.path(), "looked_at");
    let args = ["webserver", "--read-only", "-f", file.to_str().unwrap()];
    let server = Server::start(Some(home.path()), "", &args);
    server.wait_until_loaded();
    let refused = server.command(&["job", "launch", "looked_at"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Unauthorized"));
    let data = server.graphql("{ runsOrError { ... on Runs { results { runId } } } }", json!({}));
    assert_eq!(data["runsOrError"]["results"], json!([]));
}

#[test]
fn a_code_server_that_hangs_delays_no_other_location() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        path
    };
    let (home, slow, quick) = (at("home"), at("slow"), at("quick"));
    let yaml = "telemetry: {enabled: false}\nrun_queue: {max_concurrent_runs: 1000}\n";
    std::fs::write(home.join("dagster.yaml"), yaml).unwrap();
    let hangs = judge::CodeServer::start("interrupted.py", &slow, &[("HANGS", "3600")]);
    let works = judge::CodeServer::start("interrupted.py", &quick, &[]);
    works.serve(&home);
    let workspace = folder.path().join("workspace.yaml");
    let entry = |name: &str, port: u16| {
        format!("  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: {name}}}\n")
    };
    let entries = entry("slow", hangs.port) + &entry("quick", works.port);
    std::fs::write(&workspace, format!("load_from:\n{entries}")).unwrap();
    // more than are launched at once in one location, and then one that could start at once
    let mut judge = Judge::start();
    judge.ask(&home, &workspace, json!({"op": "enqueue", "arguments": [40, 0]}));
    judge.ask(&home, &workspace, json!({"op": "enqueue", "arguments": [1, 1]}));
    let mut daemon = rondel(&home)
        .args(["daemon", "run", "-w", workspace.to_str().unwrap()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // what its sensor asks for may be launched together with it
    wait_for("launch in the quick location", Duration::from_secs(60), || {
        std::fs::read_to_string(home.join("launched")).ok().filter(|text| text.ends_with('\n'))
    });
    // its sensor and its schedule go on, too
    let ticks = |state: &serde_json::Value| state["cursors"]["watching"] == "1";
    wait_for("tick of the quick location's sensor", Duration::from_secs(60), || {
        let state = judge.ask(&home, &workspace, json!({"op": "report"}));
        ticks(&state).then_some(())
    });
    daemon.kill().unwrap();
    daemon.wait().unwrap();
}
