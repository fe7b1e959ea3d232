//! Declarative automation: conditions evaluated over an asset-graph view.
