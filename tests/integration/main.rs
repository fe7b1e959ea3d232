//! Scenarios on whole processes: the real binary, real code servers, real databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod alternation;
mod backfills;
mod bad_input;
mod client;
mod clocks;
mod code_servers;
mod daemons;
mod faults;
mod harness;
mod inside;
mod interruptions;
mod judge;
mod leadership;
mod quickstart;
mod settling;
mod test_repository;
