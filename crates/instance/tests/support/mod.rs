//! What the integration tests share: the reference Python and ways to ask it.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The interpreter that has dagster installed.
pub fn python() -> PathBuf {
    std::env::var_os("RONDEL_TEST_PYTHON").map(PathBuf::from).expect(
        "RONDEL_TEST_PYTHON is not set: point it at a Python interpreter with dagster, dagster-graphql and \
         dagster-postgres installed",
    )
}

/// Runs a script with the reference Python, feeds it `stdin` and returns what it printed.
pub fn run_python(script: &str, args: &[&str], stdin: &str) -> String {
    let mut child = Command::new(python())
        .arg("-c")
        .arg(script)
        .args(args)
        .env_remove("DAGSTER_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the reference Python starts");
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "python failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
