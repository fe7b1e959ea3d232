use std::collections::BTreeSet;
use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_model::ids::RepositorySelector;
use rondel_model::serdes::from_text;
use rondel_model::snap::RepositorySnap;

use super::{Tick, TickResult};
use crate::cursor::{DaemonCursor, Packer, evaluation_id_of_old, unpack_cursor};
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::needs::Needs;
use crate::observation::{LatestEvent, Observation};

const MISSING: &str = r#"{"__class__": "MissingAutomationCondition", "label": null}"#;

/// Assets by name, parents and condition.
pub(super) fn graph(assets: &[(&str, &[&str], &str)]) -> AutomationGraph {
    let nodes: Vec<String> = assets
        .iter()
        .map(|(name, parents, condition)| {
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
                "auto_materialize_policy": {{"__class__": "AutoMaterializePolicy",
                    "rules": {{"__frozenset__": []}}, "max_materializations_per_minute": null,
                    "asset_condition": {condition}}}}}"#,
                edges.join(", ")
            )
        })
        .collect();
    let snap: RepositorySnap = from_text(&format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r",
            "external_schedule_datas": [], "external_partition_set_datas": [],
            "external_sensor_datas": [], "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    ))
    .unwrap();
    let source = RepositoryAssets {
        repository: Arc::new(RepositorySelector::default()),
        snap: Arc::new(snap),
    };
    AutomationGraph::build(Arc::new(AssetGraph::build(vec![source.clone()])), &[source])
}

pub(super) fn asset(name: &str) -> Key {
    Key::Asset(rondel_model::ids::AssetKey::new([name]))
}

pub(super) fn materialized(observed: &mut Observation, name: &str, storage_id: i64) {
    let event = LatestEvent {
        storage_id,
        timestamp: storage_id as f64,
        run_id: format!("run {storage_id}"),
        partition: None,
        data_version: None,
    };
    let key = rondel_model::ids::AssetKey::new([name]);
    observed.assets.entry(key).or_default().materialization = Some(event);
    observed.last_event_id = observed.last_event_id.max(Some(storage_id));
}

pub(super) fn tick(
    graph: &AutomationGraph,
    observed: &Observation,
    cursor: &DaemonCursor,
    keys: &[&str],
) -> (TickResult, DaemonCursor) {
    let tick = Tick { graph, observed, cursor, evaluation_id: 1, timestamp: observed.time() };
    let keys: BTreeSet<Key> = keys.iter().map(|name| asset(name)).collect();
    let result = tick.evaluate(&keys).unwrap();
    let cursor = result.cursor(&tick, 2, &[], observed.time());
    (result, cursor)
}

fn requested(result: &TickResult) -> Vec<String> {
    result.requested.iter().map(|part| part.key.to_user_string()).collect()
}

fn any_deps(operand: &str) -> String {
    format!(
        r#"{{"__class__": "AnyDepsCondition", "label": null, "operand": {operand},
        "allow_selection": null, "ignore_selection": null, "resolves_virtual_deps": false}}"#
    )
}

#[test]
fn an_asset_never_materialized_is_missing() {
    let graph = graph(&[("a", &[], MISSING), ("b", &[], MISSING)]);
    let mut observed = Observation::default();
    materialized(&mut observed, "a", 7);
    let (result, _) = tick(&graph, &observed, &DaemonCursor::empty(0), &["a", "b"]);
    assert_eq!(requested(&result), ["b"]);
}

#[test]
fn what_is_requested_upstream_is_visible_downstream_in_the_same_tick() {
    let requested_upstream =
        any_deps(r#"{"__class__": "WillBeRequestedCondition", "label": null}"#);
    let graph = graph(&[
        ("down", &["up"], &requested_upstream),
        ("lowest", &["down"], &requested_upstream),
        ("up", &[], MISSING),
    ]);
    let keys = ["down", "lowest", "up"];
    let (result, _) = tick(&graph, &Observation::default(), &DaemonCursor::empty(0), &keys);
    assert_eq!(requested(&result), ["up", "down", "lowest"]);
}

#[test]
fn newly_true_is_true_once() {
    let newly =
        format!(r#"{{"__class__": "NewlyTrueCondition", "label": null, "operand": {MISSING}}}"#);
    let graph = graph(&[("a", &[], &newly)]);
    let mut observed = Observation::default();
    let (first, cursor) = tick(&graph, &observed, &DaemonCursor::empty(0), &["a"]);
    assert_eq!(requested(&first), ["a"]);
    let (second, cursor) = tick(&graph, &observed, &cursor, &["a"]);
    assert!(requested(&second).is_empty());
    materialized(&mut observed, "a", 3);
    let (third, cursor) = tick(&graph, &observed, &cursor, &["a"]);
    assert!(requested(&third).is_empty());
    observed.assets.clear();
    let (wiped, _) = tick(&graph, &observed, &cursor, &["a"]);
    assert_eq!(requested(&wiped), ["a"]);
}

#[test]
fn since_holds_until_it_is_reset() {
    let since = format!(
        r#"{{"__class__": "SinceCondition", "label": null, "trigger_condition": {},
        "reset_condition": {{"__class__": "NewlyUpdatedCondition", "label": null}}}}"#,
        any_deps(r#"{"__class__": "NewlyUpdatedCondition", "label": null}"#)
    );
    let graph = graph(&[("a", &[], MISSING), ("b", &["a"], &since)]);
    let mut observed = Observation::default();
    let (_, cursor) = tick(&graph, &observed, &DaemonCursor::empty(0), &["b"]);
    materialized(&mut observed, "a", 1);
    let (triggered, cursor) = tick(&graph, &observed, &cursor, &["b"]);
    assert_eq!(requested(&triggered), ["b"]);
    let (held, cursor) = tick(&graph, &observed, &cursor, &["b"]);
    assert_eq!(requested(&held), ["b"]);
    materialized(&mut observed, "b", 2);
    let (reset, cursor) = tick(&graph, &observed, &cursor, &["b"]);
    assert!(requested(&reset).is_empty());
    // Both in one tick: the later one wins.
    materialized(&mut observed, "b", 3);
    materialized(&mut observed, "a", 4);
    let (later, _) = tick(&graph, &observed, &cursor, &["b"]);
    assert_eq!(requested(&later), ["b"]);
}

#[test]
fn equal_results_have_equal_hashes() {
    let graph = graph(&[("a", &[], MISSING)]);
    let mut observed = Observation::default();
    let (first, cursor) = tick(&graph, &observed, &DaemonCursor::empty(0), &["a"]);
    let (second, cursor) = tick(&graph, &observed, &cursor, &["a"]);
    assert_eq!(first.results[0].value_hash, second.results[0].value_hash);
    materialized(&mut observed, "a", 1);
    let (third, _) = tick(&graph, &observed, &cursor, &["a"]);
    assert_ne!(second.results[0].value_hash, third.results[0].value_hash);
}

#[test]
fn needs_name_what_dependencies_are_asked_about() {
    let graph = graph(&[("a", &[], MISSING), ("b", &["a"], &any_deps(MISSING))]);
    let needs = Needs::of(&graph, &BTreeSet::from([asset("b")]), &DaemonCursor::empty(0)).unwrap();
    let events: Vec<String> = needs.events.iter().map(|key| key.to_user_string()).collect();
    assert_eq!(events, ["a"]);
    assert!(needs.planned.is_empty() && !needs.backfills);
}

#[test]
fn a_failing_condition_names_its_entity() {
    let graph = graph(&[("a", &[], r#"{"__class__": "FromTheFuture"}"#)]);
    let cursor = DaemonCursor::empty(0);
    let observed = Observation::default();
    let tick = Tick {
        graph: &graph,
        observed: &observed,
        cursor: &cursor,
        evaluation_id: 0,
        timestamp: 0.0,
    };
    let error = tick.evaluate(&BTreeSet::from([asset("a")])).unwrap_err();
    assert_eq!(error.to_string(), "error while evaluating conditions for a");
}

#[test]
fn cursors_survive_packing() {
    let graph = graph(&[("a", &[], MISSING)]);
    let (_, cursor) = tick(&graph, &Observation::default(), &DaemonCursor::empty(0), &["a"]);
    let packed = cursor.packed().unwrap();
    assert!(packed.starts_with("0eA"), "{packed}");
    assert_eq!(unpack_cursor(&packed).unwrap().as_ref(), Some(&cursor.stored().unwrap()));
    assert!(unpack_cursor("{\"__class__\": \"RunStatusSensorCursor\"}").unwrap().is_none());
    assert!(unpack_cursor("1eJ").is_err());
}

#[test]
fn a_cursor_is_packed_anew_only_where_it_changed() {
    let names: Vec<String> = (0..150).map(|number| format!("asset_{number:03}")).collect();
    let keys: Vec<&str> = names.iter().map(String::as_str).collect();
    let assets: Vec<(&str, &[&str], &str)> =
        keys.iter().map(|key| (*key, [].as_slice(), MISSING)).collect();
    let graph = graph(&assets);
    let mut observed = Observation::default();
    let (_, first) = tick(&graph, &observed, &DaemonCursor::empty(0), &keys);
    materialized(&mut observed, "asset_070", 5);
    let (_, second) = tick(&graph, &observed, &first, &keys[..149]);
    let mut packer = Packer::default();
    for cursor in [&first, &first, &second, &first] {
        let packed = packer.pack(cursor).unwrap();
        assert_eq!(packed, cursor.packed().unwrap());
        assert_eq!(unpack_cursor(&packed).unwrap(), Some(cursor.stored().unwrap()));
    }
}

#[test]
fn cursors_with_tables_are_read() {
    use base64::Engine as _;
    use std::io::Write as _;
    let plain = r#"{"__columnar__": true, "tables": [{"c": "AssetKey", "f": ["path"], "r": [[["a"]]]},
        {"c": "AssetSubset", "f": ["asset_key", "value"], "r": [[{"__oid__": "0:0"}, true]]},
        {"c": "AutomationConditionCursor", "f": ["effective_timestamp", "last_event_id",
         "node_cursors_by_unique_id", "previous_requested_subset", "result_value_hash"],
         "r": [[7.5, 3, {}, {"__oid__": "1:0"}, "hash"]]}],
        "value": {"__class__": "AssetDaemonCursor", "evaluation_id": 4,
        "last_observe_request_timestamp_by_asset_key": {"__mapping_items__": []},
        "previous_condition_cursors": [{"__oid__": "2:0"}], "previous_evaluation_state": []}}"#;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain.as_bytes()).unwrap();
    let packed = base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap());
    let cursor = DaemonCursor::new(unpack_cursor(&format!("1{packed}")).unwrap().unwrap());
    assert_eq!(cursor.evaluation_id(), 4);
    assert_eq!(cursor.of(&asset("a")).unwrap().result_value_hash(), "hash");
}

#[test]
fn cursors_of_assets_that_are_away_are_kept() {
    let both = graph(&[("a", &[], MISSING), ("b", &[], MISSING)]);
    let observed = Observation::default();
    let (_, cursor) = tick(&both, &observed, &DaemonCursor::empty(0), &["a", "b"]);
    let only_b = graph(&[("b", &[], MISSING)]);
    let (_, cursor) = tick(&only_b, &observed, &cursor, &[]);
    assert!(cursor.of(&asset("a")).is_some(), "its code location may come back");
    assert!(cursor.of(&asset("b")).is_none(), "it is there and was not evaluated");
}

#[test]
fn the_evaluation_id_survives_from_old_cursors() {
    assert_eq!(evaluation_id_of_old("[12, {}]"), 12);
    assert_eq!(evaluation_id_of_old(r#"{"evaluation_id": 5, "latest_storage_id": 1}"#), 5);
    assert_eq!(evaluation_id_of_old("nonsense"), 0);
}

#[test]
fn assets_that_depend_on_each_other_are_named() {
    let nodes = [("a", "b"), ("b", "a"), ("behind", "b"), ("d", "d")].map(|(name, parent)| {
        format!(
            r#"{{"__class__": "ExternalAssetNode",
            "asset_key": {{"__class__": "AssetKey", "path": ["{name}"]}},
            "dependencies": [{{"__class__": "ExternalAssetDependency", "upstream_asset_key":
                {{"__class__": "AssetKey", "path": ["{parent}"]}}}}],
            "op_names": [], "job_names": [], "group_name": "default"}}"#
        )
    });
    let snap: RepositorySnap = from_text(&format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r",
            "external_schedule_datas": [], "external_partition_set_datas": [],
            "external_sensor_datas": [], "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    ))
    .unwrap();
    let source = RepositoryAssets {
        repository: Arc::new(RepositorySelector::default()),
        snap: Arc::new(snap),
    };
    let assets = Arc::new(AssetGraph::build(vec![source.clone()]));
    let graph = AutomationGraph::build(assets, &[source]);
    let error = graph.levels().unwrap_err().to_string();
    assert!(error.starts_with("circular dependencies exist among these assets and checks: a, b;"));
}

#[test]
fn unknown_entities_are_named() {
    let graph = graph(&[("a", &[], MISSING)]);
    let cursor = DaemonCursor::empty(0);
    let keys = BTreeSet::from([asset("a"), asset("nobody's")]);
    let needs = Needs::of(&graph, &keys, &cursor).unwrap_err();
    assert_eq!(needs.to_string(), "the asset graph has no `nobody's`; reload the code location");
}
