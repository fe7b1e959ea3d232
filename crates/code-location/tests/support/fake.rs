//! A code server played in this process: its identity, speed and answers can be changed at will.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rondel_model::grpc::{
    ListRepositoriesResponse, LoadableRepositorySymbol, RepositoryErrorSnap, SerializableErrorInfo,
};
use rondel_model::serdes::to_text;
use rondel_model::snap::RepositorySnap;
use rondel_proto::api::dagster_api_server::{DagsterApi, DagsterApiServer};
use rondel_proto::api::*;
use tokio::net::{TcpListener, UnixListener};
use tokio_stream::Stream;
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding;
use tonic::{Request, Response, Status};

/// What the server does at the moment.
#[derive(Debug, Clone)]
pub struct Behaviour {
    pub server_id: String,
    pub repository: String,
    pub load_error: Option<String>,
    pub hangs: bool,
    pub streams: bool,
}

impl Behaviour {
    pub fn serving(server_id: &str, repository: &str) -> Self {
        Self {
            server_id: server_id.into(),
            repository: repository.into(),
            load_error: None,
            hangs: false,
            streams: true,
        }
    }
}

/// A handle on the played server; it stops when dropped.
pub struct FakeServer {
    pub behaviour: Arc<Mutex<Behaviour>>,
    pub reloads: Arc<AtomicUsize>,
    pub loads: Arc<AtomicUsize>,
    stop: CancellationToken,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl FakeServer {
    pub async fn on_port(address: SocketAddr, behaviour: Behaviour) -> (Self, SocketAddr) {
        let listener = loop {
            match TcpListener::bind(address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        let address = listener.local_addr().unwrap();
        let (fake, service, stop) = Self::new(behaviour);
        let server = tonic::transport::Server::builder()
            .add_service(service)
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), stop.cancelled_owned());
        (fake.running(server), address)
    }

    pub fn on_socket(path: PathBuf, behaviour: Behaviour) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let (fake, service, stop) = Self::new(behaviour);
        let server =
            tonic::transport::Server::builder().add_service(service).serve_with_incoming_shutdown(
                UnixListenerStream::new(listener),
                stop.cancelled_owned(),
            );
        fake.running(server)
    }

    /// Vanishes at once, connections included.
    pub async fn die(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
    }

    pub fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.behaviour.lock().unwrap());
    }

    fn new(behaviour: Behaviour) -> (Self, DagsterApiServer<Service>, CancellationToken) {
        let behaviour = Arc::new(Mutex::new(behaviour));
        let (reloads, loads) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let service = DagsterApiServer::new(Service {
            behaviour: Arc::clone(&behaviour),
            reloads: Arc::clone(&reloads),
            loads: Arc::clone(&loads),
        })
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
        let stop = CancellationToken::new();
        (Self { behaviour, reloads, loads, stop: stop.clone(), task: None }, service, stop)
    }

    fn running(
        mut self,
        server: impl Future<Output = Result<(), tonic::transport::Error>> + Send + 'static,
    ) -> Self {
        self.task = Some(tokio::spawn(async move {
            let _ = server.await;
        }));
        self
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

pub struct Service {
    behaviour: Arc<Mutex<Behaviour>>,
    reloads: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
}

impl Service {
    async fn now(&self) -> Behaviour {
        let now = self.behaviour.lock().unwrap().clone();
        if now.hangs {
            std::future::pending::<()>().await;
        }
        now
    }
}

type Answer<T> = Result<Response<T>, Status>;
type Pieces<T> = std::pin::Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

macro_rules! unimplemented_rpcs {
    ($($name:ident($request:ty) -> $reply:ty;)*) => {
        // Written as `async_trait` would, which has already run when this macro expands.
        $(fn $name<'s, 'async_trait>(
            &'s self,
            _: Request<$request>,
        ) -> std::pin::Pin<Box<dyn Future<Output = Answer<$reply>> + Send + 'async_trait>>
        where
            's: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async { Err(Status::unimplemented(stringify!($name))) })
        })*
    };
}

#[tonic::async_trait]
impl DagsterApi for Service {
    type StreamingPingStream = Pieces<StreamingPingEvent>;
    type StreamingExternalRepositoryStream = Pieces<StreamingExternalRepositoryEvent>;
    type ExternalPartitionSetExecutionParamsStream = Pieces<StreamingChunkEvent>;
    type ExternalScheduleExecutionStream = Pieces<StreamingChunkEvent>;
    type ExternalSensorExecutionStream = Pieces<StreamingChunkEvent>;

    async fn ping(&self, request: Request<PingRequest>) -> Answer<PingReply> {
        self.now().await;
        let echo = request.into_inner().echo;
        Ok(Response::new(PingReply { echo, ..PingReply::default() }))
    }

    async fn heartbeat(&self, request: Request<PingRequest>) -> Answer<PingReply> {
        self.ping(request).await
    }

    async fn get_server_id(&self, _: Request<Empty>) -> Answer<GetServerIdReply> {
        Ok(Response::new(GetServerIdReply { server_id: self.now().await.server_id }))
    }

    async fn list_repositories(
        &self,
        _: Request<ListRepositoriesRequest>,
    ) -> Answer<ListRepositoriesReply> {
        let now = self.now().await;
        let text = match now.load_error {
            Some(message) => to_text(&SerializableErrorInfo {
                message,
                stack: vec!["  File \"defs.py\", line 1\n".into()],
                cls_name: Some("SyntaxError".into()),
                ..SerializableErrorInfo::default()
            }),
            None => to_text(&ListRepositoriesResponse {
                repository_symbols: vec![LoadableRepositorySymbol {
                    repository_name: now.repository,
                    attribute: "defs".into(),
                    ..LoadableRepositorySymbol::default()
                }],
                container_image: Some("image:1".into()),
                ..ListRepositoriesResponse::default()
            }),
        };
        Ok(Response::new(ListRepositoriesReply {
            serialized_list_repositories_response_or_error: text,
        }))
    }

    async fn streaming_external_repository(
        &self,
        request: Request<ExternalRepositoryRequest>,
    ) -> Answer<Self::StreamingExternalRepositoryStream> {
        let now = self.now().await;
        if !now.streams {
            return Err(Status::unimplemented("streaming"));
        }
        assert!(request.into_inner().defer_snapshots);
        self.loads.fetch_add(1, Ordering::SeqCst);
        let text = to_text(&RepositorySnap { name: now.repository, ..RepositorySnap::default() });
        let pieces: Vec<_> = text
            .as_bytes()
            .chunks(7)
            .enumerate()
            .map(|(at, piece)| {
                Ok(StreamingExternalRepositoryEvent {
                    sequence_number: i32::try_from(at).unwrap(),
                    serialized_external_repository_chunk: String::from_utf8(piece.to_vec())
                        .unwrap(),
                })
            })
            .collect();
        Ok(Response::new(Box::pin(tokio_stream::iter(pieces))))
    }

    async fn external_repository(
        &self,
        _: Request<ExternalRepositoryRequest>,
    ) -> Answer<ExternalRepositoryReply> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let now = self.now().await;
        let text = if now.repository == "broken" {
            to_text(&RepositoryErrorSnap {
                error: Some(SerializableErrorInfo {
                    message: "bad repository".into(),
                    ..Default::default()
                }),
                extra: Default::default(),
            })
        } else {
            to_text(&RepositorySnap { name: now.repository, ..RepositorySnap::default() })
        };
        Ok(Response::new(ExternalRepositoryReply { serialized_external_repository_data: text }))
    }

    async fn reload_code(&self, _: Request<ReloadCodeRequest>) -> Answer<ReloadCodeReply> {
        self.now().await;
        self.reloads.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(ReloadCodeReply::default()))
    }

    unimplemented_rpcs! {
        streaming_ping(StreamingPingRequest) -> Self::StreamingPingStream;
        get_current_image(Empty) -> GetCurrentImageReply;
        shutdown_server(Empty) -> ShutdownServerReply;
        refresh_component_state(RefreshComponentStateRequest) -> RefreshComponentStateReply;
        reload_code_with_state(ReloadCodeWithStateRequest) -> ReloadCodeWithStateReply;
        external_job(ExternalJobRequest) -> ExternalJobReply;
        external_pipeline_subset_snapshot(ExternalPipelineSubsetSnapshotRequest) -> ExternalPipelineSubsetSnapshotReply;
        execution_plan_snapshot(ExecutionPlanSnapshotRequest) -> ExecutionPlanSnapshotReply;
        external_notebook_data(ExternalNotebookDataRequest) -> ExternalNotebookDataReply;
        external_partition_names(ExternalPartitionNamesRequest) -> ExternalPartitionNamesReply;
        external_partition_config(ExternalPartitionConfigRequest) -> ExternalPartitionConfigReply;
        external_partition_tags(ExternalPartitionTagsRequest) -> ExternalPartitionTagsReply;
        external_partition_set_execution_params(ExternalPartitionSetExecutionParamsRequest) -> Self::ExternalPartitionSetExecutionParamsStream;
        external_schedule_execution(ExternalScheduleExecutionRequest) -> Self::ExternalScheduleExecutionStream;
        sync_external_schedule_execution(ExternalScheduleExecutionRequest) -> ExternalScheduleExecutionReply;
        external_sensor_execution(ExternalSensorExecutionRequest) -> Self::ExternalSensorExecutionStream;
        sync_external_sensor_execution(ExternalSensorExecutionRequest) -> ExternalSensorExecutionReply;
        start_run(StartRunRequest) -> StartRunReply;
        cancel_execution(CancelExecutionRequest) -> CancelExecutionReply;
        can_cancel_execution(CanCancelExecutionRequest) -> CanCancelExecutionReply;
        get_current_runs(Empty) -> GetCurrentRunsReply;
    }
}
