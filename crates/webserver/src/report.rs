//! `/report_asset_materialization|check|observation/<asset key>`: events about assets which no run
//! produced, reported by other systems (`dagster_webserver/external_assets.py`).
//!
//! The key is the path, or `asset_key` in the JSON body or the query; everything else comes from
//! the body, or else from the query. What is wrong is told as `{"error": …}` with status 400.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rondel_instance::RunlessAssetEvent;
use rondel_model::{
    event::{AssetCheckEvaluation, AssetCheckSeverity, AssetMaterialization, AssetObservation},
    ids::AssetKey,
    metadata::{
        BoolMetadataValue, FloatMetadataValue, IntMetadataValue, JsonMetadataValue, Metadata,
        MetadataValue, NullMetadataValue, TextMetadataValue,
    },
    serdes::{Map, Number, Value},
};
use serde_json::{Value as Json_, json};

use crate::state::AppState;

const DATA_VERSION_TAG: &str = "dagster/data_version";
const DATA_VERSION_IS_USER_PROVIDED_TAG: &str = "dagster/data_version_is_user_provided";

type Params = HashMap<String, String>;

/// What a report says, wherever it says it.
struct Report {
    asset_key: AssetKey,
    body: serde_json::Map<String, Json_>,
    query: Params,
}

/// Why a report is refused.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn bad(reason: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, reason.into())
}

impl Report {
    fn read(
        app: &AppState,
        path: Option<String>,
        query: Params,
        headers: &HeaderMap,
        body: &Bytes,
        route: &str,
    ) -> Result<Self, Refusal> {
        let body = match headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) {
            None => serde_json::Map::new(),
            Some("application/json") => match serde_json::from_slice(body) {
                Ok(Json_::Object(body)) => body,
                Ok(_) => return Err(bad("Expected a JSON object as body")),
                Err(error) => return Err(bad(format!("Error parsing the JSON body: {error}"))),
            },
            Some(other) => {
                return Err(bad(format!(
                    "Unhandled content type {other}, expect no body or application/json"
                )));
            }
        };
        let from_path = path.filter(|path| !path.is_empty());
        let asset_key = match (from_path, body.get("asset_key"), query.get("asset_key")) {
            (Some(path), _, _) => Some(AssetKey::from_user_string(&path)),
            (None, Some(Json_::String(part)), _) => Some(AssetKey::new([part.as_str()])),
            (None, Some(Json_::Array(parts)), _) => {
                let parts: Option<Vec<&str>> = parts.iter().map(Json_::as_str).collect();
                parts.map(AssetKey::new)
            }
            (None, _, Some(text)) => AssetKey::from_db_string(text),
            (None, _, None) => None,
        };
        let asset_key = asset_key.ok_or_else(|| {
            bad(format!(
                "Empty asset key, must provide asset key as url path after /{route}/ or query \
                 param asset_key."
            ))
        })?;
        if app.options.read_only {
            let reason = "Not authorized to report runless asset events.";
            return Err(Refusal(StatusCode::UNAUTHORIZED, reason.to_owned()));
        }
        Ok(Report { asset_key, body, query })
    }

    fn text(&self, name: &str, class: &str) -> Result<Option<String>, Refusal> {
        match self.body.get(name) {
            Some(Json_::String(text)) => Ok(Some(text.clone())),
            Some(Json_::Null) => Ok(None),
            Some(_) => Err(bad(format!("Error constructing {class}: {name} is not a string"))),
            None => Ok(self.query.get(name).cloned()),
        }
    }

    fn metadata(&self, class: &str) -> Result<Metadata, Refusal> {
        let given = match (self.body.get("metadata"), self.query.get("metadata")) {
            (Some(given), _) => given.clone(),
            (None, Some(text)) => serde_json::from_str(text)
                .map_err(|error| bad(format!("Error parsing metadata json: {error}")))?,
            (None, None) => Json_::Null,
        };
        match given {
            Json_::Null => Ok(Metadata::new()),
            Json_::Object(entries) => {
                Ok(entries.into_iter().map(|(label, value)| (label, metadata(value))).collect())
            }
            _ => Err(bad(format!("Error constructing {class}: metadata is not a map"))),
        }
    }

    fn tags(&self, class: &str) -> Result<Map<String>, Refusal> {
        let mut tags = Map::new();
        if let Some(version) = self.text("data_version", class)? {
            tags.insert(DATA_VERSION_TAG.to_owned(), version);
            tags.insert(DATA_VERSION_IS_USER_PROVIDED_TAG.to_owned(), "true".to_owned());
        }
        Ok(tags)
    }

    fn materialization(self) -> Result<RunlessAssetEvent, Refusal> {
        let class = "AssetMaterialization";
        Ok(RunlessAssetEvent::Materialization(AssetMaterialization {
            partition: self.text("partition", class)?,
            description: self.text("description", class)?,
            metadata: self.metadata(class)?.into(),
            tags: Some(self.tags(class)?),
            asset_key: self.asset_key,
            ..AssetMaterialization::default()
        }))
    }

    fn observation(self) -> Result<RunlessAssetEvent, Refusal> {
        let class = "AssetObservation";
        Ok(RunlessAssetEvent::Observation(AssetObservation {
            partition: self.text("partition", class)?,
            description: self.text("description", class)?,
            metadata: self.metadata(class)?.into(),
            tags: self.tags(class)?,
            asset_key: self.asset_key,
            ..AssetObservation::default()
        }))
    }

    fn check(self) -> Result<RunlessAssetEvent, Refusal> {
        let class = "AssetCheckEvaluation";
        let passed = match (self.body.get("passed"), self.query.get("passed")) {
            (Some(passed), _) => passed.clone(),
            (None, Some(text)) => serde_json::from_str(text)
                .map_err(|error| bad(format!("Error parsing 'passed': {error}")))?,
            (None, None) => return Err(bad("Missing required parameter 'passed'.")),
        };
        let wrong = |reason: String| bad(format!("Error constructing {class}: {reason}"));
        let passed = passed.as_bool().ok_or_else(|| wrong("passed is not a bool".to_owned()))?;
        let check_name = self.text("check_name", class)?;
        let check_name = check_name.ok_or_else(|| wrong("check_name is missing".to_owned()))?;
        let severity = match self.text("severity", class)?.as_deref() {
            None | Some("ERROR") => AssetCheckSeverity::Error,
            Some("WARN") => AssetCheckSeverity::Warn,
            Some(other) => {
                return Err(wrong(format!("'{other}' is not a valid AssetCheckSeverity")));
            }
        };
        Ok(RunlessAssetEvent::CheckEvaluation(AssetCheckEvaluation {
            check_name,
            passed,
            metadata: self.metadata(class)?,
            target_materialization_data: None,
            severity,
            description: None,
            blocking: None,
            partition: self.text("partition", class)?,
            asset_key: self.asset_key,
            extra: Default::default(),
        }))
    }
}

/// A plain value as metadata, as Python's `normalize_metadata` takes it.
fn metadata(value: Json_) -> MetadataValue {
    match value {
        Json_::Null => NullMetadataValue::default().into(),
        Json_::Bool(value) => BoolMetadataValue { value: Some(value), ..Default::default() }.into(),
        Json_::Number(number) => match number.as_i64() {
            Some(value) => {
                IntMetadataValue { value: Value::Int(value), ..Default::default() }.into()
            }
            None => {
                let value = Number::Float(number.as_f64().unwrap_or_default());
                FloatMetadataValue { value: Some(value), ..Default::default() }.into()
            }
        },
        Json_::String(text) => TextMetadataValue { text: Some(text), ..Default::default() }.into(),
        json @ (Json_::Array(_) | Json_::Object(_)) => {
            let data = Value::from_json_text(&json.to_string()).unwrap_or_default();
            JsonMetadataValue { data, ..Default::default() }.into()
        }
    }
}

/// Declares the handler of a route.
macro_rules! handler {
    ($name:ident, $route:literal, $event:ident) => {
        #[doc = concat!("`POST /", $route, "/<asset key>`.")]
        pub(crate) async fn $name(
            State(app): State<Arc<AppState>>,
            path: Option<Path<String>>,
            Query(query): Query<Params>,
            headers: HeaderMap,
            body: Bytes,
        ) -> Response {
            let path = path.map(|Path(path)| path);
            let event =
                Report::read(&app, path, query, &headers, &body, $route).and_then(Report::$event);
            store(&app, event).await
        }
    };
}

handler!(materialization, "report_asset_materialization", materialization);
handler!(check, "report_asset_check", check);
handler!(observation, "report_asset_observation", observation);

async fn store(app: &AppState, event: Result<RunlessAssetEvent, Refusal>) -> Response {
    let event = match event {
        Ok(event) => event,
        Err(refusal) => return refusal.into_response(),
    };
    match app.instance.report_runless_asset_event(event).await {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => {
            tracing::warn!(%error, "a reported asset event was not stored");
            Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
        }
    }
}
