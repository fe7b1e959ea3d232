//! What can go wrong in storage, in terms a caller or an operator can act on.
//!
//! Messages never hold a password: connection targets are shown by [`crate::PostgresConfig`]'s
//! redacted form or by file path.

use std::path::PathBuf;

/// Shorthand for results of this crate.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

/// A failure of the stores.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A connection URL or its parts cannot be used.
    #[error("invalid PostgreSQL connection setting: {0}")]
    InvalidUrl(String),

    /// The database did not answer within the time allowed at start.
    #[error(
        "cannot reach {target} after {attempts} attempts in {seconds:.1} s: {reason}; check that the database runs and that host and port are right"
    )]
    Unreachable {
        /// Redacted connection target.
        target: String,
        /// How often a connection was tried.
        attempts: u32,
        /// Time spent, in seconds.
        seconds: f64,
        /// The last failure.
        reason: String,
    },

    /// The server answered but refused the connection (credentials, database name, TLS).
    #[error(
        "{target} refused the connection: {reason}; check user, password, database name and sslmode"
    )]
    Refused {
        /// Redacted connection target.
        target: String,
        /// The server's reason.
        reason: String,
    },

    /// A write met a read-only database, file system or session.
    #[error(
        "{target} is read-only: {reason}; give the database user (or the file's owner) write permission"
    )]
    ReadOnly {
        /// Redacted connection target or file.
        target: String,
        /// The database's reason.
        reason: String,
    },

    /// The alembic stamp is not one this version knows, most likely a newer Dagster.
    #[error(
        "{target} carries the alembic revision {found}, which this version does not know (newest known: {known}); upgrade Rondel, or allow unknown revisions if the tables are known to be compatible"
    )]
    UnknownRevision {
        /// Redacted connection target or file.
        target: String,
        /// The revision found.
        found: String,
        /// The head revision this version writes.
        known: &'static str,
    },

    /// The tables are those of an older Dagster.
    #[error(
        "{target} has the tables of an older Dagster (alembic revision {found}, missing {missing}); run `dagster instance migrate` with Dagster 1.13 on it first"
    )]
    OutdatedSchema {
        /// Redacted connection target or file.
        target: String,
        /// The revision found, or "none".
        found: String,
        /// The first table, column or data migration found missing.
        missing: String,
    },

    /// Tables are absent and creating them was not allowed.
    #[error(
        "{target} has no {section} tables and creating them is switched off; run `rondel instance migrate`"
    )]
    MissingTables {
        /// Redacted connection target or file.
        target: String,
        /// `runs`, `event_log` or `schedules`.
        section: &'static str,
    },

    /// The lease under which this process may write has passed to another.
    #[error(
        "this process no longer leads ({name}, epoch {epoch}): another one has taken over, and nothing was written"
    )]
    Fenced {
        /// What was led.
        name: String,
        /// The epoch of the lease lost.
        epoch: i64,
    },

    /// A run with this id is stored already.
    #[error("run {0} already exists")]
    RunAlreadyExists(String),

    /// No run has this id.
    #[error("run {0} was not found in the instance")]
    RunNotFound(String),

    /// A run refers to a snapshot which is not stored.
    #[error("snapshot {0} does not exist in run storage; store the snapshot before the run")]
    SnapshotNotFound(String),

    /// An object that should be new is stored already.
    #[error("{kind} {id} is already present in storage")]
    AlreadyPresent {
        /// Kind of object.
        kind: &'static str,
        /// Its id.
        id: String,
    },

    /// An object to be changed is not stored.
    #[error("{kind} {id} is not present in storage")]
    NotPresent {
        /// Kind of object.
        kind: &'static str,
        /// Its id.
        id: String,
    },

    /// A stored body cannot be read back.
    #[error("{table}.{column} of {row} cannot be read: {reason}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Row id.
        row: String,
        /// Parser message.
        reason: String,
    },

    /// An argument is outside what the store accepts.
    #[error("{0}")]
    Invalid(String),

    /// A file or directory of the SQLite layout cannot be used.
    #[error("cannot use {path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },

    /// A row has no value of the expected type in a column.
    #[error("unexpected value in column {column}: {reason}")]
    Column {
        /// Zero-based column of the result.
        column: usize,
        /// Why it could not be decoded.
        reason: String,
    },

    /// What was written together with others failed, for all of them.
    #[error(transparent)]
    Group(std::sync::Arc<StorageError>),

    /// What was to be written together with others was not, because the one who wrote was stopped.
    #[error("the write was given up together with another one that was stopped; try again")]
    GroupCancelled,

    /// The database reported an error.
    #[error("{target}: {source}")]
    Database {
        /// Redacted connection target or file.
        target: String,
        /// The driver's error.
        source: sqlx::Error,
    },
}

impl StorageError {
    /// Whether a uniqueness constraint was violated.
    pub(crate) fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database { source: sqlx::Error::Database(error), .. } if error.is_unique_violation())
    }

    /// Whether a table to be created exists already.
    pub(crate) fn is_duplicate_table(&self) -> bool {
        let Self::Database { source: sqlx::Error::Database(error), .. } = self else {
            return false;
        };
        // 42P07: duplicate_table; 42P06: duplicate_schema; SQLite has only the message.
        matches!(error.code().as_deref(), Some("42P07" | "42P06"))
            || error.message().contains("already exists")
    }
}
