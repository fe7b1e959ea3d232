//! Serialized bodies in and out of columns.

use rondel_model::serdes::{Unpack, from_text};

use crate::error::{Result, StorageError};

/// Parses a stored body; a failure names table, column and row.
pub(crate) fn parse<T: Unpack>(
    text: &str,
    table: &'static str,
    column: &'static str,
    row: &dyn ToString,
) -> Result<T> {
    from_text(text).map_err(|error| StorageError::Corrupt {
        table,
        column,
        row: row.to_string(),
        reason: error.to_string(),
    })
}
