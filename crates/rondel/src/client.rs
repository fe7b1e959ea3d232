//! A small GraphQL client for the operator commands.
//!
//! Works against any server that speaks Dagster's API. A failed request, GraphQL errors and the typed
//! error members of result unions (`__typename` ending in `Error`, `NotFound` …) all become errors
//! that carry the server's message.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// A client of one webserver.
pub struct Client {
    url: String,
    agent: ureq::Agent,
}

impl Client {
    /// A client of the webserver at `url`, with or without a trailing slash.
    pub fn new(url: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { url: url.trim_end_matches('/').to_owned(), agent }
    }

    /// Runs a query or mutation and returns its `data`.
    ///
    /// # Errors
    /// When the server cannot be reached, does not answer in JSON, or reports errors.
    pub fn execute(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let endpoint = format!("{}/graphql", self.url);
        let mut response = self
            .agent
            .post(&endpoint)
            .send_json(json!({ "query": query, "variables": variables }))
            .with_context(|| {
                format!(
                    "no answer from {}: start one with 'rondel dev', or name it with --url or RONDEL_URL",
                    self.url
                )
            })?;
        let status = response.status();
        let mut body: Value =
            response.body_mut().with_config().limit(512 * 1024 * 1024).read_json().with_context(
                || format!("{endpoint} answered {status} with something else than JSON"),
            )?;
        if let Some(first) = body["errors"].get(0) {
            bail!("{}", first["message"].as_str().unwrap_or("the server reported an error"));
        }
        Ok(body["data"].take())
    }

    /// Runs an operation whose single field `field` is a result union, and returns that result.
    ///
    /// # Errors
    /// As [`Client::execute`], and when the result is none of the `success` types.
    pub fn expect(
        &self,
        query: &str,
        variables: Value,
        field: &str,
        success: &[&str],
    ) -> anyhow::Result<Value> {
        let mut data = self.execute(query, variables)?;
        let result = data[field].take();
        let name = result["__typename"].as_str().unwrap_or_default();
        if success.contains(&name) {
            return Ok(result);
        }
        let errors = result["errors"].as_array().map(|list| {
            list.iter().filter_map(|e| e["message"].as_str()).collect::<Vec<_>>().join("; ")
        });
        match result["message"].as_str().map(str::to_owned).or(errors) {
            Some(message) => bail!("{name}: {message}"),
            None => bail!("the server answered {name}"),
        }
    }
}
