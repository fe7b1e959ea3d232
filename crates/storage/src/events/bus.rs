//! News of runs within this process.
//!
//! A hint that a run has new events, never the events themselves: watchers read them by id.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

/// Sets of run ids with news, for watchers in this process.
#[derive(Default)]
pub(super) struct Bus {
    senders: Mutex<HashMap<String, Weak<Notify>>>,
    /// For one who wants to know of news of any run.
    any: Notify,
    any_is_wanted: AtomicBool,
}

impl Bus {
    /// A signal for news of `run_id`.
    pub(super) fn subscribe(&self, run_id: &str) -> Arc<Notify> {
        let mut senders = self.lock();
        senders.retain(|_, signal| signal.strong_count() > 0);
        if let Some(signal) = senders.get(run_id).and_then(Weak::upgrade) {
            return signal;
        }
        let signal = Arc::new(Notify::new());
        senders.insert(run_id.to_owned(), Arc::downgrade(&signal));
        signal
    }

    /// Waits for news of any run since the last call. One waiter at a time.
    pub(super) async fn any_news(&self) {
        self.any_is_wanted.store(true, Ordering::Relaxed);
        self.any.notified().await;
    }

    pub(super) fn announce<'a>(&self, run_ids: impl IntoIterator<Item = &'a str>) {
        self.any.notify_one();
        let senders = self.lock();
        if senders.is_empty() {
            return;
        }
        for run_id in run_ids {
            if let Some(signal) = senders.get(run_id).and_then(Weak::upgrade) {
                signal.notify_waiters();
            }
        }
    }

    /// Whether anybody in this process watches.
    pub(super) fn has_watchers(&self) -> bool {
        self.any_is_wanted.load(Ordering::Relaxed)
            || self.lock().values().any(|signal| signal.strong_count() > 0)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Notify>>> {
        // A panic while holding the lock leaves a map that is still a valid map.
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
