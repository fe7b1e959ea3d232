//! The wire of Dagster code servers: client and server generated from the protos.
