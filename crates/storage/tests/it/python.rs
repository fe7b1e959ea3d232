//! The real Python, by our script.

use std::process::Command;

/// Runs the script and returns its output.
pub fn run(command: &str, location: &str) -> String {
    let python = std::env::var("RONDEL_TEST_PYTHON").expect(
        "RONDEL_TEST_PYTHON is not set: name a Python interpreter with dagster 1.13.27 and dagster-postgres installed",
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/interop.py");
    let output = Command::new(&python).args([script, command, location]).output().unwrap();
    assert!(
        output.status.success(),
        "{python} {script} {command} {location} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

pub fn dump(location: &str) -> serde_json::Value {
    let text = run("dump", location);
    let line = text.lines().last().unwrap();
    serde_json::from_str(line).unwrap()
}
