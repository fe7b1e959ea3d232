//! Waiting until every parent has changed since a tick of a cron schedule
//! (`SkipOnNotAllParentsUpdatedSinceCronRule`).

use rondel_cron::{CronSchedule, Direction, Zone};
use rondel_model::automation::SkipOnNotAllParentsUpdatedSinceCronRule;
use rondel_model::ids::AssetKey;
use rondel_partitions::{PartitionsDefinition, TimeWindow};

use super::{Place, Rules};
use crate::cursor::{Candidates, State};
use crate::error::Result;
use crate::evaluate::result::Outcome;
use crate::key::Key;
use crate::subset::{EntityPart, PartValue};

/// What of a parent was made since the last tick of the schedule. Partitions by time tell themselves what
/// they are of.
type Updated = Vec<(AssetKey, EntityPart)>;

impl Rules<'_, '_> {
    pub(super) fn parents_since_cron(
        &self,
        rule: &SkipOnNotAllParentsUpdatedSinceCronRule,
    ) -> Result<Outcome> {
        let passed = self.passed_window(rule)?;
        let previous_time = self.context.previous_time();
        let is_new = passed.end as f64 > previous_time.unwrap_or(0.0);
        let knows = self.node_cursor().is_some()
            && previous_time.is_some_and(|previous| passed.end as f64 <= previous)
            && self.previous_id().is_some();
        let updated = self.updated_parents(passed.end, knows)?;
        let looked_at = if is_new { self.candidates().clone() } else { self.to_look_at()? };
        let mut ready = Vec::new();
        for partition in self.places(&looked_at)? {
            let place = (self.asset.clone(), partition);
            if self.all_updated(&place, passed, &updated)? {
                ready.push(place.1);
            }
        }
        let mut ready = self.part_of(ready)?;
        if !is_new {
            // Whose parents had all changed before, has them still.
            let before = self.minus(&self.previous_candidates()?, &self.previous_true()?)?;
            ready = ready.union(&before, self.partitions())?;
        }
        let true_subset = self.minus(self.candidates(), &ready)?;
        let parts = updated.iter().map(|(_, part)| part);
        let state = State::parts(parts, self.view().context())?;
        Ok(Outcome { state, ..Outcome::of(true_subset) })
    }

    /// Between the last two ticks of the schedule.
    fn passed_window(&self, rule: &SkipOnNotAllParentsUpdatedSinceCronRule) -> Result<TimeWindow> {
        let zone = Zone::named(Some(&rule.timezone))?;
        let schedule = CronSchedule::parse(&rule.cron_schedule)?;
        let now = self.view().context().now;
        let mut ticks = schedule.ticks(&zone, now, Direction::Backward)?;
        let end = ticks.next().transpose()?.unwrap_or(0);
        let start = ticks.next().transpose()?.unwrap_or(0);
        Ok(TimeWindow::new(start, end))
    }

    /// `knows`: what was found on the last tick is of the same window.
    fn updated_parents(&self, since: i64, knows: bool) -> Result<Updated> {
        let (view, graph) = (self.view(), self.view().graph);
        let before = self.node_cursor().filter(|_| knows).map(|cursor| cursor.state.as_parts());
        let mut updated = Updated::new();
        for parent in &graph.get(self.key())?.parents {
            let Some(asset) = parent.as_asset().filter(|_| graph.contains(parent)) else {
                continue;
            };
            let definition = graph.partitions(parent)?;
            if matches!(definition.map(|it| &**it), Some(PartitionsDefinition::TimeWindow(_))) {
                continue;
            }
            let part = match &before {
                None => view.updated_since_tick(asset, since)?,
                Some(before) => {
                    let mut part = view.updated_since(asset, self.previous_id(), false)?;
                    for known in before {
                        let known = view.of_remembered(known)?;
                        if let Some(known) = known.filter(|known| known.key == part.key) {
                            part = part.union(&known, self.partitions())?;
                        }
                    }
                    part
                }
            };
            updated.push((asset.clone(), part));
        }
        Ok(updated)
    }

    /// Whether every parent has changed as the partition takes it.
    fn all_updated(&self, place: &Place, passed: TimeWindow, updated: &Updated) -> Result<bool> {
        for parent in &self.view().graph.get(self.key())?.parents {
            let Some(asset) = parent.as_asset() else { continue };
            let known = updated.iter().find(|(key, _)| key == asset).map(|(_, part)| part);
            if !self.is_updated(place, parent, asset, passed, known)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_updated(
        &self,
        (_, partition): &Place,
        parent: &Key,
        asset: &AssetKey,
        passed: TimeWindow,
        updated: Option<&EntityPart>,
    ) -> Result<bool> {
        let (view, graph) = (self.view(), self.view().graph);
        let definition = match graph.contains(parent) {
            true => graph.partitions(parent)?,
            false => None,
        };
        match definition.map(|it| &**it) {
            // Every window that ended between the ticks has to be there.
            Some(PartitionsDefinition::TimeWindow(windows)) => {
                let there = view.with_status(asset, |status| &status.materialized)?;
                for key in windows.keys_in_window(passed)? {
                    if !self.has(&there, Some(&key))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            None => match updated.map(|part| &part.value) {
                Some(PartValue::Whole(true)) => Ok(true),
                _ => self.will_update(&(asset.clone(), None)),
            },
            Some(_) => {
                let own = match partition {
                    Some(partition) => view.of_keys(self.key(), [partition.clone()])?,
                    None => self.context.full(),
                };
                let (mut left, _) = view.mapped_upstream(&own, parent)?;
                if let Some(updated) = updated {
                    left = self.minus(&left, updated)?;
                }
                for key in self.places(&left)? {
                    if !self.will_update(&(asset.clone(), key))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    fn previous_candidates(&self) -> Result<EntityPart> {
        let known = match self.node_cursor().map(|cursor| &cursor.candidates) {
            Some(Candidates::All) => return Ok(self.context.full()),
            Some(Candidates::Some(before)) => self.view().of_remembered(before)?,
            Some(Candidates::Other(_)) | None => None,
        };
        Ok(known.unwrap_or_else(|| self.context.empty()))
    }
}
