//! A walk along the graph, parents before children, that goes on only below what it lets pass
//! (`bfs_filter_asset_graph_view`).

use std::collections::{BTreeMap, BTreeSet};

use rondel_model::ids::AssetKey;
use rondel_partitions::Context;

use crate::error::Result;
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::subset::GraphSubset;

/// What became of a candidate.
pub(crate) struct Verdict {
    pub(crate) passed: GraphSubset,
    pub(crate) excluded: Vec<Exclusion>,
}

/// Something that did not pass, and why.
pub(crate) struct Exclusion {
    pub(crate) subset: GraphSubset,
    pub(crate) reason: String,
}

/// What is considered together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// One asset.
    Asset,
    /// All assets that can only be executed together.
    ExecutionSet,
}

/// Whether an asset that depends on itself leads to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelfDependencies {
    Follow,
    Ignore,
}

pub(crate) struct Walk<'a> {
    pub(crate) graph: &'a BackfillGraph,
    pub(crate) context: &'a Context,
    pub(crate) unit: Unit,
    pub(crate) self_dependencies: SelfDependencies,
    /// Assets outside lead nowhere.
    pub(crate) within: &'a GraphSubset,
}

/// Candidates by level and key, which is the order of the walk.
type Queue = BTreeMap<(usize, String), GraphSubset>;

impl Walk<'_> {
    /// Walks from a start; `judge` sees a candidate and what has passed so far.
    pub(crate) fn run(
        &self,
        start: &GraphSubset,
        mut judge: impl FnMut(&GraphSubset, &GraphSubset) -> Result<Verdict>,
    ) -> Result<(GraphSubset, Vec<Exclusion>)> {
        let (graph, context) = (self.graph, self.context);
        let mut queue = Queue::new();
        for (key, part) in start.parts() {
            self.enqueue(&mut queue, key, part)?;
        }
        let mut visited = start.clone();
        let mut passed = GraphSubset::default();
        let mut excluded = Vec::new();
        while let Some((_, candidate)) = queue.pop_first() {
            let verdict = judge(&candidate, &passed)?;
            excluded.extend(verdict.excluded);
            passed.add_all(&verdict.passed, context)?;
            for (key, part) in verdict.passed.parts() {
                for child in graph.node(key)?.children() {
                    let leads_to_itself = child == key;
                    if !self.within.contains(child)
                        || (leads_to_itself && self.self_dependencies == SelfDependencies::Ignore)
                    {
                        continue;
                    }
                    let below = graph.child_part(key, part, child, context)?;
                    let unvisited = below.difference(&visited.part(child, graph)?, context)?;
                    if !unvisited.is_empty() {
                        self.enqueue(&mut queue, child, &unvisited)?;
                        visited.add(child, &unvisited, context)?;
                    }
                }
            }
        }
        Ok((passed, excluded))
    }

    fn enqueue(&self, queue: &mut Queue, key: &AssetKey, part: &Part) -> Result<()> {
        let graph = self.graph;
        let mut together: BTreeSet<&AssetKey> = BTreeSet::from([key]);
        if self.unit == Unit::ExecutionSet {
            together.extend(graph.node(key)?.execution_set_assets());
        }
        let level = together.iter().map(|key| graph.level(key)).max().unwrap_or(usize::MAX);
        let candidate = queue.entry((level, key.to_db_string())).or_default();
        for key in together {
            candidate.add(key, &graph.same_part_of(key, part)?, self.context)?;
        }
        Ok(())
    }
}
