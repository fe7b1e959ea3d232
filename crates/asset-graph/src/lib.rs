//! The workspace-wide asset graph, the asset selection language, and the layout of drawn graphs.
//!
//! Everything here is pure: a graph is built once per version of the workspace from the repositories' snapshots and
//! shared immutably; questions about it do no I/O and know no clock. Dagster's counterpart is
//! `dagster/_core/definitions/assets/graph/remote_asset_graph.py` with `asset_selection.py`.

pub mod graph;
pub mod layout;
pub mod selection;

pub use graph::{AssetGraph, AssetNode, CheckNode, Definition, Direction, NodeSet};
pub use selection::{Missing, ParseError, ResolveError, Selection, Sources};
