//! `rondel operator …`: code locations as custom resources.

use std::process::ExitCode;
use std::sync::Arc;

use rondel_kubernetes::Credentials;
use rondel_operator::{CodeServerProbe, OperatorOptions};

use crate::cli::OperatorCommand;
use crate::{logging, signals};

/// Executes one of the `operator` commands.
///
/// # Errors
/// There are no credentials for a cluster, or it does not know the resource.
pub async fn execute(command: OperatorCommand) -> anyhow::Result<ExitCode> {
    match command {
        OperatorCommand::Crd => outln!("{:#}", rondel_operator::definition()),
        OperatorCommand::Roles => outln!("{:#}", rondel_operator::roles()),
        OperatorCommand::Run(args) => {
            logging::init(&args.logs);
            let shutdown = signals::shutdown_token()?;
            let client = rondel_kubernetes::connect(&Credentials::Any, None).await?;
            let options =
                OperatorOptions { namespace: args.namespace, probe: Arc::new(CodeServerProbe) };
            rondel_operator::run(client, options, shutdown).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
