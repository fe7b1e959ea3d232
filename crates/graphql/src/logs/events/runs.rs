//! Events of a run as a whole, of the engine, and plain log messages.

use async_graphql::{Object, SimpleObject};
use rondel_model::event::EventSpecificData;

use super::{core::EventCore, define::event};
use crate::{
    direct::direct,
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
direct!(LogRetrievalShellCommand { stdout "stdout", stderr "stderr" });

event!(LogsCapturedEvent: ;
    told {
        file_key "fileKey" = |event| -> String {
            captured(event).map(|data| data.file_key.clone()).unwrap_or_default()
        }
        step_keys "stepKeys" = |event| -> Option<Vec<String>> {
            captured(event).map(|data| data.step_keys.clone())
        }
        external_url "externalUrl" = |event| -> Option<String> {
            captured(event).and_then(|data| data.external_url.clone())
        }
        external_stdout_url "externalStdoutUrl" = |event| -> Option<String> {
            captured(event).and_then(|data| {
                data.external_stdout_url.clone().or_else(|| data.external_url.clone())
            })
        }
        external_stderr_url "externalStderrUrl" = |event| -> Option<String> {
            captured(event).and_then(|data| {
                data.external_stderr_url.clone().or_else(|| data.external_url.clone())
            })
        }
        shell_cmd "shellCmd" = |event| -> Option<LogRetrievalShellCommand> {
            captured(event).and_then(|data| data.shell_cmd.as_ref()).map(|command| {
                LogRetrievalShellCommand {
                    stdout: command.stdout.clone(),
                    stderr: command.stderr.clone(),
                }
            })
        }
        pid "pid" = |event| -> Option<i64> {
            event.entry.dagster_event.as_ref().and_then(|event| event.pid)
        }
        // The older name of the file key.
        log_key "logKey" = |event| -> String {
            captured(event).map(|data| data.file_key.clone()).unwrap_or_default()
        }
    }
);

fn captured(core: &EventCore) -> Option<&rondel_model::event::ComputeLogsCaptureData> {
    match core.data()? {
        EventSpecificData::ComputeLogsCapture(data) => Some(data),
        _ => None,
    }
}
