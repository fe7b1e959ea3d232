//! What resolvers can reach: the deployment ([`GraphqlContext`], one per server) and the request
//! ([`RequestContext`]: one immutable view of the workspace, permissions, loaders, error watch).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{Context, dataloader::DataLoader, dataloader::HashMapCache};

use crate::{
    errors::{PythonError, ResolverError, UnauthorizedError},
    permissions::Permission,
};

/// What a server serves; given to [`crate::build_schema`].
#[derive(Clone)]
pub struct GraphqlContext {
    /// Refuse everything that changes state (`--read-only`).
    pub read_only: bool,
    /// The Dagster version which the API stands for.
    pub version: String,
}

/// One request's view of the deployment.
pub(crate) struct RequestContext {
    pub(crate) app: GraphqlContext,
    pub(crate) errors: Arc<ErrorWatch>,
    loader: DataLoader<StorageLoader, HashMapCache>,
}

impl RequestContext {
    pub(crate) fn new(app: &GraphqlContext, errors: Arc<ErrorWatch>) -> Self {
        let loader = StorageLoader { app: app.clone() };
        RequestContext {
            app: app.clone(),
            errors,
            loader: DataLoader::with_cache(loader, tokio::spawn, HashMapCache::default())
                .delay(std::time::Duration::from_micros(200)),
        }
    }
}

/// Batches and remembers, for the length of one request, what is fetched per item. Each area
/// implements `Loader<ItsKey>` for it.
pub(crate) struct StorageLoader {
    pub(crate) app: GraphqlContext,
}

/// Whether something failed unforeseen while the request was answered.
#[derive(Debug, Default)]
pub(crate) struct ErrorWatch(AtomicBool);

impl ErrorWatch {
    pub(crate) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn tripped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Shorthands on async-graphql's context.
pub(crate) trait ContextExt {
    /// The request.
    fn request(&self) -> &RequestContext;

    /// The request's loader.
    fn loader(&self) -> &DataLoader<StorageLoader, HashMapCache> {
        &self.request().loader
    }

    /// Whether the viewer has a right.
    fn may(&self, permission: Permission) -> bool {
        permission.granted(self.request().app.read_only)
    }

    /// Refuses unless the viewer has a right.
    fn require(&self, permission: Permission) -> Result<(), ResolverError> {
        if self.may(permission) { Ok(()) } else { Err(UnauthorizedError::default().into()) }
    }

    /// Notes an unforeseen failure, for the response's status and the log.
    fn note_error(&self, error: &PythonError) {
        tracing::warn!(message = %error.0.message, "a resolver failed");
        self.request().errors.note();
    }
}

impl ContextExt for Context<'_> {
    fn request(&self) -> &RequestContext {
        // `schema::execute` puts it into every request.
        self.data_unchecked::<RequestContext>()
    }
}
