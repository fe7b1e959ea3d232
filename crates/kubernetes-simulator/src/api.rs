//! The HTTP API: paths, verbs, watches, errors as `Status` objects, and faults on demand.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::accounts::Account;
use crate::patch;
use crate::resources::Resource;
use crate::selectors::Selector;
use crate::store::{Key, Part, Propagation, Store};
use crate::target::{Query, Target, is_watch, not_allowed, query};

/// An answer other than success, sent as a `Status` object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub code: u16,
    /// The machine-readable reason.
    pub reason: String,
    /// The text.
    pub message: String,
}

impl ApiError {
    pub(crate) fn new(code: u16, reason: &str, message: String) -> Self {
        Self { code, reason: reason.to_owned(), message }
    }

    fn status(&self) -> Value {
        json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        })
    }
}

/// Whether a failing request has its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It fails before anything happens.
    Before,
    /// It is done, only the answer is lost.
    After,
}

/// Requests that are to fail.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The HTTP method, such as `POST`.
    pub method: &'static str,
    /// The plural name of the resource.
    pub plural: &'static str,
    /// The HTTP status of the answer.
    pub code: u16,
    /// Whether the request has its effect.
    pub moment: Moment,
    /// How many requests fail.
    pub times: usize,
}

/// What the request handlers share.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) store: Arc<Store>,
    pub(crate) token: String,
    pub(crate) latency: Duration,
    /// By token, those who are not the administrator.
    pub(crate) accounts: Mutex<HashMap<String, Arc<Account>>>,
    pub(crate) logs: PathBuf,
    pub(crate) faults: Mutex<Vec<Fault>>,
    pub(crate) counts: Mutex<HashMap<(String, String), usize>>,
    pub(crate) stop: CancellationToken,
}

pub(crate) async fn handle(
    State(api): State<Arc<Api>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = api.answer(&method, &uri, &headers, &body).await;
    answer.unwrap_or_else(|error| {
        let code = StatusCode::from_u16(error.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (code, axum::Json(error.status())).into_response()
    })
}

impl Api {
    async fn answer(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Response, ApiError> {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let account = self.account(headers)?;
        let parts: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
        if let Some(document) = self.discovery(&parts) {
            return Ok(axum::Json(document).into_response());
        }
        let target = Target::of(&parts, self.store.resources())?;
        let query = query(uri.query().unwrap_or_default());
        if let Some(account) = account {
            account.check(&target.request(method, &query)?)?;
        }
        let plural = target.resource.plural.clone();
        let seen = (method.to_string(), plural.clone());
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(seen).or_default() += 1;
        let fault = self.fault(method.as_str(), &plural);
        if let Some(fault) = fault.as_ref().filter(|fault| fault.moment == Moment::Before) {
            return Err(failure(fault));
        }
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or("application/json");
        let answer = self.act(method, &target, &query, content_type, body).await?;
        fault.map_or(Ok(answer), |fault| Err(failure(&fault)))
    }

    /// Who asks; `None` for the administrator.
    fn account(&self, headers: &HeaderMap) -> Result<Option<Arc<Account>>, ApiError> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        if token == self.token {
            return Ok(None);
        }
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.get(token).cloned();
        account
            .map(Some)
            .ok_or_else(|| ApiError::new(401, "Unauthorized", "Unauthorized".to_owned()))
    }

    fn fault(&self, method: &str, plural: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = faults
            .iter_mut()
            .find(|fault| fault.times > 0 && fault.method == method && fault.plural == plural)?;
        fault.times -= 1;
        Some(fault.clone())
    }

    fn discovery(&self, parts: &[&str]) -> Option<Value> {
        let resources = self.store.resources();
        let list = |group: &str, version: &str| {
            let listed: Vec<Value> = resources
                .iter()
                .filter(|resource| resource.group == group && resource.version == version)
                .map(Resource::discovery)
                .collect();
            let name =
                if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
            (!listed.is_empty()).then(|| {
                json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": listed})
            })
        };
        match parts {
            ["version"] => Some(json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0"})),
            ["healthz" | "readyz" | "livez"] => Some("ok".into()),
            ["api"] => Some(json!({"kind": "APIVersions", "versions": ["v1"]})),
            ["apis"] => {
                let mut groups: Vec<Value> = Vec::new();
                for resource in resources.iter().filter(|resource| !resource.group.is_empty()) {
                    let version = json!({
                        "groupVersion": resource.api_version(),
                        "version": resource.version,
                    });
                    let group = json!({
                        "name": resource.group,
                        "versions": [version],
                        "preferredVersion": version,
                    });
                    if !groups.contains(&group) {
                        groups.push(group);
                    }
                }
                Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
            }
            ["api", version] => list("", version),
            ["apis", group, version] => list(group, version),
            _ => None,
        }
    }

    async fn act(
        &self,
        method: &Method,
        target: &Target,
        query: &Query,
        content_type: &str,
        body: &[u8],
    ) -> Result<Response, ApiError> {
        let resource = target.resource.id();
        let Some(name) = &target.name else {
            return match method.as_str() {
                "GET" if is_watch(query) => Ok(self.watch(target, query)),
                "GET" => Ok(self.list(target, query)),
                "POST" => {
                    let created =
                        self.store.create(&target.resource, &target.namespace, parse(body)?)?;
                    Ok((StatusCode::CREATED, axum::Json(created)).into_response())
                }
                "DELETE" => self.delete_collection(target, query, body),
                other => Err(not_allowed(other)),
            };
        };
        let key = Key::new(&resource, &target.namespace, name);
        let part = match target.subresource.as_deref() {
            None => Part::Main,
            Some("status") => Part::Status,
            Some("log") if method == Method::GET => return self.log(&key, query),
            Some("eviction") if method == Method::POST => {
                let gone = self.store.delete(
                    &resource,
                    &key.namespace,
                    name,
                    Propagation::Background,
                    None,
                )?;
                return Ok((StatusCode::CREATED, axum::Json(gone)).into_response());
            }
            Some(other) => {
                let reason = format!("there is no subresource {other}");
                return Err(ApiError::new(404, "NotFound", reason));
            }
        };
        let object = match method.as_str() {
            "GET" => self.store.get(&resource, &key.namespace, name).ok_or_else(|| {
                ApiError::new(404, "NotFound", format!("{resource} \"{name}\" not found"))
            })?,
            "PUT" => {
                let replacement = parse(body)?;
                self.store.update(&key, part, |object| {
                    *object = replacement;
                    Ok(())
                })?
            }
            "PATCH" => self.patch(&key, target, part, content_type, body)?,
            "DELETE" => {
                let options: Value = if body.is_empty() { Value::Null } else { parse(body)? };
                let (propagation, grace) = delete_options(&resource, &options, query);
                self.store.delete(&resource, &key.namespace, name, propagation, grace)?
            }
            other => return Err(not_allowed(other)),
        };
        Ok(axum::Json(object).into_response())
    }

    fn patch(
        &self,
        key: &Key,
        target: &Target,
        part: Part,
        content_type: &str,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let patch = parse(body)?;
        let apply = |object: &mut Value| {
            // whoever names a version in the patch asks for a check against it
            patch::apply(object, content_type, &patch)
        };
        match self.store.update(key, part, apply) {
            Err(error) if error.code == 404 && content_type == "application/apply-patch+yaml" => {
                let mut object = patch.clone();
                object["metadata"]["name"] = key.name.clone().into();
                self.store.create(&target.resource, &key.namespace, object)
            }
            answer => answer,
        }
    }

    fn list(&self, target: &Target, query: &Query) -> Response {
        let selector = selector(query);
        let (items, version) =
            self.store.select(&target.resource.id(), &target.namespace, &selector);
        let items: Vec<&Value> = items.iter().map(|item| &**item).collect();
        axum::Json(json!({
            "kind": format!("{}List", target.resource.kind),
            "apiVersion": target.resource.api_version(),
            "metadata": {"resourceVersion": version.to_string()},
            "items": items,
        }))
        .into_response()
    }

    fn delete_collection(
        &self,
        target: &Target,
        query: &Query,
        body: &[u8],
    ) -> Result<Response, ApiError> {
        let resource = target.resource.id();
        let options: Value = if body.is_empty() { Value::Null } else { parse(body)? };
        let (propagation, grace) = delete_options(&resource, &options, query);
        let (items, _) = self.store.select(&resource, &target.namespace, &selector(query));
        for item in items {
            let name = item["metadata"]["name"].as_str().unwrap_or_default();
            let namespace = item["metadata"]["namespace"].as_str().unwrap_or_default();
            self.store.delete(&resource, namespace, name, propagation, grace)?;
        }
        Ok(axum::Json(json!({"kind": "Status", "status": "Success"})).into_response())
    }

    fn watch(&self, target: &Target, query: &Query) -> Response {
        let seconds = query.get("timeoutSeconds").and_then(|text| text.parse().ok()).unwrap_or(300);
        let version = query
            .get("resourceVersion")
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| *self.store.subscribe().borrow());
        let watch = Watch {
            store: Arc::clone(&self.store),
            changes: self.store.subscribe(),
            resource: target.resource.id(),
            namespace: target.namespace.clone(),
            selector: selector(query),
            version,
            gone: false,
        };
        let lines = futures::stream::unfold(watch, Watch::next)
            .take_until(tokio::time::sleep(Duration::from_secs(seconds)))
            .take_until(self.stop.clone().cancelled_owned())
            .map(Ok::<_, std::convert::Infallible>);
        let headers = [(header::CONTENT_TYPE, "application/json")];
        (headers, Body::from_stream(lines)).into_response()
    }

    fn log(&self, key: &Key, query: &Query) -> Result<Response, ApiError> {
        let Some(pod) = self.store.get(&key.resource, &key.namespace, &key.name) else {
            let reason = format!("pods \"{}\" not found", key.name);
            return Err(ApiError::new(404, "NotFound", reason));
        };
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let bytes = std::fs::read(self.logs.join(uid)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        let wanted = query.get("tailLines").and_then(|text| text.parse().ok());
        let from = lines.len().saturating_sub(wanted.unwrap_or(usize::MAX));
        let stamp = query.get("timestamps").is_some_and(|value| value == "true");
        let mut out = String::new();
        for line in &lines[from..] {
            if stamp {
                out.push_str(&jiff::Timestamp::now().to_string());
                out.push(' ');
            }
            out.push_str(line);
            out.push('\n');
        }
        Ok(out.into_response())
    }
}

/// One client that watches.
struct Watch {
    store: Arc<Store>,
    changes: watch::Receiver<u64>,
    resource: String,
    namespace: String,
    selector: Selector,
    version: u64,
    gone: bool,
}

impl Watch {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.gone {
            return None;
        }
        loop {
            self.changes.mark_unchanged();
            let events = self.store.events_since(
                &self.resource,
                &self.namespace,
                &self.selector,
                self.version,
            );
            let Some((events, version)) = events else {
                self.gone = true;
                let reason = "too old resource version".to_owned();
                let status = ApiError::new(410, "Expired", reason).status();
                let line = format!("{}\n", json!({"type": "ERROR", "object": status}));
                return Some((line.into(), self));
            };
            self.version = version;
            if !events.is_empty() {
                let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
                return Some((lines.into(), self));
            }
            self.changes.changed().await.ok()?;
        }
    }
}

fn selector(query: &Query) -> Selector {
    let text = |key: &str| query.get(key).map(String::as_str);
    Selector::parse(text("labelSelector"), text("fieldSelector"))
}

/// Jobs orphan their pods unless told otherwise, a default that real clusters keep for old clients.
fn delete_options(resource: &str, options: &Value, query: &Query) -> (Propagation, Option<u64>) {
    let named = options["propagationPolicy"]
        .as_str()
        .or_else(|| query.get("propagationPolicy").map(String::as_str));
    let propagation = match named {
        Some("Orphan") => Propagation::Orphan,
        None if resource == "jobs.batch" => Propagation::Orphan,
        _ => Propagation::Background,
    };
    let grace = options["gracePeriodSeconds"]
        .as_u64()
        .or_else(|| query.get("gracePeriodSeconds").and_then(|text| text.parse().ok()));
    (propagation, grace)
}

fn failure(fault: &Fault) -> ApiError {
    ApiError::new(fault.code, "InternalError", "a fault asked for by the test".to_owned())
}

fn parse(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::new(400, "BadRequest", format!("the body is not JSON: {error}")))
}
