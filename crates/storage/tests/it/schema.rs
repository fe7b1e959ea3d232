//! A fresh database of ours equals one made by Dagster.

use rstest::rstest;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use crate::backend::{Backend, Place};
use crate::python;

/// Tables, columns, constraints, indexes, sequences, stamp and marks, as text lines.
async fn describe_postgres(place: &Place) -> Vec<String> {
    let mut connection = place.postgres().await;
    let mut lines = Vec::new();
    for query in [
        "SELECT concat_ws(' ', 'column', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default)
         FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT concat_ws(' ', 'sequence', sequencename, data_type) FROM pg_sequences WHERE schemaname = 'public'",
        "SELECT 'stamp ' || version_num FROM alembic_version",
        "SELECT 'mark ' || id || ' ' || name || ' ' || (migration_completed IS NOT NULL) FROM secondary_indexes",
        "SELECT 'instance ' || id FROM instance_info",
    ] {
        for row in sqlx::query(query).fetch_all(&mut connection).await.unwrap() {
            lines.push(row.get::<String, _>(0));
        }
    }
    lines.sort();
    lines
}

async fn describe_sqlite(path: &std::path::Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = options.connect().await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'rondel_%'";
    let mut lines = Vec::new();
    for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
        let table: String = table.get(0);
        for (kind, query) in [
            (
                "column",
                "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || coalesce(dflt_value, '-') || ' ' || pk FROM pragma_table_info('T')",
            ),
            (
                "foreign",
                "SELECT \"table\" || ' ' || \"from\" || ' ' || \"to\" || ' ' || on_delete FROM pragma_foreign_key_list('T')",
            ),
            (
                "index",
                "SELECT l.name || ' ' || l.\"unique\" || ' ' || l.origin || ' ' || l.partial || ' ' || i.seqno || ' ' || i.name FROM pragma_index_list('T') l, pragma_index_info(l.name) i",
            ),
        ] {
            let sql = query.replace("'T'", &format!("'{table}'"));
            for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap() {
                lines.push(format!("{kind} {table} {}", row.get::<String, _>(0)));
            }
        }
    }
    for query in [
        "SELECT 'stamp ' || version_num FROM alembic_version",
        "SELECT 'mark ' || id || ' ' || name || ' ' || (migration_completed LIKE '____-__-__ __:__:__.______') FROM secondary_indexes",
        "SELECT 'journal ' || journal_mode FROM pragma_journal_mode",
    ] {
        for row in sqlx::query(query).fetch_all(&mut connection).await.unwrap() {
            lines.push(row.get::<String, _>(0));
        }
    }
    connection.close().await.unwrap();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_fresh_postgres_database_equals_dagsters() {
    let ours = Place::empty(Backend::Postgres).await;
    let theirs = Place::empty(Backend::Postgres).await;
    ours.open().await.run_storage_id().await.unwrap();
    python::run("create", &theirs.location());
    assert_eq!(describe_postgres(&ours).await, describe_postgres(&theirs).await);
}

#[rstest]
#[case("history/runs.db")]
#[case("history/runs/index.db")]
#[case("history/runs/some-run.db")]
#[case("schedules/schedules.db")]
#[tokio::test]
async fn a_fresh_sqlite_file_equals_dagsters(#[case] file: &str) {
    let ours = Place::empty(Backend::Sqlite).await;
    let theirs = Place::empty(Backend::Sqlite).await;
    let storage = ours.open().await;
    storage.events().store_event(&crate::sample::log_entry("some-run", 1.0)).await.unwrap();
    python::run("shard", &theirs.location());
    assert_eq!(
        describe_sqlite(&ours.path().join(file)).await,
        describe_sqlite(&theirs.path().join(file)).await
    );
}
