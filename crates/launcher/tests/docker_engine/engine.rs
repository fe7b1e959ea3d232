//! A Docker Engine that makes no containers: the part of its HTTP API that launching uses, on a Unix socket.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Default)]
pub struct Known {
    /// Containers by id, as they were asked for, with their status under `status`.
    pub containers: BTreeMap<String, Value>,
    /// Images that are on this machine.
    pub images: Vec<String>,
    /// Images of the registry.
    pub registry: Vec<String>,
    /// Method and path of each call, and what it was authorized with.
    pub calls: Vec<String>,
    pub credentials: Option<String>,
    /// What was said so far, and who listens.
    pub events: Vec<Value>,
    pub listeners: Vec<tokio::sync::mpsc::UnboundedSender<Value>>,
    /// How many calls from now the Engine goes on working.
    pub fails_after: Option<usize>,
}

pub struct Engine {
    pub state: Arc<Mutex<Known>>,
    pub socket: PathBuf,
    _directory: tempfile::TempDir,
}

impl Engine {
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("docker.sock");
        let listener = tokio::net::UnixListener::bind(&socket).unwrap();
        let state = Arc::new(Mutex::new(Known::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { state, socket, _directory: directory }
    }

    pub fn statuses(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state.containers.values().map(|one| one["status"].as_str().unwrap().to_owned()).collect()
    }

    /// Lets the container of a run end.
    pub fn end(&self, id: &str) {
        let mut state = self.state.lock().unwrap();
        let container = state.containers.get_mut(id).unwrap();
        container["status"] = "exited".into();
        let attributes = container["Labels"].clone();
        let event = json!({
            "Type": "container", "Action": "die", "time": 1, "Actor": {"ID": id, "Attributes": attributes},
        });
        state.events.push(event.clone());
        state.listeners.retain(|listener| listener.send(event.clone()).is_ok());
    }

    /// Ends the streams of events that there are.
    pub fn hang_up(&self) {
        self.state.lock().unwrap().listeners.clear();
    }

    pub fn set_status(&self, status: &str) {
        for container in self.state.lock().unwrap().containers.values_mut() {
            container["status"] = status.into();
        }
    }
}

type Shared = Arc<Mutex<Known>>;

async fn answer(
    State(state): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap();
    state.calls.push(format!("{method} {}", uri.path()));
    if let Some(left) = &mut state.fails_after {
        if *left == 0 {
            let said = json!({"message": "the daemon is shutting down"});
            return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(said)).into_response();
        }
        *left -= 1;
    }
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    let none = |what: &str| {
        (StatusCode::NOT_FOUND, axum::Json(json!({"message": format!("No such {what}")})))
            .into_response()
    };
    match (method.as_str(), &parts[..]) {
        ("POST", ["containers", "create"]) => {
            let mut container: Value = serde_json::from_slice(&body).unwrap();
            let image = container["Image"].as_str().unwrap().to_owned();
            if !state.images.contains(&image) {
                return none(&format!("image: {image}"));
            }
            container["status"] = "created".into();
            container["name"] = query.get("name").cloned().unwrap_or_default().into();
            let id = format!("c{}", state.containers.len() + 1);
            state.containers.insert(id.clone(), container);
            (StatusCode::CREATED, axum::Json(json!({"Id": id, "Warnings": []}))).into_response()
        }
        ("POST", ["images", "create"]) => {
            let image = format!("{}:{}", query["fromImage"], query["tag"]);
            let credentials = headers.get("x-registry-auth");
            state.credentials = credentials.map(|value| value.to_str().unwrap().to_owned());
            if !state.registry.contains(&image) {
                let progress = "{\"status\": \"Pulling\"}\n{\"error\": \"manifest unknown\"}\n";
                return progress.into_response();
            }
            state.images.push(image);
            "{\"status\": \"Pull complete\"}\n".into_response()
        }
        ("POST", ["networks", network, "connect"]) => {
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let id = asked["Container"].as_str().unwrap();
            state.containers.get_mut(id).unwrap()["joined"] = (*network).into();
            StatusCode::OK.into_response()
        }
        ("GET", ["events"]) => {
            let filters: Value = serde_json::from_str(&query["filters"]).unwrap();
            assert_eq!(filters["label"], json!(["dagster/run_id"]));
            let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
            for event in &state.events {
                sender.send(event.clone()).unwrap();
            }
            state.listeners.push(sender);
            let lines = futures::stream::unfold(receiver, |mut receiver| async move {
                let line = format!("{}\n", receiver.recv().await?);
                Some((Ok::<_, std::convert::Infallible>(line), receiver))
            });
            axum::body::Body::from_stream(lines).into_response()
        }
        ("GET", ["containers", "json"]) => {
            let filters: Value = serde_json::from_str(&query["filters"]).unwrap();
            let wanted = filters["label"].as_array().unwrap();
            let has = |container: &Value| {
                wanted.iter().all(|label| {
                    let (name, value) = label.as_str().unwrap().split_once('=').unwrap();
                    container["Labels"][name] == value
                })
            };
            let found = state.containers.iter().rev().filter(|(_, container)| has(container));
            let found: Vec<Value> = found.map(|(id, _)| json!({"Id": id})).collect();
            axum::Json(found).into_response()
        }
        ("GET", ["containers", id, "json"]) => match state.containers.get(*id) {
            None => none("container"),
            Some(container) => {
                let status = json!({"Status": container["status"], "ExitCode": 137});
                axum::Json(json!({"Id": id, "State": status})).into_response()
            }
        },
        ("POST", ["containers", id, verb]) => match state.containers.get_mut(*id) {
            None => none("container"),
            Some(container) => {
                container["status"] = if *verb == "start" { "running" } else { "exited" }.into();
                container["stopped_with"] = query.get("t").cloned().into();
                StatusCode::NO_CONTENT.into_response()
            }
        },
        ("DELETE", ["containers", id]) => {
            state.containers.remove(*id);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => none("page"),
    }
}
