//! Hourly, daily, weekly and monthly cron strings by calendar arithmetic, as Dagster's
//! `_find_schedule_time` does it, clock changes included.

use crate::expr::{CronExpr, DAY, HOUR, MINUTE, MONTH, WEEKDAY};
use crate::wall::{Fields, MICROS, Wall, Zone};
use crate::{CronError, Direction};

/// Later days do not exist in every month.
const LAST_DAY_OF_EVERY_MONTH: i64 = 28;
const MINUTE_MICROS: i64 = 60 * MICROS;
const HOUR_MICROS: i64 = 60 * MINUTE_MICROS;

/// Which of the common shapes a cron string has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Common {
    Hourly { minutes: Vec<i64>, by_zone_minute: bool },
    Daily { hour: i64, minute: i64, weekdays: Vec<i64> },
    Weekly { hour: i64, minute: i64, weekday: i64 },
    Monthly { hour: i64, minute: i64, day: i64 },
}

impl Common {
    /// The shape, if the string has one. The zone's offset decides whether the minutes of an
    /// hourly string are those of the zone; Dagster looks at the offset when it first meets the zone,
    /// here it is the one at the start of the iteration (they differ for Lord Howe only).
    pub(crate) fn of(expr: &CronExpr, zone: &Zone, start_micros: i64) -> Option<Self> {
        if !expr.nth.is_empty() {
            return None;
        }
        let stars = |columns: &[usize]| columns.iter().all(|c| expr.is_star(*c));
        let minute = expr.single(MINUTE);
        let hour = expr.single(HOUR);
        if let (Some(minute), Some(hour)) = (minute, hour) {
            if let Some(day) = expr.single(DAY)
                && stars(&[MONTH, WEEKDAY])
                && day <= LAST_DAY_OF_EVERY_MONTH
            {
                return Some(Self::Monthly { hour, minute, day });
            }
            if stars(&[DAY, MONTH]) {
                if let Some(weekday) = expr.single(WEEKDAY) {
                    return Some(Self::Weekly { hour, minute, weekday });
                }
                if expr.is_star(WEEKDAY) {
                    return Some(Self::Daily { hour, minute, weekdays: Vec::new() });
                }
                return expr.numbers(WEEKDAY).map(|weekdays| Self::Daily {
                    hour,
                    minute,
                    weekdays,
                });
            }
        }
        let minutes = expr.numbers(MINUTE).filter(|_| stars(&[HOUR, DAY, MONTH, WEEKDAY]))?;
        let by_zone_minute = zone.offset_at(start_micros.div_euclid(MICROS)) % 3600 != 0;
        Some(Self::Hourly { minutes, by_zone_minute })
    }

    /// The tick after (before) `at`. `on_boundary` tells that `at` is a tick already.
    pub(crate) fn step(
        &self,
        expr: &CronExpr,
        zone: &Zone,
        at: Wall,
        direction: Direction,
        on_boundary: bool,
    ) -> Result<Wall, CronError> {
        let forward = direction == Direction::Forward;
        let sign = if forward { 1 } else { -1 };
        match self {
            Self::Hourly { minutes, by_zone_minute } => {
                Ok(step_hourly(zone, at, minutes, *by_zone_minute, forward, on_boundary))
            }
            Self::Daily { hour, minute, weekdays } => {
                let time = TimeOfDay { hour: *hour, minute: *minute };
                let mut at = at;
                let mut on_boundary = on_boundary;
                for _ in 0..10 {
                    at = step_daily(zone, at, time, sign, on_boundary);
                    if weekdays.is_empty() || weekdays.contains(&at.fields().weekday()) {
                        return Ok(at);
                    }
                    on_boundary = true;
                }
                Err(CronError::NoMatch { text: expr.as_str().to_owned() })
            }
            Self::Weekly { hour, minute, weekday } => {
                let time = TimeOfDay { hour: *hour, minute: *minute };
                Ok(step_weekly(zone, at, time, *weekday, sign, on_boundary))
            }
            Self::Monthly { hour, minute, day } => {
                let time = TimeOfDay { hour: *hour, minute: *minute };
                let mut moved = if on_boundary { at } else { time.on_day(zone, at, *day) };
                if on_boundary || !is_beyond(zone, moved, at, sign) {
                    moved = moved.plus_months(sign);
                }
                if !time.is_at(moved) {
                    moved = time.on_day(zone, moved, *day);
                }
                Ok(settle(zone, moved))
            }
        }
    }
}

#[derive(Clone, Copy)]
struct TimeOfDay {
    hour: i64,
    minute: i64,
}

impl TimeOfDay {
    fn is_at(self, wall: Wall) -> bool {
        let fields = wall.fields();
        fields.hour == self.hour && fields.minute == self.minute
    }

    /// This time on a day of the month of `wall`.
    fn on_day(self, zone: &Zone, wall: Wall, day: i64) -> Wall {
        let fields =
            Fields { day, hour: self.hour, minute: self.minute, second: 0, ..wall.fields() };
        settle(zone, Wall::from_fields(fields, wall.fold))
    }

    fn on_same_day(self, zone: &Zone, wall: Wall) -> Wall {
        self.on_day(zone, wall, wall.fields().day)
    }
}

fn is_beyond(zone: &Zone, moved: Wall, at: Wall, sign: i64) -> bool {
    (zone.instant(moved) - zone.instant(at)) * sign > 0
}

fn step_daily(zone: &Zone, at: Wall, time: TimeOfDay, sign: i64, on_boundary: bool) -> Wall {
    let is_in_place = on_boundary && at.is_whole_minute() && time.is_at(at);
    let mut moved = if is_in_place { at } else { time.on_same_day(zone, at) };
    if on_boundary || !is_beyond(zone, moved, at, sign) {
        moved = moved.plus_days(sign);
    }
    if !time.is_at(moved) {
        moved = time.on_same_day(zone, moved);
    }
    settle(zone, moved)
}

fn step_weekly(
    zone: &Zone,
    at: Wall,
    time: TimeOfDay,
    weekday: i64,
    sign: i64,
    on_boundary: bool,
) -> Wall {
    let mut moved = at;
    if !on_boundary {
        moved = time.on_same_day(zone, at);
        let today = moved.fields().weekday();
        if today != weekday {
            moved = moved.plus_days(sign * (sign * (weekday - today)).rem_euclid(7));
        }
    }
    if on_boundary || !is_beyond(zone, moved, at, sign) {
        moved = moved.plus_days(7 * sign);
    }
    if !time.is_at(moved) {
        moved = time.on_same_day(zone, moved);
    }
    settle(zone, moved)
}

fn step_hourly(
    zone: &Zone,
    at: Wall,
    minutes: &[i64],
    by_zone_minute: bool,
    forward: bool,
    on_boundary: bool,
) -> Wall {
    let here = zone.instant(at);
    let sign = if forward { 1 } else { -1 };
    if let [minute] = minutes
        && (on_boundary || (at.is_whole_minute() && at.fields().minute == *minute))
    {
        return zone.wall_at(here + sign * HOUR_MICROS);
    }
    let down = here.div_euclid(MINUTE_MICROS) * MINUTE_MICROS;
    let edge = if forward && down != here { down + MINUTE_MICROS } else { down };
    let edge_minute = if by_zone_minute {
        zone.wall_at(edge).fields().minute
    } else {
        edge.div_euclid(MINUTE_MICROS).rem_euclid(60)
    };
    let candidates = minutes.iter().map(|minute| {
        let distance = (sign * (minute - edge_minute)).rem_euclid(60);
        let candidate = edge + sign * distance * MINUTE_MICROS;
        if (candidate - here) * sign <= 0 { candidate + sign * HOUR_MICROS } else { candidate }
    });
    let nearest = if forward { candidates.min() } else { candidates.max() };
    zone.wall_at(nearest.unwrap_or(edge + sign * HOUR_MICROS))
}

/// Clock changes happen at night; at other hours the zone is not asked, as in Dagster.
fn is_clock_change_hour(wall: Wall) -> bool {
    (1..=3).contains(&wall.fields().hour)
}

/// Moves a skipped time out of its gap and a repeated time to its second pass.
fn settle(zone: &Zone, wall: Wall) -> Wall {
    let wall = apply_post_transition(zone, wall);
    if !wall.fold && is_clock_change_hour(wall) && zone.is_ambiguous(wall) {
        return Wall { fold: true, ..wall };
    }
    wall
}

/// Moves a skipped time to the first time after the gap, taking changes to be on the hour and no
/// longer than an hour.
pub(crate) fn apply_post_transition(zone: &Zone, wall: Wall) -> Wall {
    if !is_clock_change_hour(wall) || zone.exists(wall) {
        return wall;
    }
    let gap = zone.dst_seconds(wall.plus_seconds(3600));
    let fields = Fields { minute: 0, second: 0, ..wall.fields() };
    Wall::from_fields(fields, false).plus_seconds(gap)
}
