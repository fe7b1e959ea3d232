//! Building the merged graph from the repositories' snapshots.
//!
//! Two passes as in `RemoteWorkspaceAssetGraph.build`: each repository is resolved on its own (execution sets, the
//! instigators that target each asset), then all are merged by key. Snapshots are shared, not copied.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};

use indexmap::IndexMap;
use petgraph::graph::{DiGraph, NodeIndex};
use rondel_model::{
    ids::{AssetCheckKey, AssetKey, RepositorySelector},
    snap::{AssetNodeSnap, RepositorySnap},
};

use super::{
    AssetGraph,
    checks::{CheckNode, checks_of},
    node::{AssetNode, Definition, ExecutionSet},
    targets::Targets,
};

/// What one repository contributes.
#[derive(Debug, Clone)]
pub struct RepositoryAssets {
    /// The repository.
    pub repository: Arc<RepositorySelector>,
    /// Its snapshot.
    pub snap: Arc<RepositorySnap>,
}

impl AssetGraph {
    /// Merges the repositories of a workspace; their order does not matter.
    #[must_use]
    pub fn build(mut repositories: Vec<RepositoryAssets>) -> Self {
        repositories.sort_by(|a, b| {
            let (a, b) = (&a.repository, &b.repository);
            (&a.location_name, &a.repository_name).cmp(&(&b.location_name, &b.repository_name))
        });
        let mut definitions: IndexMap<AssetKey, Vec<Definition>> = IndexMap::new();
        let mut checks: IndexMap<AssetCheckKey, CheckNode> = IndexMap::new();
        for source in &repositories {
            add(source, &mut Targets::of(source), &mut definitions, &mut checks);
        }
        Self::assemble(definitions, checks)
    }

    /// The graph of one repository alone, where selections of its sensors and schedules are resolved.
    #[must_use]
    pub fn of_repository(repository: &RepositoryAssets) -> Self {
        let mut definitions = IndexMap::new();
        let mut checks = IndexMap::new();
        add(repository, &mut Targets::default(), &mut definitions, &mut checks);
        Self::assemble(definitions, checks)
    }

    fn assemble(
        definitions: IndexMap<AssetKey, Vec<Definition>>,
        checks: IndexMap<AssetCheckKey, CheckNode>,
    ) -> Self {
        let mut parents: HashMap<&AssetKey, BTreeSet<&AssetKey>> = HashMap::new();
        let mut children: HashMap<&AssetKey, BTreeSet<&AssetKey>> = HashMap::new();
        for (key, definitions) in &definitions {
            for edge in
                definitions.iter().flat_map(|definition| definition.snap().parent_edges.iter())
            {
                parents.entry(key).or_default().insert(&edge.parent_asset_key);
                children.entry(&edge.parent_asset_key).or_default().insert(key);
            }
        }
        let mut checks_of: HashMap<AssetKey, Vec<AssetCheckKey>> = HashMap::new();
        for key in checks.keys() {
            checks_of.entry(key.asset_key.clone()).or_default().push(key.clone());
        }
        let owned = |keys: Option<&BTreeSet<&AssetKey>>| -> Box<[AssetKey]> {
            keys.into_iter().flatten().map(|key| (*key).clone()).collect()
        };
        let neighbours: Vec<[Box<[AssetKey]>; 2]> = definitions
            .keys()
            .map(|key| [owned(parents.get(key)), owned(children.get(key))])
            .collect();
        let nodes: Vec<AssetNode> = definitions
            .into_iter()
            .zip(neighbours)
            .map(|((key, definitions), [parents, children])| {
                let mut checks = checks_of.get(&key).cloned().unwrap_or_default();
                checks.sort();
                AssetNode {
                    preferred: preferred(&definitions),
                    key,
                    definitions: definitions.into(),
                    parents,
                    children,
                    checks: checks.into(),
                }
            })
            .collect();
        let index: HashMap<AssetKey, usize> =
            nodes.iter().enumerate().map(|(position, node)| (node.key.clone(), position)).collect();
        let mut edges = DiGraph::with_capacity(nodes.len(), nodes.len());
        for _ in &nodes {
            edges.add_node(());
        }
        for (position, node) in nodes.iter().enumerate() {
            for parent in node.parents.iter().filter_map(|parent| index.get(parent)) {
                edges.add_edge(NodeIndex::new(*parent), NodeIndex::new(position), ());
            }
        }
        let mut by_key: Vec<usize> = (0..nodes.len()).collect();
        by_key.sort_by(|&a, &b| nodes[a].key.cmp(&nodes[b].key));
        Self { nodes, index, edges, checks, checks_of, by_key, labels: OnceLock::default() }
    }
}

/// Adds what one repository says about assets and checks.
fn add(
    source: &RepositoryAssets,
    targets: &mut Targets,
    definitions: &mut IndexMap<AssetKey, Vec<Definition>>,
    checks: &mut IndexMap<AssetCheckKey, CheckNode>,
) {
    let sets = execution_sets(&source.snap);
    for (position, snap) in source.snap.asset_nodes.iter().enumerate() {
        let key = snap.asset_key.clone();
        let alone = || ExecutionSet { assets: vec![key.clone()], checks: Vec::new() };
        let definition = Definition {
            repository: Arc::clone(&source.repository),
            execution_set: set_of(&sets, snap.execution_set_identifier.as_deref(), alone),
            sensors: targets.sensors_for(snap),
            schedules: targets.schedules_for(snap),
            source: Arc::clone(&source.snap),
            position,
        };
        definitions.entry(key).or_default().push(definition);
    }
    for (position, snap) in checks_of(&source.snap).iter().enumerate() {
        let key = AssetCheckKey { asset_key: snap.asset_key.clone(), name: snap.name.clone() };
        let alone = || ExecutionSet { assets: Vec::new(), checks: vec![key.clone()] };
        let node = CheckNode {
            key: key.clone(),
            repository: Arc::clone(&source.repository),
            execution_set: set_of(&sets, snap.execution_set_identifier.as_deref(), alone),
            source: Arc::clone(&source.snap),
            position,
        };
        checks.insert(key, node);
    }
}

/// Position of the definition that speaks for the asset.
fn preferred(definitions: &[Definition]) -> usize {
    let first = |holds: &dyn Fn(&Definition) -> bool| definitions.iter().position(holds);
    first(&Definition::is_materializable)
        .or_else(|| first(&Definition::is_observable))
        .or_else(|| first(&|definition| !definition.is_stub()))
        .unwrap_or(0)
}

fn execution_sets(snap: &RepositorySnap) -> HashMap<String, Arc<ExecutionSet>> {
    let mut sets: HashMap<String, ExecutionSet> = HashMap::new();
    for asset in &snap.asset_nodes {
        if let Some(id) = &asset.execution_set_identifier {
            sets.entry(id.clone()).or_default().assets.push(asset.asset_key.clone());
        }
    }
    for check in checks_of(snap) {
        if let Some(id) = &check.execution_set_identifier {
            let key =
                AssetCheckKey { asset_key: check.asset_key.clone(), name: check.name.clone() };
            sets.entry(id.clone()).or_default().checks.push(key);
        }
    }
    sets.into_iter().map(|(id, set)| (id, Arc::new(set))).collect()
}

fn set_of(
    sets: &HashMap<String, Arc<ExecutionSet>>,
    id: Option<&str>,
    alone: impl FnOnce() -> ExecutionSet,
) -> Arc<ExecutionSet> {
    id.and_then(|id| sets.get(id)).cloned().unwrap_or_else(|| Arc::new(alone()))
}

/// Whether some automation may request the asset by itself.
pub(super) fn has_condition(snap: &AssetNodeSnap) -> bool {
    snap.automation_condition_snapshot.is_some() || snap.auto_materialize_policy.is_some()
}
