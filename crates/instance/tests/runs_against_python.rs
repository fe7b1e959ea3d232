//! Runs created, submitted, launched, canceled and reexecuted by Rondel and by Dagster: what is
//! recorded must be the same, event by event, on SQLite and on PostgreSQL.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use serde_json::{Value, json};
use support::actions::{perform_with_dagster, perform_with_rondel};
use support::normal::normalized;
use support::{Database, Rig};

const DEFAULT_COORDINATOR: &str =
    "run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}\n";

/// Has both perform the actions and compares what they recorded.
async fn compare(coordinator: &str, storage: &str, actions: Value) {
    let for_dagster = (coordinator.to_owned(), actions.clone());
    let reference =
        tokio::task::spawn_blocking(move || perform_with_dagster(&for_dagster.0, &for_dagster.1));
    let rig = Rig::start(&format!("{coordinator}{storage}")).await;
    let ours = perform_with_rondel(&rig, &actions).await;
    let (reference_home, reference) = reference.await.unwrap();
    assert_eq!(ours.len(), reference.len());
    for (index, (ours, theirs)) in ours.iter().zip(&reference).enumerate() {
        let ours = normalized(ours, &rig.home.path().to_string_lossy());
        let theirs = normalized(theirs, &reference_home.path().to_string_lossy());
        let differing: Vec<(&str, &str)> =
            ours.lines().zip(theirs.lines()).filter(|(ours, theirs)| ours != theirs).collect();
        if let Some((our_line, their_line)) = differing.first() {
            for (our_line, their_line) in &differing {
                eprintln!("OURS   {our_line}\nTHEIRS {their_line}");
            }
            assert_eq!(our_line, their_line, "dump {index}, {} lines differ", differing.len());
        }
        let counts = (ours.lines().count(), theirs.lines().count());
        assert_eq!(counts.0, counts.1, "dump {index}:\n{ours}\n{theirs}");
    }
    rig.stop().await;
}

fn postgres(database: &Database) -> String {
    format!("storage: {{postgres: {{postgres_url: '{}'}}}}\n", database.url)
}

/// Creating runs of every kind.
fn creations() -> Value {
    json!([
        {"do": "add_partitions", "name": "customers", "keys": ["ann", "bob", "eve"]},
        {"do": "create", "as": "op job", "job": "greeting", "run_config": {"ops": {"greet": {"config": {"name": "you"}}}}, "tags": {"own": "tag", "team": "mine"}},
        {"do": "create", "as": "some ops", "job": "greeting", "ops": ["greet"]},
        {"do": "create", "as": "some steps", "job": "failing", "step_keys": ["one"]},
        {"do": "create", "as": "asset job", "job": "two_assets"},
        {"do": "create", "as": "one asset", "job": "__ASSET_JOB", "assets": ["upstream"]},
        {"do": "create", "as": "no checks", "job": "__ASSET_JOB", "assets": ["upstream"], "checks": []},
        {"do": "create", "as": "only a check", "job": "__ASSET_JOB", "assets": [], "checks": [["upstream", "positive"]]},
        {"do": "create", "as": "a day", "job": "__ASSET_JOB", "assets": ["by_day"], "tags": {"dagster/partition": "2024-03-31"}},
        {"do": "create", "as": "an hour", "job": "__ASSET_JOB", "assets": ["by_hour"], "tags": {"dagster/partition": "2024-03-31-02:00"}},
        {"do": "create", "as": "a letter", "job": "__ASSET_JOB", "assets": ["by_letter"], "tags": {"dagster/partition": "b"}},
        {"do": "create", "as": "a customer", "job": "__ASSET_JOB", "assets": ["by_customer"], "tags": {"dagster/partition": "bob"}},
        {"do": "create", "as": "a cell", "job": "__ASSET_JOB", "assets": ["by_cell"], "tags": {"dagster/partition": "2024-01-02|a", "dagster/partition/day": "2024-01-02", "dagster/partition/letter": "a"}},
        {"do": "create", "as": "days", "job": "__ASSET_JOB", "assets": ["by_day"], "tags": {"dagster/asset_partition_range_start": "2024-03-30", "dagster/asset_partition_range_end": "2024-04-01"}},
        {"do": "create", "as": "letters", "job": "__ASSET_JOB", "assets": ["by_letter"], "tags": {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "b"}},
        {"do": "create", "as": "customers", "job": "__ASSET_JOB", "assets": ["by_customer"], "tags": {"dagster/asset_partition_range_start": "bob", "dagster/asset_partition_range_end": "eve"}},
        {"do": "dump"},
        {"do": "delete", "run": "op job"},
        {"do": "delete", "run": "one asset"},
        {"do": "dump"},
    ])
}

const ENDED: [&str; 2] = ["SUCCESS", "FAILURE"];

/// Launching at once, to success and to failure, and again from failure.
fn executions() -> Value {
    json!([
        {"do": "create", "as": "greeting", "job": "greeting"},
        {"do": "submit", "run": "greeting"},
        {"do": "wait", "run": "greeting", "for": ENDED},
        {"do": "submit", "run": "greeting"},
        {"do": "create", "as": "assets", "job": "two_assets"},
        {"do": "submit", "run": "assets"},
        {"do": "wait", "run": "assets", "for": ENDED},
        {"do": "create", "as": "failing", "job": "failing", "tags": {"own": "tag"}},
        {"do": "submit", "run": "failing"},
        {"do": "wait", "run": "failing", "for": ENDED},
        {"do": "reexecute", "as": "from failure", "run": "failing", "strategy": "FROM_FAILURE", "tags": {"more": "tags"}},
        {"do": "submit", "run": "from failure"},
        {"do": "wait", "run": "from failure", "for": ENDED},
        {"do": "reexecute", "as": "from failure again", "run": "from failure", "strategy": "FROM_FAILURE"},
        {"do": "reexecute", "as": "all", "run": "failing", "strategy": "ALL_STEPS"},
        {"do": "create", "as": "dynamic", "job": "dynamic_failing"},
        {"do": "submit", "run": "dynamic"},
        {"do": "wait", "run": "dynamic", "for": ENDED},
        {"do": "reexecute", "as": "dynamic again", "run": "dynamic", "strategy": "FROM_FAILURE"},
        {"do": "create", "as": "three", "job": "three_assets"},
        {"do": "submit", "run": "three"},
        {"do": "wait", "run": "three", "for": ENDED},
        {"do": "reexecute", "as": "missing assets", "run": "three", "strategy": "FROM_ASSET_FAILURE"},
        {"do": "dump"},
    ])
}

/// Through the queue: enqueued, canceled while queued, launched, canceled while running.
fn queueing() -> Value {
    json!([
        {"do": "create", "as": "queued", "job": "greeting", "tags": {"dagster/partition": "p"}},
        {"do": "submit", "run": "queued"},
        {"do": "submit", "run": "queued"},
        {"do": "dump"},
        {"do": "cancel", "run": "queued"},
        {"do": "create", "as": "sleeping", "job": "sleeping"},
        {"do": "submit", "run": "sleeping"},
        {"do": "launch", "run": "sleeping"},
        {"do": "wait", "run": "sleeping", "for": ["STARTED"], "event": "STEP_START"},
        {"do": "cancel", "run": "sleeping"},
        {"do": "wait", "run": "sleeping", "for": ["CANCELED"]},
        {"do": "cancel", "run": "sleeping"},
        {"do": "dump"},
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn created_runs_equal_dagsters_on_sqlite() {
    compare("", "", creations()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn created_runs_equal_dagsters_on_postgres() {
    let database = Database::create().await;
    compare("", &postgres(&database), creations()).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executed_and_reexecuted_runs_equal_dagsters_on_sqlite() {
    compare(DEFAULT_COORDINATOR, "", executions()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executed_and_reexecuted_runs_equal_dagsters_on_postgres() {
    let database = Database::create().await;
    compare(DEFAULT_COORDINATOR, &postgres(&database), executions()).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queued_and_canceled_runs_equal_dagsters_on_sqlite() {
    compare("", "", queueing()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queued_and_canceled_runs_equal_dagsters_on_postgres() {
    let database = Database::create().await;
    compare("", &postgres(&database), queueing()).await;
    database.drop().await;
}
