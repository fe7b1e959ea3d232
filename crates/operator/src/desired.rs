//! The Deployment and the Service of a code location. Pure.

use kube::{Resource, ResourceExt};
use rondel_kubernetes::discovery::LOCATION_LABEL;
use serde_json::{Map, Value, json};

use crate::defaults::{CodeServerDefaults, join};
use crate::resource::CodeLocation;

/// The port of code servers, unless another is given.
const DEFAULT_PORT: u16 = 3030;

/// By which pods and Service find each other; not the discovery label, whose value may be edited.
pub(crate) const INSTANCE_LABEL: &str = "rondel.dev/code-location-resource";

/// The fields of a container which the runs of the location need as well.
const SHARED_WITH_RUNS: [(&str, &str); 6] = [
    ("env", "env"),
    ("envFrom", "envFrom"),
    ("volumeMounts", "volumeMounts"),
    ("resources", "resources"),
    ("securityContext", "securityContext"),
    ("imagePullPolicy", "imagePullPolicy"),
];

/// The fields of a pod which the runs of the location need as well.
const POD_SHARED_WITH_RUNS: [&str; 6] = [
    "volumes",
    "imagePullSecrets",
    "serviceAccountName",
    "nodeSelector",
    "tolerations",
    "affinity",
];

pub(crate) fn port(location: &CodeLocation) -> u16 {
    location.spec.port.unwrap_or(DEFAULT_PORT)
}

/// The Service that announces the location.
pub(crate) fn service(location: &CodeLocation) -> Value {
    let mut labels = common_labels(location);
    labels.insert(LOCATION_LABEL.to_owned(), location.location_name().into());
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(location, labels),
        "spec": {
            "selector": {INSTANCE_LABEL: location.name_any()},
            "ports": [{"name": "grpc", "port": port(location), "targetPort": "grpc", "protocol": "TCP"}],
        },
    })
}

/// The Deployment of the code server. A new version takes over only once it answers.
pub(crate) fn deployment(location: &CodeLocation, defaults: &CodeServerDefaults) -> Value {
    let selector = json!({INSTANCE_LABEL: location.name_any()});
    let mut labels = location.spec.pod_labels.clone();
    labels.extend(common_labels(location));
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(location, common_labels(location)),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": selector},
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            },
            "template": {
                "metadata": {"labels": labels, "annotations": location.spec.pod_annotations},
                "spec": pod(location, defaults),
            },
        },
    })
}

fn pod(location: &CodeLocation, defaults: &CodeServerDefaults) -> Value {
    let mut container = defaults.under_container(&location.spec.container);
    let mut variables = match container.shift_remove("env") {
        Some(Value::Array(variables)) => variables,
        _ => Vec::new(),
    };
    let mut ours = vec![json!({"name": "DAGSTER_CURRENT_IMAGE", "value": location.spec.image})];
    if location.spec.include_config_in_launched_runs.unwrap_or(true) {
        let context = run_context(location).to_string();
        ours.push(json!({"name": "DAGSTER_CONTAINER_CONTEXT", "value": context}));
    }
    join("env", &mut variables, &ours);
    let port = port(location);
    let mut args: Vec<String> =
        ["dagster", "api", "grpc", "-h", "0.0.0.0", "-p"].map(str::to_owned).to_vec();
    args.push(port.to_string());
    args.extend(location.spec.code_server_args.iter().cloned());
    let probe = |seconds: u32| {
        json!({
            "grpc": {"port": port, "service": "DagsterApi"},
            "periodSeconds": seconds,
            "timeoutSeconds": 3,
        })
    };
    container.insert("name".to_owned(), "code-server".into());
    container.insert("image".to_owned(), location.spec.image.clone().into());
    container.insert("args".to_owned(), json!(args));
    container.insert("env".to_owned(), variables.into());
    container.insert("ports".to_owned(), json!([{"name": "grpc", "containerPort": port}]));
    container.entry("readinessProbe").or_insert_with(|| probe(2));
    container.entry("startupProbe").or_insert_with(|| {
        let mut probe = probe(2);
        // as long as Dagster gives a code server to start
        probe["failureThreshold"] = 90.into();
        probe
    });
    let mut pod = defaults.under_pod(&location.spec.pod);
    pod.insert("containers".to_owned(), json!([container]));
    Value::Object(pod)
}

/// The container context that runs of the location are launched with. The defaults are not part of it: the
/// run launcher has its own.
fn run_context(location: &CodeLocation) -> Value {
    let mut container = Map::new();
    for (from, to) in SHARED_WITH_RUNS {
        if let Some(value) = location.spec.container.get(from) {
            container.insert(to.to_owned(), value.clone());
        }
    }
    let mut pod = Map::new();
    for field in POD_SHARED_WITH_RUNS {
        if let Some(value) = location.spec.pod.get(field) {
            pod.insert(field.to_owned(), value.clone());
        }
    }
    let namespace = location.namespace().unwrap_or_default();
    json!({"k8s": {
        "namespace": namespace,
        "run_k8s_config": {"container_config": container, "pod_spec_config": pod},
    }})
}

fn common_labels(location: &CodeLocation) -> Map<String, Value> {
    [
        ("app.kubernetes.io/managed-by", "rondel-operator".to_owned()),
        ("app.kubernetes.io/component", "user-deployments".to_owned()),
        (INSTANCE_LABEL, location.name_any()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.into()))
    .collect()
}

fn metadata(location: &CodeLocation, labels: Map<String, Value>) -> Value {
    json!({
        "name": location.name_any(),
        "namespace": location.namespace(),
        "labels": labels,
        "ownerReferences": [location.controller_owner_ref(&())],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location() -> CodeLocation {
        serde_json::from_value(json!({
            "metadata": {"name": "etl", "namespace": "team", "uid": "u"},
            "spec": {
                "image": "etl:2",
                "codeServerArgs": ["-m", "etl"],
                "container": {"env": [{"name": "A", "value": "1"}], "resources": {"limits": {"cpu": "1"}}},
                "pod": {"serviceAccountName": "etl"},
            },
        }))
        .unwrap_or_default()
    }

    #[test]
    fn the_code_server_serves_the_code_on_its_port() {
        let deployment = deployment(&location(), &CodeServerDefaults::default());
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(
            container["args"],
            json!(["dagster", "api", "grpc", "-h", "0.0.0.0", "-p", "3030", "-m", "etl"])
        );
        assert_eq!(deployment["spec"]["template"]["spec"]["serviceAccountName"], "etl");
        assert_eq!(container["env"][0]["name"], "A");
        assert_eq!(container["env"][1], json!({"name": "DAGSTER_CURRENT_IMAGE", "value": "etl:2"}));
    }

    #[test]
    fn defaults_reach_the_code_server_and_not_its_runs() {
        let text =
            r#"{"container": {"env": [{"name": "PASSWORD"}]}, "pod": {"priorityClassName": "p"}}"#;
        let defaults = CodeServerDefaults::parse(text).unwrap_or_default();
        let deployment = deployment(&location(), &defaults);
        let pod = &deployment["spec"]["template"]["spec"];
        assert_eq!(pod["priorityClassName"], "p");
        let variables = pod["containers"][0]["env"].as_array().cloned().unwrap_or_default();
        let names: Vec<_> = variables.iter().filter_map(|one| one["name"].as_str()).collect();
        let wanted = ["PASSWORD", "A", "DAGSTER_CURRENT_IMAGE", "DAGSTER_CONTAINER_CONTEXT"];
        assert_eq!(names, wanted);
        assert!(!run_context(&location()).to_string().contains("PASSWORD"));
    }

    #[test]
    fn runs_get_the_settings_of_the_code_server_unless_told_otherwise() {
        let mut location = location();
        let context = run_context(&location);
        let config = &context["k8s"]["run_k8s_config"];
        assert_eq!(config["container_config"]["resources"], json!({"limits": {"cpu": "1"}}));
        assert_eq!(config["pod_spec_config"], json!({"serviceAccountName": "etl"}));
        location.spec.include_config_in_launched_runs = Some(false);
        let text = deployment(&location, &CodeServerDefaults::default()).to_string();
        assert!(!text.contains("DAGSTER_CONTAINER_CONTEXT"), "{text}");
    }
}
