//! Time. Everything decided and written follows the instance's clock; this adds one that stands still.

use std::time::{SystemTime, UNIX_EPOCH};

use rondel_instance::Clock;
use rondel_model::ids::UnixTime;

/// A clock that stands still: iterations "as of" an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedClock(pub f64);

impl Clock for FixedClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0)
    }
}

/// The machine's time, which a few of Dagster's checks use even where its clock is set.
#[must_use]
pub(crate) fn real_now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
