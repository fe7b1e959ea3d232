//! Dagster itself, as the judge of what is in a database: a Python process that is asked over its standard input.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::harness::{free_port, python, repository_root, wait_for};

/// Answers requests; see `python/judge.py`.
pub struct Judge {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    pub fn start() -> Self {
        let script = repository_root().join("tests/integration/python/judge.py");
        let mut child = Command::new(python())
            .arg("-W")
            .arg("ignore")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, requests, answers }
    }

    pub fn ask(&mut self, home: &Path, workspace: &Path, mut request: Value) -> Value {
        request["home"] = home.to_str().unwrap().into();
        request["workspace"] = workspace.to_str().unwrap().into();
        writeln!(self.requests, "{request}").unwrap();
        self.requests.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer)
            .unwrap_or_else(|_| panic!("no answer to {request}; see what Python said above"))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A code server that notes which runs it is told to start, instead of starting them.
pub struct CodeServer {
    child: Child,
    folder: PathBuf,
    definitions: PathBuf,
    pub workspace: PathBuf,
    pub port: u16,
}

impl CodeServer {
    /// Serves a file of `tests/integration/python`, copied to `folder`.
    pub fn start(file: &str, folder: &Path, variables: &[(&str, &str)]) -> Self {
        let source = repository_root().join("tests/integration/python").join(file);
        let definitions = folder.join(file);
        std::fs::copy(source, &definitions).unwrap();
        let port = free_port();
        let workspace = folder.join("workspace.yaml");
        let text =
            format!("load_from:\n  - grpc_server:\n      host: 127.0.0.1\n      port: {port}\n");
        std::fs::write(&workspace, text).unwrap();
        let child = Self::spawn(&definitions, port, variables);
        Self { child, folder: folder.to_owned(), definitions, workspace, port }
    }

    fn spawn(definitions: &Path, port: u16, variables: &[(&str, &str)]) -> Child {
        let child = Command::new(python())
            .args(["-m", "dagster", "api", "grpc", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string(), "-f", definitions.to_str().unwrap()])
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for("code server", Duration::from_secs(180), || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        child
    }

    /// Takes it away.
    pub fn stop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Has it come back where it was.
    pub fn start_again(&mut self, variables: &[(&str, &str)]) {
        self.stop();
        self.child = Self::spawn(&self.definitions, self.port, variables);
    }

    /// From now on notes belong to this instance.
    pub fn serve(&self, home: &Path) {
        std::fs::write(self.folder.join("current"), home.to_str().unwrap()).unwrap();
    }
}

impl Drop for CodeServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
