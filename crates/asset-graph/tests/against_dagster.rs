//! Compares the graph and the selection language with the installed Dagster on random workspaces.
//!
//! Needs `RONDEL_TEST_PYTHON`: an interpreter with `dagster` 1.13.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{process::Command, sync::Arc};

use rondel_asset_graph::{
    AssetGraph, AssetNode, Missing, Selection, Sources, graph::RepositoryAssets,
};
use rondel_model::{
    ids::{AssetKey, RepositorySelector},
    selection::AssetSelection,
    serdes,
    snap::RepositorySnap,
};
use serde_json::Value;

/// Each with about 110 selections.
const WORKSPACES: u32 = 60;

/// Random workspaces. `RONDEL_TEST_CASES` asks for another number, `RONDEL_TEST_SEED` for others than always the same.
fn reference(seed: u32) -> Vec<Value> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u32>().unwrap());
    let seed = number("RONDEL_TEST_SEED").unwrap_or(seed);
    let count = number("RONDEL_TEST_CASES").unwrap_or(WORKSPACES);
    let python = std::env::var("RONDEL_TEST_PYTHON")
        .expect("RONDEL_TEST_PYTHON must name a Python interpreter with dagster 1.13 installed");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference.py");
    let output = Command::new(python)
        .args([script, &seed.to_string(), &count.to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn graph_of(workspace: &Value) -> AssetGraph {
    let repositories = workspace["repositories"].as_array().unwrap().iter().map(|repository| {
        let snap: RepositorySnap = serdes::from_text(repository["snap"].as_str().unwrap()).unwrap();
        let selector = RepositorySelector {
            location_name: repository["location"].as_str().unwrap().to_owned(),
            repository_name: repository["repository"].as_str().unwrap().to_owned(),
            ..RepositorySelector::default()
        };
        RepositoryAssets { repository: Arc::new(selector), snap: Arc::new(snap) }
    });
    AssetGraph::build(repositories.collect())
}

fn keys(value: &Value) -> Vec<AssetKey> {
    let path = |key: &Value| -> Vec<String> {
        key.as_array().unwrap().iter().map(|part| part.as_str().unwrap().to_owned()).collect()
    };
    value.as_array().unwrap().iter().map(|key| AssetKey::from(path(key))).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn sorted(mut keys: Vec<AssetKey>) -> Vec<AssetKey> {
    keys.sort();
    keys
}

fn instigators<'a>(
    node: &'a AssetNode,
    pick: impl Fn(&'a rondel_asset_graph::Definition) -> &'a [String],
) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        node.definitions().iter().flat_map(|d| pick(d).iter().map(String::as_str)).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_merged_graph_has_the_same_nodes_edges_sets_and_levels() {
    for workspace in reference(11) {
        let graph = graph_of(&workspace);
        let expected = workspace["nodes"].as_array().unwrap();
        assert_eq!(graph.nodes().len(), expected.len());
        for (node, fact) in graph.nodes().iter().zip(expected) {
            let key = keys(&Value::Array(vec![fact["key"].clone()])).remove(0);
            assert_eq!(node.key, key, "nodes stand in the same order");
            assert_eq!(node.parents(), keys(&fact["parents"]), "parents of {key}");
            assert_eq!(node.children(), keys(&fact["children"]), "children of {key}");
            assert_eq!(
                node.checks().iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
                texts(&fact["checks"])
            );
            assert_eq!(
                node.repository().location_name,
                fact["location"].as_str().unwrap(),
                "home of {key}"
            );
            assert_eq!(node.group_name(), fact["group"].as_str().unwrap());
            assert_eq!(node.is_materializable(), fact["materializable"].as_bool().unwrap());
            assert_eq!(node.is_observable(), fact["observable"].as_bool().unwrap());
            assert_eq!(node.is_external(), fact["external"].as_bool().unwrap());
            assert_eq!(node.is_executable(), fact["executable"].as_bool().unwrap());
            assert_eq!(node.job_names(), texts(&fact["jobs"]), "jobs of {key}");
            assert_eq!(sorted(node.execution_set_assets().to_vec()), keys(&fact["together"]));
            assert_eq!(
                instigators(node, |d| &d.sensors),
                texts(&fact["sensors"]),
                "sensors of {key}"
            );
            assert_eq!(
                instigators(node, |d| &d.schedules),
                texts(&fact["schedules"]),
                "schedules of {key}"
            );
        }
        let levels: Vec<Vec<AssetKey>> = graph
            .levels()
            .into_iter()
            .map(|level| level.into_iter().map(|index| graph.node(index).key.clone()).collect())
            .collect();
        let expected: Vec<Vec<AssetKey>> =
            workspace["levels"].as_array().unwrap().iter().map(keys).collect();
        assert_eq!(levels, expected);
    }
}

#[test]
fn selections_are_accepted_resolved_and_written_alike() {
    let mut resolved = 0;
    for workspace in reference(12) {
        let graph = graph_of(&workspace);
        for answer in workspace["answers"].as_array().unwrap() {
            let text = answer["selection"].as_str().unwrap();
            let sources = if answer["sources"].as_bool().unwrap() {
                Sources::Include
            } else {
                Sources::Exclude
            };
            let ours = Selection::parse(text, sources);
            if !answer["parses"].as_bool().unwrap() {
                assert!(ours.is_err(), "{text:?} is no selection for Dagster but {ours:?} here");
                continue;
            }
            let ours = ours.unwrap_or_else(|error| panic!("Dagster accepts {text:?}: {error}"));
            let result = ours.resolve(&graph, Missing::Refuse);
            match &answer["keys"] {
                Value::Null => assert!(
                    result.is_err(),
                    "{text:?} has no answer for Dagster but {result:?} here"
                ),
                expected => {
                    resolved += 1;
                    assert_eq!(
                        sorted(result.unwrap()),
                        keys(expected),
                        "{text:?} with {sources:?}"
                    );
                }
            }
            assert_eq!(ours.to_text().as_deref(), answer["text"].as_str(), "text of {text:?}");
            let stored: AssetSelection =
                serdes::from_text(answer["stored"].as_str().unwrap()).unwrap();
            let stored = Selection::from_stored(&stored).expect("every class is known");
            let again = stored.resolve(&graph, Missing::Refuse);
            assert_eq!(
                again.ok().map(sorted),
                ours.resolve(&graph, Missing::Refuse).ok().map(sorted),
                "stored {text:?}"
            );
        }
    }
    assert!(resolved > 1_000, "only {resolved} selections had an answer");
}
