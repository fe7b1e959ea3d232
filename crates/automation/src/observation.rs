//! What was read from the stores for a tick: a value, so that the decision is a pure function of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rondel_model::automation::FreshnessState;
use rondel_model::backfill::AssetBackfillData;
use rondel_model::ids::{AssetCheckKey, AssetKey};
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};

/// The latest event of some type about an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct LatestEvent {
    /// The event's id.
    pub storage_id: i64,
    /// When, in Unix seconds.
    pub timestamp: f64,
    /// The run; empty for an event reported from outside.
    pub run_id: String,
    /// The partition.
    pub partition: Option<String>,
    /// The data version.
    pub data_version: Option<String>,
}

/// A materialization some run intends to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The planned event's id.
    pub storage_id: i64,
    /// The run.
    pub run_id: String,
}

/// A materialization since the last tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The event's id.
    pub storage_id: i64,
    /// The partition.
    pub partition: Option<String>,
    /// The run.
    pub run_id: Option<String>,
}

/// What is known about an asset. Facts no condition asks for may be left out (see [`Needs`]).
///
/// [`Needs`]: crate::Needs
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AssetFacts {
    /// Its latest materialization since the last wipe.
    pub materialization: Option<LatestEvent>,
    /// Its latest observation.
    pub observation: Option<LatestEvent>,
    /// Id of its latest event up to the one that counts as the last, where it has later ones; zero for none.
    pub latest_until: Option<i64>,
    /// Its latest planned materialization.
    pub planned: Option<Planned>,
    /// Whether the run that planned it last materialized it after planning to.
    pub planned_is_materialized: bool,
    /// Its freshness as last evaluated.
    pub freshness: Option<FreshnessState>,
    /// How its partitions stand.
    pub partition_status: Option<PartitionStatus>,
    /// Ids of the latest events by partition, of those after the earliest cursor asked about.
    pub latest_by_partition: BTreeMap<String, i64>,
    /// Timestamps of those events that are materializations, by id.
    pub event_timestamps: HashMap<i64, f64>,
    /// The runs of those events, by event id.
    pub event_runs: HashMap<i64, String>,
    /// The data version as of an event id.
    pub data_version_at: HashMap<i64, Option<String>>,
    /// Partitions whose data version has changed since an event id.
    pub new_data_versions: HashMap<i64, BTreeSet<String>>,
    /// Materializations after the earliest cursor asked about, oldest first.
    pub updates: Vec<Update>,
    /// Ids of the first events after ticks of cron schedules, by tick in Unix seconds; ticks without any
    /// are left out.
    pub first_after: HashMap<i64, i64>,
    /// As of when its data is; asked for freshness policies of earlier versions.
    pub data_times: Option<DataTimes>,
}

/// As of when the data of all sources is part of an asset, in Unix seconds; none where some is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DataTimes {
    /// Now.
    pub current: Option<f64>,
    /// Once the runs that are going on are over; none where none of them makes it.
    pub in_progress: Option<f64>,
    /// Had its last run not failed.
    pub failed: Option<f64>,
}

/// How the partitions of an asset stand.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionStatus {
    /// Those materialized.
    pub materialized: PartitionsSubset,
    /// Those whose latest attempt failed.
    pub failed: PartitionsSubset,
    /// Those which a run is about to make.
    pub in_progress: PartitionsSubset,
}

impl PartitionStatus {
    /// Nothing was ever planned or made.
    pub fn empty(definition: &PartitionsDefinition) -> Self {
        let empty = PartitionsSubset::empty(definition);
        Self { materialized: empty.clone(), failed: empty.clone(), in_progress: empty }
    }
}

/// How the latest execution of a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Not evaluated yet.
    Planned,
    /// It passed.
    Succeeded,
    /// It did not pass.
    Failed,
}

/// The latest execution of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckExecution {
    /// The run.
    pub run_id: String,
    /// How far it came.
    pub outcome: CheckOutcome,
    /// When the execution was planned (or reported), in Unix seconds.
    pub create_timestamp: f64,
    /// The partition it was about.
    pub partition: Option<String>,
    /// When the check was evaluated, in Unix seconds; `None` until then.
    pub evaluated_at: Option<f64>,
    /// Whether there is an event at all; rows of an old Dagster have none before the evaluation.
    pub has_event: bool,
    /// Id of the materialization it was about.
    pub target: Option<i64>,
}

/// The latest execution of a partition of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckPartition {
    /// The partition; `None` for an execution without.
    pub partition: Option<String>,
    /// How far it came.
    pub outcome: CheckOutcome,
    /// The run.
    pub run_id: String,
    /// Whether it was about the latest materialization.
    pub is_current: bool,
}

/// What is known about a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFacts {
    /// The run.
    pub run: DagsterRun,
    /// When it was created, in Unix seconds.
    pub create_timestamp: f64,
    /// The assets it was to make, looked up where it names none and a legacy rule asks.
    pub planned: BTreeSet<AssetKey>,
}

impl RunFacts {
    pub(crate) fn status(&self) -> RunStatus {
        self.run.status
    }
}

/// Everything conditions may ask about, as of one moment.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// The time conditions are evaluated for, with the keys of dynamic partitions.
    pub partitions: Context,
    /// Id of the latest event; `None` when there is none.
    pub last_event_id: Option<i64>,
    /// Assets.
    pub assets: HashMap<AssetKey, AssetFacts>,
    /// Latest executions of checks without partitions.
    pub checks: HashMap<AssetCheckKey, CheckExecution>,
    /// Latest executions of partitioned checks.
    pub check_partitions: HashMap<AssetCheckKey, Vec<CheckPartition>>,
    /// Runs by id.
    pub runs: HashMap<String, RunFacts>,
    /// How far the asset backfills that are going on have come.
    pub backfills: Vec<AssetBackfillData>,
    /// The tags that automation gives its runs on this instance; the caller's to fill in.
    pub run_tags: BTreeMap<String, String>,
}

impl Observation {
    /// The time conditions are evaluated for, in Unix seconds.
    pub fn time(&self) -> f64 {
        self.partitions.now
    }
}
