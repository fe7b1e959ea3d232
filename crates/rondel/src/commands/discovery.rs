//! Keeps a workspace's discovered locations those which labelled Services announce.

use std::sync::Arc;

use futures::StreamExt;
use rondel_code_location::config::{LocationTarget, ServerTarget};
use rondel_code_location::{DiscoveredLocation, Workspace};
use rondel_kubernetes::Credentials;
use rondel_kubernetes::discovery::{FoundService, announced_locations};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A watch on the Services of some namespaces.
pub struct Discovery {
    stop: CancellationToken,
    task: JoinHandle<Option<()>>,
}

impl Discovery {
    /// Begins to watch; `namespaces` may hold `*`.
    ///
    /// # Errors
    /// There are no credentials for a cluster.
    pub async fn start(workspace: &Arc<Workspace>, namespaces: &[String]) -> anyhow::Result<Self> {
        let client = rondel_kubernetes::connect(&Credentials::Any, None).await?;
        let announced = announced_locations(&client, namespaces);
        let workspace = Arc::clone(workspace);
        let stop = CancellationToken::new();
        let following = async move {
            let mut announced = std::pin::pin!(announced);
            while let Some(services) = announced.next().await {
                let locations: Vec<_> = services.into_iter().map(location).collect();
                let count = locations.len();
                match workspace.set_discovered(locations).await {
                    Ok(()) => tracing::info!(count, "code locations announced by Services"),
                    Err(error) => {
                        tracing::error!(%error, "discovered code locations were not taken over");
                    }
                }
            }
        };
        let task = tokio::spawn(stop.clone().run_until_cancelled_owned(following));
        Ok(Self { stop, task })
    }

    /// Ends the watch.
    pub async fn stop(self) {
        self.stop.cancel();
        // a panic has been told by its hook
        let _ = self.task.await;
    }
}

fn location(service: FoundService) -> DiscoveredLocation {
    let found_at = format!("Service {}/{}", service.namespace, service.service);
    let server = ServerTarget {
        host: service.host,
        port: Some(service.port),
        socket: None,
        use_ssl: None,
        additional_metadata: None,
    };
    DiscoveredLocation { target: LocationTarget::server(server, Some(service.location)), found_at }
}
