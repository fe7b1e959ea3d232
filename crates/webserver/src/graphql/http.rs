//! GraphQL over HTTP, with dagster-webserver's statuses: POST as JSON (one request or an array),
//! as `application/graphql`, or with everything in the query string; GET with a query string; a
//! browser which GETs the address gets an editor for queries.
//!
//! 400: no query, malformed JSON, a document that cannot be executed. 500: a resolver failed
//! unforeseen, even where the body carries a typed error.

use std::{sync::Arc, time::Instant};

use async_graphql::{Request, Variables};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rondel_graphql::Executed;
use serde::Deserialize;
use serde_json::Value;

use crate::state::AppState;

/// The editor which a browser gets.
const EDITOR: &str = include_str!("editor.html");

/// A request as clients send it.
#[derive(Deserialize, Default)]
pub(crate) struct Submission {
    query: Option<String>,
    #[serde(default)]
    variables: Value,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
}

/// `GET /graphql`.
pub(crate) async fn get(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    Query(submission): Query<Submission>,
) -> Response {
    if header_contains(&headers, header::ACCEPT, "text/html") {
        return Html(EDITOR.replace("__PATH_PREFIX__", &app.options.path_prefix)).into_response();
    }
    answer(&app, submission).await
}

/// `POST /graphql`.
pub(crate) async fn post(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    Query(in_address): Query<Submission>,
    body: Bytes,
) -> Response {
    if header_contains(&headers, header::CONTENT_TYPE, "application/json") {
        match serde_json::from_slice::<OneOrMany>(&body) {
            Ok(OneOrMany::One(submission)) => answer(&app, submission).await,
            Ok(OneOrMany::Many(batch)) => answer_batch(&app, batch).await,
            Err(_) => refuse(format!(
                "GraphQL request is invalid JSON:\n{}",
                String::from_utf8_lossy(&body)
            )),
        }
    } else if header_contains(&headers, header::CONTENT_TYPE, "application/graphql") {
        let query = Some(String::from_utf8_lossy(&body).into_owned());
        answer(&app, Submission { query, ..Submission::default() }).await
    } else {
        answer(&app, in_address).await
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Submission>),
    One(Submission),
}

async fn answer(app: &AppState, submission: Submission) -> Response {
    let request = match request(submission) {
        Ok(request) => request,
        Err(reason) => return refuse(reason),
    };
    let Executed { response, status } = execute(app, request).await;
    (status_code(status), Json(response)).into_response()
}

async fn answer_batch(app: &AppState, batch: Vec<Submission>) -> Response {
    let mut responses = Vec::with_capacity(batch.len());
    let mut worst = 200;
    for submission in batch {
        let request = match request(submission) {
            Ok(request) => request,
            Err(reason) => return refuse(reason),
        };
        let Executed { response, status } = execute(app, request).await;
        worst = worst.max(status);
        responses.push(response);
    }
    (status_code(worst), Json(responses)).into_response()
}

/// Executes, within the time limit, and logs what was slow.
async fn execute(app: &AppState, request: Request) -> Executed {
    let started = Instant::now();
    let operation = request.operation_name.clone();
    let executed = tokio::time::timeout(
        app.options.request_timeout,
        rondel_graphql::execute(&app.schema, request),
    );
    let executed = match executed.await {
        Ok(executed) => executed,
        Err(_) => Executed {
            response: async_graphql::Response::from_errors(vec![async_graphql::ServerError::new(
                format!("not answered within {} s", app.options.request_timeout.as_secs()),
                None,
            )]),
            status: 504,
        },
    };
    let elapsed = started.elapsed();
    metrics::histogram!("rondel_graphql_request_seconds").record(elapsed.as_secs_f64());
    if elapsed >= app.options.slow_query {
        tracing::warn!(
            operation = operation.as_deref().unwrap_or("(unnamed)"),
            elapsed_ms = elapsed.as_millis(),
            status = executed.status,
            "slow GraphQL request"
        );
    }
    executed
}

fn request(submission: Submission) -> Result<Request, String> {
    let Some(query) = submission.query else {
        return Err("No GraphQL query found in the request".to_owned());
    };
    let variables = match submission.variables {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) => serde_json::from_str(&text).map_err(|_| {
            format!("Malformed GraphQL variables. Passed as string but not valid JSON:\n{text}")
        })?,
        other => other,
    };
    let mut request = Request::new(query).variables(Variables::from_json(variables));
    request.operation_name = submission.operation_name.filter(|name| !name.is_empty());
    Ok(request)
}

fn refuse(reason: String) -> Response {
    (StatusCode::BAD_REQUEST, reason).into_response()
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn header_contains(headers: &HeaderMap, name: header::HeaderName, text: &str) -> bool {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(text))
}
