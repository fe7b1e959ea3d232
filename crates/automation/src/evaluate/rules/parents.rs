//! Partitions of parents, and whether they are newer than what was made of them.

use std::collections::BTreeSet;

use rondel_model::ids::AssetKey;
use rondel_partitions::PartitionsDefinition;

use super::{Place, Rules};
use crate::error::Result;
use crate::key::Key;
use crate::subset::PartValue;

/// What a partition depends on.
pub(super) struct Parents {
    pub(super) partitions: BTreeSet<Place>,
    /// Parents of which a required partition does not exist.
    pub(super) nonexistent: BTreeSet<AssetKey>,
}

impl Rules<'_, '_> {
    /// Partitions which one depends on (`get_parents_partitions`).
    pub(super) fn parents_of(&self, (asset, partition): &Place) -> Result<Parents> {
        let (view, graph) = (self.view(), self.view().graph);
        let key = Key::Asset(asset.clone());
        let mut parents = Parents { partitions: BTreeSet::new(), nonexistent: BTreeSet::new() };
        for parent in &graph.get(&key)?.parents {
            let Some(parent_asset) = parent.as_asset() else { continue };
            if !graph.contains(parent) || graph.partitions(parent)?.is_none() {
                parents.partitions.insert((parent_asset.clone(), None));
                continue;
            }
            let part = match partition {
                Some(partition) => view.of_keys(&key, [partition.clone()])?,
                None => view.full(&key)?,
            };
            let (mapped, all_exist) = view.mapped_upstream(&part, parent)?;
            if !all_exist {
                parents.nonexistent.insert(parent_asset.clone());
            }
            let mapped = self.places(&mapped)?;
            parents.partitions.extend(mapped.into_iter().map(|key| (parent_asset.clone(), key)));
        }
        Ok(parents)
    }

    /// Those parents which were updated after the partition was made; with another data version, where that is
    /// asked for or the parent is observable (`get_parent_asset_partitions_updated_after_child`).
    pub(super) fn updated_after(
        &self,
        (asset, partition): &Place,
        parents: &BTreeSet<Place>,
        ignored: Option<&AssetKey>,
        by_version: bool,
    ) -> Result<BTreeSet<Place>> {
        let (view, graph) = (self.view(), self.view().graph);
        let own = graph.partitions(&Key::Asset(asset.clone()))?;
        let is_old_window = match own.map(|own| &**own) {
            Some(PartitionsDefinition::TimeWindow(windows)) => {
                windows.last_key(view.context().now)?.as_ref() != partition.as_ref()
            }
            _ => false,
        };
        let made = view.latest_id(asset, partition.as_deref());
        let mut updated = BTreeSet::new();
        for place @ (parent, key) in parents {
            let entity = Key::Asset(parent.clone());
            if Some(parent) == ignored || !graph.contains(&entity) {
                continue;
            }
            if is_old_window && !self.is_partitioned(parent)? {
                continue;
            }
            let is_newer = match key {
                Some(key) => {
                    view.is_present(parent, made)
                        && view.latest_id(parent, Some(key)).unwrap_or(0) > made.unwrap_or(0)
                        && view.has_new_version(parent, key, made, by_version)
                }
                None => match &view.updated_since(parent, made, by_version)?.value {
                    PartValue::Whole(whole) => *whole,
                    PartValue::Partitions(_) => false,
                },
            };
            if is_newer {
                updated.insert(place.clone());
            }
        }
        Ok(updated)
    }

    /// Whether a parent made anew with the data version it had is taken for unchanged.
    pub(super) fn by_version(&self) -> bool {
        self.view().graph.respects_data_versions()
    }

    /// Parents that this tick's run of the partition will not make as well.
    fn parents_left_alone(&self, place: &Place) -> Result<Vec<Place>> {
        let own = Key::Asset(place.0.clone());
        let mut left = Vec::new();
        for parent in self.parents_of(place)?.partitions {
            let key = Key::Asset(parent.0.clone());
            let graph = self.view().graph;
            let together = self.will_update(&parent)?
                && graph.contains(&key)
                && graph.executable_in_same_run(&own, &key)?;
            if !together {
                left.push(parent);
            }
        }
        Ok(left)
    }

    /// The ancestors because of which the parents are not up to date.
    pub(super) fn outdated_parents(&self, place: &Place) -> Result<BTreeSet<AssetKey>> {
        let mut outdated = BTreeSet::new();
        for parent in self.parents_left_alone(place)? {
            // Earlier partitions of the asset itself need not be up to date.
            if parent.0 != place.0 {
                outdated.extend(self.outdated_ancestors(&parent)?);
            }
        }
        Ok(outdated)
    }

    /// `get_outdated_ancestors`
    fn outdated_ancestors(&self, place: &Place) -> Result<BTreeSet<AssetKey>> {
        if let Some(known) = self.outdated.borrow().get(place) {
            return Ok(known.clone());
        }
        let node = self.view().graph.assets().get(&place.0);
        if !node.is_some_and(|node| node.is_materializable()) {
            return Ok(BTreeSet::new());
        }
        let parents = self.parents_of(place)?.partitions;
        let updated = self.updated_after(place, &parents, Some(&place.0), self.by_version())?;
        let mut outdated = BTreeSet::new();
        if !updated.is_empty() {
            outdated.insert(place.0.clone());
        }
        for parent in parents.difference(&updated).filter(|parent| parent.0 != place.0) {
            outdated.extend(self.outdated_ancestors(parent)?);
        }
        self.outdated.borrow_mut().insert(place.clone(), outdated.clone());
        Ok(outdated)
    }

    /// Parents that do not exist yet.
    pub(super) fn missing_parents(&self, place: &Place) -> Result<BTreeSet<AssetKey>> {
        let mut missing = BTreeSet::new();
        for (parent, key) in self.parents_left_alone(place)? {
            let node = self.view().graph.assets().get(&parent);
            // What nothing can make is never there.
            if node.is_some_and(|node| node.is_executable())
                && !self.view().has_event(&parent, key.as_deref(), None)
            {
                missing.insert(parent);
            }
        }
        Ok(missing)
    }

    /// Parents that have not changed since the partition was made: those of which nothing has, or those
    /// of which not everything has.
    pub(super) fn parents_not_updated(
        &self,
        place: &Place,
        everything: bool,
    ) -> Result<BTreeSet<AssetKey>> {
        let parents = self.parents_of(place)?.partitions;
        let updated = self.updated_after(place, &parents, None, self.by_version())?;
        let will_update = self.parent_will_update()?;
        let will_update = self.has(&will_update, place.1.as_deref())?;
        let assets = |places: &BTreeSet<Place>| -> BTreeSet<AssetKey> {
            places.iter().map(|(asset, _)| asset.clone()).collect()
        };
        let mut waiting = if everything {
            assets(&parents.difference(&updated).cloned().collect())
        } else {
            assets(&parents).difference(&assets(&updated)).cloned().collect()
        };
        // Of the parents that are made in the same run nothing is waited for.
        if will_update {
            waiting.retain(|parent| !self.context.requested.knows(&Key::Asset(parent.clone())));
        }
        waiting.remove(self.asset);
        Ok(waiting)
    }
}
