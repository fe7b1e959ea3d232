//! The web UI: static files and, for every address that is none of them, the page itself, so that
//! the UI's own routes can be bookmarked.
//!
//! The page is a template, filled as dagster-webserver fills its own (the same placeholders), so
//! that Rondel's UI and Dagster's bundle are both served from here.

mod bundle;
mod installed;
mod template;

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

pub(crate) use bundle::Bundle;
pub use installed::installed_ui;
use template::PageValues;

use crate::state::AppState;

const CSP: HeaderName = header::CONTENT_SECURITY_POLICY;

/// The files below these directories carry their hash in the name: Rondel's, and those of Dagster's
/// bundle. (Not `assets/`: that is a page of the UI.)
const IMMUTABLE_PREFIXES: [&str; 2] = ["static/", "_next/static/"];

/// Everything that is no other route.
pub(crate) async fn serve(
    State(app): State<Arc<AppState>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed").into_response();
    }
    // Routes nested under the path prefix see the address without it.
    let path = uri.path().trim_start_matches('/');
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
    if path.is_empty() || path == "index.html" {
        return page(&app);
    }
    match app.bundle.file(&path) {
        Some(file) => static_file(&path, &file, &headers),
        None if app.bundle.owns(&path) => (StatusCode::NOT_FOUND, "Not Found").into_response(),
        None => page(&app),
    }
}

fn page(app: &AppState) -> Response {
    let Some(index) = app.bundle.file("index.html") else {
        return (
            StatusCode::INTERNAL_SERVER_ERROR,
            "the web UI has no index.html: build it with `npm run build` in web/, or give the \
             directory of a built bundle",
        )
            .into_response();
    };
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let values = PageValues {
        path_prefix: &app.options.path_prefix,
        instance_id: &app.instance_id,
        telemetry_enabled: false,
        live_data_poll_rate: app.options.live_data_poll_rate,
        nonce: &nonce,
    };
    let html = values.fill(&String::from_utf8_lossy(&index.content));
    let mut response = axum::response::Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("feature-policy"),
        HeaderValue::from_static("microphone 'none'; camera 'none'"),
    );
    if let Some(policy) = app.bundle.content_security_policy().and_then(|policy| {
        HeaderValue::from_str(policy.replace("NONCE-PLACEHOLDER", &nonce).trim()).ok()
    }) {
        headers.insert(CSP, policy);
    }
    response
}

fn static_file(path: &str, file: &bundle::File, headers: &HeaderMap) -> Response {
    let etag = file.etag.as_ref().and_then(|etag| HeaderValue::from_str(etag).ok());
    if let Some(etag) = &etag
        && headers.get(header::IF_NONE_MATCH) == Some(etag)
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = file.content.clone().into_owned().into_response();
    let out = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&file.mime) {
        out.insert(header::CONTENT_TYPE, kind);
    }
    let lifetime = if IMMUTABLE_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
    if let Some(etag) = etag {
        out.insert(header::ETAG, etag);
    }
    response
}
