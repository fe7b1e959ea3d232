//! The wire of Dagster code servers: client and server generated from the protos.
//!
//! [`api`] is Dagster's `api.DagsterApi`; its `serialized_*` fields hold tagged JSON which
//! `rondel-model` reads and writes. [`health`] is the standard `grpc.health.v1` service every code
//! server answers under the service name [`HEALTH_SERVICE`]. The generated servers exist for tests
//! and benches, which play a code server with them. Nothing here has behaviour of its own.

/// The name a Dagster code server registers itself under in the health service.
pub const HEALTH_SERVICE: &str = "DagsterApi";

/// Messages, client and server of `api.DagsterApi`.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod api {
    tonic::include_proto!("api");
}

/// Messages, client and server of `grpc.health.v1.Health`.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
