//! A launcher or run coordinator of somebody else's, in another process: reached over a Unix socket.
//!
//! One connection per request, one JSON line each way: `{"op": "launch_run", "run_id": …}` and
//! `{"ok": true, …}` or `{"ok": false, "error": {message, stack, cls_name}}`. Of a launch the other side
//! does only the launcher's own part; events and statuses are recorded on this side. A coordinator records
//! what it does itself. A launch may take as long as the other side needs (it may execute the whole run), so
//! there is no deadline here.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rondel_model::SerializableErrorInfo;
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep};

use crate::error::LaunchError;
use crate::foreign::Supervised;
use crate::launcher::{
    LaunchContext, RunLauncher, RunReporter, WorkerHealth, WorkerLogs, WorkerStatus,
};

/// A process that drives classes of somebody else's, behind a Unix socket. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bridge {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    /// The process behind the socket, where it is ours, and how long to wait for it to listen.
    supervised: Option<(Supervised, Duration)>,
}

/// What the other side says about itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Capabilities {
    supports_check_run_worker_health: bool,
    supports_resume_run: bool,
    /// The settings of the queue, where the coordinator is a kind of `QueuedRunCoordinator`.
    queue: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BridgedError {
    message: String,
    stack: Vec<String>,
    cls_name: Option<String>,
}

impl Bridge {
    /// The process that listens at a socket.
    pub fn at(socket: &Path) -> Self {
        Self::over(socket, None)
    }

    /// A process of ours, which may have to start first, now or after an accident.
    pub(crate) fn to_supervised(socket: &Path, patience: Duration, process: Supervised) -> Self {
        Self::over(socket, Some((process, patience)))
    }

    fn over(socket: &Path, supervised: Option<(Supervised, Duration)>) -> Self {
        Self { shared: Arc::new(Shared { socket: socket.to_path_buf(), supervised }) }
    }

    async fn capabilities(&self) -> Result<Capabilities, LaunchError> {
        let reply = self.request(json!({ "op": "capabilities" })).await?;
        Ok(serde_json::from_value(reply).unwrap_or_default())
    }

    /// A connection; nothing has been asked before there is one, so trying again is harmless.
    async fn stream(&self) -> std::io::Result<UnixStream> {
        let started = Instant::now();
        loop {
            match (UnixStream::connect(&self.shared.socket).await, &self.shared.supervised) {
                (Err(_), Some((process, patience)))
                    if !process.has_ended() && started.elapsed() < *patience =>
                {
                    sleep(Duration::from_millis(50)).await;
                }
                (connected, _) => return connected,
            }
        }
    }

    /// One line each way. A process that is ending may still have the socket: a connection that it resets
    /// was closed with the request unread (had it been read, this side would see an end of file), so
    /// the request is made again to the process that takes its place.
    async fn exchange(&self, request: &Value) -> std::io::Result<String> {
        let started = Instant::now();
        loop {
            match (self.exchange_once(request).await, &self.shared.supervised) {
                (Err(error), Some((process, patience)))
                    if matches!(
                        error.kind(),
                        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
                    ) && !process.has_ended()
                        && started.elapsed() < *patience =>
                {
                    sleep(Duration::from_millis(50)).await;
                }
                (exchanged, _) => return exchanged,
            }
        }
    }

    async fn exchange_once(&self, request: &Value) -> std::io::Result<String> {
        let mut stream = self.stream().await?;
        stream.write_all(format!("{request}\n").as_bytes()).await?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await?;
        Ok(line)
    }

    async fn request(&self, request: Value) -> Result<Value, LaunchError> {
        let socket = &self.shared.socket;
        let failed = |reason: String| LaunchError::Bridge { socket: socket.clone(), reason };
        let line = self.exchange(&request).await.map_err(|error| failed(error.to_string()))?;
        let mut reply: Value = serde_json::from_str(&line)
            .map_err(|error| failed(format!("the answer {line:?} is not JSON: {error}")))?;
        if reply.get("ok") == Some(&Value::Bool(true)) {
            return Ok(reply);
        }
        let error: BridgedError = serde_json::from_value(reply["error"].take()).unwrap_or_default();
        Err(LaunchError::Bridged(Box::new(SerializableErrorInfo {
            message: error.message,
            stack: error.stack,
            cls_name: error.cls_name,
            ..SerializableErrorInfo::default()
        })))
    }
}

/// A run coordinator behind a bridge.
#[derive(Debug, Clone)]
pub struct BridgedRunCoordinator {
    bridge: Bridge,
    queue: Option<Value>,
}

impl BridgedRunCoordinator {
    /// Asks what the coordinator is.
    ///
    /// # Errors
    /// Nobody answers.
    pub async fn connect(bridge: Bridge) -> Result<Self, LaunchError> {
        let queue = bridge.capabilities().await?.queue;
        Ok(Self { bridge, queue })
    }

    /// The settings of the queue into which the coordinator puts runs, named as in `dagster.yaml`; none when
    /// it uses no queue that somebody else works off.
    pub fn queue(&self) -> Option<&Value> {
        self.queue.as_ref()
    }

    /// Hands a run over, with the headers of the request for which it is submitted.
    ///
    /// # Errors
    /// What the coordinator raised, or nobody answers.
    pub async fn submit(
        &self,
        run_id: &RunId,
        headers: &[(String, String)],
    ) -> Result<(), LaunchError> {
        let mut request = json!({ "op": "submit_run", "run_id": run_id.as_str() });
        if !headers.is_empty() {
            request["headers"] = json!(headers);
        }
        self.bridge.request(request).await.map(drop)
    }

    /// Asks to have a run canceled; whether that was possible.
    ///
    /// # Errors
    /// What the coordinator raised, or nobody answers.
    pub async fn cancel(&self, run_id: &RunId) -> Result<bool, LaunchError> {
        let request = json!({ "op": "cancel_run", "run_id": run_id.as_str() });
        Ok(self.bridge.request(request).await?["result"] == Value::Bool(true))
    }
}

/// A launcher behind a bridge.
#[derive(Debug)]
pub struct BridgedRunLauncher {
    bridge: Bridge,
    capabilities: Capabilities,
}

impl BridgedRunLauncher {
    /// Asks what the launcher can do.
    ///
    /// # Errors
    /// Nobody answers.
    pub async fn connect(bridge: Bridge) -> Result<Self, LaunchError> {
        let capabilities = bridge.capabilities().await?;
        Ok(Self { bridge, capabilities })
    }

    async fn request(&self, request: Value) -> Result<Value, LaunchError> {
        self.bridge.request(request).await
    }
}

#[async_trait]
impl RunLauncher for BridgedRunLauncher {
    fn class_name(&self) -> &'static str {
        "BridgedRunLauncher"
    }

    async fn launch(&self, context: &LaunchContext<'_>) -> Result<(), LaunchError> {
        let run_id = context.run.run_id.as_str();
        self.request(json!({ "op": "launch_run", "run_id": run_id })).await.map(drop)
    }

    async fn terminate(
        &self,
        run_id: &RunId,
        _reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError> {
        let request = json!({ "op": "terminate", "run_id": run_id.as_str() });
        Ok(self.request(request).await?["result"] == Value::Bool(true))
    }

    fn supports_resume(&self) -> bool {
        self.capabilities.supports_resume_run
    }

    async fn resume(&self, context: &LaunchContext<'_>, attempt: u32) -> Result<(), LaunchError> {
        let run_id = context.run.run_id.as_str();
        let request =
            json!({ "op": "resume_run", "run_id": run_id, "resume_attempt_number": attempt });
        self.request(request).await.map(drop)
    }

    fn supports_health_checks(&self) -> bool {
        self.capabilities.supports_check_run_worker_health
    }

    async fn check_health(
        &self,
        run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<WorkerHealth, LaunchError> {
        let run_id = run.run_id.as_str();
        let request = json!({ "op": "check_run_worker_health", "run_id": run_id });
        let reply = self.request(request).await?;
        let result = &reply["result"];
        let text = |key: &str| result[key].as_str().map(str::to_owned);
        Ok(WorkerHealth {
            status: match result["status"].as_str().unwrap_or_default() {
                "RUNNING" => WorkerStatus::Running,
                "NOT_FOUND" => WorkerStatus::NotFound,
                "FAILED" => WorkerStatus::Failed,
                "SUCCESS" => WorkerStatus::Success,
                _ => WorkerStatus::Unknown,
            },
            message: text("msg"),
            transient: result["transient"].as_bool(),
            run_worker_id: text("run_worker_id"),
        })
    }

    async fn debug_info(
        &self,
        run: &DagsterRun,
        logs: WorkerLogs,
        _reporter: &dyn RunReporter,
    ) -> Result<Option<String>, LaunchError> {
        let run_id = run.run_id.as_str();
        let with_logs = logs == WorkerLogs::Include;
        let request =
            json!({ "op": "debug_info", "run_id": run_id, "include_container_logs": with_logs });
        let reply = self.request(request).await?;
        Ok(reply["result"].as_str().map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::UnixListener;

    async fn answering(lines: &'static [&'static str]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(async move {
            for line in lines {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = String::new();
                BufReader::new(&mut stream).read_line(&mut request).await.unwrap();
                stream.write_all(format!("{line}\n").as_bytes()).await.unwrap();
            }
        });
        (directory, path)
    }

    #[tokio::test]
    async fn what_the_other_side_can_do_is_asked_once() {
        let (_directory, path) = answering(&[r#"{"ok": true, "supports_resume_run": true}"#]).await;
        let launcher = BridgedRunLauncher::connect(Bridge::at(&path)).await.unwrap();
        assert!(launcher.supports_resume());
        assert!(!launcher.supports_health_checks());
    }

    #[tokio::test]
    async fn an_error_of_the_other_side_keeps_its_class() {
        let (_directory, path) = answering(&[
            r#"{"ok": true}"#,
            r#"{"ok": false, "error": {"message": "away", "cls_name": "DagsterUserCodeUnreachableError"}}"#,
        ])
        .await;
        let launcher = BridgedRunLauncher::connect(Bridge::at(&path)).await.unwrap();
        let error = launcher.request(json!({ "op": "launch_run" })).await.unwrap_err();
        assert!(error.is_unreachable());
        assert_eq!(error.to_error_info().message, "away");
    }

    #[tokio::test]
    async fn a_socket_without_a_listener_is_named() {
        let error = BridgedRunLauncher::connect(Bridge::at(Path::new("/nowhere/socket")))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("/nowhere/socket"));
    }
}
