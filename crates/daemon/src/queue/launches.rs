//! Runs taken for launching: those being launched, and those that wait because many of their location are. Pure.

use std::collections::{HashMap, VecDeque};

use rondel_model::run::DagsterRun;

/// Launches at the same time in one code location: one that is slow takes no turns from the others.
const LAUNCHES_PER_LOCATION: usize = 32;

/// Runs of a location that are taken beside them, so that the queue, which may be long, is not read anew for each place
/// that becomes free.
const WAITING_PER_LOCATION: usize = 96;

/// Runs taken for launching.
#[derive(Debug, Default)]
pub(super) struct Launches {
    runs: HashMap<String, DagsterRun>,
    /// Those of `runs` whose launch has not begun, in the order in which they were taken.
    waiting: VecDeque<String>,
}

impl Launches {
    pub(super) fn contains(&self, run: &DagsterRun) -> bool {
        self.runs.contains_key(run.run_id.as_str())
    }

    pub(super) fn runs(&self) -> impl Iterator<Item = &DagsterRun> {
        self.runs.values()
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes a run unless its location has no room, and gives it back when its launch is to begin now.
    pub(super) fn take(&mut self, run: DagsterRun) -> Option<DagsterRun> {
        let taken = self.count(run.location_name());
        if taken >= LAUNCHES_PER_LOCATION + WAITING_PER_LOCATION || self.contains(&run) {
            return None;
        }
        let run_id = run.run_id.to_string();
        let begins = taken < LAUNCHES_PER_LOCATION;
        if !begins {
            self.waiting.push_back(run_id.clone());
        }
        let begun = begins.then(|| run.clone());
        self.runs.insert(run_id, run);
        begun
    }

    /// A launch has ended: the run whose launch begins in its place.
    pub(super) fn ended(&mut self, run_id: &str) -> Option<DagsterRun> {
        let ended = self.runs.remove(run_id)?;
        let is_next = |id: &String| {
            self.runs.get(id).is_some_and(|run| run.location_name() == ended.location_name())
        };
        let next = self.waiting.iter().position(is_next)?;
        let next = self.waiting.remove(next)?;
        self.runs.get(&next).cloned()
    }

    /// Leaves runs whose launch has not begun in the queue.
    pub(super) fn leave_waiting(&mut self) {
        for run_id in self.waiting.drain(..) {
            self.runs.remove(&run_id);
        }
    }

    /// Locations of which no more runs are taken for now.
    pub(super) fn full_locations(&self) -> Vec<String> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for name in self.runs.values().filter_map(DagsterRun::location_name) {
            *counts.entry(name).or_default() += 1;
        }
        let is_full = |count: usize| count >= LAUNCHES_PER_LOCATION + WAITING_PER_LOCATION;
        counts.into_iter().filter(|(_, n)| is_full(*n)).map(|(name, _)| name.to_owned()).collect()
    }

    fn count(&self, location: Option<&str>) -> usize {
        self.runs.values().filter(|run| run.location_name() == location).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(index: usize) -> DagsterRun {
        DagsterRun::new(format!("run_{index:03}"), "a_job")
    }

    fn ids(begun: impl IntoIterator<Item = DagsterRun>) -> Vec<String> {
        begun.into_iter().map(|run| run.run_id.to_string()).collect()
    }

    #[test]
    fn launches_follow_each_other_in_the_order_of_the_queue() {
        let mut launches = Launches::default();
        let begun: Vec<_> = (0..100).filter_map(|index| launches.take(run(index))).collect();
        assert_eq!(ids(begun), (0..32).map(|n| format!("run_{n:03}")).collect::<Vec<_>>());
        assert!(launches.take(run(50)).is_none(), "it was taken already");
        for ended in 0..68 {
            let next = launches.ended(&format!("run_{ended:03}"));
            assert_eq!(ids(next), [format!("run_{:03}", ended + 32)]);
        }
        assert!(!launches.has_waiting());
        assert!(launches.ended("run_099").is_none());
        assert_eq!(launches.runs().count(), 31);
    }

    #[test]
    fn a_location_takes_so_many_runs_and_those_that_wait_can_be_left() {
        let mut launches = Launches::default();
        for index in 0..200 {
            launches.take(run(index));
        }
        assert_eq!(launches.runs().count(), 128);
        launches.leave_waiting();
        assert_eq!(launches.runs().count(), 32);
        assert!(launches.contains(&run(31)) && !launches.contains(&run(32)));
        assert!(launches.ended("run_000").is_none());
    }
}
