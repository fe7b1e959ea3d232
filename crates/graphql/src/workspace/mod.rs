//! The workspace: code locations, repositories, load errors, reloading.
//!
//! A request sees one immutable version of the workspace ([`PreparedWorkspace`]); the reload mutations answer from the
//! version that their reload produced.

mod location;
mod manifest;
mod origin;
mod prepared;
mod repository;
mod subscription;

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};

pub(crate) use location::{
    DefsKeyStateInfo, DefsStateInfo, DefsStateManagementType, WorkspaceLocationEntry,
    WorkspaceLocationStatusEntry, loaded_state,
};
pub(crate) use origin::RepositoryOrigin;
pub(crate) use prepared::{InstigatorIds, PreparedRepository, PreparedWorkspace, WorkspaceCache};
pub(crate) use repository::Repository;
pub(crate) use subscription::WorkspaceSubscription;

use crate::{
    common::RepositorySelector,
    context::ContextExt,
    errors::{
        PythonError, ReloadNotSupported, RepositoryLocationNotFound, RepositoryNotFoundError,
        ResolverError, UnauthorizedError, capture, or_error,
    },
    permissions::Permission,
};

/// Every code location of the workspace.
pub(crate) struct Workspace(pub(crate) Arc<PreparedWorkspace>);

#[Object]
impl Workspace {
    async fn id(&self) -> &str {
        "Workspace"
    }

    async fn location_entries(&self) -> Vec<WorkspaceLocationEntry> {
        self.0.snapshot.locations().map(|entry| WorkspaceLocationEntry(Arc::clone(entry))).collect()
    }
}

#[derive(Union)]
pub(crate) enum WorkspaceOrError {
    Workspace(Workspace),
    PythonError(PythonError),
}
or_error!(WorkspaceOrError:);

#[derive(SimpleObject)]
pub(crate) struct WorkspaceLocationStatusEntries {
    entries: Vec<WorkspaceLocationStatusEntry>,
}

#[derive(Union)]
pub(crate) enum WorkspaceLocationStatusEntriesOrError {
    WorkspaceLocationStatusEntries(WorkspaceLocationStatusEntries),
    PythonError(PythonError),
}
or_error!(WorkspaceLocationStatusEntriesOrError:);

#[derive(Union)]
pub(crate) enum WorkspaceLocationEntryOrError {
    WorkspaceLocationEntry(WorkspaceLocationEntry),
    PythonError(PythonError),
}

#[derive(SimpleObject)]
pub(crate) struct RepositoryConnection {
    nodes: Vec<Repository>,
}

#[derive(Union)]
pub(crate) enum RepositoriesOrError {
    RepositoryConnection(RepositoryConnection),
    RepositoryNotFoundError(RepositoryNotFoundError),
    PythonError(PythonError),
}
or_error!(RepositoriesOrError: RepositoryNotFoundError);

#[derive(Union)]
pub(crate) enum RepositoryOrError {
    PythonError(PythonError),
    Repository(Repository),
    RepositoryNotFoundError(RepositoryNotFoundError),
}
or_error!(RepositoryOrError: RepositoryNotFoundError);

/// The repository a client names.
pub(crate) fn find_repository(
    ctx: &Context<'_>,
    location_name: &str,
    repository_name: &str,
) -> Result<Arc<PreparedRepository>, ResolverError> {
    let found = ctx.prepared().repository(location_name, repository_name).map(Arc::clone);
    found.ok_or_else(|| RepositoryNotFoundError::new(location_name, repository_name).into())
}

/// The repository a client names; a missing one is the exception that Dagster's workspace raises, for unions that
/// have no member for it.
pub(crate) fn require_repository(
    ctx: &Context<'_>,
    selector: &RepositorySelector,
) -> Result<Arc<PreparedRepository>, ResolverError> {
    let (location, name) = (&selector.repository_location_name, &selector.repository_name);
    let workspace = ctx.prepared();
    if let Some(repository) = workspace.repository(location, name) {
        return Ok(Arc::clone(repository));
    }
    match workspace.snapshot.location(location) {
        None => Err(ResolverError::raised(
            "dagster._core.errors.DagsterCodeLocationNotFoundError",
            format!("Location {location} does not exist in workspace"),
        )),
        Some(entry) => match (entry.location(), entry.error()) {
            (None, Some(error)) => Err(ResolverError::raised(
                "dagster._core.errors.DagsterCodeLocationLoadError",
                format!("Failure loading {location}: {}", error.message),
            )),
            (None, None) => Err(ResolverError::raised(
                "dagster._core.errors.DagsterCodeLocationNotFoundError",
                format!("Location {location} is still loading"),
            )),
            (Some(_), _) => Err(ResolverError::raised("KeyError", format!("'{name}'"))),
        },
    }
}

#[derive(Default)]
pub(crate) struct WorkspaceQuery;

#[Object]
impl WorkspaceQuery {
    /// Retrieve all the repositories.
    async fn repositories_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: Option<RepositorySelector>,
    ) -> RepositoriesOrError {
        capture(ctx, async {
            let nodes = match &repository_selector {
                Some(selector) => {
                    let repository = find_repository(
                        ctx,
                        &selector.repository_location_name,
                        &selector.repository_name,
                    )?;
                    vec![Repository(repository)]
                }
                None => ctx
                    .prepared()
                    .repositories()
                    .map(|found| Repository(Arc::clone(found)))
                    .collect(),
            };
            Ok(RepositoryConnection { nodes })
        })
        .await
    }

    /// Retrieve a repository by its location name and repository name.
    async fn repository_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
    ) -> RepositoryOrError {
        capture(ctx, async {
            let selector = &repository_selector;
            find_repository(ctx, &selector.repository_location_name, &selector.repository_name)
                .map(Repository)
        })
        .await
    }

    /// Retrieve the workspace and its locations.
    async fn workspace_or_error(&self, ctx: &Context<'_>) -> WorkspaceOrError {
        capture(ctx, async { Ok(Workspace(Arc::clone(ctx.prepared()))) }).await
    }

    /// Retrieve location status for workspace locations.
    async fn location_statuses_or_error(
        &self,
        ctx: &Context<'_>,
    ) -> WorkspaceLocationStatusEntriesOrError {
        capture(ctx, async {
            let locations = ctx.prepared().snapshot.locations();
            let entries =
                locations.map(|entry| WorkspaceLocationStatusEntry(Arc::clone(entry))).collect();
            Ok(WorkspaceLocationStatusEntries { entries })
        })
        .await
    }

    /// Retrieve a workspace entry by name.
    async fn workspace_location_entry_or_error(
        &self,
        ctx: &Context<'_>,
        name: String,
    ) -> Option<WorkspaceLocationEntryOrError> {
        let entry = ctx.prepared().snapshot.location(&name)?;
        Some(WorkspaceLocationEntry(Arc::clone(entry)).into())
    }
}

#[derive(Union)]
pub(crate) enum ReloadRepositoryLocationMutationResult {
    WorkspaceLocationEntry(WorkspaceLocationEntry),
    ReloadNotSupported(ReloadNotSupported),
    RepositoryLocationNotFound(RepositoryLocationNotFound),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(ReloadRepositoryLocationMutationResult: ReloadNotSupported, RepositoryLocationNotFound, UnauthorizedError);

#[derive(Union)]
pub(crate) enum ReloadWorkspaceMutationResult {
    Workspace(Workspace),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(ReloadWorkspaceMutationResult: UnauthorizedError);

/// Output indicating that a code location server was shut down.
#[derive(SimpleObject)]
pub(crate) struct ShutdownRepositoryLocationSuccess {
    repository_location_name: String,
}

#[derive(Union)]
pub(crate) enum ShutdownRepositoryLocationMutationResult {
    ShutdownRepositoryLocationSuccess(ShutdownRepositoryLocationSuccess),
    RepositoryLocationNotFound(RepositoryLocationNotFound),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(ShutdownRepositoryLocationMutationResult: RepositoryLocationNotFound, UnauthorizedError);

#[derive(Default)]
pub(crate) struct WorkspaceMutation;

#[Object]
impl WorkspaceMutation {
    /// Reloads a code location server.
    async fn reload_repository_location(
        &self,
        ctx: &Context<'_>,
        repository_location_name: String,
    ) -> ReloadRepositoryLocationMutationResult {
        let name = repository_location_name;
        capture(ctx, async {
            ctx.require(Permission::ReloadRepositoryLocation)?;
            if ctx.prepared().snapshot.location(&name).is_none() {
                return Err(RepositoryLocationNotFound::of(&name).into());
            }
            Ok(WorkspaceLocationEntry(ctx.live_workspace().reload(&name).await?))
        })
        .await
    }

    /// Reloads the workspace and its code location servers.
    async fn reload_workspace(&self, ctx: &Context<'_>) -> ReloadWorkspaceMutationResult {
        capture(ctx, async {
            ctx.require(Permission::ReloadWorkspace)?;
            let snapshot = ctx.live_workspace().reload_all().await?;
            Ok(Workspace(ctx.request().cache.prepare(snapshot)))
        })
        .await
    }

    /// Shuts down a code location server.
    async fn shutdown_repository_location(
        &self,
        ctx: &Context<'_>,
        repository_location_name: String,
    ) -> ShutdownRepositoryLocationMutationResult {
        let name = repository_location_name;
        capture(ctx, async {
            ctx.require(Permission::ReloadRepositoryLocation)?;
            let entry = ctx.prepared().snapshot.location(&name);
            let entry = entry.ok_or_else(|| RepositoryLocationNotFound::of(&name))?;
            if !matches!(entry.origin, rondel_model::origin::CodeLocationOrigin::GrpcServer(_)) {
                return Err(ResolverError::raised(
                    "Exception",
                    format!("Location {name} does not support shutting down via GraphQL"),
                ));
            }
            ctx.live_workspace().shutdown_location(&name).await?;
            Ok(ShutdownRepositoryLocationSuccess { repository_location_name: name.clone() })
        })
        .await
    }
}
