//! What the questions about partitions depend on besides the definition: the time, and the keys of
//! dynamic definitions. Both come in as values, so that every answer can be had "as of" an instant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexSet;

use crate::error::{PartitionsError, Result};
use crate::time_window::TimeWindowPartitions;

/// Keys by the id of their definition and the instant.
type Listed = HashMap<(String, u64), Arc<IndexSet<String>>>;

/// An instant and the dynamic partition keys known at it (`PartitionLoadingContext`).
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Now, in Unix seconds.
    pub now: f64,
    dynamic: HashMap<String, Arc<IndexSet<String>>>,
    /// Keys of time windows that had to be listed, by definition and instant.
    listed: Arc<Mutex<Listed>>,
}

impl Context {
    /// A context without dynamic keys.
    pub fn at(now: f64) -> Self {
        Self { now, ..Self::default() }
    }

    /// Adds the keys of a dynamic definition, in the order of the store.
    #[must_use]
    pub fn with_dynamic_keys(
        mut self,
        name: impl Into<String>,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        self.dynamic.insert(name.into(), Arc::new(keys.into_iter().collect()));
        self
    }

    /// The keys of a dynamic definition; an error when the caller did not provide them.
    pub fn dynamic_keys(&self, name: &str) -> Result<&Arc<IndexSet<String>>> {
        self.dynamic.get(name).ok_or_else(|| PartitionsError::DynamicKeysMissing(name.to_owned()))
    }

    /// All keys of a time-window definition, listed once per context: dimensions of products are looked
    /// up by key.
    pub(crate) fn listed_keys(
        &self,
        windows: &TimeWindowPartitions,
    ) -> Result<Arc<IndexSet<String>>> {
        let id = (windows.unique_id(), self.now.to_bits());
        let known = || self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known().get(&id) {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(windows.keys(self.now)?.into_iter().collect());
        known().insert(id, Arc::clone(&keys));
        Ok(keys)
    }
}
