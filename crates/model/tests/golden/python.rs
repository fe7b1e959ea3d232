//! Runs our Python scripts with the interpreter under test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter.
///
/// # Panics
/// When `RONDEL_TEST_PYTHON` is not set.
fn interpreter() -> String {
    std::env::var("RONDEL_TEST_PYTHON").unwrap_or_else(|_| {
        panic!(
            "set RONDEL_TEST_PYTHON to a Python interpreter with dagster and dagster-graphql \
             installed"
        )
    })
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(15).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    assert!(output.status.success(), "{command:?} failed:\n{}", last.join("\n"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a script of ours; the output file is its last argument. Returns its lines.
pub fn run(script: &str, arguments: &[&str]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{script}.jsonl"));
    let mut command = Command::new(interpreter());
    command.arg(path).args(arguments).arg(&out);
    command.env_remove("DAGSTER_HOME");
    succeed(&mut command);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(!text.is_empty(), "{script} wrote nothing");
    text.lines().map(str::to_owned).collect()
}

/// The unpacked source distribution of the installed dagster-graphql.
pub fn graphql_sdist() -> PathBuf {
    if let Ok(given) = std::env::var("RONDEL_TEST_DAGSTER_GRAPHQL_SDIST") {
        return given.into();
    }
    let python = interpreter();
    let version =
        succeed(Command::new(&python).args([
            "-c",
            "from importlib.metadata import version; print(version('dagster-graphql'))",
        ]));
    let version = version.trim();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdists");
    let unpacked = cache.join(format!("dagster_graphql-{version}"));
    if !unpacked.join("PKG-INFO").exists() {
        std::fs::create_dir_all(&cache).unwrap();
        let requirement = format!("dagster-graphql=={version}");
        succeed(
            Command::new(&python)
                .args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"])
                .arg("--dest")
                .arg(&cache)
                .arg(requirement),
        );
        let archive = cache.join(format!("dagster_graphql-{version}.tar.gz"));
        succeed(
            Command::new(&python).args(["-m", "tarfile", "--extract"]).arg(&archive).arg(&cache),
        );
    }
    unpacked
}
