//! Jobs of steps equal those that the executor of the real dagster-k8s package makes at test time, but for the
//! label that tells them apart.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod python;

use std::collections::HashMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rondel_launcher::kubernetes::{Environment, LauncherConfig, render_step_job};
use rondel_launcher::{StepTask, StepWork, StepsOf};
use rondel_model::SerializableErrorInfo;
use rondel_model::plan::RetryMode;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{Map, from_text};
use serde_json::{Value, json};

const CONFIG: &str = "dagster-k8s/config";
const ARGS: &str = "DAGSTER_COMPRESSED_EXECUTE_STEP_ARGS";

fn case(name: &str, changes: Value) -> Value {
    let mut case = json!({
        "name": name,
        "launcher": {
            "service_account_name": "runs",
            "instance_config_map": "instance",
            "postgres_password_secret": "postgres",
        },
        "executor": {},
        "op_tags": {},
        "context": null,
        "tags": {},
        "env": {"FROM_ENV": "a value"},
        "image": "registry.test/user:1",
        "attempt": 0,
        "job": "nightly",
        "location": "etl",
    });
    for (key, value) in changes.as_object().unwrap() {
        match (case[key].as_object_mut(), value) {
            (Some(below), Value::Object(over)) => below.extend(over.clone()),
            _ => case[key] = value.clone(),
        }
    }
    case
}

fn cases() -> Vec<Value> {
    let node = |key: &str| json!({"pod_spec_config": {"node_selector": {key: "1"}}});
    let cpu = |cpu: &str| json!({"container_config": {"resources": {"limits": {"cpu": cpu}}}});
    vec![
        case("plain", json!({})),
        case("the image of the launcher comes first", json!({"launcher": {"job_image": "base:1"}})),
        case(
            "the image of the executor comes before",
            json!({"launcher": {"job_image": "base:1"}, "executor": {"job_image": "step:1"}}),
        ),
        case("no image", json!({"image": null})),
        case("a later attempt", json!({"attempt": 2})),
        case(
            "every layer",
            json!({
                "launcher": {"env_vars": ["A=1", "FROM_ENV"], "labels": {"team": "l"}, "run_k8s_config": node("l")},
                "context": {"k8s": {"env_vars": ["B=2"], "namespace": "tenant", "run_k8s_config": node("c")}},
                "tags": {CONFIG: node("run")},
                "executor": {"env_vars": ["C=3"], "env_secrets": ["s"], "labels": {"team": "e"},
                    "image_pull_policy": "Never", "service_account_name": "steps",
                    "volumes": [{"name": "v", "emptyDir": {}}], "volume_mounts": [{"name": "v", "mountPath": "/v"}],
                    "step_k8s_config": node("e"), "per_step_k8s_config": {"each": node("step"), "other": node("x")}},
                "op_tags": {CONFIG: node("op")},
            }),
        ),
        case(
            "a namespace of the executor",
            json!({"context": {"k8s": {"namespace": "tenant"}}, "executor": {"job_namespace": "steps"}}),
        ),
        case(
            "the op before the executor, the step before the op",
            json!({"executor": {"step_k8s_config": cpu("1"), "per_step_k8s_config": {"each": cpu("3")}},
                "op_tags": {CONFIG: cpu("2"), "dagster-k8s/resource_requirements": {"limits": {"memory": "1Gi"}}}}),
        ),
        case(
            "a shallow layer",
            json!({"executor": {"step_k8s_config": node("e")},
                "op_tags": {CONFIG: {"pod_spec_config": {"node_selector": {"op": "1"}}, "merge_behavior": "SHALLOW"}}}),
        ),
        case("a tag that is not JSON", json!({"op_tags": {CONFIG: "{nope"}})),
        case(
            "an unknown field of a step",
            json!({"executor": {"per_step_k8s_config": {"each": {"container_config": {"imagee": "x"}}}}}),
        ),
    ]
}

fn render(case: &Value, expected: &Value, task: StepTask<'_>) -> Value {
    let variables: HashMap<String, String> = serde_json::from_value(case["env"].clone()).unwrap();
    let env = Environment(variables);
    let text = |key: &str| expected[key].as_str().unwrap().to_owned();
    let run: DagsterRun = from_text(&text("run")).unwrap();
    let tags: Map<String> = case["op_tags"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().map_or(value.to_string(), str::to_owned)))
        .collect();
    let known_state = from_text(&text("known_state")).unwrap();
    let work = StepWork {
        task,
        key: "each[a]",
        op_name: "each",
        tags: &tags,
        attempt: case["attempt"].as_i64().unwrap(),
        retry_mode: RetryMode::Deferred,
        known_state: &known_state,
    };
    let instance_ref = from_text(&text("instance_ref")).unwrap();
    let of = StepsOf { run: &run, config: &case["executor"] };
    let rendered = LauncherConfig::parse(&case["launcher"], &env)
        .and_then(|launcher| render_step_job(of, &work, &launcher, &instance_ref, "1.13.27", &env));
    let mut job = match rendered {
        Ok(job) => job,
        Err(error) => return json!({"error": error.python_class()}),
    };
    for labels in ["/metadata/labels", "/spec/template/metadata/labels"] {
        let labels = job.manifest.pointer_mut(labels).unwrap().as_object_mut().unwrap();
        assert_eq!(labels.shift_remove("rondel.dev/executor"), Some("host".into()));
    }
    let variables = job.manifest.pointer_mut("/spec/template/spec/containers/0/env").unwrap();
    let args = variables.as_array_mut().unwrap().iter_mut().find(|v| v["name"] == ARGS).unwrap();
    let args = args.as_object_mut().unwrap().shift_remove("value").unwrap();
    let compressed = STANDARD.decode(args.as_str().unwrap()).unwrap();
    let mut args = String::new();
    flate2::read::ZlibDecoder::new(&*compressed).read_to_string(&mut args).unwrap();
    json!({"args": args, "namespace": job.namespace, "job": job.manifest})
}

#[test]
fn jobs_of_steps_are_those_of_the_kubernetes_executor() {
    let cases = cases();
    let expected = python::expected("render_steps.py", &cases);
    assert_eq!(cases.len(), expected.len());
    for (case, expected) in cases.iter().zip(&expected) {
        let mut wanted = expected.clone();
        for key in ["run", "instance_ref", "known_state"] {
            wanted.as_object_mut().unwrap().shift_remove(key);
        }
        assert_eq!(render(case, expected, StepTask::Execute), wanted, "{}", case["name"]);
    }
}

#[test]
fn an_arbiter_differs_from_the_step_s_job_in_name_command_and_error_only() {
    let cases = [case("a later attempt", json!({"attempt": 2, "executor": {"env_vars": ["C=3"]}}))];
    let expected = &python::expected("render_steps.py", &cases)[0];
    let step = render(&cases[0], expected, StepTask::Execute);
    let error = SerializableErrorInfo { message: "gone".to_owned(), ..Default::default() };
    let mut arbiter = render(&cases[0], expected, StepTask::Arbitrate(&error));
    let name = step["job"]["metadata"]["name"].as_str().unwrap();
    assert_eq!(arbiter["job"]["metadata"]["name"], format!("{name}-arbiter"));
    let container = |job: &Value| job["job"]["spec"]["template"]["spec"]["containers"][0].clone();
    let (ours, theirs) = (container(&arbiter), container(&step));
    assert_eq!(ours["args"][0], "/usr/bin/python3");
    let mut variables = ours["env"].as_array().unwrap().clone();
    let at = variables.iter().position(|one| one["name"] == "RONDEL_STEP_ERROR").unwrap();
    let told: SerializableErrorInfo =
        from_text(variables.remove(at)["value"].as_str().unwrap()).unwrap();
    assert_eq!(told, error);
    assert_eq!(Value::from(variables), theirs["env"]);
    let containers = arbiter.pointer_mut("/job/spec/template/spec/containers/0").unwrap();
    (containers["args"], containers["env"]) = (theirs["args"].clone(), theirs["env"].clone());
    let text = arbiter.to_string().replace(&format!("{name}-arbiter"), name);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), step);
}
