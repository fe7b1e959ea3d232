//! Rules that hold a materialization back.

use rondel_partitions::PartitionsDefinition;

use super::Rules;
use crate::error::Result;
use crate::evaluate::result::Outcome;

impl Rules<'_, '_> {
    /// Targeted by a backfill that is going on.
    pub(super) fn backfill_in_progress(&self, all_partitions: bool) -> Result<Outcome> {
        let targeted = self.view().backfill_target(self.asset)?;
        let found = if targeted.size(self.view().context())? == 0 {
            self.context.empty()
        } else if all_partitions {
            self.candidates().clone()
        } else {
            self.candidates().intersection(&targeted, self.partitions())?
        };
        Ok(Outcome::of(found))
    }

    /// A run that makes the asset is going on.
    pub(super) fn run_in_progress(&self) -> Result<Outcome> {
        let found = if self.is_run_in_progress() {
            self.candidates().clone()
        } else {
            self.context.empty()
        };
        Ok(Outcome::of(found))
    }

    /// Everything above the limit: newest time windows go first, or oldest where a partition depends on
    /// the one before.
    pub(super) fn above_limit(&self, limit: i64) -> Result<Outcome> {
        let graph = self.view().graph;
        let definition = graph.partitions(self.key())?;
        let oldest_first =
            graph.assets().get(self.asset).is_some_and(|node| node.has_self_dependency());
        let mut places = Vec::new();
        for place in self.places(self.candidates())? {
            let start = match (definition, &place) {
                (Some(definition), Some(key)) => start_of(definition, key)?,
                _ => 0.0,
            };
            places.push((if oldest_first { start } else { -start }, place));
        }
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let limit = usize::try_from(limit).unwrap_or(0);
        let above = places.into_iter().skip(limit).map(|(_, place)| place);
        Ok(Outcome::of(self.part_of(above)?))
    }
}

/// When the time window of a partition starts; zero for one without.
fn start_of(definition: &PartitionsDefinition, key: &str) -> Result<f64> {
    match definition {
        PartitionsDefinition::TimeWindow(windows) => Ok(windows.start_of_key(key)?),
        PartitionsDefinition::Multi(multi) => {
            let Some((name, windows)) = multi.time_dimension() else { return Ok(0.0) };
            let index = multi.dimensions().iter().position(|(dimension, _)| dimension == name);
            let parts = multi.split(key)?;
            match index.and_then(|index| parts.get(index)) {
                Some(part) => Ok(windows.start_of_key(part)?),
                None => Ok(0.0),
            }
        }
        _ => Ok(0.0),
    }
}
