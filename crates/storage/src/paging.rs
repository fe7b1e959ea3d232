//! Orders, pages and the cursors Dagster hands to clients.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::error::{Result, StorageError};

/// Direction of a listing by storage id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Ascending,
    /// Newest first.
    #[default]
    Descending,
}

impl Order {
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }

    /// The comparison that continues after a cursor.
    pub(crate) fn after(self) -> &'static str {
        match self {
            Self::Ascending => ">",
            Self::Descending => "<",
        }
    }
}

/// A page of results (Dagster's `PaginatedResults`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The results.
    pub results: Vec<T>,
    /// Where the next page starts.
    pub cursor: String,
    /// Whether there is one.
    pub has_more: bool,
}

/// Position in a run's event log (Dagster's `EventLogCursor`): base64 of a small JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventLogCursor {
    /// Skip that many events (legacy).
    Offset(i64),
    /// Continue beyond that storage id.
    StorageId(i64),
}

impl EventLogCursor {
    /// Reads a cursor given by a client.
    ///
    /// # Errors
    /// [`StorageError::Invalid`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || StorageError::Invalid(format!("{text:?} is not an event log cursor"));
        let raw = BASE64.decode(text).map_err(|_| malformed())?;
        let json: serde_json::Value = serde_json::from_slice(&raw).map_err(|_| malformed())?;
        let value = json.get("value").and_then(serde_json::Value::as_i64).ok_or_else(malformed)?;
        match json.get("type").and_then(serde_json::Value::as_str) {
            Some("OFFSET") => Ok(Self::Offset(value.max(0))),
            Some("STORAGE_ID") => Ok(Self::StorageId(value)),
            _ => Err(malformed()),
        }
    }
}

impl fmt::Display for EventLogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, value) = match self {
            Self::Offset(value) => ("OFFSET", value),
            Self::StorageId(value) => ("STORAGE_ID", value),
        };
        let raw = format!(r#"{{"type": "{kind}", "value": {value}}}"#);
        f.write_str(&BASE64.encode(raw))
    }
}

/// Position by storage id alone (Dagster's `StorageIdCursor`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StorageIdCursor {
    pub(crate) storage_id: i64,
}

impl StorageIdCursor {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let malformed = || StorageError::Invalid(format!("{text:?} is not a storage id cursor"));
        let raw = BASE64.decode(text).map_err(|_| malformed())?;
        let json: serde_json::Value = serde_json::from_slice(&raw).map_err(|_| malformed())?;
        let storage_id = json.get("storage_id").and_then(serde_json::Value::as_i64);
        Ok(Self { storage_id: storage_id.ok_or_else(malformed)? })
    }
}

impl fmt::Display for StorageIdCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw =
            format!(r#"{{"__class__": "StorageIdCursor", "storage_id": {}}}"#, self.storage_id);
        f.write_str(&BASE64.encode(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::EventLogCursor;

    #[test]
    fn an_event_log_cursor_has_dagsters_text() {
        let text = "eyJ0eXBlIjogIlNUT1JBR0VfSUQiLCAidmFsdWUiOiA3fQ==";
        assert_eq!(EventLogCursor::StorageId(7).to_string(), text);
        assert_eq!(EventLogCursor::parse(text).unwrap(), EventLogCursor::StorageId(7));
    }

    #[test]
    fn a_foreign_text_is_no_cursor() {
        assert!(EventLogCursor::parse("17").is_err());
    }
}
