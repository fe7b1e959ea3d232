//! What has happened since the last tick.

use std::collections::BTreeSet;

use rondel_model::run::RunStatus;

use super::Rules;
use crate::condition::Kind;
use crate::digest::Digest;
use crate::error::Result;
use crate::key::Key;
use crate::subset::{EntityPart, PartValue};
use crate::view::Towards;

impl Rules<'_, '_> {
    /// Materialized since the last tick.
    pub(super) fn materialized(&self) -> Result<EntityPart> {
        self.view().updated_since(self.asset, self.previous_id(), false)
    }

    /// Requested by the last tick, or discarded by it.
    pub(super) fn previously_requested(&self) -> Result<EntityPart> {
        let Some(cursor) = self.context.cursor else { return Ok(self.context.empty()) };
        let requested = match self.view().of_remembered(&cursor.previous_requested)? {
            Some(part) => part,
            None => self.context.empty(),
        };
        match self.discard_id().and_then(|id| cursor.node(id)) {
            None => Ok(requested),
            Some(discarded) => match self.view().of_remembered(&discarded.true_subset)? {
                Some(discarded) => requested.union(&discarded, self.partitions()),
                None => Ok(requested),
            },
        }
    }

    /// The id of the rule that discards, which stands third and negated where there is one.
    fn discard_id(&self) -> Option<Digest> {
        let root = self.context.root_condition();
        let [_, _, third] = root.children.as_slice() else { return None };
        let discard = third.children.first().filter(|_| matches!(third.kind, Kind::Not))?;
        let Kind::Rule(rule) = &discard.kind else { return None };
        let is_discard = rule.class_name() == "DiscardOnMaxMaterializationsExceededRule";
        is_discard.then(|| discard.node_id(None, Some(0), None))
    }

    /// Materialized, requested or discarded since the last tick.
    pub(super) fn handled(&self) -> Result<EntityPart> {
        self.materialized()?.union(&self.previously_requested()?, self.partitions())
    }

    /// Partitions of which a parent has changed since the last tick or will change in this one, in the
    /// same run.
    pub(super) fn parent_has_or_will_update(&self) -> Result<EntityPart> {
        self.parent_has_updated()?.union(&self.parent_will_update()?, self.partitions())
    }

    /// Partitions of which a parent is requested in this tick by a run that can make them too.
    pub(super) fn parent_will_update(&self) -> Result<EntityPart> {
        let mut found = self.context.empty();
        let graph = self.view().graph;
        for parent in &graph.get(self.key())?.parents {
            let Some(requested) = self.context.requested.get(parent) else { continue };
            if graph.executable_in_same_run(self.key(), parent)? {
                found = found.union(&self.part_of(self.places(requested)?)?, self.partitions())?;
            }
        }
        Ok(found)
    }

    /// Partitions of which a parent has changed since the last tick without them
    /// (`asset_partitions_with_newly_updated_parents_and_new_cursor`).
    fn parent_has_updated(&self) -> Result<EntityPart> {
        let (view, graph) = (self.view(), self.view().graph);
        let own = graph.partitions(self.key())?;
        let mut found = self.context.empty();
        for parent in &graph.get(self.key())?.parents {
            let Some(asset) = parent.as_asset().filter(|_| graph.contains(parent)) else {
                continue;
            };
            let updated = view.updated_since(asset, self.previous_id(), false)?;
            if updated.size(view.context())? == 0 {
                continue;
            }
            let PartValue::Partitions(partitions) = &updated.value else {
                let run = view.latest_run_id(asset).unwrap_or_default();
                if self.is_planned_for(run) {
                    continue;
                }
                let part = match own.and_then(|own| own.time_window().map(|windows| (own, windows)))
                {
                    None => self.context.full(),
                    // Old time windows do not change for an asset without partitions.
                    Some(_) => view.latest_time_window(self.key(), None)?,
                };
                found = found.union(&part, self.partitions())?;
                continue;
            };
            let Some(own) = own else { return Ok(self.context.full()) };
            let mapped = view.mapped(&updated, self.key(), Towards::Downstream)?;
            let mut keys = BTreeSet::new();
            let unfinished = view
                .with_status(self.asset, |status| &status.failed)?
                .union(&view.with_status(self.asset, |it| &it.in_progress)?, self.partitions())?;
            for key in self.places(&mapped)?.into_iter().flatten() {
                let can_share_run = own == partitions.definition()
                    && partitions.contains(&key, view.context())?
                    && self.has(&unfinished, Some(&key))?;
                let shares_run = can_share_run
                    && view.run_of_latest(asset, &key).is_some_and(|run| self.is_planned_for(run));
                if !shares_run {
                    keys.insert(Some(key));
                }
            }
            found = found.union(&self.part_of(keys)?, self.partitions())?;
        }
        Ok(found)
    }

    /// Whether a run was to make the asset as well.
    fn is_planned_for(&self, run_id: &str) -> bool {
        let view = self.view();
        let Some(run) = view.run(run_id) else { return false };
        match run.run.asset_selection.as_ref().filter(|assets| !assets.is_empty()) {
            Some(assets) => assets.contains(self.asset),
            None => run.planned.contains(self.asset),
        }
    }

    /// Whether the latest run planned for the asset is going on.
    pub(super) fn is_run_in_progress(&self) -> bool {
        let view = self.view();
        let planned = view.facts(self.asset).and_then(|facts| facts.planned.as_ref());
        planned.and_then(|planned| view.run(&planned.run_id)).is_some_and(|run| {
            RunStatus::IN_PROGRESS.contains(&run.status()) || run.status() == RunStatus::Queued
        })
    }

    /// Whether the asset can be executed and nothing above it can.
    pub(super) fn is_root(&self) -> bool {
        let assets = self.view().graph.assets();
        let executable = |key| assets.get(key).is_some_and(|node| node.is_executable());
        executable(self.asset)
            && !assets
                .ancestors(self.asset)
                .into_iter()
                .any(|ancestor| ancestor != self.asset && executable(ancestor))
    }

    /// Whether this tick requests the partition.
    pub(super) fn will_update(&self, (asset, partition): &super::Place) -> Result<bool> {
        match self.context.requested.get(&Key::Asset(asset.clone())) {
            None => Ok(false),
            Some(part) => self.has(part, partition.as_deref()),
        }
    }
}
