//! First and last window as of an instant, with end, end offset and exclusions.

use std::sync::{Mutex, PoisonError};

use rondel_cron::Direction;

use super::windows::Excluded;
use super::{TimeWindow, TimeWindowPartitions, Windows};
use crate::error::{PartitionsError, Result};

/// First and last window as of an instant.
type Bounds = (Option<TimeWindow>, Option<TimeWindow>);

/// The bounds last asked for: questions about many assets come with one definition and one instant, and
/// finding a tick takes longer than most of what is done with it.
#[derive(Debug, Default)]
pub(super) struct KnownBounds(Mutex<Option<(u64, Bounds)>>);

impl Clone for KnownBounds {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl KnownBounds {
    fn at(&self, now: f64, find: impl FnOnce() -> Result<Bounds>) -> Result<Bounds> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, bounds)) = *known()
            && at == now.to_bits()
        {
            return Ok(bounds);
        }
        let bounds = find()?;
        *known() = Some((now.to_bits(), bounds));
        Ok(bounds)
    }
}

impl TimeWindowPartitions {
    fn bounds(&self, now: f64) -> Result<Bounds> {
        self.known_bounds.at(now, || {
            let first = self.find_first(now)?;
            Ok((first, self.find_last(first, now, Excluded::Skip)?))
        })
    }

    /// The first window of the set, if the set has any window as of `now`.
    pub fn first_window(&self, now: f64) -> Result<Option<TimeWindow>> {
        Ok(self.bounds(now)?.0)
    }

    fn find_first(&self, now: f64) -> Result<Option<TimeWindow>> {
        let first = next(&mut self.windows_from(self.start)?)?;
        if self.end.is_some_and(|end| end <= self.start) {
            return Ok(None);
        }
        let limit = match self.end_offset {
            0 => now,
            offset if offset > 0 => {
                let mut windows = self.windows_from(now)?;
                nth(&mut windows, offset.unsigned_abs())?.start as f64
            }
            offset => {
                let mut windows = self.windows_before(now)?;
                nth(&mut windows, offset.unsigned_abs() - 1)?.start as f64
            }
        };
        Ok((first.end as f64 <= limit).then_some(first))
    }

    /// The last window of the set as of `now`.
    pub fn last_window(&self, now: f64) -> Result<Option<TimeWindow>> {
        Ok(self.bounds(now)?.1)
    }

    /// The last window of the set as of `now`, were nothing excluded.
    pub fn last_window_ignoring_exclusions(&self, now: f64) -> Result<Option<TimeWindow>> {
        self.find_last(self.first_window(now)?, now, Excluded::Include)
    }

    fn find_last(
        &self,
        first: Option<TimeWindow>,
        now: f64,
        excluded: Excluded,
    ) -> Result<Option<TimeWindow>> {
        let Some(first) = first else { return Ok(None) };
        let before = |at: f64| self.walk(at, Direction::Backward, excluded);
        if self.end_offset == 0 {
            let limit = self.end.filter(|end| *end < now).unwrap_or(now);
            return next(&mut before(limit)?).map(Some);
        }
        let mut back = before(now)?;
        let last_complete = next(&mut back)?;
        let count = self.end_offset.unsigned_abs();
        let current = if self.end_offset < 0 {
            nth(&mut back, count - 1)?
        } else {
            let after = last_complete.end as f64;
            nth(&mut self.walk(after, Direction::Forward, excluded)?, count - 1)?
        };
        if let Some(end) = self.end {
            let last_before_end = next(&mut before(end)?)?;
            if last_before_end.start <= current.start {
                return Ok(Some(last_before_end));
            }
        }
        Ok(Some(if current.start < first.start { first } else { current }))
    }

    /// The next instant at which another set of windows may exist, in Unix seconds.
    pub fn next_change(&self, now: f64) -> Result<f64> {
        let schedule = self.schedule.next_from(&self.zone, now.floor() + 1.0)? as f64;
        // An end of the definition needs no tick.
        Ok(self.end.filter(|end| *end > now).map_or(schedule, |end| end.min(schedule)))
    }

    /// The window following an instant; with bounds as of `now`, only if it belongs to the set.
    pub fn next_window(&self, from: i64, bounds_at: Option<f64>) -> Result<Option<TimeWindow>> {
        let window = next(&mut self.windows_from(from as f64)?)?;
        let Some(now) = bounds_at else { return Ok(Some(window)) };
        let last = self.last_window(now)?;
        Ok(last.is_some_and(|last| window.start < last.end).then_some(window))
    }

    /// The window preceding an instant; with bounds as of `now`, only if it belongs to the set.
    pub fn previous_window(
        &self,
        before: i64,
        bounds_at: Option<f64>,
    ) -> Result<Option<TimeWindow>> {
        let window = next(&mut self.windows_before(before as f64)?)?;
        let Some(now) = bounds_at else { return Ok(Some(window)) };
        let first = self.first_window(now)?;
        Ok(first.is_some_and(|first| window.start >= first.start).then_some(window))
    }
}

/// The next window of a walk that has no end.
pub(super) fn next(windows: &mut Windows<'_>) -> Result<TimeWindow> {
    windows.next().unwrap_or_else(|| {
        Err(PartitionsError::InvalidDefinition("the cron schedule has no further ticks".into()))
    })
}

/// The window after `count` others.
fn nth(windows: &mut Windows<'_>, count: u64) -> Result<TimeWindow> {
    for _ in 0..count {
        next(windows)?;
    }
    next(windows)
}
