//! A leader that is killed while it makes Jobs. Their pods ask for a node that there is not: what counts is how many Jobs
//! there are.

use std::collections::BTreeMap;
use std::time::Duration;

use rondel_kubernetes_simulator::{ClusterOptions, Testbed};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::cluster::launcher;
use crate::daemons::Home;
use crate::harness::{free_port, run_python, wait_for};

/// How many runs there are, unless `RONDEL_TEST_KILLED_LAUNCHES` says otherwise.
const RUNS: usize = 120;

fn runs() -> usize {
    let given = std::env::var("RONDEL_TEST_KILLED_LAUNCHES").ok();
    given.and_then(|given| given.parse().ok()).unwrap_or(RUNS)
}

const DEFINITIONS: &str = r#"
import dagster as dg

@dg.op
def nothing(): ...

@dg.job
def work():
    nothing()

defs = dg.Definitions(jobs=[work])
"#;

#[test]
fn a_leader_killed_while_it_makes_jobs_leaves_each_run_one_job() {
    let wanted = runs();
    let runtime = Runtime::new().unwrap();
    let options = ClusterOptions { without_kubelet: true, ..ClusterOptions::default() };
    let cluster = runtime.block_on(Testbed::start(options)).unwrap();
    let launcher = launcher(&cluster);
    let home =
        Home::new(&format!("run_queue:\n  max_concurrent_runs: -1\nrun_launcher: {launcher}\n"));
    let port = free_port();
    let _code = home.code_server(DEFINITIONS, port);
    let submitted =
        run_python("daemons.py", &["submit", &port.to_string(), &wanted.to_string()], home.path());
    let submitted: Vec<&str> = submitted.lines().collect();
    assert_eq!(submitted.len(), wanted);
    let jobs = || cluster.list("jobs.batch", cluster.namespace()).unwrap();

    // Three leaders, each killed at another place of its work.
    for share in [1, 3, 5] {
        let leader = home.daemon(port);
        wait_for("Jobs", Duration::from_secs(120), || {
            (jobs().len() >= wanted * share / 8).then_some(())
        });
        leader.process.signal("-KILL");
    }
    assert!(jobs().len() < wanted, "all were launched before the last leader was killed");
    let last = home.daemon(port);
    wait_for("a Job for each run", Duration::from_secs(180 + wanted as u64 / 5), || {
        (jobs().len() >= wanted).then_some(())
    });
    wait_for("an empty queue", Duration::from_secs(60), || {
        home.report()["statuses"].get("QUEUED").is_none().then_some(())
    });
    // what was in doubt has been decided when the next iterations are through
    std::thread::sleep(Duration::from_secs(6));
    let mut jobs_of: BTreeMap<String, usize> = BTreeMap::new();
    for job in jobs() {
        let run = job["metadata"]["labels"]["dagster/run-id"].as_str().unwrap();
        *jobs_of.entry(run.to_owned()).or_default() += 1;
    }
    for run in &submitted {
        assert_eq!(jobs_of.get(*run), Some(&1), "{run}\n{}", last.said());
    }
    assert_eq!(jobs_of.len(), wanted);
    assert_eq!(home.report()["statuses"], json!({"STARTING": wanted}));
}
