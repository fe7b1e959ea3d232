//! Time. What is decided and written follows the instance's clock, which may be set while we run: by hand, by a
//! time server, or because the machine was asleep. Waits go by a clock that nobody sets, and so do time-outs:
//! [`ClockSteps`] tells how long ago something was of which only the time of day is known.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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

/// A clock that differs by less from the one that nobody sets, in seconds, was only corrected a little.
const TOLERANCE: f64 = 1.0;

/// The most, in seconds, that the clocks of processes on one database are taken to differ by.
const SKEW: f64 = 300.0;

/// Whether a time lies so far ahead that it was written before a clock was set back: less ahead may be what
/// another machine, whose clock is a little fast, has just written.
pub(crate) fn is_from_before_a_step(then: f64, now: f64) -> bool {
    then > now + SKEW
}

/// Steps remembered: of a clock that is set more often the oldest are forgotten.
const REMEMBERED: usize = 64;

/// How often it is looked whether the clock was set while we wait for a time of day.
const LOOK: Duration = Duration::from_secs(1);

/// A moment at which the clock was set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    before: f64,
    after: f64,
}

/// The times at which a clock was set, as found by comparing it with one that nobody sets.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClockSteps {
    looked: Option<(f64, Instant)>,
    steps: Vec<Step>,
}

impl ClockSteps {
    /// Notes what the clock says `now`, at an instant.
    pub(crate) fn look(&mut self, now: f64, at: Instant) {
        if let Some((then, instant)) = self.looked {
            let expected = then + at.saturating_duration_since(instant).as_secs_f64();
            if (now - expected).abs() > TOLERANCE {
                if self.steps.len() == REMEMBERED {
                    self.steps.remove(0);
                }
                self.steps.push(Step { before: expected, after: now });
            }
        }
        self.looked = Some((now, at));
    }

    /// Seconds that have passed since the clock said `then`. A time that it has said twice is taken for the
    /// later one.
    pub(crate) fn since(&self, then: f64, now: f64) -> f64 {
        let (mut passed, mut end) = (0.0, now);
        for step in self.steps.iter().rev() {
            if (step.after..=end).contains(&then) {
                break;
            }
            passed += end - step.after;
            end = step.before;
        }
        passed + (end - then)
    }
}

/// The ages of things, by the instance's clock and by the machine's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ages(Arc<Mutex<[ClockSteps; 2]>>);

impl Ages {
    /// Seconds since the instance's clock, which says `now`, said `then`.
    pub(crate) fn since(&self, then: f64, now: f64) -> f64 {
        self.looked(0, now, |steps| steps.since(then, now))
    }

    /// Seconds since the machine's clock said `then`.
    pub(crate) fn since_by_machine(&self, then: f64) -> f64 {
        let now = real_now();
        self.looked(1, now, |steps| steps.since(then, now))
    }

    /// Compares both clocks with the one that nobody sets.
    pub(crate) fn look(&self, now: f64) {
        self.looked(0, now, |_| ());
        self.looked(1, real_now(), |_| ());
    }

    /// Whether the instance's clock was seen to be set.
    pub(crate) fn clock_was_set(&self, now: f64) -> bool {
        self.looked(0, now, |steps| !steps.steps.is_empty())
    }

    fn looked<T>(&self, which: usize, now: f64, tell: impl FnOnce(&ClockSteps) -> T) -> T {
        let mut clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clocks[which].look(now, Instant::now());
        tell(&clocks[which])
    }
}

/// Waits until the clock says `until`, at most as long as that takes if nobody sets the clock: one that is set
/// back must not make us wait for the time gained.
pub(crate) async fn wait_until(clock: impl Fn() -> f64, until: f64) {
    let begun = tokio::time::Instant::now();
    let most = Duration::from_secs_f64((until - clock()).max(0.0));
    loop {
        let left = most.saturating_sub(begun.elapsed());
        let left_by_clock = Duration::from_secs_f64((until - clock()).max(0.0));
        if left.is_zero() || left_by_clock.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(left_by_clock).min(LOOK)).await;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HOUR: f64 = 3600.0;

    /// A clock that said 1000 at first and was set by `set` 60 s later; 40 s after that it is looked at.
    fn set_once(set: f64) -> (ClockSteps, f64) {
        let mut steps = ClockSteps::default();
        let start = Instant::now();
        steps.look(1000.0, start);
        steps.look(1060.0 + set, start + Duration::from_secs(60));
        let now = 1100.0 + set;
        steps.look(now, start + Duration::from_secs(100));
        (steps, now)
    }

    #[rstest]
    #[case::forward(HOUR)]
    #[case::backward(-HOUR)]
    #[case::a_little(0.5)]
    fn ages_do_not_change_when_the_clock_is_set(#[case] set: f64) {
        let (steps, now) = set_once(set);
        let tolerance = if set.abs() < 1.0 { 0.6 } else { 1e-6 };
        let close = |age: f64, expected: f64| (age - expected).abs() <= tolerance;
        assert!(close(steps.since(1050.0, now), 50.0), "before the step");
        assert!(close(steps.since(1070.0 + set, now), 30.0), "after the step");
        assert!(close(steps.since(900.0, now), 200.0), "before the first look");
        assert_eq!(steps.steps.is_empty(), set.abs() < 1.0);
    }

    #[test]
    fn a_clock_that_was_wrong_for_a_while_makes_nothing_older() {
        let mut steps = ClockSteps::default();
        let start = Instant::now();
        let mut say = |seconds: u64, now: f64| {
            steps.look(now, start + Duration::from_secs(seconds));
        };
        say(0, 1000.0);
        say(10, 1010.0 + HOUR);
        say(20, 1020.0);
        assert_eq!(steps.since(1005.0, 1020.0), 15.0);
        assert_eq!(steps.since(1015.0 + HOUR, 1020.0), 5.0);
    }

    #[rstest]
    #[case::forward(60.0, HOUR)]
    #[case::backward(0.5, -HOUR)]
    #[tokio::test]
    async fn a_wait_ends_soon_when_the_clock_is_set_forward_and_in_time_when_it_is_set_back(
        #[case] until: f64,
        #[case] set: f64,
    ) {
        let start = Instant::now();
        let clock = || {
            let passed = start.elapsed().as_secs_f64();
            if passed > 0.1 { passed + set } else { passed }
        };
        wait_until(clock, until).await;
        let took = start.elapsed();
        assert!((Duration::from_millis(500)..Duration::from_secs(20)).contains(&took), "{took:?}");
    }
}
