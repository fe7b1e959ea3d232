//! `NoOpComputeLogManager`: nothing is captured, and what is not captured is complete.

use async_trait::async_trait;

use super::{ComputeLogs, ComputeLogsError, LogChunk, LogLocations, LogStream};

/// Captures nothing.
#[derive(Debug)]
pub struct NoOpComputeLogs;

#[async_trait]
impl ComputeLogs for NoOpComputeLogs {
    async fn read(
        &self,
        _log_key: &[String],
        _stream: LogStream,
        _offset: u64,
        _max_bytes: Option<u64>,
    ) -> Result<LogChunk, ComputeLogsError> {
        Ok(LogChunk::default())
    }

    async fn is_complete(&self, _log_key: &[String]) -> Result<bool, ComputeLogsError> {
        Ok(true)
    }

    async fn locations(&self, _log_key: &[String]) -> Result<LogLocations, ComputeLogsError> {
        Ok(LogLocations::default())
    }

    async fn keys_below(
        &self,
        _prefix: &[String],
        _stream: LogStream,
    ) -> Result<Vec<Vec<String>>, ComputeLogsError> {
        Ok(Vec::new())
    }

    async fn delete(&self, _log_key: &[String]) -> Result<(), ComputeLogsError> {
        Ok(())
    }
}
