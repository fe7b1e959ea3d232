//! Parents that count only where the run that made them has certain tags
//! (`AutoMaterializeAssetPartitionsFilter`).

use std::collections::BTreeSet;

use rondel_model::automation::AutoMaterializeAssetPartitionsFilter;
use rondel_model::run::tags::AUTO_MATERIALIZE_TAG;
use rondel_model::serdes::Map;

use super::{Place, Rules};
use crate::error::Result;

impl Rules<'_, '_> {
    /// Leaves the parents that fit: requested in this tick by runs with the tags, or else made last by a
    /// run with them.
    pub(super) fn keep_fitting(
        &self,
        filter: Option<&AutoMaterializeAssetPartitionsFilter>,
        parents: &mut BTreeSet<Place>,
    ) -> Result<()> {
        let Some(required) = filter.and_then(|it| it.latest_run_required_tags.as_ref()) else {
            return Ok(());
        };
        let requested_fit = self.requested_runs_have(required);
        let mut fitting = BTreeSet::new();
        for place in std::mem::take(parents) {
            let fits = match self.will_update(&place)? {
                true => requested_fit,
                false => self.latest_run_has(&place, required),
            };
            if fits {
                fitting.insert(place);
            }
        }
        *parents = fitting;
        Ok(())
    }

    /// Whether the runs that this tick requests will have the tags.
    fn requested_runs_have(&self, required: &Map<String>) -> bool {
        let configured = &self.context.tick.observed.run_tags;
        required.iter().all(|(key, value)| match configured.get(key) {
            Some(configured) => configured == value,
            None => key == AUTO_MATERIALIZE_TAG && value == "true",
        })
    }

    fn latest_run_has(&self, (asset, partition): &Place, required: &Map<String>) -> bool {
        let view = self.view();
        let run_id = match partition {
            Some(partition) => view.run_of_latest(asset, partition),
            None => view.latest_run_id(asset),
        };
        run_id
            .and_then(|id| view.run(id))
            .is_some_and(|run| required.iter().all(|(key, value)| run.run.tag(key) == Some(value)))
    }
}
