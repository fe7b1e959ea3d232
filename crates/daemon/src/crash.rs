//! Fault points: places between two writes at which a test can end the process or raise an error.
//!
//! Given on the command line only. The names are Dagster's (`check_for_debug_crash`), so that its own
//! recovery tests drive them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rondel_storage::Boundaries;
use serde_json::Value;

use crate::DaemonError;

/// Counts the boundaries that a process reaches, and kills it (SIGKILL) right before one of them.
#[derive(Debug, Default)]
pub struct BoundaryCount {
    reached: AtomicUsize,
}

impl BoundaryCount {
    /// A count, and what the stores have to be opened with. `kill_at`: the boundary, from one, that the
    /// process does not get over.
    #[must_use]
    pub fn new(kill_at: Option<usize>) -> (Arc<Self>, Boundaries) {
        let count = Arc::new(Self::default());
        let counting = Arc::clone(&count);
        let boundaries = Boundaries::told_to(move || {
            let number = counting.reached.fetch_add(1, Ordering::SeqCst) + 1;
            if kill_at.is_some_and(|last| number >= last) {
                let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
            }
        });
        (count, boundaries)
    }

    /// How many were reached.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }
}

/// Every point of the scheduler, in the order they are reached.
pub const SCHEDULE_POINTS: &[&str] =
    &["TICK_CREATED", "TICK_HELD", "RUN_CREATED", "RUN_LAUNCHED", "RUN_ADDED", "TICK_SUCCESS"];

/// Every point of a sensor's tick.
pub const SENSOR_POINTS: &[&str] = &[
    "TICK_CREATED",
    "TICK_HELD",
    "AUTOMATION_EVALUATIONS_ADDED",
    "RUN_IDS_RESERVED",
    "RUN_CREATED",
    "RUN_LAUNCHED",
    "RUN_IDS_ADDED_TO_EVALUATIONS",
];

/// Every point of a job backfill.
pub const JOB_BACKFILL_POINTS: &[&str] = &["BEFORE_SUBMIT", "AFTER_SUBMIT"];

#[derive(Debug, Clone)]
enum Fault {
    Signal(i32),
    Raise(String),
}

/// The faults armed for an iteration, by instigator (or `""`) and point.
#[derive(Debug, Clone, Default)]
pub struct FaultPoints {
    armed: HashMap<String, HashMap<String, Fault>>,
}

impl FaultPoints {
    /// Reads `{instigator: {POINT: signal or "message"}}`, or `{POINT: signal or "message"}`.
    ///
    /// # Errors
    /// When the JSON has another shape.
    pub fn from_json(text: &str) -> Result<Self, DaemonError> {
        let bad = || {
            DaemonError::Check(
                "fault points must be {instigator: {POINT: signal number or message}}".to_owned(),
            )
        };
        let read = |value: &Value| match (value, value.as_i64()) {
            (_, Some(signal)) => i32::try_from(signal).map(Fault::Signal).map_err(|_| bad()),
            (Value::String(message), _) => Ok(Fault::Raise(message.clone())),
            _ => Err(bad()),
        };
        let parsed: HashMap<String, Value> = serde_json::from_str(text).map_err(|_| bad())?;
        let mut armed: HashMap<String, HashMap<String, Fault>> = HashMap::new();
        for (name, value) in parsed {
            match value {
                Value::Object(points) => {
                    let faults = armed.entry(name).or_default();
                    for (point, value) in points {
                        faults.insert(point, read(&value)?);
                    }
                }
                // Daemons without instigators: the points themselves.
                value => {
                    armed.entry(String::new()).or_default().insert(name, read(&value)?);
                }
            }
        }
        Ok(Self { armed })
    }

    /// Does what is armed for this point, if anything.
    ///
    /// # Errors
    /// [`DaemonError::Injected`] when an error is armed.
    pub fn reach(&self, instigator: &str, point: &str) -> Result<(), DaemonError> {
        match self.armed.get(instigator).and_then(|points| points.get(point)) {
            None => Ok(()),
            Some(Fault::Raise(message)) => Err(DaemonError::Injected(message.clone())),
            Some(Fault::Signal(signal)) => {
                let signal = nix::sys::signal::Signal::try_from(*signal)
                    .map_err(|_| DaemonError::Check(format!("no signal has number {signal}")))?;
                let _ = nix::sys::signal::raise(signal);
                std::thread::sleep(std::time::Duration::from_secs(10));
                Err(DaemonError::Injected("the process outlived its crash signal".to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use rstest::rstest;

    use super::*;

    /// The points that the sources of a daemon reach.
    fn reached(folder: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
        let mut points = BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for call in text.split("faults.reach(").skip(1) {
                let arguments = call.split_once(')').map_or(call, |(arguments, _)| arguments);
                points.extend(call_point(arguments));
                // `sensor.name()` has a parenthesis of its own
                points.extend(call.split_once("?;").and_then(|(all, _)| call_point(all)));
            }
        }
        points
    }

    fn call_point(arguments: &str) -> Option<String> {
        let (_, rest) = arguments.rsplit_once(", \"")?;
        rest.split_once('"').map(|(point, _)| point.to_owned())
    }

    #[rstest]
    #[case("schedule", SCHEDULE_POINTS)]
    #[case("sensor", SENSOR_POINTS)]
    #[case("backfill/job", JOB_BACKFILL_POINTS)]
    fn the_lists_name_every_point_that_the_code_reaches(
        #[case] folder: &str,
        #[case] listed: &[&str],
    ) {
        let listed: BTreeSet<String> = listed.iter().map(|point| (*point).to_owned()).collect();
        assert_eq!(reached(folder), listed);
    }

    #[test]
    fn points_are_armed_by_instigator_or_alone() {
        let faults =
            FaultPoints::from_json(r#"{"a": {"TICK_HELD": "boom"}, "AFTER_SUBMIT": "bang"}"#);
        let faults = faults.unwrap();
        assert!(faults.reach("a", "TICK_CREATED").is_ok());
        assert!(faults.reach("b", "TICK_HELD").is_ok());
        assert_eq!(faults.reach("a", "TICK_HELD").unwrap_err().to_string(), "boom");
        assert_eq!(faults.reach("", "AFTER_SUBMIT").unwrap_err().to_string(), "bang");
        assert!(FaultPoints::from_json("[]").is_err());
    }
}
