//! What the real dagster-k8s package makes of cases, by a script of this folder that reads and writes JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

pub fn expected(script: &str, cases: &[Value]) -> Vec<Value> {
    let python = std::env::var("RONDEL_TEST_PYTHON")
        .expect("RONDEL_TEST_PYTHON is not set: run tests through tests/support/with-services.sh");
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python");
    let mut child = Command::new(python)
        .arg(format!("{scripts}/{script}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(cases).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
