//! What the integration tests share: the reference Python, a workspace, an instance, databases.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

pub mod actions;
pub mod normal;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rondel_code_location::{
    CodeServerOptions, Environment, Workspace, WorkspaceConfig, WorkspaceFlags,
};
use rondel_instance::{Home, Instance, InstanceOptions};
use rondel_model::serdes::to_text;
use sqlx::{Connection, Executor, PgConnection};

/// Long enough for a loaded machine; no test waits for it when all is well.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The interpreter that has dagster installed.
pub fn python() -> PathBuf {
    std::env::var_os("RONDEL_TEST_PYTHON").map(PathBuf::from).expect(
        "RONDEL_TEST_PYTHON is not set: point it at a Python interpreter with dagster, \
         dagster-graphql and dagster-postgres installed",
    )
}

/// Runs a script with the reference Python, feeds it `stdin` and returns what it printed.
pub fn run_python(script: &str, args: &[&str], stdin: &str) -> String {
    let mut child = Command::new(python())
        .arg("-c")
        .arg(script)
        .args(args)
        .env_remove("DAGSTER_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the reference Python starts");
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python failed: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// What the runs of the tests execute.
pub fn definitions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/definitions.py")
}

/// A database of its own on the shared server, dropped with this value.
pub struct Database {
    server: String,
    name: String,
    pub url: String,
}

impl Database {
    pub async fn create() -> Self {
        let server = std::env::var("RONDEL_TEST_POSTGRES_URL").expect(
            "RONDEL_TEST_POSTGRES_URL is not set: point it at a PostgreSQL server on which \
             databases may be created",
        );
        let name = format!("rondel_instance_{}", uuid::Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(create).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{base}/{name}"), server, name }
    }

    pub async fn drop(self) {
        let mut connection = PgConnection::connect(&self.server).await.unwrap();
        let drop =
            sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        connection.execute(drop).await.unwrap();
    }
}

/// An instance with a code server for the test definitions.
pub struct Rig {
    pub home: tempfile::TempDir,
    pub instance: Arc<Instance>,
    pub workspace: Arc<Workspace>,
}

impl Rig {
    pub async fn start(dagster_yaml: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self::start_in(home, dagster_yaml, InstanceOptions::default()).await
    }

    pub async fn start_in(
        home: tempfile::TempDir,
        dagster_yaml: &str,
        options: InstanceOptions,
    ) -> Self {
        std::fs::write(home.path().join("dagster.yaml"), dagster_yaml).unwrap();
        let found = Home::from_variable(&home.path().to_string_lossy()).unwrap();
        let instance = Instance::open(found, options).await.unwrap();
        let workspace = Self::workspace(&instance, home.path());
        let snapshot = workspace.wait_until_loaded(PATIENCE).await;
        for entry in snapshot.locations() {
            assert!(entry.is_ready(), "{:?}", entry.error());
        }
        Self { home, instance, workspace }
    }

    pub async fn open(home: &Path) -> Arc<Instance> {
        let home = Home::from_variable(&home.to_string_lossy()).unwrap();
        Instance::open(home, InstanceOptions::default()).await.unwrap()
    }

    fn workspace(instance: &Instance, home: &Path) -> Arc<Workspace> {
        let definitions = definitions();
        let flags = WorkspaceFlags {
            python_file: vec![definitions.to_string_lossy().into_owned()],
            ..WorkspaceFlags::default()
        };
        let variables = HashMap::from([("HOME".to_owned(), "/nonexistent".to_owned())]);
        let directory = definitions.parent().unwrap().to_owned();
        let environment = Environment { directory, variables };
        let config = WorkspaceConfig::from_flags(&flags, environment).unwrap();
        let mut options = CodeServerOptions::new(python());
        options.instance_ref = Some(to_text(instance.instance_ref()));
        options.inject_env_vars_from_instance = false;
        let dagster_home = home.to_string_lossy().into_owned();
        options.environment = vec![("DAGSTER_HOME".into(), dagster_home)];
        Workspace::start(config, options).unwrap()
    }

    pub async fn stop(self) {
        self.instance.shutdown().await;
        self.workspace.shutdown().await;
    }
}
