//! Many steps of one run that can start at the same time. The cluster is always the simulated one, which takes as
//! long to answer as one at some distance: what counts is how soon the Jobs are there. Their pods ask for a node that
//! there is not.

use std::time::{Duration, Instant};

use rondel_kubernetes_simulator::{ClusterOptions, Testbed};
use tokio::runtime::Runtime;

use crate::cluster::launcher;
use crate::daemons::Home;
use crate::harness::{free_port, run_python, wait_for};

const STEPS: usize = 500;

const DEFINITIONS: &str = r#"
import dagster as dg
from dagster_k8s import k8s_job_executor

@dg.op
def nothing(): ...

@dg.job(executor_def=k8s_job_executor)
def wide():
    for number in range(500):
        nothing.alias(f"nothing_{number}")()

defs = dg.Definitions(jobs=[wide])
"#;

#[test]
fn the_jobs_of_steps_that_start_together_are_made_side_by_side() {
    let runtime = Runtime::new().unwrap();
    let latency = Duration::from_millis(40);
    let options = ClusterOptions { without_kubelet: true, latency, ..ClusterOptions::default() };
    let cluster = runtime.block_on(Testbed::start_simulated(options)).unwrap();
    let launcher = launcher(&cluster);
    let home = Home::new(&format!("run_launcher: {launcher}\n"));
    let port = free_port();
    let _code = home.code_server(DEFINITIONS, port);
    let daemon = home.daemon(port);
    let tag = "rondel/kubernetes_executor=host";
    run_python("steps.py", &["submit", &port.to_string(), "wide", tag], home.path());

    let store = cluster.simulated().unwrap().store();
    let count = || store.list("jobs.batch", cluster.namespace()).len();
    wait_for("first Job", Duration::from_secs(120), || (count() > 0).then_some(()));
    let first = Instant::now();
    wait_for("all Jobs", Duration::from_secs(120), || (count() == STEPS).then_some(()));
    let took = first.elapsed();
    println!("{STEPS} Jobs within {took:?} of the first");
    // one after the other, waiting alone would take longer
    let alone = latency * (STEPS as u32 - 1);
    assert!(took < alone / 2, "{took:?}\n{}", daemon.said());
}
