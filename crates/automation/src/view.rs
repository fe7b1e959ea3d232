//! Questions about entities, answered from what was observed: Dagster's `AssetGraphView`.

mod checks;
mod updates;

use std::collections::BTreeSet;
use std::sync::Arc;

use rondel_cron::{CronSchedule, Zone};
use rondel_model::automation::{FreshnessState, SerializableTimeDelta};
use rondel_model::backfill::AssetBackfillData;
use rondel_model::ids::AssetKey;
use rondel_model::partition::{AssetGraphSubset, EntitySubset, SubsetValue};
use rondel_model::run::RunStatus;
use rondel_model::serdes::Extra;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset, TimeWindow};

pub(crate) use checks::CheckStatus;

use crate::condition::timedelta;
use crate::cursor::Remembered;
use crate::error::Result;
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::observation::{AssetFacts, Observation, PartitionStatus, RunFacts};
use crate::subset::{EntityPart, PartValue, Partitions, map_downstream, map_upstream};

/// The graph as of one observation.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The entities.
    pub graph: &'a AutomationGraph,
    /// What is known about them.
    pub observed: &'a Observation,
}

/// Which way along a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Towards {
    Upstream,
    Downstream,
}

/// The latest tick of a cron schedule at or before a time, both in Unix seconds.
///
/// # Errors
/// A schedule or time zone that cannot be read.
pub fn latest_tick(schedule: &str, timezone: &str, time: f64) -> Result<i64> {
    let zone = Zone::named(Some(timezone))?;
    Ok(CronSchedule::parse(schedule)?.prev_from(&zone, time)?)
}

impl View<'_> {
    pub(crate) fn context(&self) -> &Context {
        &self.observed.partitions
    }

    fn whole(&self, key: &Key, whole: bool) -> Result<EntityPart> {
        let value = match self.graph.partitions(key)? {
            None => PartValue::Whole(whole),
            Some(definition) if whole => PartValue::Partitions(Partitions::all(definition)),
            Some(definition) => PartValue::Partitions(Partitions::none(definition)),
        };
        Ok(EntityPart::new(&self.graph.get(key)?.key, value))
    }

    /// All of an entity.
    pub(crate) fn full(&self, key: &Key) -> Result<EntityPart> {
        self.whole(key, true)
    }

    /// Nothing of an entity.
    pub(crate) fn empty(&self, key: &Key) -> Result<EntityPart> {
        self.whole(key, false)
    }

    /// The partitions of these keys, which are known to exist. Of an entity without partitions: all of it
    /// when there is any key.
    pub(crate) fn of_keys(
        &self,
        key: &Key,
        keys: impl IntoIterator<Item = String>,
    ) -> Result<EntityPart> {
        let value = match self.graph.partitions(key)? {
            None => PartValue::Whole(keys.into_iter().next().is_some()),
            Some(definition) => {
                let keys: Vec<String> = keys.into_iter().collect();
                PartValue::Partitions(Partitions::of_keys(definition, &keys, self.context())?)
            }
        };
        Ok(EntityPart::new(&self.graph.get(key)?.key, value))
    }

    /// Those of the keys which are partitions of the entity.
    pub(crate) fn of_existing_keys<'k>(
        &self,
        key: &Key,
        keys: impl IntoIterator<Item = &'k String>,
    ) -> Result<EntityPart> {
        let Some(definition) = self.graph.partitions(key)? else { return self.empty(key) };
        let mut existing = Vec::new();
        for partition in keys {
            if definition.has_key(partition, self.context()).unwrap_or(false) {
                existing.push(partition.clone());
            }
        }
        self.of_keys(key, existing)
    }

    /// A stored part; none when the entity is gone or partitioned differently by now.
    pub(crate) fn of_stored(&self, stored: &EntitySubset) -> Result<Option<EntityPart>> {
        let key = Key::from_stored(&stored.key)?;
        if !self.graph.contains(&key) {
            return Ok(None);
        }
        let definition = self.graph.partitions(&key)?;
        EntityPart::from_stored(&self.graph.get(&key)?.key, definition, stored, self.context())
    }

    /// A part of an earlier tick; none when the entity is gone or partitioned differently by now.
    pub(crate) fn of_remembered(&self, remembered: &Remembered) -> Result<Option<EntityPart>> {
        match remembered {
            Remembered::Stored(stored) => self.of_stored(stored),
            Remembered::Part(part) if self.fits(part)? => Ok(Some(part.clone())),
            Remembered::Part(_) => self.of_stored(&remembered.to_stored()?),
        }
    }

    /// Whether a part is of the definition the graph has for its entity.
    pub(crate) fn fits(&self, part: &EntityPart) -> Result<bool> {
        if !self.graph.contains(&part.key) {
            return Ok(false);
        }
        Ok(match (&part.value, self.graph.partitions(&part.key)?) {
            (PartValue::Whole(_), definition) => definition.is_none(),
            (PartValue::Partitions(partitions), Some(definition)) => {
                Arc::ptr_eq(partitions.definition(), definition)
                    || partitions.definition() == definition
            }
            (PartValue::Partitions(_), None) => false,
        })
    }

    /// What belongs to a part in a neighbour (`compute_mapped_subset`).
    pub(crate) fn mapped(
        &self,
        part: &EntityPart,
        to: &Key,
        towards: Towards,
    ) -> Result<EntityPart> {
        let from_definition = self.graph.partitions(&part.key)?;
        let to_definition = self.graph.partitions(to)?;
        let unmapped = match towards {
            Towards::Downstream => from_definition.is_none() || to_definition.is_none(),
            Towards::Upstream => to_definition.is_none() || part.is_empty(),
        };
        let Some(to_definition) = to_definition.filter(|_| !unmapped) else {
            return if part.is_empty() { self.empty(to) } else { self.full(to) };
        };
        let partitions = match (&part.value, towards) {
            (PartValue::Partitions(partitions), Towards::Downstream) => {
                let declared = self.graph.mapping(to, &part.key);
                map_downstream(declared, partitions, to_definition, self.context())?
            }
            (value, _) => {
                let partitions = match value {
                    PartValue::Partitions(partitions) => Some(partitions),
                    PartValue::Whole(_) => None,
                };
                let declared = self.graph.mapping(&part.key, to);
                map_upstream(declared, partitions, to_definition, self.context())?.0
            }
        };
        Ok(EntityPart::new(&self.graph.get(to)?.key, PartValue::Partitions(partitions)))
    }

    /// The latest tick of a cron schedule at or before the time of the evaluation.
    pub(crate) fn previous_tick(&self, schedule: &str, timezone: &str) -> Result<f64> {
        Ok(latest_tick(schedule, timezone, self.observed.time())? as f64)
    }

    /// Partitions in the latest time window, or within the lookback from its end
    /// (`compute_latest_time_window_subset`).
    pub(crate) fn latest_time_window(
        &self,
        key: &Key,
        lookback: Option<&SerializableTimeDelta>,
    ) -> Result<EntityPart> {
        let Some(definition) = self.graph.partitions(key)? else { return self.full(key) };
        let Some(windows) = definition.time_window() else { return self.full(key) };
        let Some(latest) = windows.last_window(self.observed.time())? else {
            return self.empty(key);
        };
        let start = match lookback {
            // Keys start on ticks, that is on whole seconds.
            Some(delta) => {
                let from = (latest.end as f64 - timedelta::seconds(delta)).max(windows.start());
                from.ceil() as i64
            }
            None => latest.start,
        };
        let keys = windows.keys_in_window(TimeWindow::new(start, latest.end))?;
        match &**definition {
            PartitionsDefinition::Multi(multi) => {
                let Some((name, _)) = multi.time_dimension() else { return self.full(key) };
                self.of_keys(key, multi.keys_with_dimension(name, &keys, self.context())?)
            }
            _ => self.of_keys(key, keys),
        }
    }

    pub(crate) fn facts(&self, key: &AssetKey) -> Option<&AssetFacts> {
        self.observed.assets.get(key)
    }

    pub(crate) fn run(&self, run_id: &str) -> Option<&RunFacts> {
        self.observed.runs.get(run_id)
    }

    /// Whether the asset has the freshness state.
    pub(crate) fn has_freshness(&self, key: &Key, state: FreshnessState) -> Result<EntityPart> {
        let asset = key.as_asset();
        let has_policy =
            asset.and_then(|asset| self.graph.assets().get(asset)).is_some_and(|node| {
                node.definitions()
                    .iter()
                    .any(|definition| definition.snap().freshness_policy.is_some())
            });
        let actual = if has_policy {
            let known = asset.and_then(|asset| self.facts(asset)?.freshness);
            known.unwrap_or(FreshnessState::Unknown)
        } else {
            FreshnessState::NotApplicable
        };
        self.whole(key, actual == state)
    }

    /// The partitions of an asset that stand as asked; none where its status was not observed.
    pub(crate) fn with_status(
        &self,
        key: &AssetKey,
        which: impl FnOnce(&PartitionStatus) -> &PartitionsSubset,
    ) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        let status = self.facts(key).and_then(|facts| facts.partition_status.as_ref());
        let (Some(definition), Some(status)) = (self.graph.partitions(&entity)?, status) else {
            return self.empty(&entity);
        };
        let partitions = Partitions::new(definition, which(status).clone());
        Ok(EntityPart::new(&self.graph.get(&entity)?.key, PartValue::Partitions(partitions)))
    }

    /// Never materialized, or, of assets that only are observed, never observed.
    pub(crate) fn missing_asset(&self, key: &AssetKey, from: &EntityPart) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        let partitioned = self.graph.partitions(&entity)?.is_some();
        let materializable =
            self.graph.assets().get(key).is_some_and(|node| node.is_materializable());
        let present = match (materializable, partitioned) {
            (_, false) => self.whole(&entity, self.is_present(key, None))?,
            (true, true) => self.with_status(key, |status| &status.materialized)?,
            (false, true) => {
                let known = self.facts(key).map(|facts| &facts.latest_by_partition);
                self.of_existing_keys(&entity, known.into_iter().flatten().map(|(key, _)| key))?
            }
        };
        from.difference(&present, self.context())
    }

    /// Planned by a run that has not finished (`get_in_progress_asset_subset`).
    pub(crate) fn asset_in_progress(&self, key: &AssetKey) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        let facts = self.facts(key);
        if self.graph.partitions(&entity)?.is_some() {
            return self.with_status(key, |status| &status.in_progress);
        }
        let planned = facts.and_then(|facts| facts.planned.as_ref());
        let made_by = facts.and_then(|facts| Some(facts.materialization.as_ref()?.run_id.as_str()));
        let in_progress =
            planned.filter(|planned| made_by != Some(&planned.run_id)).is_some_and(|planned| {
                self.run(&planned.run_id).is_some_and(|run| {
                    run.status() == RunStatus::Queued
                        || RunStatus::IN_PROGRESS.contains(&run.status())
                })
            });
        self.whole(&entity, in_progress)
    }

    /// The latest run that was to make it failed without having made it.
    pub(crate) fn asset_failed(&self, key: &AssetKey) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        let facts = self.facts(key);
        if self.graph.partitions(&entity)?.is_some() {
            return self.with_status(key, |status| &status.failed);
        }
        let failed = facts.is_some_and(|facts| {
            let Some(planned) = &facts.planned else { return false };
            let run_failed =
                self.run(&planned.run_id).is_some_and(|run| run.status() == RunStatus::Failure);
            let made = facts.materialization.as_ref();
            run_failed
                && made.is_none_or(|made| made.run_id != planned.run_id)
                && !facts.planned_is_materialized
        });
        self.whole(&entity, failed)
    }

    /// What belongs to a part in a parent, and whether everything that is required there exists.
    pub(crate) fn mapped_upstream(
        &self,
        part: &EntityPart,
        parent: &Key,
    ) -> Result<(EntityPart, bool)> {
        let Some(definition) = self.graph.partitions(parent)?.filter(|_| !part.is_empty()) else {
            return Ok((self.mapped(part, parent, Towards::Upstream)?, true));
        };
        let partitions = match &part.value {
            PartValue::Partitions(partitions) => Some(partitions),
            PartValue::Whole(_) => None,
        };
        let declared = self.graph.mapping(&part.key, parent);
        let (mapped, all_exist) = map_upstream(declared, partitions, definition, self.context())?;
        let key = &self.graph.get(parent)?.key;
        Ok((EntityPart::new(key, PartValue::Partitions(mapped)), all_exist))
    }

    /// Targeted by a backfill, whether made already or not.
    pub(crate) fn backfill_target(&self, key: &AssetKey) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        let mut found = self.empty(&entity)?;
        for backfill in &self.observed.backfills {
            let targeted = self.of_graph_subset(&entity, key, &backfill.target_subset)?;
            found = found.union(&targeted, self.context())?;
        }
        Ok(found)
    }

    /// Targeted by a backfill that has neither made it nor failed to.
    pub(crate) fn backfill_in_progress(&self, key: &AssetKey) -> Result<EntityPart> {
        let entity = Key::Asset(key.clone());
        let mut found = self.empty(&entity)?;
        for AssetBackfillData {
            target_subset,
            materialized_subset,
            failed_and_downstream_subset,
            ..
        } in &self.observed.backfills
        {
            let part = |subset: &AssetGraphSubset| self.of_graph_subset(&entity, key, subset);
            let left = part(target_subset)?
                .difference(&part(materialized_subset)?, self.context())?
                .difference(&part(failed_and_downstream_subset)?, self.context())?;
            found = found.union(&left, self.context())?;
        }
        Ok(found)
    }

    fn of_graph_subset(
        &self,
        entity: &Key,
        key: &AssetKey,
        subset: &AssetGraphSubset,
    ) -> Result<EntityPart> {
        let value = match subset.partitions_subsets_by_asset_key.get(key) {
            Some(partitions) => SubsetValue::Partitions(partitions.clone()),
            None => SubsetValue::Whole(subset.non_partitioned_asset_keys.as_slice().contains(key)),
        };
        let stored = EntitySubset { key: entity.to_stored(), value, extra: Extra::default() };
        match self.of_stored(&stored)? {
            Some(part) => Ok(part),
            None => self.empty(entity),
        }
    }

    /// Those partitions of a part whose latest run fits (`compute_latest_run_matches_subset`).
    pub(crate) fn latest_run_matches(
        &self,
        part: &EntityPart,
        matches: &dyn Fn(&RunFacts) -> bool,
    ) -> Result<EntityPart> {
        let run_fits = |run_id: &str| self.run(run_id).is_some_and(matches);
        let fits = |partition: Option<&str>| match &*part.key {
            Key::Asset(key) => {
                self.facts(key).and_then(|facts| facts.materialization.as_ref()).is_some_and(
                    |made| made.partition.as_deref() == partition && run_fits(&made.run_id),
                )
            }
            Key::Check(key) => self
                .observed
                .checks
                .get(key)
                .is_some_and(|latest| latest.has_event && run_fits(&latest.run_id)),
            Key::Job(_) => false,
        };
        match &part.value {
            PartValue::Whole(whole) => self.whole(&part.key, *whole && fits(None)),
            PartValue::Partitions(partitions) => {
                let keys: BTreeSet<String> = match &*part.key {
                    // Only the partition made last can have the latest run.
                    Key::Asset(key) => {
                        let made = self.facts(key).and_then(|facts| facts.materialization.as_ref());
                        let latest = made.and_then(|made| made.partition.clone());
                        latest.into_iter().filter(|key| fits(Some(key))).collect()
                    }
                    Key::Check(_) | Key::Job(_) => {
                        let keys = partitions.keys(self.context())?;
                        keys.iter().filter(|key| fits(Some(key))).cloned().collect()
                    }
                };
                part.intersection(&self.of_existing_keys(&part.key, &keys)?, self.context())
            }
        }
    }

    /// The definition behind an entity's partitions.
    pub(crate) fn definition(&self, key: &Key) -> Result<Option<&Arc<PartitionsDefinition>>> {
        self.graph.partitions(key)
    }
}
