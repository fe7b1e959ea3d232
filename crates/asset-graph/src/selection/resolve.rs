//! Which assets of a graph a selection means. Mirrors `resolve_inner` of each class in `asset_selection.py`.

use std::collections::BTreeSet;

use rondel_model::ids::{AssetCheckKey, AssetKey};
use thiserror::Error;

use super::{Attribute, Selection, Sources};
use crate::graph::{AssetGraph, AssetNode, Direction, NodeSet, PartitionsKind};

/// A well-formed selection that this graph cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResolveError {
    /// Keys were named that no code location defines.
    #[error(
        "AssetKey(s) {} were selected, but no AssetsDefinition objects supply these keys; check the spelling{}",
        list(.missing),
        suggestion(.similar)
    )]
    UnknownKeys {
        /// The keys not found.
        missing: Vec<AssetKey>,
        /// Keys of the graph that look alike.
        similar: Vec<AssetKey>,
    },
    /// The filter needs more than the asset graph.
    #[error(
        "the filter `{attribute}:` depends on state outside of the asset graph and cannot be used here"
    )]
    OutsideGraph {
        /// The attribute's name in the language.
        attribute: &'static str,
    },
}

/// What to do with keys that no code location defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// They are an error.
    Refuse,
    /// They are left out.
    Skip,
}

impl Selection {
    /// The selected assets, in key order.
    ///
    /// # Errors
    /// See [`ResolveError`].
    pub fn resolve(
        &self,
        graph: &AssetGraph,
        missing: Missing,
    ) -> Result<Vec<AssetKey>, ResolveError> {
        let set = self.resolve_set(graph, missing)?;
        Ok(set.iter().map(|index| graph.node(index).key.clone()).collect())
    }

    /// The selected checks, in key order: those on selected assets unless the selection names checks itself.
    ///
    /// # Errors
    /// See [`ResolveError`].
    pub fn resolve_checks(
        &self,
        graph: &AssetGraph,
        missing: Missing,
    ) -> Result<BTreeSet<AssetCheckKey>, ResolveError> {
        let all = || graph.checks().map(|check| check.key.clone());
        Ok(match self {
            Self::AllChecks => all().collect(),
            Self::ChecksOf(keys) => all().filter(|check| keys.contains(&check.asset_key)).collect(),
            Self::Checks(checks) => all().filter(|check| checks.contains(check)).collect(),
            Self::And(operands) => {
                let mut sets =
                    operands.iter().map(|operand| operand.resolve_checks(graph, missing));
                let first = sets.next().transpose()?.unwrap_or_default();
                sets.try_fold(first, |kept, set| Ok(kept.intersection(&set?).cloned().collect()))?
            }
            Self::Or(operands) => {
                let mut found = BTreeSet::new();
                for operand in operands {
                    found.append(&mut operand.resolve_checks(graph, missing)?);
                }
                found
            }
            Self::Subtract(left, right) => {
                let gone = right.resolve_checks(graph, missing)?;
                let mut kept = left.resolve_checks(graph, missing)?;
                kept.retain(|check| !gone.contains(check));
                kept
            }
            _ => {
                let assets = self.resolve_set(graph, missing)?;
                let selected = |check: &AssetCheckKey| {
                    graph.index_of(&check.asset_key).is_some_and(|index| assets.contains(index))
                };
                all().filter(selected).collect()
            }
        })
    }

    /// The selected assets as a set of graph positions.
    ///
    /// # Errors
    /// See [`ResolveError`].
    pub fn resolve_set(
        &self,
        graph: &AssetGraph,
        missing: Missing,
    ) -> Result<NodeSet, ResolveError> {
        let inner = |selection: &Self| selection.resolve_set(graph, missing);
        let labels = || graph.labels();
        let labelled = |sources: Sources, mut set: NodeSet| {
            if sources == Sources::Exclude {
                set.intersect(&graph.set_of(labels().materializable()));
            }
            set
        };
        let with_sources = |sources: Sources, holds: &dyn Fn(&AssetNode) -> bool| {
            graph.select(|node| {
                (sources == Sources::Include || node.is_materializable()) && holds(node)
            })
        };
        Ok(match self {
            Self::All(sources) => with_sources(*sources, &|_| true),
            Self::Keys(keys) => keys_set(graph, keys, missing)?,
            Self::KeyPattern(pattern) => {
                graph.select(|node| glob(pattern, &node.key.to_user_string()))
            }
            Self::KeyPrefixes(prefixes, sources) => with_sources(*sources, &|node| {
                prefixes.iter().any(|prefix| node.key.path().starts_with(prefix))
            }),
            Self::KeySubstring(text, sources) => {
                with_sources(*sources, &|node| node.key.to_user_string().contains(text.as_str()))
            }
            Self::Groups(groups, sources) => with_sources(*sources, &|node| {
                groups.iter().any(|group| group == node.group_name())
            }),
            Self::GroupPattern(pattern, sources) => {
                with_sources(*sources, &|node| glob(pattern, node.group_name()))
            }
            Self::Kind(Some(kind), sources) => {
                labelled(*sources, graph.set_of(labels().of_kind(kind)))
            }
            Self::Kind(None, sources) => {
                let mut set = graph.select(|_| true);
                set.subtract(&graph.set_of(labels().of_any_kind()));
                labelled(*sources, set)
            }
            Self::Tag(key, value, sources) => {
                labelled(*sources, graph.set_of(labels().with_tag(key, value)))
            }
            Self::Owner(Some(owner)) => graph.set_of(labels().of_owner(owner)),
            Self::Owner(None) => graph.no_nodes(),
            Self::Is(Attribute::External) => graph.select(AssetNode::is_external),
            Self::Is(Attribute::Materializable) => graph.set_of(labels().materializable()),
            Self::CodeLocation(location) => match location {
                Some(location) => graph.select(|node| in_location(node, location)),
                None => graph.no_nodes(),
            },
            Self::Partitions(kind) => graph.select(|node| match kind.as_deref() {
                None | Some("none") => node.partitions_kind().is_none(),
                Some("static") => node.partitions_kind() == Some(PartitionsKind::Static),
                Some("dynamic") => node.partitions_kind() == Some(PartitionsKind::Dynamic),
                Some("time") => node.partitions_kind() == Some(PartitionsKind::TimeWindow),
                Some("multipartitions") => node.partitions_kind() == Some(PartitionsKind::Multi),
                Some(_) => false,
            }),
            Self::Sensor(sensor) => graph.select(|node| {
                sensor.as_ref().is_some_and(|name| {
                    node.definitions().iter().any(|definition| definition.sensors.contains(name))
                })
            }),
            Self::Schedule(schedule) => graph.select(|node| {
                schedule.as_ref().is_some_and(|name| {
                    node.definitions().iter().any(|definition| definition.schedules.contains(name))
                })
            }),
            Self::Job(job) => graph.select(|node| {
                job.as_ref().is_some_and(|job| {
                    node.is_materializable() && node.job_names().iter().any(|j| j == job)
                })
            }),
            Self::AllChecks | Self::ChecksOf(_) | Self::Checks(_) => graph.no_nodes(),
            Self::OutsideGraph { attribute, .. } => {
                return Err(ResolveError::OutsideGraph { attribute });
            }
            Self::And(operands) => combine(graph, operands, inner, NodeSet::intersect)?,
            Self::Or(operands) => combine(graph, operands, inner, NodeSet::unite)?,
            Self::Subtract(left, right) => {
                let mut set = inner(left)?;
                set.subtract(&inner(right)?);
                set
            }
            Self::Sinks(child) => graph.ends_within(&inner(child)?, Direction::Downstream),
            Self::Roots(child) => graph.ends_within(&inner(child)?, Direction::Upstream),
            Self::Materializable(child) => materializable(graph, inner(child)?),
            Self::RequiredNeighbors(child) => {
                let mut set = inner(child)?;
                for index in set.iter().collect::<Vec<_>>() {
                    for key in graph.node(index).execution_set_assets() {
                        if let Some(neighbor) = graph.index_of(key) {
                            set.insert(neighbor);
                        }
                    }
                }
                set
            }
            Self::ParentSources(child) => {
                let mut set = inner(child)?;
                set.unite(&graph.connected(&set, Direction::Upstream, None));
                set.retain(|index| graph.node(index).is_external());
                set
            }
            Self::Upstream { child, depth, include_self } => {
                let start = inner(child)?;
                materializable(
                    graph,
                    reach(graph, &start, Direction::Upstream, *depth, *include_self),
                )
            }
            Self::Downstream { child, depth, include_self } => {
                let start = inner(child)?;
                reach(graph, &start, Direction::Downstream, *depth, *include_self)
            }
        })
    }
}

fn combine(
    graph: &AssetGraph,
    operands: &[Selection],
    resolve: impl Fn(&Selection) -> Result<NodeSet, ResolveError>,
    join: impl Fn(&mut NodeSet, &NodeSet),
) -> Result<NodeSet, ResolveError> {
    let Some((first, rest)) = operands.split_first() else { return Ok(graph.no_nodes()) };
    let mut set = resolve(first)?;
    for operand in rest {
        join(&mut set, &resolve(operand)?);
    }
    Ok(set)
}

fn reach(
    graph: &AssetGraph,
    start: &NodeSet,
    direction: Direction,
    depth: Option<usize>,
    include_self: bool,
) -> NodeSet {
    let mut set = graph.connected(start, direction, depth);
    set.unite(start);
    if !include_self {
        set.subtract(start);
    }
    set
}

fn materializable(graph: &AssetGraph, mut set: NodeSet) -> NodeSet {
    set.intersect(&graph.set_of(graph.labels().materializable()));
    set
}

fn keys_set(
    graph: &AssetGraph,
    keys: &[AssetKey],
    missing: Missing,
) -> Result<NodeSet, ResolveError> {
    let mut set = graph.no_nodes();
    let mut unknown = Vec::new();
    for key in keys {
        match graph.index_of(key) {
            Some(index) => set.insert(index),
            None => unknown.push(key.clone()),
        }
    }
    if missing == Missing::Refuse && !unknown.is_empty() {
        let similar = unknown.iter().take(4).flat_map(|key| similar(graph, key)).take(10).collect();
        return Err(ResolveError::UnknownKeys { missing: unknown, similar });
    }
    Ok(set)
}

/// Keys that are the same but for case, or for the prefix before the last part.
fn similar<'a>(
    graph: &'a AssetGraph,
    wanted: &AssetKey,
) -> impl Iterator<Item = AssetKey> + use<'a> {
    let wanted_text = wanted.to_user_string().to_lowercase();
    let wanted_name = wanted.path().last().map(|name| name.to_lowercase());
    graph
        .nodes()
        .iter()
        .filter(move |node| {
            let text = node.key.to_user_string().to_lowercase();
            let name = node.key.path().last().map(|name| name.to_lowercase());
            text == wanted_text
                || name == wanted_name
                || text.starts_with(&wanted_text)
                || wanted_text.starts_with(&text)
        })
        .map(|node| node.key.clone())
}

fn in_location(node: &AssetNode, location: &str) -> bool {
    let mut parts = location.split('@');
    match (parts.next(), parts.next()) {
        (Some(repository), Some(location)) => {
            node.repository().location_name == location
                && node.repository().repository_name == repository
        }
        _ => node.repository().location_name == location,
    }
}

/// Whether `*` in `pattern`, standing for any text within a line, makes it equal to `text`.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(found) => rest = &rest[found + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn list(keys: &[AssetKey]) -> String {
    keys.iter().map(AssetKey::to_user_string).collect::<Vec<_>>().join(", ")
}

fn suggestion(similar: &[AssetKey]) -> String {
    if similar.is_empty() { String::new() } else { format!("; did you mean {}?", list(similar)) }
}
