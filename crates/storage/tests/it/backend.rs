//! A storage of each kind for one test, removed afterwards.
//!
//! PostgreSQL databases are cloned from a template made once; its name holds a hash of the
//! migrations, so a change of them makes a new one.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU32, Ordering};

use rondel_storage::{OpenOptions, PostgresConfig, Storage, StorageConfig};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Consolidated,
    Postgres,
}

/// A location that lives as long as this value.
pub struct Place {
    pub backend: Backend,
    directory: tempfile::TempDir,
    database: Option<Database>,
}

struct Database {
    server: String,
    name: String,
}

impl Place {
    /// An empty place: nothing created yet.
    pub async fn empty(backend: Backend) -> Self {
        let database = match backend {
            Backend::Postgres => Some(Database::create("").await),
            _ => None,
        };
        Self { backend, directory: tempfile::tempdir().unwrap(), database }
    }

    /// A place with all tables.
    pub async fn ready(backend: Backend) -> Self {
        let database = match backend {
            Backend::Postgres => Some(Database::create(&template().await).await),
            _ => None,
        };
        Self { backend, directory: tempfile::tempdir().unwrap(), database }
    }

    pub fn path(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// As the Python script names it.
    pub fn location(&self) -> String {
        let path = self.path().display();
        match (&self.database, self.backend) {
            (Some(database), _) => database.url(),
            (None, Backend::Consolidated) => format!("consolidated:{path}"),
            (None, _) => path.to_string(),
        }
    }

    pub fn config(&self) -> StorageConfig {
        match (&self.database, self.backend) {
            (Some(database), _) => {
                StorageConfig::postgres(PostgresConfig::from_url(&database.url()).unwrap())
            }
            (None, Backend::Consolidated) => StorageConfig::sqlite_consolidated(self.path()),
            (None, _) => StorageConfig::sqlite(self.path()),
        }
    }

    pub async fn open(&self) -> Storage {
        Storage::open(&self.config(), OpenOptions::default()).await.unwrap()
    }

    pub async fn postgres(&self) -> PgConnection {
        let database = self.database.as_ref().expect("only for PostgreSQL");
        PgConnection::connect(&database.url()).await.unwrap()
    }
}

impl Database {
    fn url(&self) -> String {
        url_of(&self.server, &self.name)
    }

    async fn create(template: &str) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("rondel_storage_test_{}_{number}", std::process::id());
        let server = server();
        let mut admin = PgConnection::connect(&server).await.unwrap();
        let from = if template.is_empty() { "template0" } else { template };
        let sql = format!("CREATE DATABASE {name} TEMPLATE {from}");
        admin.execute(AssertSqlSafe(sql)).await.unwrap();
        Self { server, name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A runtime of its own: a test's runtime cannot block inside itself.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let mut admin = PgConnection::connect(&server).await.unwrap();
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                admin.execute(AssertSqlSafe(sql)).await.unwrap();
            });
        });
        let _ = dropped.join();
    }
}

fn server() -> String {
    std::env::var("RONDEL_TEST_POSTGRES_URL").expect(
        "RONDEL_TEST_POSTGRES_URL is not set: name a PostgreSQL server where databases may be created, e.g. postgresql://postgres@127.0.0.1:5432/postgres",
    )
}

fn url_of(server: &str, database: &str) -> String {
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{database}")
}

/// The name of the template, made by whoever comes first (other test processes may run beside).
async fn template() -> String {
    let mut hasher = DefaultHasher::new();
    for file in ["runs", "event_log", "schedules"] {
        let path = format!("{}/../../migrations/postgres/{file}.sql", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap().hash(&mut hasher);
    }
    let name = format!("rondel_storage_template_{:016x}", hasher.finish());
    let server = server();
    let mut admin = PgConnection::connect(&server).await.unwrap();
    admin.execute("SELECT pg_advisory_lock(7364721)").await.unwrap();
    let sql = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let found = sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut admin).await.unwrap();
    if found.is_none() {
        let building = Database::create("").await;
        let config = StorageConfig::postgres(PostgresConfig::from_url(&building.url()).unwrap());
        let storage = Storage::open(&config, OpenOptions::default()).await.unwrap();
        storage.close().await;
        let sql = format!("ALTER DATABASE {} RENAME TO {name}", building.name);
        admin.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    admin.execute("SELECT pg_advisory_unlock(7364721)").await.unwrap();
    name
}
