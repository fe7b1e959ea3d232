//! What resolvers need of one version of the workspace, made once and shared by all requests that see it: the
//! repositories with their ids, the merged asset graph, each repository's own graph.
//!
//! Snapshots of the workspace are immutable, so everything here is too; the expensive parts are made when first asked
//! for. [`WorkspaceCache`] keeps the latest version only.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwapOption;
use indexmap::IndexMap;
use rondel_asset_graph::{AssetGraph, graph::RepositoryAssets};
use rondel_code_location::{CodeLocation, WorkspaceSnapshot};
use rondel_model::{
    ids::{InstigatorSelector, RepositorySelector},
    origin::{RemoteInstigatorOrigin, RemoteJobOrigin, RemoteRepositoryOrigin},
    snap::RepositorySnap,
};

use crate::answers::Answers;

/// The latest workspace version, prepared.
#[derive(Default)]
pub(crate) struct WorkspaceCache(ArcSwapOption<PreparedWorkspace>);

impl WorkspaceCache {
    /// The prepared form of a snapshot; made now unless it is the one seen last.
    pub(crate) fn prepare(&self, snapshot: Arc<WorkspaceSnapshot>) -> Arc<PreparedWorkspace> {
        if let Some(latest) = self.0.load_full()
            && Arc::ptr_eq(&latest.snapshot, &snapshot)
        {
            return latest;
        }
        let prepared = Arc::new(PreparedWorkspace::new(snapshot));
        self.0.store(Some(Arc::clone(&prepared)));
        prepared
    }
}

/// One version of the workspace.
pub(crate) struct PreparedWorkspace {
    pub(crate) snapshot: Arc<WorkspaceSnapshot>,
    /// By location and repository name, in workspace order.
    repositories: IndexMap<(String, String), Arc<PreparedRepository>>,
    graph: OnceLock<Arc<AssetGraph>>,
    /// What was asked about it and nothing else.
    pub(crate) answers: Answers,
}

impl PreparedWorkspace {
    fn new(snapshot: Arc<WorkspaceSnapshot>) -> Self {
        let mut repositories = IndexMap::new();
        for location in snapshot.loaded() {
            for repository in location.repositories.values() {
                let key = (location.name.clone(), repository.name.clone());
                repositories.insert(
                    key,
                    Arc::new(PreparedRepository::new(Arc::clone(location), repository)),
                );
            }
        }
        Self { snapshot, repositories, graph: OnceLock::new(), answers: Answers::default() }
    }

    /// Every loaded repository, in workspace order.
    pub(crate) fn repositories(&self) -> impl Iterator<Item = &Arc<PreparedRepository>> {
        self.repositories.values()
    }

    /// A repository by name; none while its location is not loaded.
    pub(crate) fn repository(
        &self,
        location_name: &str,
        repository_name: &str,
    ) -> Option<&Arc<PreparedRepository>> {
        // The key type owns its strings; two short allocations are cheaper than a second index.
        self.repositories.get(&(location_name.to_owned(), repository_name.to_owned()))
    }

    /// The repository that a graph definition belongs to.
    pub(crate) fn repository_of(
        &self,
        selector: &RepositorySelector,
    ) -> Option<&Arc<PreparedRepository>> {
        self.repository(&selector.location_name, &selector.repository_name)
    }

    /// The graph of all assets of the workspace.
    pub(crate) fn asset_graph(&self) -> &Arc<AssetGraph> {
        self.graph.get_or_init(|| {
            let repositories =
                self.repositories.values().map(|repository| repository.assets()).collect();
            let graph = Arc::new(AssetGraph::build(repositories));
            // Of a single repository it is that repository's graph too: ten thousand assets take megabytes.
            if let [repository] = self.repositories.values().collect::<Vec<_>>()[..] {
                repository.graph.get_or_init(|| Arc::clone(&graph));
            }
            graph
        })
    }
}

/// The two ids under which the state of a schedule or sensor is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InstigatorIds {
    pub(crate) origin_id: String,
    pub(crate) selector_id: String,
}

impl InstigatorIds {
    /// Both in one text, as clients hold them.
    pub(crate) fn compound(&self) -> String {
        format!("{}::{}", self.origin_id, self.selector_id)
    }

    /// Takes a compound id apart.
    pub(crate) fn parse(compound: &str) -> Option<Self> {
        let (origin_id, selector_id) = compound.split_once("::")?;
        (!selector_id.contains("::"))
            .then(|| Self { origin_id: origin_id.to_owned(), selector_id: selector_id.to_owned() })
    }
}

/// One repository of a loaded code location.
pub(crate) struct PreparedRepository {
    pub(crate) location: Arc<CodeLocation>,
    pub(crate) name: String,
    pub(crate) snap: Arc<RepositorySnap>,
    pub(crate) selector: Arc<RepositorySelector>,
    pub(crate) selector_id: String,
    pub(crate) origin: RemoteRepositoryOrigin,
    graph: OnceLock<Arc<AssetGraph>>,
    instigators: OnceLock<HashMap<String, InstigatorIds>>,
}

impl PreparedRepository {
    fn new(location: Arc<CodeLocation>, repository: &rondel_code_location::Repository) -> Self {
        let selector = repository.selector.clone();
        let origin = repository.origin.clone();
        Self {
            name: repository.name.clone(),
            snap: Arc::clone(&repository.snap),
            selector_id: selector.selector_id(),
            selector: Arc::new(selector),
            origin,
            location,
            graph: OnceLock::new(),
            instigators: OnceLock::new(),
        }
    }

    fn assets(&self) -> RepositoryAssets {
        RepositoryAssets { repository: Arc::clone(&self.selector), snap: Arc::clone(&self.snap) }
    }

    /// The graph of this repository's assets alone.
    pub(crate) fn asset_graph(&self) -> &Arc<AssetGraph> {
        self.graph.get_or_init(|| Arc::new(AssetGraph::of_repository(&self.assets())))
    }

    /// `repository@location`, the label in run tags.
    pub(crate) fn label(&self) -> String {
        format!("{}@{}", self.name, self.location.name)
    }

    /// The ids of a schedule or sensor of this repository.
    pub(crate) fn instigator_ids(&self, name: &str) -> InstigatorIds {
        let all = self.instigators.get_or_init(|| {
            let schedules = self.snap.schedules.iter().map(|schedule| &schedule.name);
            let sensors = self.snap.sensors.iter().map(|sensor| &sensor.name);
            schedules.chain(sensors).map(|name| (name.clone(), self.make_ids(name))).collect()
        });
        all.get(name).cloned().unwrap_or_else(|| self.make_ids(name))
    }

    fn make_ids(&self, name: &str) -> InstigatorIds {
        let selector = InstigatorSelector {
            location_name: self.location.name.clone(),
            repository_name: self.name.clone(),
            name: name.to_owned(),
            ..InstigatorSelector::default()
        };
        InstigatorIds {
            origin_id: self.instigator_origin(name).id(),
            selector_id: selector.selector_id(),
        }
    }

    /// Where a schedule or sensor comes from, as states record it.
    pub(crate) fn instigator_origin(&self, name: &str) -> RemoteInstigatorOrigin {
        RemoteInstigatorOrigin {
            repository_origin: self.origin.clone(),
            instigator_name: name.to_owned(),
            extra: rondel_model::serdes::Extra::default(),
        }
    }

    /// The id of a job's origin, under which clients know the job.
    pub(crate) fn job_origin_id(&self, name: &str) -> String {
        RemoteJobOrigin {
            repository_origin: self.origin.clone(),
            job_name: name.to_owned(),
            extra: rondel_model::serdes::Extra::default(),
        }
        .id()
    }

    /// Whether the repository has a job of this name.
    pub(crate) fn has_job(&self, name: &str) -> bool {
        self.job_names().any(|job| job == name)
    }

    /// The names of all jobs, in the order of the snapshot.
    pub(crate) fn job_names(&self) -> impl Iterator<Item = &str> {
        let full = self.snap.job_datas.iter().flatten().map(|job| job.name.as_str());
        let deferred = self.snap.job_refs.iter().flatten().map(|job| job.name.as_str());
        full.chain(deferred)
    }
}
