//! Walking the graph: neighbours, reachability, roots and sinks, levels.

use std::collections::VecDeque;

use petgraph::graph::NodeIndex;
use rondel_model::ids::AssetKey;

use super::{AssetGraph, NodeSet};

/// Which way along the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards what an asset depends on.
    Upstream,
    /// Towards what depends on an asset.
    Downstream,
}

impl From<Direction> for petgraph::Direction {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Upstream => Self::Incoming,
            Direction::Downstream => Self::Outgoing,
        }
    }
}

impl AssetGraph {
    /// Positions one step away, ascending.
    pub fn neighbours(&self, index: usize, direction: Direction) -> Vec<usize> {
        let mut found: Vec<usize> = self
            .edges
            .neighbors_directed(NodeIndex::new(index), direction.into())
            .map(NodeIndex::index)
            .collect();
        found.sort_unstable();
        found
    }

    /// Every edge as (upstream, downstream) positions, in node order.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.edges.raw_edges().iter().map(|edge| (edge.source().index(), edge.target().index()))
    }

    /// What is reachable from `start` in at most `depth` steps (any number without limit). A member of `start` is in
    /// the result only when another path leads to it. Mirrors `fetch_connected`.
    #[must_use]
    pub fn connected(
        &self,
        start: &NodeSet,
        direction: Direction,
        depth: Option<usize>,
    ) -> NodeSet {
        let mut found = self.no_nodes();
        let mut frontier: VecDeque<(usize, usize)> = start.iter().map(|index| (index, 0)).collect();
        while let Some((index, steps)) = frontier.pop_front() {
            if depth.is_some_and(|limit| steps >= limit) {
                break;
            }
            for next in self.edges.neighbors_directed(NodeIndex::new(index), direction.into()) {
                if !found.contains(next.index()) {
                    found.insert(next.index());
                    frontier.push_back((next.index(), steps + 1));
                }
            }
        }
        found
    }

    /// Members from which no other member is reachable: sinks looking downstream, roots looking upstream. Paths may
    /// leave the set. Mirrors `fetch_sinks` and `fetch_sources`.
    #[must_use]
    pub fn ends_within(&self, members: &NodeSet, direction: Direction) -> NodeSet {
        let opposite = match direction {
            Direction::Upstream => Direction::Downstream,
            Direction::Downstream => Direction::Upstream,
        };
        let mut sees_member = self.no_nodes();
        let mut frontier = VecDeque::new();
        let mark = |from: usize, sees_member: &mut NodeSet, frontier: &mut VecDeque<usize>| {
            for next in self.edges.neighbors_directed(NodeIndex::new(from), opposite.into()) {
                let next = next.index();
                if next != from && !sees_member.contains(next) {
                    sees_member.insert(next);
                    frontier.push_back(next);
                }
            }
        };
        for member in members.iter() {
            mark(member, &mut sees_member, &mut frontier);
        }
        while let Some(index) = frontier.pop_front() {
            mark(index, &mut sees_member, &mut frontier);
        }
        let mut ends = members.clone();
        ends.subtract(&sees_member);
        ends
    }

    /// Keys reachable upstream, nearest first.
    #[must_use]
    pub fn ancestors(&self, key: &AssetKey) -> Vec<&AssetKey> {
        self.reachable_keys(key, Direction::Upstream)
    }

    /// Keys reachable downstream, nearest first.
    #[must_use]
    pub fn descendants(&self, key: &AssetKey) -> Vec<&AssetKey> {
        self.reachable_keys(key, Direction::Downstream)
    }

    fn reachable_keys(&self, key: &AssetKey, direction: Direction) -> Vec<&AssetKey> {
        let Some(start) = self.index_of(key) else { return Vec::new() };
        let mut seen = self.no_nodes();
        let mut order = Vec::new();
        let mut frontier = VecDeque::from([start]);
        while let Some(index) = frontier.pop_front() {
            for next in self.neighbours(index, direction) {
                if !seen.contains(next) {
                    seen.insert(next);
                    order.push(&self.node(next).key);
                    frontier.push_back(next);
                }
            }
        }
        order
    }

    /// Topological levels: each asset stands one level after the last of its parents, self edges aside; inside a
    /// level in key order. Assets in or behind a cycle, which Dagster refuses to load, are left out.
    #[must_use]
    pub fn levels(&self) -> Vec<Vec<usize>> {
        let mut waiting: Vec<usize> = (0..self.nodes.len())
            .map(|index| {
                let parents =
                    self.edges.neighbors_directed(NodeIndex::new(index), petgraph::Incoming);
                parents.filter(|parent| parent.index() != index).count()
            })
            .collect();
        let mut level: Vec<usize> =
            (0..self.nodes.len()).filter(|&index| waiting[index] == 0).collect();
        let mut levels = Vec::new();
        while !level.is_empty() {
            level.sort_by(|&a, &b| self.nodes[a].key.cmp(&self.nodes[b].key));
            let mut next = Vec::new();
            for &index in &level {
                for child in
                    self.edges.neighbors_directed(NodeIndex::new(index), petgraph::Outgoing)
                {
                    let child = child.index();
                    if child != index {
                        waiting[child] -= 1;
                        if waiting[child] == 0 {
                            next.push(child);
                        }
                    }
                }
            }
            levels.push(std::mem::replace(&mut level, next));
        }
        levels
    }
}
