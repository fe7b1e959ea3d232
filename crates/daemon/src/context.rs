//! What every daemon works with: the instance, the workspace, the time, a log and a place for errors.

use std::sync::{Arc, Mutex, PoisonError};

use rondel_asset_graph::AssetGraph;
use rondel_code_location::{CodeLocation, LocationState, Repository, Workspace, WorkspaceSnapshot};
use rondel_instance::Instance;
use rondel_model::SerializableErrorInfo;
use rondel_model::instigation::Tick;
use rondel_storage::Storage;

use crate::assets::WorkspaceAssets;
use crate::clock::Ages;
use crate::crash::FaultPoints;
use crate::error::describe;
use crate::log::DaemonLog;
use crate::{DaemonError, DaemonKind, LogSink, metrics};

/// How much is done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Evaluations each in their own task, several submissions of one evaluation at once.
    Concurrent {
        /// Submissions of one evaluation.
        submissions: usize,
    },
    /// One thing after the other, in a fixed order.
    OneByOne,
}

/// Errors that an iteration reported and survived.
#[derive(Debug, Clone, Default)]
pub(crate) struct ErrorSink {
    errors: Arc<Mutex<Vec<SerializableErrorInfo>>>,
}

impl ErrorSink {
    fn add(&self, error: SerializableErrorInfo) {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
    }

    /// Takes what was reported since the last call, in order.
    pub(crate) fn take(&self) -> Vec<SerializableErrorInfo> {
        std::mem::take(&mut *self.errors.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The assets of the workspace, for several daemons.
pub(crate) type SharedAssets = Arc<Mutex<WorkspaceAssets>>;

/// The surroundings of one daemon. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) instance: Arc<Instance>,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) log: DaemonLog,
    pub(crate) errors: ErrorSink,
    pub(crate) faults: Arc<FaultPoints>,
    pub(crate) pace: Pace,
    assets: SharedAssets,
    /// How long ago things were, whatever became of the clock meanwhile.
    pub(crate) ages: Ages,
    /// After so many submitted runs, look whether the sensor is still switched on.
    pub(crate) termination_check_interval: Option<usize>,
}

impl Context {
    pub(crate) fn new(
        kind: DaemonKind,
        instance: Arc<Instance>,
        workspace: Arc<Workspace>,
        sink: LogSink,
        pace: Pace,
    ) -> Self {
        Self {
            instance,
            workspace,
            log: DaemonLog::new(kind, sink),
            errors: ErrorSink::default(),
            faults: Arc::default(),
            pace,
            assets: SharedAssets::default(),
            ages: Ages::default(),
            termination_check_interval: None,
        }
    }

    /// The same, with the assets of other daemons: the graph is large, and built once for all of them.
    pub(crate) fn sharing(mut self, assets: &SharedAssets) -> Self {
        self.assets = Arc::clone(assets);
        self
    }

    pub(crate) fn now(&self) -> f64 {
        self.instance.now().seconds()
    }

    /// Seconds since the instance's clock said so.
    pub(crate) fn since(&self, then: f64) -> f64 {
        self.ages.since(then, self.now())
    }

    /// Notes whether the clock was set; for who needs the age of something later.
    pub(crate) fn look_at_clock(&self) {
        self.ages.look(self.now());
    }

    pub(crate) fn storage(&self) -> &Storage {
        self.instance.storage()
    }

    pub(crate) fn snapshot(&self) -> Arc<WorkspaceSnapshot> {
        self.workspace.snapshot()
    }

    /// The assets of the workspace; built when first asked for and when definitions have changed.
    pub(crate) fn asset_graph(&self) -> Arc<AssetGraph> {
        let mut assets = self.assets.lock().unwrap_or_else(PoisonError::into_inner);
        assets.graph(&self.snapshot())
    }

    /// Logs an error under a headline and reports it; returns it as Dagster would serialize it.
    pub(crate) fn report(&self, headline: &str, error: &DaemonError) -> SerializableErrorInfo {
        let info = error.to_error_info();
        self.log.error(format_args!("{headline}\n{}", describe(&info)));
        self.errors.add(info.clone());
        metrics::error(self.log.kind());
        info
    }

    /// Stores how far a tick is.
    pub(crate) async fn save_tick(&self, tick: &Tick) -> Result<(), DaemonError> {
        self.storage().schedules().update_tick(tick).await?;
        metrics::tick(tick);
        Ok(())
    }

    /// A repository of a location that is loaded now. Asked anew for each use, since a location may be
    /// reloaded while an iteration is under way.
    pub(crate) fn repository(
        &self,
        location: &str,
        repository: &str,
    ) -> Result<(Arc<CodeLocation>, Arc<Repository>), DaemonError> {
        let location = self.location(location)?;
        let repository = Arc::clone(location.repository(repository)?);
        Ok((location, repository))
    }

    /// A location that is loaded now.
    pub(crate) fn location(&self, name: &str) -> Result<Arc<CodeLocation>, DaemonError> {
        let missing = |reason| DaemonError::NoLocation { location: name.to_owned(), reason };
        let snapshot = self.snapshot();
        let entry =
            snapshot.location(name).ok_or_else(|| missing("does not exist in workspace"))?;
        match &entry.state {
            LocationState::Ready(location) | LocationState::Stale { location, .. } => {
                Ok(Arc::clone(location))
            }
            LocationState::Error(error) => Err(DaemonError::LocationNotLoaded {
                location: name.to_owned(),
                error: Box::new(error.clone()),
            }),
            LocationState::Loading => {
                Err(DaemonError::LocationLoading { location: name.to_owned() })
            }
        }
    }
}
