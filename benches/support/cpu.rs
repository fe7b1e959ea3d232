//! Time of the processor, which other programs on a busy machine do not change, as what Criterion measures.
//!
//! Included by the benches of single crates. Measured is the thread that runs the benchmark.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};

/// Nanoseconds that the thread was executed.
pub struct CpuTime;

/// Of this thread so far, in nanoseconds; zero where the system does not tell.
pub fn used() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

impl Measurement for CpuTime {
    type Intermediate = u64;
    type Value = std::time::Duration;

    fn start(&self) -> u64 {
        used()
    }

    fn end(&self, before: u64) -> Self::Value {
        // Rounds of no time at all are no measurement for Criterion.
        std::time::Duration::from_nanos(used().saturating_sub(before).max(1))
    }

    fn add(&self, one: &Self::Value, other: &Self::Value) -> Self::Value {
        *one + *other
    }

    fn zero(&self) -> Self::Value {
        std::time::Duration::ZERO
    }

    fn to_f64(&self, value: &Self::Value) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
