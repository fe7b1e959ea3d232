//! `rondel k8s …`: what Kubernetes would be asked for, without asking it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rondel_instance::config::RunLauncherSettings;
use rondel_instance::{Home, InstanceConfig};
use rondel_launcher::kubernetes::{
    Attempt, DAGSTER_VERSION, Environment, KubernetesError, LauncherConfig, RenderedJob,
    render_run_job, worker_args,
};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::from_text;
use serde_json::{Value, json};

use crate::cli::K8sCommand;

/// Executes one of the `k8s` commands.
pub fn execute(command: K8sCommand) -> anyhow::Result<ExitCode> {
    match command {
        K8sCommand::RenderJob { run, resume_attempt } => {
            let attempt = resume_attempt.map_or(Attempt::Launch, Attempt::Resume);
            render_job(&run, attempt)
        }
    }
}

fn render_job(file: &Path, attempt: Attempt) -> anyhow::Result<ExitCode> {
    let config = InstanceConfig::load(&Home::from_env()?)?;
    let RunLauncherSettings::Kubernetes(settings) = &config.run_launcher else {
        bail!(
            "run_launcher of dagster.yaml is {}, not K8sRunLauncher",
            config.run_launcher.class_name()
        );
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let run: DagsterRun =
        from_text(&text).with_context(|| format!("{} is no serialized run", file.display()))?;
    let instance_ref = config.instance_ref.clone();

    let env = Environment::current();
    let rendered = LauncherConfig::parse(settings, &env).and_then(|launcher| {
        let args = worker_args(&run, &launcher, instance_ref, attempt)?;
        render_run_job(&run, &launcher, &args, attempt, DAGSTER_VERSION, &env)
    });
    let (answer, code) = match rendered {
        Ok(job) => (answer(&run, &job), ExitCode::SUCCESS),
        Err(error) => (refusal(&error), ExitCode::FAILURE),
    };
    outln!("{answer}");
    Ok(code)
}

fn answer(run: &DagsterRun, job: &RenderedJob) -> Value {
    json!({
        "ok": true,
        "namespace": job.namespace,
        "job": job.manifest,
        "tags_added": { "dagster/image": job.image },
        "engine_events": [
            {
                "message": "[K8sRunLauncher] Creating Kubernetes run worker job",
                "metadata": {
                    "Kubernetes Job name": job.name,
                    "Kubernetes Namespace": job.namespace,
                    "Run ID": run.run_id.as_str(),
                },
            },
            { "message": "[K8sRunLauncher] Kubernetes run worker job created", "metadata": {} },
        ],
    })
}

fn refusal(error: &KubernetesError) -> Value {
    json!({ "ok": false, "error": { "cls_name": error.python_class(), "message": error.to_string() } })
}
