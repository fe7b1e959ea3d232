//! Locations which somebody already serves, by name (`--code-servers FILE`).
//!
//! The file is JSON: `{"<location>": {"host", "port"} | {"socket"} | {"error": {message, stack,
//! cls_name}}}`. A test harness or an operator uses it to point a daemon at running servers while
//! the location keeps the identity its workspace gives it.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::WorkspaceConfigError;

/// The locations of the file, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CodeServers(pub HashMap<String, ServedElsewhere>);

/// How a location is served, or why it is not.
#[derive(Debug, Clone, PartialEq)]
pub enum ServedElsewhere {
    /// A TCP server.
    Tcp {
        /// Host name.
        host: String,
        /// Port.
        port: u16,
    },
    /// A Unix socket.
    Socket(String),
    /// The location failed to load; nothing is contacted.
    Failed {
        /// The error's text.
        message: String,
        /// Stack lines.
        stack: Vec<String>,
        /// Python class name.
        cls_name: Option<String>,
    },
}

#[derive(Deserialize)]
struct Entry {
    host: Option<String>,
    port: Option<u16>,
    socket: Option<String>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    message: String,
    #[serde(default)]
    stack: Vec<String>,
    cls_name: Option<String>,
}

impl CodeServers {
    /// Reads the file.
    pub fn read(file: &Path) -> Result<Self, WorkspaceConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            WorkspaceConfigError::Unreadable { file: file.to_owned(), reason: error.to_string() }
        })?;
        let invalid =
            |line, message| WorkspaceConfigError::Invalid { file: file.to_owned(), line, message };
        let entries: HashMap<String, Entry> = serde_json::from_str(&text)
            .map_err(|error| invalid(error.line(), error.to_string()))?;
        let mut servers = HashMap::new();
        for (name, entry) in entries {
            let served = match entry {
                Entry { error: Some(failure), .. } => ServedElsewhere::Failed {
                    message: failure.message,
                    stack: failure.stack,
                    cls_name: failure.cls_name,
                },
                Entry { socket: Some(socket), port: None, .. } => ServedElsewhere::Socket(socket),
                Entry { host, port: Some(port), .. } => ServedElsewhere::Tcp {
                    host: host.unwrap_or_else(|| "localhost".to_owned()),
                    port,
                },
                _ => {
                    return Err(invalid(
                        1,
                        format!("location `{name}` needs a `port`, a `socket` or an `error`"),
                    ));
                }
            };
            servers.insert(name, served);
        }
        Ok(Self(servers))
    }
}
