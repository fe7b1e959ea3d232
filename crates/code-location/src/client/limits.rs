//! Deadlines and message sizes, from the environment variables Dagster reads (`dagster/_grpc/utils.py`).

use std::time::Duration;

/// Deadlines and sizes of calls to a code server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLimits {
    /// Every call without a deadline of its own (`DAGSTER_GRPC_TIMEOUT_SECONDS`, 60 s).
    pub default: Duration,
    /// Loading a repository (`DAGSTER_REPOSITORY_GRPC_TIMEOUT_SECONDS`, 180 s).
    pub repository: Duration,
    /// Evaluating a schedule (`DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS`).
    pub schedule: Duration,
    /// Evaluating a sensor (`DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS`).
    pub sensor: Duration,
    /// Largest message received, in bytes (`DAGSTER_GRPC_MAX_RX_BYTES`, 100 MB).
    pub max_receive_bytes: usize,
    /// Largest message sent, in bytes (`DAGSTER_GRPC_MAX_SEND_BYTES`, 100 MB).
    pub max_send_bytes: usize,
}

impl CallLimits {
    /// Limits from variables; a variable that is no whole number is ignored with a warning.
    pub fn from_variables(var: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| {
            let text = var(name).filter(|text| !text.is_empty())?;
            let parsed = text.trim().parse::<u64>().ok();
            if parsed.is_none() {
                tracing::warn!(variable = name, value = text, "ignored: not a whole number");
            }
            parsed
        };
        let seconds = |name: &str| number(name).map(Duration::from_secs);
        let bytes =
            |name: &str| number(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(100_000_000);
        let default = seconds("DAGSTER_GRPC_TIMEOUT_SECONDS").unwrap_or(Duration::from_secs(60));
        Self {
            default,
            repository: seconds("DAGSTER_REPOSITORY_GRPC_TIMEOUT_SECONDS")
                .unwrap_or(Duration::from_secs(180).max(default)),
            schedule: seconds("DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS").unwrap_or(default),
            sensor: seconds("DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS").unwrap_or(default),
            max_receive_bytes: bytes("DAGSTER_GRPC_MAX_RX_BYTES"),
            max_send_bytes: bytes("DAGSTER_GRPC_MAX_SEND_BYTES"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_general_deadline_lengthens_the_others() {
        let limits = CallLimits::from_variables(|name| {
            (name == "DAGSTER_GRPC_TIMEOUT_SECONDS").then(|| "300".to_owned())
        });
        assert_eq!(limits.default, Duration::from_secs(300));
        assert_eq!(limits.repository, Duration::from_secs(300));
        assert_eq!(limits.sensor, Duration::from_secs(300));
    }

    #[test]
    fn nonsense_falls_back_to_dagsters_defaults() {
        let limits = CallLimits::from_variables(|_| Some("soon".to_owned()));
        assert_eq!(limits.default, Duration::from_secs(60));
        assert_eq!(limits.repository, Duration::from_secs(180));
        assert_eq!(limits.max_receive_bytes, 100_000_000);
    }
}
