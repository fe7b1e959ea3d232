//! Next and previous match of a cron expression on a wall clock without time zone, as croniter finds
//! it: jump column by column (month, day, week day, hour, minute) to the nearest allowed value and
//! start over after each jump, so the cost of a tick does not depend on the distance to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{CronExpr, DAY, HOUR, MINUTE, MONTH, Nth, Value, WEEKDAY};
use crate::wall::{Fields, MICROS, days_from_civil, days_in_month, weekday};
use crate::{CronError, Direction};

/// Dagster leaves croniter's limit of years between two matches at its default.
const MAX_YEARS_BETWEEN_MATCHES: i64 = 50;
const DAYS_BEFORE_LEAP: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A position on the wall clock that walks over the matches of an expression.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    expr: &'a CronExpr,
    micros: i64,
}

#[derive(Clone, Copy)]
struct Days<'a> {
    days: &'a [Value],
    weekdays: &'a [Value],
}

impl<'a> Walk<'a> {
    pub(crate) fn new(expr: &'a CronExpr, wall_micros: i64) -> Self {
        Self { expr, micros: wall_micros }
    }

    /// Moves to the nearest match strictly after (before) the current position; wall microseconds.
    pub(crate) fn step(&mut self, direction: Direction) -> Result<i64, CronError> {
        let days = &self.expr.columns[DAY];
        let weekdays = &self.expr.columns[WEEKDAY];
        let restricts = |values: &[Value]| values.first() != Some(&Value::Star);
        let found = if restricts(days) && restricts(weekdays) {
            // Cron's rule: a day named in either column matches.
            let star: &[Value] = &[Value::Star];
            let by_day = self.search(Days { days, weekdays: star }, direction)?;
            let by_weekday = self.search(Days { days: star, weekdays }, direction)?;
            match direction {
                Direction::Forward => by_day.min(by_weekday),
                Direction::Backward => by_day.max(by_weekday),
            }
        } else {
            self.search(Days { days, weekdays }, direction)?
        };
        self.micros = found * MICROS;
        Ok(self.micros)
    }

    fn search(&self, days: Days<'_>, direction: Direction) -> Result<i64, CronError> {
        let back = direction == Direction::Backward;
        let begin = if back {
            let now = self.micros.div_euclid(MICROS) + i64::from(self.micros % MICROS != 0);
            now - if now.rem_euclid(60) > 0 { 1 } else { 60 }
        } else {
            self.micros.div_euclid(MICROS) + 60
        };
        let begin_year = Fields::of(begin).year;
        let mut at = Fields::of(begin);
        while (at.year - begin_year).abs() <= MAX_YEARS_BETWEEN_MATCHES {
            match self.jump(at, days, back) {
                Some(next) => at = next,
                None => return Ok(Fields { second: 0, ..at }.seconds()),
            }
        }
        Err(CronError::NoMatch { text: self.expr.as_str().to_owned() })
    }

    /// One jump towards the match, `None` when `at` matches.
    fn jump(&self, at: Fields, days: Days<'_>, back: bool) -> Option<Fields> {
        self.jump_month(at, back)
            .or_else(|| jump_day(at, days.days, back))
            .or_else(|| {
                if self.expr.nth.is_empty() {
                    jump_weekday(at, days.weekdays, back)
                } else {
                    jump_nth_weekday(at, &self.expr.nth, back)
                }
            })
            .or_else(|| {
                let hours = nearest(at.hour, &self.expr.columns[HOUR], 24, back)?;
                let moved = Fields::of(at.seconds() + hours * 3600);
                let (minute, second) = if back { (59, 59) } else { (0, 0) };
                Some(Fields { minute, second, ..moved })
            })
            .or_else(|| {
                let minutes = nearest(at.minute, &self.expr.columns[MINUTE], 60, back)?;
                let moved = Fields::of(at.seconds() + minutes * 60);
                Some(Fields { second: if back { 59 } else { 0 }, ..moved })
            })
    }

    fn jump_month(&self, at: Fields, back: bool) -> Option<Fields> {
        let months = nearest(at.month, &self.expr.columns[MONTH], 12, back)?;
        let moved = at.add_months(months);
        Some(if back {
            end_of_day(Fields { day: days_in_month(moved.year, moved.month), ..moved })
        } else {
            start_of_day(Fields { day: 1, ..moved })
        })
    }
}

fn start_of_day(at: Fields) -> Fields {
    Fields { hour: 0, minute: 0, second: 0, ..at }
}

fn end_of_day(at: Fields) -> Fields {
    Fields { hour: 23, minute: 59, second: 59, ..at }
}

fn move_days(at: Fields, days: i64, back: bool) -> Option<Fields> {
    if days == 0 {
        return None;
    }
    let edge = if back { end_of_day(at) } else { start_of_day(at) };
    Some(Fields::of(edge.seconds() + days * 86_400))
}

fn jump_day(at: Fields, days: &[Value], back: bool) -> Option<Fields> {
    let length = days_in_month(at.year, at.month);
    if days.contains(&Value::LastDay) && at.day == length {
        return None;
    }
    let range = if back {
        // croniter takes February of the previous month as 28 days, leap years too.
        DAYS_BEFORE_LEAP[(at.month - 2).rem_euclid(12) as usize]
    } else {
        length
    };
    move_days(at, nearest(at.day, days, range, back)?, back)
}

fn jump_weekday(at: Fields, weekdays: &[Value], back: bool) -> Option<Fields> {
    move_days(at, nearest(at.weekday(), weekdays, 7, back)?, back)
}

fn jump_nth_weekday(
    at: Fields,
    nth_of: &BTreeMap<i64, BTreeSet<Nth>>,
    back: bool,
) -> Option<Fields> {
    let length = days_in_month(at.year, at.month);
    let first_weekday = weekday(days_from_civil(at.year, at.month, 1));
    let ahead = nth_of.iter().flat_map(|(day, nths)| {
        let first = 1 + (day - first_weekday).rem_euclid(7);
        let count = (length - first) / 7 + 1;
        nths.iter().filter_map(move |nth| match nth {
            Nth::Last => Some(first + 7 * (count - 1)),
            Nth::Number(n) => (*n <= count).then(|| first + 7 * (n - 1)),
        })
    });
    let target = if back {
        ahead.filter(|day| *day <= at.day).max()
    } else {
        ahead.filter(|day| *day >= at.day).min()
    };
    let days = match target {
        Some(day) => day - at.day,
        None if back => -at.day,
        None => length - at.day + 1,
    };
    move_days(at, days, back)
}

/// Distance from `x` to the nearest allowed value in the direction, wrapping at `range`;
/// `None` when `x` itself is allowed (or everything is).
fn nearest(x: i64, values: &[Value], range: i64, back: bool) -> Option<i64> {
    if values.contains(&Value::Star) {
        return None;
    }
    let distance =
        if back { nearest_back(x, values, range) } else { nearest_ahead(x, values, range) };
    (distance != 0).then_some(distance)
}

fn nearest_ahead(x: i64, values: &[Value], range: i64) -> i64 {
    for value in values {
        match value {
            Value::LastDay => return range - x,
            Value::Number(n) if *n <= range && *n >= x => return n - x,
            _ => {}
        }
    }
    match values.first() {
        Some(Value::Number(n)) => n - x + range,
        _ => range - x,
    }
}

fn nearest_back(x: i64, values: &[Value], range: i64) -> i64 {
    let numbers = || {
        values.iter().rev().filter_map(|value| match value {
            Value::Number(n) => Some(*n),
            Value::Star | Value::LastDay => None,
        })
    };
    if let Some(n) = numbers().find(|n| *n <= x) {
        return n - x;
    }
    if values.contains(&Value::LastDay) {
        return -x;
    }
    match numbers().find(|n| *n <= range) {
        Some(n) => n - x - range,
        None => -range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(text: &str) -> i64 {
        let stamp: jiff::civil::DateTime = text.parse().unwrap();
        stamp.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_microsecond()
    }

    #[rstest]
    #[case("0 6 30 3 *", "2021-03-29T00:00:00", "2021-03-30T06:00:00", "2020-03-30T06:00:00")]
    #[case("0 0 L * *", "2024-02-10T00:00:00", "2024-02-29T00:00:00", "2024-01-31T00:00:00")]
    #[case("0 0 * * mon#5", "2026-01-01T00:00:00", "2026-03-30T00:00:00", "2025-12-29T00:00:00")]
    #[case("0 0 13 * fri", "2026-11-21T00:00:00", "2026-11-27T00:00:00", "2026-11-20T00:00:00")]
    #[case("59 23 31 12 *", "2026-11-21T00:00:30", "2026-12-31T23:59:00", "2025-12-31T23:59:00")]
    fn finds_the_nearest_match(
        #[case] cron: &str,
        #[case] from: &str,
        #[case] next: &str,
        #[case] previous: &str,
    ) {
        let expr = CronExpr::parse(cron).unwrap();
        let step = |direction| Walk::new(&expr, at(from)).step(direction).unwrap();
        assert_eq!(step(Direction::Forward), at(next));
        assert_eq!(step(Direction::Backward), at(previous));
    }
}
