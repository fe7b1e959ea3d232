//! Events of a run as a whole, of the engine, and plain log messages.

use async_graphql::{Object, SimpleObject};
use rondel_model::event::EventSpecificData;

use super::{core::EventCore, define::event};
use crate::{
    errors::PythonError,
    logs::{
        kinds::{DagsterEventType, LogLevel},
        metadata::MetadataEntry,
    },
};

event!(LogMessageEvent:);
event!(RunEnqueuedEvent: run);
event!(RunDequeuedEvent: run);
event!(RunStartingEvent: run);
event!(RunStartEvent: run);
event!(RunSuccessEvent: run);
event!(RunFailureEvent: run error);
event!(RunCancelingEvent: run);
event!(RunCanceledEvent: run error);
event!(RunSuspendedEvent: run);
event!(RunResumedEvent: run);
event!(AlertStartEvent: run);
event!(AlertSuccessEvent: run);
event!(AlertFailureEvent: run);
event!(EngineEvent: display marker error);
event!(ResourceInitStartedEvent: display marker);
event!(ResourceInitSuccessEvent: display marker);
event!(ResourceInitFailureEvent: display marker error);
event!(StepWorkerStartingEvent: display marker);
event!(StepWorkerStartedEvent: display marker);

/// How to see logs that are not captured here.
#[derive(SimpleObject, Clone)]
pub(crate) struct LogRetrievalShellCommand {
    stdout: Option<String>,
    stderr: Option<String>,
}

event!(LogsCapturedEvent: ;
    async fn file_key(&self) -> String {
        captured(&self.0).map(|data| data.file_key.clone()).unwrap_or_default()
    }
    async fn step_keys(&self) -> Option<Vec<String>> {
        captured(&self.0).map(|data| data.step_keys.clone())
    }
    async fn external_url(&self) -> Option<String> {
        captured(&self.0)?.external_url.clone()
    }
    async fn external_stdout_url(&self) -> Option<String> {
        let data = captured(&self.0)?;
        data.external_stdout_url.clone().or_else(|| data.external_url.clone())
    }
    async fn external_stderr_url(&self) -> Option<String> {
        let data = captured(&self.0)?;
        data.external_stderr_url.clone().or_else(|| data.external_url.clone())
    }
    async fn shell_cmd(&self) -> Option<LogRetrievalShellCommand> {
        let command = captured(&self.0)?.shell_cmd.as_ref()?;
        Some(LogRetrievalShellCommand {
            stdout: command.stdout.clone(),
            stderr: command.stderr.clone(),
        })
    }
    async fn pid(&self) -> Option<i64> {
        self.0.entry.dagster_event.as_ref()?.pid
    }
    /// The older name of the file key.
    async fn log_key(&self) -> String {
        captured(&self.0).map(|data| data.file_key.clone()).unwrap_or_default()
    }
);

fn captured(core: &EventCore) -> Option<&rondel_model::event::ComputeLogsCaptureData> {
    match core.data()? {
        EventSpecificData::ComputeLogsCapture(data) => Some(data),
        _ => None,
    }
}
