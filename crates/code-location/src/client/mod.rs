//! A connection to one code server: deadlines, sizes, compression and bounded concurrency.
//!
//! The channel connects lazily and reconnects by itself, so a client outlives restarts of the server
//! behind its address. Dagster's servers pack every answer with gzip, whatever the client accepts; requests
//! are packed over TCP only, since over a Unix socket that costs more than copying. Every failure to get an answer is
//! [`CodeLocationError::Unreachable`], worded as Dagster words it.

mod calls;
mod limits;
mod typed;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rondel_proto::api::dagster_api_client::DagsterApiClient;
use rondel_proto::health::health_client::HealthClient;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tonic::codec::CompressionEncoding;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Response, Status};

pub use calls::ServerPing;
pub use limits::CallLimits;
pub(crate) use typed::parse_repository;

use crate::error::CodeLocationError;

/// Where a code server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ServerAddress {
    /// Host and port, with or without TLS.
    Tcp {
        /// Host name.
        host: String,
        /// Port.
        port: u16,
        /// Whether the channel is encrypted, trusting the system's certificate authorities.
        use_ssl: bool,
    },
    /// A Unix socket.
    Socket(PathBuf),
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp { host, port, use_ssl: false } => write!(f, "{host}:{port}"),
            Self::Tcp { host, port, use_ssl: true } => write!(f, "{host}:{port} (TLS)"),
            Self::Socket(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A client of one code server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CodeServerClient {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: ServerAddress,
    api: DagsterApiClient<Channel>,
    health: HealthClient<Channel>,
    limits: CallLimits,
    /// Turns for calls that occupy a thread of the server for a while.
    turns: Semaphore,
}

impl CodeServerClient {
    /// A client for `address`; connects with the first call.
    pub fn new(
        address: ServerAddress,
        limits: CallLimits,
        max_concurrent_calls: usize,
    ) -> Result<Self, CodeLocationError> {
        let channel = channel(&address)?;
        let mut api = DagsterApiClient::new(channel.clone())
            .max_decoding_message_size(limits.max_receive_bytes)
            .max_encoding_message_size(limits.max_send_bytes)
            .accept_compressed(CompressionEncoding::Gzip);
        if matches!(address, ServerAddress::Tcp { .. }) {
            api = api.send_compressed(CompressionEncoding::Gzip);
        }
        let health = HealthClient::new(channel).accept_compressed(CompressionEncoding::Gzip);
        let turns = Semaphore::new(max_concurrent_calls.max(1));
        Ok(Self { shared: Arc::new(Shared { address, api, health, limits, turns }) })
    }

    /// Where the server listens.
    pub fn address(&self) -> &ServerAddress {
        &self.shared.address
    }

    /// The deadlines and sizes in use.
    pub fn limits(&self) -> &CallLimits {
        &self.shared.limits
    }

    /// One call of the API in its turn, with a deadline.
    async fn call<Q, A, F>(
        &self,
        deadline: Duration,
        message: Q,
        send: impl FnOnce(DagsterApiClient<Channel>, Request<Q>) -> F,
    ) -> Result<A, CodeLocationError>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        // Waiting for a turn does not count against the server's deadline.
        let _turn = self.shared.turns.acquire().await;
        self.call_at_once(deadline, message, send).await
    }

    /// As [`call`](Self::call), but without waiting for a turn: for short calls of the supervisor,
    /// which must get through while user code keeps all turns busy.
    async fn call_at_once<Q, A, F>(
        &self,
        deadline: Duration,
        message: Q,
        send: impl FnOnce(DagsterApiClient<Channel>, Request<Q>) -> F,
    ) -> Result<A, CodeLocationError>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut request = Request::new(message);
        request.set_timeout(deadline);
        match tokio::time::timeout(deadline, send(self.shared.api.clone(), request)).await {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(CodeLocationError::from_status(&status, deadline)),
            Err(_) => Err(CodeLocationError::deadline(deadline)),
        }
    }
}

fn channel(address: &ServerAddress) -> Result<Channel, CodeLocationError> {
    let invalid = |error: tonic::transport::Error| {
        CodeLocationError::unreachable(format!("{address} is not a valid server address: {error}"))
    };
    match address {
        ServerAddress::Tcp { host, port, use_ssl } => {
            let scheme = if *use_ssl { "https" } else { "http" };
            let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
            let mut endpoint = Endpoint::from_shared(format!("{scheme}://{host}:{port}"))
                .map_err(invalid)?
                .connect_timeout(Duration::from_secs(10))
                .tcp_nodelay(true);
            if *use_ssl {
                endpoint = endpoint
                    .tls_config(ClientTlsConfig::new().with_native_roots())
                    .map_err(invalid)?;
            }
            Ok(endpoint.connect_lazy())
        }
        ServerAddress::Socket(path) => {
            let path: Arc<Path> = Arc::from(path.as_path());
            let connect = tower::service_fn(move |_: tonic::codegen::http::Uri| {
                let path = Arc::clone(&path);
                async move { UnixStream::connect(&path).await.map(TokioIo::new) }
            });
            // The name is only what HTTP/2 shows as authority.
            Ok(Endpoint::from_static("http://localhost").connect_with_connector_lazy(connect))
        }
    }
}
