//! Daemons on a PostgreSQL database of their own, with a code server.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::harness::{free_port, python, required, rondel, run_python, wait_for};

/// Ends a process when dropped.
pub struct Process(pub Child);

impl Process {
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A PostgreSQL database, and a home whose dagster.yaml names it.
pub struct Home {
    pub directory: tempfile::TempDir,
    database: String,
}

impl Home {
    /// `sections` is the rest of dagster.yaml.
    pub fn new(sections: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let server = required("RONDEL_TEST_POSTGRES_URL", "a PostgreSQL superuser's URL");
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let database = format!("rondel_test_{nanos}");
        let arguments = ["create-database", &server, &database];
        let url = run_python("daemons.py", &arguments, directory.path());
        let storage = format!("storage:\n  postgres:\n    postgres_url: {}\n", url.trim());
        let yaml = format!("{storage}telemetry:\n  enabled: false\n");
        std::fs::write(directory.path().join("dagster.yaml"), yaml).unwrap();
        let home = Self { directory, database };
        home.add(sections);
        home
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Adds sections to dagster.yaml.
    pub fn add(&self, sections: &str) {
        let file = self.path().join("dagster.yaml");
        let known = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, known + sections).unwrap();
    }

    pub fn report(&self) -> Value {
        let printed = run_python("daemons.py", &["report"], self.path());
        serde_json::from_str(printed.lines().last().unwrap()).unwrap()
    }

    /// A code server with these definitions, once it answers.
    pub fn code_server(&self, definitions: &str, port: u16) -> Process {
        let file = self.path().join("definitions.py");
        std::fs::write(&file, definitions).unwrap();
        let child = Command::new(python())
            .args(["-m", "dagster", "api", "grpc", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string()])
            .args(["-f", file.to_str().unwrap()])
            .env("DAGSTER_HOME", self.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for("code server", Duration::from_secs(120), || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Process(child)
    }

    pub fn daemon(&self, port: u16) -> Daemon {
        let mut command = rondel(self.path());
        command
            .args(["daemon", "run", "--grpc-host", "127.0.0.1"])
            .args(["--grpc-port", &port.to_string()]);
        Daemon::start(command, free_port())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Ok(server) = std::env::var("RONDEL_TEST_POSTGRES_URL") {
            run_python("daemons.py", &["drop-database", &server, &self.database], self.path());
        }
    }
}

/// A `rondel daemon run`, with what it says and measures.
pub struct Daemon {
    pub process: Process,
    metrics_port: u16,
    said: Arc<Mutex<String>>,
}

impl Daemon {
    /// Starts this `rondel daemon run`, with metrics at that port.
    pub fn start(mut command: Command, metrics_port: u16) -> Self {
        let mut child = command
            .args(["--metrics-address", &format!("127.0.0.1:{metrics_port}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&said);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut text = sink.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { process: Process(child), metrics_port, said }
    }

    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// How long it took to say so.
    pub fn wait_until_it_says(&self, text: &str) -> Duration {
        let began = Instant::now();
        wait_for(&format!("'{text}' in\n{}", self.said()), Duration::from_secs(60), || {
            self.said().contains(text).then_some(())
        });
        began.elapsed()
    }

    /// What the metric with these labels is at.
    pub fn metric(&self, name: &str) -> f64 {
        let url = format!("http://127.0.0.1:{}/metrics", self.metrics_port);
        let text = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
    }
}
