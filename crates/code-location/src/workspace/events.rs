//! Changes of a location's connection, as the GraphQL subscription `locationStateChangeEvents` tells them
//! (`dagster/_core/remote_representation/grpc_server_state_subscriber.py`).

/// What happened to a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocationStateChangeKind {
    /// The server runs other code (or another process) than before; definitions were loaded anew.
    Updated,
    /// The server stopped answering.
    Disconnected,
    /// The same server answers again.
    Reconnected,
    /// The server stayed away too long, or its code failed to load.
    Error,
}

impl LocationStateChangeKind {
    /// Dagster's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "LOCATION_UPDATED",
            Self::Disconnected => "LOCATION_DISCONNECTED",
            Self::Reconnected => "LOCATION_RECONNECTED",
            Self::Error => "LOCATION_ERROR",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationStateChange {
    /// What happened.
    pub kind: LocationStateChangeKind,
    /// To which location.
    pub location_name: String,
    /// In words.
    pub message: String,
    /// The new server's id, when there is one.
    pub server_id: Option<String>,
}
