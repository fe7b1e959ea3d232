//! A backfill of assets with 1,000,000 partitions, minutes of two years: its plan, an iteration after some of it was
//! made, and what is stored of it.
//!
//! A chain of five assets, of which one run makes 10,000 partitions. What is wanted, requested and made are intervals:
//! an iteration must cost by the runs and not by the partitions.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

#[path = "../../../benches/support/cpu.rs"]
mod cpu;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_backfill::{
    BackfillGraph, Decision, Materialization, Observation, Progress, Selected, decide,
    requested_by, target_of_keys,
};
use rondel_model::ids::{AssetKey, RepositorySelector};
use rondel_model::serdes::from_text;
use rondel_partitions::Context;

use cpu::CpuTime;

const LENGTH: usize = 5;
const PER_RUN: usize = 10_000;

/// 2022-01-01
const START: f64 = 1_640_995_200.0;

fn graph() -> BackfillGraph {
    let node = |place: usize| {
        let parent = (place > 0).then(|| {
            format!(
                r#"{{"__class__": "ExternalAssetDependency", "upstream_asset_key":
                {{"__class__": "AssetKey", "path": ["minutes_{}"]}}}}"#,
                place - 1
            )
        });
        format!(
            r#"{{"__class__": "ExternalAssetNode",
            "asset_key": {{"__class__": "AssetKey", "path": ["minutes_{place}"]}},
            "dependencies": [{}], "op_names": [], "job_names": ["__ASSET_JOB"], "group_name": "default",
            "execution_type": {{"__enum__": "AssetExecutionType.MATERIALIZATION"}},
            "backfill_policy": {{"__class__": "BackfillPolicy", "max_partitions_per_run": {PER_RUN}}},
            "partitions_def_data": {{"__class__": "ExternalTimeWindowPartitionsDefinitionData",
                "cron_schedule": "* * * * *", "end_offset": 0, "fmt": "%Y-%m-%d-%H:%M",
                "start": {START:.1}, "timezone": "UTC"}}}}"#,
            parent.unwrap_or_default()
        )
    };
    let nodes: Vec<String> = (0..LENGTH).map(node).collect();
    let snap = from_text(&format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r", "external_schedule_datas": [],
            "external_partition_set_datas": [], "external_sensor_datas": [],
            "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    ))
    .expect("a snapshot");
    let repository = Arc::new(RepositorySelector::default());
    let source = RepositoryAssets { repository, snap: Arc::new(snap) };
    BackfillGraph::new(Arc::new(AssetGraph::build(vec![source])))
}

fn plan(graph: &BackfillGraph, context: &Context) -> Decision {
    let assets: Vec<AssetKey> =
        (0..LENGTH).map(|place| AssetKey::new([format!("minutes_{place}")])).collect();
    let target = target_of_keys(&assets, Selected::All, graph, context).expect("a target");
    let observed = Observation { latest_storage_id: 1, ..Observation::default() };
    decide(&Progress::new(target), &observed, None, graph, context).expect("a decision")
}

/// Every partition of one run was made, of every asset.
fn made(graph: &BackfillGraph, context: &Context) -> Observation {
    let asset = AssetKey::new(["minutes_0"]);
    let definition = graph.partitions(&asset).expect("known").expect("partitioned");
    let all = rondel_partitions::PartitionsSubset::all(definition, context).expect("partitions");
    let keys = all.first_keys(PER_RUN, context).expect("keys");
    let made = (0..LENGTH).flat_map(|place| {
        keys.iter().map(move |key| Materialization {
            asset_key: AssetKey::new([format!("minutes_{place}")]),
            partition: Some(key.clone()),
            run_id: "a".to_owned(),
        })
    });
    Observation { latest_storage_id: 2, materializations: made.collect(), failed_runs: Vec::new() }
}

/// Tells how much memory the process has taken at most so far.
fn tell_memory(after: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let taken = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    eprintln!("memory {after}: {}", taken.replace('\t', " "));
}

fn benches(criterion: &mut Criterion<CpuTime>) {
    let graph = graph();
    let context = Context::at(START + 1_000_000.0 * 60.0);
    let mut group = criterion.benchmark_group("a backfill of 5 × 1,000,000 partitions");
    group.sample_size(10);
    let first = plan(&graph, &context);
    assert_eq!(first.requests.len(), 1_000_000 / PER_RUN);
    group.bench_function("plan", |bencher| bencher.iter(|| black_box(plan(&graph, &context))));
    group.bench_function("what 100 runs request", |bencher| {
        bencher.iter(|| black_box(requested_by(&first.requests, &graph, &context)));
    });
    let requested = requested_by(&first.requests, &graph, &context).expect("a subset");
    let progress = Progress { requested, ..first.progress.clone() };
    let observed = made(&graph, &context);
    group.bench_function("an iteration, 50,000 partitions were made", |bencher| {
        bencher.iter(|| black_box(decide(&progress, &observed, None, &graph, &context)));
    });
    let nothing = Observation { latest_storage_id: 2, ..Observation::default() };
    group.bench_function("an iteration, nothing was made", |bencher| {
        bencher.iter(|| black_box(decide(&progress, &nothing, None, &graph, &context)));
    });
    group.finish();
    tell_memory("at the end");
}

criterion_group! {
    name = all;
    config = Criterion::default().with_measurement(CpuTime);
    targets = benches
}
criterion_main!(all);
