//! The asset graph with what backfills ask of it: definitions of partitions ready to compute with, and the
//! parts of neighbours that belong to a part of an asset.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use rondel_asset_graph::graph::{AssetGraph, AssetNode};
use rondel_model::automation::BackfillPolicy;
use rondel_model::ids::AssetKey;
use rondel_model::partition::PartitionMapping;
use rondel_partitions::{
    Context, Of, PartitionsDefinition, PartitionsSubset, downstream_partitions, infer_mapping,
    upstream_partitions,
};

use crate::error::{BackfillError, Result};
use crate::part::Part;

/// A view of a workspace's assets. Partitions definitions and levels are worked out when first asked for.
#[derive(Debug)]
pub struct BackfillGraph {
    assets: Arc<AssetGraph>,
    definitions: Vec<OnceLock<rondel_partitions::Result<Option<PartitionsDefinition>>>>,
    levels: OnceLock<HashMap<AssetKey, usize>>,
}

/// What partitions of an asset need of a parent.
pub(crate) struct ParentPart {
    pub(crate) existing: Part,
    pub(crate) nonexistent: Option<PartitionsSubset>,
}

impl BackfillGraph {
    /// A view of the assets.
    pub fn new(assets: Arc<AssetGraph>) -> Self {
        let definitions = assets.nodes().iter().map(|_| OnceLock::new()).collect();
        Self { assets, definitions, levels: OnceLock::new() }
    }

    /// The assets.
    pub fn assets(&self) -> &AssetGraph {
        &self.assets
    }

    /// The node of an asset.
    pub fn node(&self, key: &AssetKey) -> Result<&AssetNode> {
        self.assets.get(key).ok_or_else(|| {
            BackfillError::Check(format!("Asset graph does not contain {}", key.to_user_string()))
        })
    }

    /// How an asset is partitioned, if it is.
    pub fn partitions(&self, key: &AssetKey) -> Result<Option<&PartitionsDefinition>> {
        let node = self.node(key)?;
        let index = self.assets.index_of(key).unwrap_or_default();
        let read =
            || node.snap().partitions.as_deref().map(PartitionsDefinition::from_snap).transpose();
        match self.definitions[index].get_or_init(read) {
            Ok(definition) => Ok(definition.as_ref()),
            Err(error) => Err(error.clone().into()),
        }
    }

    /// Names of the dynamic partitions whose keys a backfill of these assets needs: theirs and those of
    /// their neighbours.
    pub fn dynamic_names(&self, keys: &[AssetKey]) -> BTreeSet<String> {
        let nodes = keys.iter().filter_map(|key| self.assets.get(key));
        let around = nodes.flat_map(|node| {
            std::iter::once(&node.key).chain(node.parents()).chain(node.children())
        });
        let around: BTreeSet<&AssetKey> = around.collect();
        let definitions = around.into_iter().filter_map(|key| self.partitions(key).ok().flatten());
        definitions.flat_map(|definition| definition.dynamic_names()).map(str::to_owned).collect()
    }

    pub(crate) fn level(&self, key: &AssetKey) -> usize {
        let levels = self.levels.get_or_init(|| {
            let levels = self.assets.levels().into_iter().enumerate();
            levels
                .flat_map(|(level, nodes)| nodes.into_iter().map(move |node| (node, level)))
                .map(|(node, level)| (self.assets.node(node).key.clone(), level))
                .collect()
        });
        levels.get(key).copied().unwrap_or(usize::MAX)
    }

    pub(crate) fn backfill_policy(&self, key: &AssetKey) -> Result<Option<&BackfillPolicy>> {
        Ok(self.node(key)?.snap().backfill_policy.as_ref())
    }

    /// Nothing of an asset.
    pub(crate) fn nothing(&self, key: &AssetKey) -> Result<Part> {
        Ok(match self.partitions(key)? {
            Some(definition) => Part::Partitions(PartitionsSubset::empty(definition)),
            None => Part::Whole(false),
        })
    }

    /// All of an asset.
    pub(crate) fn everything(&self, key: &AssetKey) -> Result<Part> {
        Ok(match self.partitions(key)? {
            Some(definition) => Part::Partitions(PartitionsSubset::All(definition.clone())),
            None => Part::Whole(true),
        })
    }

    /// The mapping from an asset to one of its parents, declared or inferred.
    pub(crate) fn mapping(
        &self,
        child: &AssetKey,
        parent: &AssetKey,
    ) -> Result<Cow<'_, PartitionMapping>> {
        let node = self.node(child)?;
        let definition = node.materializable_definition().unwrap_or_else(|| node.definition());
        let edges = definition.snap().parent_edges.iter().rev();
        let declared = edges
            .filter(|edge| edge.parent_asset_key == *parent)
            .find_map(|edge| edge.partition_mapping.as_deref());
        Ok(infer_mapping(declared, self.partitions(child)?, self.partitions(parent)?))
    }

    /// What a part of an asset needs of a parent
    /// (`compute_parent_subset_and_required_but_nonexistent_subset`).
    pub(crate) fn parent_part(
        &self,
        child: &AssetKey,
        part: &Part,
        parent: &AssetKey,
        context: &Context,
    ) -> Result<ParentPart> {
        if part.is_empty() {
            return Ok(ParentPart { existing: self.nothing(parent)?, nonexistent: None });
        }
        let Some(upstream) = self.partitions(parent)? else {
            return Ok(ParentPart { existing: Part::Whole(true), nonexistent: None });
        };
        let downstream = match (part, self.partitions(child)?) {
            (Part::Partitions(subset), Some(definition)) => Some(Of { subset, definition }),
            _ => None,
        };
        let mapping = self.mapping(child, parent)?;
        let found = upstream_partitions(&mapping, downstream, upstream, context)?;
        let nonexistent = Some(found.nonexistent).filter(|subset| !subset.is_empty());
        Ok(ParentPart { existing: Part::Partitions(found.existing), nonexistent })
    }

    /// What depends on a part of an asset in a child (`compute_child_subset`).
    pub(crate) fn child_part(
        &self,
        parent: &AssetKey,
        part: &Part,
        child: &AssetKey,
        context: &Context,
    ) -> Result<Part> {
        match (part, self.partitions(parent)?, self.partitions(child)?) {
            (Part::Partitions(subset), Some(upstream), Some(downstream)) => {
                let mapping = self.mapping(child, parent)?;
                let from = Of { subset, definition: upstream };
                Ok(Part::Partitions(downstream_partitions(&mapping, from, downstream, context)?))
            }
            _ if part.is_empty() => self.nothing(child),
            _ => self.everything(child),
        }
    }

    /// The part the same partitions are of another asset; they must be partitioned alike.
    pub(crate) fn same_part_of(&self, key: &AssetKey, part: &Part) -> Result<Part> {
        let fits = match (part, self.partitions(key)?) {
            (Part::Whole(_), None) => true,
            (Part::Partitions(PartitionsSubset::TimeWindow(subset)), Some(definition)) => {
                matches!(definition, PartitionsDefinition::TimeWindow(windows)
                    if windows == subset.definition())
            }
            (Part::Partitions(PartitionsSubset::All(all)), Some(definition)) => all == definition,
            (Part::Partitions(_), Some(definition)) => {
                !matches!(definition, PartitionsDefinition::TimeWindow(_))
            }
            _ => false,
        };
        if fits {
            return Ok(part.clone());
        }
        Err(BackfillError::Check(format!(
            "{} must be executed together with assets that are partitioned otherwise",
            key.to_user_string()
        )))
    }
}
