//! The daemons in this process, with a clock that can be set, and code servers in others.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rondel_code_location::{
    CodeServerOptions, Environment, Workspace, WorkspaceConfig, WorkspaceFlags,
};
use rondel_daemon::{DaemonError, DaemonOptions};
use rondel_instance::{Clock, Home, Instance, InstanceOptions};
use rondel_model::ids::UnixTime;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::harness::python;
use crate::judge::Judge;

/// 2024-01-01T12:00Z
pub const NOON: f64 = 1_704_110_400.0;

pub const PATIENCE: Duration = Duration::from_secs(60);

/// A clock that can be set, and counts how often it is looked at.
pub struct SettableClock {
    state: Mutex<Setting>,
    looks: AtomicUsize,
}

struct Setting {
    said: f64,
    at: Instant,
    goes: bool,
    /// At which look it is set, and to what.
    to_be_set: Option<(usize, f64)>,
}

impl SettableClock {
    pub fn going(now: f64) -> Arc<Self> {
        Arc::new(Self::with(now, true, None))
    }

    /// Stands still until the look with this number (from one), and is then somewhere else.
    pub fn set_at_look(now: f64, to_be_set: Option<(usize, f64)>) -> Arc<Self> {
        Arc::new(Self::with(now, false, to_be_set))
    }

    fn with(said: f64, goes: bool, to_be_set: Option<(usize, f64)>) -> Self {
        let state = Setting { said, at: Instant::now(), goes, to_be_set };
        Self { state: Mutex::new(state), looks: AtomicUsize::new(0) }
    }

    fn state(&self) -> MutexGuard<'_, Setting> {
        self.state.lock().unwrap()
    }

    pub fn set(&self, now: f64) {
        let mut state = self.state();
        (state.said, state.at) = (now, Instant::now());
    }

    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }
}

impl Clock for SettableClock {
    fn now(&self) -> UnixTime {
        let look = self.looks.fetch_add(1, Ordering::SeqCst) + 1;
        let mut state = self.state();
        if let Some((_, said)) = state.to_be_set.take_if(|(number, _)| *number == look) {
            state.said = said;
        }
        let passed = if state.goes { state.at.elapsed().as_secs_f64() } else { 0.0 };
        UnixTime(state.said + passed)
    }
}

/// What was asked for, each with how often its runs were launched.
pub type Done = BTreeMap<String, Vec<u64>>;

/// A workspace in this process, and Dagster to look at what becomes of it.
pub struct Rig {
    pub runtime: tokio::runtime::Runtime,
    pub workspace: Arc<Workspace>,
    judge: Judge,
}

impl Rig {
    /// `variables` are those of the process that has the workspace.
    pub fn start(workspace_yaml: &Path, variables: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let flags = WorkspaceFlags {
            workspace: vec![workspace_yaml.to_str().unwrap().to_owned()],
            ..WorkspaceFlags::default()
        };
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: HashMap<String, String> = variables.iter().map(text).collect();
        let directory = workspace_yaml.parent().unwrap().to_owned();
        let environment = Environment { directory, variables };
        let config = WorkspaceConfig::from_flags(&flags, environment).unwrap();
        let workspace = runtime.block_on(async {
            let workspace = Workspace::start(config, CodeServerOptions::new(python())).unwrap();
            workspace.wait_until_loaded(PATIENCE).await;
            workspace
        });
        Self { runtime, workspace, judge: Judge::start() }
    }

    pub fn open(&self, home: &Path, clock: Arc<SettableClock>) -> Arc<Instance> {
        let home = Home::from_variable(home.to_str().unwrap()).unwrap();
        let options = InstanceOptions { clock, ..InstanceOptions::default() };
        self.runtime.block_on(Instance::open(home, options)).unwrap()
    }

    /// All daemons of a home.
    pub fn daemons(&self, home: &Path, clock: &Arc<SettableClock>) -> Daemons {
        let instance = self.open(home, Arc::clone(clock));
        let (workspace, shutdown) = (Arc::clone(&self.workspace), CancellationToken::new());
        let work =
            rondel_daemon::run(DaemonOptions::default(), instance, workspace, shutdown.clone());
        Daemons { task: self.runtime.spawn(work), shutdown }
    }

    pub fn stop(&self, daemons: Daemons) {
        daemons.shutdown.cancel();
        self.runtime.block_on(daemons.task).unwrap().unwrap();
    }

    /// Dagster's account of a home.
    pub fn account(&mut self, home: &Path) -> Value {
        let request = json!({"op": "account", "close": true});
        self.judge.ask(home, Path::new(""), request)
    }

    pub fn done(&mut self, home: &Path) -> (Done, Value) {
        let account = self.account(home);
        (serde_json::from_value(account["done"].clone()).unwrap(), account)
    }
}

/// Daemons at work.
pub struct Daemons {
    task: JoinHandle<Result<(), DaemonError>>,
    shutdown: CancellationToken,
}
