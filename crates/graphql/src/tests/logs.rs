use std::time::Duration;

use futures::StreamExt;
use rondel_model::{
    event::{AssetMaterialization, DagsterEventType, EngineEventData, StepMaterializationData},
    ids::AssetKey,
    metadata::TextMetadataValue,
    run::RunStatus,
};
use serde_json::json;

use super::{Deployment, event, request};
use crate::{Limits, execute_stream};

const EVENTS: &str = "query A($id: ID!, $cursor: String) {
    logsForRun(runId: $id, afterCursor: $cursor) { __typename
        ... on EventConnection { cursor hasMore events { __typename
            ... on MessageEvent { message eventType stepKey timestamp level }
            ... on DisplayableEvent { label metadataEntries { label
                ... on TextMetadataEntry { text } } }
            ... on MarkerEvent { markerStart }
            ... on MaterializationEvent { assetKey { path } partition } } } } }";

#[tokio::test]
async fn events_are_told_with_their_type_interfaces_and_metadata() {
    let deployment = Deployment::new().await;
    let run = deployment.add_run(1, RunStatus::Started, 1.0).await;
    deployment.add_event(&run, event(DagsterEventType::RunStart, &run, "started"), 1.5).await;
    let mut materialization = AssetMaterialization {
        asset_key: AssetKey::new(["a", "b"]),
        partition: Some("p".to_owned()),
        ..AssetMaterialization::default()
    };
    let text = TextMetadataValue { text: Some("hello".to_owned()), ..Default::default() };
    materialization.metadata.insert("note".to_owned(), text.into());
    let data = StepMaterializationData { materialization, ..Default::default() };
    let made = event(DagsterEventType::AssetMaterialization, &run, "made").with_data(data);
    deployment.add_event(&run, made, 2.0).await;
    let data = EngineEventData { marker_start: Some("m".to_owned()), ..Default::default() };
    let engine = event(DagsterEventType::EngineEvent, &run, "engine").with_data(data);
    deployment.add_event(&run, engine, 3.0).await;
    let answer = deployment.query(EVENTS, json!({"id": run.run_id.as_str()})).await;
    let events = &answer["logsForRun"]["events"];
    assert_eq!(
        events[0],
        json!({
            "__typename": "RunStartEvent", "message": "started", "eventType": "RUN_START",
            "stepKey": null, "timestamp": "1500", "level": "INFO"
        })
    );
    assert_eq!(events[1]["assetKey"]["path"], json!(["a", "b"]));
    assert_eq!(events[1]["metadataEntries"], json!([{"label": "note", "text": "hello"}]));
    assert_eq!((&events[1]["label"], &events[1]["partition"]), (&json!("a b"), &json!("p")));
    assert_eq!(events[2]["markerStart"], "m");
}

#[tokio::test]
async fn a_page_of_events_is_bounded_and_continued_by_its_cursor() {
    let deployment = Deployment::with(false, Limits { event_page: 2, ..Limits::default() }).await;
    let run = deployment.add_run(1, RunStatus::Started, 1.0).await;
    for at in 1..=3 {
        let next = event(DagsterEventType::EngineEvent, &run, &format!("event {at}"));
        deployment.add_event(&run, next, f64::from(at)).await;
    }
    let id = run.run_id.as_str();
    let first = deployment.query(EVENTS, json!({"id": id})).await;
    let page = &first["logsForRun"];
    assert_eq!(
        (page["hasMore"].as_bool(), page["events"].as_array().unwrap().len()),
        (Some(true), 2)
    );
    let next = deployment.query(EVENTS, json!({"id": id, "cursor": page["cursor"]})).await;
    assert_eq!(next["logsForRun"]["events"][0]["message"], "event 3");
    let unknown = deployment.query(EVENTS, json!({"id": "nope"})).await;
    assert_eq!(unknown["logsForRun"]["__typename"], "RunNotFoundError");
}

const FOLLOW: &str = "subscription A($id: ID!, $cursor: String) {
    pipelineRunLogs(runId: $id, cursor: $cursor) { __typename
        ... on PipelineRunLogsSubscriptionSuccess {
            run { runId } cursor hasMorePastEvents messages { ... on MessageEvent { message } } }
        ... on PipelineRunLogsSubscriptionFailure { message missingRunId } } }";

#[tokio::test]
async fn a_subscription_tells_the_backlog_and_then_what_happens() {
    let deployment = Deployment::new().await;
    let run = deployment.add_run(1, RunStatus::Started, 1.0).await;
    deployment.add_event(&run, event(DagsterEventType::EngineEvent, &run, "past"), 1.0).await;
    let id = run.run_id.as_str();
    let stream = execute_stream(&deployment.schema, request(FOLLOW, json!({"id": id})));
    futures::pin_mut!(stream);
    let first = stream.next().await.unwrap().data.into_json().unwrap();
    let payload = &first["pipelineRunLogs"];
    assert_eq!(payload["messages"], json!([{"message": "past"}]));
    assert_eq!(payload["hasMorePastEvents"], false);
    let head =
        execute_stream(&deployment.schema, request(FOLLOW, json!({"id": id, "cursor": "HEAD"})));
    futures::pin_mut!(head);
    let quiet = tokio::time::timeout(Duration::from_millis(300), head.next()).await;
    assert!(quiet.is_err(), "a subscription from HEAD told the past");
    deployment.add_event(&run, event(DagsterEventType::EngineEvent, &run, "now"), 2.0).await;
    for live in [stream.next().await, head.next().await] {
        let live = live.unwrap().data.into_json().unwrap();
        assert_eq!(live["pipelineRunLogs"]["messages"], json!([{"message": "now"}]));
    }
}

#[tokio::test]
async fn a_subscription_to_a_missing_run_says_so_and_ends() {
    let deployment = Deployment::new().await;
    let stream = execute_stream(&deployment.schema, request(FOLLOW, json!({"id": "nope"})));
    let payloads: Vec<_> = stream.collect().await;
    assert_eq!(payloads.len(), 1);
    let payload = payloads[0].data.clone().into_json().unwrap();
    assert_eq!(payload["pipelineRunLogs"]["message"], "Could not load run with id nope");
}

#[tokio::test]
async fn captured_output_is_read_from_a_cursor_and_followed_to_its_end() {
    let deployment = Deployment::new().await;
    let folder = deployment.instance.config().home.join("storage/r/compute_logs");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("k.out"), b"one\xfftwo").unwrap();
    let query = "query A($key: [String!]!, $cursor: String) {
        capturedLogs(logKey: $key, cursor: $cursor) { stdout stderr cursor } }";
    let key = json!(["r", "compute_logs", "k"]);
    let first = deployment.query(query, json!({"key": key})).await;
    assert_eq!(
        first["capturedLogs"],
        json!({"stdout": "one\u{fffd}two", "stderr": null, "cursor": "7:0"})
    );
    std::fs::write(folder.join("k.complete"), "").unwrap();
    let follow = "subscription A($key: [String!]!) { capturedLogs(logKey: $key) { stdout } }";
    let stream = execute_stream(&deployment.schema, request(follow, json!({"key": key})));
    assert_eq!(stream.count().await, 1);
}
