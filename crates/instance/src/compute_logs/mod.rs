//! Captured stdout and stderr, read side.
//!
//! Run workers write them; Rondel only reads, by log key (a path of names such as
//! `[run_id, "compute_logs", file_key]`) and byte offset, so that a reader can follow a growing
//! file. Another place to read from is one more implementation of [`ComputeLogs`] and a line in
//! [`open`].

mod local;
mod noop;
mod object_store;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

pub use local::LocalComputeLogs;
pub use noop::NoOpComputeLogs;
pub use object_store::ObjectStoreComputeLogs;

use rondel_object_store::BucketError;

use crate::config::ComputeLogsSettings;

/// Which of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl LogStream {
    /// The file extension, which also ends the download URL.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Stdout => "out",
            Self::Stderr => "err",
        }
    }

    /// The stream of a file extension.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "out" => Some(Self::Stdout),
            "err" => Some(Self::Stderr),
            _ => None,
        }
    }
}

/// The key under which a run's worker captures the output of some steps.
pub fn log_key_for_run(run_id: &str, file_key: &str) -> Vec<String> {
    vec![run_id.to_owned(), "compute_logs".to_owned(), file_key.to_owned()]
}

/// A piece of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogChunk {
    /// The bytes; `None` when nothing was captured (yet).
    pub data: Option<Vec<u8>>,
    /// Where to read on.
    pub next_offset: u64,
}

/// Offsets into both streams, `"<stdout>:<stderr>"` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogCursor {
    /// Bytes of stdout already read.
    pub stdout: u64,
    /// Bytes of stderr already read.
    pub stderr: u64,
}

impl LogCursor {
    /// Reads the wire form; anything malformed is the beginning, as in Dagster.
    pub fn parse(text: Option<&str>) -> Self {
        let offsets = text.and_then(|text| text.split_once(':'));
        let parsed = offsets.and_then(|(out, err)| {
            Some(Self { stdout: out.trim().parse().ok()?, stderr: err.trim().parse().ok()? })
        });
        parsed.unwrap_or_default()
    }
}

impl std::fmt::Display for LogCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.stdout, self.stderr)
    }
}

/// Pieces of both streams.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CapturedLogs {
    /// Bytes of stdout; `None` when nothing was captured (yet).
    pub stdout: Option<Vec<u8>>,
    /// Bytes of stderr; `None` when nothing was captured (yet).
    pub stderr: Option<Vec<u8>>,
    /// Where to read on.
    pub cursor: LogCursor,
}

/// Where a person finds the captured files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogLocations {
    /// Place of stdout, for display.
    pub stdout_location: Option<String>,
    /// Place of stderr, for display.
    pub stderr_location: Option<String>,
    /// URL path at which the web server serves stdout.
    pub stdout_download_url: Option<String>,
    /// URL path at which the web server serves stderr.
    pub stderr_download_url: Option<String>,
}

/// Why captured logs could not be read.
#[derive(Debug, Error)]
pub enum ComputeLogsError {
    /// The key does not name a file below the log directory.
    #[error("{0:?} is not a valid log key")]
    InvalidKey(Vec<String>),
    /// The file could not be read.
    #[error("cannot read captured logs at {path}: {source}")]
    Io {
        /// The file or directory.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The object store that workers write to could not be asked.
    #[error("captured logs cannot be read: {0}")]
    Bucket(#[source] BucketError),
}

impl From<BucketError> for ComputeLogsError {
    fn from(error: BucketError) -> Self {
        match error {
            BucketError::InvalidKey(key) => Self::InvalidKey(vec![key]),
            error => Self::Bucket(error),
        }
    }
}

/// A place captured logs can be read from.
#[async_trait]
pub trait ComputeLogs: Send + Sync {
    /// Reads one stream from a byte offset, at most `max_bytes` of it.
    async fn read(
        &self,
        log_key: &[String],
        stream: LogStream,
        offset: u64,
        max_bytes: Option<u64>,
    ) -> Result<LogChunk, ComputeLogsError>;

    /// Whether the worker has finished writing.
    async fn is_complete(&self, log_key: &[String]) -> Result<bool, ComputeLogsError>;

    /// Where a person finds the files.
    async fn locations(&self, log_key: &[String]) -> Result<LogLocations, ComputeLogsError>;

    /// The keys directly below a prefix that have this stream, in no particular order.
    async fn keys_below(
        &self,
        prefix: &[String],
        stream: LogStream,
    ) -> Result<Vec<Vec<String>>, ComputeLogsError>;

    /// Deletes everything captured under a key. Deleting what is not there succeeds.
    async fn delete(&self, log_key: &[String]) -> Result<(), ComputeLogsError>;

    /// How often a growing log is worth a look.
    fn poll_interval(&self) -> Duration {
        Duration::from_millis(500)
    }

    /// Reads both streams from a cursor, at most `max_bytes` of each.
    async fn read_both(
        &self,
        log_key: &[String],
        cursor: LogCursor,
        max_bytes: Option<u64>,
    ) -> Result<CapturedLogs, ComputeLogsError> {
        let stdout = self.read(log_key, LogStream::Stdout, cursor.stdout, max_bytes).await?;
        let stderr = self.read(log_key, LogStream::Stderr, cursor.stderr, max_bytes).await?;
        let cursor = LogCursor { stdout: stdout.next_offset, stderr: stderr.next_offset };
        Ok(CapturedLogs { stdout: stdout.data, stderr: stderr.data, cursor })
    }
}

/// The reader for the configured `compute_logs`.
pub fn open(settings: &ComputeLogsSettings) -> Arc<dyn ComputeLogs> {
    match settings {
        ComputeLogsSettings::Local(base_dir) => Arc::new(LocalComputeLogs::new(base_dir.clone())),
        ComputeLogsSettings::NoOp => Arc::new(NoOpComputeLogs),
        ComputeLogsSettings::ObjectStore { class, config } => {
            Arc::new(ObjectStoreComputeLogs::new(class, config))
        }
    }
}
