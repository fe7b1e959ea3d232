//! Files about runs: captured output whole, and everything about a run for debugging.

use std::{io::Write, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use futures::stream;
use rondel_instance::{
    Instance, InstanceError,
    compute_logs::{ComputeLogsError, LogStream},
};
use rondel_model::{
    event::EventLogEntry,
    ids::RunId,
    run::DagsterRun,
    serdes::{Pack, Raw, Writer, to_text},
    snap::{ExecutionPlanSnapshot, JobSnap},
};

use crate::state::AppState;

/// Captured output is sent in pieces of this size.
const PIECE: u64 = 256 * 1024;

/// `/logs/<log key…>/<out|err>`.
pub(crate) async fn captured_log(
    State(app): State<Arc<AppState>>,
    Path(path): Path<String>,
) -> Response {
    let mut key: Vec<String> = path.split('/').map(str::to_owned).collect();
    let extension = key.pop().unwrap_or_default();
    let none = || (StatusCode::NOT_FOUND, "No log files available for download").into_response();
    let Some(stream) = LogStream::from_extension(&extension) else { return none() };
    let logs = Arc::clone(app.instance.compute_logs());
    let first = match logs.read(&key, stream, 0, Some(PIECE)).await {
        Ok(first) => first,
        Err(ComputeLogsError::InvalidKey(_)) => return none(),
        Err(error) => return failed(&error),
    };
    let Some(data) = first.data else { return none() };
    let file_name = format!("{}.{extension}", key.join("__"));
    let rest = stream::unfold(Some((logs, key, first.next_offset)), move |state| async move {
        let (logs, key, offset) = state?;
        match logs.read(&key, stream, offset, Some(PIECE)).await {
            Ok(piece) => {
                let data = piece.data.filter(|data| !data.is_empty())?;
                Some((Ok(data), Some((logs, key, piece.next_offset))))
            }
            Err(error) => Some((Err(std::io::Error::other(error)), None)),
        }
    });
    let body = futures::StreamExt::chain(stream::iter([Ok(data)]), rest);
    let mut response = Body::from_stream(body).into_response();
    attach(&mut response, "application/octet-stream", &file_name);
    response
}

/// `/download_debug/<run id>`: the run, its events and snapshots, gzipped.
pub(crate) async fn debug(
    State(app): State<Arc<AppState>>,
    Path(run_id): Path<String>,
) -> Response {
    match debug_payload(&app.instance, &app.options.dagster_version, &RunId::from(&*run_id)).await {
        Ok(bytes) => {
            let mut response = bytes.into_response();
            attach(&mut response, "application/gzip", &format!("{run_id}.gz"));
            response
        }
        Err(InstanceError::RunNotFound(_)) => {
            (StatusCode::NOT_FOUND, format!("run {run_id} was not found")).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// Dagster's `DebugRunPayload`, which `dagster debug` and its UI read.
struct DebugRun<'a> {
    version: &'a str,
    run: DagsterRun,
    events: Vec<EventLogEntry>,
    job: Option<Raw<JobSnap>>,
    plan: Option<Raw<ExecutionPlanSnapshot>>,
}

impl Pack for DebugRun<'_> {
    fn pack(&self, w: &mut Writer) {
        w.map(|map| {
            map.entry("__class__", "DebugRunPayload");
            map.entry("event_list", &self.events);
            map.entry("execution_plan_snapshot", &self.plan);
            map.entry("pipeline_run", &self.run);
            map.entry("pipeline_snapshot", &self.job);
            map.entry("version", self.version);
        });
    }
}

async fn debug_payload(
    instance: &Instance,
    version: &str,
    run_id: &RunId,
) -> Result<Vec<u8>, InstanceError> {
    let run = instance.run(run_id).await?;
    let snapshots = instance.storage().snapshots();
    let job = match &run.job_snapshot_id {
        Some(id) => snapshots.get_job_snapshot(id).await?,
        None => None,
    };
    let plan = match &run.execution_plan_snapshot_id {
        Some(id) => snapshots.get_execution_plan_snapshot(id).await?,
        None => None,
    };
    let events = instance.events_of(run_id, &[]).await?;
    let text = to_text(&DebugRun { version, run, events, job, plan });
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let written = gzip.write_all(text.as_bytes());
    debug_assert!(written.is_ok());
    Ok(gzip.finish().unwrap_or_default())
}

fn attach(response: &mut Response, kind: &'static str, file_name: &str) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let clean: String =
        file_name.chars().map(|c| if c.is_ascii_graphic() && c != '"' { c } else { '_' }).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{clean}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::warn!(%error, "a download failed");
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
}
