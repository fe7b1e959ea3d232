//! The custom resource as Rust sees it. What it means is told once, in its definition
//! ([`definition`](crate::definition)).

use std::borrow::Cow;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Resource, ResourceExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The API group.
pub(crate) const GROUP: &str = "rondel.dev";
/// The version.
pub(crate) const VERSION: &str = "v1alpha1";
/// The kind.
pub(crate) const KIND: &str = "CodeLocation";
/// The plural name.
pub(crate) const PLURAL: &str = "codelocations";

/// Python code that is to be served.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeLocation {
    /// `apiVersion`.
    #[serde(default = "api_version")]
    pub api_version: String,
    /// `kind`.
    #[serde(default = "kind")]
    pub kind: String,
    /// Name, namespace, labels.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: CodeLocationSpec,
    /// What is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CodeLocationStatus>,
}

fn api_version() -> String {
    format!("{GROUP}/{VERSION}")
}

fn kind() -> String {
    KIND.to_owned()
}

/// What is wanted of a code location.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeLocationSpec {
    /// The name in the workspace; the resource's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_name: Option<String>,
    /// The image with the code and Dagster.
    pub image: String,
    /// Arguments of `dagster api grpc` that name the code: `["-m", "my_project.definitions"]`.
    pub code_server_args: Vec<String>,
    /// The port of the code server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Seconds from its creation until the resource deletes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
    /// Whether runs get the container's settings too; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_config_in_launched_runs: Option<bool>,
    /// Fields of the container, as in a pod.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub container: serde_json::Map<String, Value>,
    /// Fields of the pod's spec.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub pod: serde_json::Map<String, Value>,
    /// Labels of the pods.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub pod_labels: serde_json::Map<String, Value>,
    /// Annotations of the pods.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub pod_annotations: serde_json::Map<String, Value>,
}

/// How a code location is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The code server is being started or replaced.
    Loading,
    /// The code is served.
    Ready,
    /// The code cannot be loaded.
    Error,
    /// Another resource has the name.
    Conflict,
}

/// What is reported about a code location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeLocationStatus {
    /// How it is doing.
    pub phase: Phase,
    /// Details for people: the error of the code, the other holder of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The name in the workspace.
    pub location_name: String,
    /// The generation of the spec that this is about.
    #[serde(default)]
    pub observed_generation: i64,
    /// The repositories that the code defines.
    #[serde(default)]
    pub repositories: Vec<String>,
    /// When the resource will delete itself (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

impl CodeLocation {
    /// The name in the workspace.
    pub fn location_name(&self) -> String {
        let own = self.spec.location_name.clone().filter(|name| !name.is_empty());
        own.unwrap_or_else(|| self.name_any())
    }

    /// Namespace and name, for people.
    pub fn place(&self) -> String {
        format!("{}/{}", self.namespace().unwrap_or_default(), self.name_any())
    }
}

impl Resource for CodeLocation {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        KIND.into()
    }

    fn group((): &()) -> Cow<'_, str> {
        GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        PLURAL.into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
