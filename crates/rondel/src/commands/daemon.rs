//! `rondel daemon …`: the daemons, for good or for one iteration.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use metrics_exporter_prometheus::PrometheusBuilder;
use rondel_daemon::{
    BoundaryCount, DaemonError, DaemonOptions, FaultPoints, FixedClock, Iteration, LogSink,
    TickOptions, TickReport, required_daemons, run_one_iteration,
};
use rondel_instance::{Home, Instance};
use rondel_model::serdes::to_text;
use serde_json::{Value, json};

use super::deployment::{Deployment, instance_options};
use crate::cli::{
    DaemonArgs, DaemonCommand, DaemonRunArgs, LivenessCheckArgs, StorageArgs, TickArgs,
};
use crate::{logging, signals};

/// Bounds of the buckets of durations, from a look at an empty queue to a slow code server.
const SECONDS: [f64; 10] = [0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0];

/// Executes one of the `daemon` commands; without a name it is `run`.
///
/// # Errors
/// Whatever keeps the command from its work.
pub async fn execute(args: DaemonArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        None => run(args.run).await,
        Some(DaemonCommand::Run(args)) => run(*args).await,
        Some(DaemonCommand::Tick(args)) => Box::pin(tick(*args)).await,
        Some(DaemonCommand::LivenessCheck(args)) => liveness_check(&args).await,
        Some(DaemonCommand::Wipe { storage }) => wipe(&storage).await,
    }
}

async fn run(args: DaemonRunArgs) -> anyhow::Result<ExitCode> {
    logging::init(&args.logs);
    let shutdown = signals::shutdown_token()?;
    if let Some(address) = args.metrics_address {
        serve_metrics(address)?;
    }
    let deployment =
        Deployment::open(Home::from_env()?, &args.workspace, &args.storage, &args.logs).await?;
    let ran = rondel_daemon::run(
        DaemonOptions::default(),
        Arc::clone(&deployment.instance),
        Arc::clone(&deployment.workspace),
        shutdown,
    )
    .await;
    deployment.shutdown().await;
    ran?;
    Ok(ExitCode::SUCCESS)
}

/// Collects metrics from now on and serves them to whoever asks.
fn serve_metrics(address: SocketAddr) -> anyhow::Result<()> {
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets(&SECONDS)?
        .install()
        .with_context(|| format!("metrics cannot be served at {address}"))
}

/// Makes one iteration and tells in one JSON line how it went.
async fn tick(args: TickArgs) -> anyhow::Result<ExitCode> {
    let Some(iteration) = Iteration::parse(&args.daemon) else {
        bail!("there is no daemon '{}'; there are {}", args.daemon, Iteration::names().join(", "));
    };
    let options = tick_options(&args)?;
    let mut instance_options = instance_options(&args.storage);
    instance_options.launcher_socket.clone_from(&args.launcher_socket);
    let (count, boundaries) = BoundaryCount::new(args.kill_at_boundary);
    instance_options.storage.boundaries = boundaries;
    if let Some(at) = args.at {
        instance_options.clock = Arc::new(FixedClock(at));
    }
    let deployment = Deployment::open_with(
        Home::from_env()?,
        &args.workspace,
        args.code_servers.as_deref(),
        instance_options,
        &args.logs,
    )
    .await?;
    let instance = Arc::clone(&deployment.instance);
    let workspace = Arc::clone(&deployment.workspace);
    let result = run_one_iteration(iteration, options, instance, workspace).await;
    deployment.shutdown().await;
    if let (Ok(report), Some(file)) = (&result, &args.state) {
        std::fs::write(file, report.state.to_string())
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    let mut answer = tick_answer(&args.daemon, &result)?;
    answer["boundaries"] = count.reached().into();
    outln!("{answer}");
    Ok(if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tick_options(args: &TickArgs) -> anyhow::Result<TickOptions> {
    let state = match &args.state {
        None => Value::Null,
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            serde_json::from_str(&text)
                .with_context(|| format!("{} is not JSON", file.display()))?
        }
    };
    Ok(TickOptions {
        log: LogSink::PythonStderr,
        state,
        max_catchup_runs: args.max_catchup_runs,
        max_tick_retries: args.max_tick_retries,
        page_size: args.page_size,
        fetch_limit: args.fetch_limit,
        run_ids: (!args.run_id.is_empty())
            .then(|| args.run_id.iter().map(|id| id.as_str().into()).collect()),
        termination_check_interval: args.termination_check_interval,
        pre_sensor_interval: args.pre_sensor_interval,
        relaunch_interrupted: args.relaunch_interrupted,
        faults: args
            .crash_at
            .as_deref()
            .map(FaultPoints::from_json)
            .transpose()?
            .unwrap_or_default(),
        ..TickOptions::default()
    })
}

fn tick_answer(daemon: &str, result: &Result<TickReport, DaemonError>) -> anyhow::Result<Value> {
    Ok(match result {
        Ok(report) => {
            let errors: Vec<Value> = report
                .errors
                .iter()
                .map(|error| serde_json::from_str(&to_text(error)))
                .collect::<Result<_, _>>()?;
            let mut answer = json!({ "daemon": daemon, "ok": true, "errors": errors });
            if let Some(times) = &report.iteration_times {
                answer["iteration_times"] = times.clone();
            }
            answer
        }
        Err(error) => {
            let info = error.to_error_info();
            json!({
                "daemon": daemon,
                "ok": false,
                "errors": [],
                "exception": {
                    "message": info.message,
                    "stack": info.stack,
                    "cls_name": info.cls_name,
                    "raw_message": error.to_string(),
                },
            })
        }
    })
}

async fn liveness_check(args: &LivenessCheckArgs) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Home::from_env()?, instance_options(&args.storage)).await?;
    let heartbeats = instance.storage().heartbeats().get().await?;
    let oldest = instance.now().0 - args.heartbeat_tolerance_seconds as f64;
    let silent: Vec<&str> = required_daemons(&instance)
        .into_iter()
        .map(|kind| kind.daemon_type())
        .filter(|kind| heartbeats.get(*kind).is_none_or(|beat| beat.timestamp < oldest))
        .collect();
    instance.shutdown().await;
    if silent.is_empty() {
        outln!("all daemons are alive");
        return Ok(ExitCode::SUCCESS);
    }
    bail!(
        "no sign of life within {} s from {}: is 'rondel daemon run' running on this instance?",
        args.heartbeat_tolerance_seconds,
        silent.join(", ")
    )
}

async fn wipe(storage: &StorageArgs) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Home::from_env()?, instance_options(storage)).await?;
    instance.storage().heartbeats().wipe().await?;
    instance.shutdown().await;
    outln!("daemon heartbeats are forgotten");
    Ok(ExitCode::SUCCESS)
}
