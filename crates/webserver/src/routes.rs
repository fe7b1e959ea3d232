//! The table of routes and what all of them share.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{
        DefaultBodyLimit, MatchedPath, Query, Request, State, WebSocketUpgrade,
        ws::rejection::WebSocketUpgradeRejection,
    },
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use tower_http::{
    compression::CompressionLayer, set_header::SetResponseHeaderLayer, trace::TraceLayer,
};

use crate::{downloads, graphql, info, notebook, report, state::AppState, ui};

/// Everything the server answers.
pub(crate) fn router(app: Arc<AppState>) -> Router {
    let prefix = app.options.path_prefix.clone();
    let routes = Router::new()
        .route("/graphql", get(graphql_get).post(graphql::http::post))
        .route("/server_info", get(info::versions))
        .route("/dagit_info", get(info::versions))
        .route("/dagster_info", get(info::versions))
        .route("/health", get(info::health))
        .route("/ready", get(info::ready))
        .route("/metrics", get(info::metrics))
        .route("/logs/{*path}", get(downloads::captured_log))
        .route("/download_debug/{run_id}", get(downloads::debug))
        .route("/notebook", get(notebook::show))
        .route("/dagit/notebook", get(notebook::show))
        .route("/report_asset_materialization/", post(report::materialization))
        .route("/report_asset_materialization/{*asset_key}", post(report::materialization))
        .route("/report_asset_check/", post(report::check))
        .route("/report_asset_check/{*asset_key}", post(report::check))
        .route("/report_asset_observation/", post(report::observation))
        .route("/report_asset_observation/{*asset_key}", post(report::observation))
        .fallback(any(ui::serve))
        .layer(DefaultBodyLimit::max(app.options.max_body_bytes))
        .with_state(Arc::clone(&app));
    let routes = if prefix.is_empty() {
        routes
    } else {
        let target = prefix.clone();
        Router::new()
            .nest(&prefix, routes)
            // Nesting leaves the prefix with a slash out.
            .route(&format!("{prefix}/"), any(ui::serve).with_state(app))
            .route("/", get(move || async move { Redirect::temporary(&target) }))
            .fallback(|| async { (StatusCode::NOT_FOUND, "Not Found") })
            .layer(middleware::from_fn(move |request: Request, next: Next| {
                let prefix = prefix.clone();
                async move {
                    match slash_added(request.uri(), &prefix) {
                        Some(target) => Redirect::temporary(&target).into_response(),
                        None => next.run(request).await,
                    }
                }
            }))
    };
    routes
        .layer(middleware::from_fn(count))
        .layer(CompressionLayer::new())
        .layer(security_header("x-content-type-options", "nosniff"))
        .layer(security_header("referrer-policy", "strict-origin-when-cross-origin"))
        .layer(TraceLayer::new_for_http())
}

/// Where the prefix without its slash leads: pages name what they load relative to the prefix with it.
fn slash_added(uri: &Uri, prefix: &str) -> Option<String> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    (uri.path() == prefix).then(|| format!("{prefix}/{query}"))
}

/// `GET /graphql`: a websocket where the client asks for one, else a query or the editor.
async fn graphql_get(
    app: State<Arc<AppState>>,
    ws: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    headers: HeaderMap,
    query: Query<graphql::http::Submission>,
) -> Response {
    match ws {
        Ok(ws) => graphql::socket::upgrade(app, headers, ws).await,
        Err(_) => graphql::http::get(app, headers, query).await,
    }
}

fn security_header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

/// Counts and times requests by route, which is bounded, unlike the path.
async fn count(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "ui".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let is_socket = request.headers().contains_key(header::UPGRADE);
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    metrics::counter!(
        "rondel_http_requests_total",
        "route" => route.clone(), "method" => method, "status" => status
    )
    .increment(1);
    if !is_socket {
        metrics::histogram!("rondel_http_request_seconds", "route" => route)
            .record(started.elapsed().as_secs_f64());
    }
    response
}
