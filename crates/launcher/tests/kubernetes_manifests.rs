//! Job manifests equal those of the real dagster-k8s package, which makes them at test time.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod python;

use std::collections::HashMap;

use rondel_launcher::kubernetes::{
    Attempt, Environment, LauncherConfig, render_run_job, worker_args,
};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::from_text;
use serde_json::{Value, json};

const CONFIG: &str = "dagster-k8s/config";

/// One case over the defaults below.
fn case(name: &str, changes: Value) -> Value {
    let mut case = json!({
        "name": name,
        "launcher": {},
        "context": null,
        "tags": {},
        "env": {"FROM_ENV": "a value"},
        "image": "registry.test/user:1",
        "attempt": 0,
        "job": "nightly",
        "location": "etl",
    });
    for (key, value) in changes.as_object().unwrap() {
        case[key] = value.clone();
    }
    let base = json!({
        "service_account_name": "runs",
        "instance_config_map": "instance",
        "postgres_password_secret": "postgres",
        "job_image": "registry.test/base:1",
    });
    for (key, value) in base.as_object().unwrap() {
        if case["launcher"].get(key).is_none() {
            case["launcher"][key] = value.clone();
        }
    }
    case
}

fn cases() -> Vec<Value> {
    let volume = |name: &str| json!({"name": name, "empty_dir": {}});
    let mount = |name: &str| json!({"name": name, "mountPath": format!("/{name}")});
    vec![
        case("plain", json!({})),
        case("image of the launcher", json!({"image": null})),
        case("no image", json!({"image": null, "launcher": {"job_image": null}})),
        case("second worker", json!({"attempt": 2, "launcher": {"fail_pod_on_run_failure": true}})),
        case("odd names", json!({"job": "j".repeat(80), "location": "a b/c:__"})),
        case(
            "namespaces",
            json!({"launcher": {"job_namespace": "runs"}, "context": {"k8s": {"namespace": "tenant"}}}),
        ),
        case(
            "variables of every layer",
            json!({
                "launcher": {"env_vars": ["A=1=2", "FROM_ENV"], "env_config_maps": ["m"], "env_secrets": [{"env": "FROM_ENV"}]},
                "context": {"env_vars": ["B="], "k8s": {"env_vars": ["C=3"], "env_config_maps": ["m", "n"],
                    "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]}},
                "tags": {CONFIG: {"container_config": {"env": [{"name": "A", "value": "9"}]}}},
            }),
        ),
        case("a variable that is not set", json!({"launcher": {"env_vars": ["NOT_SET_HERE"]}})),
        case(
            "a source that is not set",
            json!({"context": {"k8s": {"service_account_name": {"env": "NOT_SET_HERE"}}}}),
        ),
        case(
            "volumes of every layer",
            json!({
                "launcher": {"volumes": [volume("a")], "volume_mounts": [mount("a")]},
                "context": {"k8s": {"volumes": [volume("a"), volume("b")], "volume_mounts": [mount("b")]}},
                "tags": {CONFIG: {"pod_spec_config": {"volumes": [volume("c")]}, "container_config": {"volumeMounts": [mount("c")]}}},
            }),
        ),
        case(
            "labels of every layer",
            json!({
                "launcher": {"labels": {"team": "a", "x": "1"}},
                "context": {"k8s": {"labels": {"team": "b"}}},
                "tags": {CONFIG: {"job_metadata": {"labels": {"team": "job"}}, "pod_template_spec_metadata": {"labels": {"team": "pod"}, "annotations": {"k": "v"}}}},
            }),
        ),
        case(
            "resources by shortcut and tag",
            json!({
                "launcher": {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}},
                "tags": {"dagster-k8s/resource_requirements": {"limits": {"cpu": "2"}}},
            }),
        ),
        case(
            "deep then shallow",
            json!({
                "launcher": {"run_k8s_config": {"pod_spec_config": {"node_selector": {"a": "1"}, "tolerations": [{"key": "l"}]}}},
                "context": {"k8s": {"run_k8s_config": {"pod_spec_config": {"nodeSelector": {"b": "2"}}}}},
                "tags": {CONFIG: {"pod_spec_config": {"tolerations": [{"key": "t"}]}, "merge_behavior": "SHALLOW"}},
            }),
        ),
        case(
            "camel case to the leaves",
            json!({"tags": {CONFIG: {
                "container_config": {"livenessProbe": {"httpGet": {"path": "/h", "port": 80}, "initialDelaySeconds": 3}},
                "pod_spec_config": {"hostAliases": [{"ip": "127.0.0.1", "hostnames": ["a"]}], "dnsPolicy": "ClusterFirst"},
                "job_spec_config": {"ttlSecondsAfterFinished": 5, "activeDeadlineSeconds": 9},
            }}}),
        ),
        case(
            "more containers",
            json!({"tags": {CONFIG: {"pod_spec_config": {
                "containers": [{"name": "side", "image": "side:1"}],
                "init_containers": [{"name": "first", "image": "first:1", "command": ["true"]}],
                "restart_policy": "OnFailure", "automount_service_account_token": false}}}}),
        ),
        case(
            "an allow-list that allows",
            json!({
                "launcher": {"only_allow_user_defined_k8s_config_fields": {"container_config": {"resources": true}, "namespace": true},
                    "only_allow_user_defined_env_vars": ["KEEP"]},
                "context": {"k8s": {"namespace": "t"}},
                "tags": {CONFIG: {"container_config": {"resources": {"limits": {"cpu": "1"}}}}},
            }),
        ),
        case(
            "an allow-list that refuses",
            json!({
                "launcher": {"only_allow_user_defined_k8s_config_fields": {"container_config": {"resources": true}}},
                "tags": {CONFIG: {"pod_spec_config": {"host_network": true}}},
            }),
        ),
        case("a tag that is not JSON", json!({"tags": {CONFIG: "{nope"}})),
        case("a tag of another shape", json!({"tags": {CONFIG: {"containerConfig": {}}}})),
        case("an unknown field", json!({"tags": {CONFIG: {"container_config": {"imagee": "x"}}}})),
        case("an unknown key of the location", json!({"context": {"k8s": {"imagee": "x"}}})),
        case("another platform's context", json!({"context": {"docker": {"networks": ["n"]}}})),
    ]
}

fn render(case: &Value, expected: &Value) -> Value {
    let variables: HashMap<String, String> = serde_json::from_value(case["env"].clone()).unwrap();
    let env = Environment(variables);
    let run: DagsterRun = from_text(expected["run"].as_str().unwrap()).unwrap();
    let attempt = match case["attempt"].as_u64().unwrap() {
        0 => Attempt::Launch,
        number => Attempt::Resume(number as u32),
    };
    let rendered = LauncherConfig::parse(&case["launcher"], &env).and_then(|launcher| {
        let instance_ref = from_text(expected["instance_ref"].as_str().unwrap()).unwrap();
        let args = worker_args(&run, &launcher, instance_ref, attempt)?;
        render_run_job(&run, &launcher, &args, attempt, "1.13.27", &env)
    });
    match rendered {
        Ok(job) => json!({"namespace": job.namespace, "job": job.manifest}),
        Err(error) => json!({"error": error.python_class()}),
    }
}

#[test]
fn jobs_are_those_of_dagster_k8s() {
    let cases = cases();
    let expected = python::expected("render_jobs.py", &cases);
    assert_eq!(cases.len(), expected.len());
    for (case, expected) in cases.iter().zip(&expected) {
        let mut wanted = expected.clone();
        let wanted_object = wanted.as_object_mut().unwrap();
        wanted_object.shift_remove("run");
        wanted_object.shift_remove("instance_ref");
        assert_eq!(render(case, expected), wanted, "{}", case["name"]);
    }
}
