//! Parts of several assets (`AssetGraphSubset`).

use std::collections::BTreeMap;

use rondel_model::ids::AssetKey;
use rondel_model::partition::AssetGraphSubset;
use rondel_model::serdes::{Extra, ItemsMap};
use rondel_partitions::{Context, PartitionsSubset};

use crate::error::Result;
use crate::graph::BackfillGraph;
use crate::part::Part;

/// Parts of assets; parts without anything in them are not kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GraphSubset {
    parts: BTreeMap<AssetKey, Part>,
}

impl GraphSubset {
    /// A part of one asset.
    pub fn of(key: AssetKey, part: Part) -> Self {
        [(key, part)].into_iter().collect()
    }

    /// Reads the stored form. Partitions get the definition their asset has now where that is possible;
    /// whether they still exist is for [`check_target`](crate::check_target) to tell.
    pub fn from_stored(
        stored: &AssetGraphSubset,
        graph: &BackfillGraph,
        context: &Context,
    ) -> Result<Self> {
        let mut subset = Self::default();
        for (key, partitions) in stored.partitions_subsets_by_asset_key.iter() {
            let definition = match graph.assets().contains(key) {
                true => graph.partitions(key)?,
                false => None,
            };
            let partitions = PartitionsSubset::from_stored(partitions, definition, context)?;
            subset.insert(key.clone(), Part::Partitions(partitions));
        }
        for key in stored.non_partitioned_asset_keys.iter() {
            subset.insert(key.clone(), Part::Whole(true));
        }
        Ok(subset)
    }

    /// The stored form.
    pub fn to_stored(&self, context: &Context) -> Result<AssetGraphSubset> {
        let (mut partitioned, mut whole) = (Vec::new(), Vec::new());
        for (key, part) in &self.parts {
            match part {
                Part::Partitions(subset) => {
                    partitioned.push((key.clone(), subset.to_stored(context)?));
                }
                Part::Whole(_) => whole.push(key.clone()),
            }
        }
        Ok(AssetGraphSubset {
            partitions_subsets_by_asset_key: ItemsMap(partitioned),
            non_partitioned_asset_keys: whole.into_iter().collect(),
            extra: Extra::default(),
        })
    }

    fn insert(&mut self, key: AssetKey, part: Part) {
        if part.is_empty() {
            self.parts.remove(&key);
        } else {
            self.parts.insert(key, part);
        }
    }

    /// The assets of which there is a part, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &AssetKey> {
        self.parts.keys()
    }

    /// The parts, sorted by asset.
    pub fn parts(&self) -> impl Iterator<Item = (&AssetKey, &Part)> {
        self.parts.iter()
    }

    /// The part of an asset, if there is any.
    pub fn get(&self, key: &AssetKey) -> Option<&Part> {
        self.parts.get(key)
    }

    /// The part of an asset, which may be nothing.
    pub(crate) fn part(&self, key: &AssetKey, graph: &BackfillGraph) -> Result<Part> {
        match self.parts.get(key) {
            Some(part) => Ok(part.clone()),
            None => graph.nothing(key),
        }
    }

    /// Whether there is a part of the asset.
    pub fn contains(&self, key: &AssetKey) -> bool {
        self.parts.contains_key(key)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// How many assets there are parts of.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Only the parts of assets for which `keep` holds.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&AssetKey) -> bool) -> Self {
        let kept = self.parts.iter().filter(|(key, _)| keep(key));
        Self { parts: kept.map(|(key, part)| (key.clone(), part.clone())).collect() }
    }

    /// Adds a part.
    pub fn add(&mut self, key: &AssetKey, part: &Part, context: &Context) -> Result<()> {
        let part = match self.parts.get(key) {
            Some(known) => known.union(part, context)?,
            None => part.clone(),
        };
        self.insert(key.clone(), part);
        Ok(())
    }

    /// Adds all parts of another one.
    pub fn add_all(&mut self, other: &Self, context: &Context) -> Result<()> {
        other.parts.iter().try_for_each(|(key, part)| self.add(key, part, context))
    }

    /// Parts in either.
    pub fn union(&self, other: &Self, context: &Context) -> Result<Self> {
        let mut union = self.clone();
        union.add_all(other, context)?;
        Ok(union)
    }

    /// Parts in both.
    pub fn intersection(&self, other: &Self, context: &Context) -> Result<Self> {
        let mut common = Self::default();
        for (key, part) in &self.parts {
            if let Some(other) = other.parts.get(key) {
                common.insert(key.clone(), part.intersection(other, context)?);
            }
        }
        Ok(common)
    }

    /// Parts in this and not in the other.
    pub fn difference(&self, other: &Self, context: &Context) -> Result<Self> {
        let mut rest = Self::default();
        for (key, part) in &self.parts {
            let part = match other.parts.get(key) {
                Some(gone) => part.difference(gone, context)?,
                None => part.clone(),
            };
            rest.insert(key.clone(), part);
        }
        Ok(rest)
    }

    /// How many partitions and assets without partitions.
    pub fn count(&self, context: &Context) -> Result<u64> {
        self.parts.values().try_fold(0, |sum, part| Ok(sum + part.count(context)?))
    }
}

impl FromIterator<(AssetKey, Part)> for GraphSubset {
    fn from_iter<I: IntoIterator<Item = (AssetKey, Part)>>(parts: I) -> Self {
        let mut subset = Self::default();
        parts.into_iter().for_each(|(key, part)| subset.insert(key, part));
        subset
    }
}
