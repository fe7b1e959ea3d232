//! `rondel operator …`: code locations as custom resources.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use rondel_kubernetes::Credentials;
use rondel_operator::{CodeServerDefaults, CodeServerProbe, OperatorOptions};

use crate::cli::OperatorCommand;
use crate::{logging, signals};

/// Executes one of the `operator` commands.
///
/// # Errors
/// There are no credentials for a cluster, it does not know the resource, or the defaults cannot be read.
pub async fn execute(command: OperatorCommand) -> anyhow::Result<ExitCode> {
    match command {
        OperatorCommand::Crd => outln!("{:#}", rondel_operator::definition()),
        OperatorCommand::Roles => outln!("{:#}", rondel_operator::roles()),
        OperatorCommand::Run(args) => {
            logging::init(&args.logs);
            let shutdown = signals::shutdown_token()?;
            let client = rondel_kubernetes::connect(&Credentials::Any, None).await?;
            let defaults = args.code_server_defaults.as_deref().map(CodeServerDefaults::parse);
            let defaults = defaults.transpose().context("the defaults of code servers")?;
            let probe = Arc::new(CodeServerProbe);
            let options = OperatorOptions {
                namespace: args.namespace,
                probe,
                defaults: defaults.unwrap_or_default(),
            };
            rondel_operator::run(client, options, shutdown).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
