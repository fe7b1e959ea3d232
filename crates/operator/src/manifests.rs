//! What a chart must install for Rondel on Kubernetes: the resource definition, and the permissions that
//! each process needs.

use serde_json::{Value, json};

use crate::resource::{GROUP, KIND, PLURAL, VERSION};

/// The definition of the `CodeLocation` resource.
pub fn definition() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    let open = |description: &str| {
        json!({
            "type": "object",
            "description": description,
            "x-kubernetes-preserve-unknown-fields": true,
        })
    };
    let spec = json!({
        "type": "object",
        "required": ["image", "codeServerArgs"],
        "properties": {
            "locationName": text("The name in the workspace; the resource's name when absent."),
            "image": text("The image with the code and Dagster. Runs use it too."),
            "codeServerArgs": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "description": "Arguments of `dagster api grpc` that name the code, such as \
                                [\"-m\", \"my_project.definitions\"].",
            },
            "port": {
                "type": "integer", "minimum": 1, "maximum": 65535,
                "description": "The port of the code server; 3030 when absent.",
            },
            "ttlSeconds": {
                "type": "integer", "minimum": 0,
                "description": "Seconds from its creation until the resource deletes itself, for \
                                environments of pull requests.",
            },
            "includeConfigInLaunchedRuns": {
                "type": "boolean",
                "description": "Whether runs get the container's settings (env, envFrom, volumes, \
                                resources, …) too; true when absent.",
            },
            "container": open("Fields of the code server's container, as in a pod: env, envFrom, resources, \
                               volumeMounts, …"),
            "pod": open("Fields of the pod's spec: volumes, serviceAccountName, nodeSelector, …"),
            "podLabels": open("Labels of the pods."),
            "podAnnotations": open("Annotations of the pods."),
        },
    });
    let status = json!({
        "type": "object",
        "properties": {
            "phase": {"type": "string", "enum": ["Loading", "Ready", "Error", "Conflict"]},
            "message": text("Details: the error of the code, the other holder of the name."),
            "locationName": text("The name in the workspace."),
            "observedGeneration": {"type": "integer"},
            "repositories": {"type": "array", "items": {"type": "string"}},
            "expiresAt": {"type": "string", "format": "date-time"},
        },
    });
    let column =
        |name: &str, kind: &str, path: &str| json!({"name": name, "type": kind, "jsonPath": path});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{PLURAL}.{GROUP}")},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "listKind": format!("{KIND}List"),
                "plural": PLURAL,
                "singular": KIND.to_lowercase(),
                "shortNames": ["codeloc"],
            },
            "versions": [{
                "name": VERSION,
                "served": true,
                "storage": true,
                "subresources": {"status": {}},
                "additionalPrinterColumns": [
                    column("Location", "string", ".status.locationName"),
                    column("Phase", "string", ".status.phase"),
                    column("Message", "string", ".status.message"),
                    column("Age", "date", ".metadata.creationTimestamp"),
                ],
                "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "required": ["spec"],
                    "properties": {"spec": spec, "status": status},
                }},
            }],
        },
    })
}

/// The Roles that the processes need in a namespace: the daemon where runs are made, the webserver where it
/// cancels them, the executors of run workers, which have the daemon's account, everybody who discovers code locations, and the operator.
pub fn roles() -> Value {
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
    let role = |name: &str, rules: Vec<Value>| {
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": name},
            "rules": rules,
        })
    };
    let read = ["get", "list", "watch"];
    let launches = || {
        vec![
            rule("batch", &["jobs"], &["create", "delete", "get", "list", "watch"]),
            rule("batch", &["jobs/status"], &["get"]),
            rule("", &["pods"], &["delete", "get", "list", "watch"]),
            rule("", &["pods/log", "pods/status"], &["get"]),
            rule("", &["events"], &read),
        ]
    };
    json!({
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            role("rondel-run-launcher", launches()),
            role("rondel-discovery", vec![rule("", &["services"], &read)]),
            role("rondel-operator", vec![
                rule(GROUP, &[PLURAL], &["delete", "get", "list", "watch"]),
                rule(GROUP, &[&format!("{PLURAL}/status")], &["get", "patch"]),
                // clusters that guard owners which block their own deletion ask for this
                rule(GROUP, &[&format!("{PLURAL}/finalizers")], &["update"]),
                rule("apps", &["deployments"], &["create", "delete", "get", "list", "patch", "watch"]),
                rule("", &["services"], &["create", "delete", "get", "list", "patch", "watch"]),
                // to tell why a code server does not start
                rule("", &["pods"], &["list"]),
            ]),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_installs_this_definition() {
        let file =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../helm/rondel/files/codelocations.json");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let remedy = "write it anew: rondel operator crd > helm/rondel/files/codelocations.json";
        assert_eq!(text, format!("{:#}\n", definition()), "{remedy}");
    }

    #[test]
    fn the_chart_grants_these_roles() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../helm/rondel/files/roles.json");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let remedy = "write it anew: rondel operator roles > helm/rondel/files/roles.json";
        assert_eq!(text, format!("{:#}\n", roles()), "{remedy}");
    }

    #[test]
    fn the_definition_names_every_field_that_is_read() {
        let spec = crate::CodeLocationSpec {
            location_name: Some("n".to_owned()),
            port: Some(1),
            ttl_seconds: Some(1),
            include_config_in_launched_runs: Some(true),
            container: [("a".to_owned(), json!(1))].into_iter().collect(),
            pod: [("a".to_owned(), json!(1))].into_iter().collect(),
            pod_labels: [("a".to_owned(), json!(1))].into_iter().collect(),
            pod_annotations: [("a".to_owned(), json!(1))].into_iter().collect(),
            ..crate::CodeLocationSpec::default()
        };
        let fields = serde_json::to_value(&spec).unwrap_or_default();
        let schema = &definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        let known = schema["properties"]["spec"]["properties"].as_object().cloned();
        let known = known.unwrap_or_default();
        let read: Vec<&String> = fields.as_object().into_iter().flat_map(|f| f.keys()).collect();
        assert_eq!(read.len(), known.len());
        for field in read {
            assert!(known.contains_key(field), "{field}");
        }
    }
}
