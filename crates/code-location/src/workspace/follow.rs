//! Following the workspace's files: a location added to or removed from `workspace.yaml` appears or goes
//! without a restart or a click.
//!
//! The text is compared at an interval rather than watched for: a mounted ConfigMap changes by swapping
//! symbolic links, network file systems tell nobody, and a few kilobytes are read in microseconds. A file
//! that is missing or wrong is told once and changes nothing.

use std::path::PathBuf;
use std::sync::Weak;
use std::time::Duration;

use super::Workspace;

/// Applies changes of the files until the workspace is gone.
pub(super) async fn follow(workspace: Weak<Workspace>, files: Vec<PathBuf>, interval: Duration) {
    let mut seen = read(&files).await;
    loop {
        tokio::time::sleep(interval).await;
        let now = read(&files).await;
        let Some(workspace) = workspace.upgrade() else { return };
        if now == seen {
            continue;
        }
        seen = now;
        let _one_at_a_time = workspace.reloading.lock().await;
        match workspace.apply_config() {
            Ok(_) => tracing::info!("the workspace file changed and was applied"),
            Err(error) => tracing::error!(
                %error,
                "the workspace file changed and cannot be used; the locations stay as they were"
            ),
        }
    }
}

async fn read(files: &[PathBuf]) -> Vec<Option<Vec<u8>>> {
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        texts.push(tokio::fs::read(file).await.ok());
    }
    texts
}
