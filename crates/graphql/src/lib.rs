//! Dagster's GraphQL schema: thin resolvers over the instance, the stores and the workspace.
//!
//! One folder per domain area holds that area's types, queries, mutations and loaders; [`schema`]
//! merges their root structs, so that a new area is one folder and one line there. What every area
//! shares sits beside it: `errors/` (error types, [`errors::capture`]), `context` (what a resolver
//! can reach), `scalars`, `common/` (keys, selectors, tags), `permissions`.
//!
//! Invariants: names, nullability, arguments and unions are Dagster's; everything fetched per item
//! goes through a DataLoader; no SQL and no decisions here. A resolver fails with a
//! [`errors::ResolverError`], which becomes a member of the field's union where the union has a
//! place for it and an entry of `errors` with Dagster's `errorInfo` extension otherwise.

// The futures of nested fields nest as deep as the types refer to each other.
#![recursion_limit = "512"]
#![allow(
    clippy::duplicated_attributes,
    reason = "an interface lists its fields with a `ty` and a `name` each"
)]
#![allow(
    clippy::enum_variant_names,
    reason = "variants of unions and enums are named as Dagster names its types"
)]
#![allow(
    clippy::large_enum_variant,
    reason = "a union lives as long as its answer is written; boxing each would cost more"
)]
#![allow(clippy::large_futures, reason = "resolvers are boxed by async-graphql")]

mod answers;
mod batches;
mod common;
mod context;
mod direct;
mod documents;
mod empty_objects;
mod errors;
mod permissions;
mod scalars;
mod schema;
mod unreferenced;
mod yaml;

mod assets;
mod backfills;
mod components;
mod config;
mod execution_plan;
mod instance;
mod instigation;
mod jobs;
mod launch;
mod logs;
mod partitions;
mod resources;
mod runs;
mod schedules;
mod sensors;
mod workspace;

#[cfg(test)]
mod tests;

pub use answers::{Answer, Compressed, Pieces};
pub use context::{GraphqlContext, Limits};
pub use schema::{Answered, Executed, Schema, answer, build_schema, execute, execute_stream, sdl};
