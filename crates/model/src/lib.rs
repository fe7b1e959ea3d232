//! Domain types and Dagster's tagged-JSON serialization.

pub mod serdes;
