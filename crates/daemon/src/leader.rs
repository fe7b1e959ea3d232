//! Leadership: of any number of daemon processes on one database one works, the others stand by.
//!
//! The leader holds a lease and renews it; a standby, whose workspace is loaded already, takes over as
//! soon as the lease has run out. Writes are fenced with the lease (see `Storage::fence`), so that a
//! leader that was paused and wakes up after a takeover changes nothing. It then stops its daemons,
//! waits for what they had under way, and stands by.
//!
//! On SQLite only the file of runs is fenced; ticks, states and events are in files of their own. A leader there that
//! was paused for longer than its lease and wakes up makes and changes no run, but may still, once for what it had
//! under way, mark a tick failed that its successor has finished (whose run is found again when the tick is
//! repeated), or leave an event in the log of a run whose status does not follow. Two processes on one SQLite
//! home share a machine, on which only a stopped process falls silent for that long.
//!
//! `dagster-daemon` knows no leases, only heartbeats. While a daemon that is not ours gives signs of
//! life on the database, we stand by, also in the middle of a term: it would not stop for us.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use rondel_code_location::Workspace;
use rondel_instance::Instance;
use rondel_model::heartbeat::DaemonHeartbeat;
use rondel_model::ids::RunId;
use rondel_storage::Lease;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::controller::lead;
use crate::{DaemonError, DaemonOptions, metrics};

/// What is led.
const LEASE: &str = "daemon";

/// How long a lease holds without being renewed: the most that a crash costs, beside one look.
const TTL: Duration = Duration::from_secs(2);

/// Time between two renewals.
const RENEWAL: Duration = Duration::from_millis(500);

/// Time between two looks of a standby.
const LOOK: Duration = Duration::from_millis(250);

/// Time between two looks for daemons that are not ours.
const FOREIGN_LOOK: Duration = Duration::from_secs(2);

/// A daemon that was silent for longer is taken for gone. Dagster's beats every 30 s.
const FOREIGN_SILENCE: Duration = Duration::from_secs(45);

/// How often a standby says why it waits.
const REMINDER: Duration = Duration::from_secs(30);

/// What the ids of our daemons begin with.
const OWN_PREFIX: &str = "rondel-";

/// Why a term ended before shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// Another process of ours has the lease.
    TakenOver,
    /// A daemon that is not ours is at work.
    Foreign,
}

/// Runs the daemons whenever this process leads, until `shutdown`.
///
/// # Errors
/// When a daemon's task ends before it was told to.
pub async fn run(
    options: DaemonOptions,
    instance: Arc<Instance>,
    workspace: Arc<Workspace>,
    shutdown: CancellationToken,
) -> Result<(), DaemonError> {
    let daemon_id = format!("{OWN_PREFIX}{}", RunId::random());
    let mut foreign = ForeignDaemons::default();
    metrics::leads(false);
    loop {
        let waiting = stand_by(&instance, &daemon_id, &mut foreign, &shutdown);
        let Some(lease) = waiting.await else {
            return Ok(());
        };
        tracing::info!(daemon_id, epoch = lease.epoch, "this process leads: its daemons start");
        if options.fenced {
            instance.storage().fence(lease.clone());
        }
        metrics::leads(true);
        let term = shutdown.child_token();
        let ended = CancellationToken::new();
        let work = async {
            let result = lead(&options, &daemon_id, &instance, &workspace, term.clone()).await;
            ended.cancel();
            result
        };
        let lease_kept = keep(&instance, &lease, &mut foreign, &term, &ended);
        let (result, lost) = tokio::join!(work, lease_kept);
        metrics::leads(false);
        result?;
        // What was begun may still write under this lease; it must not do so under the next.
        while instance.has_work_in_progress() && !shutdown.is_cancelled() {
            sleep(LOOK).await;
        }
        if lost != Some(Loss::TakenOver)
            && let Err(error) = instance.storage().leases().release(&lease).await
        {
            tracing::warn!(%error, "the lease could not be given up and runs out by itself");
        }
        if shutdown.is_cancelled() {
            return Ok(());
        }
        tracing::warn!(daemon_id, "this process leads no longer and stands by");
    }
}

/// Waits for leadership; `None` at shutdown.
async fn stand_by(
    instance: &Instance,
    daemon_id: &str,
    foreign: &mut ForeignDaemons,
    shutdown: &CancellationToken,
) -> Option<Lease> {
    let mut reminded: Option<Instant> = None;
    let mut remind = |text: &str| {
        if reminded.is_none_or(|at| at.elapsed() >= REMINDER) {
            reminded = Some(Instant::now());
            tracing::warn!("{text}");
        }
    };
    loop {
        match take_over(instance, daemon_id, foreign).await {
            Ok(Attempt::Leads(lease)) => return Some(lease),
            Ok(Attempt::Led) => {
                remind("another rondel daemon leads on this database; standing by to take over");
            }
            Ok(Attempt::Foreign(foreign)) => remind(&format!(
                "{foreign}; standing by until it has been silent for {} s, so that \
                 nothing is done twice. Stop it, or run 'rondel daemon wipe' if it is gone already",
                FOREIGN_SILENCE.as_secs()
            )),
            Err(error) => remind(&format!("cannot tell who leads, trying again: {error}")),
        }
        tokio::select! {
            () = shutdown.cancelled() => return None,
            () = sleep(LOOK) => {}
        }
    }
}

enum Attempt {
    Leads(Lease),
    Led,
    Foreign(ForeignDaemon),
}

async fn take_over(
    instance: &Instance,
    daemon_id: &str,
    foreign: &mut ForeignDaemons,
) -> Result<Attempt, DaemonError> {
    let storage = instance.storage();
    let stored = storage.heartbeats().get().await?;
    if let Some(foreign) = foreign.look(&stored, instance.now().seconds(), Instant::now()) {
        return Ok(Attempt::Foreign(foreign));
    }
    let lease = storage.leases().acquire(LEASE, daemon_id, TTL).await?;
    Ok(lease.map_or(Attempt::Led, Attempt::Leads))
}

/// Renews the lease until the daemons have `ended`, also while they finish what they have under way;
/// ends the `term` when this process must not lead any longer.
///
/// A database that is away is no loss: nobody else can take over then, and the fence guards what is
/// written afterwards.
async fn keep(
    instance: &Instance,
    lease: &Lease,
    foreign: &mut ForeignDaemons,
    term: &CancellationToken,
    ended: &CancellationToken,
) -> Option<Loss> {
    let storage = instance.storage();
    let mut loss = None;
    let mut looked = Instant::now();
    loop {
        tokio::select! {
            () = ended.cancelled() => return loss,
            () = sleep(RENEWAL) => {}
        }
        match timeout(TTL, storage.leases().renew(lease, TTL)).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) if loss.is_none() => {
                tracing::error!(
                    "another rondel daemon has taken over: this process was silent for too long"
                );
                loss = Some(Loss::TakenOver);
            }
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lease could not be renewed"),
            Err(_elapsed) => tracing::warn!("the lease could not be renewed in time"),
        }
        if loss.is_none() && looked.elapsed() >= FOREIGN_LOOK {
            looked = Instant::now();
            if let Ok(stored) = storage.heartbeats().get().await
                && let Some(foreign) =
                    foreign.look(&stored, instance.now().seconds(), Instant::now())
            {
                tracing::error!(
                    "{foreign}; the daemons of this process stop, so that nothing is done twice. \
                     Run either dagster-daemon or rondel daemon on a database, not both"
                );
                loss = Some(Loss::Foreign);
            }
        }
        if loss.is_some() {
            term.cancel();
        }
    }
}

/// A daemon that is not one of ours.
#[derive(Debug, Clone, PartialEq)]
struct ForeignDaemon {
    daemon_type: String,
    daemon_id: String,
    silent_for: Duration,
}

impl std::fmt::Display for ForeignDaemon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "a dagster-daemon (id {}) works on this database: its {} gave a sign of life {} s ago",
            self.daemon_id,
            self.daemon_type,
            self.silent_for.as_secs()
        )
    }
}

/// Signs of life of daemons that are not ours.
///
/// What a heartbeat says about its time is believed when it is seen for the first time only: clocks are set, and
/// differ between machines. From then on a daemon is as alive as its heartbeat changes.
#[derive(Debug, Default)]
struct ForeignDaemons {
    /// By daemon type: whose heartbeat it is, its time, and since when it can be no younger.
    seen: HashMap<String, (String, f64, Instant)>,
}

impl ForeignDaemons {
    /// The daemon not ours that was heard of last, if that was lately.
    fn look(
        &mut self,
        stored: &IndexMap<String, DaemonHeartbeat>,
        now: f64,
        at: Instant,
    ) -> Option<ForeignDaemon> {
        let is_foreign = |id: &&str| !id.starts_with(OWN_PREFIX);
        self.seen.retain(|kind, _| stored.contains_key(kind));
        let mut heard: Option<ForeignDaemon> = None;
        for heartbeat in stored.values() {
            let kind = &heartbeat.daemon_type;
            let Some(daemon_id) = heartbeat.daemon_id.as_deref().filter(is_foreign) else {
                self.seen.remove(kind);
                continue;
            };
            let beat_at = match self.seen.get(kind) {
                Some((id, time, since)) if id == daemon_id && *time == heartbeat.timestamp => {
                    *since
                }
                Some(_) => at,
                None => {
                    let told = Duration::try_from_secs_f64(now - heartbeat.timestamp);
                    at.checked_sub(told.unwrap_or_default().min(FOREIGN_SILENCE)).unwrap_or(at)
                }
            };
            let seen = (daemon_id.to_owned(), heartbeat.timestamp, beat_at);
            self.seen.insert(kind.clone(), seen);
            let silent_for = at.saturating_duration_since(beat_at);
            if silent_for < FOREIGN_SILENCE
                && heard.as_ref().is_none_or(|other| silent_for < other.silent_for)
            {
                let (daemon_type, daemon_id) = (kind.clone(), daemon_id.to_owned());
                heard = Some(ForeignDaemon { daemon_type, daemon_id, silent_for });
            }
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heartbeat(kind: &str, id: &str, timestamp: f64) -> (String, DaemonHeartbeat) {
        let heartbeat = DaemonHeartbeat {
            timestamp,
            daemon_type: kind.to_owned(),
            daemon_id: Some(id.to_owned()),
            ..DaemonHeartbeat::default()
        };
        (kind.to_owned(), heartbeat)
    }

    fn ids(stored: &IndexMap<String, DaemonHeartbeat>, now: f64) -> Option<String> {
        let found = ForeignDaemons::default().look(stored, now, Instant::now());
        found.map(|foreign| foreign.daemon_type)
    }

    #[test]
    fn only_a_daemon_not_ours_that_was_heard_of_lately_is_in_the_way() {
        let ours = heartbeat("SENSOR", "rondel-1", 99.0);
        let gone = heartbeat("SCHEDULER", "3b6c", 40.0);
        let alive = heartbeat("BACKFILL", "3b6c", 80.0);
        let stored = IndexMap::from([ours.clone(), gone.clone()]);
        assert_eq!(ids(&stored, 100.0), None);
        let stored = IndexMap::from([ours, gone, alive]);
        assert_eq!(ids(&stored, 100.0).as_deref(), Some("BACKFILL"));
    }

    #[test]
    fn a_daemon_lives_as_long_as_its_heartbeat_changes_whatever_the_clocks_say() {
        let mut daemons = ForeignDaemons::default();
        let start = Instant::now();
        let mut is_there = |after: u64, now: f64, timestamp: f64| {
            let stored = IndexMap::from([heartbeat("SENSOR", "3b6c", timestamp)]);
            let at = start + Duration::from_secs(after);
            daemons.look(&stored, now, at).is_some()
        };
        // our clock is set back, and it ends
        assert!(is_there(0, 100.0, 95.0));
        assert!(is_there(30, -3470.0, 95.0));
        assert!(!is_there(50, -3450.0, 95.0));
        // it is back, on a machine whose clock is an hour behind
        assert!(is_there(60, 4000.0, 400.0));
        assert!(is_there(90, 4030.0, 400.0));
        assert!(is_there(91, 4031.0, 430.0));
        assert!(!is_there(140, 4080.0, 430.0));
    }
}
