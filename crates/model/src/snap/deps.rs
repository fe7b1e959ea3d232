//! How nodes of a graph depend on each other.

use crate::record;
use crate::serdes::Map;

record! {
    /// An output of a node.
    #[derive(Default)]
    pub struct OutputHandleSnap = "OutputHandleSnap" {
        node_name as "solid_name": String,
        output_name: String,
    }
}

record! {
    /// The outputs an input depends on.
    #[derive(Default)]
    pub struct InputDependencySnap = "InputDependencySnap" {
        input_name: String,
        upstream_output_snaps: Vec<OutputHandleSnap>,
        is_dynamic_collect: bool = false,
    }
}

record! {
    /// A node of a graph: its definition and the sources of its inputs.
    #[derive(Default)]
    pub struct NodeInvocationSnap = "SolidInvocationSnap" {
        node_name as "solid_name": String,
        node_def_name as "solid_def_name": String,
        input_dep_snaps: Vec<InputDependencySnap>,
        is_dynamic_mapped: bool = false,
        tags: Map<String>,
    }
}

record! {
    /// The nodes of a graph.
    #[derive(Default)]
    pub struct DependencyStructureSnapshot = "DependencyStructureSnapshot" {
        node_invocation_snaps as "solid_invocation_snaps": Vec<NodeInvocationSnap>,
    }
}
