//! The fence: once a database is fenced with a lease, every write asks in its own transaction whether
//! the lease is still the one it was made under, and holds on to that answer until it commits.
//!
//! On PostgreSQL the lease row is locked (`FOR KEY SHARE`) from the question to the commit; a takeover
//! locks it `FOR UPDATE` first, so that no write of the former holder can land after it. A holder
//! that stops in the middle of a transaction (a paused process) is cut off by the server after
//! [`IDLE_LIMIT_MS`], so that it cannot hold the takeover up. On SQLite a write transaction has the whole
//! database.

use std::sync::{Arc, PoisonError, RwLock};

use crate::db::{Dialect, Sql, args};
use crate::lease::Lease;

/// How long a fenced transaction may wait for its client, in milliseconds.
const IDLE_LIMIT_MS: u32 = 1_500;

/// The lease that writes need, if any; shared by all handles of a database.
#[derive(Clone, Default)]
pub(crate) struct Fence {
    lease: Arc<RwLock<Option<Arc<Lease>>>>,
}

impl Fence {
    pub(crate) fn set(&self, lease: Lease) {
        *self.lease.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(lease));
    }

    pub(crate) fn lease(&self) -> Option<Arc<Lease>> {
        self.lease.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How a fenced transaction begins on PostgreSQL.
pub(crate) fn begin_postgres() -> String {
    format!("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {IDLE_LIMIT_MS}")
}

/// Finds a row while the lease is held.
pub(crate) fn question(lease: &Lease, dialect: Dialect) -> Sql {
    let (table, lock) = match dialect {
        Dialect::Postgres => ("rondel.leases", " FOR KEY SHARE"),
        Dialect::Sqlite => ("rondel_leases", ""),
    };
    let mut sql = Sql::new(dialect);
    sql.push("SELECT epoch FROM ").push(table).add(
        " WHERE name = ? AND holder = ? AND epoch = ?",
        args![&lease.name, &lease.holder, lease.epoch],
    );
    sql.push(lock);
    sql
}
