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
