//! A run launcher written in Python, of a class that has no counterpart here (ECS, Celery, one's own):
//! driven in a small Python process beside ours.
//!
//! The process is started with the interpreter of user code, opens the instance of `DAGSTER_HOME` and
//! serves its launcher over a Unix socket ([`BridgedRunLauncher`]). It is started again when it ends,
//! with growing pauses; requests wait for that. It ends with this process, also when that is
//! killed, because its standard input is closed then.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::bridge::BridgedRunLauncher;
use crate::error::LaunchError;

const SERVER: &str = include_str!("serve.py");

/// How long a request waits for the process to listen: importing a large launcher takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A process that lived for so long has started well.
const STEADY: Duration = Duration::from_secs(60);

/// Starts the Python process and asks what its launcher can do.
///
/// # Errors
/// The interpreter cannot be started, or the launcher cannot be loaded within a minute (its process has
/// said why on standard error).
pub async fn start_foreign(
    class: &str,
    python: &Path,
    home: &Path,
) -> Result<BridgedRunLauncher, LaunchError> {
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
    let process = Supervised {
        task: tokio::spawn(supervise(python.to_owned(), home.to_owned(), socket.clone())),
        folder,
    };
    let connected = BridgedRunLauncher::connect_to_supervised(&socket, PATIENCE, process).await;
    connected.map_err(|error| LaunchError::NotLoaded {
        class: class.to_owned(),
        python: python.display().to_string(),
        reason: match error {
            LaunchError::Bridge { reason, .. } => reason,
            other => other.to_string(),
        },
    })
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

async fn supervise(python: PathBuf, home: PathBuf, socket: PathBuf) {
    let mut pause = FIRST_PAUSE;
    let mut has_served = false;
    loop {
        let started = Instant::now();
        // A socket left by the process before would refuse the next one.
        let _ = std::fs::remove_file(&socket);
        let spawned = Command::new(&python)
            .args(["-u", "-c", SERVER])
            .arg(&socket)
            .env("DAGSTER_HOME", &home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        match spawned {
            Err(error) => {
                let python = python.display();
                tracing::error!(%python, %error, "the process of the run launcher cannot be started");
                return;
            }
            Ok(mut child) => {
                // Kept open while the process is wanted.
                let stdin = child.stdin.take();
                let ended = child.wait().await;
                drop(stdin);
                has_served = has_served || socket.exists();
                if !has_served {
                    tracing::error!(?ended, "the run launcher cannot be loaded");
                    return;
                }
                tracing::error!(?ended, "the process of the run launcher ended, starting it again");
            }
        }
        if started.elapsed() >= STEADY {
            pause = FIRST_PAUSE;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
