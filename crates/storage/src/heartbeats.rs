//! Daemon heartbeats.

use indexmap::IndexMap;
use rondel_model::heartbeat::DaemonHeartbeat;
use rondel_model::serdes::to_text;

use crate::body;
use crate::db::{Db, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// Dagster's `daemon_heartbeats` table: the last heartbeat of each daemon type.
#[derive(Clone)]
pub struct HeartbeatStore {
    db: Db,
}

impl HeartbeatStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Records heartbeats, one per daemon type, in one statement.
    ///
    /// # Errors
    /// Database errors.
    pub async fn add(&self, heartbeats: &[DaemonHeartbeat]) -> Result<()> {
        if heartbeats.is_empty() {
            return Ok(());
        }
        let mut sql = self.db.sql(
            r#"INSERT INTO daemon_heartbeats (daemon_type, daemon_id, "timestamp", body)"#,
            [],
        );
        sql.values(heartbeats.iter().map(|heartbeat| {
            args![
                heartbeat.daemon_type.as_str(),
                heartbeat.daemon_id.as_deref(),
                Timestamp::from_unix_seconds(heartbeat.timestamp),
                to_text(heartbeat),
            ]
        }))
        .push(
            r#" ON CONFLICT (daemon_type) DO UPDATE SET
                daemon_id = excluded.daemon_id, "timestamp" = excluded."timestamp", body = excluded.body"#,
        );
        self.db.execute(sql).await.map(drop)
    }

    /// The last heartbeat by daemon type.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get(&self) -> Result<IndexMap<String, DaemonHeartbeat>> {
        let sql = self.db.sql("SELECT daemon_type, body FROM daemon_heartbeats ORDER BY id", []);
        let mut heartbeats = IndexMap::new();
        for row in self.db.fetch_all(sql).await? {
            let daemon_type = row.text(0)?;
            let body = row.text(1)?;
            let heartbeat = body::parse(&body, "daemon_heartbeats", "body", &daemon_type)?;
            heartbeats.insert(daemon_type, heartbeat);
        }
        Ok(heartbeats)
    }

    /// Forgets all heartbeats.
    ///
    /// # Errors
    /// Database errors.
    pub async fn wipe(&self) -> Result<()> {
        self.db.execute(self.db.sql("DELETE FROM daemon_heartbeats", [])).await.map(drop)
    }
}
