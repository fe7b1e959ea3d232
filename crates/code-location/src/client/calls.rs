//! Every RPC of the service, texts in and texts out.
//!
//! Arguments and answers are Dagster's tagged JSON as it is on the wire; [`typed`](super::typed) puts
//! the model's types on top. The texts are kept available because snapshots are hashed and stored as
//! they came.

use std::time::Duration;

use rondel_proto::HEALTH_SERVICE;
use rondel_proto::api;
use rondel_proto::health::HealthCheckRequest;
use rondel_proto::health::health_check_response::ServingStatus;
use tokio_stream::StreamExt as _;
use tonic::{Request, Status, Streaming};

use super::CodeServerClient;
use crate::error::CodeLocationError;

/// Answer to a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerPing {
    /// What was sent.
    pub echo: String,
    /// The server's utilization metrics as JSON; empty unless it was started with metrics.
    pub utilization_metrics: String,
}

type Answer<T> = Result<T, CodeLocationError>;

impl CodeServerClient {
    /// Asks the server for a sign of life.
    pub async fn ping(&self, echo: &str, deadline: Duration) -> Answer<ServerPing> {
        let request = api::PingRequest { echo: echo.to_owned() };
        let reply =
            self.call_at_once(deadline, request, |mut api, request| async move {
                api.ping(request).await
            })
            .await?;
        Ok(ServerPing {
            echo: reply.echo,
            utilization_metrics: reply.serialized_server_utilization_metrics,
        })
    }

    /// Keeps a server alive which was started with `--heartbeat`.
    pub async fn heartbeat(&self, deadline: Duration) -> Answer<()> {
        let request = api::PingRequest { echo: "ping".to_owned() };
        self.call_at_once(deadline, request, |mut api, request| async move {
            api.heartbeat(request).await
        })
        .await?;
        Ok(())
    }

    /// The server's identity; a new one means new code.
    pub async fn server_id(&self, deadline: Duration) -> Answer<String> {
        let reply = self
            .call_at_once(deadline, api::Empty {}, |mut api, request| async move {
                api.get_server_id(request).await
            })
            .await?;
        Ok(reply.server_id)
    }

    /// Whether the standard health service says that the server serves.
    pub async fn is_serving(&self, deadline: Duration) -> Answer<bool> {
        let mut health = self.shared.health.clone();
        let mut request = Request::new(HealthCheckRequest { service: HEALTH_SERVICE.to_owned() });
        request.set_timeout(deadline);
        match tokio::time::timeout(deadline, health.check(request)).await {
            Ok(Ok(reply)) => Ok(reply.into_inner().status() == ServingStatus::Serving),
            Ok(Err(status)) => Err(CodeLocationError::from_status(&status, deadline)),
            Err(_) => Err(CodeLocationError::deadline(deadline)),
        }
    }

    /// `ListRepositoriesResponse` or `SerializableErrorInfo`, as text.
    pub async fn list_repositories_text(&self) -> Answer<String> {
        let reply = self
            .call(
                self.limits().default,
                api::ListRepositoriesRequest {},
                |mut api, request| async move { api.list_repositories(request).await },
            )
            .await?;
        Ok(reply.serialized_list_repositories_response_or_error)
    }

    /// `RepositorySnap` or `RepositoryErrorSnap`, as text, of the repository with this
    /// `RemoteRepositoryOrigin`. With deferred snapshots jobs come as references.
    pub async fn repository_text(&self, origin: String, defer_snapshots: bool) -> Answer<String> {
        let deadline = self.limits().repository;
        let request = api::ExternalRepositoryRequest {
            serialized_repository_python_origin: origin,
            defer_snapshots,
        };
        let streamed = self
            .call_stream(
                deadline,
                request.clone(),
                |mut api, request| async move { api.streaming_external_repository(request).await },
                |event: api::StreamingExternalRepositoryEvent| {
                    event.serialized_external_repository_chunk
                },
            )
            .await;
        match streamed {
            Err(error) if error.is_unimplemented() => {
                let reply = self
                    .call(deadline, request, |mut api, request| async move {
                        api.external_repository(request).await
                    })
                    .await?;
                Ok(reply.serialized_external_repository_data)
            }
            result => result,
        }
    }

    /// `JobDataSnap` as text of one job of the repository with this `RemoteRepositoryOrigin`; the
    /// reply holds either the job or a `SerializableErrorInfo`.
    pub async fn job_text(&self, origin: String, job_name: &str) -> Answer<api::ExternalJobReply> {
        let request = api::ExternalJobRequest {
            serialized_repository_origin: origin,
            job_name: job_name.to_owned(),
        };
        self.call(self.limits().default, request, |mut api, request| async move {
            api.external_job(request).await
        })
        .await
    }

    /// `JobSubsetSnapshotArgs` in, `RemoteJobSubsetResult` out.
    pub async fn job_subset_text(&self, args: String) -> Answer<String> {
        let request = api::ExternalPipelineSubsetSnapshotRequest {
            serialized_pipeline_subset_snapshot_args: args,
        };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.external_pipeline_subset_snapshot(request).await
            })
            .await?;
        Ok(reply.serialized_external_pipeline_subset_result)
    }

    /// `ExecutionPlanSnapshotArgs` in, `ExecutionPlanSnapshot` or `ExecutionPlanSnapshotErrorData` out.
    pub async fn execution_plan_text(&self, args: String) -> Answer<String> {
        let request =
            api::ExecutionPlanSnapshotRequest { serialized_execution_plan_snapshot_args: args };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.execution_plan_snapshot(request).await
            })
            .await?;
        Ok(reply.serialized_execution_plan_snapshot)
    }

    /// `ExternalScheduleExecutionArgs` in, `ScheduleExecutionData` or `ScheduleExecutionErrorSnap` out.
    /// Falls back to the streaming call of old servers.
    pub async fn schedule_execution_text(
        &self,
        args: String,
        deadline: Duration,
    ) -> Answer<String> {
        let request = api::ExternalScheduleExecutionRequest {
            serialized_external_schedule_execution_args: args,
        };
        let reply = self
            .call(deadline, request.clone(), |mut api, request| async move {
                api.sync_external_schedule_execution(request).await
            })
            .await;
        match reply {
            Ok(reply) => Ok(reply.serialized_schedule_result),
            Err(error) if error.is_unimplemented() => {
                self.call_stream(deadline, request, |mut api, request| async move {
                    api.external_schedule_execution(request).await
                }, chunk)
                .await
            }
            Err(error) => Err(error),
        }
    }

    /// `SensorExecutionArgs` in, `SensorExecutionData` or `SensorExecutionErrorSnap` out. Falls back to
    /// the streaming call of old servers.
    pub async fn sensor_execution_text(&self, args: String, deadline: Duration) -> Answer<String> {
        let request =
            api::ExternalSensorExecutionRequest { serialized_external_sensor_execution_args: args };
        let reply = self
            .call(deadline, request.clone(), |mut api, request| async move {
                api.sync_external_sensor_execution(request).await
            })
            .await;
        let result = match reply {
            Ok(reply) => Ok(reply.serialized_sensor_result),
            Err(error) if error.is_unimplemented() => {
                self.call_stream(
                    deadline,
                    request,
                    |mut api, request| async move { api.external_sensor_execution(request).await },
                    chunk,
                )
                .await
            }
            Err(error) => Err(error),
        };
        result.map_err(|error| error.for_sensor(deadline))
    }

    /// `PartitionNamesArgs` in, `PartitionNamesSnap` or `PartitionExecutionErrorSnap` out.
    pub async fn partition_names_text(&self, args: String) -> Answer<String> {
        let request = api::ExternalPartitionNamesRequest { serialized_partition_names_args: args };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.external_partition_names(request).await
            })
            .await?;
        Ok(reply.serialized_external_partition_names_or_external_partition_execution_error)
    }

    /// `PartitionArgs` in, `PartitionConfigSnap` or `PartitionExecutionErrorSnap` out.
    pub async fn partition_config_text(&self, args: String) -> Answer<String> {
        let request = api::ExternalPartitionConfigRequest { serialized_partition_args: args };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.external_partition_config(request).await
            })
            .await?;
        Ok(reply.serialized_external_partition_config_or_external_partition_execution_error)
    }

    /// `PartitionArgs` in, `PartitionTagsSnap` or `PartitionExecutionErrorSnap` out.
    pub async fn partition_tags_text(&self, args: String) -> Answer<String> {
        let request = api::ExternalPartitionTagsRequest { serialized_partition_args: args };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.external_partition_tags(request).await
            })
            .await?;
        Ok(reply.serialized_external_partition_tags_or_external_partition_execution_error)
    }

    /// `PartitionSetExecutionParamArgs` in, `PartitionSetExecutionParamSnap` or
    /// `PartitionExecutionErrorSnap` out.
    pub async fn partition_set_execution_params_text(&self, args: String) -> Answer<String> {
        let request = api::ExternalPartitionSetExecutionParamsRequest {
            serialized_partition_set_execution_param_args: args,
        };
        self.call_stream(self.limits().default, request, |mut api, request| async move {
            api.external_partition_set_execution_params(request).await
        }, chunk)
        .await
    }

    /// The bytes of a notebook file on the server.
    pub async fn notebook_data(&self, path: &str) -> Answer<Vec<u8>> {
        let request = api::ExternalNotebookDataRequest { notebook_path: path.to_owned() };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.external_notebook_data(request).await
            })
            .await?;
        Ok(reply.content)
    }

    /// `ExecuteExternalJobArgs` in, `StartRunResult` out: the server starts a run worker.
    pub async fn start_run_text(&self, args: String) -> Answer<String> {
        let request = api::StartRunRequest { serialized_execute_run_args: args };
        let reply = self
            .call(self.limits().default, request, |mut api, request| async move {
                api.start_run(request).await
            })
            .await?;
        Ok(reply.serialized_start_run_result)
    }

    /// `CancelExecutionRequest` in, `CancelExecutionResult` out.
    pub async fn cancel_execution_text(&self, args: String) -> Answer<String> {
        let request = api::CancelExecutionRequest { serialized_cancel_execution_request: args };
        let reply = self
            .call_at_once(self.limits().default, request, |mut api, request| async move {
                api.cancel_execution(request).await
            })
            .await?;
        Ok(reply.serialized_cancel_execution_result)
    }

    /// `CanCancelExecutionRequest` in, `CanCancelExecutionResult` out.
    pub async fn can_cancel_execution_text(
        &self,
        args: String,
        deadline: Duration,
    ) -> Answer<String> {
        let request =
            api::CanCancelExecutionRequest { serialized_can_cancel_execution_request: args };
        let reply = self
            .call_at_once(deadline, request, |mut api, request| async move {
                api.can_cancel_execution(request).await
            })
            .await?;
        Ok(reply.serialized_can_cancel_execution_result)
    }

    /// `GetCurrentRunsResult`.
    pub async fn current_runs_text(&self) -> Answer<String> {
        let reply = self
            .call_at_once(self.limits().default, api::Empty {}, |mut api, request| async move {
                api.get_current_runs(request).await
            })
            .await?;
        Ok(reply.serialized_current_runs)
    }

    /// `GetCurrentImageResult`.
    pub async fn current_image_text(&self) -> Answer<String> {
        let reply = self
            .call_at_once(self.limits().default, api::Empty {}, |mut api, request| async move {
                api.get_current_image(request).await
            })
            .await?;
        Ok(reply.serialized_current_image)
    }

    /// Asks a `dagster code-server` to load its code anew. Plain `dagster api grpc` servers do not
    /// implement it ([`CodeLocationError::is_unimplemented`]). The text is empty or a
    /// `SerializableErrorInfo`.
    pub async fn reload_code_text(&self, deadline: Duration) -> Answer<String> {
        let reply = self
            .call(deadline, api::ReloadCodeRequest {}, |mut api, request| async move {
                api.reload_code(request).await
            })
            .await?;
        Ok(reply.serialized_error)
    }

    /// Refreshes the state of state-backed components; the texts are an error, if any, and the new
    /// `DefsStateInfo`.
    pub async fn refresh_component_state_text(
        &self,
        defs_state_keys: Vec<String>,
        deadline: Duration,
    ) -> Answer<api::RefreshComponentStateReply> {
        let request = api::RefreshComponentStateRequest { defs_state_keys };
        self.call(deadline, request, |mut api, request| async move {
            api.refresh_component_state(request).await
        })
        .await
    }

    /// Asks the server to end once the runs in progress have; `ShutdownServerResult`.
    pub async fn shutdown_server_text(&self, deadline: Duration) -> Answer<String> {
        let reply = self
            .call_at_once(deadline, api::Empty {}, |mut api, request| async move {
                api.shutdown_server(request).await
            })
            .await?;
        Ok(reply.serialized_shutdown_server_result)
    }

    /// A streaming call in its turn: all pieces, joined. The deadline covers the whole.
    async fn call_stream<Q, E, F>(
        &self,
        deadline: Duration,
        message: Q,
        send: impl FnOnce(
            api::dagster_api_client::DagsterApiClient<tonic::transport::Channel>,
            Request<Q>,
        ) -> F,
        piece: impl Fn(E) -> String,
    ) -> Answer<String>
    where
        F: Future<Output = Result<tonic::Response<Streaming<E>>, Status>>,
    {
        let _turn = self.shared.turns.acquire().await;
        let mut request = Request::new(message);
        request.set_timeout(deadline);
        let collect = async {
            let mut stream = send(self.shared.api.clone(), request).await?.into_inner();
            let mut text = String::new();
            while let Some(event) = stream.next().await {
                text.push_str(&piece(event?));
            }
            Ok(text)
        };
        match tokio::time::timeout(deadline, collect).await {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(status)) => Err(CodeLocationError::from_status(&status, deadline)),
            Err(_) => Err(CodeLocationError::deadline(deadline)),
        }
    }
}

fn chunk(event: api::StreamingChunkEvent) -> String {
    event.serialized_chunk
}
