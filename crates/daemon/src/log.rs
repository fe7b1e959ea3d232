//! Log lines of a daemon: through `tracing` in a running process, as Python's logging would print
//! them for one iteration on the command line.

use std::fmt::Display;
use std::io::Write;

use crate::DaemonKind;
use crate::clock::real_now;

/// Where log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogSink {
    /// To the subscribers of the process.
    Tracing,
    /// To standard error, as `2026-01-02 03:04:05 +0000 - dagster.daemon.SensorDaemon - INFO - text`.
    PythonStderr,
}

/// The log of one daemon.
#[derive(Debug, Clone, Copy)]
pub struct DaemonLog {
    kind: DaemonKind,
    sink: LogSink,
}

impl DaemonLog {
    /// A log.
    #[must_use]
    pub fn new(kind: DaemonKind, sink: LogSink) -> Self {
        Self { kind, sink }
    }

    /// Whose log it is.
    pub(crate) fn kind(self) -> DaemonKind {
        self.kind
    }

    /// What only matters to someone who looks for a fault; made up when it is looked at.
    pub fn debug(self, text: impl FnOnce() -> String) {
        match self.sink {
            LogSink::Tracing if !tracing::enabled!(tracing::Level::DEBUG) => {}
            LogSink::Tracing => {
                tracing::debug!(daemon = self.kind.daemon_type(), "{}", text());
            }
            LogSink::PythonStderr => self.print("DEBUG", &text()),
        }
    }

    /// Something worth knowing happened.
    pub fn info(self, text: impl Display) {
        match self.sink {
            LogSink::Tracing => tracing::info!(daemon = self.kind.daemon_type(), "{text}"),
            LogSink::PythonStderr => self.print("INFO", &text),
        }
    }

    /// Something is odd, and dealt with.
    pub fn warning(self, text: impl Display) {
        match self.sink {
            LogSink::Tracing => tracing::warn!(daemon = self.kind.daemon_type(), "{text}"),
            LogSink::PythonStderr => self.print("WARNING", &text),
        }
    }

    /// Something failed.
    pub fn error(self, text: impl Display) {
        match self.sink {
            LogSink::Tracing => tracing::error!(daemon = self.kind.daemon_type(), "{text}"),
            LogSink::PythonStderr => self.print("ERROR", &text),
        }
    }

    fn print(self, level: &str, text: &dyn Display) {
        let stamp = jiff::Timestamp::from_second(real_now() as i64).unwrap_or_default();
        let stamp = stamp.strftime("%Y-%m-%d %H:%M:%S +0000");
        // A closed stderr must not end an iteration.
        let _ = writeln!(std::io::stderr(), "{stamp} - {} - {level} - {text}", self.kind.logger());
    }
}
