//! Dagster's GraphQL schema.
