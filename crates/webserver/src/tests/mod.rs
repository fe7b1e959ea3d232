//! A real server on a real port.

mod files;
mod http;
mod socket;

use std::sync::Arc;

use rondel_code_location::{CodeServerOptions, Environment, Workspace, WorkspaceConfig};
use rondel_instance::{Home, Instance, InstanceOptions};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Webserver;
use crate::{WebserverError, options::WebserverOptions};

/// A running server over an empty instance and workspace, stopped when dropped.
struct Running {
    base: String,
    port: u16,
    instance: Arc<Instance>,
    _stop: DropGuard,
    home: tempfile::TempDir,
}

async fn bind(
    options: WebserverOptions,
    home: &tempfile::TempDir,
    token: CancellationToken,
) -> (Result<Webserver, WebserverError>, Arc<Instance>) {
    let home = Home::from_variable(home.path().to_str().unwrap()).unwrap();
    let instance = Instance::open(home, InstanceOptions::default()).await.unwrap();
    let config = WorkspaceConfig::from_targets(Vec::new(), Environment::current().unwrap());
    let workspace = Workspace::start(config, CodeServerOptions::new("python3")).unwrap();
    (Webserver::bind(options, Arc::clone(&instance), workspace, token).await, instance)
}

async fn start(options: WebserverOptions) -> Running {
    let token = CancellationToken::new();
    let options = WebserverOptions { port: 0, ..options };
    let prefix = options.path_prefix.clone();
    let home = tempfile::tempdir().unwrap();
    let (server, instance) = bind(options, &home, token.clone()).await;
    let server = server.unwrap();
    let port = server.address().port();
    tokio::spawn(server.run());
    Running {
        base: format!("http://127.0.0.1:{port}{prefix}"),
        port,
        instance,
        _stop: token.drop_guard(),
        home,
    }
}
