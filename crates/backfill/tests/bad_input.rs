//! What a backfill does where its assets or their partitions are not what they were, or cannot be.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may fail")]

use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_backfill::{
    BackfillGraph, Observation, Progress, Selected, check_target, decide, target_of_keys,
};
use rondel_model::ids::{AssetKey, RepositorySelector};
use rondel_model::serdes::from_text;
use rondel_partitions::Context;
use rstest::rstest;

const PLAIN: &str = "null";
const STATIC: &str = r#"{"__class__": "ExternalStaticPartitionsDefinitionData",
    "partition_keys": ["x", "y"]}"#;
const SMALLER: &str = r#"{"__class__": "ExternalStaticPartitionsDefinitionData",
    "partition_keys": ["x"]}"#;

/// Assets by name, parents and partitions.
fn graph(assets: &[(&str, &[&str], &str)]) -> BackfillGraph {
    let nodes: Vec<String> = assets
        .iter()
        .map(|(name, parents, partitions)| {
            let edges: Vec<String> = parents
                .iter()
                .map(|parent| {
                    format!(
                        r#"{{"__class__": "ExternalAssetDependency", "upstream_asset_key":
                        {{"__class__": "AssetKey", "path": ["{parent}"]}}}}"#
                    )
                })
                .collect();
            format!(
                r#"{{"__class__": "ExternalAssetNode",
                "asset_key": {{"__class__": "AssetKey", "path": ["{name}"]}},
                "dependencies": [{}], "op_names": [], "job_names": [], "group_name": "default",
                "execution_type": {{"__enum__": "AssetExecutionType.MATERIALIZATION"}},
                "partitions_def_data": {partitions}}}"#,
                edges.join(", ")
            )
        })
        .collect();
    let snap = from_text(&format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r",
            "external_schedule_datas": [], "external_partition_set_datas": [],
            "external_sensor_datas": [], "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    ))
    .unwrap();
    let repository = Arc::new(RepositorySelector::default());
    let source = RepositoryAssets { repository, snap: Arc::new(snap) };
    BackfillGraph::new(Arc::new(AssetGraph::build(vec![source])))
}

fn target(graph: &BackfillGraph, assets: &[&str]) -> Progress {
    let assets: Vec<AssetKey> = assets.iter().map(|name| AssetKey::new([*name])).collect();
    let context = Context::at(0.0);
    Progress::new(target_of_keys(&assets, Selected::All, graph, &context).unwrap())
}

#[rstest]
#[case::gone(&[("b", &[][..], PLAIN)], "Asset AssetKey(['a']) existed at storage-time, but no longer does")]
#[case::not_partitioned(
    &[("a", &[][..], PLAIN)],
    "Asset AssetKey(['a']) had a PartitionsDefinition at storage-time, but no longer does"
)]
#[case::fewer_partitions(
    &[("a", &[][..], SMALLER)],
    "Targeted partitions for asset AssetKey(['a']) have been removed since this backfill was stored. \
     The following partitions were removed: {'y'}"
)]
fn a_running_backfill_tells_what_has_changed_under_it(
    #[case] now: &[(&str, &[&str], &str)],
    #[case] message: &str,
) {
    let progress = target(&graph(&[("a", &[], STATIC)]), &["a"]);
    let error = check_target(&progress, &graph(now), &Context::at(0.0)).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn unknown_assets_are_no_target() {
    let graph = graph(&[("a", &[], PLAIN)]);
    let unknown = [AssetKey::new(["nobody's"])];
    let error = target_of_keys(&unknown, Selected::All, &graph, &Context::at(0.0)).unwrap_err();
    assert!(error.to_string().contains("nobody's"), "{error}");
}

#[test]
fn assets_that_depend_on_each_other_are_refused() {
    let graph = graph(&[("a", &["b"], PLAIN), ("b", &["a"], PLAIN), ("c", &["b"], PLAIN)]);
    let progress = target(&graph, &["a", "b", "c"]);
    let observed = Observation { latest_storage_id: 1, ..Observation::default() };
    let error = decide(&progress, &observed, None, &graph, &Context::at(0.0)).unwrap_err();
    assert!(error.to_string().contains("Unable to determine root partitions"), "{error}");
}
