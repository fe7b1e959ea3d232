//! One module per command group; adding one is a module and a line in [`execute`].

mod asset;
mod automation;
mod daemon;
mod deployment;
mod discovery;
mod instance;
mod instigator;
mod job;
mod k8s;
mod launch;
mod location;
mod operator;
mod run;
#[cfg(feature = "webserver")]
mod server;
mod simulate;

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
        #[cfg(feature = "webserver")]
        Command::Graphql(crate::cli::GraphqlCommand::Schema) => {
            outln!("{}", rondel_graphql::sdl());
            Ok(ExitCode::SUCCESS)
        }
        Command::Automation(command) => runtime()?.block_on(automation::execute(command)),
        Command::Operator(command) => runtime()?.block_on(operator::execute(command)),
        Command::Instance(command) => runtime()?.block_on(instance::execute(command)),
        Command::Daemon(args) => runtime()?.block_on(daemon::execute(args)),
        Command::Simulate(args) => runtime()?.block_on(simulate::execute(*args)),
        #[cfg(feature = "webserver")]
        Command::Webserver(args) => runtime()?.block_on(server::webserver(args)),
        #[cfg(feature = "webserver")]
        Command::Dev(args) => runtime()?.block_on(server::dev(args)),
        #[cfg(not(feature = "webserver"))]
        Command::Graphql(_) | Command::Webserver(_) | Command::Dev(_) => {
            anyhow::bail!("this program was built without its feature 'webserver'")
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
