//! The iterators: one cron string, then unions of several.
//!
//! Dagster has two ways (`dagster/_utils/schedules.py`). Hourly, daily, weekly and monthly strings
//! are iterated by calendar arithmetic (`Common`); all others by croniter on the bare wall clock,
//! translated back into the zone (`General`). Both agree on the rule for clock changes: a
//! skipped time moves to the end of the gap and a repeated time fires on its second pass, except
//! for strings whose hour column is `*`, which skip the former and fire twice in the latter.

use std::collections::VecDeque;

use crate::common::{Common, apply_post_transition};
use crate::search::Walk;
use crate::wall::{MICROS, Wall, Zone, is_leap};
use crate::{CronError, CronExpr, Direction};

/// A tick: its instant and its place on the wall clock (unions are ordered by the latter).
#[derive(Debug, Clone, Copy)]
pub(crate) struct WallTick {
    pub(crate) wall: Wall,
    pub(crate) unix_micros: i64,
}

/// Ticks of one cron string in one zone; endless unless an error ends it.
#[derive(Debug)]
pub(crate) struct ExprTicks<'a> {
    expr: &'a CronExpr,
    zone: &'a Zone,
    direction: Direction,
    /// Ticks must not pass behind it; absent when the iteration starts with an offset.
    guard: Option<i64>,
    source: Source<'a>,
    failed: bool,
}

#[derive(Debug)]
enum Source<'a> {
    Common {
        common: Common,
        at: Wall,
        first: Option<Wall>,
    },
    General(ZonedWalk<'a>),
    /// Ticks of 28 February, of which those in leap years count, a day later.
    LeapDay(Box<ExprTicks<'a>>),
}

impl<'a> ExprTicks<'a> {
    pub(crate) fn new(
        expr: &'a CronExpr,
        zone: &'a Zone,
        start_micros: i64,
        direction: Direction,
        steps_before: usize,
    ) -> Result<Self, CronError> {
        let guard =
            (steps_before == 0 && expr.day_before_leap_day.is_none()).then_some(start_micros);
        let source = if let Some(day_before) = &expr.day_before_leap_day {
            let inner = Self::new(day_before, zone, start_micros, direction, steps_before)?;
            Source::LeapDay(Box::new(inner))
        } else if let Some(common) = Common::of(expr, zone, start_micros) {
            let start = zone.wall_at(start_micros);
            if steps_before == 0 && on_simple_boundary(expr, start) {
                Source::Common { common, at: start, first: Some(start) }
            } else {
                let back = direction.reversed();
                let mut at = common.step(expr, zone, start, back, false)?;
                for _ in 0..steps_before {
                    at = common.step(expr, zone, at, back, true)?;
                }
                Source::Common { common, at, first: None }
            }
        } else {
            let start = zone.wall_at(start_micros);
            let mut back = ZonedWalk::new(expr, zone, start, direction.reversed());
            let mut at = back.step()?;
            for _ in 0..steps_before {
                at = back.step()?;
            }
            Source::General(ZonedWalk::new(expr, zone, at, direction))
        };
        Ok(Self { expr, zone, direction, guard, source, failed: false })
    }

    fn advance(&mut self) -> Result<WallTick, CronError> {
        let wall = match &mut self.source {
            Source::Common { common, at, first } => match first.take() {
                Some(first) => first,
                None => {
                    *at = common.step(self.expr, self.zone, *at, self.direction, true)?;
                    *at
                }
            },
            Source::General(walk) => walk.step()?,
            Source::LeapDay(inner) => loop {
                let day_before = inner.advance()?.wall;
                if is_leap(day_before.fields().year) {
                    break day_before.plus_days(1);
                }
            },
        };
        let unix_micros = self.zone.instant(wall);
        let is_behind = |start: i64| match self.direction {
            Direction::Forward => unix_micros < start,
            Direction::Backward => unix_micros > start,
        };
        if self.guard.is_some_and(is_behind) {
            return Err(CronError::WrongDirection {
                text: self.expr.as_str().to_owned(),
                at: unix_micros.div_euclid(MICROS),
                zone: self.zone.name().to_owned(),
            });
        }
        Ok(WallTick { wall, unix_micros })
    }
}

impl Iterator for ExprTicks<'_> {
    type Item = Result<WallTick, CronError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let tick = self.advance();
        self.failed = tick.is_err();
        Some(tick)
    }
}

/// `0 0 * * *` at midnight and `0 * * * *` on the hour yield their start as it is.
fn on_simple_boundary(expr: &CronExpr, start: Wall) -> bool {
    let fields = start.fields();
    let on_the_hour = start.is_whole_minute() && fields.minute == 0;
    match expr.as_str() {
        "0 0 * * *" => on_the_hour && fields.hour == 0,
        "0 * * * *" => on_the_hour,
        _ => false,
    }
}

/// croniter's walk over the bare wall clock, read in a zone (`_timezone_aware_cron_iter`).
#[derive(Debug)]
struct ZonedWalk<'a> {
    expr: &'a CronExpr,
    zone: &'a Zone,
    walk: Walk<'a>,
    direction: Direction,
    /// The last yielded instant: only what lies beyond it is yielded.
    last_micros: i64,
    pending: VecDeque<Wall>,
}

impl<'a> ZonedWalk<'a> {
    fn new(expr: &'a CronExpr, zone: &'a Zone, start: Wall, direction: Direction) -> Self {
        // An hour back, so that a time that happens twice is considered in full.
        let hour_behind = match direction {
            Direction::Forward => start.micros - 3600 * MICROS,
            Direction::Backward => start.micros + 3600 * MICROS,
        };
        Self {
            expr,
            zone,
            walk: Walk::new(expr, hour_behind),
            direction,
            last_micros: zone.instant(start),
            pending: VecDeque::new(),
        }
    }

    fn step(&mut self) -> Result<Wall, CronError> {
        loop {
            while let Some(wall) = self.pending.pop_front() {
                let instant = self.zone.instant(wall);
                let is_beyond = match self.direction {
                    Direction::Forward => instant > self.last_micros,
                    Direction::Backward => instant < self.last_micros,
                };
                if is_beyond {
                    self.last_micros = instant;
                    return Ok(wall);
                }
            }
            let wall = Wall { micros: self.walk.step(self.direction)?, fold: false };
            if !self.zone.exists(wall) {
                if !self.expr.repeats_every_hour() {
                    self.pending.push_back(apply_post_transition(self.zone, wall));
                }
            } else if !self.zone.is_ambiguous(wall) {
                self.pending.push_back(wall);
            } else if !self.expr.repeats_every_hour() {
                self.pending.push_back(Wall { fold: true, ..wall });
            } else {
                self.consider_both_passes(wall)?;
            }
        }
    }

    /// Collects every match of the repeated time, on both passes, in order of their instants.
    fn consider_both_passes(&mut self, wall: Wall) -> Result<(), CronError> {
        let on_pass = |wall: Wall, second: bool| Wall { fold: second, ..wall };
        let first_seen = self.zone.instant(on_pass(wall, false));
        let second_seen = self.zone.instant(on_pass(wall, true));
        let mut walls = vec![on_pass(wall, true), on_pass(wall, false)];
        let mut current = wall;
        loop {
            let is_across = match self.direction {
                Direction::Forward => self.zone.instant(on_pass(current, false)) >= second_seen,
                Direction::Backward => self.zone.instant(on_pass(current, true)) <= first_seen,
            };
            if is_across {
                break;
            }
            current = Wall { micros: self.walk.step(self.direction)?, fold: false };
            walls.push(on_pass(current, false));
            walls.push(on_pass(current, true));
        }
        walls.sort_by_key(|wall| self.zone.instant(*wall));
        if self.direction == Direction::Backward {
            walls.reverse();
        }
        self.pending.extend(walls);
        Ok(())
    }
}

/// Ticks of one cron string or of a union, in one zone. Endless; after an error it ends.
#[derive(Debug)]
pub struct Ticks<'a> {
    iterators: Vec<ExprTicks<'a>>,
    heads: Vec<WallTick>,
    direction: Direction,
    state: UnionState,
}

#[derive(Debug)]
enum UnionState {
    Unstarted,
    Running,
    Failed,
}

impl<'a> Ticks<'a> {
    pub(crate) fn new(iterators: Vec<ExprTicks<'a>>, direction: Direction) -> Self {
        Self { iterators, heads: Vec::new(), direction, state: UnionState::Unstarted }
    }

    fn advance(&mut self) -> Result<i64, CronError> {
        if let ([only], UnionState::Unstarted) = (self.iterators.as_mut_slice(), &self.state) {
            return only.advance().map(|tick| tick.unix_micros.div_euclid(MICROS));
        }
        if matches!(self.state, UnionState::Unstarted) {
            self.heads =
                self.iterators.iter_mut().map(ExprTicks::advance).collect::<Result<_, _>>()?;
            self.state = UnionState::Running;
        }
        // Times of one zone compare by wall clock in Python, the pass of a repeated hour aside.
        let mut selected = self.heads[0];
        for head in &self.heads[1..] {
            let is_nearer = match self.direction {
                Direction::Forward => head.wall.micros < selected.wall.micros,
                Direction::Backward => head.wall.micros > selected.wall.micros,
            };
            if is_nearer {
                selected = *head;
            }
        }
        for (head, iterator) in self.heads.iter_mut().zip(&mut self.iterators) {
            if head.wall.micros == selected.wall.micros {
                *head = iterator.advance()?;
            }
        }
        Ok(selected.unix_micros.div_euclid(MICROS))
    }
}

impl Iterator for Ticks<'_> {
    type Item = Result<i64, CronError>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.state, UnionState::Failed) {
            return None;
        }
        let tick = self.advance();
        if tick.is_err() {
            self.state = UnionState::Failed;
        }
        Some(tick)
    }
}
