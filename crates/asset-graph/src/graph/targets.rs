//! Which schedules and sensors of a repository target which asset.
//!
//! Mirrors `RemoteRepository.get_sensors_targeting` and `get_schedules_targeting`: through a job that executes the
//! asset (the implicit job of all assets aside) or through the sensor's own selection. A selection that cannot be
//! resolved targets nothing.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use rondel_model::{ids::AssetKey, snap::AssetNodeSnap};

use super::{
    AssetGraph,
    build::{RepositoryAssets, has_condition},
    default_sensor::evaluates_conditions,
};
use crate::selection::{Missing, Selection};

/// Name of the job that contains every asset of a repository.
const IMPLICIT_JOB: &str = "__ASSET_JOB";

#[derive(Default)]
pub(super) struct Targets {
    schedules_of_job: HashMap<String, Vec<String>>,
    sensors_of_job: HashMap<String, Vec<String>>,
    sensors_of_asset: HashMap<AssetKey, Vec<String>>,
    /// The lists that were told: those of most assets are the same few.
    told: HashSet<Arc<[String]>>,
}

impl Targets {
    pub(super) fn of(source: &RepositoryAssets) -> Self {
        let mut targets = Self::default();
        for schedule in &source.snap.schedules {
            let of_job = targets.schedules_of_job.entry(schedule.job_name.clone()).or_default();
            of_job.push(schedule.name.clone());
        }
        let mut own = None;
        for sensor in &source.snap.sensors {
            for target in sensor.target_dict.values() {
                let of_job = targets.sensors_of_job.entry(target.job_name.clone()).or_default();
                of_job.push(sensor.name.clone());
            }
            let Some(selection) = sensor.asset_selection.as_ref() else { continue };
            let own = own.get_or_insert_with(|| AssetGraph::of_repository(source));
            let Some(selected) = Selection::from_stored(selection)
                .and_then(|selection| selection.resolve_set(own, Missing::Refuse).ok())
            else {
                continue;
            };
            for node in selected.iter().map(|index| own.node(index)) {
                if !evaluates_conditions(sensor) || has_condition(node.snap()) {
                    let of_asset = targets.sensors_of_asset.entry(node.key.clone()).or_default();
                    of_asset.push(sensor.name.clone());
                }
            }
        }
        targets
    }

    pub(super) fn sensors_for(&mut self, snap: &AssetNodeSnap) -> Arc<[String]> {
        let direct = self.sensors_of_asset.get(&snap.asset_key);
        let names = direct.into_iter().flatten().chain(through_jobs(&self.sensors_of_job, snap));
        shared(&mut self.told, names)
    }

    pub(super) fn schedules_for(&mut self, snap: &AssetNodeSnap) -> Arc<[String]> {
        shared(&mut self.told, through_jobs(&self.schedules_of_job, snap))
    }
}

fn through_jobs<'a>(
    by_job: &'a HashMap<String, Vec<String>>,
    snap: &'a AssetNodeSnap,
) -> impl Iterator<Item = &'a String> + 'a {
    let jobs = snap.job_names.iter().filter(|job| *job != IMPLICIT_JOB);
    jobs.filter_map(|job| by_job.get(job)).flatten()
}

/// The names in order, each once.
fn shared<'a>(
    told: &mut HashSet<Arc<[String]>>,
    names: impl Iterator<Item = &'a String>,
) -> Arc<[String]> {
    let names: Vec<String> = names.collect::<BTreeSet<_>>().into_iter().cloned().collect();
    if let Some(known) = told.get(names.as_slice()) {
        return Arc::clone(known);
    }
    let names: Arc<[String]> = names.into();
    told.insert(Arc::clone(&names));
    names
}
