//! `rondel job …`: jobs of a running server.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};

use super::launch::{JobAddress, launch};
use super::run::text;
use crate::cli::{JobCommand, ServerArgs};
use crate::client::Client;
use crate::output::{print_json, print_table};

const JOBS: &str = "query { repositoriesOrError { __typename ... on RepositoryConnection { nodes { \
    name location { name } pipelines { name description isAssetJob } } } ... on Error { message } } }";

/// Executes one of the `job` commands.
pub fn execute(command: JobCommand) -> anyhow::Result<ExitCode> {
    match command {
        JobCommand::List { server } => list(&server),
        JobCommand::Launch { server, name, launch: args } => {
            let client = Client::new(&server.url);
            let address = find(&client, &name, args.location.as_deref())?;
            launch(&server, &client, &address, None, &args)
        }
    }
}

fn list(server: &ServerArgs) -> anyhow::Result<ExitCode> {
    let jobs = jobs(&Client::new(&server.url))?;
    if server.json {
        let all = jobs.iter().map(|(address, job)| {
            json!({ "location": address.location, "repository": address.repository, "job": job })
        });
        print_json(&Value::Array(all.collect()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = jobs.into_iter().map(|(address, job)| {
        vec![
            address.job,
            address.location,
            text(&job["description"]).lines().next().unwrap_or_default().to_owned(),
        ]
    });
    print_table(&["job", "code location", "description"], rows.collect())?;
    Ok(ExitCode::SUCCESS)
}

fn jobs(client: &Client) -> anyhow::Result<Vec<(JobAddress, Value)>> {
    let repositories =
        client.expect(JOBS, json!({}), "repositoriesOrError", &["RepositoryConnection"])?;
    let mut jobs = Vec::new();
    for repository in repositories["nodes"].as_array().into_iter().flatten() {
        for job in repository["pipelines"].as_array().into_iter().flatten() {
            let name = text(&job["name"]);
            if name.starts_with("__") {
                continue; // the implicit asset jobs
            }
            let address = JobAddress {
                location: text(&repository["location"]["name"]),
                repository: text(&repository["name"]),
                job: name,
            };
            jobs.push((address, job.clone()));
        }
    }
    Ok(jobs)
}

fn find(client: &Client, name: &str, location: Option<&str>) -> anyhow::Result<JobAddress> {
    let mut found: Vec<_> = jobs(client)?
        .into_iter()
        .map(|(address, _)| address)
        .filter(|job| job.job == name && location.is_none_or(|wanted| wanted == job.location))
        .collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => bail!("there is no job '{name}': 'rondel job list' shows those there are"),
        _ => bail!(
            "several code locations have a job '{name}': name one of {} with --location",
            found.iter().map(|job| job.location.as_str()).collect::<Vec<_>>().join(", ")
        ),
    }
}
