//! Leadership leases with a fencing epoch, in Rondel's own tables of the run database.
//!
//! One holder at a time per name. The epoch rises whenever the holder changes, so a write guarded
//! by the epoch under which it was decided is refused after a takeover. Expiry is judged by the
//! database's clock, the only one all contenders share (on SQLite: the machine's).

use std::time::Duration;

use crate::db::{Db, Dialect, Tx, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// The time of the PostgreSQL server, also within a transaction.
const SERVER_TIME: &str = "SELECT clock_timestamp() AT TIME ZONE 'UTC'";

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

/// Whether a lease has not run out. One that runs longer than any is given was given before the clock was set back,
/// and not renewed since; should its holder be alive after all, its epoch has passed.
fn is_held(expires: Timestamp, now: Timestamp, ttl: Duration) -> bool {
    let left = expires.micros() - now.micros();
    (0..=ttl.as_micros() as i64).contains(&left)
}

/// Leases of a database.
#[derive(Clone)]
pub struct LeaseStore {
    db: Db,
}

impl LeaseStore {
    pub(crate) fn new(db: &Db) -> Self {
        Self { db: db.unfenced() }
    }

    /// Takes a free or expired lease, or renews one's own. `None` when another holds it. All who want a lease
    /// have to give it the same `ttl`.
    ///
    /// A takeover waits for the transactions that the former holder has under way (see
    /// [`Storage::fence`](crate::Storage::fence)).
    ///
    /// # Errors
    /// Database errors.
    pub async fn acquire(&self, name: &str, holder: &str, ttl: Duration) -> Result<Option<Lease>> {
        let select = || {
            let mut sql = self.db.sql("SELECT holder, epoch, expires_at FROM ", []);
            sql.push(self.table()).add(" WHERE name = ?", args![name]);
            sql
        };
        // A look without locks first: contenders look often, and must not be in the holder's way.
        let mut sql = select();
        let now = self.now().await?;
        if let Some(row) = self.db.fetch_optional(sql).await? {
            if row.text(0)? != holder && is_held(row.time(2)?, now, ttl) {
                return Ok(None);
            }
        } else {
            let mut insert = self.db.sql("INSERT INTO ", []);
            insert.push(self.table()).add(
                " (name, holder, epoch, expires_at) VALUES (?, '', 0, ?) ON CONFLICT (name) DO NOTHING",
                args![name, Timestamp::from_micros(0)],
            );
            self.db.execute(insert).await?;
        }
        let mut tx = self.db.begin().await?;
        if self.db.dialect() == Dialect::Postgres {
            // A contender that is paused here must not hold up the others.
            tx.execute_script("SET LOCAL idle_in_transaction_session_timeout = 1500").await?;
        }
        sql = select();
        sql.push(tx.for_update());
        let Some(row) = tx.fetch_optional(sql).await? else { return Ok(None) };
        let now = self.now_in(&mut tx).await?;
        let (current, mut epoch) = (row.text(0)?, row.int(1)?);
        if current != holder {
            if is_held(row.time(2)?, now, ttl) {
                return Ok(None);
            }
            epoch += 1;
        }
        let expires = Timestamp::from_micros(now.micros() + ttl.as_micros() as i64);
        let mut update = tx.sql("UPDATE ", []);
        update.push(self.table()).add(
            " SET holder = ?, epoch = ?, expires_at = ? WHERE name = ?",
            args![holder, epoch, expires, name],
        );
        tx.execute(update).await?;
        tx.commit().await?;
        Ok(Some(Lease { name: name.to_owned(), holder: holder.to_owned(), epoch }))
    }

    /// Prolongs a lease; false when it has passed to another meanwhile.
    ///
    /// # Errors
    /// Database errors.
    pub async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool> {
        let mut sql = self.db.sql("UPDATE ", []);
        sql.push(self.table()).push(" SET expires_at = ");
        match self.db.dialect() {
            // In one statement: this is most of what an idle daemon asks of the database.
            Dialect::Postgres => sql.push(&format!(
                "(clock_timestamp() AT TIME ZONE 'UTC') + interval '{} microseconds'",
                ttl.as_micros()
            )),
            Dialect::Sqlite => {
                let now = Timestamp::now().micros();
                sql.add("?", args![Timestamp::from_micros(now + ttl.as_micros() as i64)])
            }
        };
        sql.add(
            " WHERE name = ? AND holder = ? AND epoch = ?",
            args![&lease.name, &lease.holder, lease.epoch],
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
        let row = self.db.fetch_optional(self.db.sql(SERVER_TIME, [])).await?;
        row.map_or_else(|| Ok(Timestamp::now()), |row| row.time(0))
    }

    async fn now_in(&self, tx: &mut Tx) -> Result<Timestamp> {
        if self.db.dialect() == Dialect::Sqlite {
            return Ok(Timestamp::now());
        }
        let row = tx.fetch_optional(self.db.sql(SERVER_TIME, [])).await?;
        row.map_or_else(|| Ok(Timestamp::now()), |row| row.time(0))
    }
}
