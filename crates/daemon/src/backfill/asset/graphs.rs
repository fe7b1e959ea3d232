//! The asset graphs backfills are worked off with, kept until a code location is loaded anew.

use std::sync::{Arc, Mutex, PoisonError};

use rondel_automation::AutomationGraph;
use rondel_backfill::BackfillGraph;
use rondel_code_location::WorkspaceSnapshot;

use crate::assets::WorkspaceAssets;

/// Two views of the assets of one version of the workspace.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    pub(super) automation: Arc<AutomationGraph>,
    pub(super) backfill: Arc<BackfillGraph>,
}

/// The graphs of the version seen last. Clones share them.
#[derive(Debug, Clone, Default)]
pub(in crate::backfill) struct Graphs {
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    assets: WorkspaceAssets,
    graph: Option<Graph>,
}

impl Graphs {
    /// The graphs of a workspace; built only when its definitions have changed.
    pub(super) fn of(&self, workspace: &WorkspaceSnapshot) -> Graph {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (automation, _) = known.assets.automation(workspace);
        if let Some(graph) = &known.graph
            && Arc::ptr_eq(&graph.automation, &automation)
        {
            return graph.clone();
        }
        let backfill = Arc::new(BackfillGraph::new(Arc::clone(automation.assets())));
        let graph = Graph { automation, backfill };
        known.graph = Some(graph.clone());
        graph
    }
}
