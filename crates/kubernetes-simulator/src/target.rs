//! What a request is about: its path and its parameters.

use std::collections::HashMap;

use axum::http::Method;

use crate::accounts::Request;
use crate::api::ApiError;
use crate::resources::{Resource, id};

/// What a path names.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) resource: Resource,
    pub(crate) namespace: String,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
}

impl Target {
    pub(crate) fn of(parts: &[&str], known: Vec<Resource>) -> Result<Self, ApiError> {
        let unknown = || {
            ApiError::new(
                404,
                "NotFound",
                "the server could not find the requested resource".to_owned(),
            )
        };
        let (group, rest) = match parts {
            ["api", "v1", rest @ ..] => ("", rest),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return Err(unknown()),
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() && rest != ["status"] => {
                (*namespace, rest)
            }
            _ => ("", rest),
        };
        let (plural, rest) = rest.split_first().ok_or_else(unknown)?;
        let wanted = id(group, plural);
        let resource = known.into_iter().find(|resource| resource.id() == wanted);
        Ok(Self {
            resource: resource.ok_or_else(unknown)?,
            namespace: namespace.to_owned(),
            name: rest.first().map(|name| (*name).to_owned()),
            subresource: rest.get(1).map(|name| (*name).to_owned()),
        })
    }

    /// What is asked for, as roles name it.
    pub(crate) fn request(&self, method: &Method, query: &Query) -> Result<Request<'_>, ApiError> {
        let verb = match (method.as_str(), &self.name) {
            ("GET", Some(_)) => "get",
            ("GET", None) if is_watch(query) => "watch",
            ("GET", None) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", Some(_)) => "delete",
            ("DELETE", None) => "deletecollection",
            (other, _) => return Err(not_allowed(other)),
        };
        Ok(Request {
            verb,
            resource: &self.resource,
            subresource: self.subresource.as_deref(),
            namespace: &self.namespace,
            name: self.name.as_deref(),
        })
    }
}

/// The parameters of a request.
pub(crate) type Query = HashMap<String, String>;

pub(crate) fn is_watch(query: &Query) -> bool {
    query.get("watch").is_some_and(|value| value == "true" || value == "1")
}

pub(crate) fn not_allowed(method: &str) -> ApiError {
    ApiError::new(405, "MethodNotAllowed", format!("{method} is not allowed here"))
}

pub(crate) fn query(text: &str) -> Query {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let hex = (*first == b'%').then(|| rest.get(..2)).flatten();
        let code = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = &rest[2..];
            }
            None if *first == b'+' => bytes.push(b' '),
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
