//! 10,000 assets of 100 partitions each: building the graph, and a tick in which 100 roots were updated.
//!
//! Assets form 1,000 chains of ten, all with `AutomationCondition.eager()`. Reading from the database is
//! not part of the figures.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

#[path = "../../../benches/support/cpu.rs"]
mod cpu;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_automation::{
    AutomationGraph, DaemonCursor, Key, LatestEvent, ManyPartitions, Memory, Observation, Packer,
    PartitionStatus, Tick, View, run_requests,
};
use rondel_model::ids::{AssetKey, RepositorySelector};
use rondel_model::serdes::{Map, from_text};
use rondel_model::snap::RepositorySnap;
use rondel_partitions::{Context, PartitionsSubset};

use cpu::CpuTime;

const CHAINS: usize = 1_000;
const LENGTH: usize = 10;
const UPDATED: usize = 100;

/// 2024-01-01 and a hundred days later.
const START: f64 = 1_704_067_200.0;
const NOW: f64 = START + 100.0 * 86_400.0 + 3_600.0;

/// `AutomationCondition.eager()` as a code server sends it.
const EAGER: &str = include_str!("eager.json");

fn name(chain: usize, place: usize) -> String {
    format!("chain_{chain:04}_{place}")
}

fn repository() -> RepositoryAssets {
    let mut nodes = Vec::with_capacity(CHAINS * LENGTH);
    for chain in 0..CHAINS {
        for place in 0..LENGTH {
            let parent = (place > 0).then(|| {
                format!(
                    r#"{{"__class__": "ExternalAssetDependency", "upstream_asset_key":
                    {{"__class__": "AssetKey", "path": ["{}"]}}}}"#,
                    name(chain, place - 1)
                )
            });
            nodes.push(format!(
                r#"{{"__class__": "ExternalAssetNode",
                "asset_key": {{"__class__": "AssetKey", "path": ["{}"]}},
                "dependencies": [{}], "op_names": [], "job_names": ["__ASSET_JOB"],
                "group_name": "default",
                "execution_type": {{"__enum__": "AssetExecutionType.MATERIALIZATION"}},
                "partitions_def_data": {{
                    "__class__": "ExternalTimeWindowPartitionsDefinitionData",
                    "cron_schedule": "0 0 * * *", "end_offset": 0, "fmt": "%Y-%m-%d",
                    "start": {START:.1}, "timezone": "UTC"}},
                "auto_materialize_policy": {{"__class__": "AutoMaterializePolicy",
                    "rules": {{"__frozenset__": []}}, "max_materializations_per_minute": null,
                    "asset_condition": {EAGER}}}}}"#,
                name(chain, place),
                parent.unwrap_or_default()
            ));
        }
    }
    let text = format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r", "external_schedule_datas": [],
            "external_partition_set_datas": [], "external_sensor_datas": [],
            "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    );
    let snap: RepositorySnap = from_text(&text).expect("a snapshot");
    RepositoryAssets { repository: Arc::new(RepositorySelector::default()), snap: Arc::new(snap) }
}

fn build(repository: &RepositoryAssets) -> AutomationGraph {
    let assets = Arc::new(AssetGraph::build(vec![repository.clone()]));
    AutomationGraph::build(assets, std::slice::from_ref(repository))
}

/// Everything is materialized; the first roots once more, after everything else.
fn observation(graph: &AutomationGraph, updated: usize, last_event: i64) -> Observation {
    let context = Context::at(NOW);
    let mut observed = Observation {
        partitions: context.clone(),
        last_event_id: Some(last_event),
        ..Observation::default()
    };
    for chain in 0..CHAINS {
        for place in 0..LENGTH {
            let key = AssetKey::new([name(chain, place)]);
            let entity = Key::from(key.clone());
            let definition = graph.partitions(&entity).expect("known").expect("partitioned");
            let facts = observed.assets.entry(key).or_default();
            let mut status = PartitionStatus::empty(definition);
            status.materialized = PartitionsSubset::all(definition, &context).expect("partitions");
            facts.partition_status = Some(status);
            let id = (chain * LENGTH + place + 1) as i64;
            let is_updated = place == 0 && chain < updated;
            facts.materialization = Some(LatestEvent {
                storage_id: if is_updated { 20_000 + id } else { id },
                timestamp: NOW - 60.0,
                run_id: "a".to_owned(),
                partition: Some("2024-04-09".to_owned()),
                data_version: None,
            });
            if is_updated {
                facts.latest_by_partition.insert("2024-04-09".to_owned(), 20_000 + id);
                facts.event_timestamps.insert(20_000 + id, NOW - 60.0);
            }
        }
    }
    observed
}

/// A daemon between two ticks.
#[derive(Clone, Default)]
struct Daemon {
    memory: Memory,
    cursor: Arc<DaemonCursor>,
}

impl Daemon {
    /// A tick from what is needed to the next cursor; how many runs it requests.
    fn tick(
        &mut self,
        graph: &Arc<AutomationGraph>,
        observed: &Arc<Observation>,
        keys: &BTreeSet<Key>,
    ) -> usize {
        black_box(self.memory.needs(graph, keys, &self.cursor).expect("needs"));
        let mut each = |result| {
            black_box(result);
            Ok(())
        };
        let result = self.memory.evaluate(graph, observed, &self.cursor, (2, NOW), keys, &mut each);
        let result = result.expect("a result");
        let view = View { graph, observed };
        let requests = run_requests(view, &result.requested, &Map::new(), ManyPartitions::AsRuns);
        let tick = Tick { graph, observed, cursor: &self.cursor, evaluation_id: 2, timestamp: NOW };
        self.cursor = Arc::new(result.cursor(&tick, 2, &[], NOW));
        requests.expect("requests").len()
    }
}

/// Tells how much memory the process has taken at most so far.
fn tell_memory(after: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines =
        status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
    let taken: Vec<&str> = lines.by_ref().collect();
    eprintln!("memory {after}: {}", taken.join(", ").replace('\t', " "));
}

fn benches(criterion: &mut Criterion<CpuTime>) {
    let repository = repository();
    tell_memory("with the snapshot");
    let mut group = criterion.benchmark_group("10,000 assets × 100 partitions");
    group.sample_size(10);
    group.bench_function("build the graph", |bencher| {
        bencher.iter(|| black_box(build(&repository)));
    });
    let graph = Arc::new(build(&repository));
    let quiet = Arc::new(observation(&graph, 0, 10_000));
    let changed = Arc::new(observation(&graph, UPDATED, 21_000));
    let keys: BTreeSet<Key> = graph.entities().map(|entity| (*entity.key).clone()).collect();
    tell_memory("with graph and observations");
    let mut daemon = Daemon::default();
    // Everything is new on the first tick, and compared with it on those that follow.
    for _ in 0..3 {
        daemon.tick(&graph, &quiet, &keys);
    }
    tell_memory("after three ticks");
    assert!(daemon.clone().tick(&graph, &changed, &keys) > 0, "the updated roots request nothing");
    group.bench_function("tick, nothing updated", |bencher| {
        let set_up = || daemon.clone();
        bencher.iter_batched(
            set_up,
            |mut it| (it.tick(&graph, &quiet, &keys), it),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("tick, 100 roots updated", |bencher| {
        let set_up = || daemon.clone();
        bencher.iter_batched(
            set_up,
            |mut it| (it.tick(&graph, &changed, &keys), it),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("tick after a start", |bencher| {
        let set_up = || Daemon { memory: Memory::default(), ..daemon.clone() };
        bencher.iter_batched(
            set_up,
            |mut it| (it.tick(&graph, &quiet, &keys), it),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("pack the cursor", |bencher| {
        bencher.iter(|| black_box(daemon.cursor.packed().expect("a text")));
    });
    let mut packer = Packer::default();
    packer.pack(&daemon.cursor).expect("a text");
    let mut after = daemon.clone();
    after.tick(&graph, &changed, &keys);
    group.bench_function("pack the cursor, 100 roots updated", |bencher| {
        let set_up = || packer.clone();
        let pack = |mut it: Packer| (it.pack(&after.cursor).expect("a text"), it);
        bencher.iter_batched(set_up, pack, BatchSize::PerIteration);
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
