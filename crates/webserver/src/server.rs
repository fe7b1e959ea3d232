//! Binding, serving, stopping.

use std::{net::SocketAddr, sync::Arc};

use rondel_code_location::Workspace;
use rondel_graphql::{GraphqlContext, Limits, build_schema};
use rondel_instance::Instance;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    error::WebserverError,
    info,
    options::{UiSource, WebserverOptions},
    routes,
    state::AppState,
    ui::Bundle,
};

/// A server which has its port and waits to be run.
pub struct Webserver {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<AppState>,
}

impl Webserver {
    /// Takes the port.
    ///
    /// # Errors
    /// A port in use, an unusable address or path prefix, a UI directory without a page.
    pub async fn bind(
        mut options: WebserverOptions,
        instance: Arc<Instance>,
        workspace: Arc<Workspace>,
        shutdown: CancellationToken,
    ) -> Result<Self, WebserverError> {
        options.path_prefix = checked_prefix(&options.path_prefix)?;
        if let UiSource::Directory(directory) = &options.ui
            && !directory.join("index.html").is_file()
        {
            return Err(WebserverError::Ui { directory: directory.display().to_string() });
        }
        let bind = |error| WebserverError::bind(&options.host, options.port, error);
        let listener =
            TcpListener::bind((options.host.as_str(), options.port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let _recorder = info::metrics_handle();
        let instance_id =
            instance.storage().run_storage_id().await.map_err(WebserverError::Storage)?;
        let schema = build_schema(GraphqlContext {
            instance: Arc::clone(&instance),
            workspace: Arc::clone(&workspace),
            limits: Limits::from_variables(|name| std::env::var(name).ok()),
            read_only: options.read_only,
            version: options.dagster_version.clone(),
        });
        let app = Arc::new(AppState {
            schema,
            bundle: Bundle::new(&options.ui),
            instance,
            workspace,
            instance_id,
            options,
            shutdown,
        });
        Ok(Webserver { listener, address, app })
    }

    /// The address it listens on, with the port that was free.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for a browser.
    #[must_use]
    pub fn url(&self) -> String {
        self.app.options.url(self.address.port())
    }

    /// Serves until the token is cancelled, then lets running requests finish within the grace
    /// period.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self) -> Result<(), WebserverError> {
        let shutdown = self.app.shutdown.clone();
        let grace = self.app.options.shutdown_grace;
        let stop = shutdown.clone();
        let serving = axum::serve(self.listener, routes::router(self.app))
            .with_graceful_shutdown(async move { stop.cancelled().await });
        let overdue = async move {
            shutdown.cancelled().await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            served = serving => served.map_err(WebserverError::Serve),
            () = overdue => {
                tracing::warn!("some requests did not finish in time; stopping anyway");
                Ok(())
            }
        }
    }
}

/// Binds and serves until `shutdown` is cancelled.
///
/// # Errors
/// As [`Webserver::bind`] and [`Webserver::run`].
pub async fn serve(
    options: WebserverOptions,
    instance: Arc<Instance>,
    workspace: Arc<Workspace>,
    shutdown: CancellationToken,
) -> Result<(), WebserverError> {
    let server = Webserver::bind(options, instance, workspace, shutdown).await?;
    tracing::info!(url = server.url(), "serving");
    server.run().await
}

/// The prefix in the form which the routes need.
fn checked_prefix(prefix: &str) -> Result<String, WebserverError> {
    if prefix.is_empty() || prefix == "/" {
        return Ok(String::new());
    }
    let unusable = !prefix.starts_with('/')
        || prefix.ends_with('/')
        || prefix.contains(['{', '}', '*', '?', '#', ' ']);
    if unusable {
        return Err(WebserverError::PathPrefix { prefix: prefix.to_owned() });
    }
    Ok(prefix.to_owned())
}

#[cfg(test)]
#[path = "tests/mod.rs"]
mod tests;
