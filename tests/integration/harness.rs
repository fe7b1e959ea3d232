//! Starts real `rondel` processes on real Python code and talks to them as a user would: over HTTP and
//! through the command line.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The program under test: the one just built, or another one (say, a release build) by `RONDEL_TEST_BINARY`.
pub fn binary() -> PathBuf {
    std::env::var_os("RONDEL_TEST_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_rondel").into(), PathBuf::from)
}

/// The interpreter that user code runs on.
pub fn python() -> PathBuf {
    PathBuf::from(required("RONDEL_TEST_PYTHON", "an interpreter with Dagster installed"))
}

/// A variable that `tests/support/with-services.sh` sets.
pub fn required(name: &str, what: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set ({what}): run tests through tests/support/with-services.sh")
    })
}

pub fn repository_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

pub fn quickstart() -> PathBuf {
    repository_root().join("examples/quickstart/definitions.py")
}

/// Waits until `probe` gives something.
pub fn wait_for<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(start.elapsed() < limit, "no {what} within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A `rondel` command with the environment of a user who has activated the Python environment.
pub fn rondel(home: &Path) -> Command {
    let mut command = Command::new(binary());
    let bin = python().parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("DAGSTER_HOME", home)
        .env("QUICKSTART_DATA", home.join("quickstart-data"))
        .env("DAGSTER_DISABLE_TELEMETRY", "yes")
        .env_remove("RUST_BACKTRACE")
        .current_dir(home);
    command
}

/// A running server process; killed with everything below it at the end.
pub struct Server {
    pub child: Child,
    pub url: String,
    pub home: PathBuf,
    pub started: Instant,
    stderr: Arc<Mutex<String>>,
    _home_guard: Option<tempfile::TempDir>,
}

impl Server {
    /// `rondel dev` of the quickstart in a home of its own.
    pub fn dev_of_quickstart() -> Self {
        let file = quickstart();
        Self::start(None, "", &["dev", "-f", file.to_str().unwrap()])
    }

    /// Starts `rondel ARGS -p 0` in `home` (a new one when absent) with this dagster.yaml, and waits for
    /// the address that it prints.
    pub fn start(home: Option<&Path>, dagster_yaml: &str, args: &[&str]) -> Self {
        let guard = home.is_none().then(|| tempfile::tempdir().unwrap());
        let home = home.map_or_else(|| guard.as_ref().unwrap().path().to_owned(), Path::to_owned);
        if !dagster_yaml.is_empty() {
            std::fs::write(home.join("dagster.yaml"), dagster_yaml).unwrap();
        }
        let started = Instant::now();
        let mut child = rondel(&home)
            .args(args)
            .args(["-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let sink = Arc::clone(&stderr);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut text = sink.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        let mut server =
            Self { child, url: String::new(), home, started, stderr, _home_guard: guard };
        server.url = wait_for("address on stderr", Duration::from_secs(60), || {
            if let Ok(Some(status)) = server.child.try_wait() {
                panic!("rondel {args:?} ended with {status}:\n{}", server.stderr());
            }
            let text = server.stderr();
            let start = text.find("http://127.0.0.1:")?;
            let url: String =
                text[start..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect();
            text[start..].contains('\n').then_some(url)
        });
        server
    }

    pub fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Runs a GraphQL operation and returns its data; panics on errors.
    pub fn graphql(&self, query: &str, variables: Value) -> Value {
        let mut response = ureq::post(format!("{}/graphql", self.url))
            .send_json(json!({ "query": query, "variables": variables }))
            .unwrap_or_else(|error| panic!("{error}\n{}", self.stderr()));
        let body: Value = response.body_mut().read_json().unwrap();
        assert!(body["errors"].is_null(), "{}\n{}", body["errors"], self.stderr());
        body["data"].clone()
    }

    /// Waits until no code location is loading.
    pub fn wait_until_loaded(&self) {
        wait_for("loaded workspace", Duration::from_secs(180), || {
            let data = self.graphql(
                "{ locationStatusesOrError { ... on WorkspaceLocationStatusEntries { entries { loadStatus } } } }",
                json!({}),
            );
            let entries = data["locationStatusesOrError"]["entries"].as_array()?.clone();
            entries.iter().all(|entry| entry["loadStatus"] == "LOADED").then_some(())
        });
    }

    /// Runs an operator command against this server.
    pub fn command(&self, args: &[&str]) -> Output {
        rondel(&self.home).args(args).env("RONDEL_URL", &self.url).output().unwrap()
    }

    /// As [`Self::command`], expecting success; returns what it printed.
    pub fn succeed(&self, args: &[&str]) -> String {
        let output = self.command(args);
        assert!(
            output.status.success(),
            "rondel {args:?}: {}\n{}\nserver:\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            self.stderr()
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn run_status(&self, run_id: &str) -> String {
        let data = self.graphql(
            "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }",
            json!({ "id": run_id }),
        );
        data["runOrError"]["status"].as_str().unwrap_or_default().to_owned()
    }

    /// Resident memory of the server process itself, in MiB.
    pub fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// The processes whose ancestor is this server.
    pub fn descendants(&self) -> Vec<u32> {
        let mut found = vec![self.child.id()];
        let mut next = 0;
        while next < found.len() {
            // A child belongs to the thread that started it.
            let tasks = std::fs::read_dir(format!("/proc/{}/task", found[next]));
            for task in tasks.into_iter().flatten().flatten() {
                let text =
                    std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
                found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            }
            next += 1;
        }
        found.remove(0);
        found
    }

    /// Sends SIGTERM and waits for the end.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        wait_for("end after SIGTERM", Duration::from_secs(60), || self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().ok().flatten().is_none() {
            self.terminate();
        }
    }
}

/// Runs a Python script of this folder and returns its stdout; panics with its stderr if it fails.
pub fn run_python(script: &str, args: &[&str], home: &Path) -> String {
    let path = repository_root().join("tests/integration/python").join(script);
    let output = Command::new(python())
        .arg(path)
        .args(args)
        .env("DAGSTER_HOME", home)
        .env("DAGSTER_DISABLE_TELEMETRY", "yes")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A port of the loopback that nothing listens on just now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
