//! Cron schedules with time zones, exactly as Dagster iterates them.
//!
//! Mirrors `dagster/_utils/schedules.py` together with the croniter version Dagster vendors: which
//! strings are valid, which instants they name, and what happens when clocks change. Pure: no
//! clock, no I/O; the start of an iteration comes in as unix seconds. A tick costs a few calendar
//! steps, however far away it is. Errors name the cron string and the column.
//!
//! ```
//! use rondel_cron::{CronSchedule, Direction, Zone};
//!
//! let schedule = CronSchedule::parse("30 2 * * *")?;
//! let berlin = Zone::named(Some("Europe/Berlin"))?;
//! let first = schedule.ticks(&berlin, 1_774_656_000.0, Direction::Forward)?.next();
//! assert_eq!(first, Some(Ok(1_774_661_400)));
//! # Ok::<(), rondel_cron::CronError>(())
//! ```

mod common;
mod error;
mod expr;
mod search;
mod ticks;
mod wall;

pub use error::CronError;
pub use expr::CronExpr;
pub use ticks::Ticks;
pub use wall::Zone;

use ticks::ExprTicks;

/// Which way an iteration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Ticks at or after the start.
    Forward,
    /// Ticks at or before the start.
    Backward,
}

impl Direction {
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// One cron string, or several whose ticks are merged (Dagster's cron union).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CronSchedule {
    exprs: Vec<CronExpr>,
}

impl CronSchedule {
    /// A schedule of one cron string.
    ///
    /// # Errors
    /// [`CronError`] when Dagster's `is_valid_cron_string` refuses it.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        Ok(Self { exprs: vec![CronExpr::parse(text)?] })
    }

    /// A union of cron strings; instants named by several of them fire once.
    ///
    /// # Errors
    /// [`CronError`] for the first invalid string, [`CronError::Empty`] for none.
    pub fn parse_all<S: AsRef<str>>(texts: &[S]) -> Result<Self, CronError> {
        if texts.is_empty() {
            return Err(CronError::Empty);
        }
        let exprs =
            texts.iter().map(|text| CronExpr::parse(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { exprs })
    }

    /// The cron strings.
    #[must_use]
    pub fn exprs(&self) -> &[CronExpr] {
        &self.exprs
    }

    /// Unix seconds of the ticks at or after (before) `start`, nearest first
    /// (`schedule_execution_time_iterator`).
    ///
    /// # Errors
    /// [`CronError::OutOfRange`] for a start that is no instant; [`CronError::NoMatch`] for a
    /// string without a match near it.
    pub fn ticks<'a>(
        &'a self,
        zone: &'a Zone,
        start: f64,
        direction: Direction,
    ) -> Result<Ticks<'a>, CronError> {
        self.ticks_with_offset(zone, start, direction, 0)
    }

    /// Like [`Self::ticks`], beginning `steps_before` ticks earlier than the one `ticks` begins
    /// with (`start_offset` of `cron_string_iterator`, negated).
    ///
    /// # Errors
    /// As [`Self::ticks`].
    pub fn ticks_with_offset<'a>(
        &'a self,
        zone: &'a Zone,
        start: f64,
        direction: Direction,
        steps_before: usize,
    ) -> Result<Ticks<'a>, CronError> {
        let micros = unix_micros(start)?;
        let iterators = self
            .exprs
            .iter()
            .map(|expr| ExprTicks::new(expr, zone, micros, direction, steps_before))
            .collect::<Result<_, _>>()?;
        Ok(Ticks::new(iterators, direction))
    }

    /// The first tick at or after `start` (`get_next_cron_tick`).
    ///
    /// # Errors
    /// As [`Self::ticks`].
    pub fn next_from(&self, zone: &Zone, start: f64) -> Result<i64, CronError> {
        self.first(zone, start, Direction::Forward)
    }

    /// The last tick at or before `start` (`get_latest_completed_cron_tick`).
    ///
    /// # Errors
    /// As [`Self::ticks`].
    pub fn prev_from(&self, zone: &Zone, start: f64) -> Result<i64, CronError> {
        self.first(zone, start, Direction::Backward)
    }

    fn first(&self, zone: &Zone, start: f64, direction: Direction) -> Result<i64, CronError> {
        let mut ticks = self.ticks(zone, start, direction)?;
        ticks.next().unwrap_or(Err(CronError::OutOfRange(start)))
    }
}

/// Python's `fromtimestamp` rounds to the nearest microsecond, half to even.
fn unix_micros(seconds: f64) -> Result<i64, CronError> {
    const LIMIT: f64 = 250_000_000_000.0;
    if !seconds.is_finite() || seconds.abs() > LIMIT {
        return Err(CronError::OutOfRange(seconds));
    }
    let whole = seconds.floor();
    let micros = ((seconds - whole) * 1e6).round_ties_even();
    Ok(whole as i64 * wall::MICROS + micros as i64)
}
