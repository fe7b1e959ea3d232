//! Events as rows.

use rondel_model::event::{DagsterEventType, EventLogEntry, EventRecord};
use rondel_model::serdes::to_text;

use crate::body;
use crate::db::{Arg, Row, Sql, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// Events per `INSERT`: seven arguments each.
pub(super) const BATCH: usize = 1_000;

/// An event ready to be inserted.
pub(super) struct EventRow<'a> {
    pub entry: &'a EventLogEntry,
    pub event_type: Option<DagsterEventType>,
    pub text: String,
    pub timestamp: Timestamp,
    pub asset_key: Option<String>,
}

impl<'a> EventRow<'a> {
    pub(super) fn new(entry: &'a EventLogEntry) -> Self {
        let asset_key = entry.dagster_event.as_ref().and_then(|event| event.asset_key());
        Self {
            entry,
            event_type: entry.event_type(),
            text: to_text(entry),
            timestamp: Timestamp::from_unix_seconds(entry.timestamp),
            asset_key: asset_key.map(|key| key.to_db_string()),
        }
    }

    pub(super) fn run_id(&self) -> &str {
        self.entry.run_id.as_str()
    }

    /// Whether the default SQLite layout also keeps the event in the cross-run index.
    pub(super) fn is_mirrored(&self) -> bool {
        self.event_type.is_some_and(is_mirrored)
    }

    fn args(&self) -> [Arg; 7] {
        let event = self.entry.dagster_event.as_ref();
        let step_key = match event {
            Some(event) => event.step_key.as_deref(),
            None => self.entry.step_key.as_deref(),
        };
        args![
            self.run_id(),
            self.text.as_str(),
            event.map(|event| event.event_type_value.as_str()),
            self.timestamp,
            step_key,
            self.asset_key.as_deref(),
            event.and_then(|event| event.partition()),
        ]
    }
}

/// Types of which the default SQLite layout keeps a copy in the cross-run index.
pub(super) fn is_mirrored(event_type: DagsterEventType) -> bool {
    event_type.is_asset_event()
        || event_type.is_asset_check_event()
        || event_type.run_status().is_some()
}

/// Appends the insertion of events, returning their ids.
pub(super) fn append_insert<'a>(sql: &mut Sql, rows: impl IntoIterator<Item = &'a EventRow<'a>>) {
    sql.push(
        r#"INSERT INTO event_logs (run_id, event, dagster_event_type, "timestamp", step_key, asset_key, partition)"#,
    );
    sql.values(rows.into_iter().map(EventRow::args)).push(" RETURNING id");
}

/// Reads `id, event`.
pub(super) fn record_from(row: &Row) -> Result<EventRecord> {
    let storage_id = row.int(0)?;
    let text = row.text(1)?;
    Ok(EventRecord { storage_id, entry: body::parse(&text, "event_logs", "event", &storage_id)? })
}

/// Reads `id, event` of many rows; one that cannot be read is left out with a warning, as Dagster
/// does in cross-run queries.
pub(super) fn records_from(rows: &[Row]) -> Result<Vec<EventRecord>> {
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        match record_from(row) {
            Ok(record) => records.push(record),
            Err(error @ crate::StorageError::Corrupt { .. }) => {
                tracing::warn!(%error, "leaving out an event that cannot be read");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(records)
}

/// Texts of event types, as an argument.
pub(super) fn type_names(types: &[DagsterEventType]) -> Vec<String> {
    types.iter().map(|event_type| event_type.as_str().to_owned()).collect()
}
