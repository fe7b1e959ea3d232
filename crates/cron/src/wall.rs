//! Wall-clock times with Python's `datetime` semantics, because Dagster's iteration depends on them:
//! arithmetic on a zone-aware time moves the wall clock (not the instant) and clears `fold`,
//! comparison within one zone ignores `fold`, and a wall time inside a gap has an instant too
//! (read with the offset before the gap for `fold = 0`, after it for `fold = 1`).

use jiff::tz::{AmbiguousOffset, Dst, TimeZone};

use crate::CronError;

pub(crate) const MICROS: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

/// A time zone by its IANA name.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    tz: TimeZone,
}

impl Zone {
    /// Finds the zone; an absent name means UTC, as everywhere in Dagster.
    ///
    /// # Errors
    /// [`CronError::UnknownZone`] when the name is not an IANA name.
    pub fn named(name: Option<&str>) -> Result<Self, CronError> {
        let name = name.filter(|name| !name.is_empty()).unwrap_or("UTC");
        let tz = if name.eq_ignore_ascii_case("utc") {
            TimeZone::UTC
        } else {
            TimeZone::get(name).map_err(|_| CronError::UnknownZone(name.to_owned()))?
        };
        Ok(Self { name: name.to_owned(), tz })
    }

    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), tz: TimeZone::UTC }
    }

    /// The name it was found by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The jiff zone, for formatting ticks.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.tz
    }

    /// Offset from UTC in seconds at an instant.
    pub(crate) fn offset_at(&self, unix_seconds: i64) -> i64 {
        self.offset_and_dst(unix_seconds).0
    }

    fn offset_and_dst(&self, unix_seconds: i64) -> (i64, bool) {
        match jiff::Timestamp::from_second(unix_seconds) {
            Ok(at) => {
                let info = self.tz.to_offset_info(at);
                (i64::from(info.offset().seconds()), info.dst() == Dst::Yes)
            }
            Err(_) => (0, false),
        }
    }

    fn ambiguity(&self, wall: Wall) -> AmbiguousOffset {
        match wall.civil() {
            Some(civil) => self.tz.to_ambiguous_timestamp(civil).offset(),
            None => AmbiguousOffset::Unambiguous { offset: jiff::tz::Offset::UTC },
        }
    }

    /// The wall clock at an instant, with `fold` set on the second pass of a repeated hour.
    pub(crate) fn wall_at(&self, unix_micros: i64) -> Wall {
        let offset = self.offset_at(unix_micros.div_euclid(MICROS));
        let wall = Wall { micros: unix_micros + offset * MICROS, fold: false };
        match self.ambiguity(wall) {
            AmbiguousOffset::Fold { before, after }
                if before != after && i64::from(after.seconds()) == offset =>
            {
                Wall { fold: true, ..wall }
            }
            _ => wall,
        }
    }

    /// The instant of a wall time, in unix microseconds.
    pub(crate) fn instant(&self, wall: Wall) -> i64 {
        let offset = match self.ambiguity(wall) {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                if wall.fold {
                    after
                } else {
                    before
                }
            }
        };
        wall.micros - i64::from(offset.seconds()) * MICROS
    }

    /// Whether the wall time is not skipped by a forward change.
    pub(crate) fn exists(&self, wall: Wall) -> bool {
        !matches!(self.ambiguity(wall), AmbiguousOffset::Gap { .. })
    }

    /// Whether `fold` matters for the wall time. True in gaps too, as in `dateutil`.
    pub(crate) fn is_ambiguous(&self, wall: Wall) -> bool {
        !matches!(self.ambiguity(wall), AmbiguousOffset::Unambiguous { .. })
    }

    /// Seconds by which daylight saving shifts the clock at a wall time: the difference to the
    /// neighbouring standard time, as Python's `zoneinfo` derives it.
    pub(crate) fn dst_seconds(&self, wall: Wall) -> i64 {
        // Inside a gap `fold = 0` means the time before it; with that offset the instant lies behind
        // the gap, with the other one before it.
        let side = if self.exists(wall) { wall } else { Wall { fold: !wall.fold, ..wall } };
        let at = self.instant(side).div_euclid(MICROS);
        let (offset, is_dst) = self.offset_and_dst(at);
        let Some(stamp) = is_dst.then(|| jiff::Timestamp::from_second(at).ok()).flatten() else {
            return 0;
        };
        // `preceding` yields the change that began this period; the instant before it is standard.
        let before = self
            .tz
            .preceding(stamp)
            .next()
            .map(|change| self.offset_and_dst(change.timestamp().as_second() - 1));
        let after = self
            .tz
            .following(stamp)
            .next()
            .map(|change| self.offset_and_dst(change.timestamp().as_second()));
        [before, after]
            .into_iter()
            .flatten()
            .find(|(other, dst)| !dst && *other != offset)
            .map_or(3600, |(standard, _)| offset - standard)
    }
}

/// A wall-clock time: microseconds since 1970-01-01 00:00 on the wall, and Python's `fold`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wall {
    pub(crate) micros: i64,
    pub(crate) fold: bool,
}

/// The fields of a wall time, seconds and below left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

impl Fields {
    pub(crate) fn of(wall_seconds: i64) -> Self {
        let days = wall_seconds.div_euclid(DAY_SECONDS);
        let rest = wall_seconds.rem_euclid(DAY_SECONDS);
        let (year, month, day) = civil_from_days(days);
        Self { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 }
    }

    pub(crate) fn seconds(self) -> i64 {
        days_from_civil(self.year, self.month, self.day) * DAY_SECONDS
            + self.hour * 3600
            + self.minute * 60
            + self.second
    }

    /// Sunday is 0.
    pub(crate) fn weekday(self) -> i64 {
        weekday(days_from_civil(self.year, self.month, self.day))
    }

    /// Moves by whole months; the day is clipped to the new month's last.
    pub(crate) fn add_months(self, months: i64) -> Self {
        let index = self.year * 12 + self.month - 1 + months;
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
        Self { year, month, day: self.day.min(days_in_month(year, month)), ..self }
    }
}

impl Wall {
    pub(crate) fn fields(self) -> Fields {
        Fields::of(self.micros.div_euclid(MICROS))
    }

    pub(crate) fn from_fields(fields: Fields, fold: bool) -> Self {
        Self { micros: fields.seconds() * MICROS, fold }
    }

    /// Whole-minute test: no seconds, no microseconds.
    pub(crate) fn is_whole_minute(self) -> bool {
        self.micros.rem_euclid(60 * MICROS) == 0
    }

    /// Moves the wall clock; like Python, the result is on the first pass of a repeated hour.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self { micros: self.micros + seconds * MICROS, fold: false }
    }

    pub(crate) fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days * DAY_SECONDS)
    }

    pub(crate) fn plus_months(self, months: i64) -> Self {
        let rest = self.micros.rem_euclid(MICROS);
        let seconds = self.fields().add_months(months).seconds();
        Self { micros: seconds * MICROS + rest, fold: false }
    }

    fn civil(self) -> Option<jiff::civil::DateTime> {
        let f = self.fields();
        let nanos = self.micros.rem_euclid(MICROS) * 1000;
        jiff::civil::DateTime::new(
            i16::try_from(f.year).ok()?,
            i8::try_from(f.month).ok()?,
            i8::try_from(f.day).ok()?,
            i8::try_from(f.hour).ok()?,
            i8::try_from(f.minute).ok()?,
            i8::try_from(f.second).ok()?,
            i32::try_from(nanos).ok()?,
        )
        .ok()
    }
}

/// Sunday is 0. Day 0 (1970-01-01) was a Thursday.
pub(crate) fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (eras of 400 years from 1 March).
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_seconds_are_inverse_over_four_centuries() {
        for day in (-200_000..200_000).step_by(17) {
            let seconds = day * DAY_SECONDS + 12_345;
            assert_eq!(Fields::of(seconds).seconds(), seconds);
        }
        let f = Fields::of(1_709_164_800);
        assert_eq!((f.year, f.month, f.day, f.weekday()), (2024, 2, 29, 4));
    }

    #[test]
    fn a_wall_time_in_a_gap_is_read_with_the_offset_before_it() {
        let zone = Zone::named(Some("Europe/Berlin")).unwrap();
        let f = Fields { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
        let wall = Wall::from_fields(f, false);
        assert!(!zone.exists(wall));
        assert_eq!(zone.instant(wall) / MICROS, f.seconds() - 3600);
        assert_eq!(zone.instant(Wall { fold: true, ..wall }) / MICROS, f.seconds() - 7200);
        assert_eq!(zone.dst_seconds(wall.plus_seconds(3600)), 3600);
    }

    #[test]
    fn lord_howe_saves_half_an_hour() {
        let zone = Zone::named(Some("Australia/Lord_Howe")).unwrap();
        let f = Fields { year: 2026, month: 1, day: 15, hour: 12, minute: 0, second: 0 };
        assert_eq!(zone.dst_seconds(Wall::from_fields(f, false)), 1800);
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let error = Zone::named(Some("Mars/Olympus")).unwrap_err();
        assert!(error.to_string().contains("Mars/Olympus"));
    }
}
