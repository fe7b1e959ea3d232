//! Opening what is missing, old, unknown, read-only or unreachable.

use std::time::{Duration, Instant};

use rondel_storage::{OpenOptions, PostgresConfig, Storage, StorageConfig, StorageError};
use rstest::rstest;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};

use crate::backend::{Backend, Place};
use crate::{python, sample};

async fn alter_runs(place: &Place, statement: &str) {
    let statement = statement.to_owned();
    match place.backend {
        Backend::Postgres => {
            place.postgres().await.execute(AssertSqlSafe(statement)).await.unwrap();
        }
        _ => {
            let path = place.path().join("history/runs.db");
            let options = SqliteConnectOptions::new().filename(path);
            let mut connection = options.connect().await.unwrap();
            connection.execute(AssertSqlSafe(statement)).await.unwrap();
        }
    }
}

async fn error_of(place: &Place, options: OpenOptions) -> StorageError {
    match Storage::open(&place.config(), options).await {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    }
}

#[rstest]
#[tokio::test]
async fn an_unknown_revision_is_refused_unless_allowed_or_only_read(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let place = Place::ready(backend).await;
    place.open().await.close().await;
    alter_runs(&place, "UPDATE alembic_version SET version_num = 'fedcba987654'").await;

    let error = error_of(&place, OpenOptions::default()).await;
    assert!(matches!(error, StorageError::UnknownRevision { .. }), "{error}");
    assert!(error.to_string().contains("fedcba987654"), "{error}");

    let allowed = OpenOptions { allow_unknown_revision: true, ..OpenOptions::default() };
    let storage = Storage::open(&place.config(), allowed).await.unwrap();
    storage.kvs().set_cursor_values([("a", "b")]).await.unwrap();
    storage.close().await;

    let reading = OpenOptions { read_only: true, ..OpenOptions::default() };
    let storage = Storage::open(&place.config(), reading).await.unwrap();
    assert_eq!(storage.kvs().get_cursor_value("a").await.unwrap().as_deref(), Some("b"));
    let error = storage.kvs().set_cursor_values([("a", "c")]).await.unwrap_err();
    assert!(matches!(error, StorageError::ReadOnly { .. }), "{error}");
    let error = storage.events().store_event(&sample::log_entry("r", 1.0)).await.unwrap_err();
    assert!(matches!(error, StorageError::ReadOnly { .. }), "{error}");
}

#[rstest]
#[tokio::test]
async fn tables_of_an_older_dagster_are_refused_with_the_remedy(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let place = Place::ready(backend).await;
    place.open().await.close().await;
    alter_runs(&place, "UPDATE alembic_version SET version_num = '284a732df317'").await;
    alter_runs(&place, "ALTER TABLE bulk_actions DROP COLUMN job_name").await;
    let message = error_of(&place, OpenOptions::default()).await.to_string();
    assert!(message.contains("bulk_actions.job_name"), "{message}");
    assert!(message.contains("dagster instance migrate"), "{message}");
}

#[tokio::test]
async fn an_earlier_revision_with_the_same_tables_is_adopted() {
    let place = Place::ready(Backend::Postgres).await;
    alter_runs(&place, "UPDATE alembic_version SET version_num = '7e2f3204cf8e'").await;
    place.open().await;
}

#[rstest]
#[tokio::test]
async fn missing_tables_are_named_when_creating_them_is_switched_off(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let place = Place::empty(backend).await;
    let options = OpenOptions { create_tables: false, ..OpenOptions::default() };
    let error = error_of(&place, options).await;
    match backend {
        Backend::Postgres => {
            assert!(matches!(error, StorageError::MissingTables { .. }), "{error}")
        }
        _ => assert!(error.to_string().contains("runs.db"), "{error}"),
    }
}

#[tokio::test]
async fn an_unreachable_server_is_retried_and_then_named_without_its_password() {
    let config = PostgresConfig::from_url("postgresql://ann:hunter2@127.0.0.1:1/d").unwrap();
    let options =
        OpenOptions { connect_deadline: Duration::from_millis(700), ..OpenOptions::default() };
    let started = Instant::now();
    let Err(error) = Storage::open(&StorageConfig::postgres(config), options).await else {
        panic!("opened")
    };
    let message = error.to_string();
    assert!(matches!(error, StorageError::Unreachable { attempts: 2.., .. }), "{message}");
    assert!(message.contains("ann@127.0.0.1:1/d"), "{message}");
    assert!(!message.contains("hunter2") && !format!("{error:?}").contains("hunter2"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_missing_database_is_refused_at_once() {
    let url = std::env::var("RONDEL_TEST_POSTGRES_URL").unwrap();
    let config = PostgresConfig::from_url(&url).unwrap().with_database("no_such_database");
    let Err(error) = Storage::open(&StorageConfig::postgres(config), OpenOptions::default()).await
    else {
        panic!("opened")
    };
    assert!(matches!(error, StorageError::Refused { .. }), "{error}");
}

#[rstest]
#[case("postgresql")]
#[case("postgres")]
#[case("postgresql+psycopg2")]
#[tokio::test]
async fn every_scheme_connects(#[case] scheme: &str) {
    let place = Place::ready(Backend::Postgres).await;
    let location = place.location();
    let (_, rest) = location.split_once("://").unwrap();
    let url = format!("{scheme}://{rest}?sslmode=disable&options=-c%20statement_timeout%3D60000");
    let config = StorageConfig::postgres(PostgresConfig::from_url(&url).unwrap());
    let storage = Storage::open(&config, OpenOptions::default()).await.unwrap();
    assert!(storage.runs().get_run("absent").await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn several_processes_may_create_one_database_at_the_same_time(
    #[values(Backend::Sqlite, Backend::Consolidated, Backend::Postgres)] backend: Backend,
) {
    let place = Place::empty(backend).await;
    open_four(&place).await;
}

#[tokio::test]
async fn python_and_rondel_may_create_one_database_at_the_same_time() {
    let place = Place::empty(Backend::Postgres).await;
    let location = place.location();
    let python = tokio::task::spawn_blocking(move || python::run("create", &location));
    // Python needs a while to start.
    while !python.is_finished() {
        let tables = "SELECT COUNT(*) FROM pg_class WHERE relname = 'secondary_indexes'";
        let mut connection = place.postgres().await;
        let count: i64 = sqlx::query_scalar(tables).fetch_one(&mut connection).await.unwrap();
        if count > 0 {
            break;
        }
    }
    open_four(&place).await;
    python.await.unwrap();
}

async fn open_four(place: &Place) {
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let config = place.config();
            tokio::spawn(async move { Storage::open(&config, OpenOptions::default()).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().map(drop).unwrap();
    }
}

#[rstest]
#[case::unless_said_otherwise("", "lz4")]
#[case::as_the_operator_says("?options=-c%20default_toast_compression%3Dpglz", "pglz")]
#[tokio::test]
async fn what_is_large_is_compressed_by_lz4(#[case] options: &str, #[case] expected: &str) {
    let place = Place::ready(Backend::Postgres).await;
    let known =
        "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'";
    let known: Option<bool> =
        sqlx::query_scalar(known).fetch_optional(&mut place.postgres().await).await.unwrap();
    if known != Some(true) {
        return; // PostgreSQL before 14, or built without
    }
    let config = PostgresConfig::from_url(&format!("{}{options}", place.location())).unwrap();
    let storage =
        Storage::open(&StorageConfig::postgres(config), OpenOptions::default()).await.unwrap();
    storage.kvs().set_cursor_values([("large", "a bit of text. ".repeat(10_000))]).await.unwrap();
    let compression: String = sqlx::query_scalar("SELECT pg_column_compression(value) FROM kvs")
        .fetch_one(&mut place.postgres().await)
        .await
        .unwrap();
    assert_eq!(compression, expected);
}
