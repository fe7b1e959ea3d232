//! `rondel asset …`: assets of a running server. Selections are resolved by the server.

use std::collections::{BTreeMap, HashSet};
use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};

use super::launch::{JobAddress, launch};
use super::run::text;
use crate::cli::{AssetCommand, LaunchArgs, ServerArgs};
use crate::client::Client;
use crate::output::{print_json, print_table, time_text};

const NODES: &str = "query { assetNodes { assetKey { path } groupName isMaterializable isExecutable isPartitioned \
    jobNames description repository { name location { name } } \
    assetMaterializations(limit: 1) { timestamp } } }";

/// The job that Dagster makes for materializing any assets of a repository.
const IMPLICIT_JOB: &str = "__ASSET_JOB";

/// Executes one of the `asset` commands.
pub fn execute(command: AssetCommand) -> anyhow::Result<ExitCode> {
    match command {
        AssetCommand::List { server, select } => list(&server, select.as_deref()),
        AssetCommand::Materialize { server, select, launch: args } => {
            materialize(&server, &select, &args)
        }
    }
}

/// An asset key as people write it, `a/b`.
pub fn path_text(path: &Value) -> String {
    path.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("/")
}

fn nodes(client: &Client, select: Option<&str>) -> anyhow::Result<Vec<Value>> {
    let selected = select.map(|selection| selected_keys(client, selection)).transpose()?;
    let mut data = client.execute(NODES, json!({}))?;
    let Value::Array(mut nodes) = data["assetNodes"].take() else { return Ok(Vec::new()) };
    if let Some(selected) = selected {
        nodes.retain(|node| selected.contains(&path_text(&node["assetKey"]["path"])));
    }
    nodes.sort_by_key(|node| path_text(&node["assetKey"]["path"]));
    Ok(nodes)
}

fn selected_keys(client: &Client, selection: &str) -> anyhow::Result<HashSet<String>> {
    let data = client.execute(
        "query($selection: String!) { assetKeysBySelection(selection: $selection) { path } }",
        json!({ "selection": selection }),
    )?;
    let keys = data["assetKeysBySelection"].as_array().into_iter().flatten();
    Ok(keys.map(|key| path_text(&key["path"])).collect())
}

fn list(server: &ServerArgs, select: Option<&str>) -> anyhow::Result<ExitCode> {
    let nodes = nodes(&Client::new(&server.url), select)?;
    if server.json {
        print_json(&Value::Array(nodes))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = nodes.iter().map(|node| {
        let last = node["assetMaterializations"][0]["timestamp"].as_str();
        vec![
            path_text(&node["assetKey"]["path"]),
            text(&node["groupName"]),
            time_text(last.and_then(|ms| ms.parse::<f64>().ok()).map(|ms| ms / 1000.0)),
            text(&node["repository"]["location"]["name"]),
        ]
    });
    print_table(&["asset", "group", "last materialized", "code location"], rows.collect())?;
    Ok(ExitCode::SUCCESS)
}

/// Launches one run per repository that has selected assets.
fn materialize(server: &ServerArgs, select: &str, args: &LaunchArgs) -> anyhow::Result<ExitCode> {
    let client = Client::new(&server.url);
    let mut by_repository: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    let mut partitioned = Vec::new();
    for node in nodes(&client, Some(select))? {
        let location = text(&node["repository"]["location"]["name"]);
        if node["isExecutable"] != true || args.location.as_ref().is_some_and(|l| *l != location) {
            continue;
        }
        if node["isPartitioned"] == true {
            partitioned.push(path_text(&node["assetKey"]["path"]));
        }
        by_repository
            .entry((location, text(&node["repository"]["name"])))
            .or_default()
            .push(node["assetKey"]["path"].clone());
    }
    if by_repository.is_empty() {
        bail!("'{select}' selects no asset that can be materialized: try 'rondel asset list'");
    }
    if !partitioned.is_empty() && args.partition.is_none() {
        bail!("{} is partitioned: name a partition with --partition", partitioned.join(", "));
    }
    let mut code = ExitCode::SUCCESS;
    for ((location, repository), keys) in by_repository {
        let address = JobAddress { location, repository, job: IMPLICIT_JOB.to_owned() };
        let ended = launch(server, &client, &address, Some(&keys), args)?;
        if ended != ExitCode::SUCCESS {
            code = ended;
        }
    }
    Ok(code)
}
