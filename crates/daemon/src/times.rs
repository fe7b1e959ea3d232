//! Instants as Dagster prints and tags them.

use rondel_cron::Zone;

/// `2019-02-27 00:00:00 +0100` in a zone; UTC when the zone is not known.
pub(crate) fn in_zone(unix_seconds: i64, zone: &str) -> String {
    let zone = Zone::named(Some(zone)).unwrap_or_else(|_| Zone::utc());
    let stamp = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
    stamp.to_zoned(zone.time_zone().clone()).strftime("%Y-%m-%d %H:%M:%S %z").to_string()
}

/// `2019-02-27T00:00:00+00:00`, Python's `isoformat()` of a whole second in UTC.
pub(crate) fn utc_isoformat(unix_seconds: i64) -> String {
    let stamp = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_python_writes_them() {
        assert_eq!(utc_isoformat(1_551_225_600), "2019-02-27T00:00:00+00:00");
        assert_eq!(in_zone(1_551_225_600, "Europe/Berlin"), "2019-02-27 01:00:00 +0100");
    }
}
