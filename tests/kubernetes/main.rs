//! Runs as Kubernetes Jobs, end to end: GraphQL → queue → Job → Pod → Dagster's run worker → events.
//!
//! The cluster is the simulator of this repository, whose kubelet really executes the worker. With
//! `RONDEL_TEST_KUBECONFIG` it is a real one instead, and the same tests run unchanged; README.md tells what it needs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cluster;
#[path = "../integration/daemons.rs"]
#[allow(dead_code, reason = "shared with the other scenarios")]
mod daemons;
mod deployment;
mod fan_out;
#[path = "../integration/harness.rs"]
#[allow(dead_code, reason = "shared with the other scenarios")]
mod harness;
mod leaders;
mod rollouts;
mod runs;
mod service;
mod steps;
mod upgrades;
