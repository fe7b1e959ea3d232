//! Heartbeats: one task writes those of all daemons, so that a busy daemon is not taken for a dead one.
//!
//! Rows and errors are those of Dagster (`daemon_heartbeats`, at most five errors of the last five
//! minutes, newest first). A task that ends stops its daemon's heartbeat, since the process ends with
//! it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rondel_instance::Instance;
use rondel_model::SerializableErrorInfo;
use rondel_model::heartbeat::DaemonHeartbeat;
use tokio_util::sync::CancellationToken;

use crate::context::ErrorSink;
use crate::log::{DaemonLog, LogSink};
use crate::{DaemonError, DaemonKind};

/// Errors shown per daemon.
const ERROR_LIMIT: usize = 5;

/// Writes heartbeats until told to stop.
pub(crate) struct Heartbeats {
    instance: Arc<Instance>,
    daemon_id: String,
    interval: Duration,
    /// How long an error is shown.
    error_interval: Duration,
    sinks: Vec<(DaemonKind, ErrorSink)>,
    recent: HashMap<DaemonKind, VecDeque<(Instant, SerializableErrorInfo)>>,
    has_written: bool,
}

impl Heartbeats {
    pub(crate) fn new(
        instance: Arc<Instance>,
        daemon_id: String,
        interval: Duration,
        error_interval: Duration,
        sinks: Vec<(DaemonKind, ErrorSink)>,
    ) -> Self {
        Self {
            instance,
            daemon_id,
            interval,
            error_interval,
            sinks,
            recent: HashMap::new(),
            has_written: false,
        }
    }

    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(self.interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(error) = self.beat().await {
                tracing::error!(error = %error, "failed to add heartbeat");
            }
        }
    }

    async fn beat(&mut self) -> Result<(), DaemonError> {
        let now = self.instance.now().seconds();
        self.collect();
        let store = self.instance.storage().heartbeats();
        if self.has_written {
            self.warn_of_others(&store.get().await?);
        }
        let heartbeats: Vec<DaemonHeartbeat> = self
            .sinks
            .iter()
            .map(|(kind, _)| DaemonHeartbeat {
                timestamp: now,
                daemon_type: kind.daemon_type().to_owned(),
                daemon_id: Some(self.daemon_id.clone()),
                errors: Some(self.errors_of(*kind)),
                ..DaemonHeartbeat::default()
            })
            .collect();
        store.add(&heartbeats).await?;
        self.has_written = true;
        Ok(())
    }

    fn collect(&mut self) {
        let now = Instant::now();
        for (kind, sink) in &self.sinks {
            let recent = self.recent.entry(*kind).or_default();
            for error in sink.take() {
                recent.push_front((now, error));
            }
            recent.truncate(ERROR_LIMIT);
            recent.retain(|(at, _)| at.elapsed() <= self.error_interval);
        }
    }

    fn errors_of(&self, kind: DaemonKind) -> Vec<SerializableErrorInfo> {
        let recent = self.recent.get(&kind).into_iter().flatten();
        recent.map(|(_, error)| error.clone()).collect()
    }

    fn warn_of_others(&self, stored: &indexmap::IndexMap<String, DaemonHeartbeat>) {
        for (kind, _) in &self.sinks {
            let other = stored.get(kind.daemon_type()).and_then(|last| last.daemon_id.as_deref());
            if let Some(other) = other.filter(|other| *other != self.daemon_id) {
                DaemonLog::new(*kind, LogSink::Tracing).error(format_args!(
                    "Another {} daemon is still sending heartbeats. You likely have multiple daemon \
                     processes running at once, which is not supported. Last heartbeat daemon id: \
                     {other}, Current daemon_id: {}",
                    kind.daemon_type(),
                    self.daemon_id
                ));
            }
        }
    }
}
