//! Scenarios on whole processes: the real binary, real code servers, real databases.

mod bad_input;
mod client;
mod harness;
mod quickstart;
mod test_repository;
