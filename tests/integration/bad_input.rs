//! What users get wrong, and what Rondel says then.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use crate::harness::{Server, quickstart, rondel, wait_for};

/// Runs `rondel webserver` with this dagster.yaml, expecting that it refuses to start.
fn refused(dagster_yaml: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("dagster.yaml"), dagster_yaml).unwrap();
    let output = rondel(home.path())
        .args(["webserver", "--empty-workspace", "-p", "0"])
        .env("RONDEL_STORAGE_CONNECT_SECONDS", "1")
        .output()
        .unwrap();
    text_of_failure(&output)
}

fn text_of_failure(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[rstest]
#[case::a_key_that_does_not_exist("run_queue:\n  max_concurent_runs: 3\n", &["dagster.yaml", "2", "max_concurent_runs", "max_concurrent_runs"])]
#[case::a_wrong_type("run_queue:\n  max_concurrent_runs: many\n", &["dagster.yaml", "2", "max_concurrent_runs"])]
#[case::not_yaml("run_queue: [1, 2\n", &["dagster.yaml"])]
#[case::a_missing_variable("storage:\n  postgres:\n    postgres_url:\n      env: NO_SUCH_VARIABLE\n", &["NO_SUCH_VARIABLE", "postgres_url"])]
#[case::an_unknown_class("run_launcher:\n  module: my_company.launchers\n  class: RocketLauncher\n", &["RocketLauncher", "DefaultRunLauncher"])]
#[case::an_unreachable_database("storage:\n  postgres:\n    postgres_url: postgresql://someone:verysecret@127.0.0.1:1/nothing\n", &["127.0.0.1", "1"])]
fn a_wrong_dagster_yaml_is_refused_with_the_place_and_the_remedy(
    #[case] yaml: &str,
    #[case] needles: &[&str],
) {
    let text = refused(yaml);
    for needle in needles {
        assert!(text.contains(needle), "'{needle}' is missing in:\n{text}");
    }
    assert!(!text.contains("verysecret"), "{text}");
}

#[test]
fn a_wrong_workspace_yaml_is_refused_with_the_place_and_the_remedy() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("workspace.yaml");
    std::fs::write(&file, "load_from:\n  - python_fil: definitions.py\n").unwrap();
    let output = rondel(home.path()).args(["webserver", "-p", "0"]).output().unwrap();
    let text = text_of_failure(&output);
    for needle in ["workspace.yaml", "2", "python_fil", "python_file"] {
        assert!(text.contains(needle), "'{needle}' is missing in:\n{text}");
    }
}

#[test]
fn a_location_with_a_syntax_error_shows_it_and_leaves_the_others_alone() {
    let home = tempfile::tempdir().unwrap();
    let broken = home.path().join("broken.py");
    std::fs::write(&broken, "import dagster as dg\n\ndef oops(:\n    pass\n").unwrap();
    let good = quickstart();
    let server = Server::start(
        Some(home.path()),
        "",
        &["dev", "-f", broken.to_str().unwrap(), "-f", good.to_str().unwrap()],
    );
    server.wait_until_loaded();
    let entry = location(&server, "broken.py");
    assert_eq!(entry["__typename"], "PythonError", "{entry}");
    let text = entry.to_string();
    assert!(text.contains("SyntaxError") && text.contains("broken.py"), "{text}");
    assert_eq!(location(&server, "definitions.py")["__typename"], "RepositoryLocation");

    std::fs::write(&broken, "import dagster as dg\n\n@dg.asset\ndef mended(): ...\n").unwrap();
    server.succeed(&["location", "reload", "broken.py"]);
    assert_eq!(location(&server, "broken.py")["__typename"], "RepositoryLocation");
}

fn location(server: &Server, name: &str) -> serde_json::Value {
    let data = server.graphql(
        "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename \
         ... on PythonError { message stack errorChain { error { message stack } } } } } } } }",
        json!({}),
    );
    let entries = data["workspaceOrError"]["locationEntries"].as_array().unwrap().clone();
    entries.into_iter().find(|entry| entry["name"] == name).unwrap()["locationOrLoadError"].clone()
}

#[test]
fn a_killed_code_server_comes_back_by_itself() {
    let server = Server::dev_of_quickstart();
    server.wait_until_loaded();
    let code_servers: Vec<u32> =
        server.descendants().into_iter().filter(|pid| is_code_server(*pid)).collect();
    assert!(!code_servers.is_empty());
    server.succeed(&["job", "list"]);
    for pid in &code_servers {
        std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    }
    // While it is away, what was seen of it is served.
    assert!(server.succeed(&["job", "list"]).contains("roast_batch"));
    wait_for("a new code server", Duration::from_secs(180), || {
        server
            .descendants()
            .into_iter()
            .any(|pid| is_code_server(pid) && !code_servers.contains(&pid))
            .then_some(())
    });
    wait_for("a launch that works again", Duration::from_secs(180), || {
        server.command(&["job", "launch", "heartbeat", "--wait"]).status.success().then_some(())
    });
}

fn is_code_server(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.replace('\0', " ").contains("dagster api grpc"))
}

#[test]
fn a_port_in_use_is_named_with_the_remedy() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = tempfile::tempdir().unwrap();
    let output =
        rondel(home.path()).args(["webserver", "--empty-workspace", "-p", &port]).output().unwrap();
    let text = text_of_failure(&output);
    assert!(text.contains(&port) && text.contains("--port"), "{text}");
}

#[test]
fn a_relative_dagster_home_is_refused() {
    let output = rondel(Path::new("/"))
        .env("DAGSTER_HOME", "relative/path")
        .args(["webserver", "--empty-workspace", "-p", "0"])
        .output()
        .unwrap();
    let text = text_of_failure(&output);
    assert!(text.contains("DAGSTER_HOME") && text.contains("absolute"), "{text}");
}
