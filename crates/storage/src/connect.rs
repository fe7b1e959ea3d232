//! Opening pools: PostgreSQL with retries while it starts, SQLite files beside Python processes.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::config::{OpenOptions, PostgresConfig};
use crate::db::{Db, classify};
use crate::error::{Result, StorageError};

/// As Dagster's own: concurrent writers may queue long behind the writer lock on slow disks.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const FIRST_RETRY_DELAY: Duration = Duration::from_millis(200);
const LONGEST_RETRY_DELAY: Duration = Duration::from_secs(3);

/// Whether the server can compress by LZ4 (PostgreSQL 14) and nobody has said how it is to compress.
const CAN_COMPRESS_FASTER: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals) AND source = 'default')";
/// What a session stores, above all evaluations and cursors of ten to some hundred kilobytes: the default takes a
/// multiple of the server's time for it, also where nothing can be compressed. Every server that can write LZ4 reads it.
const COMPRESS_FASTER: &str = "SET default_toast_compression = 'lz4'";

/// Connects to PostgreSQL, retrying with backoff what may pass (server starting, network).
pub(crate) async fn postgres(config: &PostgresConfig, options: &OpenOptions) -> Result<Db> {
    let target = config.redacted();
    let connect = config.connect_options(options.read_only)?;
    let started = Instant::now();
    let mut delay = FIRST_RETRY_DELAY;
    let mut attempts = 0;
    loop {
        attempts += 1;
        // Probed outside of the pool, which would itself retry and hide the reason.
        let probe = PgConnection::connect_with(&connect);
        let error = match tokio::time::timeout(config.connect_timeout(), probe).await {
            Ok(Ok(mut connection)) => {
                let fast = !options.read_only
                    && sqlx::query_scalar(CAN_COMPRESS_FASTER)
                        .fetch_one(&mut connection)
                        .await
                        .unwrap_or(false);
                drop(connection.close().await);
                let pool = PgPoolOptions::new()
                    .max_connections(options.max_connections)
                    .acquire_timeout(config.connect_timeout())
                    .idle_timeout(Duration::from_secs(60))
                    .after_connect(move |connection, _| {
                        Box::pin(async move {
                            if fast {
                                drop(connection.execute(COMPRESS_FASTER).await); // as good without
                            }
                            Ok(())
                        })
                    })
                    .connect_lazy_with(connect);
                return Ok(Db::postgres(pool, &target).with_boundaries(&options.boundaries));
            }
            Ok(Err(error)) => error,
            Err(_elapsed) => sqlx::Error::PoolTimedOut,
        };
        if !is_transient(&error) {
            return Err(StorageError::Refused { target, reason: error.to_string() });
        }
        if started.elapsed() + delay > options.connect_deadline {
            return Err(StorageError::Unreachable {
                target,
                attempts,
                seconds: started.elapsed().as_secs_f64(),
                reason: error.to_string(),
            });
        }
        tracing::warn!(%target, %error, attempts, "database not reachable yet, retrying");
        tokio::time::sleep(delay).await;
        delay = (delay * 2).min(LONGEST_RETRY_DELAY);
    }
}

/// Whether waiting may help: everything but a server that answered and said no.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        // 57P03: starting up; 53300: too many connections; class 08: connection trouble.
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| code == "57P03" || code == "53300" || code.starts_with("08")),
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        _ => false,
    }
}

/// How a SQLite file is going to be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SqliteUse {
    pub create: bool,
    pub read_only: bool,
    pub max_connections: u32,
}

/// Opens a SQLite file. The journal mode is set only when the file is made (WAL, as Dagster does):
/// on an existing file that would need the write lock.
pub(crate) async fn sqlite(path: &Path, usage: SqliteUse) -> Result<Db> {
    let target = path.display().to_string();
    let is_new = !path.exists();
    if is_new
        && usage.create
        && let Some(directory) = path.parent()
    {
        std::fs::create_dir_all(directory)
            .map_err(|source| StorageError::Io { path: directory.to_owned(), source })?;
    }
    let mut connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(usage.create)
        .read_only(usage.read_only)
        .busy_timeout(SQLITE_BUSY_TIMEOUT)
        // As in Python's driver: Dagster deletes rows in an order that enforcement would refuse.
        .foreign_keys(false)
        .statement_cache_capacity(200);
    if is_new && usage.create {
        connect = connect.journal_mode(SqliteJournalMode::Wal);
    }
    let pool = SqlitePoolOptions::new()
        .max_connections(usage.max_connections)
        .min_connections(0)
        .idle_timeout(Duration::from_secs(30))
        .acquire_timeout(SQLITE_BUSY_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(connect)
        .await
        .map_err(|error| classify(error, &target))?;
    Ok(Db::sqlite(pool, &target))
}
