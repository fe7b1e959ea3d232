//! One module per command group; adding one is a module and a line in [`execute`].

mod asset;
mod instigator;
mod job;
mod k8s;
mod launch;
mod location;
mod run;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Executes the command line. The code is what the process exits with.
///
/// # Errors
/// Whatever stops the command; told once, by the caller.
pub fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Run(command) => run::execute(command),
        Command::Job(command) => job::execute(command),
        Command::Asset(command) => asset::execute(command),
        Command::Schedule(command) => instigator::execute(instigator::Kind::Schedule, command),
        Command::Sensor(command) => instigator::execute(instigator::Kind::Sensor, command),
        Command::K8s(command) => k8s::execute(command),
        Command::Location(command) => location::execute(command),
        other => anyhow::bail!("{other:?}"),
    }
}
