//! Rondel's own tables: schema `rondel` on PostgreSQL, prefix `rondel_` on SQLite.
//!
//! They have a version table of their own and never touch what is Dagster's, so going back to
//! Dagster needs nothing undone.

use crate::db::{Db, Dialect, args};
use crate::error::Result;
use crate::timestamp::Timestamp;

use super::{CREATION_ATTEMPTS, CREATION_DELAY, CREATION_LOCK, has_table, is_creation_elsewhere};

/// A step from one version of our tables to the next.
struct Migration {
    version: i64,
    name: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
}

static MIGRATIONS: [Migration; 1] = [Migration {
    version: 1,
    name: "leases",
    postgres: include_str!("../../../../migrations/rondel/postgres/0001_leases.sql"),
    sqlite: include_str!("../../../../migrations/rondel/sqlite/0001_leases.sql"),
}];

/// Applies what is missing. A version newer than known is left alone: later versions only add.
pub(crate) async fn migrate(db: &Db) -> Result<()> {
    for _ in 1..CREATION_ATTEMPTS {
        match migrate_once(db).await {
            Err(error) if is_creation_elsewhere(&error) => {
                tokio::time::sleep(CREATION_DELAY).await;
            }
            done => return done,
        }
    }
    migrate_once(db).await
}

async fn migrate_once(db: &Db) -> Result<()> {
    let (versions, bootstrap) = match db.dialect() {
        Dialect::Postgres => (
            "rondel.schema_versions",
            "CREATE SCHEMA IF NOT EXISTS rondel;
             CREATE TABLE IF NOT EXISTS rondel.schema_versions (
                 version BIGINT NOT NULL PRIMARY KEY,
                 name TEXT NOT NULL,
                 applied_at TIMESTAMP NOT NULL
             )",
        ),
        Dialect::Sqlite => (
            "rondel_schema_versions",
            "CREATE TABLE IF NOT EXISTS rondel_schema_versions (
                 version INTEGER NOT NULL PRIMARY KEY,
                 name TEXT NOT NULL,
                 applied_at TIMESTAMP NOT NULL
             )",
        ),
    };
    let newest = format!("SELECT COALESCE(MAX(version), 0) FROM {versions}");
    if is_bootstrapped(db).await? {
        let row = db.fetch_optional(db.sql(&newest, [])).await?;
        let applied = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        if applied >= MIGRATIONS.len() as i64 {
            return Ok(());
        }
    }
    let mut tx = db.begin().await?;
    if tx.dialect() == Dialect::Postgres {
        let lock = tx.sql("SELECT pg_advisory_xact_lock(?)", args![CREATION_LOCK]);
        tx.fetch_all(lock).await?;
    }
    tx.execute_script(bootstrap).await?;
    let sql = tx.sql(&newest, []);
    let applied = tx.fetch_optional(sql).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0);
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > applied) {
        tx.execute_script(match tx.dialect() {
            Dialect::Postgres => migration.postgres,
            Dialect::Sqlite => migration.sqlite,
        })
        .await?;
        let mut sql = tx.sql("INSERT INTO ", []);
        sql.push(versions).add(
            " (version, name, applied_at) VALUES (?, ?, ?)",
            args![migration.version, migration.name, Timestamp::now()],
        );
        tx.execute(sql).await?;
    }
    tx.commit().await
}

async fn is_bootstrapped(db: &Db) -> Result<bool> {
    match db.dialect() {
        Dialect::Sqlite => has_table(db, "rondel_schema_versions").await,
        Dialect::Postgres => {
            let sql = db.sql("SELECT to_regclass('rondel.schema_versions') IS NOT NULL", []);
            Ok(db.fetch_optional(sql).await?.map(|row| row.bool(0)).transpose()?.unwrap_or(false))
        }
    }
}
