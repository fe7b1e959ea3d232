//! Opening a location: start or reach its server, then load what it defines.

use std::sync::Arc;
use std::time::Duration;

use rondel_model::origin::CodeLocationOrigin;
use tokio::time::Instant;

use super::Shared;
use crate::client::{CodeServerClient, ServerAddress};
use crate::config::{LocationSource, LocationTarget, PythonTarget, ServedElsewhere};
use crate::error::CodeLocationError;
use crate::load::load;
use crate::location::CodeLocation;
use crate::process::CodeServerProcess;

/// A loaded location and, if the server is ours, its process.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) process: Option<Arc<CodeServerProcess>>,
    pub(super) location: Arc<CodeLocation>,
}

/// Why a location is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// To serve what there is.
    Start,
    /// Because somebody wants the code read anew.
    Reload,
}

/// How a location is opened each time.
pub(super) struct Plan {
    shared: Arc<Shared>,
    name: String,
    origin: CodeLocationOrigin,
    server: Server,
}

enum Server {
    /// A process of ours, started for each opening.
    Ours(PythonTarget),
    /// Somebody else's, reached by one client for good.
    Foreign(CodeServerClient),
    /// An address nobody can connect to.
    Unusable(CodeLocationError),
}

impl Plan {
    pub(super) fn new(
        shared: &Arc<Shared>,
        target: &LocationTarget,
        origin: &CodeLocationOrigin,
        served: Option<&ServedElsewhere>,
    ) -> Self {
        let address = match (served, &target.source) {
            (Some(ServedElsewhere::Tcp { host, port }), _) => {
                Some(ServerAddress::Tcp { host: host.clone(), port: *port, use_ssl: false })
            }
            (Some(ServedElsewhere::Socket(path)), _) => Some(ServerAddress::Socket(path.into())),
            (_, LocationSource::Server(server)) => Some(match (&server.socket, server.port) {
                (Some(path), _) => ServerAddress::Socket(path.into()),
                (None, port) => ServerAddress::Tcp {
                    host: server.host.clone(),
                    port: port.unwrap_or_default(),
                    use_ssl: server.use_ssl.unwrap_or_default(),
                },
            }),
            (_, LocationSource::Python(_)) => None,
        };
        let server = match (address, &target.source) {
            (Some(address), _) => {
                client(shared, address).map_or_else(Server::Unusable, Server::Foreign)
            }
            (None, LocationSource::Python(target)) => Server::Ours(target.clone()),
            (None, LocationSource::Server(_)) => {
                Server::Unusable(CodeLocationError::unreachable("the location has no address"))
            }
        };
        Self {
            shared: Arc::clone(shared),
            name: target.name.clone(),
            origin: origin.clone(),
            server,
        }
    }

    /// The client of a server that is not ours.
    pub(super) fn foreign_client(&self) -> Option<&CodeServerClient> {
        match &self.server {
            Server::Foreign(client) => Some(client),
            Server::Ours(_) | Server::Unusable(_) => None,
        }
    }

    /// Opens the location. A failure comes with the identity the server had shown by then. Dropping
    /// the future abandons the attempt and kills a process it started.
    pub(super) async fn open(
        &self,
        how: Opening,
    ) -> Result<Opened, (CodeLocationError, Option<String>)> {
        match &self.server {
            Server::Ours(target) => self.open_ours(target).await.map_err(|error| (error, None)),
            Server::Foreign(client) => self.open_foreign(client, how).await,
            Server::Unusable(error) => Err((error.clone(), None)),
        }
    }

    async fn open_foreign(
        &self,
        client: &CodeServerClient,
        how: Opening,
    ) -> Result<Opened, (CodeLocationError, Option<String>)> {
        if how == Opening::Reload {
            client
                .reload_code(self.shared.options.reload_timeout)
                .await
                .map_err(|error| (error, None))?;
        }
        let seen =
            client.server_id(client.limits().default).await.map_err(|error| (error, None))?;
        let sensors = self.shared.options.automation_sensors;
        match load(&self.name, &self.origin, client.clone(), sensors).await {
            Ok(location) => Ok(Opened { process: None, location: Arc::new(location) }),
            Err(error) => Err((error, Some(seen))),
        }
    }

    async fn open_ours(&self, target: &PythonTarget) -> Result<Opened, CodeLocationError> {
        let options = &self.shared.options;
        let socket = self.shared.sockets.path().join(format!("{}.sock", short_id()));
        let process =
            CodeServerProcess::start(&self.name, target, socket, options).map_err(|error| {
                let python = target
                    .executable_path
                    .as_deref()
                    .map_or_else(|| options.python.display().to_string(), str::to_owned);
                CodeLocationError::Process(format!(
                    "cannot start `{python}` for a code server: {error}"
                ))
            })?;
        let client = client(&self.shared, ServerAddress::Socket(process.socket().to_owned()))?;
        self.wait_until_serving(&process, &client).await?;
        // Loading may take longer than the server's patience for heartbeats.
        let location = tokio::select! {
            location = load(&self.name, &self.origin, client.clone(), options.automation_sensors) => location?,
            () = beat(&client, options.watch_interval) => return Err(CodeLocationError::Stopped),
            status = process.exited() => return Err(ended(&process, &status, "while loading its code")),
        };
        Ok(Opened { process: Some(Arc::new(process)), location: Arc::new(location) })
    }

    async fn wait_until_serving(
        &self,
        process: &CodeServerProcess,
        client: &CodeServerClient,
    ) -> Result<(), CodeLocationError> {
        let limit = self.shared.options.startup_timeout;
        let started = Instant::now();
        loop {
            let attempt = tokio::select! {
                answer = client.ping("", Duration::from_secs(5)) => answer,
                status = process.exited() => return Err(ended(process, &status, "while starting up")),
            };
            let Err(error) = attempt else { return Ok(()) };
            if error.is_unimplemented() {
                return Err(error);
            }
            if started.elapsed() > limit {
                return Err(CodeLocationError::Process(format!(
                    "timed out waiting for the code server to start after {} s (`{}`): {error}; its last \
                     output: {}; to wait longer, set `code_servers: {{local_startup_timeout: SECONDS}}` in \
                     dagster.yaml",
                    limit.as_secs(),
                    process.command(),
                    process.last_output().join("\n"),
                )));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

fn client(shared: &Shared, address: ServerAddress) -> Result<CodeServerClient, CodeLocationError> {
    CodeServerClient::new(address, shared.limits.clone(), shared.options.max_concurrent_calls)
}

/// Sends heartbeats for ever.
async fn beat(client: &CodeServerClient, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        // A missed one does no harm; the server waits for several.
        let _ = client.heartbeat(interval.max(Duration::from_secs(5))).await;
    }
}

fn ended(process: &CodeServerProcess, status: &str, when: &str) -> CodeLocationError {
    CodeLocationError::Process(format!(
        "the code server ended with {status} {when} (`{}`)\n{}",
        process.command(),
        process.last_output().join("\n")
    ))
}

fn short_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..12].to_owned()
}
