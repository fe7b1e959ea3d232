//! A container as a local process: its own process group, output in a file, memory watched.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// A running container.
#[derive(Debug)]
pub(crate) struct Container {
    child: Child,
    group: Option<Pid>,
}

/// How a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit {
    /// 128 plus the signal's number for a killed process, as container runtimes report it.
    pub(crate) code: i32,
}

impl Container {
    /// Starts the command with exactly these variables.
    pub(crate) fn start(
        words: &[String],
        variables: &[(String, String)],
        directory: &Path,
        log: &Path,
    ) -> std::io::Result<Self> {
        let output = std::fs::File::create(log)?;
        let errors = output.try_clone()?;
        let (program, arguments) =
            words.split_first().ok_or_else(|| std::io::Error::other("no command specified"))?;
        let search =
            variables.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_str());
        let child = Command::new(resolve(program, search.unwrap_or_default()))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Ok(Self { child, group })
    }

    pub(crate) async fn wait(&mut self) -> Exit {
        use std::os::unix::process::ExitStatusExt;
        let code = match self.child.wait().await {
            Ok(status) => status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1),
            Err(_) => 1,
        };
        // what the command left behind goes with its container
        self.signal(Signal::SIGKILL);
        Exit { code }
    }

    /// Asks to end, then kills after the grace period.
    pub(crate) async fn stop(&mut self, grace: Duration) -> Exit {
        self.signal(Signal::SIGTERM);
        if let Ok(exit) = tokio::time::timeout(grace, self.wait()).await {
            return exit;
        }
        self.kill().await
    }

    pub(crate) async fn kill(&mut self) -> Exit {
        self.signal(Signal::SIGKILL);
        self.wait().await
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // an empty group is fine
            let _ = killpg(group, signal);
        }
    }

    /// Resident memory of the group, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let Some(group) = self.group else { return 0 };
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|entry| {
                let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
                let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
                let of_group = fields.get(2)?.parse::<i32>().ok()? == group.as_raw();
                let pages: u64 = fields.get(21)?.parse().ok()?;
                of_group.then_some(pages * 4096)
            })
            .sum()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if self.child.id().is_some() {
            self.signal(Signal::SIGKILL);
        }
    }
}

/// Looks a program up where its own variables say, not where ours do.
fn resolve(program: &str, path: &str) -> std::path::PathBuf {
    if program.contains('/') {
        return program.into();
    }
    path.split(':')
        .map(|directory| Path::new(directory).join(program))
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| program.into())
}
