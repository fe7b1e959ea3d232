//! Runs and their tags.
//!
//! Mirrors Dagster's `SqlRunStorage`. Read-modify-write of a run's body (status, tags) happens in
//! one transaction with the row locked: concurrent writers of other processes cannot be undone by
//! an old body. The status column wins over the status inside the body, as in Dagster.

mod filter;
mod read;
mod tags;
mod write;

pub use filter::{RunOrderBy, RunsQuery};
pub use read::{RunGroup, RunsByTag};
pub(crate) use write::{apply_event, changes_run};

use rondel_model::run::{DagsterRun, RunStatus};

use crate::body;
use crate::db::{Db, Row};
use crate::error::{Result, StorageError};

/// Dagster's `runs` and `run_tags` tables.
#[derive(Clone)]
pub struct RunStore {
    db: Db,
}

impl RunStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }
}

/// Builds a run from its body and status columns.
fn run_from(row: &Row, body_column: usize, status_column: usize) -> Result<DagsterRun> {
    let body = row.text(body_column)?;
    let run: DagsterRun = body::parse(&body, "runs", "run_body", &"a run")?;
    let status = row.text(status_column)?;
    let status = RunStatus::parse(&status).ok_or_else(|| StorageError::Corrupt {
        table: "runs",
        column: "status",
        row: run.run_id.to_string(),
        reason: format!("{status:?} is not a run status"),
    })?;
    Ok(run.with_status(status))
}
