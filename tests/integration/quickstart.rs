//! What a new user does with the quickstart.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Server, wait_for};

#[test]
fn a_user_materializes_assets_launches_jobs_and_sees_the_schedule_fire() {
    let mut server = Server::dev_of_quickstart();
    server.wait_until_loaded();

    let run = server.succeed(&["asset", "materialize", "--select", "menu", "--wait"]);
    assert!(run.contains("ASSET_MATERIALIZATION") && run.contains("RUN_SUCCESS"), "{run}");
    let assets = server.succeed(&["asset", "list", "--select", "menu+"]);
    assert!(assets.contains("receipts") && !assets.contains("shop_profile"), "{assets}");

    let launched = server.succeed(&["job", "launch", "roast_batch", "--wait"]);
    let run_id = launched.lines().next().unwrap().to_owned();
    assert!(launched.contains("12 kg green give 10.08 kg roasted"), "{launched}");
    let shown = server.succeed(&["run", "show", &run_id]);
    assert!(shown.contains("status   SUCCESS"), "{shown}");

    captured_output_is_readable(&server, &run_id);
    a_partition_is_materialized(&server);
    the_schedule_fires(&server);

    let children = server.descendants();
    assert!(!children.is_empty());
    assert!(server.terminate().success());
    wait_for("end of the code server", Duration::from_secs(15), || {
        children.iter().all(|pid| !alive(*pid)).then_some(())
    });
}

fn captured_output_is_readable(server: &Server, run_id: &str) {
    let data = server.graphql(
        "query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events { __typename \
         ... on LogsCapturedEvent { fileKey stepKeys } } } } }",
        json!({ "id": run_id }),
    );
    let events = data["logsForRun"]["events"].as_array().unwrap().clone();
    let keys: Vec<_> = events
        .iter()
        .filter(|event| event["__typename"] == "LogsCapturedEvent")
        .filter_map(|event| event["fileKey"].as_str())
        .collect();
    assert_eq!(keys.len(), 3, "{events:?}");
    let texts: Vec<String> = keys
        .iter()
        .map(|key| {
            let data = server.graphql(
                "query($key: [String!]!) { capturedLogs(logKey: $key) { stdout stderr cursor } }",
                json!({ "key": [run_id, "compute_logs", key] }),
            );
            data["capturedLogs"]["stdout"].as_str().unwrap_or_default().to_owned()
        })
        .collect();
    assert!(texts.iter().any(|text| text.contains("crack ... crack ... done")), "{texts:?}");
}

fn a_partition_is_materialized(server: &Server) {
    let log = server.succeed(&[
        "asset",
        "materialize",
        "--select",
        "weather",
        "--partition",
        "2026-11-20",
        "--wait",
    ]);
    assert!(log.contains("2026-11-20"), "{log}");
    let refused = server.command(&["asset", "materialize", "--select", "weather"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--partition"));
}

fn the_schedule_fires(server: &Server) {
    wait_for("run of the schedule of each minute", Duration::from_secs(200), || {
        let runs = server.succeed(&["run", "list", "--job", "heartbeat", "--json"]);
        let runs: serde_json::Value = serde_json::from_str(&runs).ok()?;
        let first = runs.get(0)?;
        assert_ne!(first["status"], "FAILURE", "{first}");
        (first["status"] == "SUCCESS").then_some(())
    });
    let stopped = server.succeed(&["schedule", "stop", "every_minute"]);
    assert!(stopped.contains("STOPPED"), "{stopped}");
}

#[test]
fn a_running_job_is_canceled() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("slow.py");
    std::fs::write(
        &file,
        "import time\nimport dagster as dg\n\n@dg.op\ndef wait():\n    time.sleep(120)\n\n@dg.job\ndef slow():\n    wait()\n\ndefs = dg.Definitions(jobs=[slow])\n",
    )
    .unwrap();
    let server = Server::start(Some(home.path()), "", &["dev", "-f", file.to_str().unwrap()]);
    server.wait_until_loaded();
    let run_id = server.succeed(&["job", "launch", "slow"]).trim().to_owned();
    wait_for("started run", Duration::from_secs(180), || {
        (server.run_status(&run_id) == "STARTED").then_some(())
    });
    server.succeed(&["run", "cancel", &run_id]);
    wait_for("canceled run", Duration::from_secs(180), || {
        (server.run_status(&run_id) == "CANCELED").then_some(())
    });
}

/// The figures that are promised hold for a release build on a quiet machine; `make test` runs this scenario
/// alone on one. A debug build beside other tests only has to be in their neighbourhood.
#[test]
fn webserver_and_daemon_stay_within_their_budgets() {
    let released = std::env::var_os("RONDEL_TEST_BINARY").is_some();
    let (first_answer, memory) = if released { (300, 80.0) } else { (1500, 160.0) };

    let answered = (0..3)
        .map(|_| {
            let server = Server::dev_of_quickstart();
            server.graphql("{ version }", json!({}));
            server.started.elapsed()
        })
        .min()
        .unwrap();
    assert!(answered < Duration::from_millis(first_answer), "first answer after {answered:?}");

    let server = Server::dev_of_quickstart();
    server.wait_until_loaded();
    server.succeed(&["asset", "materialize", "--select", "menu", "--wait"]);
    server.succeed(&["job", "launch", "roast_batch", "--wait"]);
    for page in ["run list", "asset list", "job list", "schedule list", "sensor list"] {
        server.succeed(&page.split(' ').collect::<Vec<_>>());
    }
    let resident = server.resident_mib();
    println!("first answer after {answered:?}, {resident:.1} MiB resident");
    assert!(resident < memory, "{resident:.1} MiB resident");
}

fn alive(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}
