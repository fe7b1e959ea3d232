//! What a workspace looks like at one instant: immutable, shared, in workspace order.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;
use rondel_model::grpc::SerializableErrorInfo;
use rondel_model::origin::CodeLocationOrigin;

use crate::location::CodeLocation;

/// All locations of a workspace at one instant.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceSnapshot {
    locations: IndexMap<String, Arc<LocationEntry>>,
    version: u64,
}

/// One location at one instant.
#[derive(Debug, Clone)]
pub struct LocationEntry {
    /// The location's name.
    pub name: String,
    /// Its identity, as the workspace gives it.
    pub origin: CodeLocationOrigin,
    /// How it stands.
    pub state: LocationState,
    /// When the state was reached, in Unix seconds.
    pub updated_at: f64,
    /// Changes whenever the definitions may have (Dagster's `version_key`).
    pub version_key: String,
    /// What the UI shows beside the name (file, module, host, image, …).
    pub display_metadata: IndexMap<String, String>,
}

/// How a location stands.
#[derive(Debug, Clone)]
pub enum LocationState {
    /// Loading for the first time.
    Loading,
    /// Loaded and reachable.
    Ready(Arc<CodeLocation>),
    /// The last good definitions, while the server does not answer.
    Stale {
        /// The definitions as last loaded.
        location: Arc<CodeLocation>,
        /// Why the server is not used.
        reason: SerializableErrorInfo,
        /// Since when, in Unix seconds.
        since: f64,
    },
    /// There is nothing to serve: the code raised an error, or the server was never reached.
    Error(SerializableErrorInfo),
}

impl WorkspaceSnapshot {
    /// The locations in workspace order.
    pub fn locations(&self) -> impl ExactSizeIterator<Item = &Arc<LocationEntry>> {
        self.locations.values()
    }

    /// The location of this name.
    pub fn location(&self, name: &str) -> Option<&Arc<LocationEntry>> {
        self.locations.get(name)
    }

    /// The definitions of every location which has some, in workspace order.
    pub fn loaded(&self) -> impl Iterator<Item = &Arc<CodeLocation>> {
        self.locations.values().filter_map(|entry| entry.location())
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether no location is still loading for the first time.
    pub fn is_loaded(&self) -> bool {
        self.locations.values().all(|entry| !matches!(entry.state, LocationState::Loading))
    }

    /// This snapshot with one location replaced (at its place) or added at the end.
    pub(super) fn with(&self, entry: LocationEntry) -> Self {
        let mut next = self.clone();
        next.version += 1;
        next.locations.insert(entry.name.clone(), Arc::new(entry));
        next
    }

    /// This snapshot with exactly the locations named, in that order.
    pub(super) fn ordered(&self, names: &[String]) -> Self {
        let locations = names
            .iter()
            .filter_map(|name| Some((name.clone(), Arc::clone(self.locations.get(name)?))))
            .collect();
        Self { locations, version: self.version + 1 }
    }
}

impl LocationEntry {
    pub(super) fn new(
        name: &str,
        origin: CodeLocationOrigin,
        state: LocationState,
        display_metadata: IndexMap<String, String>,
    ) -> Self {
        let updated_at = unix_now();
        let version_key = match &state {
            LocationState::Ready(location) | LocationState::Stale { location, .. } => {
                location.version_key()
            }
            _ => updated_at.to_string(),
        };
        Self { name: name.to_owned(), origin, state, updated_at, version_key, display_metadata }
    }

    /// The definitions, last good ones included.
    pub fn location(&self) -> Option<&Arc<CodeLocation>> {
        match &self.state {
            LocationState::Ready(location) | LocationState::Stale { location, .. } => {
                Some(location)
            }
            LocationState::Loading | LocationState::Error(_) => None,
        }
    }

    /// Why the location is not ready.
    pub fn error(&self) -> Option<&SerializableErrorInfo> {
        match &self.state {
            LocationState::Stale { reason, .. } => Some(reason),
            LocationState::Error(error) => Some(error),
            LocationState::Loading | LocationState::Ready(_) => None,
        }
    }

    /// Whether the location's server answers.
    pub fn is_ready(&self) -> bool {
        matches!(self.state, LocationState::Ready(_))
    }
}

pub(super) fn unix_now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
