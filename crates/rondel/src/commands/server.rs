//! `rondel dev` and `rondel webserver`: the processes that answer people.

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use rondel_code_location::{Environment, find_python};
use rondel_instance::{Home, config::UiSetting};
use rondel_webserver::{UiSource, Webserver, WebserverOptions, installed_ui};
use tokio_util::sync::CancellationToken;

use super::deployment::Deployment;
use crate::cli::{DevArgs, UiArgs, WebserverArgs};
use crate::{logging, signals};

/// Runs webserver and daemons in this process until a signal comes.
///
/// # Errors
/// Whatever keeps one of them from starting, or ends it.
pub async fn dev(args: DevArgs) -> anyhow::Result<ExitCode> {
    logging::init(&args.logs);
    let shutdown = signals::shutdown_token()?;
    let home = Home::from_env_or_temporary()?;
    if home.is_temporary() {
        eprintln!(
            "DAGSTER_HOME is not set: state is kept in {} until the end",
            home.base_dir().display()
        );
    }
    let deployment = Deployment::open(home, &args.workspace, &args.storage, &args.logs).await?;
    let options = WebserverOptions {
        host: args.host,
        port: args.port,
        live_data_poll_rate: Some(args.live_data_poll_rate),
        ui: ui_source(&args.ui, &deployment).await?,
        ..WebserverOptions::default()
    };
    let webserver = bind(options, &deployment, &shutdown).await;
    let result = match webserver {
        Ok(webserver) => {
            let daemon = rondel_daemon::run(
                rondel_daemon::DaemonOptions {
                    // The webserver writes through the same instance, whoever leads.
                    fenced: false,
                    ..rondel_daemon::DaemonOptions::default()
                },
                deployment.instance.clone(),
                deployment.workspace.clone(),
                shutdown.clone(),
            );
            let serve = async {
                let served = webserver.run().await;
                shutdown.cancel();
                served
            };
            let daemon = async {
                let ran = daemon.await;
                shutdown.cancel();
                ran
            };
            let (served, ran) = tokio::join!(serve, daemon);
            served.map_err(Into::into).and(ran.map_err(Into::into))
        }
        Err(error) => Err(error),
    };
    deployment.shutdown().await;
    result.map(|()| ExitCode::SUCCESS)
}

/// Runs the webserver until a signal comes.
///
/// # Errors
/// Whatever keeps it from starting, or ends it.
pub async fn webserver(args: WebserverArgs) -> anyhow::Result<ExitCode> {
    logging::init(&args.logs);
    let shutdown = signals::shutdown_token()?;
    let deployment = Deployment::open(
        Home::from_env_or_temporary()?,
        &args.workspace,
        &args.storage,
        &args.logs,
    )
    .await?;
    let options = WebserverOptions {
        host: args.host,
        port: args.port,
        path_prefix: args.path_prefix,
        read_only: args.read_only,
        live_data_poll_rate: Some(args.live_data_poll_rate),
        ui: ui_source(&args.ui, &deployment).await?,
        ..WebserverOptions::default()
    };
    let result = match bind(options, &deployment, &shutdown).await {
        Ok(webserver) => webserver.run().await.map_err(Into::into),
        Err(error) => Err(error),
    };
    deployment.shutdown().await;
    result.map(|()| ExitCode::SUCCESS)
}

async fn bind(
    options: WebserverOptions,
    deployment: &Deployment,
    shutdown: &CancellationToken,
) -> anyhow::Result<Webserver> {
    let webserver = Webserver::bind(
        options,
        deployment.instance.clone(),
        deployment.workspace.clone(),
        shutdown.clone(),
    )
    .await?;
    eprintln!("serving at {}", webserver.url());
    Ok(webserver)
}

/// The web UI that the command line names, else `rondel.yaml`.
async fn ui_source(args: &UiArgs, deployment: &Deployment) -> anyhow::Result<UiSource> {
    let setting = match args.ui.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Some(UiSetting::from_name(name, Path::new(""))),
        None => deployment.instance.config().rondel.ui.clone(),
    };
    match setting.unwrap_or(UiSetting::Rondel) {
        UiSetting::Rondel => Ok(UiSource::Embedded),
        UiSetting::Dagster => {
            let environment = Environment::current().context("the current directory is gone")?;
            let python = find_python(&environment).context(
                "no Python interpreter is found in which dagster-webserver could be installed: set RONDEL_PYTHON",
            )?;
            Ok(UiSource::Directory(installed_ui(&python).await?))
        }
        UiSetting::Directory(directory) => Ok(UiSource::Directory(directory)),
    }
}
