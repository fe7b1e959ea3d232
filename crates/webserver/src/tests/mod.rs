//! A real server on a real port.

mod http;
mod socket;

use tokio_util::sync::{CancellationToken, DropGuard};

use super::Webserver;
use crate::options::WebserverOptions;

/// A running server, stopped when dropped.
struct Running {
    base: String,
    port: u16,
    _stop: DropGuard,
}

async fn start(options: WebserverOptions) -> Running {
    let token = CancellationToken::new();
    let options = WebserverOptions { port: 0, ..options };
    let prefix = options.path_prefix.clone();
    let server = Webserver::bind(options, token.clone()).await.unwrap();
    let port = server.address().port();
    tokio::spawn(server.run());
    Running { base: format!("http://127.0.0.1:{port}{prefix}"), port, _stop: token.drop_guard() }
}
