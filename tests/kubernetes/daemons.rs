//! Daemons on a database of their own, with a code server behind an address that stays while servers come and
//! go, as a Service is.

use std::io::{BufRead, BufReader};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::harness::{python, required, rondel, run_python, wait_for};

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
        let database = format!("rondel_kubernetes_{nanos}");
        let arguments = ["create-database", &server, &database];
        let url = run_python("daemons.py", &arguments, directory.path());
        let storage = format!("storage:\n  postgres:\n    postgres_url: {}\n", url.trim());
        let yaml = format!("{storage}telemetry:\n  enabled: false\n{sections}");
        std::fs::write(directory.path().join("dagster.yaml"), yaml).unwrap();
        Self { directory, database }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
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
        let mut child = rondel(self.path())
            .args(["daemon", "run", "--grpc-host", "127.0.0.1"])
            .args(["--grpc-port", &port.to_string()])
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
        Daemon { process: Process(child), said }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Ok(server) = std::env::var("RONDEL_TEST_POSTGRES_URL") {
            run_python("daemons.py", &["drop-database", &server, &self.database], self.path());
        }
    }
}

/// A `rondel daemon run`, and what it says.
pub struct Daemon {
    pub process: Process,
    said: Arc<Mutex<String>>,
}

impl Daemon {
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn wait_until_it_says(&self, text: &str) {
        wait_for(&format!("'{text}'"), Duration::from_secs(60), || {
            self.said().contains(text).then_some(())
        });
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An address that leads to the code server of the moment: new connections go to the newest, those that are
/// there stay until their server ends.
pub struct Service {
    pub port: u16,
    backend: Arc<Mutex<u16>>,
}

impl Service {
    pub fn to(backend: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let backend = Arc::new(Mutex::new(backend));
        let current = Arc::clone(&backend);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let backend = *current.lock().unwrap();
                if let Ok(server) = TcpStream::connect(("127.0.0.1", backend)) {
                    pass_on(client.try_clone().unwrap(), server.try_clone().unwrap());
                    pass_on(server, client);
                }
            }
        });
        Self { port, backend }
    }

    pub fn lead_to(&self, backend: u16) {
        *self.backend.lock().unwrap() = backend;
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        std::io::copy(&mut from, &mut to).ok();
        from.shutdown(Shutdown::Both).ok();
        to.shutdown(Shutdown::Both).ok();
    });
}
