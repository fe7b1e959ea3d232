//! The Job of one run: names, labels, environment, the container and the pod around it
//! (`construct_dagster_k8s_job`, `K8sRunLauncher._launch_k8s_job_with_args`).

use rondel_model::grpc::{ExecuteRunArgs, InstanceRef, ResumeRunArgs};
use rondel_model::origin::JobPythonOrigin;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{Extra, to_text};
use serde_json::{Value, json};

use super::config::{Environment, LauncherConfig};
use super::context::ContainerContext;
use super::error::KubernetesError;
use super::types;
use super::user_config::Object;

/// The Dagster release whose behaviour is mirrored; a label of every Job carries it.
pub const DAGSTER_VERSION: &str = "1.13.27";

/// Kubernetes does not take longer names.
const MAX_NAME_LENGTH: usize = 63;

/// Which worker of a run the Job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The first.
    Launch,
    /// One that takes over from a worker that died, counted from 1.
    Resume(u32),
}

/// A Job, ready to be sent.
#[derive(Debug, Clone)]
pub struct RenderedJob {
    /// The Job's name.
    pub name: String,
    /// Where it is made.
    pub namespace: String,
    /// The manifest.
    pub manifest: Value,
    /// The image of the run's container.
    pub image: String,
}

/// The name of a run's Job.
pub fn job_name(run_id: &str, attempt: Attempt) -> String {
    match attempt {
        Attempt::Launch | Attempt::Resume(0) => format!("dagster-run-{run_id}"),
        Attempt::Resume(number) => format!("dagster-run-{run_id}-{number}"),
    }
}

/// What the run's container executes: Dagster's run worker with the run and the instance in its last
/// argument.
///
/// # Errors
/// For a run without a code origin.
pub fn worker_args(
    run: &DagsterRun,
    launcher: &LauncherConfig,
    instance_ref: InstanceRef,
    attempt: Attempt,
) -> Result<Vec<String>, KubernetesError> {
    let set_exit_code_on_failure = launcher.fail_pod_on_run_failure().then_some(true);
    run_worker_args(run, set_exit_code_on_failure, instance_ref, attempt)
}

pub(crate) fn run_worker_args(
    run: &DagsterRun,
    set_exit_code_on_failure: Option<bool>,
    instance_ref: InstanceRef,
    attempt: Attempt,
) -> Result<Vec<String>, KubernetesError> {
    let origin = code_origin(run)?;
    let (command, request) = match attempt {
        Attempt::Launch => (
            "execute_run",
            to_text(&ExecuteRunArgs {
                job_origin: origin.clone(),
                run_id: run.run_id.to_string(),
                instance_ref: Some(instance_ref),
                set_exit_code_on_failure,
                extra: Extra::default(),
            }),
        ),
        Attempt::Resume(_) => (
            "resume_run",
            to_text(&ResumeRunArgs {
                job_origin: origin.clone(),
                run_id: run.run_id.to_string(),
                instance_ref: Some(instance_ref),
                set_exit_code_on_failure,
                extra: Extra::default(),
            }),
        ),
    };
    Ok(entry_point(origin)
        .into_iter()
        .chain(["api", command].map(str::to_owned))
        .chain([request])
        .collect())
}

/// The command that starts Dagster where the run's code is (`_get_entry_point`).
pub(super) fn entry_point(origin: &JobPythonOrigin) -> Vec<String> {
    match &origin.repository_origin.entry_point {
        Some(words) if !words.is_empty() => words.clone(),
        _ => vec![
            origin.repository_origin.executable_path.clone(),
            "-m".to_owned(),
            "dagster".to_owned(),
        ],
    }
}

pub(super) fn code_origin(run: &DagsterRun) -> Result<&JobPythonOrigin, KubernetesError> {
    run.job_code_origin
        .as_ref()
        .ok_or_else(|| KubernetesError::Invariant(format!("run {} has no code origin", run.run_id)))
}

/// What a run's Job is made from: the configuration of all layers.
///
/// # Errors
/// Invalid configuration in any layer.
pub(super) fn container_context(
    run: &DagsterRun,
    launcher: &LauncherConfig,
    env: &Environment,
) -> Result<ContainerContext, KubernetesError> {
    let code_location = code_location_context(run)?;
    let tag = |key: &str| run.tags.get(key).map(String::as_str);
    ContainerContext::for_run(launcher, code_location.as_ref(), tag, env)
}

/// The container context of the run's code location.
pub(super) fn code_location_context(run: &DagsterRun) -> Result<Option<Value>, KubernetesError> {
    let origin = run.job_code_origin.as_ref();
    origin
        .and_then(|origin| origin.repository_origin.container_context.as_ref())
        .map(|context| serde_json::from_str(&to_text(context)))
        .transpose()
        .map_err(|error| KubernetesError::Invariant(format!("container context: {error}")))
}

/// Makes the Job that runs `args` for a run. `version` is Dagster's, shown in a label.
///
/// # Errors
/// Invalid configuration in any layer, and runs without a code origin.
pub fn render_run_job(
    run: &DagsterRun,
    launcher: &LauncherConfig,
    args: &[String],
    attempt: Attempt,
    version: &str,
    env: &Environment,
) -> Result<RenderedJob, KubernetesError> {
    let origin = code_origin(run)?;
    let repository = &origin.repository_origin;
    let context = container_context(run, launcher, env)?;

    let name = job_name(run.run_id.as_str(), attempt);
    if name.len() > MAX_NAME_LENGTH {
        return Err(KubernetesError::Invariant(format!(
            "the Job's name {name} is longer than Kubernetes' {MAX_NAME_LENGTH} characters"
        )));
    }
    let mut container = context.run.part("container_config");
    let worker = Worker { component: RUN_WORKER, op: None, job: &origin.job_name };
    let labels = common_labels(run, &worker, version, &container);
    let base_image = repository.container_image.as_deref().filter(|image| !image.is_empty());
    let base_image = base_image.or_else(|| launcher.text("job_image"));
    let variables = vec![json!({"name": "DAGSTER_RUN_JOB_NAME", "value": origin.job_name})];
    let container_spec = container_spec(&mut container, launcher, args, variables, base_image);
    let image = container_spec.get("image").and_then(Value::as_str).map(str::to_owned);
    let image = image.ok_or_else(|| {
        KubernetesError::Invariant(
            "no image for the run: set job_image of the run launcher, or DAGSTER_CURRENT_IMAGE of \
             the code server"
                .to_owned(),
        )
    })?;
    let manifest = manifest(&context, &name, &labels, container_spec)?;
    let namespace = context.namespace.unwrap_or_else(|| "default".to_owned());
    Ok(RenderedJob { name, namespace, manifest, image })
}

/// What a Job's container does, as its labels tell.
pub(super) struct Worker<'a> {
    /// The component of Dagster.
    pub(super) component: &'a str,
    /// The step, for a worker of one.
    pub(super) op: Option<&'a str>,
    /// The job.
    pub(super) job: &'a str,
}

/// The component that the labels of a run worker's Job name.
const RUN_WORKER: &str = "run_worker";

pub(super) fn common_labels(
    run: &DagsterRun,
    worker: &Worker<'_>,
    version: &str,
    container: &Object,
) -> Object {
    let mut labels = Object::new();
    let mut add = |key: &str, value: &str| labels.insert(key.to_owned(), label_value(value).into());
    add("app.kubernetes.io/name", "dagster");
    add("app.kubernetes.io/instance", "dagster");
    add("app.kubernetes.io/version", version);
    add("app.kubernetes.io/part-of", "dagster");
    add("app.kubernetes.io/component", worker.component);
    add("dagster/job", worker.job);
    if let Some(op) = worker.op {
        add("dagster/op", op);
    }
    add("dagster/run-id", run.run_id.as_str());
    let deployment = container.get("env").and_then(Value::as_array).and_then(|variables| {
        variables.iter().find(|variable| variable["name"] == "DAGSTER_CLOUD_DEPLOYMENT_NAME")
    });
    if let Some(name) = deployment.and_then(|variable| variable["value"].as_str()) {
        add("dagster/deployment-name", name);
    }
    if let Some(origin) = &run.remote_job_origin {
        add("dagster/code-location", origin.repository_origin.code_location_origin.location_name());
    }
    labels
}

/// Fits a text into what Kubernetes takes as the value of a label.
fn label_value(text: &str) -> String {
    let fitted: String = text
        .chars()
        .take(MAX_NAME_LENGTH)
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect();
    fitted.trim_matches('-').trim_matches('_').trim_matches('.').to_owned()
}

pub(super) fn container_spec(
    config: &mut Object,
    launcher: &LauncherConfig,
    args: &[String],
    mut variables: Vec<Value>,
    base_image: Option<&str>,
) -> Object {
    if let Some(home) = launcher.text("dagster_home").filter(|home| !home.is_empty()) {
        variables.push(json!({"name": "DAGSTER_HOME", "value": home}));
    }
    if let Some(secret) = launcher.text("postgres_password_secret").filter(|name| !name.is_empty())
    {
        variables.push(json!({
            "name": "DAGSTER_PG_PASSWORD",
            "value_from": {"secret_key_ref": {"name": secret, "key": "postgresql-password"}},
        }));
    }
    let mut container = std::mem::take(config);
    let mut take_list = |key: &str| match container.shift_remove(key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    variables.extend(take_list("env"));
    let env_from = take_list("env_from");
    let volume_mounts = take_list("volume_mounts");
    container.insert("args".to_owned(), json!(args));
    container.insert("env".to_owned(), variables.into());
    container.insert("env_from".to_owned(), env_from.into());
    container.insert("volume_mounts".to_owned(), volume_mounts.into());
    container.entry("name").or_insert_with(|| "dagster".into());
    container.entry("image").or_insert_with(|| json!(base_image));
    container.entry("image_pull_policy").or_insert_with(|| "Always".into());
    container.entry("resources").or_insert_with(|| json!({}));
    if container.get("security_context").and_then(Value::as_object).is_some_and(Object::is_empty) {
        container.shift_remove("security_context");
    }
    container
}

pub(super) fn manifest(
    context: &ContainerContext,
    name: &str,
    labels: &Object,
    container: Object,
) -> Result<Value, KubernetesError> {
    let config = &context.run;
    let mut pod = config.part("pod_spec_config");
    let mut take_list = |key: &str| match pod.shift_remove(key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    let mut containers = vec![Value::Object(container)];
    containers.extend(take_list("containers"));
    let volumes = take_list("volumes");
    let secrets = take_list("image_pull_secrets");
    pod.insert("containers".to_owned(), containers.into());
    pod.insert("volumes".to_owned(), volumes.into());
    pod.insert("image_pull_secrets".to_owned(), secrets.into());
    pod.entry("restart_policy").or_insert_with(|| "Never".into());
    pod.entry("automount_service_account_token").or_insert_with(|| true.into());

    let pod_metadata = metadata(config.part("pod_template_spec_metadata"), name, labels);
    let mut spec = Object::from_iter([
        ("ttl_seconds_after_finished".to_owned(), json!(24 * 60 * 60)),
        ("backoff_limit".to_owned(), json!(0)),
    ]);
    spec.extend(config.part("job_spec_config"));
    spec.insert("template".to_owned(), json!({"metadata": pod_metadata, "spec": pod}));

    let mut job = config.part("job_config");
    job.insert("api_version".to_owned(), "batch/v1".into());
    job.insert("kind".to_owned(), "Job".into());
    let job_metadata = metadata(config.part("job_metadata"), name, labels);
    job.insert("metadata".to_owned(), Value::Object(job_metadata));
    job.insert("spec".to_owned(), Value::Object(spec));
    types::manifest("V1Job", &job)
}

/// Metadata with the user's labels laid over ours.
fn metadata(mut metadata: Object, name: &str, labels: &Object) -> Object {
    let mut all = labels.clone();
    if let Some(Value::Object(own)) = metadata.shift_remove("labels") {
        all.extend(own);
    }
    metadata.insert("name".to_owned(), name.into());
    metadata.insert("labels".to_owned(), Value::Object(all));
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_cut_and_cleaned() {
        assert_eq!(label_value("loc with spaces/and:colons__"), "loc-with-spaces-and-colons");
        assert_eq!(label_value(&"x".repeat(80)).len(), 63);
    }

    #[test]
    fn a_resumed_run_has_a_job_of_its_own() {
        assert_eq!(job_name("abc", Attempt::Launch), "dagster-run-abc");
        assert_eq!(job_name("abc", Attempt::Resume(2)), "dagster-run-abc-2");
    }
}
