//! Loading a location over a connected client: list, stream each repository, parse.

use std::sync::Arc;

use futures::future::try_join_all;
use indexmap::IndexMap;
use rondel_asset_graph::graph::{RepositoryAssets, default_automation_sensor};
use rondel_model::grpc::LoadableRepositorySymbol;
use rondel_model::ids::RepositorySelector;
use rondel_model::origin::{CodeLocationOrigin, RemoteRepositoryOrigin};
use rondel_model::serdes::to_text;
use rondel_model::snap::RepositorySnap;

use crate::client::CodeServerClient;
use crate::error::CodeLocationError;
use crate::location::{CodeLocation, Repository};
use crate::options::AutomationSensors;

/// Asks the server behind `client` for everything it defines, jobs as references.
pub(crate) async fn load(
    name: &str,
    origin: &CodeLocationOrigin,
    client: CodeServerClient,
    sensors: AutomationSensors,
) -> Result<CodeLocation, CodeLocationError> {
    let listing = client.list_repositories().await?;
    let server_id = client.server_id(client.limits().default).await?;
    let repositories = try_join_all(
        listing
            .repository_symbols
            .iter()
            .map(|symbol| repository(name, origin, symbol, &client, sensors)),
    )
    .await?;
    // Servers older than the field report their image by a call of its own.
    let container_image = match listing.container_image.clone() {
        Some(image) => Some(image),
        None => client.get_current_image().await.ok().flatten(),
    };
    Ok(CodeLocation {
        plans: Default::default(),
        name: name.to_owned(),
        origin: origin.clone(),
        server_id,
        repositories: repositories
            .into_iter()
            .map(|repository| (repository.name.clone(), repository))
            .collect::<IndexMap<_, _>>(),
        container_image,
        dagster_library_versions: listing.dagster_library_versions.clone(),
        listing,
        client,
    })
}

async fn repository(
    location_name: &str,
    origin: &CodeLocationOrigin,
    symbol: &LoadableRepositorySymbol,
    client: &CodeServerClient,
    sensors: AutomationSensors,
) -> Result<Arc<Repository>, CodeLocationError> {
    let origin = RemoteRepositoryOrigin {
        code_location_origin: origin.clone(),
        repository_name: symbol.repository_name.clone(),
        extra: Default::default(),
    };
    let text = client.repository_text(to_text(&origin), true).await?;
    let selector = RepositorySelector::new(location_name, &symbol.repository_name);
    // Megabytes of JSON: off the runtime's threads.
    let parsed = tokio::task::spawn_blocking(move || {
        let mut snap = Arc::clone(crate::client::parse_repository(text)?.value());
        Arc::make_mut(&mut snap).compact();
        Ok(match sensors {
            AutomationSensors::Completed => with_default_sensor(selector, snap),
            AutomationSensors::AsDefined => snap,
        })
    });
    let snap = parsed.await.map_err(|_| CodeLocationError::Stopped)??;
    Ok(Arc::new(Repository::new(location_name, origin, snap)))
}

/// Adds the automation sensor that code locations older than Dagster 1.9 leave to the host.
fn with_default_sensor(
    selector: RepositorySelector,
    snap: Arc<RepositorySnap>,
) -> Arc<RepositorySnap> {
    let assets = RepositoryAssets { repository: Arc::new(selector), snap: Arc::clone(&snap) };
    let Some(sensor) = default_automation_sensor(&assets) else { return snap };
    drop(assets);
    let mut completed = Arc::unwrap_or_clone(snap);
    completed.sensors.push(sensor);
    Arc::new(completed)
}
