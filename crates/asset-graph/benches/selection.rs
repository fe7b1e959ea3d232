//! Selections over 10,000 assets, from the text to the keys.
//!
//! Assets form 1,000 chains of ten with an edge to the next chain at every third place, in a hundred groups,
//! with kinds, tags and owners. The bar is five milliseconds each.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

#[path = "../../../benches/support/cpu.rs"]
mod cpu;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_asset_graph::selection::{Missing, Selection, Sources};
use rondel_model::ids::RepositorySelector;
use rondel_model::serdes::from_text;
use rondel_model::snap::RepositorySnap;

use cpu::CpuTime;

const CHAINS: usize = 1_000;
const LENGTH: usize = 10;

const SELECTIONS: [&str; 20] = [
    "*",
    "key:\"chain_0500/place_5\"",
    "key:\"*place_5*\"",
    "+key:\"chain_0500/place_9\"+",
    "3+key:\"chain_0500/place_5\"+2",
    "group:\"group_7\"",
    "kind:dbt and not owner:\"team:data\"",
    "tag:tier=gold or tag:tier=silver",
    "sinks(*)",
    "roots(group:\"group_7\"+)",
    "(kind:python or kind:dbt) and group:\"group_1*\" and not +key:\"chain_0500*\"",
    "kind:dbt",
    "kind:dbt or kind:sql or kind:python",
    "roots(*)",
    "not key:\"*place_5*\"",
    "key:*place*",
    "not (tag:tier=gold or group:\"group_1*\")",
    "+key:\"*place_9\"",
    "roots(*)+ and +sinks(*)",
    "code_location:here and is:materializable and partitions:none",
];

fn graph() -> AssetGraph {
    let mut nodes = Vec::with_capacity(CHAINS * LENGTH);
    for chain in 0..CHAINS {
        for place in 0..LENGTH {
            let mut parents = Vec::new();
            if place > 0 {
                parents.push((chain, place - 1));
                if place % 3 == 0 && chain > 0 {
                    parents.push((chain - 1, place - 1));
                }
            }
            let edges: Vec<String> = parents
                .into_iter()
                .map(|(chain, place)| {
                    format!(
                        r#"{{"__class__": "ExternalAssetDependency", "upstream_asset_key": {}}}"#,
                        key(chain, place)
                    )
                })
                .collect();
            let (kind, tier) =
                (["python", "dbt", "sql"][chain % 3], ["gold", "silver", "lead"][place % 3]);
            nodes.push(format!(
                r#"{{"__class__": "ExternalAssetNode", "asset_key": {}, "dependencies": [{}],
                "op_names": [], "job_names": ["__ASSET_JOB"], "group_name": "group_{}",
                "execution_type": {{"__enum__": "AssetExecutionType.MATERIALIZATION"}},
                "tags": {{"dagster/kind/{kind}": "", "tier": "{tier}"}},
                "owners": ["team:{}"]}}"#,
                key(chain, place),
                edges.join(", "),
                chain % 100,
                ["data", "platform"][chain % 2],
            ));
        }
    }
    let snap: RepositorySnap = from_text(&format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r", "external_schedule_datas": [],
            "external_partition_set_datas": [], "external_sensor_datas": [],
            "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    ))
    .expect("a snapshot");
    let repository =
        RepositorySelector { location_name: "here".to_owned(), ..RepositorySelector::default() };
    AssetGraph::build(vec![RepositoryAssets {
        repository: Arc::new(repository),
        snap: Arc::new(snap),
    }])
}

fn key(chain: usize, place: usize) -> String {
    format!(r#"{{"__class__": "AssetKey", "path": ["chain_{chain:04}", "place_{place}"]}}"#)
}

fn benches(criterion: &mut Criterion<CpuTime>) {
    let graph = graph();
    let mut group = criterion.benchmark_group("a selection of 10,000 assets");
    for text in SELECTIONS {
        let select = || {
            let selection = Selection::parse(text, Sources::Include).expect("a selection");
            selection.resolve(&graph, Missing::Skip).expect("keys")
        };
        let count = select().len();
        assert!(count > 0, "{text} selects nothing");
        group.bench_function(format!("{text} ({count})"), |bencher| {
            bencher.iter(|| black_box(select()));
        });
    }
    group.finish();
}

criterion_group! {
    name = all;
    config = Criterion::default().with_measurement(CpuTime);
    targets = benches
}
criterion_main!(all);
