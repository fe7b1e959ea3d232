//! Where credentials come from: the pod's service account or a kubeconfig file.

use std::path::PathBuf;
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

/// How long a connection to the API server may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How to reach and convince an API server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// The service account of the pod this process runs in.
    InCluster,
    /// A kubeconfig file; without a path the one that `KUBECONFIG` names, else `~/.kube/config`.
    Kubeconfig(Option<PathBuf>),
    /// The kubeconfig file if there is one, else the service account.
    Any,
}

/// No connection to an API server can be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// This process is no pod with a service account.
    #[error(
        "the service account of this pod cannot be used: {0}; outside of a cluster, set \
         load_incluster_config: false and kubeconfig_file"
    )]
    InCluster(String),
    /// The kubeconfig file is missing or wrong.
    #[error("the kubeconfig file {path} cannot be used: {reason}")]
    Kubeconfig {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Neither is there.
    #[error("neither a kubeconfig file nor the service account of a pod can be used: {0}")]
    Nothing(String),
    /// The client cannot be built from the credentials.
    #[error("no connection to the Kubernetes API server can be set up: {0}")]
    Client(#[source] Box<kube::Error>),
}

/// Makes a client. It connects when it is first used. `ca_file` replaces the certificate authority of the
/// credentials. Must be called within a tokio runtime.
///
/// # Errors
/// The credentials are missing or wrong.
pub async fn connect(
    credentials: &Credentials,
    ca_file: Option<PathBuf>,
) -> Result<Client, ConnectError> {
    let mut config = match credentials {
        Credentials::InCluster => {
            Config::incluster().map_err(|error| ConnectError::InCluster(error.to_string()))?
        }
        Credentials::Kubeconfig(path) => from_file(path.clone()).await?,
        Credentials::Any => {
            Config::infer().await.map_err(|error| ConnectError::Nothing(error.to_string()))?
        }
    };
    if ca_file.is_some() {
        config.root_cert_file = ca_file;
    }
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    // what is tried again, and how often, is decided by our callers
    config.default_retry = false;
    Client::try_from(config).map_err(|error| ConnectError::Client(Box::new(error)))
}

async fn from_file(path: Option<PathBuf>) -> Result<Config, ConnectError> {
    let options = KubeConfigOptions::default();
    let shown = match &path {
        Some(path) => path.display().to_string(),
        None => std::env::var("KUBECONFIG").unwrap_or_else(|_| "~/.kube/config".to_owned()),
    };
    let failed = |error: kube::config::KubeconfigError| ConnectError::Kubeconfig {
        path: shown.clone(),
        reason: error.to_string(),
    };
    match path {
        Some(path) => {
            let file = Kubeconfig::read_from(path).map_err(failed)?;
            Config::from_custom_kubeconfig(file, &options).await.map_err(failed)
        }
        None => Config::from_kubeconfig(&options).await.map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn missing_credentials_are_told_with_where_they_were_looked_for() {
        let file = Credentials::Kubeconfig(Some("/nowhere/config".into()));
        let error = connect(&file, None).await.err().unwrap();
        assert!(error.to_string().contains("/nowhere/config"), "{error}");
        let error = connect(&Credentials::InCluster, None).await.err().unwrap();
        assert!(error.to_string().contains("load_incluster_config"), "{error}");
    }
}
