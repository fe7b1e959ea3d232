//! Dagster's tables on PostgreSQL and SQLite.
