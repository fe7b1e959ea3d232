//! Asking Dagster, and comparing.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::sync_channel;

use rondel_partitions::{Context, PartitionsDefinition};
use serde_json::{Value, json};

/// Python processes that share the cases of a script: one for each of two cores.
const PROCESSES: u64 = 2;

/// The lines that a script under `tests/python` prints, so many by default. `RONDEL_TEST_CASES` asks for
/// another number, `RONDEL_TEST_SEED` for others than always the same.
pub fn cases(script: &str, seed: u64, count: u64) -> impl Iterator<Item = Value> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("RONDEL_TEST_SEED").unwrap_or(seed);
    let count = number("RONDEL_TEST_CASES").unwrap_or(count).div_ceil(PROCESSES);
    let (found, cases) = sync_channel(100);
    for process in 0..PROCESSES {
        let mut process = start(script, seed + process, count);
        let found = found.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(process.stdout.take().unwrap()).lines() {
                let case = serde_json::from_str(&line.unwrap()).unwrap();
                if found.send(Ok(case)).is_err() {
                    return;
                }
            }
            let ended = process.wait().unwrap();
            if !ended.success() {
                let _ = found.send(Err(ended));
            }
        });
    }
    cases.into_iter().map(|case: Result<Value, ExitStatus>| {
        case.expect("the script failed; its output stands above")
    })
}

fn start(script: &str, seed: u64, count: u64) -> Child {
    let python = std::env::var_os("RONDEL_TEST_PYTHON").expect(
        "RONDEL_TEST_PYTHON must name a Python interpreter with dagster installed; \
         `make test` sets it up",
    );
    let script = format!("{}/tests/python/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(python);
    command.args(["-W", "ignore", &script, &seed.to_string(), &count.to_string()]);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// The definition of a case, and the context to ask it in.
pub fn definition_of(case: &Value) -> (PartitionsDefinition, Context) {
    let keys = case["dynamic"].as_array().cloned().unwrap_or_default();
    let context = Context::at(case["now"].as_f64().unwrap())
        .with_dynamic_keys("dyn", keys.iter().map(|key| key.as_str().unwrap().to_owned()));
    (definition(case["snap"].as_str().unwrap()), context)
}

/// A definition from the text of its snapshot.
pub fn definition(snap: &str) -> PartitionsDefinition {
    PartitionsDefinition::from_snap(&rondel_model::serdes::from_text(snap).unwrap()).unwrap()
}

/// A result in the form the scripts print.
pub fn outcome<T: serde::Serialize, E: std::fmt::Display>(result: Result<T, E>) -> Value {
    match result {
        Ok(value) => json!({"ok": value}),
        Err(error) => json!({"error": error.to_string()}),
    }
}

/// The innermost values that differ first.
fn first_difference(ours: &Value, theirs: &Value) -> (Value, Value) {
    match (ours, theirs) {
        (Value::Array(left), Value::Array(right)) => {
            let at = left.iter().zip(right).position(|(l, r)| l != r);
            match at {
                Some(at) => first_difference(&left[at], &right[at]),
                None => (json!([left.len(), left.last()]), json!([right.len(), right.last()])),
            }
        }
        (Value::Object(left), Value::Object(right)) => {
            match left.iter().find_map(|(k, l)| right.get(k).filter(|r| *r != l).map(|r| (l, r))) {
                Some((l, r)) => first_difference(l, r),
                None => (ours.clone(), theirs.clone()),
            }
        }
        _ => (ours.clone(), theirs.clone()),
    }
}

/// Differences found, by question.
#[derive(Default)]
pub struct Mismatches {
    checked: usize,
    found: BTreeMap<String, Vec<String>>,
}

impl Mismatches {
    /// Notes a difference; that both fail is agreement, whatever the words.
    pub fn check(&mut self, case: &Value, what: &str, ours: &Value, theirs: &Value) {
        self.checked += 1;
        if ours == theirs || (ours.get("error").is_some() && theirs.get("error").is_some()) {
            return;
        }
        let kind = what.split(' ').next().unwrap().to_owned();
        let of = format!("{what} of {} at {}", case["snap"].as_str().unwrap(), case["now"]);
        let (ours, theirs) = first_difference(ours, theirs);
        self.found
            .entry(kind)
            .or_default()
            .push(format!("{of}\n  ours   {ours}\n  theirs {theirs}"));
    }

    /// Fails when there was any.
    pub fn report(self) {
        assert!(self.checked > 0, "nothing was compared");
        let mut report = String::new();
        for (kind, found) in &self.found {
            report.push_str(&format!("\n{} times `{kind}`, such as:\n", found.len()));
            for example in found.iter().take(2) {
                report.push_str(&example.chars().take(1200).collect::<String>());
                report.push('\n');
            }
        }
        assert!(self.found.is_empty(), "of {} answers these differ:{report}", self.checked);
    }
}
