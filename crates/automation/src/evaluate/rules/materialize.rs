//! Rules that ask for a materialization.

use std::collections::BTreeSet;

use rondel_cron::{CronSchedule, Direction, Zone};
use rondel_model::automation::{AutoMaterializeAssetPartitionsFilter, MaterializeOnCronRule};
use rondel_model::ids::AssetKey;
use rondel_partitions::PartitionsDefinition;

use super::carried::{Carried, parents_updated};
use super::{Place, Rules};
use crate::cursor::State;
use crate::error::Result;
use crate::evaluate::result::Outcome;
use crate::subset::EntityPart;

/// Of more partitions together with their parents data versions are not compared, as in Dagster.
const MAX_COMPARED: usize = 100;

impl Rules<'_, '_> {
    /// Not materialized since a tick of a cron schedule.
    pub(super) fn cron(&self, rule: &MaterializeOnCronRule) -> Result<Outcome> {
        let ticks = self.missed_ticks(rule)?;
        let mut new = self.candidates_of_ticks(rule, &ticks)?;
        if let (None, Some(last)) = (self.node_cursor(), ticks.last()) {
            // On the first tick materializations of before it count.
            let since = self.view().updated_since_tick(self.asset, *last as i64)?;
            new = self.minus(&new, &since)?;
        }
        let left = self.minus(&self.previous_true()?, &self.handled()?)?;
        Ok(Outcome::of(new.union(&left, self.partitions())?))
    }

    fn missed_ticks(&self, rule: &MaterializeOnCronRule) -> Result<Vec<f64>> {
        let zone = Zone::named(Some(&rule.timezone))?;
        let schedule = CronSchedule::parse(&rule.cron_schedule)?;
        let now = self.view().context().now;
        match self.context.previous_time().filter(|_| self.node_cursor().is_some()) {
            None => Ok(vec![schedule.prev_from(&zone, now)? as f64]),
            Some(previous) => {
                let ticks = schedule.ticks(&zone, previous, Direction::Forward)?;
                let mut missed = Vec::new();
                for tick in ticks {
                    let tick = tick? as f64;
                    if tick > now {
                        break;
                    }
                    missed.push(tick);
                }
                Ok(missed)
            }
        }
    }

    fn candidates_of_ticks(
        &self,
        rule: &MaterializeOnCronRule,
        ticks: &[f64],
    ) -> Result<EntityPart> {
        let view = self.view();
        if ticks.is_empty() {
            return Ok(self.context.empty());
        }
        let Some(definition) = view.graph.partitions(self.key())? else {
            return Ok(self.context.full());
        };
        if rule.all_partitions {
            // As a list, which shows in hashes.
            return view.of_keys(self.key(), definition.keys(view.context())?);
        }
        let Some(windows) = definition.time_window() else {
            return view.of_keys(self.key(), definition.last_key(view.context())?);
        };
        let mut keys = BTreeSet::new();
        for tick in ticks {
            keys.extend(windows.last_key(*tick)?);
        }
        match &**definition {
            PartitionsDefinition::Multi(multi) => {
                let Some((name, _)) = multi.time_dimension() else {
                    return Ok(self.context.empty());
                };
                let keys: Vec<String> = keys.into_iter().collect();
                view.of_keys(self.key(), multi.keys_with_dimension(name, &keys, view.context())?)
            }
            _ => view.of_keys(self.key(), keys),
        }
    }

    /// A parent has been updated since, or will be in this tick.
    pub(super) fn parent_updated(
        &self,
        filter: Option<&AutoMaterializeAssetPartitionsFilter>,
    ) -> Result<Outcome> {
        let candidates = self.parent_has_or_will_update()?;
        let mut carried = Carried::default();
        let places = self.places(&candidates)?;
        let count = places.len();
        for partition in places {
            let place = (self.asset.clone(), partition);
            let parents = self.parents_of(&place)?.partitions;
            let by_version = self.by_version() && parents.len() + count < MAX_COMPARED;
            // Earlier partitions of the asset itself would set off a chain of materializations.
            let mut updated = self.updated_after(&place, &parents, Some(self.asset), by_version)?;
            let mut will_update = BTreeSet::new();
            for parent in parents {
                if self.will_update(&parent)? {
                    will_update.insert(parent);
                }
            }
            self.keep_fitting(filter, &mut updated)?;
            self.keep_fitting(filter, &mut will_update)?;
            let assets = |places: BTreeSet<Place>| -> BTreeSet<AssetKey> {
                places.into_iter().map(|(asset, _)| asset).collect()
            };
            let (updated, will_update) = (assets(updated), assets(will_update));
            if !updated.is_empty() || !will_update.is_empty() {
                carried.add(parents_updated(&updated, &will_update), place.1);
            }
        }
        self.with_carried(carried, &self.handled()?)
    }

    /// Never materialized. Only of assets without parents everything is looked at.
    pub(super) fn missing(&self) -> Result<Outcome> {
        let view = self.view();
        if self.is_root() {
            let handled = self.handled()?.union(&self.known_as_handled()?, self.partitions())?;
            let left = self.minus(self.candidates(), &handled)?;
            let state = State::part(&handled, view.context())?;
            return Ok(Outcome { state, ..Outcome::of(left) });
        }
        let changed = self
            .candidates()
            .intersection(&self.parent_has_or_will_update()?, self.partitions())?;
        let mut places: BTreeSet<Option<String>> = self.places(&changed)?.into_iter().collect();
        let definition = view.graph.partitions(self.key())?;
        if let Some(PartitionsDefinition::TimeWindow(windows)) = definition.map(|it| &**it) {
            let last = windows.last_key(view.context().now)?;
            let before = windows.last_key(self.context.previous_time().unwrap_or(0.0))?;
            if last != before {
                places.extend(last.map(Some));
            }
        }
        places.retain(|key| !view.has_event(self.asset, key.as_deref(), None));
        let found = self.part_of(places)?.union(&self.previous_true()?, self.partitions())?;
        Ok(Outcome::of(self.minus(&found, &self.previously_requested()?)?))
    }

    /// What was handled up to the last tick; what is materialized where that is not known.
    fn known_as_handled(&self) -> Result<EntityPart> {
        let view = self.view();
        let known = self.node_cursor().and_then(|cursor| cursor.state.as_part());
        if let Some(known) = known.map(|known| view.of_remembered(&known)).transpose()?
            && let Some(known) = known
        {
            return Ok(known);
        }
        if !self.is_partitioned(self.asset)? {
            let present = view.is_present(self.asset, None);
            return Ok(if present { self.context.full() } else { self.context.empty() });
        }
        view.with_status(self.asset, |status| &status.materialized)
    }
}
