//! Where the bucket is, and how it is told to people.

use std::time::Duration;

use rondel_object_store::{
    AzureCredential, AzureSettings, Bucket, BucketError, GcsSettings, S3Settings, Trust,
};
use serde_json::Value;

const HOUR: Duration = Duration::from_secs(3600);

/// A bucket's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    S3 { bucket: String },
    Gcs { bucket: String },
    Azure { account: String, container: String, suffix: String },
}

impl Place {
    pub(super) fn new(class: &str, config: &Value) -> Self {
        let text = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
        match class {
            "S3ComputeLogManager" => Self::S3 { bucket: text("bucket") },
            "GCSComputeLogManager" => Self::Gcs { bucket: text("bucket") },
            _ => Self::Azure {
                account: text("storage_account"),
                container: text("container"),
                suffix: text("endpoint_suffix"),
            },
        }
    }

    /// Opens the bucket with the other settings of the config.
    pub(super) fn open(
        &self,
        config: &Value,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Bucket, BucketError> {
        let text = |key: &str| config[key].as_str().filter(|text| !text.is_empty());
        let owned = |key: &str| text(key).map(str::to_owned);
        match self {
            Self::S3 { bucket } => Bucket::s3(&S3Settings {
                bucket: bucket.clone(),
                region: owned("region"),
                endpoint_url: owned("endpoint_url"),
                use_ssl: config["use_ssl"] != false,
                trust: match text("verify_cert_path") {
                    _ if config["verify"] == false => Trust::Anything,
                    Some(file) => Trust::File(file.into()),
                    None => Trust::System,
                },
            }),
            Self::Gcs { bucket } => Bucket::gcs(&GcsSettings {
                bucket: bucket.clone(),
                service_account_key: text("json_credentials_envvar")
                    .map(|name| {
                        let unset = || format!("the environment variable {name} is not set");
                        variable(name).ok_or_else(|| BucketError::Settings(unset()))
                    })
                    .transpose()?,
                emulator: variable("STORAGE_EMULATOR_HOST"),
            }),
            Self::Azure { account, container, suffix } => Bucket::azure(&AzureSettings {
                account: account.clone(),
                container: container.clone(),
                endpoint_suffix: suffix.clone(),
                credential: azure_credential(config),
            }),
        }
    }

    /// The place of an object, for people.
    pub(super) fn display(&self, key: &str) -> String {
        match self {
            Self::S3 { bucket } => format!("s3://{bucket}/{key}"),
            Self::Gcs { bucket } => format!("gs://{bucket}/{key}"),
            Self::Azure { account, container, suffix } => {
                format!("https://{account}.blob.{suffix}/{container}/{key}")
            }
        }
    }

    /// How long an address for downloads is good, as in Dagster.
    pub(super) fn url_lifetime(&self) -> Duration {
        match self {
            Self::S3 { .. } | Self::Gcs { .. } => HOUR,
            Self::Azure { .. } => 6 * HOUR,
        }
    }

    /// Whether the worker's own file is told as long as nothing else is there.
    pub(super) fn shows_local_files(&self) -> bool {
        !matches!(self, Self::S3 { .. })
    }
}

fn azure_credential(config: &Value) -> AzureCredential {
    let secret = &config["secret_credential"];
    let part = |key: &str| secret[key].as_str().unwrap_or_default().to_owned();
    let key = config["access_key_or_sas_token"].as_str().filter(|key| !key.is_empty());
    match key {
        _ if secret.is_object() => AzureCredential::Secret {
            client_id: part("client_id"),
            client_secret: part("client_secret"),
            tenant_id: part("tenant_id"),
        },
        // an account's key is base64, which has no `=` but at its end
        Some(key) if key.contains("sig=") => AzureCredential::Sas(key.to_owned()),
        Some(key) => AzureCredential::AccessKey(key.to_owned()),
        None => AzureCredential::Environment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn azure_is_asked_by_whom_the_config_names() {
        let secret = json!({"client_id": "c", "client_secret": "s", "tenant_id": "t"});
        for (config, wanted) in [
            (json!({}), AzureCredential::Environment),
            (
                json!({"access_key_or_sas_token": "a2V5PT0="}),
                AzureCredential::AccessKey("a2V5PT0=".to_owned()),
            ),
            (
                json!({"access_key_or_sas_token": "sv=1&sig=x"}),
                AzureCredential::Sas("sv=1&sig=x".to_owned()),
            ),
            (
                json!({"secret_credential": secret, "access_key_or_sas_token": null}),
                AzureCredential::Secret {
                    client_id: "c".to_owned(),
                    client_secret: "s".to_owned(),
                    tenant_id: "t".to_owned(),
                },
            ),
        ] {
            assert_eq!(azure_credential(&config), wanted);
        }
    }

    #[test]
    fn objects_are_told_as_dagster_tells_them() {
        let s3 = Place::new("S3ComputeLogManager", &json!({"bucket": "b"}));
        assert_eq!(s3.display("dagster/storage/k.out"), "s3://b/dagster/storage/k.out");
        let config = json!({"storage_account": "a", "container": "c", "endpoint_suffix": "core.windows.net"});
        let azure = Place::new("AzureBlobComputeLogManager", &config);
        assert_eq!(azure.display("k"), "https://a.blob.core.windows.net/c/k");
    }

    #[test]
    fn a_missing_variable_with_credentials_is_told() {
        let config = json!({"bucket": "b", "json_credentials_envvar": "GOOGLE_KEY"});
        let place = Place::new("GCSComputeLogManager", &config);
        let error = place.open(&config, |_| None).map(drop).map_err(|error| error.to_string());
        assert!(error.is_err_and(|error| error.contains("GOOGLE_KEY is not set")));
    }
}
