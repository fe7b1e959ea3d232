//! Leadership leases with a fencing epoch, in Rondel's own tables of the run database.
//!
//! One holder at a time per name. The epoch rises whenever the holder changes, so a write guarded
//! by the epoch under which it was decided is refused after a takeover. Expiry is judged by the
//! database's clock, the only one all contenders share (on SQLite: the machine's).

use std::time::Duration;

use crate::db::{Db, Dialect, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// A lease held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What is led, e.g. `daemon`.
    pub name: String,
    /// Who holds it.
    pub holder: String,
    /// Rises with every change of holder.
    pub epoch: i64,
}

/// Leases of a database.
#[derive(Clone)]
pub struct LeaseStore {
    db: Db,
}

impl LeaseStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Takes a free or expired lease, or renews one's own. `None` when another holds it.
    ///
    /// # Errors
    /// Database errors.
    pub async fn acquire(&self, name: &str, holder: &str, ttl: Duration) -> Result<Option<Lease>> {
        let now = self.now().await?;
        let expires = Timestamp::from_micros(now.micros() + ttl.as_micros() as i64);
        let table = self.table();
        let mut sql = self.db.sql("INSERT INTO ", []);
        sql.push(table).add(
            " AS lease (name, holder, epoch, expires_at) VALUES (?, ?, 1, ?)
             ON CONFLICT (name) DO UPDATE SET
                 epoch = CASE WHEN lease.holder = excluded.holder THEN lease.epoch ELSE lease.epoch + 1 END,
                 holder = excluded.holder,
                 expires_at = excluded.expires_at
             WHERE lease.holder = excluded.holder OR lease.expires_at < ?
             RETURNING epoch",
            args![name, holder, expires, now],
        );
        let row = self.db.fetch_optional(sql).await?;
        row.map(|row| {
            Ok(Lease { name: name.to_owned(), holder: holder.to_owned(), epoch: row.int(0)? })
        })
        .transpose()
    }

    /// Prolongs a lease; false when it has passed to another meanwhile.
    ///
    /// # Errors
    /// Database errors.
    pub async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool> {
        let now = self.now().await?;
        let expires = Timestamp::from_micros(now.micros() + ttl.as_micros() as i64);
        let mut sql = self.db.sql("UPDATE ", []);
        sql.push(self.table()).add(
            " SET expires_at = ? WHERE name = ? AND holder = ? AND epoch = ?",
            args![expires, &lease.name, &lease.holder, lease.epoch],
        );
        Ok(self.db.execute(sql).await? == 1)
    }

    /// Gives a lease up at once; a no-op when it has passed to another.
    ///
    /// # Errors
    /// Database errors.
    pub async fn release(&self, lease: &Lease) -> Result<()> {
        let mut sql = self.db.sql("UPDATE ", []);
        sql.push(self.table()).add(
            " SET expires_at = ? WHERE name = ? AND holder = ? AND epoch = ?",
            args![Timestamp::from_micros(0), &lease.name, &lease.holder, lease.epoch],
        );
        self.db.execute(sql).await.map(drop)
    }

    fn table(&self) -> &'static str {
        match self.db.dialect() {
            Dialect::Postgres => "rondel.leases",
            Dialect::Sqlite => "rondel_leases",
        }
    }

    async fn now(&self) -> Result<Timestamp> {
        if self.db.dialect() == Dialect::Sqlite {
            return Ok(Timestamp::now());
        }
        let sql = self.db.sql("SELECT clock_timestamp() AT TIME ZONE 'UTC'", []);
        match self.db.fetch_optional(sql).await? {
            Some(row) => row.time(0),
            None => Ok(Timestamp::now()),
        }
    }
}
