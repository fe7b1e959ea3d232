//! What a backfill does where its assets or their partitions are not what they were, or cannot be.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may fail")]

use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_backfill::{
    BackfillError, BackfillGraph, GraphSubset, Observation, Part, Progress, Selected,
    check_new_target, check_target, decide, target_of_keys,
};
use rondel_model::ids::{AssetKey, RepositorySelector};
use rondel_model::serdes::from_text;
use rondel_partitions::{Context, PartitionsSubset};
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

fn keys_of(graph: &BackfillGraph, asset: &str, keys: &[&str]) -> GraphSubset {
    let key = AssetKey::new([asset]);
    let definition = graph.partitions(&key).unwrap().unwrap();
    let subset = PartitionsSubset::of_keys(definition, keys, &Context::at(0.0)).unwrap();
    GraphSubset::of(key, Part::Partitions(subset))
}

#[test]
fn partitions_that_do_not_exist_are_not_begun_with() {
    let graph = graph(&[("a", &[], STATIC)]);
    let asked = keys_of(&graph, "a", &["x", "z"]);
    let error = check_new_target(&asked, &graph, &Context::at(0.0)).unwrap_err();
    assert_eq!(error, BackfillError::UnknownPartitions(vec!["z".to_owned()]));
    let existing = keys_of(&graph, "a", &["x"]);
    assert_eq!(check_new_target(&existing, &graph, &Context::at(0.0)), Ok(()));
}

#[test]
fn partitions_that_need_some_which_do_not_exist_are_not_begun_with() {
    let daily = |start: &str| {
        let start: f64 = start.parse().unwrap();
        format!(
            r#"{{"__class__": "ExternalTimeWindowPartitionsDefinitionData", "cron_schedule": "0 0 * * *",
            "end_offset": 0, "fmt": "%Y-%m-%d", "start": {start:.1}, "timezone": "UTC"}}"#
        )
    };
    // The parent begins on the second of January 2024, the child a day before.
    let (parent, child) = (daily("1704153600"), daily("1704067200"));
    let graph = graph(&[("a", &[], &parent), ("b", &["a"], &child)]);
    let context = Context::at(1_704_585_600.0);
    let of_day = |day: &str| {
        let key = AssetKey::new(["b"]);
        let definition = graph.partitions(&key).unwrap().unwrap();
        let subset = PartitionsSubset::of_keys(definition, &[day], &context).unwrap();
        GraphSubset::of(key, Part::Partitions(subset))
    };
    let error = check_new_target(&of_day("2024-01-01"), &graph, &context).unwrap_err();
    let expected = BackfillError::NonexistentParents {
        asset: AssetKey::new(["b"]),
        keys: vec!["2024-01-01".to_owned()],
        parent: AssetKey::new(["a"]),
        missing: vec!["2024-01-01".to_owned()],
    };
    assert_eq!(error, expected);
    assert_eq!(check_new_target(&of_day("2024-01-02"), &graph, &context), Ok(()));
}
