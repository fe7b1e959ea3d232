//! Asking a code server what it has loaded.

use async_trait::async_trait;
use rondel_code_location::{CallLimits, CodeLocationError, CodeServerClient, ServerAddress};

/// What a code server has loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// These repositories.
    Repositories(Vec<String>),
    /// Nothing: the code raised an error.
    Failed(String),
    /// It does not answer.
    Unreachable(String),
}

/// Asks code servers.
#[async_trait]
pub trait LocationProbe: Send + Sync {
    /// Asks the one at this address.
    async fn ask(&self, host: &str, port: u16) -> Loaded;
}

/// Asks over Dagster's gRPC protocol.
#[derive(Debug, Clone, Copy, Default)]
pub struct CodeServerProbe;

#[async_trait]
impl LocationProbe for CodeServerProbe {
    async fn ask(&self, host: &str, port: u16) -> Loaded {
        let address = ServerAddress::Tcp { host: host.to_owned(), port, use_ssl: false };
        let limits = CallLimits::from_variables(|name| std::env::var(name).ok());
        let answer = match CodeServerClient::new(address, limits, 1) {
            Ok(client) => client.list_repositories().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                let symbols = answer.repository_symbols.iter();
                Loaded::Repositories(symbols.map(|one| one.repository_name.clone()).collect())
            }
            Err(error @ CodeLocationError::UserCode(_)) => Loaded::Failed(error.to_string()),
            Err(error) => Loaded::Unreachable(error.to_string()),
        }
    }
}
