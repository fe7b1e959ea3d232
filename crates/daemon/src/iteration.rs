//! One iteration of one daemon, as `rondel daemon tick` makes it: everything begun is waited for.
//!
//! "As of" an instant: open the instance with a [`FixedClock`](crate::FixedClock).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rondel_code_location::Workspace;
use rondel_instance::Instance;
use rondel_model::SerializableErrorInfo;
use rondel_model::ids::RunId;
use rondel_model::instigation::OneOrMany;
use serde_json::{Value, json};

use crate::asset::AssetDaemon;
use crate::backfill::BackfillDaemon;
use crate::context::{Context, Pace};
use crate::crash::FaultPoints;
use crate::freshness::Freshness;
use crate::monitoring::Monitoring;
use crate::queue::RunQueue;
use crate::retry::RunRetries;
use crate::schedule::{IterationTimes, Scheduler};
use crate::sensor::SensorDaemon;
use crate::{DaemonError, DaemonKind, LogSink};

/// What can be iterated on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iteration {
    /// A daemon.
    Daemon(DaemonKind),
    /// The part of run monitoring that frees pool slots.
    ConcurrencySlots,
}

impl Iteration {
    /// The iteration of this name on the command line.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name == "concurrency" {
            return Some(Self::ConcurrencySlots);
        }
        let kind = DaemonKind::ALL.into_iter().find(|kind| kind.tick_name() == name)?;
        Some(Self::Daemon(kind))
    }

    /// The names there are.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let daemons = DaemonKind::ALL.into_iter().map(DaemonKind::tick_name);
        daemons.chain(["concurrency"]).collect()
    }

    fn kind(self) -> DaemonKind {
        match self {
            Self::Daemon(kind) => kind,
            Self::ConcurrencySlots => DaemonKind::Monitoring,
        }
    }
}

/// How to make one iteration.
#[derive(Debug, Clone)]
pub struct TickOptions {
    /// Where log lines go.
    pub log: LogSink,
    /// How long to wait for code locations that are still loading.
    pub load_timeout: Duration,
    /// What the daemon kept in memory after the previous iteration ([`TickReport::state`]).
    pub state: Value,
    /// Schedules: how many missed times are caught up.
    pub max_catchup_runs: Option<usize>,
    /// Schedules: how often a failed tick is retried.
    pub max_tick_retries: Option<i64>,
    /// Queue: runs read at once.
    pub page_size: Option<usize>,
    /// Monitoring and retries: only these runs.
    pub run_ids: Option<Vec<RunId>>,
    /// Retries: events read at once, per type.
    pub fetch_limit: Option<usize>,
    /// Sensors: after so many submitted runs, look whether the sensor is still switched on.
    pub termination_check_interval: Option<usize>,
    /// Automation: seconds between two ticks where the instance does not use sensors.
    pub pre_sensor_interval: Option<f64>,
    /// Queue: also launch again what a former process left half launched, as a new leader does.
    pub relaunch_interrupted: bool,
    /// Armed fault points, as [`FaultPoints::from_json`] reads them.
    pub faults: FaultPoints,
}

impl Default for TickOptions {
    fn default() -> Self {
        Self {
            log: LogSink::Tracing,
            load_timeout: Duration::from_secs(180),
            state: Value::Null,
            max_catchup_runs: None,
            max_tick_retries: None,
            page_size: None,
            run_ids: None,
            fetch_limit: None,
            termination_check_interval: None,
            pre_sensor_interval: None,
            relaunch_interrupted: false,
            faults: FaultPoints::default(),
        }
    }
}

/// What an iteration leaves.
#[derive(Debug, Clone, Default)]
pub struct TickReport {
    /// Errors reported and survived, in order.
    pub errors: Vec<SerializableErrorInfo>,
    /// Schedules: what is remembered of each, by selector id.
    pub iteration_times: Option<Value>,
    /// What the daemon keeps in memory.
    pub state: Value,
}

/// Makes one iteration and waits for all it began.
///
/// # Errors
/// When the iteration failed as a whole.
pub async fn run_one_iteration(
    iteration: Iteration,
    options: TickOptions,
    instance: Arc<Instance>,
    workspace: Arc<Workspace>,
) -> Result<TickReport, DaemonError> {
    workspace.wait_until_loaded(options.load_timeout).await;
    let mut context =
        Context::new(iteration.kind(), instance, workspace, options.log, Pace::OneByOne);
    context.faults = Arc::new(options.faults);
    context.termination_check_interval = options.termination_check_interval;
    let errors = context.errors.clone();
    let mut report = TickReport { state: options.state, ..TickReport::default() };
    if !report.state.is_object() {
        report.state = json!({});
    }

    match iteration {
        Iteration::Daemon(DaemonKind::Scheduler) => {
            let mut scheduler = Scheduler::new(context)
                .with_limits(options.max_catchup_runs, options.max_tick_retries);
            scheduler.remember(times_from_json(&report.state["iteration_times"]));
            scheduler.iterate().await?;
            scheduler.finish().await;
            let times = times_to_json(scheduler.remembered());
            report.state["iteration_times"] = times.clone();
            report.iteration_times = Some(times);
        }
        Iteration::Daemon(DaemonKind::Sensor) => {
            let mut sensors = SensorDaemon::new(context);
            sensors.iterate().await?;
            sensors.finish().await;
        }
        Iteration::Daemon(DaemonKind::RunQueue) => {
            let now = context.now();
            let mut queue = RunQueue::new(context).with_page_size(options.page_size);
            if options.relaunch_interrupted {
                Box::pin(queue.relaunch_interrupted(now)).await?;
            }
            queue.remember(&report.state["queue"]);
            Box::pin(queue.iterate()).await?;
            queue.finish().await;
            report.state["queue"] = queue.memory();
        }
        Iteration::Daemon(DaemonKind::Monitoring) => {
            Monitoring::new(context).only(options.run_ids).iterate().await?;
        }
        Iteration::Daemon(DaemonKind::RunRetries) => {
            let mut retries = RunRetries::new(context).with_fetch_limit(options.fetch_limit);
            match options.run_ids.filter(|run_ids| !run_ids.is_empty()) {
                Some(run_ids) => retries.handle(run_ids).await?,
                None => retries.iterate().await?,
            }
        }
        Iteration::Daemon(DaemonKind::Asset) => {
            let mut assets =
                AssetDaemon::new(context).with_pre_sensor_interval(options.pre_sensor_interval);
            assets.remember(&report.state["asset"]);
            assets.iterate().await?;
            assets.finish().await;
            report.state["asset"] = assets.memory();
        }
        Iteration::Daemon(DaemonKind::Freshness) => Freshness::new(context).iterate().await?,
        Iteration::Daemon(DaemonKind::Backfill) => {
            let mut backfills = BackfillDaemon::new(context);
            backfills.iterate().await?;
            backfills.finish().await;
        }
        Iteration::ConcurrencySlots => Monitoring::new(context).free_slots().await?,
    }
    report.errors = errors.take();
    Ok(report)
}

fn times_to_json(times: &HashMap<String, IterationTimes>) -> Value {
    let one = |times: &IterationTimes| {
        let cron = match &times.cron_schedule {
            OneOrMany::One(cron) => json!(cron),
            OneOrMany::Many(crons) => json!(crons),
        };
        json!({
            "cron_schedule": cron,
            "next_iteration_timestamp": times.next_iteration_timestamp,
            "last_iteration_timestamp": times.last_iteration_timestamp,
        })
    };
    times
        .iter()
        .map(|(id, times)| (id.clone(), one(times)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn times_from_json(value: &Value) -> HashMap<String, IterationTimes> {
    let one = |value: &Value| {
        let cron_schedule = match &value["cron_schedule"] {
            Value::String(cron) => OneOrMany::One(cron.clone()),
            other => OneOrMany::Many(serde_json::from_value(other.clone()).ok()?),
        };
        Some(IterationTimes {
            cron_schedule,
            next_iteration_timestamp: value["next_iteration_timestamp"].as_f64()?,
            last_iteration_timestamp: value["last_iteration_timestamp"].as_f64()?,
        })
    };
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(id, value)| Some((id.clone(), one(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_daemon_has_a_name_of_its_own() {
        for name in Iteration::names() {
            assert!(Iteration::parse(name).is_some(), "{name}");
        }
        assert_eq!(Iteration::parse("scheduler"), None);
    }

    #[test]
    fn iteration_times_survive_their_json() {
        let times = HashMap::from([(
            "id".to_owned(),
            IterationTimes {
                cron_schedule: OneOrMany::Many(vec!["0 0 * * *".to_owned()]),
                next_iteration_timestamp: 1.5,
                last_iteration_timestamp: 0.5,
            },
        )]);
        assert_eq!(times_from_json(&times_to_json(&times)), times);
    }
}
