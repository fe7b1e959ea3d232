//! What a backfill of assets targets: named partitions and what lies downstream of them.
//!
//! Mirrors `AssetBackfillData.from_asset_partitions`, `from_partitions_by_assets` and the checks of
//! `assert_valid_asset_partition_backfill`. Pure: the caller reads the keys of dynamic definitions.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rondel_asset_graph::{AssetGraph, AssetNode, Direction};
use rondel_model::ids::AssetKey;
use rondel_model::partition::{AssetGraphSubset, PartitionKeyRange, PartitionMapping};
use rondel_model::serdes::{Extra, ItemsMap, PySet, SetKind};
use rondel_partitions::{
    Context, Of, PartitionsDefinition, PartitionsSubset, downstream_partitions, infer_mapping,
    upstream_partitions,
};

use super::BackfillError;

type Result<T> = std::result::Result<T, BackfillError>;

/// Partitions of one asset.
#[derive(Clone, Debug)]
pub enum Named {
    /// All there are; the whole asset if it has no partitions.
    All,
    /// From one to another.
    Ranges(Vec<PartitionKeyRange>),
}

/// Parts of assets; the whole of those without partitions.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    parts: BTreeMap<AssetKey, Option<PartitionsSubset>>,
}

/// Assets and their partitions as of the time of a backfill.
pub struct Assets<'a> {
    graph: &'a AssetGraph,
    context: Context,
    definitions: BTreeMap<AssetKey, Option<PartitionsDefinition>>,
}

impl<'a> Assets<'a> {
    /// Reads the definitions of the selected assets, their descendants and parents.
    ///
    /// # Errors
    /// An asset which the graph does not have, a definition that cannot be read.
    pub fn new(graph: &'a AssetGraph, selected: &[AssetKey], now: f64) -> Result<Self> {
        let mut wanted: BTreeSet<&AssetKey> = BTreeSet::new();
        for key in selected {
            let node = graph.get(key).ok_or_else(|| BackfillError::UnknownAsset(key.clone()))?;
            wanted.extend(graph.descendants(key));
            wanted.extend(node.parents());
            wanted.insert(&node.key);
        }
        let mut definitions = BTreeMap::new();
        for node in wanted.into_iter().filter_map(|key| graph.get(key)) {
            let snap = node.snap().partitions.as_ref();
            let definition = snap.map(PartitionsDefinition::from_snap).transpose()?;
            definitions.insert(node.key.clone(), definition);
        }
        Ok(Self { graph, context: Context::at(now), definitions })
    }

    /// The dynamic definitions whose keys are needed; give them with [`Self::with_dynamic_keys`].
    pub fn dynamic_names(&self) -> BTreeSet<String> {
        let definitions = self.definitions.values().flatten();
        definitions.flat_map(|definition| definition.dynamic_names()).map(str::to_owned).collect()
    }

    /// Adds the keys of a dynamic definition.
    #[must_use]
    pub fn with_dynamic_keys(
        mut self,
        name: String,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        self.context = self.context.with_dynamic_keys(name, keys);
        self
    }

    fn definition(&self, key: &AssetKey) -> Option<&PartitionsDefinition> {
        self.definitions.get(key)?.as_ref()
    }

    fn node(&self, key: &AssetKey) -> Result<&'a AssetNode> {
        self.graph.get(key).ok_or_else(|| BackfillError::UnknownAsset(key.clone()))
    }

    fn declared(&self, child: &AssetKey, parent: &AssetKey) -> Option<&'a PartitionMapping> {
        let node = self.graph.get(child)?;
        let definition = node.materializable_definition().unwrap_or_else(|| node.definition());
        let mut edges = definition.snap().parent_edges.iter().rev();
        edges.find(|edge| edge.parent_asset_key == *parent)?.partition_mapping.as_ref()
    }

    fn all_of(&self, key: &AssetKey) -> Result<Option<PartitionsSubset>> {
        let definition = self.definition(key);
        Ok(definition.map(|it| PartitionsSubset::all(it, &self.context)).transpose()?)
    }

    /// What belongs in a child to a part of its parent; none if one of the two has no partitions.
    fn children(
        &self,
        part: &PartitionsSubset,
        parent: &AssetKey,
        child: &AssetKey,
    ) -> Result<Option<PartitionsSubset>> {
        let (Some(above), Some(below)) = (self.definition(parent), self.definition(child)) else {
            return Ok(None);
        };
        let mapping = infer_mapping(self.declared(child, parent), Some(below), Some(above));
        let upstream = Of { subset: part, definition: above };
        Ok(Some(downstream_partitions(&mapping, upstream, below, &self.context)?))
    }

    /// What a part of a child needs of its parent and does not exist there.
    fn nonexistent_parents(
        &self,
        part: &PartitionsSubset,
        child: &AssetKey,
        parent: &AssetKey,
    ) -> Result<Option<PartitionsSubset>> {
        let (Some(above), Some(below)) = (self.definition(parent), self.definition(child)) else {
            return Ok(None);
        };
        let mapping = infer_mapping(self.declared(child, parent), Some(below), Some(above));
        let downstream = Of { subset: part, definition: below };
        let needed = upstream_partitions(&mapping, Some(downstream), above, &self.context)?;
        Ok(Some(needed.nonexistent).filter(|nonexistent| !nonexistent.is_empty()))
    }

    /// All of the selected assets.
    ///
    /// # Errors
    /// A definition that cannot tell its keys.
    pub fn everything(&self, selected: &[AssetKey]) -> Result<Targets> {
        let mut targets = Targets::default();
        for key in selected {
            targets.parts.insert(key.clone(), self.all_of(key)?);
        }
        Ok(targets)
    }

    /// What is named of each asset.
    ///
    /// # Errors
    /// A range whose ends are no partitions of the asset.
    pub fn named(&self, by_asset: &[(AssetKey, Named)]) -> Result<Targets> {
        let mut targets = Targets::default();
        for (key, named) in by_asset {
            let part = match (named, self.definition(key)) {
                (Named::Ranges(ranges), Some(definition)) => {
                    let mut part = PartitionsSubset::empty(definition);
                    for range in ranges {
                        let more = PartitionsSubset::of_range(definition, range, &self.context)?;
                        part = part.union(&more, &self.context)?;
                    }
                    Some(part)
                }
                _ => self.all_of(key)?,
            };
            targets.parts.insert(key.clone(), part);
        }
        Ok(targets)
    }

    /// The named partitions of the most upstream of the selected assets, and what belongs to them in the
    /// other ones. Assets without partitions are targeted as they are.
    ///
    /// # Errors
    /// Several assets without selected parents which are partitioned differently, or none that is
    /// partitioned; a mapping that is not supported.
    pub fn downstream_of(&self, selected: &[AssetKey], names: &[String]) -> Result<Targets> {
        let mut targets = Targets::default();
        let mut partitioned = self.graph.no_nodes();
        for key in selected {
            match self.graph.index_of(key) {
                Some(index) if self.definition(key).is_some() => partitioned.insert(index),
                _ => {
                    targets.parts.insert(key.clone(), None);
                }
            }
        }
        let roots = self.graph.ends_within(&partitioned, Direction::Upstream);
        let mut definition: Option<&PartitionsDefinition> = None;
        for root in roots.iter() {
            let own = self.definition(&self.graph.node(root).key);
            if definition.is_some() && definition != own {
                return Err(BackfillError::DifferentRoots);
            }
            definition = own;
        }
        let definition = definition.ok_or(BackfillError::NoPartitionedRoot)?;
        let named = PartitionsSubset::of_keys(definition, names, &self.context)?;
        for root in roots.iter() {
            self.spread(&self.graph.node(root).key, &named, selected, &mut targets)?;
        }
        Ok(targets)
    }

    /// Adds a part of an asset and what belongs to them in selected assets downstream, breadth first
    /// (`bfs_filter_subsets`).
    fn spread(
        &self,
        root: &AssetKey,
        named: &PartitionsSubset,
        selected: &[AssetKey],
        targets: &mut Targets,
    ) -> Result<()> {
        let is_selected = |key: &AssetKey| selected.contains(key) && self.definition(key).is_some();
        let mut queued: BTreeMap<&AssetKey, PartitionsSubset> =
            BTreeMap::from([(root, named.clone())]);
        let mut queue = VecDeque::from([root]);
        let mut seen = BTreeSet::from([root]);
        while let Some(key) = queue.pop_front() {
            let Some(part) = queued.get(key).cloned() else { continue };
            targets.add(key, &part, &self.context)?;
            for child in self.node(key)?.children().iter().filter(|child| is_selected(child)) {
                if let Some(found) = self.children(&part, key, child)? {
                    let found = match queued.get(child) {
                        Some(known) => known.union(&found, &self.context)?,
                        None => found,
                    };
                    queued.insert(child, found);
                }
                if seen.insert(child) {
                    queue.push_back(child);
                }
            }
        }
        Ok(())
    }

    /// Refuses what could not be worked off.
    ///
    /// # Errors
    /// Partitions which do not exist, or which need such ones; a part of assets that are only made
    /// together.
    pub fn check(&self, targets: &Targets) -> Result<()> {
        let mut checked: BTreeSet<&AssetKey> = BTreeSet::new();
        for (key, part) in &targets.parts {
            let node = self.node(key)?;
            if checked.insert(key) {
                for other in node.execution_set_assets().iter().filter(|other| *other != key) {
                    let Some(other_part) = targets.parts.get(other) else {
                        return Err(BackfillError::PartOfTogether(key.clone(), other.clone()));
                    };
                    if other_part != part {
                        return Err(BackfillError::UnequalTogether(key.clone(), other.clone()));
                    }
                    checked.insert(other);
                }
            }
            let (Some(part), Some(definition)) = (part, self.definition(key)) else { continue };
            let existing = PartitionsSubset::all(definition, &self.context)?;
            let unknown = part.difference(&existing, &self.context)?;
            if !unknown.is_empty() {
                return Err(BackfillError::UnknownPartitions(unknown.keys(&self.context)?));
            }
            for parent in node.parents() {
                if let Some(missing) = self.nonexistent_parents(part, key, parent)? {
                    return Err(BackfillError::NonexistentParents {
                        asset: key.clone(),
                        keys: part.keys(&self.context)?,
                        parent: parent.clone(),
                        missing: missing.keys(&self.context)?,
                    });
                }
            }
        }
        Ok(())
    }

    /// The stored form.
    ///
    /// # Errors
    /// A key that is no time window of its definition.
    pub fn to_stored(&self, targets: &Targets) -> Result<AssetGraphSubset> {
        let mut partitioned = Vec::new();
        let mut whole = Vec::new();
        for (key, part) in &targets.parts {
            match part {
                Some(part) => partitioned.push((key.clone(), part.to_stored(&self.context)?)),
                None => whole.push(key.clone()),
            }
        }
        Ok(AssetGraphSubset {
            partitions_subsets_by_asset_key: ItemsMap(partitioned),
            non_partitioned_asset_keys: PySet::new(SetKind::Set, whole),
            extra: Extra::default(),
        })
    }
}

impl Targets {
    fn add(&mut self, key: &AssetKey, part: &PartitionsSubset, context: &Context) -> Result<()> {
        let part = match self.parts.get(key) {
            Some(Some(known)) => known.union(part, context)?,
            _ => part.clone(),
        };
        self.parts.insert(key.clone(), Some(part));
        Ok(())
    }
}
