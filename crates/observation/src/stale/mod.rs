//! Whether an asset, or one of its partitions, is up to date with its code and its upstream assets
//! (`CachingStaleStatusResolver`).
//!
//! Told from the versions recorded with the latest materialization. A partitioned asset counts as fresh
//! unless a partition is named, as in Dagster; a partition with very many partitions upstream of one
//! asset is not compared with those.

mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::try_join_all;
use rondel_asset_graph::{AssetGraph, AssetNode};
use rondel_model::event::{DagsterEventType, EventRecord};
use rondel_model::ids::{AssetKey, python_repr};
use rondel_model::partition::{PartitionMapping, PartitionsSnap};
use rondel_model::serdes::SortKey;
use rondel_partitions::{
    Context, Of, PartitionsDefinition, PartitionsSubset, infer_mapping, upstream_partitions,
};

pub use source::{StaleSource, Stored, latest_by_partition, stale_or_missing, version_before};

use crate::versions::{INITIAL, Provenance, Versions};

/// From how many partitions on an upstream asset is left out, and a self-dependency is.
const TOO_MANY_PARTITIONS: u64 = 100;

/// The version of what was never made; what tells it counts as never made.
const NULL: &str = "NULL";

/// How up to date an asset is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum StaleStatus {
    /// It was never made.
    Missing,
    /// It is older than its code or what it is made of.
    Stale,
    /// It is up to date.
    Fresh,
}

/// What made it stale.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StaleCauseCategory {
    /// The asset's own code.
    Code,
    /// What a dependency holds.
    Data,
    /// Which dependencies there are.
    Dependencies,
}

/// Why an asset, or one of its partitions, is stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleCause {
    /// What changed.
    pub part: Part,
    /// In which way.
    pub category: StaleCauseCategory,
    /// The same in words.
    pub reason: String,
    /// The dependency it is about.
    pub dependency: Option<Part>,
}

/// An asset, or one of its partitions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The asset.
    pub key: AssetKey,
    /// The partition; none of the asset as a whole.
    pub partition: Option<String>,
}

impl Part {
    fn new(key: &AssetKey, partition: Option<&str>) -> Self {
        let partition = partition.filter(|partition| !partition.is_empty()).map(str::to_owned);
        Self { key: key.clone(), partition }
    }

    /// The end of the text by which Dagster sorts causes.
    fn sort_key(&self) -> String {
        let partition = self.partition.as_deref().map_or_else(|| "None".to_owned(), python_repr);
        format!("{}, partition_key={partition})", self.key.sort_key())
    }
}

/// A cause with the cause behind it, which is what clients see.
struct Cause {
    category: StaleCauseCategory,
    reason: String,
    dependency: Option<Part>,
    /// What happened to the dependency.
    root: Option<&'static str>,
}

/// The versions of a part as it is now, with the id of the event that tells them.
#[derive(Clone)]
struct Current {
    versions: Versions,
    storage_id: Option<i64>,
}

impl Current {
    /// Whether it counts as made.
    fn is_there(&self) -> bool {
        self.versions.data != NULL
    }
}

fn is_partitioned(node: &AssetNode) -> bool {
    node.snap().partitions.is_some()
}

fn is_external(node: &AssetNode) -> bool {
    !node.definition().is_materializable()
}

/// Whether there is another version now. Assumed to exist elsewhere and never made here counts as unchanged.
fn differ(before: Option<&str>, now: Option<&str>) -> bool {
    before != now && (before, now) != (Some(INITIAL), Some(NULL))
}

/// The answers about one workspace at one time.
pub struct Staleness<'a, S> {
    graph: &'a AssetGraph,
    source: &'a S,
    now: f64,
}

impl<'a, S: StaleSource> Staleness<'a, S> {
    /// Reads by a source, and knows the partitions as of `now` (Unix seconds).
    pub fn new(graph: &'a AssetGraph, source: &'a S, now: f64) -> Self {
        Self { graph, source, now }
    }

    /// The version of the data as it is now, of an asset or one of its partitions.
    ///
    /// # Errors
    /// Those of the source.
    pub async fn data_version(
        &self,
        node: &AssetNode,
        partition: Option<&str>,
    ) -> Result<Option<String>, S::Error> {
        let current = self.current(&Part::new(&node.key, partition)).await?;
        Ok(current.filter(Current::is_there).map(|current| current.versions.data))
    }

    /// How up to date an asset, or one of its partitions, is.
    ///
    /// # Errors
    /// Those of the source, an unreadable partitions definition.
    pub async fn status(
        &self,
        node: &AssetNode,
        partition: Option<&str>,
    ) -> Result<StaleStatus, S::Error> {
        let part = Part::new(&node.key, partition);
        if is_partitioned(node) && part.partition.is_none() {
            return Ok(StaleStatus::Fresh);
        }
        if !self.current(&part).await?.is_some_and(|current| current.is_there()) {
            // A view without a record of its own is there as soon as something behind it is.
            let behind = if node.snap().is_virtual {
                behind_views(self.graph, &node.key)
            } else {
                Vec::new()
            };
            let behind = behind.into_iter().map(|key| Part { key, partition: None });
            let behind: Vec<Part> = behind.collect();
            let found = try_join_all(behind.iter().map(|part| self.current(part))).await?;
            let is_there = found.iter().flatten().any(Current::is_there);
            return Ok(if is_there { StaleStatus::Fresh } else { StaleStatus::Missing });
        }
        let stale = !is_external(node) && !self.found(node, &part).await?.is_empty();
        Ok(if stale { StaleStatus::Stale } else { StaleStatus::Fresh })
    }

    /// The root causes: of a dependency with new data, the dependency itself.
    ///
    /// # Errors
    /// Those of the source, an unreadable partitions definition.
    pub async fn causes(
        &self,
        node: &AssetNode,
        partition: Option<&str>,
    ) -> Result<Vec<StaleCause>, S::Error> {
        let part = Part::new(&node.key, partition);
        if (is_partitioned(node) && part.partition.is_none()) || is_external(node) {
            return Ok(Vec::new());
        }
        // What has a cause of its own behind it comes after what has not.
        let (behind, own): (Vec<_>, Vec<_>) =
            self.found(node, &part).await?.into_iter().partition(|cause| cause.root.is_some());
        let cause = |cause: Cause| {
            let (at, reason, dependency) = match (cause.root, cause.dependency) {
                (Some(reason), Some(root)) => (root, reason.to_owned(), None),
                (_, dependency) => (part.clone(), cause.reason, dependency),
            };
            StaleCause { part: at, category: cause.category, reason, dependency }
        };
        let mut shown: Vec<StaleCause> = Vec::new();
        for cause in own.into_iter().chain(behind).map(cause) {
            if !shown.contains(&cause) {
                shown.push(cause);
            }
        }
        Ok(shown)
    }

    /// The versions of a part as it is now; none if it has no value.
    async fn current(&self, part: &Part) -> Result<Option<Current>, S::Error> {
        let Some(node) = self.graph.get(&part.key) else { return Ok(None) };
        let known = self.latest(node, part).await?.map(|record| Current {
            versions: Versions::of(&record.entry),
            storage_id: Some(record.storage_id),
        });
        let assumed = || {
            let versions = Versions { data: INITIAL.to_owned(), ..Versions::default() };
            is_external(node).then_some(Current { versions, storage_id: None })
        };
        Ok(known.or_else(assumed))
    }

    /// The latest event that tells the version of a part: a materialization, of what is observed the later of
    /// it and an observation (`get_latest_materialization_or_observation_record`).
    async fn latest(
        &self,
        node: &AssetNode,
        part: &Part,
    ) -> Result<Option<Arc<EventRecord>>, S::Error> {
        let made = self.source.latest(part, false).await?;
        if !node.is_observable() {
            return Ok(made);
        }
        let observed = self.source.latest(part, true).await?;
        // A partition counts from its first observation on; what is also made, once any of it was made.
        if part.partition.is_some() && observed.is_none() {
            return Ok(None);
        }
        if node.is_materializable() && made.is_none() {
            let whole = Part::new(&part.key, None);
            if part.partition.is_none() || self.source.latest(&whole, false).await?.is_none() {
                return Ok(None);
            }
        }
        Ok(match (made, observed) {
            (Some(made), Some(observed)) => {
                let is_later = observed.entry.timestamp > made.entry.timestamp;
                Some(if is_later { observed } else { made })
            }
            (made, observed) => made.or(observed),
        })
    }

    /// A definition, with the keys of the dynamic definitions it is made of.
    async fn partitions(
        &self,
        snap: &PartitionsSnap,
    ) -> Result<(PartitionsDefinition, Context), S::Error> {
        let definition = PartitionsDefinition::from_snap(snap)?;
        let mut context = Context::at(self.now);
        for name in definition.dynamic_names() {
            let keys = self.source.dynamic_keys(name).await?;
            context = context.with_dynamic_keys(name, keys.iter().cloned());
        }
        Ok((definition, context))
    }

    async fn found(&self, node: &AssetNode, part: &Part) -> Result<Vec<Cause>, S::Error> {
        let own = self.current(part).await?.filter(Current::is_there);
        let Some(own) = own else { return Ok(Vec::new()) };
        let mut causes = Vec::new();
        if let Some(provenance) = &own.versions.provenance {
            let code = node.snap().code_version.as_deref().filter(|version| !version.is_empty());
            if code.is_some_and(|version| version != provenance.code_version) {
                causes.push(Cause {
                    category: StaleCauseCategory::Code,
                    reason: "has a new code version".to_owned(),
                    dependency: None,
                    root: None,
                });
            }
        }
        if node.snap().is_virtual {
            return Ok(causes);
        }
        if let Some(provenance) = &own.versions.provenance {
            let still =
                |name: &String| node.parents().iter().any(|key| key.to_user_string() == *name);
            for name in provenance.inputs.keys().filter(|name| !still(name)) {
                causes.push(Cause {
                    category: StaleCauseCategory::Dependencies,
                    reason: format!("removed dependency on {name}"),
                    dependency: Some(Part::new(&AssetKey::new(name.split('/')), None)),
                    root: None,
                });
            }
        }
        let dependencies = self.dependencies(node, part).await?;
        let of_each = dependencies.iter().map(|dependency| self.of_dependency(&own, dependency));
        causes.extend(try_join_all(of_each).await?.into_iter().flatten());
        causes.extend(self.through_views(node, &own).await?);
        causes.sort_by_cached_key(|cause| cause.dependency.as_ref().map(Part::sort_key));
        Ok(causes)
    }

    /// The parts upstream which a part is compared with (`_get_partition_dependencies`).
    async fn dependencies(&self, node: &AssetNode, part: &Part) -> Result<Vec<Part>, S::Error> {
        let graph = self.graph;
        let own = match &node.snap().partitions {
            Some(snap) => Some(self.partitions(snap).await?),
            None => None,
        };
        let mut found = Vec::new();
        for key in node.parents() {
            let Some(parent) = graph.get(key) else { continue };
            let Some(snap) = &parent.snap().partitions else {
                found.push(Part::new(key, None));
                continue;
            };
            let (above, context) = self.partitions(snap).await?;
            if *key == node.key && above.count(&context)? >= TOO_MANY_PARTITIONS {
                continue;
            }
            let definition = node.materializable_definition().unwrap_or_else(|| node.definition());
            let mut edges = definition.snap().parent_edges.iter().rev();
            let edge = edges.find(|edge| edge.parent_asset_key == *key);
            let declared = edge.and_then(|edge| edge.partition_mapping.as_deref());
            let below = own.as_ref().map(|(definition, _)| definition);
            let mapping = infer_mapping(declared, below, Some(&above));
            let of_windows = matches!(above, PartitionsDefinition::TimeWindow(_));
            if of_windows && matches!(*mapping, PartitionMapping::All(_)) {
                continue;
            }
            let subset = match (below, &part.partition) {
                (Some(below), Some(partition)) => {
                    Some(PartitionsSubset::of_keys(below, &[partition], &context)?)
                }
                _ => None,
            };
            let downstream = subset.as_ref().zip(below);
            let downstream = downstream.map(|(subset, definition)| Of { subset, definition });
            let needed = upstream_partitions(&mapping, downstream, &above, &context)?;
            let needed = needed.existing;
            if needed.count(&context)? < TOO_MANY_PARTITIONS {
                let keys = needed.keys(&context)?;
                found.extend(keys.iter().map(|partition| Part::new(key, Some(partition))));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Why a dependency makes a part stale, if it does.
    async fn of_dependency(
        &self,
        own: &Current,
        dependency: &Part,
    ) -> Result<Option<Cause>, S::Error> {
        let key = &dependency.key;
        let Some(parent) = self.graph.get(key) else { return Ok(None) };
        let latest = self.current(dependency).await?;
        let cause = |category, reason: String, root| {
            Ok(Some(Cause { category, reason, dependency: Some(dependency.clone()), root }))
        };
        let new = |by_version: bool| {
            let (reason, root) = if by_version {
                ("has a new dependency data version", "has a new data version")
            } else {
                ("has a new dependency materialization", "has a new materialization")
            };
            cause(StaleCauseCategory::Data, reason.to_owned(), Some(root))
        };
        let versions = latest.as_ref().map(|latest| &latest.versions);
        match &own.versions.provenance {
            Some(provenance) => {
                let name = key.to_user_string();
                // What tells only one of version and event is none that was used.
                let used = provenance.inputs.get(&name);
                let used = used.filter(|_| provenance.pointers.contains_key(&name));
                let Some(used) = used else {
                    let reason = format!("has a new dependency on {name}");
                    return cause(StaleCauseCategory::Dependencies, reason, None);
                };
                let updated = match dependency.partition {
                    Some(_) => self.is_partition_updated(provenance, parent, dependency).await?,
                    None => {
                        let now = versions.map_or(NULL, |versions| versions.data.as_str());
                        differ(Some(used.as_str()), Some(now))
                    }
                };
                if !updated {
                    return Ok(None);
                }
                let provided = versions.and_then(|versions| versions.provenance.as_ref());
                let by_version = parent.snap().code_version.is_some()
                    || is_external(parent)
                    || provided.is_some_and(|provenance| provenance.is_user_provided);
                new(by_version)
            }
            None if is_external(parent) => Ok(None),
            None => match versions {
                None => cause(StaleCauseCategory::Data, "has a new input".to_owned(), None),
                Some(versions) if versions.timestamp > own.versions.timestamp => new(false),
                Some(_) => Ok(None),
            },
        }
    }

    /// Whether a partition has another version than the one that was used: an event after the one that was
    /// used, with another version than the latest one up to then. Of external assets only observations count.
    async fn is_partition_updated(
        &self,
        provenance: &Provenance,
        parent: &AssetNode,
        dependency: &Part,
    ) -> Result<bool, S::Error> {
        let used = provenance.pointers.get(&dependency.key.to_user_string()).copied().flatten();
        // Without an event that was used (Dagster takes 0 for none) the latest is compared with itself.
        let Some(used) = used.filter(|used| *used != 0) else { return Ok(false) };
        let observed = is_external(parent);
        let latest = self.source.latest(dependency, observed).await?;
        let Some(latest) = latest.filter(|latest| latest.storage_id > used) else {
            return Ok(false);
        };
        let kind = if observed {
            DagsterEventType::AssetObservation
        } else {
            DagsterEventType::AssetMaterialization
        };
        let before = self.source.version_before(dependency, kind, Some(used + 1)).await?;
        Ok(differ(before.as_deref(), Versions::recorded(&latest.entry).as_deref()))
    }

    /// What is new behind views that the asset depends on: views let staleness through.
    async fn through_views(&self, node: &AssetNode, own: &Current) -> Result<Vec<Cause>, S::Error> {
        let graph = self.graph;
        let is_view =
            |key: &&AssetKey| graph.get(key).is_some_and(|parent| parent.snap().is_virtual);
        let behind =
            node.parents().iter().filter(is_view).flat_map(|key| behind_views(self.graph, key));
        let behind: Vec<Part> = behind.map(|key| Part { key, partition: None }).collect();
        let latest = try_join_all(behind.iter().map(|part| self.current(part))).await?;
        let newer = behind.into_iter().zip(latest).filter_map(|(part, latest)| {
            let latest = latest?;
            latest.storage_id?;
            (latest.versions.timestamp > own.versions.timestamp).then(|| Cause {
                category: StaleCauseCategory::Data,
                reason: "has a new dependency materialization".to_owned(),
                dependency: Some(part),
                root: Some("has a new materialization"),
            })
        });
        Ok(newer.collect())
    }
}

/// The assets that are no views, up from an asset that is one.
fn behind_views(graph: &AssetGraph, key: &AssetKey) -> Vec<AssetKey> {
    let mut behind: Vec<AssetKey> = Vec::new();
    let mut seen: Vec<&AssetKey> = Vec::new();
    let mut waiting: Vec<&AssetKey> =
        graph.get(key).map(|node| node.parents().iter().collect()).unwrap_or_default();
    while let Some(key) = waiting.pop() {
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        match graph.get(key) {
            Some(node) if node.snap().is_virtual => waiting.extend(node.parents()),
            Some(node) => behind.push(node.key.clone()),
            None => {}
        }
    }
    behind.sort();
    behind
}
