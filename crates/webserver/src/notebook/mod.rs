//! `/notebook`: a notebook of a code location as a page.
//!
//! dagster-webserver converts notebooks with nbconvert where that is installed; here the page is
//! made from the notebook's JSON (nbformat 4), so that no Python is needed beside the server. The
//! notebook is user code's: its HTML is shown, its scripts are not run (the page's policy is a
//! sandbox).

mod cells;
mod markdown;

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use crate::state::AppState;

/// Styles and images of the notebook, but no scripts and no requests of its own.
const POLICY: &str = "sandbox allow-popups; default-src 'none'; img-src data: https:; \
                      style-src 'unsafe-inline'; font-src data:";

/// The notebook asked for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    path: Option<String>,
    #[serde(rename = "repoLocName")]
    location: Option<String>,
}

/// `GET /notebook?path=…&repoLocName=…`.
pub(crate) async fn show(
    State(app): State<Arc<AppState>>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let (Some(path), Some(location_name)) = (wanted.path, wanted.location) else {
        let reason = "path and repoLocName are needed: the notebook and its code location";
        return (StatusCode::BAD_REQUEST, reason).into_response();
    };
    if !path.ends_with(".ipynb") {
        return (StatusCode::BAD_REQUEST, "Invalid Path").into_response();
    }
    let workspace = app.workspace.snapshot();
    let Some(location) = workspace.location(&location_name).and_then(|entry| entry.location())
    else {
        let reason = format!("code location {location_name} is not loaded");
        return (StatusCode::NOT_FOUND, reason).into_response();
    };
    let content = match location.client().notebook_data(&path).await {
        Ok(content) => content,
        Err(error) => {
            tracing::warn!(%error, path, "a notebook could not be read");
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    match cells::page(&path, &content) {
        Ok(page) => {
            let mut response = Html(page).into_response();
            let policy = HeaderValue::from_static(POLICY);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        Err(error) => {
            let reason = format!("{path} is not a notebook of format 4: {error}");
            (StatusCode::UNPROCESSABLE_ENTITY, reason).into_response()
        }
    }
}

/// Text as it stands in a page.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
