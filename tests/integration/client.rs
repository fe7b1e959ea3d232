//! The unmodified Python client drives Rondel, and Python reads what Rondel stored.

use std::time::Duration;

use serde_json::Value;

use crate::harness::{Server, quickstart, rondel, run_python, wait_for};

#[test]
fn the_python_graphql_client_submits_follows_reloads_and_terminates() {
    let server = Server::dev_of_quickstart();
    server.wait_until_loaded();
    let port = server.url.rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    let report = run_python("graphql_client.py", &[&port], &server.home);
    assert!(report.contains("client: ok"), "{report}");
    let report = run_python("read_instance.py", &[], &server.home);
    assert!(report.contains("instance: ok"), "{report}");
}

#[test]
fn a_run_is_recorded_as_dagster_records_it() {
    let server = Server::dev_of_quickstart();
    server.wait_until_loaded();
    server.succeed(&["job", "launch", "roast_batch", "--tag", "by=client", "--wait"]);
    let listed = server.succeed(&["run", "list", "--job", "roast_batch", "--json"]);
    let runs: Value = serde_json::from_str(&listed).unwrap();
    let run_id = runs[0]["runId"].as_str().unwrap();
    // The code server writes one more event after the run's end.
    wait_for("the worker's last event", Duration::from_secs(10), || {
        let log = server.succeed(&["run", "logs", run_id]);
        log.contains("Process for run exited").then_some(())
    });
    let definitions = quickstart();
    let arguments = [run_id, definitions.to_str().unwrap()];
    let report = run_python("compare_with_dagster.py", &arguments, &server.home);
    assert!(report.contains("equal"), "{report}");
}

#[test]
fn every_operation_of_the_official_web_application_is_valid() {
    let home = tempfile::tempdir().unwrap();
    let schema = home.path().join("schema.graphql");
    let sdl = rondel(home.path()).args(["graphql", "schema"]).output().unwrap().stdout;
    std::fs::write(&schema, sdl).unwrap();
    let report = run_python("../../compat/ui/check.py", &[schema.to_str().unwrap()], home.path());
    assert!(report.contains(" passed, 0 failed"), "{report}");
}
