//! What can be wrong with a cron string, and what can go wrong while iterating one.

/// Error of this crate. Texts name the cron string and what would be accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CronError {
    /// The text does not have the five columns of a cron string.
    #[error(
        "cron string '{text}' has {found} columns, need exactly 5 (minute hour day-of-month month day-of-week) or an alias such as @daily"
    )]
    Columns {
        /// The cron string.
        text: String,
        /// How many columns it has.
        found: usize,
    },
    /// One column cannot be read.
    #[error("cron string '{text}': {column} column '{value}' {reason}")]
    Column {
        /// The cron string.
        text: String,
        /// Which column, in words.
        column: &'static str,
        /// The offending part.
        value: String,
        /// Why, with what is allowed.
        reason: String,
    },
    /// Literal week days and `#`/`L` week days in one column.
    #[error(
        "cron string '{text}': the day-of-week column cannot mix plain week days with nth-week-day syntax (mon#2, L5)"
    )]
    MixedWeekdays {
        /// The cron string.
        text: String,
    },
    /// Reads well but never fires (30 or 31 February).
    #[error("cron string '{text}' never fires: February has no such day")]
    Never {
        /// The cron string.
        text: String,
    },
    /// A schedule without a cron string.
    #[error("a cron schedule needs at least one cron string")]
    Empty,
    /// Not an IANA time zone name.
    #[error("unknown time zone '{0}', need an IANA name such as Europe/Berlin")]
    UnknownZone(String),
    /// No matching time within fifty years of the instant searched from.
    #[error("cron string '{text}' has no matching time within 50 years")]
    NoMatch {
        /// The cron string.
        text: String,
    },
    /// The iteration moved against its direction; Dagster stops with a check error here.
    #[error("cron string '{text}' went back in time at {at} while iterating in '{zone}'")]
    WrongDirection {
        /// The cron string.
        text: String,
        /// Unix seconds of the offending tick.
        at: i64,
        /// The time zone.
        zone: String,
    },
    /// Outside the years jiff and Python can represent.
    #[error("time {0} is out of the representable range")]
    OutOfRange(f64),
}
