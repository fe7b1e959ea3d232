//! Fault points: places between two writes at which a test can end the process or raise an error.
//!
//! Given on the command line only. The names are Dagster's (`check_for_debug_crash`), so that its own
//! recovery tests drive them.

use std::collections::HashMap;

use serde_json::Value;

use crate::DaemonError;

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
