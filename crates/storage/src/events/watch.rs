//! Following a run's log as it grows.
//!
//! Notifications (in-process bus, PostgreSQL `LISTEN`) are hints; the truth is a poll by storage
//! id, which goes on slowly even when no hint arrives, because poolers may drop notifications and
//! Python processes writing SQLite files send none.

use std::sync::Arc;
use std::time::Duration;

use rondel_model::event::EventRecord;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

use super::EventStore;
use super::bus::Bus;
use super::read::RunEventsQuery;
use super::store::NOTIFY_CHANNEL;
use crate::error::Result;
use crate::paging::{EventLogCursor, Order};

/// Poll without hints: SQLite files are written by other processes in silence.
const POLL_SQLITE: Duration = Duration::from_millis(250);
/// Poll beside `LISTEN`.
const POLL_POSTGRES: Duration = Duration::from_secs(2);
/// Events fetched at once.
const PAGE: usize = 1_000;

/// The events of a run after a position, for ever. Dropping it ends the watch.
pub struct EventWatch {
    store: EventStore,
    run_id: String,
    cursor: EventLogCursor,
    news: Arc<Notify>,
}

impl EventStore {
    /// Watches a run from `cursor` on (from the beginning when `None`).
    pub fn watch(&self, run_id: &str, cursor: Option<EventLogCursor>) -> EventWatch {
        EventWatch {
            store: self.clone(),
            run_id: run_id.to_owned(),
            cursor: cursor.unwrap_or(EventLogCursor::StorageId(-1)),
            news: self.bus.subscribe(run_id),
        }
    }

    /// Waits for a hint that some run has new events: of this process, and on PostgreSQL of any. Hints
    /// may be lost and may be about anything; one waiter at a time.
    pub async fn any_news(&self) {
        self.ensure_hints();
        self.bus.any_news().await;
    }

    /// Sees to it that hints arrive, again after a lost connection, and tells how long to wait for one.
    fn ensure_hints(&self) -> Duration {
        match self.dbs.index().postgres_pool() {
            Some(pool) => {
                self.listener.ensure_running(pool, &self.bus);
                POLL_POSTGRES
            }
            None => POLL_SQLITE,
        }
    }
}

impl EventWatch {
    /// The next events, at least one. May be cancelled at any time without losing events.
    ///
    /// # Errors
    /// An unreadable event, database errors; the watch can go on after them.
    pub async fn next(&mut self) -> Result<Vec<EventRecord>> {
        loop {
            let news = Arc::clone(&self.news);
            let hint = news.notified();
            tokio::pin!(hint);
            // Registered before reading, so that a hint in between is not missed.
            hint.as_mut().enable();
            let events = self.ready().await?;
            if !events.is_empty() {
                return Ok(events);
            }
            let _ = tokio::time::timeout(self.store.ensure_hints(), hint).await;
        }
    }

    /// The next events that are there now; none when there are none.
    ///
    /// # Errors
    /// An unreadable event, database errors; the watch can go on after them.
    pub async fn ready(&mut self) -> Result<Vec<EventRecord>> {
        let query = RunEventsQuery {
            cursor: Some(self.cursor),
            limit: Some(PAGE),
            order: Order::Ascending,
            types: Vec::new(),
        };
        let page = self.store.get_records_for_run(&self.run_id, &query).await?;
        if let Some(last) = page.results.last() {
            self.cursor = EventLogCursor::StorageId(last.storage_id);
        }
        Ok(page.results)
    }

    /// Position after the events returned so far.
    pub fn cursor(&self) -> EventLogCursor {
        self.cursor
    }
}

/// The one `LISTEN` connection of a store, alive while anybody watches.
#[derive(Default)]
pub(super) struct Listener {
    task: std::sync::Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Listener {
    fn ensure_running(&self, pool: &PgPool, bus: &Arc<Bus>) {
        let mut task = self.task.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        *task = Some(tokio::spawn(listen(pool.clone(), Arc::clone(bus))));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let task = self.task.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(task) = task.take() {
            task.abort();
        }
    }
}

/// Forwards notifications to the bus until nobody watches any more.
async fn listen(pool: PgPool, bus: Arc<Bus>) {
    const IDLE_CHECK: Duration = Duration::from_secs(30);
    let mut listener = match PgListener::connect_with(&pool).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "cannot listen for events, polling instead");
            return;
        }
    };
    if let Err(error) = listener.listen(NOTIFY_CHANNEL).await {
        tracing::warn!(%error, "cannot listen for events, polling instead");
        return;
    }
    loop {
        match tokio::time::timeout(IDLE_CHECK, listener.recv()).await {
            Ok(Ok(notification)) => {
                // `<run id>_<event id>`
                if let Some((run_id, _)) = notification.payload().rsplit_once('_') {
                    bus.announce([run_id]);
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "lost the connection listening for events, polling instead");
                return;
            }
            Err(_idle) if !bus.has_watchers() => return,
            Err(_idle) => {}
        }
    }
}
