//! Partition keys of time windows: Python's `strftime` and `strptime` in the C locale, and Dagster's
//! care for repeated hours (`dst_safe_strftime`, `dst_safe_strptime` of `dagster/_time`).

mod parse;
mod write;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::error::{PartitionsError, Result};

/// Formats and parses the keys of one definition.
#[derive(Debug, Clone)]
pub struct KeyFormat {
    text: String,
    zone: TimeZone,
    /// Whether two ticks can show the same wall time, which then needs an offset behind it.
    marks_repeated_hours: bool,
}

impl KeyFormat {
    /// A format in a zone; `repeats_every_hour` tells whether the schedule does.
    pub fn new(text: &str, zone: TimeZone, repeats_every_hour: bool) -> Self {
        let marks_repeated_hours = repeats_every_hour && !text.contains("%z");
        Self { text: text.to_owned(), zone, marks_repeated_hours }
    }

    /// The format string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key of the window starting at this instant (Unix seconds).
    pub fn key(&self, start: i64) -> Result<String> {
        let at = Timestamp::from_second(start)
            .map_err(|_| PartitionsError::Cron(rondel_cron::CronError::OutOfRange(start as f64)))?;
        let zoned = at.to_zoned(self.zone.clone());
        let mut key = write::strftime(&self.text, &zoned);
        if self.marks_repeated_hours && is_second_pass(&self.zone, &zoned) {
            key.push_str(&write::strftime("%z", &zoned));
        }
        Ok(key)
    }

    /// The instant a key names, in Unix seconds with a fraction: read in the zone unless the key has an
    /// offset; of a repeated time the first pass.
    pub fn instant(&self, key: &str) -> Result<f64> {
        let malformed =
            || PartitionsError::MalformedKey { key: key.to_owned(), format: self.text.clone() };
        let parsed = parse::strptime(&self.text, key).or_else(|| {
            if self.text.contains("%z") {
                None
            } else {
                parse::strptime(&format!("{}%z", self.text), key)
            }
        });
        let parse::Parsed { civil, offset_seconds } = parsed.ok_or_else(malformed)?;
        let at = match offset_seconds {
            Some(offset) => {
                let utc = civil.to_zoned(TimeZone::UTC).map_err(|_| malformed())?.timestamp();
                return Ok(seconds(utc) - offset);
            }
            None => instant_of(&self.zone, civil).ok_or_else(malformed)?,
        };
        Ok(seconds(at))
    }
}

/// Python's reading of a wall time with `fold = 0`: the first of two, or with the offset before a gap.
pub(crate) fn instant_of(zone: &TimeZone, civil: DateTime) -> Option<Timestamp> {
    let offset = match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    offset.to_timestamp(civil).ok()
}

fn is_second_pass(zone: &TimeZone, at: &jiff::Zoned) -> bool {
    match zone.to_ambiguous_timestamp(at.datetime()).offset() {
        AmbiguousOffset::Fold { before, after } => at.offset() == after && before > after,
        _ => false,
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64 + f64::from(at.subsec_nanosecond() / 1000) / 1e6
}
