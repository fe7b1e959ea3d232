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

/// Stack of a thread that runs tasks, in bytes. Resolvers of GraphQL nest as deep as a document does, which
/// overflows tokio's own 2 MiB in a debug build. Pages that are not touched cost nothing.
const STACK: usize = 8 * 1024 * 1024;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    /// Takes more than a KiB of stack for each level.
    fn descend(levels: usize) -> u8 {
        let frame = black_box([0_u8; 1024]);
        if levels == 0 { frame[0] } else { black_box(descend(levels - 1)) | frame[1] }
    }

    #[test]
    fn tasks_may_nest_deep() {
        let runtime = runtime().unwrap();
        let task = runtime.spawn(async { descend(2 * 1024 + 64) });
        assert_eq!(runtime.block_on(task).unwrap(), 0);
    }
}
