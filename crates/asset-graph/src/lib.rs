//! The workspace-wide asset graph, selections and staleness.
