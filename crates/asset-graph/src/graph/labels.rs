//! Which assets have which tags, kinds and owners, looked up instead of asking each asset.
//!
//! Made when a selection first asks. Descriptions of assets are large: to visit those of ten thousand costs more than
//! everything else about a selection, since hardly any of it is in a cache of the processor.

use std::collections::HashMap;

use super::node::{AssetNode, KIND_PREFIX};

/// Positions of assets by what they are labelled with, ascending.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    tags: HashMap<String, HashMap<String, Vec<usize>>>,
    owners: HashMap<String, Vec<usize>>,
    /// Those with any kind.
    with_kind: Vec<usize>,
    materializable: Vec<usize>,
}

impl Labels {
    pub(super) fn of(nodes: &[AssetNode]) -> Self {
        let mut labels = Self::default();
        for (place, node) in nodes.iter().enumerate() {
            for (key, value) in node.snap().tags.iter().flatten() {
                let of_key = match labels.tags.get_mut(key) {
                    Some(of_key) => of_key,
                    None => labels.tags.entry(key.clone()).or_default(),
                };
                note(of_key, value, place);
            }
            for owner in node.owners() {
                note(&mut labels.owners, owner, place);
            }
            if node.kinds().next().is_some() {
                labels.with_kind.push(place);
            }
            if node.is_materializable() {
                labels.materializable.push(place);
            }
        }
        labels
    }

    /// Those with the tag at this value.
    pub(crate) fn with_tag(&self, key: &str, value: &str) -> impl Iterator<Item = usize> + '_ {
        self.tags.get(key).and_then(|values| values.get(value)).into_iter().flatten().copied()
    }

    /// Those of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = usize> + '_ {
        let values = self.tags.get(&format!("{KIND_PREFIX}{kind}"));
        values.into_iter().flat_map(HashMap::values).flatten().copied()
    }

    /// Those of any kind.
    pub(crate) fn of_any_kind(&self) -> impl Iterator<Item = usize> + '_ {
        self.with_kind.iter().copied()
    }

    /// Those of an owner.
    pub(crate) fn of_owner(&self, owner: &str) -> impl Iterator<Item = usize> + '_ {
        self.owners.get(owner).into_iter().flatten().copied()
    }

    /// Those that some definition materializes.
    pub(crate) fn materializable(&self) -> impl Iterator<Item = usize> + '_ {
        self.materializable.iter().copied()
    }
}

/// Adds a position under a name, which is copied the first time only.
fn note(places: &mut HashMap<String, Vec<usize>>, name: &str, place: usize) {
    match places.get_mut(name) {
        Some(places) => places.push(place),
        None => {
            places.insert(name.to_owned(), vec![place]);
        }
    }
}
