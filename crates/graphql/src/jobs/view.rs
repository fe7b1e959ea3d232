//! A job's snapshot with what resolvers look up in it: definitions and nodes by name, who consumes
//! an output, and the handles of all nodes.
//!
//! The indexes are made when first asked for, so that a page which shows a job's name only does
//! not pay for them, and a graph of thousands of ops costs one pass instead of one per field.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use rondel_model::snap::{
    DependencyStructureSnapshot, GraphDefSnap, InputDefSnap, JobDataSnap, JobSnap,
    NodeInvocationSnap, OpDefSnap, OutputDefSnap, PresetSnap,
};

use crate::{config::SchemaSource, workspace::PreparedRepository};

/// A job as it is loaded now, or as a run recorded it.
#[derive(Clone)]
pub(crate) struct JobView(Arc<Inner>);

enum Source {
    Loaded { data: Arc<JobDataSnap>, repository: Arc<PreparedRepository>, job_name: String },
    Recorded(Arc<JobSnap>),
}

struct Inner {
    source: Source,
    snapshot_id: OnceLock<String>,
    index: OnceLock<Index>,
    handles: OnceLock<BTreeMap<String, Handle>>,
}

/// The graph that a node is in: the job's own, or one of its graph definitions.
pub(super) type Scope = Option<usize>;

/// A definition of a node, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DefRef {
    Op(usize),
    Graph(usize),
}

/// A node with the path to it.
#[derive(Clone)]
pub(super) struct Handle {
    pub(super) scope: Scope,
    pub(super) node: usize,
    /// The id of the graph's handle which the node is in.
    pub(super) parent: Option<String>,
}

#[derive(Default)]
struct Index {
    defs: HashMap<String, DefRef>,
    root: Level,
    graphs: Vec<Level>,
}

/// The nodes of one graph.
#[derive(Default)]
struct Level {
    nodes: HashMap<String, usize>,
    /// Node and input names by the node and output name which they take their value from.
    consumers: HashMap<(String, String), Vec<(String, String)>>,
}

impl Level {
    fn of(structure: &DependencyStructureSnapshot) -> Self {
        let mut level = Level::default();
        for (index, node) in structure.node_invocation_snaps.iter().enumerate() {
            level.nodes.insert(node.node_name.clone(), index);
            for input in &node.input_dep_snaps {
                for source in &input.upstream_output_snaps {
                    let key = (source.node_name.clone(), source.output_name.clone());
                    let consumer = (node.node_name.clone(), input.input_name.clone());
                    level.consumers.entry(key).or_default().push(consumer);
                }
            }
        }
        level
    }
}

impl JobView {
    /// A job of a loaded code location; its id is computed when needed unless it is known.
    pub(crate) fn loaded(
        repository: Arc<PreparedRepository>,
        job_name: String,
        data: Arc<JobDataSnap>,
        snapshot_id: Option<String>,
    ) -> Self {
        Self::of(Source::Loaded { data, repository, job_name }, snapshot_id)
    }

    /// A job as stored when it ran.
    pub(crate) fn recorded(snap: Arc<JobSnap>, snapshot_id: String) -> Self {
        Self::of(Source::Recorded(snap), Some(snapshot_id))
    }

    fn of(source: Source, known: Option<String>) -> Self {
        let snapshot_id = known.map(OnceLock::from).unwrap_or_default();
        let (index, handles) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Inner { source, snapshot_id, index, handles }))
    }

    pub(crate) fn snap(&self) -> &JobSnap {
        match &self.0.source {
            Source::Loaded { data, .. } => &data.job,
            Source::Recorded(snap) => snap,
        }
    }

    /// The name under which the repository lists it.
    pub(super) fn name(&self) -> &str {
        match &self.0.source {
            Source::Loaded { job_name, .. } => job_name,
            Source::Recorded(snap) => &snap.name,
        }
    }

    /// SHA-1 of the snapshot, as the code server or the store tells it.
    pub(super) fn snapshot_id(&self) -> &str {
        self.0.snapshot_id.get_or_init(|| self.snap().snapshot_id())
    }

    /// The repository, of a job that is loaded.
    pub(super) fn repository(&self) -> Option<&Arc<PreparedRepository>> {
        match &self.0.source {
            Source::Loaded { repository, .. } => Some(repository),
            Source::Recorded(_) => None,
        }
    }

    /// The presets, of a job that is loaded.
    pub(super) fn presets(&self) -> Option<&[PresetSnap]> {
        match &self.0.source {
            Source::Loaded { data, .. } => Some(&data.active_presets),
            Source::Recorded(_) => None,
        }
    }

    /// The config types.
    pub(crate) fn schema(&self) -> SchemaSource {
        match &self.0.source {
            Source::Loaded { data, .. } => SchemaSource::JobData(Arc::clone(data)),
            Source::Recorded(snap) => SchemaSource::Job(Arc::clone(snap)),
        }
    }

    fn index(&self) -> &Index {
        self.0.index.get_or_init(|| {
            let defs = &self.snap().node_defs_snapshot;
            let ops = defs.op_def_snaps.iter().enumerate();
            let ops = ops.map(|(at, def)| (def.name.clone(), DefRef::Op(at)));
            let graphs = defs.graph_def_snaps.iter().enumerate();
            let graphs = graphs.map(|(at, def)| (def.name.clone(), DefRef::Graph(at)));
            let levels =
                defs.graph_def_snaps.iter().map(|def| Level::of(&def.dep_structure_snapshot));
            Index {
                // An op wins over a graph of the same name.
                defs: graphs.chain(ops).collect(),
                root: Level::of(&self.snap().dep_structure_snapshot),
                graphs: levels.collect(),
            }
        })
    }

    fn level(&self, scope: Scope) -> &Level {
        let index = self.index();
        scope.and_then(|graph| index.graphs.get(graph)).unwrap_or(&index.root)
    }

    /// The nodes of a graph.
    pub(super) fn nodes(&self, scope: Scope) -> &[NodeInvocationSnap] {
        let graphs = &self.snap().node_defs_snapshot.graph_def_snaps;
        let graph = scope.and_then(|graph| graphs.get(graph));
        let structure = graph
            .map_or(&self.snap().dep_structure_snapshot, |graph| &graph.dep_structure_snapshot);
        &structure.node_invocation_snaps
    }

    pub(super) fn node_index(&self, scope: Scope, name: &str) -> Option<usize> {
        self.level(scope).nodes.get(name).copied()
    }

    /// Node and input names that take an output's value.
    pub(super) fn consumers(&self, scope: Scope, node: &str, output: &str) -> &[(String, String)] {
        let key = (node.to_owned(), output.to_owned());
        self.level(scope).consumers.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn def(&self, name: &str) -> Option<DefRef> {
        self.index().defs.get(name).copied()
    }

    pub(super) fn op_def(&self, index: usize) -> Option<&OpDefSnap> {
        self.snap().node_defs_snapshot.op_def_snaps.get(index)
    }

    pub(super) fn graph_def(&self, index: usize) -> Option<&GraphDefSnap> {
        self.snap().node_defs_snapshot.graph_def_snaps.get(index)
    }

    pub(super) fn input_defs(&self, def: DefRef) -> &[InputDefSnap] {
        match def {
            DefRef::Op(at) => self.op_def(at).map(|def| def.input_def_snaps.as_slice()),
            DefRef::Graph(at) => self.graph_def(at).map(|def| def.input_def_snaps.as_slice()),
        }
        .unwrap_or_default()
    }

    pub(super) fn output_defs(&self, def: DefRef) -> &[OutputDefSnap] {
        match def {
            DefRef::Op(at) => self.op_def(at).map(|def| def.output_def_snaps.as_slice()),
            DefRef::Graph(at) => self.graph_def(at).map(|def| def.output_def_snaps.as_slice()),
        }
        .unwrap_or_default()
    }

    pub(super) fn def_name(&self, def: DefRef) -> &str {
        match def {
            DefRef::Op(at) => self.op_def(at).map(|def| def.name.as_str()),
            DefRef::Graph(at) => self.graph_def(at).map(|def| def.name.as_str()),
        }
        .unwrap_or_default()
    }

    /// Every node of the job and of its graphs, by handle id (`outer.inner`), in the order of ids.
    pub(super) fn handles(&self) -> &BTreeMap<String, Handle> {
        self.0.handles.get_or_init(|| {
            let mut handles = BTreeMap::new();
            let mut waiting: Vec<(Scope, Option<String>)> = vec![(None, None)];
            while let Some((scope, parent)) = waiting.pop() {
                for (node, snap) in self.nodes(scope).iter().enumerate() {
                    let id = match &parent {
                        Some(parent) => format!("{parent}.{}", snap.node_name),
                        None => snap.node_name.clone(),
                    };
                    if let Some(DefRef::Graph(graph)) = self.def(&snap.node_def_name) {
                        waiting.push((Some(graph), Some(id.clone())));
                    }
                    handles.insert(id, Handle { scope, node, parent: parent.clone() });
                }
            }
            handles
        })
    }
}

#[cfg(test)]
mod tests {
    use rondel_model::snap::{InputDependencySnap, OutputHandleSnap};

    use super::*;

    fn node(name: &str, def: &str, upstream: &[(&str, &str)]) -> NodeInvocationSnap {
        let source = |(node, output): &(&str, &str)| OutputHandleSnap {
            node_name: (*node).into(),
            output_name: (*output).into(),
            ..OutputHandleSnap::default()
        };
        NodeInvocationSnap {
            node_name: name.into(),
            node_def_name: def.into(),
            input_dep_snaps: vec![InputDependencySnap {
                input_name: "x".into(),
                upstream_output_snaps: upstream.iter().map(source).collect(),
                ..InputDependencySnap::default()
            }],
            ..NodeInvocationSnap::default()
        }
    }

    #[test]
    fn handles_name_nodes_by_the_path_through_graphs() {
        let mut snap = JobSnap::default();
        let op = OpDefSnap { name: "op".into(), ..OpDefSnap::default() };
        let mut graph = GraphDefSnap { name: "graph".into(), ..GraphDefSnap::default() };
        graph.dep_structure_snapshot.node_invocation_snaps = vec![node("inner", "op", &[])];
        snap.node_defs_snapshot.op_def_snaps = vec![op];
        snap.node_defs_snapshot.graph_def_snaps = vec![graph];
        snap.dep_structure_snapshot.node_invocation_snaps =
            vec![node("a", "op", &[]), node("b", "graph", &[("a", "result")])];
        let view = JobView::recorded(Arc::new(snap), "id".into());
        assert_eq!(view.handles().keys().collect::<Vec<_>>(), ["a", "b", "b.inner"]);
        assert_eq!(view.handles()["b.inner"].parent.as_deref(), Some("b"));
        assert_eq!(view.consumers(None, "a", "result"), [("b".to_owned(), "x".to_owned())]);
    }
}
