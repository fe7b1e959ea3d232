//! What resolvers can reach: the deployment ([`GraphqlContext`], one per server) and the request
//! ([`RequestContext`]: one immutable view of the workspace, permissions, loaders, error watch).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

use async_graphql::{Context, dataloader::DataLoader, dataloader::HashMapCache};
use rondel_code_location::{Workspace, WorkspaceSnapshot};
use rondel_instance::Instance;
use rondel_storage::Storage;

use crate::{
    batches::Batches,
    documents::Document,
    errors::{PythonError, ResolverError, UnauthorizedError},
    permissions::Permission,
    schema::Schema,
    workspace::{PreparedWorkspace, WorkspaceCache},
};

/// What a server serves; given to [`crate::build_schema`].
#[derive(Clone)]
pub struct GraphqlContext {
    /// Stores, launcher, coordinator.
    pub instance: Arc<Instance>,
    /// The code locations.
    pub workspace: Arc<Workspace>,
    /// Refuse everything that changes state (`--read-only`).
    pub read_only: bool,
    /// The Dagster version which the API stands for.
    pub version: String,
    /// Bounds of what one request may ask for.
    pub limits: Limits,
}

/// Bounds of what one request may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Events in a page of a run's log (`DAGSTER_UI_EVENT_LOAD_CHUNK_SIZE`).
    pub event_page: usize,
    /// Asset nodes in a page (`DAGSTER_ASSET_NODES_CONNECTION_MAX_LIMIT`).
    pub asset_nodes_page: i32,
    /// Runs in a list for which a client gives no limit (`DAGSTER_DEFAULT_GRAPHQL_RUN_RECORDS_LIMIT`); all
    /// of them by default.
    pub run_records: Option<usize>,
    /// How deep the selections of a document may nest (`RONDEL_GRAPHQL_MAX_DEPTH`).
    pub query_depth: usize,
    /// How many fields a document may select, fragments counted where they are used
    /// (`RONDEL_GRAPHQL_MAX_FIELDS`).
    pub query_fields: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            event_page: 1_000,
            asset_nodes_page: 10_000,
            run_records: None,
            // The largest documents of the official UI: 11 deep, 639 fields.
            query_depth: 30,
            query_fields: 10_000,
        }
    }
}

impl Limits {
    /// The defaults, with what Dagster's environment variables say.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        fn number<T: std::str::FromStr>(
            variable: impl Fn(&str) -> Option<String>,
            names: &[&str],
        ) -> Option<T> {
            names.iter().find_map(|name| variable(name)).and_then(|text| text.trim().parse().ok())
        }
        let defaults = Limits::default();
        let events = ["DAGSTER_UI_EVENT_LOAD_CHUNK_SIZE", "DAGIT_EVENT_LOAD_CHUNK_SIZE"];
        let nodes = ["DAGSTER_ASSET_NODES_CONNECTION_MAX_LIMIT"];
        Limits {
            event_page: number(&variable, &events).unwrap_or(defaults.event_page),
            asset_nodes_page: number(&variable, &nodes).unwrap_or(defaults.asset_nodes_page),
            run_records: number(&variable, &["DAGSTER_DEFAULT_GRAPHQL_RUN_RECORDS_LIMIT"]),
            query_depth: number(&variable, &["RONDEL_GRAPHQL_MAX_DEPTH"])
                .unwrap_or(defaults.query_depth),
            query_fields: number(&variable, &["RONDEL_GRAPHQL_MAX_FIELDS"])
                .unwrap_or(defaults.query_fields),
        }
    }
}

/// One request's view of the deployment.
pub(crate) struct RequestContext {
    pub(crate) app: GraphqlContext,
    /// Taken once, so that all resolvers of a request see the same code locations.
    pub(crate) workspace: Arc<WorkspaceSnapshot>,
    /// The same with what was made of it once for all requests.
    pub(crate) prepared: Arc<PreparedWorkspace>,
    pub(crate) cache: Arc<WorkspaceCache>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) document: Arc<Document>,
    /// The API itself, for fields that are defined as what a document gives.
    pub(crate) schema: Schema,
    loader: DataLoader<StorageLoader, HashMapCache>,
}

impl RequestContext {
    /// `remembers`: whether what was loaded once stays for the rest of the request. A subscription
    /// must see changes.
    pub(crate) fn new(
        schema: &Schema,
        document: Arc<Document>,
        watch: Arc<Watch>,
        batches: &Arc<Batches>,
        remembers: bool,
    ) -> Self {
        let (app, cache) = (&schema.context, &schema.workspace);
        let loader = StorageLoader { storage: app.instance.storage().clone() };
        let batches = Arc::clone(batches);
        let hold = move |batch| batches.hold(batch);
        // the batches wait, and for no time that is set
        let loader = DataLoader::with_cache(loader, hold, HashMapCache::default());
        let loader = loader.delay(Duration::ZERO);
        loader.enable_all_cache(remembers);
        let workspace = app.workspace.snapshot();
        let prepared = cache.prepare(Arc::clone(&workspace));
        let (app, cache) = (app.clone(), Arc::clone(cache));
        let schema = schema.clone();
        RequestContext { app, workspace, prepared, cache, watch, document, schema, loader }
    }
}

/// Batches and remembers, for the length of one request, what is fetched per item. Each area
/// implements `Loader<ItsKey>` for it.
pub(crate) struct StorageLoader {
    pub(crate) storage: Storage,
}

/// What happened while a request was answered.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    failed: AtomicBool,
    beyond_workspace: AtomicBool,
}

impl Watch {
    /// Something failed unforeseen.
    pub(crate) fn note_failure(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// A resolver reached for what may change without a new version of the workspace.
    pub(crate) fn note_beyond_workspace(&self) {
        self.beyond_workspace.store(true, Ordering::Relaxed);
    }

    pub(crate) fn went_beyond_workspace(&self) -> bool {
        self.beyond_workspace.load(Ordering::Relaxed)
    }
}

/// Shorthands on async-graphql's context.
pub(crate) trait ContextExt {
    /// The request.
    fn request(&self) -> &RequestContext;

    /// The request, of which more is needed than the code locations as they were when it came: the
    /// answer is not kept. Whatever asks a code server or a file goes through here as well.
    fn beyond_workspace(&self) -> &RequestContext {
        let request = self.request();
        request.watch.note_beyond_workspace();
        request
    }

    /// The instance.
    fn instance(&self) -> &Arc<Instance> {
        &self.beyond_workspace().app.instance
    }

    /// The stores.
    fn storage(&self) -> &Storage {
        self.instance().storage()
    }

    /// The code locations as they were when the request came.
    fn workspace(&self) -> &Arc<WorkspaceSnapshot> {
        &self.request().workspace
    }

    /// The same code locations, with the asset graph and the ids made of them.
    fn prepared(&self) -> &Arc<PreparedWorkspace> {
        &self.request().prepared
    }

    /// Seconds since the epoch.
    fn now(&self) -> f64 {
        self.instance().now().seconds()
    }

    /// The live workspace, for what changes it.
    fn live_workspace(&self) -> &Arc<Workspace> {
        &self.beyond_workspace().app.workspace
    }

    /// The request's loader.
    fn loader(&self) -> &DataLoader<StorageLoader, HashMapCache> {
        &self.beyond_workspace().loader
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
        self.request().watch.note_failure();
    }
}

impl ContextExt for Context<'_> {
    fn request(&self) -> &RequestContext {
        // `schema::execute` puts it into every request.
        self.data_unchecked::<RequestContext>()
    }
}
