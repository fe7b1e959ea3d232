//! Planning a backfill of 200 assets × 1,000 partitions, beside Dagster doing the same.
//!
//! From the selected assets to the runs of the first iteration: 200,000 partitions of assets in 1,000 runs.
//! Needs `RONDEL_TEST_PYTHON`, an interpreter with `dagster` 1.13. Ends with an error unless both request
//! the same and Dagster takes at least fifty times as long.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_backfill::{
    BackfillGraph, Decision, Observation, Progress, Selected, decide, target_of_keys,
};
use rondel_model::ids::{AssetKey, RepositorySelector};
use rondel_model::serdes::from_text;
use rondel_partitions::Context;
use serde_json::Value;

const CHAINS: &str = "20";
const LENGTH: &str = "10";
const PARTITIONS: &str = "1000";

/// How much longer Dagster is to take.
const TIMES: f64 = 50.0;

const ROUNDS: usize = 10;

fn dagster() -> Value {
    let python = std::env::var_os("RONDEL_TEST_PYTHON")
        .expect("RONDEL_TEST_PYTHON must name a Python interpreter with dagster 1.13 installed");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/plan.py");
    let output = Command::new(python)
        .args([script, CHAINS, LENGTH, PARTITIONS])
        .output()
        .expect("the interpreter starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("an object")
}

fn plan(assets: &[AssetKey], graph: &BackfillGraph, context: &Context) -> Decision {
    let target = target_of_keys(assets, Selected::All, graph, context).expect("a target");
    let observed = Observation { latest_storage_id: 1, ..Observation::default() };
    decide(&Progress::new(target), &observed, None, graph, context).expect("a decision")
}

fn main() {
    // `cargo test --benches` only wants to see it built.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let theirs = dagster();
    let snap = from_text(theirs["repository"].as_str().expect("a text")).expect("a snapshot");
    let repository = Arc::new(RepositorySelector::default());
    let source = RepositoryAssets { repository, snap: Arc::new(snap) };
    let graph = BackfillGraph::new(Arc::new(AssetGraph::build(vec![source])));
    let context = Context::at(theirs["now"].as_f64().expect("a time"));
    let assets: Vec<AssetKey> = theirs["assets"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|path| {
            serde_json::from_value(path.clone())
                .map(|path: Vec<String>| AssetKey::from(path))
                .expect("a key")
        })
        .collect();

    let decision = plan(&assets, &graph, &context);
    let selected = decision.requests.iter().flat_map(|it| &it.asset_selection).map(Vec::len);
    let (runs, partitions) = (decision.requests.len(), selected.sum::<usize>());
    assert_eq!(Some(runs as u64), theirs["runs"].as_u64(), "other runs than Dagster's");
    assert_eq!(Some(partitions as u64), theirs["asset_partitions"].as_u64(), "other partitions");

    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            black_box(plan(&assets, &graph, &context));
            began.elapsed()
        })
        .collect();
    times.sort();
    // The fastest: Dagster is measured in time of the processor, which nothing else slows down.
    let ours = times[0].as_secs_f64();
    let theirs = theirs["seconds"].as_f64().expect("a time");
    println!(
        "{} assets × {PARTITIONS} partitions in {runs} runs: {:.1} ms, Dagster {theirs:.2} s, {:.0} times",
        assets.len(),
        ours * 1e3,
        theirs / ours
    );
    assert!(theirs / ours >= TIMES, "less than {TIMES} times as fast as Dagster");
}
