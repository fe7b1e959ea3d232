//! Snapshots that this process knows to be stored, so that not every run asks for its own.
//!
//! Snapshots are only ever deleted together with all runs (`dagster instance wipe`). Storing a run fails when that
//! of its job is not there, upon which all are forgotten.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More are not remembered: then those known are forgotten.
const LIMIT: usize = 10_000;

/// Ids of stored snapshots.
#[derive(Debug, Default)]
pub(crate) struct KnownSnapshots(Mutex<HashSet<String>>);

impl KnownSnapshots {
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.lock().contains(id)
    }

    pub(crate) fn add(&self, id: &str) {
        let mut known = self.lock();
        if known.len() >= LIMIT {
            known.clear();
        }
        known.insert(id.to_owned());
    }

    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
