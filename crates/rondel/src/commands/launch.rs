//! What `job launch` and `asset materialize` share: reading the options, launching, waiting.

use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

use super::run;
use crate::cli::{LaunchArgs, ServerArgs};
use crate::client::Client;
use crate::output::print_json;

const LAUNCH: &str = "mutation($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename \
    ... on LaunchRunSuccess { run { runId jobName status } } \
    ... on RunConfigValidationInvalid { errors { message } } \
    ... on InvalidSubsetError { message } ... on Error { message } } }";

/// Where a run's definition lives: code location, repository, job.
pub struct JobAddress {
    pub location: String,
    pub repository: String,
    pub job: String,
}

/// Launches one run and prints its id; with `--wait` follows it to its end.
///
/// # Errors
/// When the options cannot be read or the server refuses the run.
pub fn launch(
    server: &ServerArgs,
    client: &Client,
    address: &JobAddress,
    assets: Option<&[Value]>,
    args: &LaunchArgs,
) -> anyhow::Result<ExitCode> {
    let mut tags: Vec<Value> =
        args.tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    if let Some(partition) = &args.partition {
        tags.push(json!({"key": "dagster/partition", "value": partition}));
    }
    let params = json!({
        "selector": {
            "repositoryLocationName": address.location,
            "repositoryName": address.repository,
            "jobName": address.job,
            "assetSelection": assets.map(|keys| keys.iter().map(|path| json!({"path": path})).collect::<Vec<_>>()),
        },
        "runConfigData": args.config.as_deref().map(read_config).transpose()?,
        "mode": "default",
        "executionMetadata": { "tags": tags },
    });
    let result =
        client.expect(LAUNCH, json!({ "params": params }), "launchRun", &["LaunchRunSuccess"])?;
    let run_id = run::text(&result["run"]["runId"]);
    if server.json {
        print_json(&result["run"])?;
    } else {
        outln!("{run_id}");
    }
    if args.wait { run::logs(client, &run_id, true) } else { Ok(ExitCode::SUCCESS) }
}

fn read_config(path: &str) -> anyhow::Result<Value> {
    let mut text = String::new();
    if path == "-" {
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    } else {
        text = std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    }
    let value: Value =
        serde_saphyr::from_str(&text).with_context(|| format!("{path} is not valid YAML"))?;
    Ok(value)
}
