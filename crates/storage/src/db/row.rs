//! A result row of either dialect, read by position.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite};

use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

/// One row.
pub(crate) enum Row {
    Postgres(PgRow),
    Sqlite(SqliteRow),
}

impl Row {
    /// Column types are ours by construction, so the drivers' own type check is skipped: it would
    /// refuse e.g. SQLite's text in a column declared `TIMESTAMP`.
    fn get<T>(&self, column: usize) -> Result<T>
    where
        T: for<'r> Decode<'r, Postgres> + for<'r> Decode<'r, Sqlite>,
    {
        let value = match self {
            Self::Postgres(row) => row.try_get_unchecked::<T, _>(column),
            Self::Sqlite(row) => row.try_get_unchecked::<T, _>(column),
        };
        value.map_err(|error| StorageError::Column { column, reason: error.to_string() })
    }

    pub(crate) fn text(&self, column: usize) -> Result<String> {
        self.get(column)
    }

    pub(crate) fn opt_text(&self, column: usize) -> Result<Option<String>> {
        self.get(column)
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64> {
        self.get(column)
    }

    pub(crate) fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        self.get(column)
    }

    pub(crate) fn opt_float(&self, column: usize) -> Result<Option<f64>> {
        self.get(column)
    }

    pub(crate) fn bool(&self, column: usize) -> Result<bool> {
        self.get(column)
    }

    pub(crate) fn time(&self, column: usize) -> Result<Timestamp> {
        self.get(column)
    }

    pub(crate) fn opt_time(&self, column: usize) -> Result<Option<Timestamp>> {
        self.get(column)
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>> {
        self.get(column)
    }
}
