//! One module per command group; adding one is a module and a line in [`execute`].

mod asset;
mod automation;
mod daemon;
mod deployment;
mod instance;
mod instigator;
mod job;
mod k8s;
mod launch;
mod location;
mod run;
mod server;

use std::process::ExitCode;

use crate::cli::{Cli, Command, GraphqlCommand};

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
        Command::Graphql(GraphqlCommand::Schema) => {
            outln!("{}", rondel_graphql::sdl());
            Ok(ExitCode::SUCCESS)
        }
        Command::Automation(command) => runtime()?.block_on(automation::execute(command)),
        Command::Instance(command) => runtime()?.block_on(instance::execute(command)),
        Command::Daemon(args) => runtime()?.block_on(daemon::execute(args)),
        Command::Webserver(args) => runtime()?.block_on(server::webserver(args)),
        Command::Dev(args) => runtime()?.block_on(server::dev(args)),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
