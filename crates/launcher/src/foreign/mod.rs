//! A run launcher or run coordinator written in Python, of a class that has no counterpart here (ECS,
//! Celery, one's own): driven in a small Python process beside ours.
//!
//! The process is started with the interpreter of user code, opens the instance of `DAGSTER_HOME` and
//! serves what is asked of it over a Unix socket ([`Bridge`]). It is started again when it ends,
//! with growing pauses; requests wait for that. It ends with this process, also when that is
//! killed, because its standard input is closed then.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::bridge::Bridge;
use crate::error::LaunchError;

const SERVER: &str = include_str!("serve.py");

/// How long a request waits for the process to listen: importing a large launcher takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A process that lived for so long has started well.
const STEADY: Duration = Duration::from_secs(60);

/// A class of `dagster.yaml` that is driven in Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignPart {
    /// The run launcher.
    Launcher,
    /// The run coordinator.
    Coordinator,
}

impl ForeignPart {
    fn name(self) -> &'static str {
        match self {
            Self::Launcher => "launcher",
            Self::Coordinator => "coordinator",
        }
    }
}

/// Starts the Python process for these parts of the instance of a home.
///
/// # Errors
/// No place for its socket.
pub fn start_foreign(
    parts: &[ForeignPart],
    python: &Path,
    home: &Path,
) -> Result<Bridge, LaunchError> {
    let folder = std::env::temp_dir().join(format!(
        "rondel-launcher-{}-{:x}",
        std::process::id(),
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos()
    ));
    std::fs::create_dir(&folder).map_err(|error| LaunchError::Bridge {
        socket: folder.clone(),
        reason: format!("its folder cannot be made: {error}"),
    })?;
    let socket = folder.join("socket");
    let names = parts.iter().map(|part| part.name()).collect();
    let task = tokio::spawn(supervise(python.to_owned(), home.to_owned(), socket.clone(), names));
    Ok(Bridge::to_supervised(&socket, PATIENCE, Supervised { task, folder }))
}

/// Why a class of `dagster.yaml` cannot be used, where its process did not answer.
pub fn not_loaded(class: &str, python: &Path, error: LaunchError) -> LaunchError {
    LaunchError::NotLoaded {
        class: class.to_owned(),
        python: python.display().to_string(),
        reason: match error {
            LaunchError::Bridge { reason, .. } => reason,
            other => other.to_string(),
        },
    }
}

/// The task that keeps the process going; ends it when dropped.
#[derive(Debug)]
pub(crate) struct Supervised {
    task: JoinHandle<()>,
    folder: PathBuf,
}

impl Supervised {
    /// Whether the process is given up.
    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.task.abort();
        // What is left is in the system's folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn supervise(python: PathBuf, home: PathBuf, socket: PathBuf, parts: Vec<&'static str>) {
    let mut pause = FIRST_PAUSE;
    let mut has_served = false;
    loop {
        let started = Instant::now();
        // A socket left by the process before would refuse the next one.
        let _ = std::fs::remove_file(&socket);
        let spawned = Command::new(&python)
            .args(["-u", "-c", SERVER])
            .arg(&socket)
            .args(&parts)
            .env("DAGSTER_HOME", &home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        match spawned {
            Err(error) => {
                let python = python.display();
                tracing::error!(%python, %error, "the process for classes of dagster.yaml cannot be started");
                return;
            }
            Ok(mut child) => {
                // Kept open while the process is wanted.
                let stdin = child.stdin.take();
                let ended = child.wait().await;
                drop(stdin);
                has_served = has_served || socket.exists();
                if !has_served {
                    tracing::error!(?ended, ?parts, "a class of dagster.yaml cannot be loaded");
                    return;
                }
                tracing::error!(
                    ?ended,
                    ?parts,
                    "the process for classes of dagster.yaml ended, starting it again"
                );
            }
        }
        if started.elapsed() >= STEADY {
            pause = FIRST_PAUSE;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
