//! What the integration tests of this crate share.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

pub mod fake;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rondel_code_location::{
    CodeServerOptions, Environment, LocationEntry, Workspace, WorkspaceConfig, WorkspaceFlags,
};

/// Long enough for a loaded machine; no test waits for it when all is well.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The interpreter with dagster installed.
pub fn python() -> PathBuf {
    let python = std::env::var_os("RONDEL_TEST_PYTHON").expect(
        "RONDEL_TEST_PYTHON must name a Python interpreter with dagster installed; \
         `make test` sets it up",
    );
    PathBuf::from(python)
}

/// Definitions of ours.
pub fn definitions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/definitions.py")
}

/// An environment with this current directory and no variable but `HOME`.
pub fn environment(directory: &Path) -> Environment {
    let variables = HashMap::from([("HOME".to_owned(), "/nonexistent".to_owned())]);
    Environment { directory: directory.to_owned(), variables }
}

/// Options with an instance of their own, so that servers do not look for `DAGSTER_HOME`.
pub fn options(home: &Path) -> CodeServerOptions {
    let mut options = CodeServerOptions::new(python());
    options.inject_env_vars_from_instance = false;
    options.environment = vec![("DAGSTER_HOME".into(), home.to_string_lossy().into_owned())];
    options.watch_interval = Duration::from_millis(100);
    options.max_backoff = Duration::from_millis(500);
    options
}

/// A workspace of one `workspace.yaml` with this text.
pub fn workspace_of_yaml(
    directory: &Path,
    yaml: &str,
    options: CodeServerOptions,
) -> Arc<Workspace> {
    let file = directory.join("workspace.yaml");
    std::fs::write(&file, yaml).unwrap();
    let flags = WorkspaceFlags {
        workspace: vec![file.to_string_lossy().into_owned()],
        ..WorkspaceFlags::default()
    };
    let config = WorkspaceConfig::from_flags(&flags, environment(directory)).unwrap();
    Workspace::start(config, options).unwrap()
}

/// Waits until a location satisfies the condition.
pub async fn wait_for(
    workspace: &Workspace,
    name: &str,
    condition: impl Fn(&LocationEntry) -> bool,
) -> Arc<LocationEntry> {
    let mut changes = workspace.subscribe();
    let found = async {
        loop {
            if let Some(entry) = workspace.snapshot().location(name)
                && condition(entry)
            {
                return Arc::clone(entry);
            }
            changes.changed().await.unwrap();
        }
    };
    match tokio::time::timeout(PATIENCE, found).await {
        Ok(entry) => entry,
        Err(_) => panic!("still waiting; {name} is {:?}", workspace.snapshot().location(name)),
    }
}

/// Process ids whose command line contains the text.
pub fn processes_mentioning(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if pid != std::process::id() && String::from_utf8_lossy(&command).contains(text) {
            found.push(pid);
        }
    }
    found
}
