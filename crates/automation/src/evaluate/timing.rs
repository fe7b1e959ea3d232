//! When parts became true, so that of two changes in one tick the later one wins.

use rondel_partitions::Context;

use crate::error::Result;
use crate::subset::EntityPart;

/// Parts by time in Unix seconds (Dagster's `TimingMetadata`).
#[derive(Debug, Clone, Default)]
pub(super) struct Timing(pub(super) Vec<(f64, EntityPart)>);

impl Timing {
    /// The part where this is later than the other.
    pub(super) fn later_than(
        &self,
        other: &Self,
        empty: EntityPart,
        context: &Context,
    ) -> Result<EntityPart> {
        let mut later = empty;
        for (time, part) in &self.0 {
            let mut left = part.clone();
            for (_, gone) in other.0.iter().filter(|(other_time, _)| other_time >= time) {
                left = left.difference(gone, context)?;
            }
            later = later.union(&left, context)?;
        }
        Ok(later)
    }

    /// Adds what another says, by time.
    pub(super) fn merge(&mut self, other: &Self, context: &Context) -> Result<()> {
        for (time, part) in &other.0 {
            match self.0.iter_mut().find(|(known, _)| known == time) {
                Some((_, known)) => *known = known.union(part, context)?,
                None => self.0.push((*time, part.clone())),
            }
        }
        Ok(())
    }
}
