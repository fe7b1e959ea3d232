//! What the questions about partitions depend on besides the definition: the time, and the keys of
//! dynamic definitions. Both come in as values, so that every answer can be had "as of" an instant.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;

use crate::error::{PartitionsError, Result};

/// An instant and the dynamic partition keys known at it (`PartitionLoadingContext`).
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Now, in Unix seconds.
    pub now: f64,
    dynamic: HashMap<String, Arc<IndexSet<String>>>,
}

impl Context {
    /// A context without dynamic keys.
    pub fn at(now: f64) -> Self {
        Self { now, dynamic: HashMap::new() }
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
}
