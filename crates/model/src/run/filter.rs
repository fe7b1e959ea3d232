//! Which runs to look for, and a run as a store returns it.

use super::{DagsterRun, RunStatus};
use crate::ids::{RunId, UnixTime};
use crate::serdes::Map;

/// The values a tag may have to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagValues {
    /// Exactly this one.
    One(String),
    /// Any of these.
    AnyOf(Vec<String>),
}

impl TagValues {
    /// The accepted values.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::AnyOf(values) => values,
        }
    }
}

impl From<&str> for TagValues {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

impl From<String> for TagValues {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}

impl From<Vec<String>> for TagValues {
    fn from(values: Vec<String>) -> Self {
        Self::AnyOf(values)
    }
}

/// A filter of runs; every given part must match. Dagster's `RunsFilter`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunsFilter {
    /// One of these runs. An empty list matches nothing, unlike in Dagster, which refuses it.
    pub run_ids: Option<Vec<RunId>>,
    /// Of this job.
    pub job_name: Option<String>,
    /// In one of these statuses; empty means any.
    pub statuses: Vec<RunStatus>,
    /// Having all these tags.
    pub tags: Map<TagValues>,
    /// Of a job with this snapshot id.
    pub snapshot_id: Option<String>,
    /// Last updated after.
    pub updated_after: Option<UnixTime>,
    /// Last updated before.
    pub updated_before: Option<UnixTime>,
    /// Created after.
    pub created_after: Option<UnixTime>,
    /// Created before.
    pub created_before: Option<UnixTime>,
    /// Leave out runs launched by backfills.
    pub exclude_subruns: Option<bool>,
}

impl RunsFilter {
    /// Runs with these ids.
    pub fn by_ids(run_ids: impl IntoIterator<Item = RunId>) -> Self {
        Self { run_ids: Some(run_ids.into_iter().collect()), ..Self::default() }
    }

    /// Runs in one of these statuses.
    pub fn by_statuses(statuses: impl IntoIterator<Item = RunStatus>) -> Self {
        Self { statuses: statuses.into_iter().collect(), ..Self::default() }
    }

    /// Adds a tag which must match.
    #[must_use]
    pub fn with_tag(mut self, key: impl Into<String>, values: impl Into<TagValues>) -> Self {
        self.tags.insert(key.into(), values.into());
        self
    }
}

/// A run with what the store knows besides. Dagster's `RunRecord`.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The row's id, the cursor of listings.
    pub storage_id: i64,
    /// The run.
    pub run: DagsterRun,
    /// When the row was created.
    pub create_timestamp: UnixTime,
    /// When the row was last changed.
    pub update_timestamp: UnixTime,
    /// When execution began.
    pub start_time: Option<f64>,
    /// When the run finished.
    pub end_time: Option<f64>,
}
