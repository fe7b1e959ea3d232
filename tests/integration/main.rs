//! Scenarios on whole processes: the real binary, real code servers, real databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod client;
mod fault_points;
mod faults;
mod harness;
mod leadership;
mod quickstart;
mod test_repository;
