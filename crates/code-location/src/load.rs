//! Loading a location over a connected client: list, stream each repository, parse.

use std::sync::Arc;

use futures::future::try_join_all;
use indexmap::IndexMap;
use rondel_model::grpc::LoadableRepositorySymbol;
use rondel_model::origin::{CodeLocationOrigin, RemoteRepositoryOrigin};
use rondel_model::serdes::to_text;

use crate::client::CodeServerClient;
use crate::error::CodeLocationError;
use crate::location::{CodeLocation, Repository};

/// Asks the server behind `client` for everything it defines, jobs as references.
pub(crate) async fn load(
    name: &str,
    origin: &CodeLocationOrigin,
    client: CodeServerClient,
) -> Result<CodeLocation, CodeLocationError> {
    let listing = client.list_repositories().await?;
    let server_id = client.server_id(client.limits().default).await?;
    let repositories = try_join_all(
        listing.repository_symbols.iter().map(|symbol| repository(name, origin, symbol, &client)),
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
) -> Result<Arc<Repository>, CodeLocationError> {
    let origin = RemoteRepositoryOrigin {
        code_location_origin: origin.clone(),
        repository_name: symbol.repository_name.clone(),
        extra: Default::default(),
    };
    let text = client.repository_text(to_text(&origin), true).await?;
    // Megabytes of JSON: off the runtime's threads.
    let parsed = tokio::task::spawn_blocking(move || crate::client::parse_repository(text)).await;
    let snap = parsed.map_err(|_| CodeLocationError::Stopped)??;
    Ok(Arc::new(Repository::new(location_name, origin, snap)))
}
