//! The settings of each cloud, and the buckets they lead to.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, RetryConfig};

use crate::connector::Connector;
use crate::{Bucket, BucketError};

/// The suffix of Azure's public cloud.
const AZURE_PUBLIC: &str = "core.windows.net";

/// Whose certificates are believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// Those that this machine trusts.
    #[default]
    System,
    /// Those in a file (PEM).
    File(PathBuf),
    /// Everybody's.
    Anything,
}

/// A bucket of S3, or of something that speaks its protocol.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct S3Settings {
    /// The bucket.
    pub bucket: String,
    /// Its region; that of the environment when absent.
    pub region: Option<String>,
    /// Where it is served, when not by AWS. The bucket's name becomes part of the path then.
    pub endpoint_url: Option<String>,
    /// Whether AWS is asked over TLS.
    pub use_ssl: bool,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// A bucket of Google Cloud Storage.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct GcsSettings {
    /// The bucket.
    pub bucket: String,
    /// The key of a service account as JSON; application default credentials when absent.
    pub service_account_key: Option<String>,
    /// The address of an emulator, which wants no credentials (`STORAGE_EMULATOR_HOST`).
    pub emulator: Option<String>,
}

impl fmt::Debug for GcsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GcsSettings").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

/// Who asks Azure.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum AzureCredential {
    /// Whom the environment names: a service principal, a workload identity, a managed identity.
    #[default]
    Environment,
    /// Who has the account's access key.
    AccessKey(String),
    /// Who has a shared access signature.
    Sas(String),
    /// A service principal.
    Secret {
        /// Its id.
        client_id: String,
        /// Its secret.
        client_secret: String,
        /// Its tenant.
        tenant_id: String,
    },
}

impl fmt::Debug for AzureCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            Self::AccessKey(_) => "AccessKey",
            Self::Sas(_) => "Sas",
            Self::Secret { .. } => "Secret",
        })
    }
}

/// A container of Azure Blob Storage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AzureSettings {
    /// The storage account.
    pub account: String,
    /// The container.
    pub container: String,
    /// What follows `<account>.blob.` in its address.
    pub endpoint_suffix: String,
    /// Who asks.
    pub credential: AzureCredential,
}

impl Bucket {
    /// A bucket of S3.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn s3(settings: &S3Settings) -> Result<Self, BucketError> {
        s3_builder(settings)?.build().map(Self::signing).map_err(unusable)
    }

    /// A bucket of Google Cloud Storage.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn gcs(settings: &GcsSettings) -> Result<Self, BucketError> {
        let mut builder = GoogleCloudStorageBuilder::from_env()
            .with_bucket_name(&settings.bucket)
            .with_http_connector(Connector::new(&Trust::System)?)
            .with_retry(retry());
        if let Some(key) = &settings.service_account_key {
            builder = builder.with_service_account_key(key);
        }
        if let Some(emulator) = &settings.emulator {
            let url = match emulator.contains("://") {
                true => emulator.clone(),
                false => format!("http://{emulator}"),
            };
            builder = builder.with_base_url(&url).with_bearer_token("emulator");
        }
        builder.build().map(Self::signing).map_err(unusable)
    }

    /// A container of Azure Blob Storage.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn azure(settings: &AzureSettings) -> Result<Self, BucketError> {
        azure_builder(settings)?.build().map(Self::signing).map_err(unusable)
    }
}

pub(crate) fn s3_builder(settings: &S3Settings) -> Result<AmazonS3Builder, BucketError> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&settings.bucket)
        .with_http_connector(Connector::new(&settings.trust)?)
        // objects are deleted one by one here, and not every store that speaks S3 knows the other way
        .with_disable_bulk_delete(true)
        .with_retry(retry());
    if let Some(region) = &settings.region {
        builder = builder.with_region(region);
    }
    let endpoint = match &settings.endpoint_url {
        None if !settings.use_ssl => {
            let region = settings.region.as_deref().unwrap_or("us-east-1");
            Some(format!("http://s3.{region}.amazonaws.com"))
        }
        given => given.clone(),
    };
    Ok(match endpoint {
        // the one for S3 alone goes before the general one, which the environment may name
        Some(url) => builder
            .with_config(AmazonS3ConfigKey::S3Endpoint, url)
            .with_virtual_hosted_style_request(false),
        None => builder,
    })
}

pub(crate) fn azure_builder(
    settings: &AzureSettings,
) -> Result<MicrosoftAzureBuilder, BucketError> {
    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_account(&settings.account)
        .with_container_name(&settings.container)
        .with_http_connector(Connector::new(&Trust::System)?)
        .with_retry(retry());
    if settings.endpoint_suffix != AZURE_PUBLIC {
        let host = format!("{}.blob.{}", settings.account, settings.endpoint_suffix);
        builder = builder.with_endpoint(format!("https://{host}"));
    }
    Ok(match settings.credential.clone() {
        AzureCredential::Environment => builder,
        AzureCredential::AccessKey(key) => builder.with_access_key(key),
        AzureCredential::Sas(token) => builder.with_config(AzureConfigKey::SasKey, token),
        AzureCredential::Secret { client_id, client_secret, tenant_id } => {
            builder.with_client_secret_authorization(client_id, client_secret, tenant_id)
        }
    })
}

/// Somebody waits: a page is better told an error than left blank for minutes.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() },
        max_retries: 3,
        retry_timeout: Duration::from_secs(20),
    }
}

fn unusable(error: object_store::Error) -> BucketError {
    BucketError::Settings(error.to_string())
}
