//! `S3ComputeLogManager`, `GCSComputeLogManager` and `AzureBlobComputeLogManager`
//! (`dagster/_core/storage/cloud_storage_compute_log_manager.py`).
//!
//! A worker captures into files of its own machine (`local_dir`) and uploads both when the step has ended, stdout
//! first: `<prefix>/storage/<key…>/<name>.{out,err}`. With `upload_interval` it uploads what there is so far as
//! `….partial` meanwhile, each time whole. So stderr in the bucket means that capturing is over. Where this
//! process shares the worker's `local_dir`, the growing file is read from there, as in Dagster.
//!
//! Nothing is staged on disk: the wanted bytes are read from the bucket. Settings that cannot be used fail each
//! reading with the reason, so that everything else of the instance stays usable.

mod place;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use rondel_object_store::{Bucket, BucketError};
use serde_json::Value;

use super::{ComputeLogs, ComputeLogsError, LocalComputeLogs, LogChunk, LogLocations, LogStream};
use place::Place;

/// How often a growing log is looked at (`SUBSCRIPTION_POLLING_INTERVAL`): each look costs requests.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// How an upload is named that the worker will replace.
const PARTIAL: &str = ".partial";

/// Logs in a bucket.
#[derive(Debug)]
pub struct ObjectStoreComputeLogs {
    place: Place,
    prefix: String,
    bucket: Result<Bucket, BucketError>,
    local: LocalComputeLogs,
}

impl ObjectStoreComputeLogs {
    /// The reader for a class with its checked config.
    pub fn new(class: &str, config: &Value) -> Self {
        let place = Place::new(class, config);
        let bucket = place.open(config, |name| std::env::var(name).ok());
        if let Err(error) = &bucket {
            tracing::warn!(class, %error, "captured logs cannot be read");
        }
        Self::over(place, config, bucket)
    }

    fn over(place: Place, config: &Value, bucket: Result<Bucket, BucketError>) -> Self {
        let prefix = config["prefix"].as_str().unwrap_or("dagster");
        let parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
        let local = config["local_dir"].as_str().filter(|dir| !dir.is_empty());
        let local = local.map_or_else(std::env::temp_dir, Into::into);
        Self { place, prefix: parts.join("/"), bucket, local: LocalComputeLogs::new(local) }
    }

    fn bucket(&self) -> Result<&Bucket, ComputeLogsError> {
        self.bucket.as_ref().map_err(|error| ComputeLogsError::Bucket(error.clone()))
    }

    /// The key of what lies below the log directory. Without a prefix it begins with a slash, as Dagster's.
    fn below(&self, parts: &[&str]) -> String {
        format!("{}/storage/{}", self.prefix, parts.join("/"))
    }

    fn object_key(&self, log_key: &[String], ending: &str) -> Result<String, ComputeLogsError> {
        let parts: Vec<&str> = log_key.iter().map(String::as_str).collect();
        if parts.is_empty() {
            return Err(ComputeLogsError::InvalidKey(Vec::new()));
        }
        Ok(format!("{}.{ending}", self.below(&parts)))
    }

    /// Of the two uploads of a stream the final one, else the partial one, with its size.
    async fn upload(
        &self,
        log_key: &[String],
        stream: LogStream,
    ) -> Result<Option<(String, u64)>, ComputeLogsError> {
        let bucket = self.bucket()?;
        let whole = self.object_key(log_key, stream.extension())?;
        let partial = format!("{whole}{PARTIAL}");
        for key in [whole, partial] {
            if let Some(size) = bucket.size(&key).await? {
                return Ok(Some((key, size)));
            }
        }
        Ok(None)
    }

    async fn download_url(&self, log_key: &[String], stream: LogStream) -> Option<String> {
        let own = format!("/logs/{}/{}", log_key.join("/"), stream.extension());
        let key = self.object_key(log_key, stream.extension()).ok()?;
        let signed = self.bucket().ok()?.download_url(&key, self.place.url_lifetime()).await;
        let url = signed.unwrap_or_else(|error| {
            tracing::debug!(%error, "an address for downloads was not signed");
            None
        });
        // credentials that may read, but not sign: through us, then
        Some(url.unwrap_or(own))
    }

    fn location(&self, log_key: &[String], stream: LogStream) -> Result<String, ComputeLogsError> {
        Ok(self.place.display(&self.object_key(log_key, stream.extension())?))
    }
}

#[async_trait]
impl ComputeLogs for ObjectStoreComputeLogs {
    async fn read(
        &self,
        log_key: &[String],
        stream: LogStream,
        offset: u64,
        max_bytes: Option<u64>,
    ) -> Result<LogChunk, ComputeLogsError> {
        let local = self.local.read(log_key, stream, offset, max_bytes).await?;
        if local.data.is_some() {
            return Ok(local);
        }
        let nothing = LogChunk { data: None, next_offset: offset };
        let Some((key, size)) = self.upload(log_key, stream).await? else { return Ok(nothing) };
        let end = max_bytes.map_or(size, |most| size.min(offset.saturating_add(most)));
        if offset >= end {
            return Ok(LogChunk { data: Some(Vec::new()), next_offset: offset });
        }
        match self.bucket()?.read(&key, offset..end).await? {
            Some(data) => {
                let next_offset = offset + data.len() as u64;
                Ok(LogChunk { data: Some(data), next_offset })
            }
            None => Ok(nothing),
        }
    }

    async fn is_complete(&self, log_key: &[String]) -> Result<bool, ComputeLogsError> {
        if self.local.is_complete(log_key).await? {
            return Ok(true);
        }
        let key = self.object_key(log_key, LogStream::Stderr.extension())?;
        Ok(self.bucket()?.size(&key).await?.is_some())
    }

    async fn locations(&self, log_key: &[String]) -> Result<LogLocations, ComputeLogsError> {
        if !self.is_complete(log_key).await? {
            if !self.place.shows_local_files() {
                return Ok(LogLocations::default());
            }
            let local = self.local.locations(log_key).await?;
            let (stdout_location, stderr_location) = (local.stdout_location, local.stderr_location);
            return Ok(LogLocations {
                stdout_location,
                stderr_location,
                ..LogLocations::default()
            });
        }
        Ok(LogLocations {
            stdout_location: Some(self.location(log_key, LogStream::Stdout)?),
            stderr_location: Some(self.location(log_key, LogStream::Stderr)?),
            stdout_download_url: self.download_url(log_key, LogStream::Stdout).await,
            stderr_download_url: self.download_url(log_key, LogStream::Stderr).await,
        })
    }

    async fn keys_below(
        &self,
        prefix: &[String],
        stream: LogStream,
    ) -> Result<Vec<Vec<String>>, ComputeLogsError> {
        let parts: Vec<&str> = prefix.iter().map(String::as_str).collect();
        let ending = format!(".{}", stream.extension());
        let names = self.bucket()?.names_below(&self.below(&parts)).await?;
        let names = names.iter().filter_map(|name| name.strip_suffix(&ending));
        Ok(names.map(|name| [prefix, &[name.to_owned()]].concat()).collect())
    }

    async fn delete(&self, log_key: &[String]) -> Result<(), ComputeLogsError> {
        self.local.delete(log_key).await?;
        for stream in [LogStream::Stdout, LogStream::Stderr] {
            let whole = self.object_key(log_key, stream.extension())?;
            self.bucket()?.delete(&format!("{whole}{PARTIAL}")).await?;
            self.bucket()?.delete(&whole).await?;
        }
        Ok(())
    }

    fn poll_interval(&self) -> Duration {
        POLL_INTERVAL
    }
}
