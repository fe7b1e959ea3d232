//! `rondel run …`: runs of a running server.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::{RunCommand, ServerArgs};
use crate::client::Client;
use crate::output::{duration_text, print_json, print_table, time_text};

const RUN_FIELDS: &str = "runId jobName status startTime endTime creationTime tags { key value } \
    runConfigYaml parentRunId rootRunId assetSelection { path }";

/// Executes one of the `run` commands.
pub fn execute(command: RunCommand) -> anyhow::Result<ExitCode> {
    match command {
        RunCommand::List { server, status, job, tags, limit } => {
            let filter = json!({
                "statuses": (!status.is_empty()).then(|| status.iter().map(|s| s.to_uppercase()).collect::<Vec<_>>()),
                "pipelineName": job,
                "tags": tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect::<Vec<_>>(),
            });
            list(&server, &filter, limit)
        }
        RunCommand::Show { server, run_id } => show(&server, &run_id),
        RunCommand::Logs { server, run_id, follow } => {
            logs(&Client::new(&server.url), &run_id, follow)
        }
        RunCommand::Cancel { server, run_id, force } => cancel(&server, &run_id, force),
    }
}

fn list(server: &ServerArgs, filter: &Value, limit: u32) -> anyhow::Result<ExitCode> {
    let query = format!(
        "query($filter: RunsFilter, $limit: Int) {{ runsOrError(filter: $filter, limit: $limit) {{ __typename \
         ... on Runs {{ results {{ {RUN_FIELDS} }} }} ... on Error {{ message }} }} }}"
    );
    let result = Client::new(&server.url).expect(
        &query,
        json!({ "filter": filter, "limit": limit }),
        "runsOrError",
        &["Runs"],
    )?;
    if server.json {
        print_json(&result["results"])?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = result["results"].as_array().into_iter().flatten().map(|run| {
        vec![
            text(&run["runId"]),
            text(&run["jobName"]),
            text(&run["status"]),
            time_text(run["creationTime"].as_f64()),
            elapsed(run),
        ]
    });
    print_table(&["run", "job", "status", "created", "took"], rows.collect())?;
    Ok(ExitCode::SUCCESS)
}

fn show(server: &ServerArgs, run_id: &str) -> anyhow::Result<ExitCode> {
    let query = format!(
        "query($id: ID!) {{ runOrError(runId: $id) {{ __typename ... on Run {{ {RUN_FIELDS} }} \
         ... on Error {{ message }} }} }}"
    );
    let run =
        Client::new(&server.url).expect(&query, json!({ "id": run_id }), "runOrError", &["Run"])?;
    if server.json {
        print_json(&run)?;
        return Ok(ExitCode::SUCCESS);
    }
    outln!("run      {}", text(&run["runId"]));
    outln!("job      {}", text(&run["jobName"]));
    outln!("status   {}", text(&run["status"]));
    outln!("created  {}", time_text(run["creationTime"].as_f64()));
    outln!("started  {}", time_text(run["startTime"].as_f64()));
    outln!("ended    {}", time_text(run["endTime"].as_f64()));
    outln!("took     {}", elapsed(&run));
    if let Some(parent) = run["parentRunId"].as_str() {
        outln!("parent   {parent}");
    }
    for tag in run["tags"].as_array().into_iter().flatten() {
        outln!("tag      {}={}", text(&tag["key"]), text(&tag["value"]));
    }
    for asset in run["assetSelection"].as_array().into_iter().flatten() {
        outln!("asset    {}", super::asset::path_text(&asset["path"]));
    }
    let config = run["runConfigYaml"].as_str().unwrap_or_default().trim_end();
    if !config.is_empty() && config != "{}" {
        outln!("config\n{config}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a run's events from the first on; with `follow` until the run has ended.
///
/// # Errors
/// When the server cannot be reached or does not know the run.
pub fn logs(client: &Client, run_id: &str, follow: bool) -> anyhow::Result<ExitCode> {
    const QUERY: &str = "query($id: ID!, $cursor: String) { \
        logsForRun(runId: $id, afterCursor: $cursor, limit: 1000) { __typename \
          ... on EventConnection { cursor hasMore events { __typename ... on MessageEvent { timestamp level stepKey eventType message } \
            ... on ErrorEvent { error { message } } } } ... on Error { message } } \
        runOrError(runId: $id) { __typename ... on Run { status } ... on Error { message } } }";
    let mut cursor = Value::Null;
    loop {
        let mut data = client.execute(QUERY, json!({ "id": run_id, "cursor": cursor }))?;
        let connection = data["logsForRun"].take();
        if connection["__typename"] != "EventConnection" {
            anyhow::bail!("{}", text(&connection["message"]));
        }
        let mut out = io::stdout().lock();
        for event in connection["events"].as_array().into_iter().flatten() {
            print_event(&mut out, event)?;
        }
        out.flush()?;
        cursor = connection["cursor"].clone();
        if connection["hasMore"] == true {
            continue;
        }
        let status = data["runOrError"]["status"].as_str().unwrap_or_default().to_owned();
        let ended = matches!(status.as_str(), "SUCCESS" | "FAILURE" | "CANCELED");
        if !follow || ended && connection["events"].as_array().is_none_or(Vec::is_empty) {
            let failed = follow && status != "SUCCESS";
            return Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
        if !ended {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

fn print_event(out: &mut impl Write, event: &Value) -> io::Result<()> {
    let seconds =
        event["timestamp"].as_str().and_then(|ms| ms.parse::<f64>().ok()).map(|ms| ms / 1000.0);
    let what =
        event["eventType"].as_str().unwrap_or_else(|| event["level"].as_str().unwrap_or("LOG"));
    let step = event["stepKey"].as_str().map(|step| format!("{step} · ")).unwrap_or_default();
    writeln!(out, "{}  {what:<28} {step}{}", time_text(seconds), text(&event["message"]))?;
    if let Some(error) = event["error"]["message"].as_str() {
        for line in error.trim_end().lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn cancel(server: &ServerArgs, run_id: &str, force: bool) -> anyhow::Result<ExitCode> {
    const QUERY: &str = "mutation($id: String!, $policy: TerminateRunPolicy) { \
        terminateRun(runId: $id, terminatePolicy: $policy) { __typename \
          ... on TerminateRunSuccess { run { status } } ... on TerminateRunFailure { message } ... on Error { message } } }";
    let policy = if force { "MARK_AS_CANCELED_IMMEDIATELY" } else { "SAFE_TERMINATE" };
    let result = Client::new(&server.url).expect(
        QUERY,
        json!({ "id": run_id, "policy": policy }),
        "terminateRun",
        &["TerminateRunSuccess"],
    )?;
    if server.json {
        print_json(&result)?;
    } else {
        outln!("{run_id} {}", text(&result["run"]["status"]));
    }
    Ok(ExitCode::SUCCESS)
}

fn elapsed(run: &Value) -> String {
    match (run["startTime"].as_f64(), run["endTime"].as_f64()) {
        (Some(start), Some(end)) => duration_text(end - start),
        _ => "-".to_owned(),
    }
}

/// A JSON string as it is, anything else as JSON, null as nothing.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
