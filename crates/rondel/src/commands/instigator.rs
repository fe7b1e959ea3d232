//! `rondel schedule …` and `rondel sensor …`: both are instigators and differ in names only.

use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::run::text;
use crate::cli::{InstigatorCommand, ServerArgs};
use crate::client::Client;
use crate::output::{print_json, print_table, time_text};

/// Which of the two kinds a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Schedule,
    Sensor,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Sensor => "sensor",
        }
    }

    fn list_query(self) -> &'static str {
        match self {
            Self::Schedule => {
                "query { repositoriesOrError { __typename ... on RepositoryConnection { nodes { name location { name } \
                 instigators: schedules { name cadence: cronSchedule state: scheduleState { id selectorId status \
                 nextTick { timestamp } } } } } ... on Error { message } } }"
            }
            Self::Sensor => {
                "query { repositoriesOrError { __typename ... on RepositoryConnection { nodes { name location { name } \
                 instigators: sensors { name cadence: minIntervalSeconds state: sensorState { id selectorId status \
                 nextTick { timestamp } } } } } ... on Error { message } } }"
            }
        }
    }
}

/// Executes one of the `schedule` or `sensor` commands.
pub fn execute(kind: Kind, command: InstigatorCommand) -> anyhow::Result<ExitCode> {
    match command {
        InstigatorCommand::List { server } => list(kind, &server),
        InstigatorCommand::Start { server, name, location } => {
            start(kind, &server, &name, location.as_deref())
        }
        InstigatorCommand::Stop { server, name, location } => {
            stop(kind, &server, &name, location.as_deref())
        }
    }
}

fn instigators(kind: Kind, client: &Client) -> anyhow::Result<Vec<Value>> {
    let result = client.expect(
        kind.list_query(),
        json!({}),
        "repositoriesOrError",
        &["RepositoryConnection"],
    )?;
    let mut all = Vec::new();
    for repository in result["nodes"].as_array().into_iter().flatten() {
        for instigator in repository["instigators"].as_array().into_iter().flatten() {
            let mut instigator = instigator.clone();
            instigator["location"] = repository["location"]["name"].clone();
            instigator["repository"] = repository["name"].clone();
            all.push(instigator);
        }
    }
    Ok(all)
}

fn list(kind: Kind, server: &ServerArgs) -> anyhow::Result<ExitCode> {
    let all = instigators(kind, &Client::new(&server.url))?;
    if server.json {
        print_json(&Value::Array(all))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = all.iter().map(|instigator| {
        let cadence = match kind {
            Kind::Schedule => text(&instigator["cadence"]),
            Kind::Sensor => format!("every {} s", text(&instigator["cadence"])),
        };
        vec![
            text(&instigator["name"]),
            text(&instigator["state"]["status"]),
            cadence,
            time_text(instigator["state"]["nextTick"]["timestamp"].as_f64()),
            text(&instigator["location"]),
        ]
    });
    print_table(&[kind.noun(), "status", "fires", "next tick", "code location"], rows.collect())?;
    Ok(ExitCode::SUCCESS)
}

fn find(kind: Kind, client: &Client, name: &str, location: Option<&str>) -> anyhow::Result<Value> {
    let mut found: Vec<_> = instigators(kind, client)?
        .into_iter()
        .filter(|i| i["name"] == name && location.is_none_or(|wanted| i["location"] == wanted))
        .collect();
    let noun = kind.noun();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => bail!("there is no {noun} '{name}': 'rondel {noun} list' shows those there are"),
        _ => bail!("several code locations have a {noun} '{name}': name one with --location"),
    }
}

fn start(
    kind: Kind,
    server: &ServerArgs,
    name: &str,
    location: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let client = Client::new(&server.url);
    let found = find(kind, &client, name, location)?;
    let selector_name = if kind == Kind::Schedule { "scheduleName" } else { "sensorName" };
    let selector = json!({
        "repositoryLocationName": found["location"],
        "repositoryName": found["repository"],
        selector_name: name,
    });
    let result = match kind {
        Kind::Schedule => client.expect(
            "mutation($selector: ScheduleSelector!) { startSchedule(scheduleSelector: $selector) { __typename \
             ... on ScheduleStateResult { scheduleState { status } } ... on Error { message } } }",
            json!({ "selector": selector }),
            "startSchedule",
            &["ScheduleStateResult"],
        )?["scheduleState"]
            .take(),
        Kind::Sensor => client.expect(
            "mutation($selector: SensorSelector!) { startSensor(sensorSelector: $selector) { __typename \
             ... on Sensor { sensorState { status } } ... on Error { message } } }",
            json!({ "selector": selector }),
            "startSensor",
            &["Sensor"],
        )?["sensorState"]
            .take(),
    };
    outln!("{name} {}", text(&result["status"]));
    Ok(ExitCode::SUCCESS)
}

fn stop(
    kind: Kind,
    server: &ServerArgs,
    name: &str,
    location: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let client = Client::new(&server.url);
    let found = find(kind, &client, name, location)?;
    let id = found["state"]["id"].as_str().context("the server gave no id of the state")?;
    let result = match kind {
        Kind::Schedule => client.expect(
            "mutation($id: String!) { stopRunningSchedule(id: $id) { __typename \
             ... on ScheduleStateResult { scheduleState { status } } ... on Error { message } } }",
            json!({ "id": id }),
            "stopRunningSchedule",
            &["ScheduleStateResult"],
        )?["scheduleState"]
            .take(),
        Kind::Sensor => client.expect(
            "mutation($id: String!) { stopSensor(id: $id) { __typename \
             ... on StopSensorMutationResult { instigationState { status } } ... on Error { message } } }",
            json!({ "id": id }),
            "stopSensor",
            &["StopSensorMutationResult"],
        )?["instigationState"]
            .take(),
    };
    outln!("{name} {}", text(&result["status"]));
    Ok(ExitCode::SUCCESS)
}
