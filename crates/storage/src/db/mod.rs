//! The one path by which statements reach a database.
//!
//! [`Db`] is a pool of either dialect with the same four operations; [`Tx`] is a write transaction.
//! While a `Tx` is open its holder asks no pool for a second connection. SQLite transactions start
//! with `BEGIN IMMEDIATE`: a deferred one that turns into a writer would fail at once with
//! `SQLITE_BUSY` instead of waiting for the other writer (a Python process, say).
//! Each statement is told to the log at the level `trace` under `rondel::sql`.

mod fence;
mod row;
mod sql;

use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use fence::Fence;
pub(crate) use row::Row;
pub(crate) use sql::{Arg, Dialect, Sql, args, like_prefix};

use crate::boundary::Boundaries;
use crate::error::{Result, StorageError};
use crate::lease::Lease;

/// A database with its redacted name for messages.
#[derive(Clone)]
pub(crate) struct Db {
    pool: Pool,
    target: Arc<str>,
    fence: Fence,
    boundaries: Boundaries,
}

#[derive(Clone)]
enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// A write transaction; dropped without [`Tx::commit`] it is rolled back.
pub(crate) struct Tx {
    inner: TxInner,
    target: Arc<str>,
    boundaries: Boundaries,
}

enum TxInner {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

/// Runs `$sql` on a connection-like `$executor`, prepared, with its arguments.
macro_rules! run {
    ($sql:expr, $arguments:ident, $executor:expr, $method:ident) => {{
        tracing::trace!(target: "rondel::sql", statement = $sql.text.as_str());
        let arguments = $arguments($sql.args);
        match arguments {
            Err(error) => Err(sqlx::Error::Encode(error)),
            Ok(arguments) => {
                sqlx::query_with(AssertSqlSafe($sql.text), arguments)
                    .persistent($sql.reusable)
                    .$method($executor)
                    .await
            }
        }
    }};
}

impl Db {
    pub(crate) fn postgres(pool: PgPool, target: &str) -> Self {
        Self::of(Pool::Postgres(pool), target)
    }

    pub(crate) fn sqlite(pool: SqlitePool, target: &str) -> Self {
        Self::of(Pool::Sqlite(pool), target)
    }

    fn of(pool: Pool, target: &str) -> Self {
        let (fence, boundaries) = (Fence::default(), Boundaries::default());
        Self { pool, target: target.into(), fence, boundaries }
    }

    /// The same database, which tells of each write.
    pub(crate) fn with_boundaries(mut self, boundaries: &Boundaries) -> Self {
        self.boundaries = boundaries.clone();
        self
    }

    /// From now on writes through this handle and its clones need the lease.
    pub(crate) fn fence(&self, lease: Lease) {
        self.fence.set(lease);
    }

    /// A handle of the same pool whose writes need no lease: for the leases themselves.
    pub(crate) fn unfenced(&self) -> Self {
        Self { fence: Fence::default(), ..self.clone() }
    }

    /// Whether it is the same database, so that one transaction can change what both handles are for.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.target, &other.target)
    }

    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.pool {
            Pool::Postgres(_) => Dialect::Postgres,
            Pool::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// ` FOR UPDATE SKIP LOCKED` where rows can be locked; SQLite's writer holds the whole database.
    pub(crate) fn skip_locked(&self) -> &'static str {
        match self.dialect() {
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
            Dialect::Sqlite => "",
        }
    }

    pub(crate) fn postgres_pool(&self) -> Option<&PgPool> {
        match &self.pool {
            Pool::Postgres(pool) => Some(pool),
            Pool::Sqlite(_) => None,
        }
    }

    /// Starts a statement in this database's dialect.
    pub(crate) fn sql(&self, fragment: &str, args: impl IntoIterator<Item = Arg>) -> Sql {
        let mut sql = Sql::new(self.dialect());
        sql.add(fragment, args);
        sql
    }

    pub(crate) async fn fetch_all(&self, sql: Sql) -> Result<Vec<Row>> {
        let rows = match &self.pool {
            Pool::Postgres(pool) => run!(sql, postgres_arguments, pool, fetch_all)
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
            Pool::Sqlite(pool) => run!(sql, sqlite_arguments, pool, fetch_all)
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
        };
        rows.map_err(|error| classify(error, &self.target))
    }

    pub(crate) async fn fetch_optional(&self, sql: Sql) -> Result<Option<Row>> {
        let row = match &self.pool {
            Pool::Postgres(pool) => run!(sql, postgres_arguments, pool, fetch_optional)
                .map(|row| row.map(Row::Postgres)),
            Pool::Sqlite(pool) => {
                run!(sql, sqlite_arguments, pool, fetch_optional).map(|row| row.map(Row::Sqlite))
            }
        };
        row.map_err(|error| classify(error, &self.target))
    }

    /// Executes a statement and returns how many rows it changed.
    pub(crate) async fn execute(&self, sql: Sql) -> Result<u64> {
        if self.fence.lease().is_some() {
            let mut tx = self.begin().await?;
            let changed = tx.execute(sql).await?;
            tx.commit().await?;
            return Ok(changed);
        }
        self.boundaries.reach();
        let changed = match &self.pool {
            Pool::Postgres(pool) => {
                run!(sql, postgres_arguments, pool, execute).map(|done| done.rows_affected())
            }
            Pool::Sqlite(pool) => {
                run!(sql, sqlite_arguments, pool, execute).map(|done| done.rows_affected())
            }
        };
        changed.map_err(|error| classify(error, &self.target))
    }

    /// Opens a write transaction.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        let lease = self.fence.lease();
        let inner = match &self.pool {
            Pool::Postgres(pool) if lease.is_some() => {
                let begin = AssertSqlSafe(fence::begin_postgres());
                pool.begin_with(begin).await.map(TxInner::Postgres)
            }
            Pool::Postgres(pool) => pool.begin().await.map(TxInner::Postgres),
            Pool::Sqlite(pool) => pool.begin_with("BEGIN IMMEDIATE").await.map(TxInner::Sqlite),
        };
        let inner = inner.map_err(|error| classify(error, &self.target))?;
        let (target, boundaries) = (Arc::clone(&self.target), self.boundaries.clone());
        let mut tx = Tx { inner, target, boundaries };
        if let Some(lease) = lease {
            let question = fence::question(&lease, tx.dialect());
            if tx.fetch_optional(question).await?.is_none() {
                return Err(StorageError::Fenced { name: lease.name.clone(), epoch: lease.epoch });
            }
        }
        Ok(tx)
    }

    pub(crate) async fn close(&self) {
        match &self.pool {
            Pool::Postgres(pool) => pool.close().await,
            Pool::Sqlite(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) fn dialect(&self) -> Dialect {
        match self.inner {
            TxInner::Postgres(_) => Dialect::Postgres,
            TxInner::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Starts a statement in this transaction's dialect.
    pub(crate) fn sql(&self, fragment: &str, args: impl IntoIterator<Item = Arg>) -> Sql {
        let mut sql = Sql::new(self.dialect());
        sql.add(fragment, args);
        sql
    }

    /// ` FOR UPDATE` where rows can be locked; SQLite's writer already holds the whole database.
    pub(crate) fn for_update(&self) -> &'static str {
        match self.dialect() {
            Dialect::Postgres => " FOR UPDATE",
            Dialect::Sqlite => "",
        }
    }

    pub(crate) async fn fetch_all(&mut self, sql: Sql) -> Result<Vec<Row>> {
        let rows = match &mut self.inner {
            TxInner::Postgres(tx) => run!(sql, postgres_arguments, &mut **tx, fetch_all)
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
            TxInner::Sqlite(tx) => run!(sql, sqlite_arguments, &mut **tx, fetch_all)
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
        };
        rows.map_err(|error| classify(error, &self.target))
    }

    pub(crate) async fn fetch_optional(&mut self, sql: Sql) -> Result<Option<Row>> {
        let row = match &mut self.inner {
            TxInner::Postgres(tx) => run!(sql, postgres_arguments, &mut **tx, fetch_optional)
                .map(|row| row.map(Row::Postgres)),
            TxInner::Sqlite(tx) => run!(sql, sqlite_arguments, &mut **tx, fetch_optional)
                .map(|row| row.map(Row::Sqlite)),
        };
        row.map_err(|error| classify(error, &self.target))
    }

    pub(crate) async fn execute(&mut self, sql: Sql) -> Result<u64> {
        let changed = match &mut self.inner {
            TxInner::Postgres(tx) => {
                run!(sql, postgres_arguments, &mut **tx, execute).map(|done| done.rows_affected())
            }
            TxInner::Sqlite(tx) => {
                run!(sql, sqlite_arguments, &mut **tx, execute).map(|done| done.rows_affected())
            }
        };
        changed.map_err(|error| classify(error, &self.target))
    }

    /// Executes a script of several statements without arguments.
    pub(crate) async fn execute_script(&mut self, script: &'static str) -> Result<()> {
        let done = match &mut self.inner {
            TxInner::Postgres(tx) => sqlx::raw_sql(script).execute(&mut **tx).await.map(drop),
            TxInner::Sqlite(tx) => sqlx::raw_sql(script).execute(&mut **tx).await.map(drop),
        };
        done.map_err(|error| classify(error, &self.target))
    }

    pub(crate) async fn commit(self) -> Result<()> {
        self.boundaries.reach();
        let done = match self.inner {
            TxInner::Postgres(tx) => tx.commit().await,
            TxInner::Sqlite(tx) => tx.commit().await,
        };
        done.map_err(|error| classify(error, &self.target))
    }
}

type Encoded<T> = std::result::Result<T, sqlx::error::BoxDynError>;

fn postgres_arguments(args: Vec<Arg>) -> Encoded<PgArguments> {
    let mut arguments = PgArguments::default();
    let text = |arg: &Arg| match arg {
        Arg::Text(Some(text)) => text.len(),
        Arg::Bytes(bytes) => bytes.len(),
        _ => 0,
    };
    arguments.reserve(args.len(), args.iter().map(text).sum());
    for arg in args {
        match arg {
            Arg::Text(value) => arguments.add(value),
            Arg::Int(value) => arguments.add(value),
            Arg::Float(value) => arguments.add(value),
            Arg::Bool(value) => arguments.add(value),
            Arg::Time(value) => arguments.add(value),
            Arg::Bytes(value) => arguments.add(value),
            Arg::Texts(value) => arguments.add(value),
            Arg::Ints(value) => arguments.add(value),
        }?;
    }
    Ok(arguments)
}

fn sqlite_arguments(args: Vec<Arg>) -> Encoded<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for arg in args {
        match arg {
            Arg::Text(value) => arguments.add(value),
            Arg::Int(value) => arguments.add(value),
            Arg::Float(value) => arguments.add(value),
            Arg::Bool(value) => arguments.add(value),
            Arg::Time(value) => arguments.add(value),
            Arg::Bytes(value) => arguments.add(value),
            Arg::Texts(value) => arguments.add(serde_json::Value::from(value).to_string()),
            Arg::Ints(value) => arguments.add(serde_json::Value::from(value).to_string()),
        }?;
    }
    Ok(arguments)
}

/// Gives a driver error the name of its database and recognizes writes to a read-only one.
pub(crate) fn classify(error: sqlx::Error, target: &str) -> StorageError {
    let read_only = match &error {
        // 25006: read_only_sql_transaction; 42501: insufficient_privilege. SQLite: SQLITE_READONLY
        // and its extended codes have 8 in the low byte.
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some("25006" | "42501") => Some(database.message().to_owned()),
            Some(code) => code
                .parse::<u32>()
                .ok()
                .filter(|code| {
                    code & 0xff == 8
                        && database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
                })
                .map(|_| database.message().to_owned()),
            None => None,
        },
        _ => None,
    };
    match read_only {
        Some(reason) => StorageError::ReadOnly { target: target.to_owned(), reason },
        None => StorageError::Database { target: target.to_owned(), source: error },
    }
}
