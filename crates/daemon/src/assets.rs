//! The asset graphs of a workspace, built when its definitions have changed and kept until then.

use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_automation::AutomationGraph;
use rondel_code_location::{CodeLocation, WorkspaceSnapshot};

/// The merged graph of the definitions seen last.
#[derive(Debug, Default)]
pub(crate) struct WorkspaceAssets {
    locations: Vec<Arc<CodeLocation>>,
    graph: Arc<AssetGraph>,
    contributions: Arc<Vec<RepositoryAssets>>,
    automation: Option<Arc<AutomationGraph>>,
    respects_data_versions: bool,
}

impl WorkspaceAssets {
    /// Tells what the instance says about data versions, which only legacy rules ask for.
    pub(crate) fn respecting_data_versions(self, respects_data_versions: bool) -> Self {
        Self { respects_data_versions, ..self }
    }

    /// The graph of the workspace; built only when a location was loaded anew, came or went.
    pub(crate) fn graph(&mut self, workspace: &WorkspaceSnapshot) -> Arc<AssetGraph> {
        let known = &self.locations;
        let is_known = workspace.loaded().count() == known.len()
            && workspace.loaded().zip(known).all(|(new, old)| Arc::ptr_eq(new, old));
        if !is_known {
            let contributions = contributions(workspace);
            self.graph = Arc::new(AssetGraph::build(contributions.clone()));
            self.contributions = Arc::new(contributions);
            self.automation = None;
            self.locations = workspace.loaded().cloned().collect();
        }
        Arc::clone(&self.graph)
    }

    /// The graph with its conditions, and what it was made of.
    pub(crate) fn automation(
        &mut self,
        workspace: &WorkspaceSnapshot,
    ) -> (Arc<AutomationGraph>, Arc<Vec<RepositoryAssets>>) {
        let assets = self.graph(workspace);
        let graph = match &self.automation {
            Some(graph) => Arc::clone(graph),
            None => {
                let graph = AutomationGraph::build(assets, &self.contributions);
                let graph = Arc::new(graph.respecting_data_versions(self.respects_data_versions));
                self.automation = Some(Arc::clone(&graph));
                graph
            }
        };
        (graph, Arc::clone(&self.contributions))
    }
}

/// What the workspace's repositories contribute to its graph.
fn contributions(workspace: &WorkspaceSnapshot) -> Vec<RepositoryAssets> {
    let repositories = workspace.loaded().flat_map(|location| location.repositories.values());
    repositories
        .map(|repository| RepositoryAssets {
            repository: Arc::new(repository.selector.clone()),
            snap: Arc::clone(&repository.snap),
        })
        .collect()
}
