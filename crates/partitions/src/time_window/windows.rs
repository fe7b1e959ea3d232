//! Windows between ticks, forwards and backwards, without the excluded ones.

use rondel_cron::{Direction, Ticks};
use rondel_model::partition::{PersistedTimeWindow, TimestampWithTimezone};
use rondel_model::serdes::Number;

use super::TimeWindowPartitions;
use crate::error::{PartitionsError, Result};

/// A half-open interval of Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeWindow {
    /// First second inside.
    pub start: i64,
    /// First second behind.
    pub end: i64,
}

impl TimeWindow {
    /// An interval.
    pub fn new(start: i64, end: i64) -> Self {
        Self { start, end }
    }

    /// The stored form.
    pub fn to_persisted(self, timezone: &str) -> PersistedTimeWindow {
        PersistedTimeWindow {
            start: persisted(self.start as f64, timezone),
            end: persisted(self.end as f64, timezone),
            ..PersistedTimeWindow::default()
        }
    }

    /// From the stored form; ticks are whole seconds.
    pub fn from_persisted(window: &PersistedTimeWindow) -> Self {
        Self {
            start: window.start.timestamp.as_f64() as i64,
            end: window.end.timestamp.as_f64() as i64,
        }
    }
}

pub(super) fn persisted(seconds: f64, timezone: &str) -> TimestampWithTimezone {
    TimestampWithTimezone {
        timestamp: Number::from(seconds),
        timezone: timezone.to_owned(),
        ..TimestampWithTimezone::default()
    }
}

/// Searching ends behind so many excluded windows; a definition may exclude all of them.
const MAX_EXCLUDED_IN_A_ROW: u32 = 50_000;

fn everything_excluded() -> PartitionsError {
    PartitionsError::InvalidDefinition(format!(
        "its exclusions leave nothing over of {MAX_EXCLUDED_IN_A_ROW} windows in a row"
    ))
}

/// Whether excluded windows are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excluded {
    Skip,
    Include,
}

/// An endless iteration over windows; see [`TimeWindowPartitions::windows_from`].
#[derive(Debug)]
pub struct Windows<'a> {
    ticks: Ticks<'a>,
    direction: Direction,
    /// The edge of the next window that is already known.
    edge: Option<i64>,
    /// Ticks on the wrong side of the start are dropped first.
    start: f64,
    excluded_instants: std::vec::IntoIter<f64>,
    excluded_ticks: Option<Ticks<'a>>,
    next_excluded: (Option<f64>, Option<i64>),
}

impl TimeWindowPartitions {
    /// Windows which start at or after an instant.
    pub fn windows_from(&self, start: f64) -> Result<Windows<'_>> {
        self.walk(start, Direction::Forward, Excluded::Skip)
    }

    /// Windows which end at or before an instant, latest first.
    pub fn windows_before(&self, end: f64) -> Result<Windows<'_>> {
        self.walk(end, Direction::Backward, Excluded::Skip)
    }

    pub(super) fn walk(
        &self,
        start: f64,
        direction: Direction,
        excluded: Excluded,
    ) -> Result<Windows<'_>> {
        let ticks = self.schedule.ticks(&self.zone, start, direction)?;
        let mut instants: Vec<f64> = Vec::new();
        let mut excluded_ticks = None;
        if excluded == Excluded::Skip {
            let is_ahead = |at: &f64| match direction {
                Direction::Forward => *at >= start,
                Direction::Backward => *at <= start,
            };
            instants = self.excluded_instants.iter().copied().filter(is_ahead).collect();
            if direction == Direction::Backward {
                instants.reverse();
            }
            if let Some(schedule) = &self.excluded_schedule {
                excluded_ticks = Some(schedule.ticks(&self.zone, start, direction)?);
            }
        }
        let mut windows = Windows {
            ticks,
            direction,
            edge: None,
            start,
            excluded_instants: instants.into_iter(),
            excluded_ticks,
            next_excluded: (None, None),
        };
        windows.next_excluded = (windows.excluded_instants.next(), windows.next_excluded_tick()?);
        Ok(windows)
    }
}

impl Windows<'_> {
    fn next_excluded_tick(&mut self) -> Result<Option<i64>> {
        let Some(ticks) = &mut self.excluded_ticks else { return Ok(None) };
        Ok(ticks.next().transpose()?)
    }

    fn tick(&mut self) -> Result<Option<i64>> {
        Ok(self.ticks.next().transpose()?)
    }

    fn is_before(&self, left: f64, right: f64) -> bool {
        match self.direction {
            Direction::Forward => left < right,
            Direction::Backward => left > right,
        }
    }

    /// Whether the window starting at this tick is excluded; asked in the order of the walk.
    fn is_excluded(&mut self, start: i64) -> Result<bool> {
        let at = start as f64;
        while let Some(instant) = self.next_excluded.0
            && self.is_before(instant, at)
        {
            self.next_excluded.0 = self.excluded_instants.next();
        }
        while let Some(tick) = self.next_excluded.1
            && self.is_before(tick as f64, at)
        {
            self.next_excluded.1 = self.next_excluded_tick()?;
        }
        Ok(self.next_excluded.0 == Some(at) || self.next_excluded.1 == Some(start))
    }

    fn advance(&mut self) -> Result<Option<TimeWindow>> {
        let mut skipped = 0_u32;
        loop {
            let edge = match self.edge {
                Some(edge) => edge,
                None => {
                    let Some(mut tick) = self.tick()? else { return Ok(None) };
                    while self.is_before(tick as f64, self.start) {
                        let Some(next) = self.tick()? else { return Ok(None) };
                        tick = next;
                    }
                    tick
                }
            };
            let Some(next) = self.tick()? else { return Ok(None) };
            self.edge = Some(next);
            let window = match self.direction {
                Direction::Forward => TimeWindow::new(edge, next),
                Direction::Backward => TimeWindow::new(next, edge),
            };
            if !self.is_excluded(window.start)? {
                return Ok(Some(window));
            }
            skipped += 1;
            if skipped > MAX_EXCLUDED_IN_A_ROW {
                return Err(everything_excluded());
            }
        }
    }
}

impl Iterator for Windows<'_> {
    type Item = Result<TimeWindow>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}
