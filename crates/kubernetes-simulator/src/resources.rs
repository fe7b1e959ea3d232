//! Which kinds of objects the API server knows.

use serde_json::{Value, json};

/// One kind of object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version.
    pub version: String,
    /// The plural name, as in paths.
    pub plural: String,
    /// The kind.
    pub kind: String,
    /// Whether objects belong to a namespace.
    pub namespaced: bool,
}

impl Resource {
    pub(crate) fn new(
        group: &str,
        version: &str,
        plural: &str,
        kind: &str,
        namespaced: bool,
    ) -> Self {
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural.to_owned(),
            kind: kind.to_owned(),
            namespaced,
        }
    }

    /// `apiVersion` of its objects.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The name under which objects are stored: `jobs.batch`, `pods`.
    pub fn id(&self) -> String {
        id(&self.group, &self.plural)
    }

    /// The kind that a custom resource definition describes, by its first served version.
    pub fn of_definition(definition: &Value) -> Option<Self> {
        let spec = &definition["spec"];
        let version =
            spec["versions"].as_array()?.iter().find(|version| version["served"] == true)?["name"]
                .as_str()?;
        Some(Self::new(
            spec["group"].as_str()?,
            version,
            spec["names"]["plural"].as_str()?,
            spec["names"]["kind"].as_str()?,
            spec["scope"] == "Namespaced",
        ))
    }

    /// Its entry in a discovery document.
    pub fn discovery(&self) -> Value {
        json!({
            "name": self.plural,
            "singularName": self.kind.to_lowercase(),
            "namespaced": self.namespaced,
            "kind": self.kind,
            "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        })
    }
}

/// The name under which objects of a resource are stored.
pub fn id(group: &str, plural: &str) -> String {
    if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") }
}

/// The id of the kind of custom resource definitions.
pub const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

/// The kinds which are always there.
pub fn built_in() -> Vec<Resource> {
    [
        ("", "v1", "namespaces", "Namespace", false),
        ("", "v1", "nodes", "Node", false),
        ("", "v1", "pods", "Pod", true),
        ("", "v1", "services", "Service", true),
        ("", "v1", "configmaps", "ConfigMap", true),
        ("", "v1", "secrets", "Secret", true),
        ("", "v1", "events", "Event", true),
        ("", "v1", "serviceaccounts", "ServiceAccount", true),
        ("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true),
        ("batch", "v1", "jobs", "Job", true),
        ("apps", "v1", "deployments", "Deployment", true),
        ("coordination.k8s.io", "v1", "leases", "Lease", true),
        (
            "apiextensions.k8s.io",
            "v1",
            "customresourcedefinitions",
            "CustomResourceDefinition",
            false,
        ),
    ]
    .into_iter()
    .map(|(group, version, plural, kind, namespaced)| {
        Resource::new(group, version, plural, kind, namespaced)
    })
    .collect()
}
