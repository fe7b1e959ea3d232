//! The workspace: every configured location, each looked after by a task of its own.
//!
//! [`Workspace::snapshot`] is lock-free and immutable; readers keep a consistent view as long as they
//! hold it. A location that hangs, dies or has broken code never delays another one, because nothing is
//! shared between their tasks but the snapshot they publish into. Reloading the whole workspace reads
//! the configuration again and adds, removes or restarts locations, keeping the configured order. The
//! same happens by itself when a file of the configuration changes or discovery finds other locations,
//! except that locations which stay as they were are left alone.

mod discovered;
mod events;
mod follow;
mod open;
mod snapshot;
mod supervisor;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use indexmap::IndexMap;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use discovered::DiscoveredLocation;
pub use events::{LocationStateChange, LocationStateChangeKind};
pub use snapshot::{LocationEntry, LocationState, WorkspaceSnapshot};

use crate::client::CallLimits;
use crate::config::{LocationTarget, ServedElsewhere, WorkspaceConfig, WorkspaceConfigError};
use crate::error::CodeLocationError;
use crate::options::CodeServerOptions;
use supervisor::{Command, Supervisor};

/// A running workspace. Call [`shutdown`](Self::shutdown) to end its processes gracefully; dropping
/// the last handle kills them.
#[derive(Debug)]
pub struct Workspace {
    shared: Arc<Shared>,
    config: WorkspaceConfig,
    supervised: Mutex<IndexMap<String, Supervised>>,
    discovered: Mutex<Vec<DiscoveredLocation>>,
    /// Whole-workspace reloads, one at a time.
    reloading: tokio::sync::Mutex<()>,
}

/// What a location's task shares with the workspace.
#[derive(Debug)]
struct Shared {
    options: CodeServerOptions,
    limits: CallLimits,
    snapshot: ArcSwap<WorkspaceSnapshot>,
    /// Serializes publishing, so that no change is lost between reading and replacing.
    publishing: Mutex<()>,
    changes: watch::Sender<u64>,
    events: broadcast::Sender<LocationStateChange>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Private directory of the sockets of our servers; removed with the workspace.
    sockets: tempfile::TempDir,
}

#[derive(Debug)]
struct Supervised {
    target: LocationTarget,
    served: Option<ServedElsewhere>,
    commands: mpsc::Sender<Command>,
    stop: CancellationToken,
}

/// Why a workspace could not be started or reloaded.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] WorkspaceConfigError),
    /// No private directory for sockets could be made.
    #[error("cannot make a private directory for code-server sockets: {0}; check TMPDIR")]
    SocketDirectory(#[source] std::io::Error),
}

impl Workspace {
    /// Reads the configuration and begins to load every location. Returns at once, with all locations
    /// [`LocationState::Loading`]; see [`wait_until_loaded`](Self::wait_until_loaded).
    ///
    /// Must be called within a tokio runtime.
    pub fn start(
        config: WorkspaceConfig,
        options: CodeServerOptions,
    ) -> Result<Arc<Self>, WorkspaceError> {
        let environment = config.environment().clone();
        let limits = CallLimits::from_variables(|name| environment.var(name));
        let shared = Arc::new(Shared {
            options,
            limits,
            snapshot: ArcSwap::default(),
            publishing: Mutex::new(()),
            changes: watch::Sender::new(0),
            events: broadcast::Sender::new(256),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            sockets: socket_directory().map_err(WorkspaceError::SocketDirectory)?,
        });
        let workspace = Arc::new(Self {
            shared,
            config,
            supervised: Mutex::default(),
            discovered: Mutex::default(),
            reloading: tokio::sync::Mutex::new(()),
        });
        workspace.apply_config()?;
        workspace.follow_files();
        Ok(workspace)
    }

    /// The workspace as it is now.
    pub fn snapshot(&self) -> Arc<WorkspaceSnapshot> {
        self.shared.snapshot.load_full()
    }

    /// A channel that changes with every new snapshot; its value is the snapshot's version.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// Connection changes of locations from now on.
    pub fn location_events(&self) -> broadcast::Receiver<LocationStateChange> {
        self.shared.events.subscribe()
    }

    /// Waits until no location is loading for the first time, or `limit` has passed; then returns the
    /// snapshot.
    pub async fn wait_until_loaded(&self, limit: Duration) -> Arc<WorkspaceSnapshot> {
        let mut changes = self.subscribe();
        let loaded = async {
            while !self.snapshot().is_loaded() {
                if changes.changed().await.is_err() {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(limit, loaded).await;
        self.snapshot()
    }

    /// Loads one location anew: our own servers are replaced by a fresh process, others are asked to
    /// reload their code. Returns the location's state afterwards.
    pub async fn reload(&self, name: &str) -> Result<Arc<LocationEntry>, CodeLocationError> {
        let commands = self
            .lock_supervised()
            .get(name)
            .map(|supervised| supervised.commands.clone())
            .ok_or_else(|| CodeLocationError::UnknownLocation(name.to_owned()))?;
        let (done, reloaded) = oneshot::channel();
        commands.send(Command::Reload(done)).await.map_err(|_| CodeLocationError::Stopped)?;
        reloaded.await.map_err(|_| CodeLocationError::Stopped)?;
        let snapshot = self.snapshot();
        let entry = snapshot.location(name);
        entry.cloned().ok_or_else(|| CodeLocationError::UnknownLocation(name.to_owned()))
    }

    /// Reads the configuration again, drops what is gone, starts what is new and reloads the rest, all
    /// locations at the same time. With a configuration error nothing changes.
    pub async fn reload_all(&self) -> Result<Arc<WorkspaceSnapshot>, WorkspaceError> {
        let _one_at_a_time = self.reloading.lock().await;
        let kept = self.apply_config()?;
        let reloads = kept.iter().map(|name| self.reload(name));
        futures::future::join_all(reloads).await;
        let patience = self.shared.options.startup_timeout + self.shared.limits.repository;
        Ok(self.wait_until_loaded(patience).await)
    }

    /// Asks the server of a location to end (`shutdownRepositoryLocation`). One of our own is started
    /// again; somebody else's is up to them.
    pub async fn shutdown_location(&self, name: &str) -> Result<(), CodeLocationError> {
        let snapshot = self.snapshot();
        let entry = snapshot
            .location(name)
            .ok_or_else(|| CodeLocationError::UnknownLocation(name.to_owned()))?;
        match entry.location() {
            Some(location) => location.client().shutdown_server().await,
            None => Ok(()),
        }
    }

    /// Makes these the locations that discovery has found, beside the configured ones.
    ///
    /// # Errors
    /// The configuration cannot be read; nothing changes.
    pub async fn set_discovered(
        &self,
        locations: Vec<DiscoveredLocation>,
    ) -> Result<(), WorkspaceError> {
        let _one_at_a_time = self.reloading.lock().await;
        *self.discovered.lock().unwrap_or_else(PoisonError::into_inner) = locations;
        self.apply_config().map(drop)
    }

    fn follow_files(self: &Arc<Self>) {
        let files = self.config.files();
        if files.is_empty() {
            return;
        }
        let interval = self.shared.options.config_interval;
        let following = follow::follow(Arc::downgrade(self), files, interval);
        let stop = self.shared.stop.clone();
        self.shared.tasks.spawn(stop.run_until_cancelled_owned(following));
    }

    /// Ends all tasks and server processes; returns when nothing is left.
    pub async fn shutdown(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Makes the supervised locations those of the configuration and returns the names of those that
    /// were there before, unchanged.
    fn apply_config(&self) -> Result<Vec<String>, WorkspaceError> {
        let configured = self.config.locations()?;
        let discovered = self.discovered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (targets, conflicts) = discovered::merged(configured, discovered);
        let mut served = self.config.served_elsewhere()?.0;
        served.extend(conflicts);
        let names: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
        let mut supervised = self.lock_supervised();
        supervised.retain(|name, known| {
            let stays =
                targets.iter().any(|target| target.name == *name && *target == known.target)
                    && served.get(name) == known.served.as_ref();
            if !stays {
                known.stop.cancel();
            }
            stays
        });
        let kept: Vec<String> = supervised.keys().cloned().collect();
        for target in targets {
            if !supervised.contains_key(&target.name) {
                let served = served.remove(&target.name);
                supervised.insert(target.name.clone(), self.supervise(target, served));
            }
        }
        self.shared.publish(|snapshot| snapshot.ordered(&names));
        Ok(kept)
    }

    fn supervise(&self, target: LocationTarget, served: Option<ServedElsewhere>) -> Supervised {
        let (commands, received) = mpsc::channel(16);
        let stop = self.shared.stop.child_token();
        let supervisor = Supervisor::new(
            Arc::clone(&self.shared),
            target.clone(),
            served.clone(),
            received,
            stop.clone(),
        );
        self.shared.tasks.spawn(supervisor.run());
        Supervised { target, served, commands, stop }
    }

    fn lock_supervised(&self) -> std::sync::MutexGuard<'_, IndexMap<String, Supervised>> {
        self.supervised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl Shared {
    fn publish(&self, change: impl FnOnce(&WorkspaceSnapshot) -> WorkspaceSnapshot) {
        let _in_turn = self.publishing.lock().unwrap_or_else(PoisonError::into_inner);
        let next = change(&self.snapshot.load());
        let version = next.version();
        self.snapshot.store(Arc::new(next));
        self.changes.send_replace(version);
    }
}

/// A directory only we can enter, with a path short enough for a socket address (108 bytes).
fn socket_directory() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("rondel-");
    let directory = builder.tempdir()?;
    if directory.path().as_os_str().len() <= 80 {
        return Ok(directory);
    }
    builder.tempdir_in("/tmp")
}
