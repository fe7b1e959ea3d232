//! Why a webserver does not start.

use std::io;

/// Why the server could not be started or stopped working.
#[derive(Debug, thiserror::Error)]
pub enum WebserverError {
    /// Another process has the port.
    #[error(
        "port {port} on {host} is in use: stop the process which listens there, or choose another \
         port with -p/--port (-p 0 takes a free one)"
    )]
    PortInUse {
        /// The address asked for.
        host: String,
        /// The port asked for.
        port: u16,
    },
    /// The port may not be taken by this user.
    #[error(
        "no permission to listen on port {port} of {host}: ports below 1024 need privileges, choose \
         another with -p/--port"
    )]
    Forbidden {
        /// The address asked for.
        host: String,
        /// The port asked for.
        port: u16,
    },
    /// Any other reason.
    #[error("cannot listen on {host}:{port}: check -h/--host and -p/--port")]
    Bind {
        /// The address asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The path prefix is not usable.
    #[error("--path-prefix {prefix:?} must start with `/`, not end with it, and have no wildcard")]
    PathPrefix {
        /// As given.
        prefix: String,
    },
    /// The UI bundle is not there.
    #[error("{directory} has no index.html: give the directory of a built web UI")]
    Ui {
        /// As given.
        directory: String,
    },
    /// Dagster's UI was asked for and is not installed.
    #[error(
        "cannot find the web UI of Dagster with {python}: {reason}; install dagster-webserver there, \
         name another interpreter with RONDEL_PYTHON, or give the directory of the built UI"
    )]
    InstalledUi {
        /// The interpreter asked.
        python: String,
        /// What is missing.
        reason: String,
    },
    /// The database failed while the server was made ready.
    #[error("cannot read the instance's id from the database")]
    Storage(#[source] rondel_storage::StorageError),
    /// Serving failed.
    #[error("the web server stopped")]
    Serve(#[source] io::Error),
}

impl WebserverError {
    pub(crate) fn bind(host: &str, port: u16, source: io::Error) -> Self {
        let host = host.to_owned();
        match source.kind() {
            io::ErrorKind::AddrInUse => WebserverError::PortInUse { host, port },
            io::ErrorKind::PermissionDenied => WebserverError::Forbidden { host, port },
            _ => WebserverError::Bind { host, port, source },
        }
    }
}
