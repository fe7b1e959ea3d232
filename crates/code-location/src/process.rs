//! One code-server process of ours: started, watched, stopped, never left behind.
//!
//! The server runs `<python> -m dagster api grpc` on a Unix socket in a private directory, in a
//! process group of its own together with the run workers it spawns. A task reaps it; dropping the
//! handle kills the whole group. Should Rondel itself be killed outright, the server ends by itself
//! once heartbeats stay out. Its output lines go to `tracing` and the last ones into the error when
//! it dies.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::config::PythonTarget;
use crate::options::CodeServerOptions;

/// Output lines kept for error messages.
const TAIL_LINES: usize = 40;

/// A running code-server process.
#[derive(Debug)]
pub(crate) struct CodeServerProcess {
    group: Pid,
    socket: PathBuf,
    command: String,
    tail: Tail,
    exit: watch::Receiver<Option<String>>,
}

type Tail = Arc<Mutex<VecDeque<String>>>;

impl CodeServerProcess {
    /// Starts a server for `target` listening on `socket`. It is not yet ready when this returns.
    pub(crate) fn start(
        name: &str,
        target: &PythonTarget,
        socket: PathBuf,
        options: &CodeServerOptions,
    ) -> std::io::Result<Self> {
        let (python, args) = command_line(name, target, &socket, options);
        let mut command = Command::new(&python);
        command
            .args(&args)
            .envs(options.environment.iter().map(|(key, value)| (key, value)))
            .env_remove("DAGSTER_GRPC_PORT")
            // What user code prints should show when it is printed, pipe or not.
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(path) = search_path_of_virtual_environment(target, &options.python) {
            command.env("PATH", path);
        }
        let mut child = command.spawn()?;
        let raw = child.id().and_then(|id| i32::try_from(id).ok());
        let group =
            Pid::from_raw(raw.ok_or_else(|| std::io::Error::other("the process has no id"))?);
        tracing::debug!(code_location = name, pid = group.as_raw(), "started a code server");

        let tail = Tail::default();
        forward(child.stdout.take(), name, group, &tail);
        forward(child.stderr.take(), name, group, &tail);
        let (exited, exit) = watch::channel(None);
        tokio::spawn(reap(child, name.to_owned(), exited));
        let command = format!("{} {}", python.display(), args.join(" "));
        Ok(Self { group, socket, command, tail, exit })
    }

    /// The socket the server listens on.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// The command line, for error messages.
    pub(crate) fn command(&self) -> &str {
        &self.command
    }

    /// Waits for the end of the process and says how it ended.
    pub(crate) async fn exited(&self) -> String {
        let mut exit = self.exit.clone();
        match exit.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "unknown status".to_owned(),
        }
    }

    /// The last lines the server wrote.
    pub(crate) fn last_output(&self) -> Vec<String> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Ends the process group: waits `grace` for a server that was asked to shut down, then
    /// terminates (run workers record their own interruption on SIGTERM), then kills.
    pub(crate) async fn stop(&self, grace: Option<Duration>) {
        let ended = match grace {
            None => {
                self.exited().await;
                true
            }
            Some(grace) => tokio::time::timeout(grace, self.exited()).await.is_ok(),
        };
        if !ended {
            self.signal(Signal::SIGTERM);
            let _ = tokio::time::timeout(Duration::from_secs(5), self.exited()).await;
        }
        self.signal(Signal::SIGKILL);
        self.exited().await;
        let _ = std::fs::remove_file(&self.socket);
    }

    fn signal(&self, signal: Signal) {
        // No such process is the wished-for state.
        let _ = killpg(self.group, signal);
    }
}

impl Drop for CodeServerProcess {
    fn drop(&mut self) {
        if self.exit.borrow().is_none() {
            self.signal(Signal::SIGKILL);
        }
    }
}

/// The interpreter and arguments Dagster's `open_server_process` would use.
fn command_line(
    name: &str,
    target: &PythonTarget,
    socket: &Path,
    options: &CodeServerOptions,
) -> (PathBuf, Vec<String>) {
    let configured = target.executable_path.as_deref().filter(|path| !path.is_empty());
    let python = configured.map_or_else(|| options.python.clone(), PathBuf::from);
    let mut args: Vec<String> = vec!["-m".into(), "dagster".into()];
    args.extend(options.command.args().iter().map(|&arg| arg.to_owned()));
    args.extend(["--socket".into(), socket.to_string_lossy().into_owned()]);
    args.extend([
        "--heartbeat".into(),
        "--heartbeat-timeout".into(),
        options.heartbeat_timeout.as_secs().max(1).to_string(),
        "--log-level".into(),
        options.log_level.clone(),
    ]);
    if configured.is_some() {
        args.push("--use-python-environment-entry-point".into());
    }
    if options.inject_env_vars_from_instance {
        args.push("--inject-env-vars-from-instance".into());
    }
    if let Some(instance_ref) = &options.instance_ref {
        args.extend(["--instance-ref".into(), instance_ref.clone()]);
    }
    args.extend(["--location-name".into(), name.to_owned()]);
    args.extend(target.cli_args());
    (python, args)
}

/// `PATH` with the directory of a virtual environment's interpreter in front, as if activated.
fn search_path_of_virtual_environment(
    target: &PythonTarget,
    default: &Path,
) -> Option<std::ffi::OsString> {
    let python = target.executable_path.as_deref().map(Path::new).unwrap_or(default);
    let directory = python.parent()?;
    if !directory.parent()?.join("pyvenv.cfg").exists() {
        return None;
    }
    let current = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(directory.to_owned()).chain(std::env::split_paths(&current));
    std::env::join_paths(paths).ok()
}

fn forward(
    stream: Option<impl AsyncRead + Unpin + Send + 'static>,
    name: &str,
    group: Pid,
    tail: &Tail,
) {
    let Some(stream) = stream else { return };
    let (name, tail) = (name.to_owned(), Arc::clone(tail));
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = without_colours(String::from_utf8_lossy(&line).trim_end());
            let pid = group.as_raw();
            if line.contains(" - ERROR - ") || line.contains(" - CRITICAL - ") {
                tracing::error!(target: "code_server", code_location = name, pid, "{line}");
            } else if line.contains(" - WARNING - ") {
                tracing::warn!(target: "code_server", code_location = name, pid, "{line}");
            } else {
                tracing::info!(target: "code_server", code_location = name, pid, "{line}");
            }
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.len() == TAIL_LINES {
                tail.pop_front();
            }
            tail.push_back(line);
        }
    });
}

/// The line without terminal colours, which Dagster's log lines carry even into a pipe.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        let sequence = &rest[at + 2..];
        rest = match sequence.find(|c: char| c.is_ascii_alphabetic()) {
            Some(end) => &sequence[end + 1..],
            None => "",
        };
    }
    plain.push_str(rest);
    plain
}

async fn reap(mut child: Child, name: String, exited: watch::Sender<Option<String>>) {
    let pid = child.id();
    let status = match child.wait().await {
        Ok(status) => describe(status),
        Err(error) => format!("unknown status ({error})"),
    };
    tracing::debug!(code_location = name, pid, status, "a code server ended");
    exited.send_replace(Some(status));
}

/// `exit code 1`, or `signal 9`.
fn describe(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown status".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_the_one_dagster_uses() {
        let target = PythonTarget {
            python_file: Some("defs.py".into()),
            working_directory: Some("/proj".into()),
            ..PythonTarget::default()
        };
        let mut options = CodeServerOptions::new("/usr/bin/python3");
        options.instance_ref = Some("{}".into());
        let (python, args) = command_line("defs.py", &target, Path::new("/tmp/s"), &options);
        assert_eq!(python, Path::new("/usr/bin/python3"));
        assert_eq!(
            args.join(" "),
            "-m dagster api grpc --lazy-load-user-code --socket /tmp/s --heartbeat \
             --heartbeat-timeout 45 --log-level info --inject-env-vars-from-instance \
             --instance-ref {} --location-name defs.py -f defs.py -d /proj"
        );
    }

    #[test]
    fn a_configured_interpreter_is_used_and_announced() {
        let target = PythonTarget {
            executable_path: Some("/venv/bin/python".into()),
            module_name: Some("m".into()),
            ..PythonTarget::default()
        };
        let options = CodeServerOptions::new("/usr/bin/python3");
        let (python, args) = command_line("m", &target, Path::new("/tmp/s"), &options);
        assert_eq!(python, Path::new("/venv/bin/python"));
        assert!(args.contains(&"--use-python-environment-entry-point".to_owned()));
    }

    #[test]
    fn colours_are_taken_out_of_log_lines() {
        let line = "\u{1b}[32m2026\u{1b}[0m - dagster - \u{1b}[34mINFO\u{1b}[0m - hello";
        assert_eq!(without_colours(line), "2026 - dagster - INFO - hello");
    }

    #[tokio::test]
    async fn stopping_a_process_that_does_not_listen_ends_its_whole_group() {
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("python");
        std::fs::write(&script, "#!/bin/sh\ntrap '' TERM\necho ready\nsleep 60 & wait\n").unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = CodeServerOptions::new(&script);
        let process = CodeServerProcess::start(
            "x",
            &PythonTarget::default(),
            directory.path().join("s"),
            &options,
        )
        .unwrap();
        let group = process.group;
        while process.last_output().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(process);
        for _ in 0..200 {
            if killpg(group, None).is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the process group {group} is still alive");
    }
}
