//! Integration tests: the same contract on every backend, and the real Python beside it.
#![allow(missing_docs)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod backend;
mod contract;
mod interop;
mod opening;
mod python;
mod sample;
mod schema;
