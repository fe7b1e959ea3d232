//! Cron schedules with time zones, exactly as Dagster iterates them.
