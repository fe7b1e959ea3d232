//! The `rondel` binary: reads the command line, starts what it names, waits for signals.
//!
//! Two kinds of commands live here. *Servers* (`dev`, `webserver`, `daemon`) open the instance and the
//! workspace in this process. *Operator commands* (`run`, `job`, `asset`, …) are clients of a running
//! webserver's GraphQL API, so that they work from anywhere and go through its permissions.
//!
//! Data goes to stdout, everything else to stderr. A failure prints one chain of causes and exits with
//! 1, a wrong command line with 2.

// Optimised builds lay out the futures of the whole GraphQL schema at once.
#![recursion_limit = "512"]
#![cfg_attr(not(feature = "webserver"), allow(dead_code))]

mod cli;
mod client;
#[macro_use]
mod output;
mod commands;
mod logging;
mod signals;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let args = canonical_args(std::env::args_os().collect());
    let cli = cli::Cli::parse_from(args);
    match commands::execute(cli) {
        Ok(code) => code,
        Err(error) if output::is_closed_stdout(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Linked under the name of a Dagster program, the binary takes that program's command line.
fn canonical_args(mut args: Vec<OsString>) -> Vec<OsString> {
    let subcommand =
        args.first().and_then(|program| Path::new(program).file_stem()).and_then(|name| match name
            .to_str(
        )? {
            "dagster-webserver" | "dagit" => Some("webserver"),
            "dagster-daemon" => Some("daemon"),
            _ => None,
        });
    if let Some(subcommand) = subcommand {
        args.insert(1, subcommand.into());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(args: &[&str]) -> Vec<String> {
        canonical_args(args.iter().map(OsString::from).collect())
            .into_iter()
            .map(|arg| arg.into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_link_named_after_a_dagster_program_takes_its_command_line() {
        assert_eq!(
            canonical(&["/usr/bin/dagster-daemon", "run"]),
            ["/usr/bin/dagster-daemon", "daemon", "run"]
        );
        assert_eq!(
            canonical(&["dagster-webserver", "-h", "0.0.0.0"]),
            ["dagster-webserver", "webserver", "-h", "0.0.0.0"]
        );
        assert_eq!(canonical(&["rondel", "dev"]), ["rondel", "dev"]);
    }
}
