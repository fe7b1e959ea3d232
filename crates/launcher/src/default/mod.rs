//! `DefaultRunLauncher`: the code server starts the worker as its own child process.
//!
//! Mirrors `dagster/_core/launcher/default_run_launcher.py`. The server's address goes into the
//! run's tag `.dagster/grpc_info` before the start is asked for, so that any process can later ask
//! the same server to stop the run, whatever became of the one that launched it.

use async_trait::async_trait;
use rondel_code_location::{CallLimits, CodeServerClient, ServerAddress};
use rondel_model::event::EngineEventData;
use rondel_model::grpc::ExecuteExternalJobArgs;
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::{Extra, Map};
use serde_json::{Value, json};

use crate::error::LaunchError;
use crate::launcher::{LaunchContext, RunLauncher, RunReporter, WorkerPresence};

const CLASS_NAME: &str = "DefaultRunLauncher";

/// Starts workers through the code server that holds the run's job.
#[derive(Debug, Clone, Copy, Default)]
pub struct DefaultRunLauncher;

#[async_trait]
impl RunLauncher for DefaultRunLauncher {
    fn class_name(&self) -> &'static str {
        CLASS_NAME
    }

    async fn launch(&self, context: &LaunchContext<'_>) -> Result<(), LaunchError> {
        let run = context.run;
        let origin = run
            .remote_job_origin
            .clone()
            .ok_or_else(|| LaunchError::NoOrigin(run.run_id.clone()))?;
        let client = client_of(context, origin.location_name())?;
        let grpc_info = Map::from_iter([(
            tags::GRPC_INFO_TAG.to_owned(),
            rondel_model::serdes::to_text(&address_info(client.address())),
        )]);
        let reporter = context.reporter;
        reporter.add_run_tags(&run.run_id, &grpc_info).await.map_err(LaunchError::Instance)?;
        let args = ExecuteExternalJobArgs {
            job_origin: origin,
            run_id: run.run_id.to_string(),
            instance_ref: Some(reporter.instance_ref().clone()),
            extra: Extra::default(),
        };
        let result = client.start_run(&args).await?;
        if result.success {
            return Ok(());
        }
        Err(LaunchError::Refused {
            message: result.message.unwrap_or_default(),
            error: result.serializable_error_info.map(Box::new),
        })
    }

    async fn presence(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
    ) -> Result<WorkerPresence, LaunchError> {
        // The address is noted before the server is asked.
        if run.tag(tags::GRPC_INFO_TAG).is_none() {
            return Ok(WorkerPresence::Absent);
        }
        let Some(client) = client_for_termination(&run.run_id, reporter).await? else {
            return Ok(WorkerPresence::Unknown);
        };
        match client.get_current_runs().await {
            Ok(runs) if runs.contains(&run.run_id) => Ok(WorkerPresence::Present),
            Ok(_) => Ok(WorkerPresence::Absent),
            // A server that is gone may have left the worker behind.
            Err(error) if error.is_unreachable() => Ok(WorkerPresence::Unknown),
            Err(error) => Err(error.into()),
        }
    }

    async fn terminate(
        &self,
        run_id: &RunId,
        reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError> {
        let run = reporter.run(run_id).await.map_err(LaunchError::Instance)?;
        let Some(run) = run.filter(|run| !run.status.is_finished()) else { return Ok(false) };
        reporter.run_canceling(&run).await.map_err(LaunchError::Instance)?;
        let Some(client) = client_for_termination(run_id, reporter).await? else {
            let message = "Unable to get grpc client to send termination request to.";
            let data = EngineEventData::default();
            let reported = reporter.engine_event(&run, CLASS_NAME, message, data).await;
            reported.map_err(LaunchError::Instance)?;
            return Ok(false);
        };
        let result = client.cancel_execution(run_id).await?;
        match result.serializable_error_info {
            Some(error) => Err(LaunchError::UserCode(Box::new(error))),
            None => Ok(result.success),
        }
    }
}

fn client_of<'a>(
    context: &'a LaunchContext<'_>,
    name: &str,
) -> Result<&'a CodeServerClient, LaunchError> {
    let entry = context.workspace.location(name);
    let location = entry.and_then(|entry| entry.location());
    location.map(|location| location.client()).ok_or_else(|| LaunchError::LocationNotLoaded {
        name: name.to_owned(),
        reason: match entry {
            None => "it is not in the workspace".to_owned(),
            Some(entry) => entry
                .error()
                .map_or_else(|| "it is still loading".to_owned(), |error| error.message.clone()),
        },
    })
}

/// The value of the tag, with the keys in Dagster's order.
fn address_info(address: &ServerAddress) -> rondel_model::serdes::Value {
    let info = match address {
        ServerAddress::Tcp { host, port, use_ssl: false } => json!({"host": host, "port": port}),
        ServerAddress::Tcp { host, port, use_ssl: true } => {
            json!({"host": host, "port": port, "use_ssl": true})
        }
        ServerAddress::Socket(path) => {
            json!({"host": "localhost", "socket": path.to_string_lossy()})
        }
    };
    info.into()
}

/// A client for the server that started the run; `None` when the run has ended or never started.
async fn client_for_termination(
    run_id: &RunId,
    reporter: &dyn RunReporter,
) -> Result<Option<CodeServerClient>, LaunchError> {
    let run = reporter.run(run_id).await.map_err(LaunchError::Instance)?;
    let Some(run) = run.filter(|run| !run.status.is_finished()) else { return Ok(None) };
    let Some(text) = run.tag(tags::GRPC_INFO_TAG) else { return Ok(None) };
    let bad_tag = |reason: String| LaunchError::BadTag {
        run_id: run_id.clone(),
        tag: tags::GRPC_INFO_TAG,
        reason,
    };
    let info: Value = serde_json::from_str(text).map_err(|error| bad_tag(error.to_string()))?;
    let address = address_of(&info).ok_or_else(|| bad_tag("no port or socket".to_owned()))?;
    let limits = CallLimits::from_variables(|name| std::env::var(name).ok());
    Ok(Some(CodeServerClient::new(address, limits, 1)?))
}

fn address_of(info: &Value) -> Option<ServerAddress> {
    let port = info.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    match (port, info.get("socket").and_then(Value::as_str)) {
        (Some(port), _) => Some(ServerAddress::Tcp {
            host: info.get("host").and_then(Value::as_str).unwrap_or("localhost").to_owned(),
            port,
            use_ssl: info.get("use_ssl").and_then(Value::as_bool).unwrap_or(false),
        }),
        (None, Some(socket)) => Some(ServerAddress::Socket(socket.into())),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_tag_is_written_as_dagster_writes_it_and_read_back() {
        let tls = ServerAddress::Tcp { host: "code".to_owned(), port: 4000, use_ssl: true };
        let tcp = ServerAddress::Tcp { host: "code".to_owned(), port: 4000, use_ssl: false };
        let socket = ServerAddress::Socket("/tmp/socket".into());
        for (address, expected) in [
            (tls, r#"{"host": "code", "port": 4000, "use_ssl": true}"#),
            (tcp, r#"{"host": "code", "port": 4000}"#),
            (socket, r#"{"host": "localhost", "socket": "/tmp/socket"}"#),
        ] {
            let text = rondel_model::serdes::to_text(&address_info(&address));
            assert_eq!(text, expected);
            assert_eq!(address_of(&serde_json::from_str(&text).unwrap()), Some(address));
        }
    }
}
