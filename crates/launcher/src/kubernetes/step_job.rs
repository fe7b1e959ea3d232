//! The Job of one step (`dagster_k8s/executor.py`, `K8sStepHandler`).
//!
//! Configuration comes in more layers than a run's: the launcher's, the code location's, the executor's
//! (`execution.config`), the op's tags, and `per_step_k8s_config`. The tags of the run are for run workers
//! only. Values are resolved with the environment of this process, where Dagster takes the run worker's.
//!
//! What becomes of a step whose worker died depends on the retry policy of its op, which no snapshot and no
//! answer of a code server tells. Dagster's executor knows it because it runs beside the code; here a Job like
//! the step's own is made that runs `arbiter.py`.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use md5::{Digest as _, Md5};
use rondel_model::grpc::{ExecuteStepArgs, InstanceRef};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{Extra, to_text};
use serde_json::{Value, json};

use super::config::{self, Environment, LauncherConfig, USER_CONFIG, shape};
use super::context::ContainerContext;
use super::error::KubernetesError;
use super::job::{
    self, RenderedJob, Worker, code_origin, common_labels, container_spec, entry_point, manifest,
};
use super::user_config::{Object, UserConfig};
use crate::steps::{StepTask, StepWork, StepsOf};

/// What an arbiter runs.
const ARBITER: &str = include_str!("arbiter.py");

/// The variable in which an arbiter finds why the step's worker died.
const ERROR_VARIABLE: &str = "RONDEL_STEP_ERROR";

/// The label of Jobs whose steps are executed by the control plane itself.
pub(super) const HOST_LABEL: (&str, &str) = ("rondel.dev/executor", "host");

/// The component that the labels of a step's Job name.
pub(super) const COMPONENT: &str = "step_worker";

/// The name of a step's Job (`get_k8s_job_name`).
pub fn step_job_name(run_id: &str, step: &str, attempt: i64) -> String {
    let digest = Md5::new().chain_update(run_id).chain_update(step).finalize();
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    match attempt {
        0 => format!("dagster-step-{hash}"),
        attempt => format!("dagster-step-{hash}-{attempt}"),
    }
}

/// The name of the Job that decides what becomes of a step whose worker died.
pub(super) fn arbiter_job_name(run_id: &str, step: &str, attempt: i64) -> String {
    format!("{}-arbiter", step_job_name(run_id, step, attempt))
}

/// What the steps of a run have in common: where they are made, and from what.
pub(super) fn steps_context(
    of: StepsOf<'_>,
    launcher: &LauncherConfig,
    env: &Environment,
) -> Result<(ContainerContext, Object), KubernetesError> {
    let code_location = job::code_location_context(of.run)?;
    let base = ContainerContext::for_run(launcher, code_location.as_ref(), |_| None, env)?;
    let executor = config::executor(of.config, env)?;
    let context = base.merged(&ContainerContext::from_executor(&executor, env)?);
    Ok((context, executor))
}

fn step_context(
    of: StepsOf<'_>,
    work: &StepWork<'_>,
    launcher: &LauncherConfig,
    env: &Environment,
) -> Result<(ContainerContext, Object), KubernetesError> {
    let (context, executor) = steps_context(of, launcher, env)?;
    let tags = UserConfig::from_tags(|key| work.tags.get(key).map(String::as_str), env)?;
    let own = executor.get("per_step_k8s_config").and_then(|steps| steps.get(work.op_name));
    let own = match own {
        Some(own) => {
            let at = format!("execution.config.per_step_k8s_config.{}", work.op_name);
            UserConfig::from_object(&shape(own, USER_CONFIG, env, &at)?)?
        }
        None => UserConfig::default(),
    };
    let layer = |run| ContainerContext { run, namespace: None };
    Ok((context.merged(&layer(tags)).merged(&layer(own)), executor))
}

/// What the step's worker is told, as an environment variable holds it.
fn step_args(
    run: &DagsterRun,
    work: &StepWork<'_>,
    instance_ref: &InstanceRef,
) -> Result<String, KubernetesError> {
    let args = ExecuteStepArgs {
        job_origin: code_origin(run)?.clone(),
        run_id: run.run_id.to_string(),
        step_keys_to_execute: Some(vec![work.key.to_owned()]),
        instance_ref: Some(instance_ref.clone()),
        retry_mode: Some(work.retry_mode),
        known_state: Some(work.known_state.clone()),
        should_verify_step: Some(true),
        print_serialized_events: false,
        extra: Extra::default(),
    };
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(to_text(&args).as_bytes()).and_then(|()| encoder.finish());
    let compressed =
        compressed.map_err(|error| KubernetesError::Invariant(format!("step: {error}")))?;
    Ok(STANDARD.encode(compressed))
}

/// Makes the Job that does the work on a step. `version` is Dagster's, shown in a label.
///
/// # Errors
/// Invalid configuration in any layer, and runs without a code origin.
pub fn render_step_job(
    of: StepsOf<'_>,
    work: &StepWork<'_>,
    launcher: &LauncherConfig,
    instance_ref: &InstanceRef,
    version: &str,
    env: &Environment,
) -> Result<RenderedJob, KubernetesError> {
    let run = of.run;
    let origin = code_origin(run)?;
    let (context, executor) = step_context(of, work, launcher, env)?;
    let name = match work.task {
        StepTask::Execute => step_job_name(run.run_id.as_str(), work.key, work.attempt),
        StepTask::Arbitrate(_) => arbiter_job_name(run.run_id.as_str(), work.key, work.attempt),
    };

    let mut container = context.run.part("container_config");
    let worker = Worker { component: COMPONENT, op: Some(work.key), job: &run.job_name };
    let mut labels = common_labels(run, &worker, version, &container);
    labels.insert(HOST_LABEL.0.to_owned(), HOST_LABEL.1.into());
    let mut variables = vec![
        json!({
            "name": "DAGSTER_COMPRESSED_EXECUTE_STEP_ARGS",
            "value": step_args(run, work, instance_ref)?,
        }),
        json!({"name": "DAGSTER_RUN_JOB_NAME", "value": run.job_name}),
        json!({"name": "DAGSTER_RUN_STEP_KEY", "value": work.key}),
    ];
    let args = match work.task {
        StepTask::Execute => {
            let mut args = entry_point(origin);
            args.extend(["api", "execute_step"].map(str::to_owned));
            args
        }
        StepTask::Arbitrate(error) => {
            variables.push(json!({"name": ERROR_VARIABLE, "value": to_text(error)}));
            let python = origin.repository_origin.executable_path.as_str();
            [python, "-c", ARBITER].map(str::to_owned).to_vec()
        }
    };
    let given = |image: Option<&str>| image.filter(|image| !image.is_empty()).map(str::to_owned);
    let image = given(executor.get("job_image").and_then(Value::as_str))
        .or_else(|| given(launcher.text("job_image")))
        .or_else(|| given(origin.repository_origin.container_image.as_deref()));
    let container = container_spec(&mut container, launcher, &args, variables, image.as_deref());
    let image = container.get("image").and_then(Value::as_str).map(str::to_owned);
    let image = image.ok_or_else(|| {
        KubernetesError::Refused(
            "No image included in either executor config or the job".to_owned(),
        )
    })?;
    let manifest = manifest(&context, &name, &labels, container)?;
    let namespace = context.namespace.unwrap_or_else(|| "default".to_owned());
    Ok(RenderedJob { name, namespace, manifest, image })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_at_a_step_has_a_job_of_its_own() {
        // hashlib.md5(b"abcfan").hexdigest()
        let name = step_job_name("abc", "fan", 0);
        assert_eq!(name, "dagster-step-24e0b29e5dfa08c672c74ea751e7da9c".to_owned());
        assert_eq!(step_job_name("abc", "fan", 2), format!("{name}-2"));
        assert_eq!(arbiter_job_name("abc", "fan", 2), format!("{name}-2-arbiter"));
    }
}
