//! The one source of time for decisions and for what is written.

use std::time::{SystemTime, UNIX_EPOCH};

/// A clock, in unix seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Clock {
    /// The machine's.
    Real,
    /// Stands still (`rondel daemon tick --at`).
    At(f64),
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(self) -> f64 {
        match self {
            Self::Real => real_now(),
            Self::At(at) => at,
        }
    }
}

/// The machine's time, which a few of Dagster's checks use even where its clock is frozen.
#[must_use]
pub fn real_now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
