#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt, ready};
use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_model::event::{
    AssetMaterialization, DagsterEvent, DagsterEventType, EventLogEntry, EventRecord,
    EventSpecificData, StepMaterializationData,
};
use rondel_model::ids::{AssetKey, RepositorySelector};
use rondel_model::serdes::from_text;
use rondel_model::snap::{AssetNodeSnap, RepositorySnap};
use serde_json::json;

use super::*;
use crate::error::ObservationError;

/// Events by asset, without partitions.
struct Events(HashMap<AssetKey, Arc<EventRecord>>);

impl StaleSource for Events {
    type Error = ObservationError;

    fn latest<'a>(
        &'a self,
        part: &'a Part,
        _observed: bool,
    ) -> BoxFuture<'a, Result<Option<Arc<EventRecord>>, ObservationError>> {
        ready(Ok(self.0.get(&part.key).cloned())).boxed()
    }

    fn dynamic_keys<'a>(
        &'a self,
        _name: &'a str,
    ) -> BoxFuture<'a, Result<Arc<Vec<String>>, ObservationError>> {
        ready(Ok(Arc::default())).boxed()
    }

    fn version_before<'a>(
        &'a self,
        _part: &'a Part,
        _event_type: DagsterEventType,
        _before: Option<i64>,
    ) -> BoxFuture<'a, Result<Option<String>, ObservationError>> {
        ready(Ok(None)).boxed()
    }
}

fn key(name: &str) -> AssetKey {
    AssetKey::new([name])
}

/// An asset of version `code`, made of others.
fn asset(name: &str, code: Option<&str>, parents: &[&str]) -> AssetNodeSnap {
    let edges = parents.iter().map(|parent| {
        json!({"__class__": "ExternalAssetDependency", "upstream_asset_key": {"__class__": "AssetKey", "path": [parent]}})
    });
    let text = json!({
        "__class__": "ExternalAssetNode",
        "asset_key": {"__class__": "AssetKey", "path": [name]},
        "dependencies": edges.collect::<Vec<_>>(),
        "code_version": code,
    });
    from_text(&text.to_string()).unwrap()
}

fn graph(asset_nodes: Vec<AssetNodeSnap>) -> AssetGraph {
    let snap = Arc::new(RepositorySnap { asset_nodes, ..RepositorySnap::default() });
    let repository = Arc::new(RepositorySelector::new("location", "repository"));
    AssetGraph::build(vec![RepositoryAssets { repository, snap }])
}

fn made(id: i64, name: &str, tags: &[(&str, &str)]) -> (AssetKey, Arc<EventRecord>) {
    let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let materialization = AssetMaterialization {
        asset_key: key(name),
        tags: Some(tags.collect()),
        ..AssetMaterialization::default()
    };
    let data = StepMaterializationData { materialization, ..StepMaterializationData::default() };
    let event = DagsterEvent::new(DagsterEventType::AssetMaterialization, "job")
        .with_data(EventSpecificData::StepMaterialization(data));
    let entry = EventLogEntry::for_run("run", id as f64, event);
    (key(name), Arc::new(EventRecord { storage_id: id, entry }))
}

async fn answers(
    graph: &AssetGraph,
    events: Vec<(AssetKey, Arc<EventRecord>)>,
    name: &str,
) -> (StaleStatus, Vec<(String, String)>) {
    let source = Events(events.into_iter().collect());
    let staleness = Staleness::new(graph, &source, 0.0);
    let node = graph.get(&key(name)).unwrap();
    let causes = staleness.causes(node, None).await.unwrap().into_iter();
    let causes = causes.map(|cause| (cause.part.key.to_user_string(), cause.reason)).collect();
    (staleness.status(node, None).await.unwrap(), causes)
}

fn cause(of: &str, reason: &str) -> (String, String) {
    (of.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn an_asset_that_was_never_made_is_missing() {
    let graph = graph(vec![asset("foo", None, &[])]);
    assert_eq!(answers(&graph, Vec::new(), "foo").await, (StaleStatus::Missing, Vec::new()));
}

#[tokio::test]
async fn an_asset_made_of_the_current_versions_is_fresh() {
    let graph = graph(vec![asset("foo", None, &[]), asset("bar", Some("1"), &["foo"])]);
    let foo = made(1, "foo", &[("dagster/data_version", "a"), ("dagster/code_version", "x")]);
    let tags = [
        ("dagster/code_version", "1"),
        ("dagster/input_data_version/foo", "a"),
        ("dagster/input_event_pointer/foo", "1"),
    ];
    let bar = made(2, "bar", &tags);
    let events = vec![foo.clone(), bar];
    assert_eq!(answers(&graph, events, "bar").await, (StaleStatus::Fresh, Vec::new()));

    // A version without the event that it is of is not known to have been used.
    let bar = made(2, "bar", &tags[..2]);
    let (status, causes) = answers(&graph, vec![foo, bar], "bar").await;
    assert_eq!(status, StaleStatus::Stale);
    assert_eq!(causes, [cause("bar", "has a new dependency on foo")]);
}

#[tokio::test]
async fn own_causes_come_before_what_happened_to_dependencies() {
    let graph = graph(vec![
        asset("foo", None, &[]),
        asset("new", None, &[]),
        asset("bar", Some("2"), &["foo", "new"]),
    ]);
    let foo = made(3, "foo", &[("dagster/data_version", "b"), ("dagster/code_version", "x")]);
    let tags = [
        ("dagster/code_version", "1"),
        ("dagster/input_data_version/foo", "a"),
        ("dagster/input_event_pointer/foo", "1"),
        ("dagster/input_data_version/gone", "a"),
    ];
    let (status, causes) = answers(&graph, vec![foo, made(2, "bar", &tags)], "bar").await;
    assert_eq!(status, StaleStatus::Stale);
    assert_eq!(
        causes,
        [
            cause("bar", "has a new code version"),
            cause("bar", "removed dependency on gone"),
            cause("bar", "has a new dependency on new"),
            cause("foo", "has a new materialization"),
        ]
    );
}

#[tokio::test]
async fn without_recorded_versions_the_later_event_tells() {
    let graph = graph(vec![asset("foo", None, &[]), asset("bar", None, &["foo"])]);
    let (foo, bar) = (made(3, "foo", &[]), made(2, "bar", &[]));
    let (status, causes) = answers(&graph, vec![foo, bar], "bar").await;
    assert_eq!(status, StaleStatus::Stale);
    assert_eq!(causes, [cause("foo", "has a new materialization")]);
}

#[tokio::test]
async fn the_version_of_nothing_counts_as_never_made() {
    let graph = graph(vec![asset("foo", None, &[]), asset("bar", None, &["foo"])]);
    let foo = made(1, "foo", &[("dagster/data_version", "NULL")]);
    assert_eq!(answers(&graph, vec![foo.clone()], "foo").await, (StaleStatus::Missing, Vec::new()));

    // Made of something that was not there, or that was assumed to exist elsewhere: unchanged.
    for used in ["NULL", "INITIAL"] {
        let tags = [
            ("dagster/code_version", "1"),
            ("dagster/input_data_version/foo", used),
            ("dagster/input_event_pointer/foo", "NULL"),
        ];
        let bar = made(2, "bar", &tags);
        for events in [vec![bar.clone()], vec![foo.clone(), bar.clone()]] {
            let (status, causes) = answers(&graph, events, "bar").await;
            assert_eq!((status, causes), (StaleStatus::Fresh, Vec::new()), "{used}");
        }
    }
}
