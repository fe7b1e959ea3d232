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
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rondel_graphql::{Answer, Answered};
use serde::Deserialize;
use serde_json::Value;

use crate::state::AppState;

const JSON: [(HeaderName, HeaderValue); 1] =
    [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];

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
    answer(&app, &headers, submission).await
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
            Ok(OneOrMany::One(submission)) => answer(&app, &headers, submission).await,
            Ok(OneOrMany::Many(batch)) => answer_batch(&app, &headers, batch).await,
            Err(_) => refuse(format!(
                "GraphQL request is invalid JSON:\n{}",
                String::from_utf8_lossy(&body)
            )),
        }
    } else if header_contains(&headers, header::CONTENT_TYPE, "application/graphql") {
        let query = Some(String::from_utf8_lossy(&body).into_owned());
        answer(&app, &headers, Submission { query, ..Submission::default() }).await
    } else {
        answer(&app, &headers, in_address).await
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Submission>),
    One(Submission),
}

async fn answer(app: &AppState, headers: &HeaderMap, submission: Submission) -> Response {
    let request = match request(submission) {
        Ok(request) => request,
        Err(reason) => return refuse(reason),
    };
    let executed = app.on_behalf_of(headers, execute(app, request));
    let Answered { answer, status } = match executed.await {
        Ok(answered) => answered,
        Err(failure) => return failure,
    };
    let status = status_code(status);
    match answer {
        // Compressed on its way out, if at all.
        Answer::Made(json) => (status, JSON, json).into_response(),
        Answer::Kept(kept) if accepts_gzip(headers) => {
            let coding = [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")];
            (status, JSON, coding, kept.gzip().clone()).into_response()
        }
        Answer::Kept(kept) => {
            let length = [(header::CONTENT_LENGTH, kept.length())];
            let body = Body::from_stream(futures::stream::iter(kept.pieces()));
            (status, JSON, length, body).into_response()
        }
    }
}

async fn answer_batch(app: &AppState, headers: &HeaderMap, batch: Vec<Submission>) -> Response {
    let mut body = vec![b'['];
    let mut worst = 200;
    for (place, submission) in batch.into_iter().enumerate() {
        let request = match request(submission) {
            Ok(request) => request,
            Err(reason) => return refuse(reason),
        };
        match app.on_behalf_of(headers, execute(app, request)).await {
            Ok(Answered { answer, status }) => {
                worst = worst.max(status);
                if place > 0 {
                    body.push(b',');
                }
                match answer.json() {
                    Ok(json) => body.extend_from_slice(&json),
                    Err(error) => return failure(500, error.to_string()),
                }
            }
            Err(failure) => return failure,
        }
    }
    body.push(b']');
    (status_code(worst), JSON, body).into_response()
}

/// Executes, within the time limit, and logs what was slow; the error is what to answer instead.
async fn execute(app: &AppState, request: Request) -> Result<Answered, Response> {
    let started = Instant::now();
    let operation = request.operation_name.clone().or_else(|| first_name(&request.query));
    let answered = tokio::time::timeout(
        app.options.request_timeout,
        rondel_graphql::answer(&app.schema, request),
    );
    let answered = match answered.await {
        Ok(Ok(answered)) => Ok(answered),
        Ok(Err(error)) => {
            tracing::error!(%error, "a GraphQL answer could not be serialized");
            Err(failure(500, "the answer could not be serialized".to_owned()))
        }
        Err(_) => {
            let limit = app.options.request_timeout.as_secs();
            Err(failure(504, format!("not answered within {limit} s")))
        }
    };
    let elapsed = started.elapsed();
    metrics::histogram!("rondel_graphql_request_seconds").record(elapsed.as_secs_f64());
    if elapsed >= app.options.slow_query {
        tracing::warn!(
            operation = operation.as_deref().unwrap_or("(unnamed)"),
            elapsed_ms = elapsed.as_millis(),
            status = match &answered {
                Ok(answered) => answered.status,
                Err(failure) => failure.status().as_u16(),
            },
            "slow GraphQL request"
        );
    }
    answered
}

/// An answer with one error in it.
fn failure(status: u16, message: String) -> Response {
    let error = async_graphql::ServerError::new(message, None);
    let response = async_graphql::Response::from_errors(vec![error]);
    (status_code(status), Json(response)).into_response()
}

/// The name of the first operation in a document, for the log: clients may leave it to the document.
fn first_name(query: &str) -> Option<String> {
    let mut words =
        query.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.find(|word| matches!(*word, "query" | "mutation"))?;
    words.next().map(str::to_owned)
}

/// Whether the client takes compressed bodies, preferences aside.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.into_iter().flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_an_operation_name_is_known_by_its_document() {
        assert_eq!(first_name("query Runs($a: Int) { a }").as_deref(), Some("Runs"));
        assert_eq!(first_name("fragment F on X { a } mutation Go { a }").as_deref(), Some("Go"));
        assert_eq!(first_name("{ a }"), None);
    }

    #[test]
    fn compressed_bodies_go_to_those_who_take_them() {
        let accepts = |value: &'static str| {
            accepts_gzip(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(accepts("br, gzip;q=0.8"));
        assert!(!accepts("br, gzip;q=0"));
        assert!(!accepts("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
