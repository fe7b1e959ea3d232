use rondel_model::run::RunStatus;
use serde_json::json;

use super::{Deployment, request};
use crate::{Limits, execute};

#[tokio::test]
async fn a_run_is_found_by_id_or_answered_with_dagsters_error() {
    let deployment = Deployment::new().await;
    let run = deployment.add_run(1, RunStatus::Success, 10.0).await;
    let query = "query A($id: ID!) { runOrError(runId: $id) { __typename
        ... on PipelineRun { runId status tags { key value } canTerminate creationTime }
        ... on PipelineRunNotFoundError { runId }
        ... on Error { message } } }"
        .replace("creationTime", "jobName");
    let found = deployment.query(&query, json!({"id": run.run_id.as_str()})).await;
    assert_eq!(
        found["runOrError"],
        json!({
            "__typename": "Run", "runId": run.run_id.as_str(), "status": "SUCCESS",
            "tags": [{"key": "team", "value": "team_1"}], "canTerminate": false, "jobName": "job_1"
        })
    );
    let missing = deployment.query(&query, json!({"id": "nope"})).await;
    assert_eq!(
        missing["runOrError"],
        json!({
            "__typename": "RunNotFoundError", "runId": "nope",
            "message": "Pipeline run nope could not be found."
        })
    );
}

#[tokio::test]
async fn runs_are_filtered_counted_and_paged_newest_first() {
    let deployment = Deployment::new().await;
    for id in 1..=5 {
        deployment.add_run(id, RunStatus::Success, f64::from(id)).await;
    }
    let query = "query A($filter: RunsFilter, $cursor: String, $limit: Int) {
        runsOrError(filter: $filter, cursor: $cursor, limit: $limit) {
            ... on Runs { count results { runId } } } }";
    let filter = json!({"tags": [{"key": "team", "value": "team_1"}], "statuses": ["SUCCESS"]});
    let first = deployment.query(query, json!({"filter": filter, "limit": 2})).await;
    let ids: Vec<&str> = first["runsOrError"]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["runId"].as_str().unwrap())
        .collect();
    assert_eq!(first["runsOrError"]["count"], 3);
    assert!(ids[0].ends_with('5') && ids[1].ends_with('3'), "{ids:?}");
    let next = deployment.query(query, json!({"filter": filter, "cursor": ids[1]})).await;
    assert_eq!(next["runsOrError"]["results"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_feed_is_paged_by_its_cursor() {
    let deployment = Deployment::new().await;
    for id in 1..=3 {
        deployment.add_run(id, RunStatus::Queued, f64::from(id)).await;
    }
    let query = "query A($cursor: String) {
        runsFeedOrError(limit: 2, view: ROOTS, cursor: $cursor) {
            ... on RunsFeedConnection { cursor hasMore results { id runStatus creationTime } } }
        runsFeedCountOrError(view: RUNS) { ... on RunsFeedCount { count } } }";
    let first = deployment.query(query, json!({})).await;
    assert_eq!(first["runsFeedCountOrError"]["count"], 3);
    let page = &first["runsFeedOrError"];
    assert_eq!(
        (page["hasMore"].as_bool(), page["results"][0]["creationTime"].as_f64()),
        (Some(true), Some(3.0))
    );
    let next = deployment.query(query, json!({"cursor": page["cursor"]})).await;
    let page = &next["runsFeedOrError"];
    assert_eq!(page["hasMore"], false);
    assert_eq!(page["results"].as_array().unwrap().len(), 1);
    let broken = deployment.query(
        "{ runsFeedOrError(limit: 2, view: ROOTS, cursor: \"x\") { __typename
            ... on PythonError { message className } } }",
        json!({}),
    );
    let broken = broken.await;
    assert_eq!(broken["runsFeedOrError"]["className"], "DagsterInvariantViolationError");
}

#[tokio::test]
async fn without_a_limit_a_list_of_runs_is_as_long_as_configured() {
    let limits = Limits { run_records: Some(2), ..Limits::default() };
    let deployment = Deployment::with(false, limits).await;
    let mut ids = Vec::new();
    for id in 1..=3 {
        let run = deployment.add_run(id, RunStatus::Success, f64::from(id)).await;
        ids.push(run.run_id.as_str().to_owned());
    }
    let query = "query A($filter: RunsFilter, $limit: Int) {
        runsOrError(filter: $filter, limit: $limit) { ... on Runs { results { id } } } }";
    for (variables, length) in [
        (json!({}), 2),
        (json!({"filter": {"statuses": ["SUCCESS"]}}), 2),
        (json!({"filter": {"runIds": ids}}), 3),
        (json!({"limit": 3}), 3),
    ] {
        let answer = deployment.query(query, variables.clone()).await;
        let found = answer["runsOrError"]["results"].as_array().unwrap().len();
        assert_eq!(found, length, "{variables}");
    }
}

#[tokio::test]
async fn a_finished_run_cannot_be_terminated_and_can_be_deleted() {
    let deployment = Deployment::new().await;
    let run = deployment.add_run(1, RunStatus::Failure, 1.0).await;
    let id = json!({"id": run.run_id.as_str()});
    let terminate = "mutation A($id: String!) { terminateRun(runId: $id) { __typename
        ... on TerminatePipelineExecutionFailure { message run { status } } } }";
    let answer = deployment.query(terminate, id.clone()).await;
    assert_eq!(
        answer["terminateRun"]["message"],
        format!("Run {} could not be terminated due to having status FAILURE.", run.run_id)
    );
    let delete = "mutation A($id: String!) { deleteRun(runId: $id) { __typename
        ... on DeletePipelineRunSuccess { runId } } }";
    let deleted = deployment.query(delete, id.clone()).await;
    assert_eq!(deleted["deleteRun"]["__typename"], "DeletePipelineRunSuccess");
    let again = deployment.query(delete, id).await;
    assert_eq!(again["deleteRun"]["__typename"], "RunNotFoundError");
}

#[tokio::test]
async fn a_read_only_viewer_changes_nothing() {
    let deployment = Deployment::with(true, Limits::default()).await;
    let run = deployment.add_run(1, RunStatus::Queued, 1.0).await;
    let id = json!({"id": run.run_id.as_str()});
    let answer = deployment
        .query("mutation A($id: String!) { deleteRun(runId: $id) { __typename } }", id.clone())
        .await;
    assert_eq!(answer["deleteRun"]["__typename"], "UnauthorizedError");
    let answer = deployment
        .query("mutation A($id: String!) { terminateRun(runId: $id) { __typename } }", id)
        .await;
    assert_eq!(answer["terminateRun"]["__typename"], "TerminateRunFailure");
    let selector =
        json!({"pipelineName": "j", "repositoryName": "r", "repositoryLocationName": "l"});
    let launch =
        "mutation A($p: ExecutionParams!) { launchRun(executionParams: $p) { __typename } }";
    let answer = deployment.query(launch, json!({"p": {"selector": selector}})).await;
    assert_eq!(answer["launchRun"]["__typename"], "UnauthorizedError");
}

#[tokio::test]
async fn launching_an_unknown_job_names_it() {
    let deployment = Deployment::new().await;
    let selector =
        json!({"pipelineName": "j", "repositoryName": "r", "repositoryLocationName": "l"});
    let launch = "mutation A($p: ExecutionParams!) { launchRun(executionParams: $p) { __typename
        ... on PipelineNotFoundError { message } } }";
    let answer = deployment.query(launch, json!({"p": {"selector": selector}})).await;
    assert_eq!(answer["launchRun"]["message"], "Could not find Pipeline l.r.j");
}

#[tokio::test]
async fn an_error_outside_of_a_union_carries_dagsters_error_info() {
    let deployment = Deployment::new().await;
    let executed =
        execute(&deployment.schema, request("{ test { alwaysException } }", json!({}))).await;
    assert_eq!(executed.status, 500);
    let error = serde_json::to_value(&executed.response.errors[0]).unwrap();
    assert_eq!(error["message"], "as advertised");
    let info = &error["extensions"]["errorInfo"];
    assert_eq!(info["__class__"], "SerializableErrorInfo");
    assert_eq!(info["cls_name"], "Exception");
    for (query, status) in [("{ version }", 200), ("{ nothing }", 400), ("{", 400)] {
        assert_eq!(execute(&deployment.schema, request(query, json!({}))).await.status, status);
    }
}

#[tokio::test]
async fn pools_are_set_told_and_deleted() {
    let deployment = Deployment::new().await;
    let set = "mutation { setConcurrencyLimit(concurrencyKey: \"db\", limit: 3) }";
    deployment.query(set, json!({})).await;
    let pools =
        "{ instance { concurrencyLimits { concurrencyKey slotCount limit activeRunIds } } }";
    let answer = deployment.query(pools, json!({})).await;
    assert_eq!(
        answer["instance"]["concurrencyLimits"],
        json!([{"concurrencyKey": "db", "slotCount": 3, "limit": 3, "activeRunIds": []}])
    );
    deployment
        .query("mutation { deleteConcurrencyLimit(concurrencyKey: \"db\") }", json!({}))
        .await;
    let answer = deployment.query(pools, json!({})).await;
    assert_eq!(answer["instance"]["concurrencyLimits"], json!([]));
}

#[tokio::test]
async fn an_object_of_which_nothing_is_selected_is_empty_and_not_missing() {
    let deployment = Deployment::new().await;
    let answer = deployment
        .query(
            "{ runOrError(runId: \"x\") { ... on Run { id } ...F } } fragment F on Run { status }",
            json!({}),
        )
        .await;
    assert_eq!(answer, json!({ "runOrError": {} }));
    let run = deployment.add_run(1, RunStatus::Success, 1.0).await;
    let answer = deployment
        .query(
            "query Q($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }",
            json!({ "id": run.run_id.as_str() }),
        )
        .await;
    assert_eq!(answer, json!({ "runOrError": { "status": "SUCCESS" } }));
}
