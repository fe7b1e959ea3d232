//! Units of work in flight: at most one per key, each its own task, so that a slow one delays nobody.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::{Id, JoinSet};

use crate::DaemonError;

/// Tasks by key.
#[derive(Debug)]
pub(crate) struct InFlight<T> {
    tasks: JoinSet<T>,
    keys: HashMap<Id, String>,
}

impl<T: Send + 'static> InFlight<T> {
    pub(crate) fn new() -> Self {
        Self { tasks: JoinSet::new(), keys: HashMap::new() }
    }

    /// Whether the key has a task that has not ended.
    pub(crate) fn contains(&self, key: &str) -> bool {
        self.keys.values().any(|known| known == key)
    }

    pub(crate) fn spawn(&mut self, key: String, work: impl Future<Output = T> + Send + 'static) {
        let handle = self.tasks.spawn(work);
        self.keys.insert(handle.id(), key);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// A task that has ended, without waiting.
    pub(crate) fn try_next(&mut self) -> Option<(String, Result<T, DaemonError>)> {
        let ended = self.tasks.try_join_next_with_id()?;
        Some(self.settle(ended))
    }

    /// The next task to end; `None` when there is none.
    pub(crate) async fn next(&mut self) -> Option<(String, Result<T, DaemonError>)> {
        let ended = self.tasks.join_next_with_id().await?;
        Some(self.settle(ended))
    }

    /// Ends all tasks at their next waiting point.
    pub(crate) async fn abandon(&mut self) {
        self.tasks.shutdown().await;
        self.keys.clear();
    }

    fn settle(
        &mut self,
        ended: Result<(Id, T), tokio::task::JoinError>,
    ) -> (String, Result<T, DaemonError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let key = self.keys.remove(&id).unwrap_or_default();
        let result = ended.map(|(_, value)| value);
        (key, result.map_err(|error| DaemonError::Panicked(error.to_string())))
    }
}
