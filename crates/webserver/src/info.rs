//! What monitors and clients ask about the server itself: versions, liveness, readiness, metrics.

use std::sync::{Arc, OnceLock};

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};

use crate::state::AppState;

/// `/server_info` and its older names. Dagster's command line looks for the text
/// `dagster_webserver` to recognize a server.
pub(crate) async fn versions(State(app): State<Arc<AppState>>) -> Json<Value> {
    let dagster = &app.options.dagster_version;
    Json(json!({
        "dagster_webserver_version": dagster,
        "dagster_version": dagster,
        "dagster_graphql_version": dagster,
        "rondel_version": env!("CARGO_PKG_VERSION"),
    }))
}

/// `/health`: the process answers.
pub(crate) async fn health() -> &'static str {
    "ok"
}

/// `/ready`: the database answers. Locations are told, but do not make the server unready: each
/// has a state of its own.
pub(crate) async fn ready(State(app): State<Arc<AppState>>) -> impl IntoResponse {
    let database = app.instance.storage().run_storage_id().await;
    let workspace = app.workspace.snapshot();
    let ready = workspace.locations().filter(|location| location.is_ready()).count();
    let failed = workspace.locations().filter(|location| location.error().is_some()).count();
    let loading = workspace.locations().len().saturating_sub(ready + failed);
    let status = if database.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "database": database.map_or_else(|error| error.to_string(), |_| "ok".to_owned()),
        "locations": { "ready": ready, "loading": loading, "failed": failed },
    });
    (status, Json(body))
}

/// `/metrics`, for Prometheus.
pub(crate) async fn metrics() -> impl IntoResponse {
    match metrics_handle() {
        Some(handle) => {
            (StatusCode::OK, [("content-type", "text/plain; version=0.0.4")], handle.render())
        }
        None => (
            StatusCode::NOT_FOUND,
            [("content-type", "text/plain")],
            "another metrics recorder is installed in this process".to_owned(),
        ),
    }
}

/// The process's recorder, installed at the first call; `None` when another one was there before.
#[must_use]
pub fn metrics_handle() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}
