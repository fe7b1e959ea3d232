//! Buckets of S3, Google Cloud Storage and Azure Blob Storage.
//!
//! A thin layer over the crate `object_store`, for two reasons: keys are plain strings here, exactly as the
//! Python libraries write them, and requests go through hyper and rustls as everywhere else in Rondel, so that
//! no second HTTP client is built. Credentials come from the settings, else from where each cloud puts them
//! (environment, workload identity, metadata server). Files of command-line tools (`~/.aws/credentials`,
//! `~/.aws/config`) are not read, and no proxy is used.
//!
//! Opening a bucket asks nobody. Each call has a deadline and is tried again for a short time only, because
//! somebody waits for the answer.

mod connector;
mod providers;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use object_store::path::Path;
use object_store::signer::Signer;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use thiserror::Error;

pub use providers::{AzureCredential, AzureSettings, GcsSettings, S3Settings, Trust};

/// How long one call may take, repetitions included.
const DEADLINE: Duration = Duration::from_secs(60);

/// Why a bucket could not be opened or asked.
#[derive(Debug, Clone, Error)]
pub enum BucketError {
    /// The settings contradict each other or name what is not there.
    #[error("the object store's settings cannot be used: {0}")]
    Settings(String),
    /// The key is not one that an object can have: it has an empty part, or one of dots.
    #[error("{0:?} cannot be the key of an object")]
    InvalidKey(String),
    /// The object store refused, or did not answer.
    #[error("the object store could not {action} {key:?}: {reason}")]
    Failed {
        /// What it was asked for.
        action: &'static str,
        /// The key, or the beginning of the keys.
        key: String,
        /// What it said.
        reason: String,
    },
}

/// A bucket (Azure: a container).
#[derive(Debug, Clone)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    signer: Option<Arc<dyn Signer>>,
}

impl Bucket {
    /// A bucket that cannot sign URLs, such as one in memory.
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, signer: None }
    }

    fn signing<S: ObjectStore + Signer>(store: S) -> Self {
        let store = Arc::new(store);
        Self { signer: Some(Arc::<S>::clone(&store)), store }
    }

    /// The size of an object in bytes; `None` when there is none of that key.
    ///
    /// # Errors
    /// The object store refused, or did not answer.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, BucketError> {
        let path = path(key)?;
        match within("look for", key, self.store.head(&path)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(Failure::NotFound) => Ok(None),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    /// A part of an object; `None` when there is none of that key. The range must not be empty.
    ///
    /// # Errors
    /// The object store refused, or did not answer.
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Option<Vec<u8>>, BucketError> {
        let path = path(key)?;
        match within("read", key, self.store.get_range(&path, range)).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Failure::NotFound) => Ok(None),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    /// The last parts of the keys that lie directly below a prefix, which need not exist.
    ///
    /// # Errors
    /// The object store refused, or did not answer.
    pub async fn names_below(&self, prefix: &str) -> Result<Vec<String>, BucketError> {
        let path = path(prefix)?;
        match within("list", prefix, self.store.list_with_delimiter(Some(&path))).await {
            Ok(found) => {
                let names = found.objects.iter().filter_map(|object| object.location.filename());
                Ok(names.map(str::to_owned).collect())
            }
            Err(Failure::NotFound) => Ok(Vec::new()),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    /// Deletes an object. Deleting what is not there succeeds.
    ///
    /// # Errors
    /// The object store refused, or did not answer.
    pub async fn delete(&self, key: &str) -> Result<(), BucketError> {
        let path = path(key)?;
        match within("delete", key, self.store.delete(&path)).await {
            Ok(()) | Err(Failure::NotFound) => Ok(()),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    /// An address at which everybody who has it can read the object for some time; `None` where such addresses
    /// cannot be made.
    ///
    /// # Errors
    /// The credentials may not sign, or cannot be had.
    pub async fn download_url(
        &self,
        key: &str,
        lifetime: Duration,
    ) -> Result<Option<String>, BucketError> {
        let Some(signer) = &self.signer else { return Ok(None) };
        let path = path(key)?;
        let get = object_store::signer::Method::GET;
        match within("sign an address of", key, signer.signed_url(get, &path, lifetime)).await {
            Ok(url) => Ok(Some(url.into())),
            Err(Failure::NotFound) => Ok(None),
            Err(Failure::Other(error)) => Err(error),
        }
    }
}

/// The key as it is: nothing is encoded, because the Python libraries encode nothing.
fn path(key: &str) -> Result<Path, BucketError> {
    // A slash at either end would be dropped, and another object be meant.
    if key.is_empty() || key.starts_with('/') || key.ends_with('/') {
        return Err(BucketError::InvalidKey(key.to_owned()));
    }
    Path::parse(key).map_err(|_| BucketError::InvalidKey(key.to_owned()))
}

enum Failure {
    NotFound,
    Other(BucketError),
}

async fn within<T>(
    action: &'static str,
    key: &str,
    call: impl Future<Output = object_store::Result<T>>,
) -> Result<T, Failure> {
    let failed = |reason: String| {
        Failure::Other(BucketError::Failed { action, key: key.to_owned(), reason })
    };
    match tokio::time::timeout(DEADLINE, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Error::NotFound { .. })) => Err(Failure::NotFound),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(format!("no answer within {} s", DEADLINE.as_secs()))),
    }
}
