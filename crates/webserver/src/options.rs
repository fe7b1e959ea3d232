//! How a webserver is started.

use std::{net::IpAddr, path::PathBuf, time::Duration};

/// What the command line and configuration say about the server.
#[derive(Clone, Debug)]
pub struct WebserverOptions {
    /// The address to listen on: a name or an IP address.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Everything is served under this path; empty or starting with `/`, without one at the end.
    pub path_prefix: String,
    /// Refuse everything that changes state.
    pub read_only: bool,
    /// The version of Dagster which the API stands for.
    pub dagster_version: String,
    /// Milliseconds between two polls of the UI for live asset data; `None`: the UI's own choice.
    pub live_data_poll_rate: Option<u32>,
    /// Where the web UI comes from.
    pub ui: UiSource,
    /// A request that takes longer is answered with an error.
    pub request_timeout: Duration,
    /// A request that takes longer is logged.
    pub slow_query: Duration,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// How long running requests may take to finish at shutdown.
    pub shutdown_grace: Duration,
}

/// Where the web UI's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UiSource {
    /// Rondel's own, within the binary.
    Embedded,
    /// A directory with a built bundle, such as `dagster_webserver/webapp/build` of an installed
    /// dagster-webserver.
    Directory(PathBuf),
}

impl Default for WebserverOptions {
    fn default() -> Self {
        WebserverOptions {
            host: "127.0.0.1".to_owned(),
            port: 3000,
            path_prefix: String::new(),
            read_only: false,
            dagster_version: "1.13.27".to_owned(),
            live_data_poll_rate: None,
            ui: UiSource::Embedded,
            request_timeout: Duration::from_secs(300),
            slow_query: Duration::from_secs(2),
            max_body_bytes: 64 * 1024 * 1024,
            shutdown_grace: Duration::from_secs(10),
        }
    }
}

impl WebserverOptions {
    /// The address which a person opens in a browser.
    #[must_use]
    pub fn url(&self, port: u16) -> String {
        let host = match self.host.parse::<IpAddr>() {
            Ok(ip) if ip.is_unspecified() => "localhost".to_owned(),
            Ok(IpAddr::V6(ip)) => format!("[{ip}]"),
            _ => self.host.clone(),
        };
        format!("http://{host}:{port}{}", self.path_prefix)
    }
}
