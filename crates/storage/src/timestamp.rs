//! Instants as Dagster's columns hold them: UTC without a zone, microseconds.
//!
//! SQLite holds text exactly as SQLAlchemy writes it (`2026-01-02 03:04:05.000006`); rows filled by
//! `CURRENT_TIMESTAMP` have no fraction and are read all the same. PostgreSQL holds `timestamp`.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};

/// Seconds from 1970 to 2000, where PostgreSQL's timestamps start.
const POSTGRES_EPOCH_SECONDS: i64 = 946_684_800;
const TIMESTAMP_OID: Oid = Oid(1114);

/// An instant with microsecond precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970 (UTC).
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From seconds since 1970, rounding half to even as Python's `datetime.fromtimestamp` does.
    pub fn from_unix_seconds(seconds: f64) -> Self {
        let whole = seconds.trunc();
        let micros = ((seconds - whole) * 1e6).round_ties_even();
        Self(whole as i64 * 1_000_000 + micros as i64)
    }

    /// The present, by the machine's clock.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_microsecond())
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Seconds since 1970, equal to Python's `datetime.timestamp()`.
    pub fn unix_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Reads SQLAlchemy's and SQLite's text forms.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        let civil: DateTime = text.parse()?;
        Ok(Self(civil.to_zoned(TimeZone::UTC)?.timestamp().as_microsecond()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_microsecond(self.0).map_err(|_| fmt::Error)?;
        let civil = TimeZone::UTC.to_datetime(instant);
        write!(f, "{}", civil.strftime("%Y-%m-%d %H:%M:%S.%6f"))
    }
}

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMP_OID)
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let since_2000 = self.0 - POSTGRES_EPOCH_SECONDS * 1_000_000;
        buffer.extend_from_slice(&since_2000.to_be_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                let since_2000 = i64::from_be_bytes(value.as_bytes()?.try_into()?);
                Ok(Self(since_2000 + POSTGRES_EPOCH_SECONDS * 1_000_000))
            }
            PgValueFormat::Text => Ok(Self::parse(value.as_str()?)?),
        }
    }
}

impl Type<Sqlite> for Timestamp {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.to_string(), buffer)
    }
}

impl Decode<'_, Sqlite> for Timestamp {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        let text: &str = Decode::<Sqlite>::decode(value)?;
        Ok(Self::parse(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn text_has_six_digits_as_sqlalchemy_writes_them() {
        let instant = Timestamp::from_micros(1_767_323_045_000_006);
        assert_eq!(instant.to_string(), "2026-01-02 03:04:05.000006");
        assert_eq!(Timestamp::parse("2026-01-02 03:04:05.000006").unwrap(), instant);
    }

    #[test]
    fn text_without_fraction_from_current_timestamp_is_read() {
        let instant = Timestamp::parse("2026-01-02 03:04:05").unwrap();
        assert_eq!(instant.micros(), 1_767_323_045_000_000);
    }

    #[test]
    fn seconds_round_half_to_even_like_python() {
        assert_eq!(Timestamp::from_unix_seconds(0.000_000_5).micros(), 0);
        assert_eq!(Timestamp::from_unix_seconds(0.000_001_5).micros(), 2);
        assert_eq!(
            Timestamp::from_unix_seconds(1_763_692_845.371_026).micros(),
            1_763_692_845_371_026
        );
    }
}
