//! The graph of all assets of a workspace, merged over code locations.
//!
//! An asset may be defined in one repository and appear in others as a stub or source; all of them form one
//! [`AssetNode`], whose facts come from the definition that Dagster prefers (materializable, then observable, then not
//! a stub; repositories in the order of their location's and their own name).
//!
//! Invariants: positions (`usize`) are valid for the graph that issued them only; edges connect known nodes and are
//! free of repetitions; self edges exist (an asset depending on its own earlier partition).

mod build;
mod checks;
mod default_sensor;
mod labels;
mod node;
mod set;
mod targets;

mod walk;

use std::{collections::HashMap, sync::OnceLock};

use indexmap::IndexMap;
use petgraph::graph::DiGraph;
use rondel_model::ids::{AssetCheckKey, AssetKey};

pub use build::RepositoryAssets;
use labels::Labels;

pub use checks::CheckNode;
pub use default_sensor::{DEFAULT_AUTOMATION_SENSOR, default_automation_sensor};
pub use node::{AssetNode, Definition, ExecutionSet, PartitionsKind};
pub use set::NodeSet;
pub use walk::Direction;

/// The merged graph. Cheap to share (`Arc`), never changed after building.
#[derive(Debug, Default)]
pub struct AssetGraph {
    nodes: Vec<AssetNode>,
    index: HashMap<AssetKey, usize>,
    /// Node weights are absent: the node of a position is `nodes[position]`. Edges run downstream.
    edges: DiGraph<(), ()>,
    checks: IndexMap<AssetCheckKey, CheckNode>,
    checks_of: HashMap<AssetKey, Vec<AssetCheckKey>>,
    by_key: Vec<usize>,
    labels: OnceLock<Labels>,
}

impl AssetGraph {
    /// Every asset, in the order of the repositories and of their snapshots.
    #[must_use]
    pub fn nodes(&self) -> &[AssetNode] {
        &self.nodes
    }

    /// Every asset in ascending key order.
    pub fn nodes_by_key(&self) -> impl ExactSizeIterator<Item = &AssetNode> + '_ {
        self.by_key.iter().map(|&index| &self.nodes[index])
    }

    /// Positions of every asset in ascending key order.
    pub fn places_by_key(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.by_key.iter().copied()
    }

    /// The node at a position this graph issued.
    #[must_use]
    pub fn node(&self, index: usize) -> &AssetNode {
        &self.nodes[index]
    }

    /// The position of a key.
    #[must_use]
    pub fn index_of(&self, key: &AssetKey) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// The node of a key.
    #[must_use]
    pub fn get(&self, key: &AssetKey) -> Option<&AssetNode> {
        self.index_of(key).map(|index| &self.nodes[index])
    }

    /// Whether some code location defines or names the asset.
    #[must_use]
    pub fn contains(&self, key: &AssetKey) -> bool {
        self.index.contains_key(key)
    }

    /// The nodes for which `holds`.
    pub fn select(&self, holds: impl Fn(&AssetNode) -> bool) -> NodeSet {
        let mut set = self.no_nodes();
        for (index, node) in self.nodes.iter().enumerate() {
            if holds(node) {
                set.insert(index);
            }
        }
        set
    }

    /// Which nodes have which labels.
    pub(crate) fn labels(&self) -> &Labels {
        self.labels.get_or_init(|| Labels::of(&self.nodes))
    }

    /// The set of these nodes.
    pub(crate) fn set_of(&self, members: impl Iterator<Item = usize>) -> NodeSet {
        let mut set = self.no_nodes();
        members.for_each(|index| set.insert(index));
        set
    }

    /// The empty set of nodes.
    #[must_use]
    pub fn no_nodes(&self) -> NodeSet {
        NodeSet::empty(self.nodes.len())
    }

    /// Every check, in the order of the repositories and of their snapshots; where two repositories define the same
    /// check the later one stands, as in Dagster.
    pub fn checks(&self) -> impl ExactSizeIterator<Item = &CheckNode> + '_ {
        self.checks.values()
    }

    /// A check by its key.
    #[must_use]
    pub fn check(&self, key: &AssetCheckKey) -> Option<&CheckNode> {
        self.checks.get(key)
    }

    /// The checks that target an asset.
    pub fn checks_for<'a>(
        &'a self,
        key: &AssetKey,
    ) -> impl Iterator<Item = &'a CheckNode> + use<'a> {
        self.checks_of.get(key).into_iter().flatten().filter_map(|key| self.checks.get(key))
    }

    /// The group names in use, sorted.
    #[must_use]
    pub fn group_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.nodes.iter().map(AssetNode::group_name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Positions of the materializable assets that a job of this name materializes.
    #[must_use]
    pub fn materialized_by_job(&self, job_name: &str) -> NodeSet {
        self.select(|node| {
            node.is_materializable() && node.job_names().iter().any(|job| job == job_name)
        })
    }
}
