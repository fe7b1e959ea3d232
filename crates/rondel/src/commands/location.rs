//! `rondel location …`: code locations of a running server.

use std::process::ExitCode;

use serde_json::json;

use super::run::text;
use crate::cli::{LocationCommand, ServerArgs};
use crate::client::Client;
use crate::output::{print_json, print_table, time_text};

const LOCATIONS: &str = "query { workspaceOrError { __typename ... on Workspace { locationEntries { name loadStatus \
    updatedTimestamp locationOrLoadError { __typename ... on PythonError { message } } } } ... on Error { message } } }";

/// Executes one of the `location` commands.
pub fn execute(command: LocationCommand) -> anyhow::Result<ExitCode> {
    match command {
        LocationCommand::List { server } => list(&server),
        LocationCommand::Reload { server, name: Some(name) } => reload(&server, &name),
        LocationCommand::Reload { server, name: None } => reload_all(&server),
    }
}

fn list(server: &ServerArgs) -> anyhow::Result<ExitCode> {
    let workspace = Client::new(&server.url).expect(
        LOCATIONS,
        json!({}),
        "workspaceOrError",
        &["Workspace"],
    )?;
    if server.json {
        print_json(&workspace["locationEntries"])?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = workspace["locationEntries"].as_array().into_iter().flatten().map(|entry| {
        let error = text(&entry["locationOrLoadError"]["message"]);
        let state = if error.is_empty() { text(&entry["loadStatus"]) } else { "ERROR".to_owned() };
        vec![
            text(&entry["name"]),
            state,
            time_text(entry["updatedTimestamp"].as_f64()),
            error.lines().next().unwrap_or_default().to_owned(),
        ]
    });
    print_table(&["code location", "status", "updated", "error"], rows.collect())?;
    Ok(ExitCode::SUCCESS)
}

fn reload(server: &ServerArgs, name: &str) -> anyhow::Result<ExitCode> {
    const QUERY: &str = "mutation($name: String!) { reloadRepositoryLocation(repositoryLocationName: $name) { __typename \
        ... on WorkspaceLocationEntry { loadStatus locationOrLoadError { __typename ... on PythonError { message } } } \
        ... on Error { message } } }";
    let entry = Client::new(&server.url).expect(
        QUERY,
        json!({ "name": name }),
        "reloadRepositoryLocation",
        &["WorkspaceLocationEntry"],
    )?;
    if let Some(error) = entry["locationOrLoadError"]["message"].as_str() {
        anyhow::bail!("{name} does not load: {error}");
    }
    outln!("{name} {}", text(&entry["loadStatus"]));
    Ok(ExitCode::SUCCESS)
}

fn reload_all(server: &ServerArgs) -> anyhow::Result<ExitCode> {
    Client::new(&server.url).expect(
        "mutation { reloadWorkspace { __typename ... on Workspace { id } ... on Error { message } } }",
        json!({}),
        "reloadWorkspace",
        &["Workspace"],
    )?;
    list(server)
}
