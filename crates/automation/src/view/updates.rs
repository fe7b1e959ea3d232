//! What has been updated since an event.

use std::collections::{BTreeMap, BTreeSet};

use rondel_model::ids::AssetKey;

use super::View;
use crate::error::Result;
use crate::key::Key;
use crate::observation::LatestEvent;
use crate::subset::{EntityPart, PartValue};

impl View<'_> {
    fn is_observable(&self, key: &AssetKey) -> bool {
        self.graph.assets().get(key).is_some_and(|node| node.is_observable())
    }

    /// The latest materialization, or of an observable asset the later one of that and the latest
    /// observation.
    fn latest_event(&self, key: &AssetKey) -> Option<&LatestEvent> {
        let facts = self.facts(key)?;
        let made = facts.materialization.as_ref();
        let seen = facts.observation.as_ref().filter(|_| self.is_observable(key));
        match (made, seen) {
            (Some(made), Some(seen)) if seen.timestamp > made.timestamp => Some(seen),
            (Some(made), _) => Some(made),
            (None, seen) => seen,
        }
    }

    pub(crate) fn latest_id(&self, key: &AssetKey, partition: Option<&str>) -> Option<i64> {
        match partition {
            None => self.latest_event(key).map(|event| event.storage_id),
            Some(partition) => self.facts(key)?.latest_by_partition.get(partition).copied(),
        }
    }

    /// The run of the latest event.
    pub(crate) fn latest_run_id(&self, key: &AssetKey) -> Option<&str> {
        self.latest_event(key).map(|event| event.run_id.as_str())
    }

    /// The run of the latest event of a partition, where it was looked up.
    pub(crate) fn run_of_latest(&self, key: &AssetKey, partition: &str) -> Option<&str> {
        let id = self.latest_id(key, Some(partition))?;
        self.facts(key)?.event_runs.get(&id).map(String::as_str)
    }

    /// Whether the asset has an event after an id (`asset_partition_has_materialization_or_observation`).
    pub(crate) fn is_present(&self, key: &AssetKey, after: Option<i64>) -> bool {
        self.has_event(key, None, after)
    }

    /// The same of one of its partitions.
    pub(crate) fn has_event(
        &self,
        key: &AssetKey,
        partition: Option<&str>,
        after: Option<i64>,
    ) -> bool {
        let after = after.unwrap_or(0);
        let node = self.graph.assets().get(key);
        if node.is_some_and(|node| node.is_materializable()) {
            let made = self.facts(key).and_then(|facts| facts.materialization.as_ref());
            if made.is_none_or(|made| after != 0 && made.storage_id <= after) {
                return false;
            }
        }
        self.latest_id(key, partition).unwrap_or(0) > after
    }

    /// Partitions with an event after an id; with a changed data version where that is asked for or the
    /// asset is observable (`get_asset_subset_updated_after_cursor`).
    pub(crate) fn updated_since(
        &self,
        key: &AssetKey,
        after: Option<i64>,
        by_data_version: bool,
    ) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        if !self.is_present(key, after) {
            return self.empty(&entity);
        }
        let versions = after.filter(|_| by_data_version || self.is_observable(key));
        let facts = self.facts(key);
        if self.graph.partitions(&entity)?.is_none() {
            let until = facts.and_then(|facts| facts.latest_until);
            let latest = until.or_else(|| self.latest_id(key, None));
            let updated = latest.is_some_and(|id| id > after.unwrap_or(0));
            let changed = versions.is_none_or(|cursor| {
                let before = facts.and_then(|facts| facts.data_version_at.get(&cursor)?.as_ref());
                self.latest_event(key).and_then(|event| event.data_version.as_ref()) != before
            });
            return if updated && changed { self.full(&entity) } else { self.empty(&entity) };
        }
        let latest = facts.into_iter().flat_map(|facts| &facts.latest_by_partition);
        let updated: BTreeSet<&String> =
            latest.filter(|(_, id)| **id > after.unwrap_or(0)).map(|(key, _)| key).collect();
        let Some(cursor) = versions else { return self.of_existing_keys(&entity, updated) };
        let changed = facts.and_then(|facts| facts.new_data_versions.get(&cursor));
        let changed = changed.into_iter().flatten().filter(|key| updated.contains(key));
        self.of_existing_keys(&entity, changed)
    }

    /// Whether a partition that was updated since an event has another data version too; always where versions
    /// do not count: without such an event, and of an asset that is not observable unless asked for.
    pub(crate) fn has_new_version(
        &self,
        key: &AssetKey,
        partition: &str,
        after: Option<i64>,
        by_data_version: bool,
    ) -> bool {
        let Some(cursor) = after.filter(|_| by_data_version || self.is_observable(key)) else {
            return true;
        };
        let changed = self.facts(key).and_then(|facts| facts.new_data_versions.get(&cursor));
        changed.is_some_and(|changed| changed.contains(partition))
    }

    /// Partitions with an event after a tick of a cron schedule that was asked about
    /// (`get_asset_subset_updated_after_time`).
    pub(crate) fn updated_since_tick(&self, key: &AssetKey, tick: i64) -> Result<EntityPart> {
        match self.facts(key).and_then(|facts| facts.first_after.get(&tick)) {
            Some(first) => self.updated_since(key, Some(first - 1), false),
            None => self.empty(&Key::Asset(key.clone())),
        }
    }

    /// The part by the times of the latest materializations
    /// (`compute_subsets_by_latest_materialization_timestamp`).
    pub(crate) fn by_materialization_time(
        &self,
        part: &EntityPart,
    ) -> Result<Vec<(f64, EntityPart)>> {
        let Some(facts) = part.key.as_asset().and_then(|key| self.facts(key)) else {
            return Ok(Vec::new());
        };
        let PartValue::Partitions(partitions) = &part.value else {
            let made = facts.materialization.as_ref();
            return Ok(made.map(|made| (made.timestamp, part.clone())).into_iter().collect());
        };
        let mut by_time: BTreeMap<u64, (f64, Vec<String>)> = BTreeMap::new();
        for key in partitions.keys(self.context())?.iter() {
            let id = facts.latest_by_partition.get(key);
            if let Some(time) = id.and_then(|id| facts.event_timestamps.get(id)) {
                let entry = by_time.entry(time.to_bits()).or_insert_with(|| (*time, Vec::new()));
                entry.1.push(key.clone());
            }
        }
        let parts = by_time.into_values();
        parts.map(|(time, keys)| Ok((time, self.of_keys(&part.key, keys)?))).collect()
    }
}
