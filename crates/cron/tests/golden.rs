//! Compares every tick with what Dagster's own iterators compute, at test time, over all kinds of
//! cron strings, time zones, clock changes, both directions, and random strings.

#![expect(clippy::unwrap_used, reason = "a test, helpers included")]

use std::process::Command;

use rondel_cron::{CronError, CronSchedule, Direction, Zone};
use serde_json::Value;

fn ours(case: &Value, count: usize) -> Result<Vec<f64>, CronError> {
    let crons: Vec<&str> =
        case["cron"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let schedule = CronSchedule::parse_all(&crons)?;
    let zone = Zone::named(case["zone"].as_str())?;
    let direction = match case["forward"].as_bool() {
        Some(true) => Direction::Forward,
        _ => Direction::Backward,
    };
    let offset = usize::try_from(case["offset"].as_u64().unwrap()).unwrap();
    schedule
        .ticks_with_offset(&zone, case["start"].as_f64().unwrap(), direction, offset)?
        .take(count)
        .map(|tick| tick.map(|t| t as f64))
        .collect()
}

#[test]
fn every_tick_equals_dagsters() {
    let python = std::env::var("RONDEL_TEST_PYTHON")
        .expect("set RONDEL_TEST_PYTHON to a Python interpreter with dagster 1.13 installed");
    let seed = std::env::var("RONDEL_TEST_SEED").unwrap_or_else(|_| "7".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden.py");
    let output = Command::new(&python).arg(script).arg(&seed).output().expect("cannot run Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let text = String::from_utf8(output.stdout).unwrap();
    let mut differences = Vec::new();
    let mut cases = 0;
    for line in text.lines() {
        cases += 1;
        let case: Value = serde_json::from_str(line).unwrap();
        let expected: Option<Vec<f64>> = case["ticks"]
            .as_array()
            .map(|ticks| ticks.iter().map(|tick| tick.as_f64().unwrap()).collect());
        let found = ours(&case, expected.as_ref().map_or(1, Vec::len));
        let is_equal = match (&expected, &found) {
            (Some(expected), Ok(found)) => expected == found,
            (None, Err(_)) => true,
            _ => false,
        };
        if !is_equal {
            differences.push(format!("{line}\n  ours: {found:?}"));
        }
    }
    assert!(cases > 15_000, "the script made only {cases} cases");
    assert!(
        differences.is_empty(),
        "{} of {cases} cases differ:\n{}",
        differences.len(),
        differences[..differences.len().min(12)].join("\n")
    );
}
