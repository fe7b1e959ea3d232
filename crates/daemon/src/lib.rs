//! The daemons: schedules, sensors, run queue, monitoring.
