//! Captured logs in an object store this version cannot read: every question is answered by an
//! error that names the class, so that everything else of the instance stays usable.

use async_trait::async_trait;

use super::{ComputeLogs, ComputeLogsError, LogChunk, LogLocations, LogStream};

/// Logs written where this version cannot read.
#[derive(Debug)]
pub struct UnreadableComputeLogs {
    class: String,
}

impl UnreadableComputeLogs {
    /// Names the Python class that writes them.
    pub fn new(class: String) -> Self {
        Self { class }
    }

    fn error(&self) -> ComputeLogsError {
        ComputeLogsError::Unsupported { class: self.class.clone() }
    }
}

#[async_trait]
impl ComputeLogs for UnreadableComputeLogs {
    async fn read(
        &self,
        _log_key: &[String],
        _stream: LogStream,
        _offset: u64,
        _max_bytes: Option<u64>,
    ) -> Result<LogChunk, ComputeLogsError> {
        Err(self.error())
    }

    async fn is_complete(&self, _log_key: &[String]) -> Result<bool, ComputeLogsError> {
        Err(self.error())
    }

    fn locations(&self, _log_key: &[String]) -> Result<LogLocations, ComputeLogsError> {
        Err(self.error())
    }

    async fn keys_below(
        &self,
        _prefix: &[String],
        _stream: LogStream,
    ) -> Result<Vec<Vec<String>>, ComputeLogsError> {
        Err(self.error())
    }

    async fn delete(&self, _log_key: &[String]) -> Result<(), ComputeLogsError> {
        Err(self.error())
    }
}
